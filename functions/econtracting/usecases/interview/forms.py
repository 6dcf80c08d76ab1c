"""A section as a form: everything a screen needs to ask it, without knowing the packet type."""

from __future__ import annotations

from datetime import date
from typing import Any

from econtracting.domain.appointing.state_rules import rule_for
from econtracting.domain.fields.conditions import ConditionFacts, holds
from econtracting.domain.interview.attachments import ENDINGS, LARGEST
from econtracting.domain.interview.definition import Field, InterviewDefinition, Question, SectionDefinition
from econtracting.domain.interview.verification import Verification
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType


def form_of(definition: InterviewDefinition, asked: SectionDefinition, facts: ConditionFacts) -> dict[str, Any]:
    """Fields, questions and rules of a section; `required` is told as it stands with the answers saved so far."""
    form: dict[str, Any] = {
        "fields": [_field(field, facts) for field in asked.fields],
        "rules": [rule.model_dump(include={"kind", "fields", "message"}) for rule in asked.rules],
    }
    if asked.questions:
        form["questions"] = [_question(question, facts) for question in asked.questions]
        form["attachments"] = {
            "per_question": definition.attachments_per_question,
            "largest": LARGEST,
            "content_types": list(ENDINGS),
        }
    return form


def requested_states(
    packet: Packet, definition: PacketType, verification: Verification | None, on: date
) -> list[dict[str, Any]]:
    """The recruiter's pre-appointment states: how one is appointed there, who says so, and the license there."""
    rows = []
    for state in packet.pre_appointment_states:
        rule = rule_for(
            definition.state_rules, state, line=definition.line_code, carrier=definition.carrier.co_code, on=on
        )
        told = rule.model_dump(mode="json", include={"source", "reviewed_on", "confidence", "synthetic"})
        license = _license(verification, state, definition.line_code, on)
        rows.append({"state": state, "type": rule.type.value, "known": rule.known, **told, "license": license})
    return rows


def _license(verification: Verification | None, state: str, line: str, on: date) -> dict[str, Any]:
    held = verification.licenses if verification else None
    if held is None:
        return {"status": "to-be-verified", "reasons": [], "as_of": None}
    reasons = held.defects(state, line, on)
    return {"status": "not-valid" if reasons else "valid", "reasons": list(reasons), "as_of": held.as_of}


def _field(field: Field, facts: ConditionFacts) -> dict[str, Any]:
    required = field.required or (field.required_when is not None and holds(field.required_when, facts))
    told = field.model_dump(
        mode="json",
        exclude_defaults=True,
        include={"name", "label", "type", "hint", "choices", "longest", "sensitive", "typed_twice_as", "po_box"},
    )
    told["required"] = required
    if field.type == "birth-date":
        told["minimum_age"] = field.minimum_age
    if field.follows is not None:
        told["follows"] = field.follows.model_dump()
    if field.fields:
        told["fields"] = [_field(member, facts) for member in field.fields]
    return told


def _question(question: Question, facts: ConditionFacts) -> dict[str, Any]:
    return {
        "code": question.code,
        "topic": question.topic,
        "text": question.text,
        "asks_for": question.asks_for,
        "follow_ups": [_field(field, facts) for field in question.follow_ups],
        "needs_upload_to_appoint": question.needs_upload_to_appoint,
    }
