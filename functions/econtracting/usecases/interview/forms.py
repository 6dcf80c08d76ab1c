"""A section as a form: everything a screen needs to ask it, without knowing the packet type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from econtracting.domain.appointing.state_rules import rule_for
from econtracting.domain.fields.conditions import ConditionFacts, holds
from econtracting.domain.interview.attachments import LARGEST, LARGEST_TOGETHER, MOST
from econtracting.domain.interview.definition import Field, InterviewDefinition, Question, SectionDefinition
from econtracting.domain.interview.file_kinds import ENDINGS
from econtracting.domain.interview.picture_files import MOST_PIXELS
from econtracting.domain.interview.verification import Verification
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType
from econtracting.views.interview import (
    AttachmentRulesView,
    CopyView,
    FieldView,
    LicenseView,
    QuestionView,
    RequestedStateView,
    RuleView,
)


class Form(NamedTuple):
    """How a section is asked; without questions it has none, and takes no files."""

    fields: list[FieldView]
    rules: list[RuleView]
    questions: list[QuestionView] | None
    attachments: AttachmentRulesView | None


def form_of(definition: InterviewDefinition, asked: SectionDefinition, facts: ConditionFacts) -> Form:
    """Fields, questions and rules of a section; `required` is as it stands with the answers saved so far."""
    files = AttachmentRulesView(
        per_question=definition.attachments_per_question,
        largest=LARGEST,
        most=MOST,
        together=LARGEST_TOGETHER,
        pixels=MOST_PIXELS,
        content_types=list(ENDINGS),
        endings=[ending for endings in ENDINGS.values() for ending in endings],
    )
    return Form(
        fields=[_field(field, facts) for field in asked.fields],
        rules=[RuleView(kind=rule.kind, fields=list(rule.fields), message=rule.message) for rule in asked.rules],
        questions=[_question(question, facts) for question in asked.questions] or None,
        attachments=files if asked.questions else None,
    )


def state_rows(
    packet: Packet, definition: PacketType, verification: Verification | None, today: Callable[[str], date]
) -> list[RequestedStateView]:
    """The recruiter's pre-appointment states: how one is appointed there, who says so, and the license there.

    `today` tells the day in a state.
    """
    rows = []
    for state in packet.pre_appointment_states:
        on = today(state)
        rule = rule_for(
            definition.state_rules, state, line=definition.line_code, carrier=definition.carrier.co_code, on=on
        )
        rows.append(
            RequestedStateView(
                state=state,
                type=rule.type.value,
                known=rule.known,
                source=rule.source,
                reviewed_on=rule.reviewed_on,
                confidence=rule.confidence,
                synthetic=rule.synthetic,
                license=_license(verification, state, definition.line_code, on),
            )
        )
    return rows


def requested_states(
    packet: Packet, definition: PacketType, verification: Verification | None, today: Callable[[str], date]
) -> list[dict[str, Any]]:
    """The pre-appointment states as templates take them."""
    return [row.model_dump(mode="json") for row in state_rows(packet, definition, verification, today)]


def _license(verification: Verification | None, state: str, line: str, on: date) -> LicenseView:
    held = verification.licenses if verification else None
    if held is None:
        return LicenseView(status="to-be-verified", reasons=[], as_of=None)
    reasons = held.defects(state, line, on)
    return LicenseView(status="not-valid" if reasons else "valid", reasons=list(reasons), as_of=held.as_of)


def _field(field: Field, facts: ConditionFacts) -> FieldView:
    return FieldView(
        name=field.name,
        label=field.label,
        type=field.type,
        sensitive=field.sensitive,
        hint=field.hint,
        typed_twice_as=field.typed_twice_as,
        choices=list(field.choices),
        longest=field.longest,
        po_box=field.po_box,
        mailing=field.mailing,
        required=field.required or (field.required_when is not None and holds(field.required_when, facts)),
        minimum_age=field.minimum_age if field.type == "birth-date" else None,
        follows=CopyView(**field.follows.model_dump()) if field.follows else None,
        fields=[_field(member, facts) for member in field.fields],
    )


def _question(question: Question, facts: ConditionFacts) -> QuestionView:
    return QuestionView(
        code=question.code,
        topic=question.topic,
        text=question.text,
        asks_for=question.asks_for,
        follow_ups=[_field(field, facts) for field in question.follow_ups],
        needs_upload_to_appoint=question.needs_upload_to_appoint,
    )
