"""Writes the lifecycle events' JSON schemas from their models; with --check, fails when a committed one is stale."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from econtracting.domain.lifecycle import KINDS, LifecycleEvent

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "events"


def name_of(kind: type[LifecycleEvent]) -> str:
    version = kind.model_fields["schema_version"].default
    return f"{kind.detail_type}.v{version}.json"


def schema_of(kind: type[LifecycleEvent]) -> dict[str, Any]:
    """What stands in the `detail` of an event of this kind."""
    made = kind.model_json_schema(mode="serialization")
    del made["additionalProperties"]  # members may be added; whoever reads ignores what they do not know
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": name_of(kind), **made}
    return described | {"title": kind.detail_type, "required": sorted(made["properties"])}


def stale() -> list[str]:
    """Files of docs/events, by path, that are not as the models say, or that no model stands behind."""
    wanted = {name_of(kind): _text(kind) for kind in KINDS}
    there = {file.name: file.read_text() for file in FOLDER.glob("*.json")}
    return sorted(f"docs/events/{name}" for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def _text(kind: type[LifecycleEvent]) -> str:
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a schema is stale")
    if parser.parse_args().check:
        found = stale()
        if found:
            print(f"stale, run python -m tools.events: {', '.join(found)}", file=sys.stderr)
        return int(bool(found))
    FOLDER.mkdir(exist_ok=True)
    for kind in KINDS:
        (FOLDER / name_of(kind)).write_text(_text(kind))
    return 0


if __name__ == "__main__":
    sys.exit(main())
