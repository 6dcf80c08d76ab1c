"""What is published as a pattern means the same to every engine that reads it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.deployed import ROOT

PUBLISHED = [ROOT / "docs/api/openapi.json", *sorted((ROOT / "docs/events").glob("*.json"))]
# Looking around, named and atomic groups, back references: some engines have none of them. A generator that meets one
# gives the whole model another engine, in which "$" also fits before a line break
# (findings/look-ahead-loosens-a-model.sh).
APART = re.compile(r"\(\?(?!:)|\\[1-9kKgpP]|[*+?}]\+")


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        yield from (one for inner in schema.values() for one in patterns(inner))
    elif isinstance(schema, list):
        yield from (one for inner in schema for one in patterns(inner))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_a_published_pattern_needs_no_engine_of_its_own(path: Path) -> None:
    odd = sorted({one for one in patterns(json.loads(path.read_text())) if APART.search(one)})
    assert not odd, f"{path.name}: {odd}"


@pytest.mark.parametrize("pattern", [r"^(?!0)[0-9]+$", r"^(?<state>[A-Z]{2})$", r"^(a)\1$", r"^\p{L}+$", r"^[0-9]++$"])
def test_such_a_pattern_is_seen(pattern: str) -> None:
    schema = {"properties": {"npn": {"anyOf": [{"type": "string", "pattern": pattern}]}}}
    assert [one for one in patterns(schema) if APART.search(one)] == [pattern]
