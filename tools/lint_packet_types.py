"""Checks packet types before they are shipped: their shape, their references, their sources and review dates.

    python -m tools.lint_packet_types [folder ...] [--on YYYY-MM-DD] [--write-schemas]

Without folders, every packet type that is deployed and the schemas. `--on` is the day review dates are judged by; today
otherwise. `--write-schemas` writes the JSON Schemas again from the models; without it a stale one is a finding.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # comes without type information
from pydantic import BaseModel, ValidationError, create_model

from econtracting import packet_types
from econtracting.domain.appointing.state_rules import AppointmentType, StateRule, StateRules
from econtracting.domain.days import day_in
from econtracting.domain.interview.interview import InterviewDefinition
from econtracting.domain.packet_type import PacketType
from econtracting.domain.record import Record
from econtracting.domain.signing.documents import PacketDocuments
from tools.packet_type_references import broken_references
from tools.packet_type_words import unread_texts

ROOT = Path(__file__).parents[1]
SCHEMAS = packet_types.HOME / "schema"
PARTS = ("packet", "interview", "documents", "state_rules")
REVIEW_LASTS = timedelta(days=365)

_PARTS = {"interview", "documents", "state_rules"}
PacketHead = create_model(
    "PacketHead",
    __base__=Record,
    **{name: (field.annotation, field) for name, field in PacketType.model_fields.items() if name not in _PARTS},  # type: ignore[call-overload]  # fields taken over from a model, not spelled out
)


class PinnedText(Record):
    """A text taken over unaltered, such as a statute: its checksum, and which revision of what it is."""

    sha256: str
    revision: str
    source: str
    reviewed_on: date


class PinnedTexts(Record):
    """`pinned.json` of a `texts` folder: file name to text."""

    texts: dict[str, PinnedText]


MODELS: dict[str, type[BaseModel]] = {
    "packet": PacketHead,
    "interview": InterviewDefinition,
    "documents": PacketDocuments,
    "state_rules": StateRules,
    "pinned": PinnedTexts,
}


def lint(folder: Path, on: date) -> list[str]:
    """Everything wrong with a packet type on a day, each finding beginning with its file."""
    shapes = [finding for part in PARTS for finding in _shape(folder, part)]
    if shapes:
        return shapes
    packet_type = packet_types.read(folder)
    documents = PacketDocuments.model_validate_json((folder / "documents.json").read_bytes())
    named = [] if packet_type.name == folder.name else [f"packet.json: name: the folder is called {folder.name}"]
    return [
        *named,
        *(f"interview.json: {finding}" for finding in broken_references(packet_type)),
        *(f"documents.json: {finding}" for finding in _missing_templates(folder, documents)),
        *(f"packet.json: {finding}" for finding in _stale("packet type", packet_type.reviewed_on, on)),
        *(f"state_rules.json: {finding}" for finding in _doubtful_rules(packet_type.state_rules, on)),
        *_altered_texts(folder / "texts", on),
        *unread_texts(folder),
    ]


def deployed() -> list[Path]:
    """The folders of packet types that are shipped; one part makes a folder one, so that no other can be forgotten."""
    return sorted({path.parent for part in PARTS for path in packet_types.HOME.glob(f"*/{part}.json")})


def schema_of(part: str) -> dict[str, Any]:
    """The JSON Schema of a part, for editors and for data that comes from elsewhere."""
    made: dict[str, Any] = MODELS[part].model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_with_conditions(made)}


def stale_schemas(*, write: bool) -> Iterator[str]:
    for part in MODELS:
        text = json.dumps(schema_of(part), indent=2, ensure_ascii=False) + "\n"
        path = SCHEMAS / f"{part}.schema.json"
        if write:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"{_shown(path)}: not what the models say; write it again with --write-schemas"


def _shown(path: Path) -> str:
    """A path as people name it: from the project's root where it lies in the project."""
    return str(path.resolve().relative_to(ROOT) if path.resolve().is_relative_to(ROOT) else path)


def _shape(folder: Path, part: str) -> Iterator[str]:
    name = f"{part}.json"
    try:
        data = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as unreadable:
        yield f"{name}: cannot be read: {unreadable}"
        return
    schema = schema_of(part)
    for error in sorted(jsonschema.Draft202012Validator(schema).iter_errors(data), key=lambda each: each.json_path):
        yield f"{name}: {error.json_path}: {error.message[:200]}"
    try:
        MODELS[part].model_validate_json(json.dumps(data))
    except ValidationError as invalid:
        for problem in invalid.errors(include_input=False, include_url=False):
            yield f"{name}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}"


def _with_conditions(schema: Any) -> Any:
    """The schema with every place of a condition pointing to the schema of the condition language."""
    if isinstance(schema, list):
        return [_with_conditions(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("title") == "Condition":
        return {"$ref": "#/$defs/condition"}
    whole = {name: _with_conditions(each) for name, each in schema.items()}
    if "$defs" in whole:
        condition = json.loads((SCHEMAS / "condition.json").read_text(encoding="utf-8"))
        whole["$defs"] = {**whole["$defs"], "condition": condition}
    return whole


def _missing_templates(folder: Path, documents: PacketDocuments) -> Iterator[str]:
    for row in documents.every():
        if row.template is not None and not (folder / "templates" / f"{row.template}.typ").is_file():
            yield f"{row.code}: there is no {_shown(folder / 'templates')}/{row.template}.typ"


def _doubtful_rules(rules: tuple[StateRule, ...], on: date) -> Iterator[str]:
    seen: set[tuple[object, ...]] = set()
    for rule in rules:
        where = (rule.state, rule.line, rule.carrier, rule.effective_from)
        if where in seen:
            yield f"{rule.state}: two rows hold from {rule.effective_from} on"
        seen.add(where)
        if not rule.source.strip():
            yield f"{rule.state}: no source"
        if rule.type is AppointmentType.JUST_IN_TIME and rule.clock_starts is None:
            yield f"{rule.state}: the clock's start is missing"
        yield from _stale(rule.state, rule.reviewed_on, on)


def _altered_texts(folder: Path, on: date) -> Iterator[str]:
    if not folder.is_dir():
        return
    shape = list(_shape(folder, "pinned"))
    yield from shape
    if shape:
        return
    pinned = PinnedTexts.model_validate_json((folder / "pinned.json").read_bytes())
    for name, text in pinned.texts.items():
        path = folder / name
        if not path.is_file():
            yield f"texts/{name}: pinned, but not there"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != text.sha256:
            yield f"texts/{name}: is not the text that was pinned as revision {text.revision}"
        for finding in _stale(name, text.reviewed_on, on):
            yield f"texts/pinned.json: {finding}"


def _stale(what: str, reviewed_on: date, on: date) -> Iterator[str]:
    if reviewed_on > on:
        yield f"{what}: reviewed on {reviewed_on}, a day that has not come yet"
    elif on - reviewed_on > REVIEW_LASTS:
        yield f"{what}: last reviewed on {reviewed_on}, more than {REVIEW_LASTS.days} days ago"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Checks packet types: shape, references, sources, review dates.")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--on", type=date.fromisoformat, default=day_in(datetime.now(UTC), UTC))
    parser.add_argument("--write-schemas", action="store_true")
    chosen = parser.parse_args(arguments)
    folders = chosen.folders or deployed()
    findings = [*stale_schemas(write=chosen.write_schemas)] if chosen.write_schemas or not chosen.folders else []
    findings += [f"{_shown(folder)}/{finding}" for folder in folders for finding in lint(folder, chosen.on)]
    for finding in findings:
        print(finding)
    print(f"{len(folders)} packet types checked, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
