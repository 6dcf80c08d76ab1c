"""The laws of doors and use cases: what is answered is typed to the last property, and what leads there is simple."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openapi_spec_validator
import pytest

from tests.support.deployed import ROOT

CONTRACT = json.loads((ROOT / "docs" / "api" / "openapi.json").read_text())
SCHEMAS = CONTRACT["components"]["schemas"]
FUNCTIONS = ROOT / "functions"
USE_CASES = FUNCTIONS / "econtracting" / "usecases"
DOORS = [FUNCTIONS / door / "handler.py" for door in ("invite", "auth", "interview", "sign", "process")]
MOST_PARAMETERS = 6

OPERATIONS = [
    (f"{method.upper()} {path}", one) for path, found in CONTRACT["paths"].items() for method, one in found.items()
]


def open_places(schema: Any, where: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Where a schema lets anything through: an object without declared members, a map of anything, no type at all."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from open_places(SCHEMAS[name], f"{where} ({name})", seen | {name})
        return
    several = [one for word in ("anyOf", "oneOf", "allOf") for one in schema.get(word, [])]
    for one in several:
        yield from open_places(one, where, seen)
    for name, one in schema.get("properties", {}).items():
        yield from open_places(one, f"{where}.{name}", seen)
    if isinstance(more := schema.get("additionalProperties"), dict):
        yield from open_places(more, f"{where}.*", seen)
    if isinstance(items := schema.get("items"), dict):
        yield from open_places(items, f"{where}[]", seen)
    kind = schema.get("type")
    if kind == "object" and "properties" not in schema and not isinstance(more, dict):
        yield where
    if kind == "array" and "items" not in schema and "prefixItems" not in schema:
        yield where
    if kind is None and not several and "enum" not in schema and "const" not in schema:
        yield where


@pytest.mark.parametrize(("label", "operation"), OPERATIONS, ids=[label for label, _ in OPERATIONS])
def test_no_route_answers_an_open_object(label: str, operation: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        if "$ref" in answer:
            continue
        assert answer.get("content") or status in ("204", "303"), f"{label} {status} declares no media type"
        for media_type, content in answer.get("content", {}).items():
            assert list(open_places(content["schema"], f"{label} {status} {media_type}")) == []


def test_the_contract_is_valid_openapi() -> None:
    openapi_spec_validator.validate(CONTRACT)


def test_every_operation_is_told_in_one_sentence_under_a_name_of_its_own() -> None:
    assert len({one["operationId"] for _, one in OPERATIONS}) == len(OPERATIONS)
    told = [one["summary"] for _, one in OPERATIONS]
    assert [one for one in told if len(one) < 10 or ". " in one or "/" in one] == []


def functions_in(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("path", sorted(FUNCTIONS.rglob("*.py")), ids=lambda path: str(path.relative_to(FUNCTIONS)))
def test_no_function_takes_more_than_six_parameters(path: Path) -> None:
    """Use cases hold their ports; what is left to pass is what the call is about. An adapter takes its settings."""
    if "adapters" in path.parts:
        return
    wide = [
        f"{path.name}:{node.lineno} {node.name}"
        for node in functions_in(path)
        if len([*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs]) - _self(node) > MOST_PARAMETERS
    ]
    assert wide == []


def _self(node: ast.FunctionDef) -> bool:
    return bool(node.args.args) and node.args.args[0].arg in ("self", "cls")


@pytest.mark.parametrize("path", DOORS, ids=lambda path: path.parent.name)
def test_a_door_passes_no_port_to_a_use_case(path: Path) -> None:
    passed = [
        f"{path.parent.name}:{argument.lineno} {ast.unparse(argument)}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]
        if re.fullmatch(r"wiring\.\w+(\(\))?", ast.unparse(argument)) and ast.unparse(node.func) != "Door"
    ]
    assert passed == []


def test_records_change_by_their_own_verbs() -> None:
    """A use case that copies a record with changed fields knows what only the record should."""
    copied = [
        f"{path.relative_to(USE_CASES)}:{number}"
        for path in sorted(USE_CASES.rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"model_copy\(\s*update", line)
    ]
    assert copied == []
