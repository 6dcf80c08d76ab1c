"""`aws SERVICE OPERATION --option value ...` as the pages write it, carried out by the SDK that the command is made of.

Operation and options are looked up in the service's model, as the command does: a page that misspells one fails here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
import jmespath
from botocore import xform_name
from botocore.model import Shape

OUTPUT = ("query", "output")


def run(words: Sequence[str]) -> str:
    """What the command prints. LookupError for an operation or an option that the service does not have."""
    service, command, *rest = words
    client = boto3.client({"s3api": "s3"}.get(service, service))
    operations = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
    if command not in operations:
        raise LookupError(f"aws {service} has no {command}")
    shape = client.meta.service_model.operation_model(operations[command]).input_shape
    members = {xform_name(name, "-"): (name, member) for name, member in (shape.members if shape else {}).items()}
    given: dict[str, Any] = {}
    shown: dict[str, str] = {}
    for option, values in _options(rest):
        if option in OUTPUT:
            shown[option] = " ".join(values)
            continue
        plain = option.removeprefix("no-")
        if plain not in members:
            raise LookupError(f"aws {service} {command} has no --{option}")
        name, member = members[plain]
        given[name] = option == plain if member.type_name == "boolean" else _value(member, values)
    answer = getattr(client, xform_name(operations[command]))(**given)
    answer.pop("ResponseMetadata", None)
    found = jmespath.search(shown["query"], answer) if "query" in shown else answer
    if shown.get("output") == "text":
        return "\n".join(map(str, found)) if isinstance(found, list) else str(found)
    return json.dumps(found, default=str, indent=1)


def _options(words: Sequence[str]) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for word in words:
        if word.startswith("--"):
            found.append((word.removeprefix("--"), []))
        elif found:
            found[-1][1].append(word)
        else:
            raise LookupError(f"{word} belongs to no option")
    return found


def _value(shape: Shape, words: Sequence[str]) -> Any:
    if shape.type_name == "list":
        if len(words) == 1 and words[0].startswith("["):
            return json.loads(words[0])
        return [_value(shape.member, [word]) for word in words]  # type: ignore[attr-defined]
    text = " ".join(words)
    if shape.type_name in ("structure", "map"):
        return json.loads(text) if text.startswith("{") else _shorthand(shape, text)
    if shape.type_name in ("integer", "long"):
        return int(text)
    return float(text) if shape.type_name in ("float", "double") else text


def _shorthand(shape: Shape, text: str) -> Mapping[str, Any]:
    """Key=value,Key=value."""
    pairs = dict(part.split("=", 1) for part in text.split(","))
    members = getattr(shape, "members", {})
    return {
        name: value == "true" if name in members and members[name].type_name == "boolean" else value
        for name, value in pairs.items()
    }
