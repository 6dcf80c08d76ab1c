"""What a saved answer shows by now: groups that follow another one ("same as residential"), the recruiter's states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from econtracting.domain.fields.conditions import answer_at
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview import fields
from econtracting.domain.interview.definition import Field, InterviewDefinition
from econtracting.domain.interview.fields import FieldContext

Answers = Mapping[str, Mapping[str, Any]]


def copied(group: Field, source: Any) -> dict[str, Any]:
    """What a following group takes over: the members both have."""
    if not isinstance(source, Mapping):
        return {}
    return {member.name: source[member.name] for member in group.fields if source.get(member.name) is not None}


def is_whole(group: Field, values: Any, context: FieldContext) -> bool:
    """Whether a group's answers would pass on their own."""
    if not isinstance(values, Mapping):
        return False
    try:
        return all(
            fields.read(member, values.get(member.name), context) is not None or not member.required
            for member in group.fields
        )
    except Refusal:
        return False


def current(
    definition: InterviewDefinition, answers: Answers, requested_states: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The public answers by section as they stand now: groups followed, and the states as the recruiter wants them."""
    now = followed(definition, answers)
    for section in definition.sections:
        for field in section.fields:
            if field.type == "requested-states" and field.name in now.get(section.name, {}):
                now[section.name][field.name] = list(requested_states)
    return now


def followed(definition: InterviewDefinition, answers: Answers) -> dict[str, dict[str, Any]]:
    """The public answers by section, every ticked group showing what its source says now.

    A section is stored as it was saved; what it follows may have been changed since, in another section.
    """
    current = {name: dict(values) for name, values in answers.items()}
    for section in definition.sections:
        for group in section.fields:
            values = current.get(section.name, {}).get(group.name)
            if group.follows and isinstance(values, Mapping) and values.get(group.follows.switch) is True:
                source = answer_at(group.follows.source, current)
                current[section.name][group.name] = {group.follows.switch: True, **copied(group, source)}
    return current
