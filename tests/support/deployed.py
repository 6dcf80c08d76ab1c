"""What template.yaml deploys, read for tests: nothing here spells a table, a route or a substitution a second time."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ANY_METHOD = "x-amazon-apigateway-any-method"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags kept as {tag: value}."""


def _tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    return {suffix: loader.construct_mapping(node, deep=True)}  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _tag)


@cache
def template() -> dict[str, Any]:
    return read(ROOT / "template.yaml")


def read(path: Path) -> dict[str, Any]:
    """A template, short tags kept as {tag: value}."""
    return yaml.load(path.read_text(), _Loader)


def functions() -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in template()["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def routes() -> list[tuple[str, str, str]]:
    """(method, path, function) of every operation the API has."""
    return [
        (method.upper(), path, door(operation))
        for path, operations in paths().items()
        for method, operation in operations.items()
        if method != ANY_METHOD
    ]


def paths() -> dict[str, dict[str, Any]]:
    """Path -> method -> operation, as the API's body has them."""
    return template()["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"]


def door(operation: Mapping[str, Any]) -> str:
    """The function that an operation of the API leads to."""
    uri = operation["x-amazon-apigateway-integration"]["uri"]["Sub"]
    (name,) = re.findall(r"/functions/\$\{(\w+)\.Arn\}/invocations$", uri)
    return str(name)


@cache
def is_open(method: str, path: str) -> bool:
    """Whether a route is served without asking the authorizer who calls."""
    return paths()[path][method.lower()].get("security") == [{"NONE": []}]


def table(step: int | None = None) -> dict[str, Any]:
    """The table's properties, as CreateTable takes them; of a step of its indexes that is not the default one."""
    declared = template()["Resources"]["Table"]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "BillingMode")
    return {name: declared[name] for name in wanted} | {
        "GlobalSecondaryIndexes": indexes(step),
        "StreamSpecification": {"StreamEnabled": True, **declared["StreamSpecification"]},
    }


def indexes(step: int | None = None) -> list[dict[str, Any]]:
    """The table's indexes at a step (parameter IndexStep)."""
    declared = template()["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"]
    given = template()["Parameters"]["IndexStep"]["Default"] if step is None else step
    found = []
    for one in declared:
        condition, then, _ = one.get("If") or one.get("Fn::If") or (None, one, None)
        if condition is None or _holds(template()["Conditions"][condition], given):
            found.append(then)
    return found


def _holds(condition: Mapping[str, Any], index_step: int) -> bool:
    ((kind, operands),) = condition.items()
    match kind:
        case "Equals":
            assert operands[0] == {"Ref": "IndexStep"}
            return bool(operands[1] == index_step)
        case "Not":
            return not _holds(operands[0], index_step)
        case "Or":
            return any(_holds(one, index_step) for one in operands)
    raise LookupError(f"no test reads {kind}")


def definition(name: str, **substitutions: Any) -> str:
    """A state machine's definition with its substitutions filled in. KeyError for one that is not given."""
    text = (ROOT / "statemachine" / f"{name}.asl.json").read_text()
    filled = re.sub(r"\$\{(\w+)\}", lambda match: str(substitutions[match[1]]), text)
    json.loads(filled)
    return filled


def is_named(error: str, names: Sequence[str]) -> bool:
    """Whether an ErrorEquals means an error, with the two wildcards of the Amazon States Language."""
    return error in names or "States.ALL" in names or ("States.TaskFailed" in names and error != "States.Timeout")
