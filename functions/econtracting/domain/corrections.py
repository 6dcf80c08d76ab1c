"""Corrections: which answers an agent is asked to mend after submission, and that nothing else changes with them.

A field is named by its dotted path, section first: `agent.ssn`, `agent.residential.postal_code`, `background.BQ4`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from econtracting.domain.errors import InvalidAnswers, InvalidRequest
from econtracting.domain.fields.conditions import ConditionFacts, holds
from econtracting.domain.fields.rejections import Rejection
from econtracting.domain.interview.definition import InterviewDefinition, Meaning
from econtracting.domain.interview.person import paths_of
from econtracting.domain.moment import Moment
from econtracting.domain.packet import Packet, Status
from econtracting.domain.record import Record

# Answers that are one thing in two fields: whoever may mend one may mend the other.
_TOGETHER: tuple[tuple[Meaning, ...], ...] = (("middle_name", "no_middle_name"),)


class CorrectionSchedule(NamedTuple):
    """When an agent is reminded of a correction, and when someone of the contracting department looks."""

    reminders: tuple[timedelta, ...]
    limit: timedelta


class CorrectionRequest(Record):
    """What someone asked the agent to mend. `versions` are those of the sections when it was asked."""

    packet_id: str
    number: int
    fields: tuple[str, ...]
    reason: str
    requested_by: str
    requested_at: Moment
    versions: dict[str, int]
    reminders: int = 0
    answered_at: Moment | None = None

    def answer(self, at: datetime) -> Self:
        """The agent signed what was mended."""
        return self.model_copy(update={"answered_at": at})

    def reminded(self) -> Self:
        """The agent was reminded once more."""
        return self.model_copy(update={"reminders": self.reminders + 1})

    def sections(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(path.partition(".")[0] for path in self.fields))

    def untouched(self, packet: Packet) -> tuple[str, ...]:
        """The named sections that were not saved since; saving the same answer again confirms it."""
        now = {name: state.version for name, state in packet.sections.items()}
        return tuple(name for name in self.sections() if now.get(name, 0) <= self.versions.get(name, 0))


def fields_meaning(definition: InterviewDefinition, meanings: Iterable[str]) -> tuple[str, ...]:
    """The paths of the fields that mean something; what is no meaning of ours has none."""
    wanted = [one for meaning in meanings for one in next((some for some in _TOGETHER if meaning in some), (meaning,))]
    return tuple(dict.fromkeys(path for meaning in wanted for path in paths_of(definition, meaning)))


def checked_fields(definition: InterviewDefinition, paths: Iterable[str], facts: ConditionFacts) -> tuple[str, ...]:
    """The paths, if the agent is asked every one of them. Raises InvalidRequest naming those that are not."""
    asked = tuple(dict.fromkeys(paths))
    unknown = [index for index, path in enumerate(asked) if not _is_asked(definition, path)]
    if not asked:
        raise InvalidRequest(errors=[{"field": "fields", "rule": "required", "message": "Name at least one field."}])
    if unknown:
        message = "The interview has no such field. Write the section first, as in agent.ssn."
        raise InvalidRequest(
            errors=[{"field": f"fields.{index}", "rule": "unknown-field", "message": message} for index in unknown]
        )
    needless = [
        index
        for index, path in enumerate(asked)
        if not holds(definition.section(path.partition(".")[0]).ask_when, facts)
    ]
    if needless:
        message = "This agent is not asked this part."
        raise InvalidRequest(
            errors=[{"field": f"fields.{index}", "rule": "section-not-asked", "message": message} for index in needless]
        )
    return asked


def require_only_requested(
    definition: InterviewDefinition,
    request: CorrectionRequest,
    section: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    retyped: Iterable[str],
) -> None:
    """Refuse a save that changes an answer no one asked about.

    `before` and `after` are public answers of the section, `retyped` the sensitive ones that came again.
    Raises InvalidAnswers naming each.
    """
    open_paths = _with_companions(definition, request.fields)
    changed = [*_changed(section, before, after), *(f"{section}.{name}" for name in retyped)]
    wrong = [path for path in changed if not _is_open(path, open_paths)]
    if wrong:
        message = "You signed this answer as it is. Only what we asked about can be changed now."
        raise InvalidAnswers(
            [Rejection(field=path.removeprefix(f"{section}."), rule="not-requested", message=message) for path in wrong]
        )


def next_reminder(request: CorrectionRequest, patience: CorrectionSchedule) -> tuple[datetime, bool]:
    """When to look again, and whether that is a reminder (else the agent's time is over)."""
    left = patience.reminders[request.reminders :]
    if left and left[0] < patience.limit:
        return request.requested_at + left[0], True
    return request.requested_at + patience.limit, False


def is_open(packet: Packet, number: int) -> bool:
    """Whether the agent still has to answer a request, or to sign what its answer changed."""
    return packet.correction == number and (
        packet.status is Status.CORRECTION_REQUESTED
        or (packet.status is Status.AWAITING_SIGNATURE and packet.submitted)
    )


def labels(definition: InterviewDefinition, paths: Iterable[str]) -> list[str]:
    """What a person calls the fields."""
    found = []
    for path in paths:
        section, _, name = path.partition(".")
        field = definition.field_at(path)
        questions = {one.code: one.topic for one in definition.section(section).questions}
        found.append(field.label if field else questions.get(name, name))
    return list(dict.fromkeys(found))


def _is_asked(definition: InterviewDefinition, path: str) -> bool:
    section, _, name = path.partition(".")
    found = next((one for one in definition.sections if one.name == section), None)
    if found is None:
        return False
    return definition.field_at(path) is not None or name in [question.code for question in found.questions]


def _with_companions(definition: InterviewDefinition, paths: Iterable[str]) -> frozenset[str]:
    open_paths = set(paths)
    for meanings in _TOGETHER:
        group = {path for meaning in meanings for path in paths_of(definition, meaning)}
        if group & open_paths:
            open_paths |= group
    return frozenset(open_paths)


def _is_open(path: str, open_paths: frozenset[str]) -> bool:
    """A path is open if it is named, or lies in a group that is."""
    return any(path == one or path.startswith(f"{one}.") for one in open_paths)


def _changed(path: str, before: Any, after: Any) -> list[str]:
    """Paths of the leaves that differ; a group is looked into where both sides have it."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = dict.fromkeys([*before, *after])
        return [leaf for name in names for leaf in _changed(f"{path}.{name}", before.get(name), after.get(name))]
    return [] if before == after else [path]
