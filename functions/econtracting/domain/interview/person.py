"""Who the agent is, read from the answers by what fields mean, so that no code knows how a packet type calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from econtracting.domain.interview.definition import Field, InterviewDefinition, Meaning


def person(definition: InterviewDefinition, answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The answers by meaning, from the answers by section; of several fields with one meaning the first given counts.

    A residence also tells its `state` and `postal_code` on their own, whatever its members are called.
    """
    found: dict[str, Any] = {}
    for section, field in _meaningful(definition):
        value = answers.get(section, {}).get(field.name)
        if value is None or field.means is None or field.means in found:
            continue
        found[field.means] = value
        if field.means == "residence":
            found |= {member.type.replace("-", "_"): value.get(member.name) for member in _places(field)}
    return found


def paths_of(definition: InterviewDefinition, meaning: Meaning | str) -> tuple[str, ...]:
    """Where a meaning is asked: dotted paths, section first."""
    return tuple(f"{section}.{field.name}" for section, field in _meaningful(definition) if field.means == meaning)


def _places(group: Field) -> Iterator[Field]:
    return (member for member in group.fields if member.type in ("state", "postal-code"))


def _meaningful(definition: InterviewDefinition) -> Iterator[tuple[str, Field]]:
    for section in definition.sections:
        for field in section.fields:
            if field.means is not None:
                yield section.name, field
