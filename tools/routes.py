"""Writes the API's routes into template.yaml from the OpenAPI document; with --check, fails when they are stale.

The document comes from the doors (tools/openapi.py), so a route is written in its door and nowhere else. Each path also
takes every other method (`x-amazon-apigateway-any-method`) and hands it to the same door unasked, which answers 405 in
our own words. Routes stand in the API's body and not as events of their functions, because SAM gives each event a
permission of its own and Lambda holds 20 KB of them at most (docs/decisions/0091).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "template.yaml"
DOCUMENT = ROOT / "docs" / "api" / "openapi.json"
INDENT = " " * 10
BEGIN = f"{INDENT}# Written by `python -m tools.routes` from docs/api/openapi.json.\n"
END = f"{INDENT}# End of what is written.\n"
ANY_METHOD = "x-amazon-apigateway-any-method"
# Proofs that a door looks at itself. Where any other is asked for, the authorizer stands before the door.
OWN_PROOFS = {"certification-site"}
INTEGRATION = (
    "{{x-amazon-apigateway-integration: {{type: aws_proxy, httpMethod: POST, uri: !Sub "
    '"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{door}Function.Arn}}/invocations"'
    "}}, responses: {{}}{security}}}"
)


def block(document: dict[str, Any]) -> str:
    """The lines between the two marks: door by door, a line a path."""
    by_door: dict[str, dict[str, Any]] = {}
    for path, operations in document["paths"].items():
        doors = {operation["tags"][0] for operation in operations.values()}
        if len(doors) != 1:
            raise ValueError(f"{path} belongs to {' and '.join(sorted(doors))}: a path has one door")
        by_door.setdefault(doors.pop(), {})[path] = operations
    lines = (line for door, paths in by_door.items() for line in _door(door, paths))
    return "".join(f"{INDENT}{line}\n" for line in lines)


def _door(door: str, paths: dict[str, Any]) -> Iterator[str]:
    written: set[str] = set()
    for path, operations in paths.items():
        kinds = {
            method: f"{door}_unasked" if all(set(one) <= OWN_PROOFS for one in operation["security"]) else door
            for method, operation in operations.items()
        } | {ANY_METHOD: f"{door}_unasked"}
        if set(kinds.values()) <= written:
            yield f"{path}: {{{', '.join(f'{method}: *{kind}' for method, kind in kinds.items())}}}"
            continue
        yield f"{path}:"
        for method, kind in kinds.items():
            yield f"  {method}: {f'*{kind}' if kind in written else f'&{kind} {_operation(door, kind)}'}"
            written.add(kind)


def _operation(door: str, kind: str) -> str:
    return INTEGRATION.format(door=door.title(), security="" if kind == door else ", security: [{NONE: []}]")


def with_routes(template: str, document: dict[str, Any]) -> str:
    """The template's text with the document's routes. ValueError unless both marks stand in it once."""
    if template.count(BEGIN) != 1 or template.count(END) != 1:
        raise ValueError("template.yaml has to have each of the two marks of tools/routes.py once")
    before, _, rest = template.partition(BEGIN)
    return before + BEGIN + block(document) + END + rest.partition(END)[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when the routes are stale")
    wanted = parser.parse_args()
    before = TEMPLATE.read_text()
    after = with_routes(before, json.loads(DOCUMENT.read_text()))
    if not wanted.check:
        TEMPLATE.write_text(after)
        return 0
    if before != after:
        print("the routes in template.yaml are stale: run `python -m tools.routes`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
