"""What a recruiter may write, and when an invitation reminds and ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from econtracting.domain.access.invitation import Invitation, Schedule, next_look, no_formula, places
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.packet import Packet, Status
from tests.domain.test_passwords import packet
from tests.support.journey import invitation
from tests.support.world import START

DAY = timedelta(days=1)
SCHEDULE = Schedule(life=30 * DAY, reminders=(3 * DAY, 7 * DAY, 14 * DAY), last_before_expiry=3 * DAY)


def invited(**changes: Any) -> Packet:
    return packet().having(created_at=START, expires_at=START + 30 * DAY, **changes)


def looks(subject: Packet) -> list[float]:
    """Every time someone looks at a packet that no one touches, in days after its creation."""
    found, after = [], START
    while (after := next_look(subject, SCHEDULE, after)) < subject.expires_at:
        found.append((after - START) / DAY)
    return found


def rejected(**changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refusal:
        Invitation.model_validate(invitation(**changes))
    return [(".".join(map(str, one["loc"])), one["type"]) for one in refusal.value.errors()]


def test_reminders_come_on_days_3_7_14_and_3_days_before_the_end() -> None:
    assert looks(invited()) == [3, 7, 14, 27]


def test_an_extended_invitation_reminds_three_days_before_its_new_end() -> None:
    assert looks(invited().having(expires_at=START + 40 * DAY)) == [3, 7, 14, 37]


def test_an_agent_who_has_come_in_is_not_reminded() -> None:
    assert looks(invited(status=Status.IN_PROGRESS)) == []


def test_an_address_that_bounced_is_not_reminded() -> None:
    assert looks(invited(delivery="undeliverable")) == []


def test_a_reminder_that_would_come_after_the_end_is_left_out() -> None:
    assert looks(packet().having(expires_at=START + 5 * DAY)) == [2, 3]


def test_what_is_written_is_stored_in_its_normal_form() -> None:
    found = Invitation.model_validate(
        invitation(
            agent={"first_name": " Ana  Maria ", "last_name": "O’Neil", "email": "A.b@EXAMPLE.com", "npn": "1564 5555"},
            level=5,
            pre_appointment_states=["al", "TN"],
        )
    )
    assert (found.agent.first_name, found.agent.email, found.agent.npn) == ("Ana Maria", "A.b@example.com", "15645555")
    assert (found.level, found.pre_appointment_states) == ("5", ("AL", "TN"))
    assert found.recruiter.phone == "+16155550100"


@pytest.mark.parametrize(
    ("agent", "field", "rule"),
    [
        ({"first_name": "J0hn"}, "agent.first_name", "name-digits"),
        ({"first_name": "<b>x</b>"}, "agent.first_name", "name-characters"),
        ({"first_name": "A" * 61}, "agent.first_name", "too-long"),
        ({"last_name": "-Smith"}, "agent.last_name", "formula"),
        ({"email": "a@b"}, "agent.email", "email-format"),
        ({"email": "A <a@b.com>"}, "agent.email", "email-format"),
        ({"email": "a" * 65 + "@example.com"}, "agent.email", "email-length"),
        ({"email": "=cmd@example.com"}, "agent.email", "formula"),
        ({"npn": "01234567"}, "agent.npn", "npn-zero"),
        ({"npn": "12345678901"}, "agent.npn", "npn-format"),
        ({"npn": 15645555}, "agent.npn", "text"),
        ({"nickname": "Al"}, "agent.nickname", "extra_forbidden"),
    ],
)
def test_a_bad_agent_is_refused_by_field_and_rule(agent: dict[str, Any], field: str, rule: str) -> None:
    good = {"first_name": "Dana", "last_name": "Rivers", "email": "dana@example.com"}
    assert rejected(agent={**good, **agent}) == [(field, rule)]


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"recruiter": {"name": "R", "email": "r@example.com", "phone": "555"}}, "recruiter.phone", "phone-format"),
        (
            {"recruiter": {"name": "=1+1", "email": "r@example.com", "phone": "615-555-0100"}},
            "recruiter.name",
            "formula",
        ),
        ({"agency": {"id": "a#b", "name": "Harbor"}}, "agency.id", "agency-id"),
        ({"agency": {"id": "a" * 65, "name": "Harbor"}}, "agency.id", "agency-id"),
        ({"agency": {"id": "a", "name": "<script>"}}, "agency.name", "name-characters"),
        ({"pre_appointment_states": ["ZZ"]}, "pre_appointment_states.0", "state-unknown"),
        ({"pre_appointment_states": ["AL"] * 57}, "pre_appointment_states", "too_long"),
        ({"level": True}, "level", "string_type"),
    ],
)
def test_a_bad_invitation_is_refused_by_field_and_rule(changes: dict[str, Any], field: str, rule: str) -> None:
    assert (field, rule) in rejected(**changes)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_stored_text_can_begin_a_spreadsheet_formula(start: str) -> None:
    with pytest.raises(Refusal):
        no_formula(f"{start}HYPERLINK()")


def test_a_packet_takes_a_place_by_mail_and_by_npn() -> None:
    assert [(one.kind, one.value) for one in places(packet(email="Dana@example.com"))] == [
        ("email", "dana@example.com"),
        ("npn", "15645555"),
    ]


def test_without_npn_only_the_mail_takes_a_place() -> None:
    assert [one.kind for one in places(packet(npn=None))] == ["email"]
