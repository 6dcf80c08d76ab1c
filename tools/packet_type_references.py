"""What a packet type's parts say of each other: names that lead nowhere, and questions no one could understand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from econtracting.domain.fields.conditions import answers_read, well_formed
from econtracting.domain.fields.us import STATES
from econtracting.domain.interview.definition import Field, Meaning, SectionDefinition
from econtracting.domain.interview.interview import InterviewDefinition, paths_of
from econtracting.domain.packet import InvitedAgent
from econtracting.domain.packet_type import PacketType

# The rest of the product cannot do without these: who is screened, looked up, appointed and written to.
NEEDED: tuple[Meaning, ...] = ("first_name", "last_name", "ssn", "birth_date", "phone", "email", "npn", "residence")
_TYPES = {
    "ssn": "ssn",
    "birth_date": "birth-date",
    "phone": "phone",
    "email": "email",
    "npn": "npn",
    "residence": "group",
}


def broken_references(packet_type: PacketType) -> Iterator[str]:
    """Findings about the interview and about every condition, wherever it stands."""
    definition = packet_type.interview
    for section in definition.sections:
        for field in section.fields:
            yield from _field(definition, section, field)
            for member in field.fields:
                yield from _wording(f"{section.name}.{field.name}.{member.name}", member)
        for rule in section.rules:
            for name in rule.fields:
                if section.field(name) is None:
                    yield f"{section.name}: a rule names {name}, which is not asked"
        for question in section.questions:
            for follow_up in question.follow_ups:
                yield from _wording(f"{section.name}.{question.code}.{follow_up.name}", follow_up)
    yield from _meanings(definition)
    for place, condition in _conditions(packet_type):
        try:
            well_formed(condition)
        except ValueError as error:
            yield f"{place}: {error}"
            continue
        for finding in _condition(packet_type, condition):
            yield f"{place}: {finding}"


def _field(definition: InterviewDefinition, section: SectionDefinition, field: Field) -> Iterator[str]:
    path = f"{section.name}.{field.name}"
    yield from _wording(path, field)
    if field.prefill is not None and field.prefill not in InvitedAgent.model_fields:
        yield f"{path}: an invitation has no {field.prefill}"
    if field.warn_if_changed and field.prefill is None:
        yield f"{path}: warns of a change, but starts with nothing"
    if field.typed_twice_as is not None and not field.sensitive:
        yield f"{path}: only a sensitive answer is typed twice"
    if field.type in ("ssn", "birth-date") and not field.sensitive:
        yield f"{path}: has to be sensitive"
    source = section.field(field.takes_suffix_from or "")
    number = section.field(field.takes_extension_from or "")
    if field.takes_extension_from is not None and (number is None or number.type != "phone"):
        yield f"{path}: takes its extension from {field.takes_extension_from}, which is no telephone of this section"
    if field.takes_suffix_from is not None and (source is None or source.type != "name"):
        yield f"{path}: takes its suffix from {field.takes_suffix_from}, which is no name of this section"
    if field.follows is not None:
        yield from _copy(definition, path, field, field.follows.source)


def _copy(definition: InterviewDefinition, path: str, field: Field, source: str) -> Iterator[str]:
    original = definition.field_at(source)
    if original is None or original.type != "group":
        yield f"{path}: follows {source}, which is no group of fields"
        return
    order = [f"{each.name}.{one.name}" for each in definition.sections for one in each.fields]
    if order.index(source) >= order.index(path):
        yield f"{path}: follows {source}, which is asked later"
    given = {member.name for member in original.fields}
    for member in field.fields:
        if member.required and member.name not in given:
            yield f"{path}: needs {member.name}, which {source} does not have"


def _wording(path: str, field: Field) -> Iterator[str]:
    needed = field.required or field.required_when is not None
    if needed and field.type not in ("group", "requested-states") and "required" not in field.messages:
        yield f"{path}: does not say what a person reads when it is missing (messages.required)"


def _meanings(definition: InterviewDefinition) -> Iterator[str]:
    for meaning in NEEDED:
        if not paths_of(definition, meaning):
            yield f"no field means {meaning}"
    for meaning in get_args(Meaning):
        for path in paths_of(definition, meaning):
            field = definition.field_at(path)
            if meaning in _TYPES and field is not None and field.type != _TYPES[meaning]:
                yield f"{path}: means {meaning}, but is of type {field.type}"


def _conditions(packet_type: PacketType) -> Iterator[tuple[str, dict[str, Any]]]:
    for section in packet_type.interview.sections:
        if section.ask_when is not None:
            yield section.name, section.ask_when
        for field in section.fields:
            for path, each in ((field.name, field), *((f"{field.name}.{one.name}", one) for one in field.fields)):
                if each.required_when is not None:
                    yield f"{section.name}.{path}", each.required_when
    for row in packet_type.documents:
        if row.include_when is not None:
            yield f"document {row.code}", row.include_when


def _condition(packet_type: PacketType, condition: dict[str, Any]) -> Iterator[str]:
    for path in answers_read(condition):
        field = packet_type.interview.field_at(path)
        if field is None or field.type == "group":
            yield f"the condition reads {path}, which is no field"
        elif field.sensitive:
            yield f"the condition reads {path}, which is sensitive"
    for kind, values, known in (
        ("state", _members(condition, "requested_state"), STATES),
        ("level", _members(condition, "level_in"), packet_type.levels),
    ):
        for value in values:
            if value not in known:
                yield f"the condition names {kind} {value}, which does not exist"


def _members(condition: dict[str, Any], kind: str) -> Iterator[str]:
    found = condition.get(kind, [])
    yield from [found] if isinstance(found, str) else found
    for part in (*condition.get("all", ()), *condition.get("any", ()), condition.get("not")):
        if part is not None:
            yield from _members(part, kind)
