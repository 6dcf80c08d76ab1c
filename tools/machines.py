"""Writes each state machine's JSON from its YAML; with --check, fails when one is stale.

People edit statemachine/*.asl.yaml, where a Retry or a Catch that many states share is said once and taken over by its
name. Machines are deployed from the JSON beside it: the local emulator reads no YAML.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "statemachine"
# What is named for taking over; it does not go into the machine.
PARTS = "Parts"
# The Amazon States Language takes numbers only here, so what is substituted stands without quotes.
NUMBER = re.compile(r'("\w+Seconds": )"(\$\{\w+\})"')


def written(source: str) -> str:
    """A machine's JSON text, its substitutions still open: `${Name}`, in quotes where it stands for a text."""
    machine = yaml.safe_load(source)
    machine.pop(PARTS, None)
    return NUMBER.sub(r"\1\2", json.dumps(machine, indent=2, ensure_ascii=False)) + "\n"


def stale() -> list[str]:
    """The machines whose JSON is not as their YAML says, and JSON files without a source."""
    there = {path.name: path.read_text() for path in FOLDER.glob("*.asl.json")}
    wanted = _wanted()
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def _wanted() -> dict[str, str]:
    return {path.with_suffix(".json").name: written(path.read_text()) for path in FOLDER.glob("*.asl.yaml")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a machine is stale")
    if parser.parse_args().check:
        if found := stale():
            print(f"stale, run python -m tools.machines: {', '.join(found)}", file=sys.stderr)
            return 1
        return 0
    for name, text in _wanted().items():
        (FOLDER / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
