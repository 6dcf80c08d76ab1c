"""What a recruiter may write, and when an invitation reminds and ends."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from econtracting.domain.access.invitation import (
    MOST_REMINDERS,
    Invitation,
    Schedule,
    next_look,
    no_formula,
    places,
    reminder_due,
    reminder_times,
)
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


@pytest.mark.brings("P19")
@pytest.mark.parametrize("status", [Status.IN_PROGRESS, Status.AWAITING_SIGNATURE])
def test_an_agent_who_has_come_in_is_looked_at_every_three_days_and_reminded_from_when_they_came(
    status: Status,
) -> None:
    subject = invited(status=status).having(status_at=START + 5 * DAY)
    assert [(at - START) / DAY for at in reminder_times(subject, SCHEDULE)] == [8, 12, 19, 27]
    seen = looks(subject)
    assert {8, 12, 19, 27} <= set(seen)
    assert max(after - before for before, after in itertools.pairwise([5, *seen])) <= 3


@pytest.mark.brings("P19")
@pytest.mark.parametrize(
    "why",
    [
        {"reminders_stopped_at": START},
        {"reminders_sent": MOST_REMINDERS},
        {"delivery": "undeliverable"},
        {"reached": {Status.SUBMITTED.value: START}},
    ],
    ids=lambda why: next(iter(why)),
)
@pytest.mark.parametrize("status", [Status.INVITED, Status.IN_PROGRESS, Status.AWAITING_SIGNATURE])
def test_who_is_not_to_be_reminded_is_not_looked_at_before_the_end(status: Status, why: dict[str, Any]) -> None:
    assert looks(invited(status=status, **why)) == []


@pytest.mark.brings("P19")
def test_a_reminder_is_due_once_and_not_while_the_agent_is_at_work() -> None:
    subject = invited(status=Status.IN_PROGRESS).having(status_at=START)

    def due(day: float, active: float | None = None, reminded: float | None = None) -> bool:
        at = None if reminded is None else START + reminded * DAY
        return reminder_due(
            subject.having(reminded_at=at),
            SCHEDULE,
            START + day * DAY,
            None if active is None else START + active * DAY,
        )

    assert [due(2), due(3), due(3, reminded=3), due(6, reminded=3), due(7, reminded=3)] == [
        False, True, False, False, True,
    ]  # fmt: skip
    assert [due(3, active=1), due(4, active=1), due(27, active=26.9), due(15)] == [False, True, True, True]


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
