"""The interview: what a section's answers have to be, and what is kept of them.

A packet type's definition says what is asked; the reference date, the invitation and the other sections come with the
context. Nothing is read or written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from econtracting.domain.errors import InvalidAnswers, NotFound
from econtracting.domain.fields.conditions import holds
from econtracting.domain.fields.names import split_suffix
from econtracting.domain.fields.rejections import Rejection
from econtracting.domain.interview import fields
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.context import InterviewContext
from econtracting.domain.interview.copies import current, followed
from econtracting.domain.interview.definition import Field, InterviewDefinition, SectionDefinition, parse_interview
from econtracting.domain.interview.person import paths_of, person
from econtracting.domain.interview.reading import Reading
from econtracting.domain.record import Record
from econtracting.domain.words import Text, joined

__all__ = [
    "InterviewContext",
    "InterviewDefinition",
    "Rejection",
    "SectionResult",
    "SummaryLine",
    "asked_section",
    "check_section",
    "current",
    "followed",
    "incomplete_sections",
    "parse_interview",
    "paths_of",
    "person",
    "prefill",
    "sections_needed",
    "still_complete",
    "summary",
]

_SAID_OF_DRAFTS = frozenset({"unconfirmed", "copy-incomplete", "contradiction"})


class SectionResult(Record):
    """A section's answers in normal form.

    `sensitive` goes into the envelope, `masked` is what screens show instead of it. `keep` names the sensitive answers
    on file that stay as they are: they are in `masked`, not in `sensitive`. What is in neither was cleared.
    """

    public: dict[str, Any]
    sensitive: dict[str, Any]
    masked: dict[str, Any]
    keep: tuple[str, ...] = ()
    warnings: tuple[Rejection, ...] = ()
    complete: bool


class SummaryLine(Record):
    section: str
    field: str
    label: Text
    value: Text


def check_section(
    definition: InterviewDefinition,
    section: str,
    answers: Any,
    *,
    context: InterviewContext,
    draft: bool = False,
) -> SectionResult:
    """What a section's answers come to; they replace the section as a whole.

    A draft may have gaps, and keeps half-typed public answers with a warning; it is never complete. Malformed sensitive
    answers, wrong types, unknown fields and control characters are refused in a draft too.
    Raises NotFound for a section that this agent is not asked, InvalidAnswers for everything wrong at once.
    """
    wanted = asked_section(definition, section, context)
    if not isinstance(answers, Mapping):
        raise InvalidAnswers(
            [Rejection(field="", rule="wrong-type", message="The answers have to be a set of fields.")]
        )
    reading = Reading(definition, wanted, context, draft=draft)
    reading.read(answers)
    found = reading.found
    errors = found.errors if draft else [*found.errors, *found.gaps]
    if errors:
        raise InvalidAnswers(errors)
    return SectionResult(
        public=reading.public,
        sensitive=reading.sensitive,
        masked=reading.masked,
        keep=tuple(reading.kept),
        warnings=(*found.warnings, *(gap for gap in found.gaps if gap.rule in _SAID_OF_DRAFTS)),
        complete=not draft,
    )


def asked_section(definition: InterviewDefinition, section: str, context: InterviewContext) -> SectionDefinition:
    """A section that this agent is asked. Raises NotFound (code section-not-found) for any other name."""
    wanted = definition.section(section)
    if not holds(wanted.ask_when, context.facts()):
        raise NotFound("This packet has no such section.", code="section-not-found")
    return wanted


def still_complete(definition: InterviewDefinition, saved: Section, *, context: InterviewContext) -> bool:
    """Whether a section that was complete when saved still is.

    Another section, or the recruiter's list of states, may have changed since.
    """
    if not saved.complete:
        return False
    now = context.model_copy(update={"stored_masked": saved.masked})
    try:
        check_section(definition, saved.name, saved.shown(), context=now)
    except InvalidAnswers:
        return False
    return True


def sections_needed(definition: InterviewDefinition, context: InterviewContext) -> tuple[str, ...]:
    """The sections that concern this agent, in order."""
    facts = context.facts()
    return tuple(section.name for section in definition.sections if holds(section.ask_when, facts))


def incomplete_sections(
    definition: InterviewDefinition, saved: Mapping[str, Section], context: InterviewContext
) -> tuple[str, ...]:
    """The needed sections that cannot be confirmed yet. `context.other_sections` is taken from `saved`."""
    context = _around(definition, saved, context)
    return tuple(
        name
        for name in sections_needed(definition, context)
        if name not in saved or not still_complete(definition, saved[name], context=context)
    )


def prefill(definition: InterviewDefinition, section: str, context: InterviewContext) -> dict[str, Any]:
    """What a section shows before it was first saved: what the recruiter told, for the agent to check."""
    wanted = definition.section(section)
    values: dict[str, Any] = {}
    for field in wanted.fields:
        if field.type == "requested-states":
            values[field.name] = list(context.requested_states)
        elif field.prefill and (invited := getattr(context.invitation, field.prefill)):
            values[field.name] = invited
    for field in wanted.fields:
        if field.takes_suffix_from in values and field.name not in values:
            short, suffix = split_suffix(values[field.takes_suffix_from], field.choices)
            if suffix:
                values |= {field.takes_suffix_from: short, field.name: suffix}
    return values


def summary(
    definition: InterviewDefinition, saved: Mapping[str, Section], context: InterviewContext
) -> list[SummaryLine]:
    """Everything this agent is asked, with its answer as a screen may show it; what was not answered is blank."""
    around = _around(definition, saved, context)
    public, asked = around.other_sections, sections_needed(definition, around)
    lines: list[SummaryLine] = []
    for section in (one for one in definition.sections if one.name in asked):
        masked = saved[section.name].masked if section.name in saved else {}
        lines += _summary_of(section, {**public.get(section.name, {}), **masked})
    return lines


def _summary_of(section: SectionDefinition, shown: Mapping[str, Any]) -> list[SummaryLine]:
    lines: list[SummaryLine] = []

    def add(field: Field, path: str, label: str, value: Any) -> None:
        lines.append(SummaryLine(section=section.name, field=path, label=label, value=fields.shown(field, value)))

    for field in section.fields:
        values = shown.get(field.name)
        if field.type != "group":
            add(field, field.name, field.label, values)
        for member in field.fields:
            add(
                member,
                f"{field.name}.{member.name}",
                joined((field.label, member.label), by=": "),
                (values or {}).get(member.name),
            )
    for question in section.questions:
        mark = str(shown.get(question.code, ""))
        lines.append(SummaryLine(section=section.name, field=question.code, label=question.text, value=mark))
    return lines


def _around(
    definition: InterviewDefinition, saved: Mapping[str, Section], context: InterviewContext
) -> InterviewContext:
    public = {name: section.public for name, section in saved.items()}
    answers = current(definition, public, context.requested_states)
    return context.model_copy(update={"other_sections": answers})
