"""Letters that an outage held back are judged again when they are sent: one rule and its cases for each letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

from econtracting import wiring
from econtracting.domain.access.access import Access, OpenPacket
from econtracting.domain.access.contact import EmailChange
from econtracting.domain.appointing.appointments import Appointment, AppointmentStatus
from econtracting.domain.certification import CourseResult, Feed
from econtracting.domain.corrections import CorrectionRequest
from econtracting.domain.outbox import Effect, Letter, send_letter
from econtracting.domain.packet import Status
from econtracting.domain.record import Record
from econtracting.domain.screening.adverse import AdverseCase, AdverseStatus
from econtracting.domain.screening.background import Check
from econtracting.ports import Change
from econtracting.usecases.news.still_true import RULES, Untrue
from tests.support import journey
from tests.support.records import NOW, packet
from tests.support.world import World

pytestmark = [pytest.mark.law("T19"), pytest.mark.failure("R62")]

LATER = NOW + timedelta(days=7)


class Case(NamedTuple):
    """A letter that waited, what stands when it is sent, and why it is not sent; None: it is."""

    letter: Letter
    why: Untrue | None
    packet: dict[str, Any]
    records: Sequence[Record] = ()
    number: int | str = 1
    facts: dict[str, Any] = {}


def access(**changes: Any) -> Access:
    usual = {"temporary_hash": "h", "temporary_until": LATER, "temporary_count": 1}
    return Access(packet_id="pkt_1", **usual | changes)


def code(**changes: Any) -> EmailChange:
    usual = {"email": "new@example.com", "code_hash": "h", "until": LATER, "number": 1}
    return EmailChange(packet_id="pkt_1", **usual | changes)


def case(status: AdverseStatus, notices: int = 1) -> AdverseCase:
    return AdverseCase(
        packet_id="pkt_1", attempt=1, report_id="rep_1", state="TN", status=status, opened_at=NOW, notices=notices,
        pre_sent_at=NOW if notices else None,
    )  # fmt: skip


def request(**changes: Any) -> CorrectionRequest:
    usual: dict[str, Any] = {"number": 1, "fields": ("agent.ssn",), "reason": "It does not match."}
    return CorrectionRequest(packet_id="pkt_1", requested_by="carla", requested_at=NOW, versions={}, **usual | changes)


def feed(**changes: Any) -> Feed:
    return Feed(packet_id="pkt_1", npn="15645555", plan_year=2027, expected_by=LATER, **changes)


def appointment(status: AppointmentStatus) -> Appointment:
    return Appointment(
        packet_id="pkt_1", state="AL", npn="15645555", rule_type="UP_FRONT", status=status, requested_at=NOW
    )


def check(reminders: int = 1) -> Check:
    return Check(packet_id="pkt_1", attempt=1, reminders=reminders)


def at(status: Status, **changes: Any) -> dict[str, Any]:
    return {"status": status, **changes}


L, S, U = Letter, Status, Untrue
PLACE = OpenPacket(agency_id="agency-1", kind="email", value="dana@example.com", packet_id="pkt_2")
PASSED = CourseResult(course="ahip-2027", passed=True, at=NOW)
CHECKING = at(S.BACKGROUND_CHECK, check_attempt=1)
CORRECTING = at(S.CORRECTION_REQUESTED, correction=1)
SIGNING_AGAIN = at(S.AWAITING_SIGNATURE, correction=1, reached={"SUBMITTED": NOW})
SINCE = {"seconds": 14 * 86400}

CASES = (
    Case(L.ACTIVE, None, at(S.ACTIVE)),
    Case(L.ACTIVE, U.MOVED_ON, at(S.REJECTED)),
    Case(L.ADVERSE_FINAL, None, at(S.REJECTED)),
    Case(L.ADVERSE_PRE, None, at(S.ADVERSE_REVIEW, check_attempt=1), [case(AdverseStatus.PRE_SENT)], "1-1"),
    Case(L.ADVERSE_PRE, U.CASE_CLOSED, at(S.APPOINTING, check_attempt=1), [case(AdverseStatus.CANCELED)], "1-1"),
    Case(L.ADVERSE_PRE, U.REPLACED, at(S.ADVERSE_REVIEW, check_attempt=1), [case(AdverseStatus.PRE_SENT, 2)], "1-1"),
    Case(L.BACKGROUND_DELAY, None, CHECKING, [check()], "1-1"),
    Case(
        L.BACKGROUND_DELAY, None, at(S.ADVERSE_REVIEW, check_attempt=1),
        [check(), case(AdverseStatus.ASSESSING, 0)], "1-1",
    ),
    Case(L.BACKGROUND_DELAY, U.MOVED_ON, at(S.APPOINTING, check_attempt=1), [check()], "1-1"),
    Case(L.BACKGROUND_DELAY, U.REPLACED, CHECKING, [check(2)], "1-1"),
    Case(L.CERTIFICATION_OPEN, None, at(S.CERTIFICATION_OPEN), [feed()]),
    Case(L.CERTIFICATION_OPEN, None, at(S.CERTIFICATION_OPEN), [feed(reminders=2)], "reminder-2"),
    Case(L.CERTIFICATION_OPEN, U.REPLACED, at(S.CERTIFICATION_OPEN), [feed(reminders=2)], "reminder-1"),
    Case(L.CERTIFICATION_OPEN, U.MOVED_ON, at(S.ACTIVE), [feed()]),
    Case(L.CORRECTION_REQUESTED, None, CORRECTING, [request()]),
    Case(L.CORRECTION_REQUESTED, U.REPLACED, CORRECTING, [request(reminders=1)]),
    Case(L.CORRECTION_REQUESTED, None, CORRECTING, [request(reminders=1)], "1-1"),
    Case(L.CORRECTION_REQUESTED, U.ANSWERED, at(S.AWAITING_SIGNATURE, correction=1), [request()]),
    Case(L.CORRECTION_REQUESTED, U.ANSWERED, at(S.CORRECTION_REQUESTED, correction=2), [request()]),
    Case(L.CORRECTION_REQUESTED, U.PACKET_ENDED, at(S.REJECTED, correction=1), [request()]),
    Case(L.COURSE_FAILED, None, at(S.CERTIFICATION_OPEN), [feed()], 1, {"course": "ahip-2027"}),
    Case(L.COURSE_FAILED, U.ANSWERED, at(S.CERTIFICATION_OPEN), [feed(results=(PASSED,))], 1, {"course": "ahip-2027"}),
    Case(L.COURSE_FAILED, U.MOVED_ON, at(S.ACTIVE), [feed()], 1, {"course": "ahip-2027"}),
    Case(L.DECLINED, None, at(S.DECLINED)),
    Case(L.DECLINED, U.MOVED_ON, at(S.IN_PROGRESS)),
    Case(L.EMAIL_CHANGED, None, at(S.ACTIVE)),
    Case(L.EMAIL_CODE, None, at(S.IN_PROGRESS), [code()]),
    Case(L.EMAIL_CODE, U.EXPIRED, at(S.IN_PROGRESS), [code(until=NOW + timedelta(minutes=10))]),
    Case(L.EMAIL_CODE, U.USED, at(S.IN_PROGRESS), [code(code_hash=None)]),
    Case(L.EMAIL_CODE, U.REPLACED, at(S.IN_PROGRESS), [code(number=2)]),
    Case(L.EMAIL_CODE, U.PACKET_ENDED, at(S.WITHDRAWN), [code()]),
    Case(L.EXPIRED, None, at(S.EXPIRED)),
    Case(L.EXPIRED, U.INVITED_AGAIN, at(S.EXPIRED), [PLACE]),
    Case(L.EXPIRED_RECRUITER, None, at(S.EXPIRED)),
    Case(L.EXPIRED_RECRUITER, U.INVITED_AGAIN, at(S.EXPIRED), [PLACE]),
    Case(L.INVITATION, None, at(S.INVITED, mails_sent=1)),
    Case(L.INVITATION, U.REPLACED, at(S.INVITED, mails_sent=2)),
    Case(L.INVITATION, U.PACKET_ENDED, at(S.WITHDRAWN, mails_sent=1)),
    Case(L.INVITATION, U.PACKET_ENDED, at(S.DECLINED, mails_sent=1)),
    Case(L.INVITATION, U.EXPIRED, at(S.INVITED, mails_sent=1, expires_at=NOW + timedelta(days=1))),
    Case(L.LOCKED, None, at(S.IN_PROGRESS)),
    Case(L.NOT_DELIVERED, None, at(S.INVITED, mails_sent=1), [], "1-given-up", {"failure": "it was full."}),
    Case(L.NOT_DELIVERED, U.REACHABLE, at(S.INVITED, mails_sent=1, delivery="delivered"), [], "1-given-up"),
    Case(L.NOT_DELIVERED, U.REPLACED, at(S.INVITED, mails_sent=2), [], "1-given-up"),
    Case(L.NOT_DELIVERED, U.PACKET_ENDED, at(S.WITHDRAWN, mails_sent=1), [], "1-given-up"),
    Case(L.NOT_DELIVERED, None, at(S.IN_PROGRESS, delivery="delivered"), [], "temporary-password.1-given-up",
         {"failure": "it was full."}),
    Case(L.PASSWORD_CHANGED, None, at(S.WITHDRAWN)),
    Case(L.PROCESSED, None, at(S.CERTIFICATION_OPEN)),
    Case(L.PROCESSED, U.PACKET_ENDED, at(S.REJECTED)),
    Case(L.RECEIVED, None, at(S.BACKGROUND_CHECK)),
    Case(L.RECEIVED, U.PACKET_ENDED, at(S.REJECTED)),
    Case(L.REJECTED, None, at(S.REJECTED)),
    Case(L.REJECTED, U.MOVED_ON, at(S.NEEDS_REVIEW)),
    Case(L.REMINDER, None, at(S.INVITED, reminders_sent=1)),
    Case(L.REMINDER, U.AGENT_BEGAN, at(S.IN_PROGRESS, reminders_sent=1)),
    Case(L.REMINDER, U.PACKET_ENDED, at(S.WITHDRAWN, reminders_sent=1)),
    Case(L.REMINDER, U.REPLACED, at(S.INVITED, reminders_sent=2)),
    Case(L.REMINDER, U.UNDELIVERABLE, at(S.INVITED, reminders_sent=1, delivery="undeliverable")),
    Case(L.REMINDER, U.EXPIRED, at(S.INVITED, reminders_sent=1, expires_at=NOW + timedelta(days=1))),
    Case(L.REMINDER, U.STOPPED, at(S.INVITED, reminders_sent=1, reminders_stopped_at=NOW)),
    Case(L.REMINDER_INTERVIEW, None, at(S.IN_PROGRESS, reminders_sent=1)),
    Case(L.REMINDER_INTERVIEW, U.ANSWERED, at(S.AWAITING_SIGNATURE, reminders_sent=1)),
    Case(L.REMINDER_INTERVIEW, U.PACKET_ENDED, at(S.DECLINED, reminders_sent=1)),
    Case(L.REMINDER_INTERVIEW, U.STOPPED, at(S.IN_PROGRESS, reminders_sent=1, reminders_stopped_at=NOW)),
    Case(L.REMINDER_INTERVIEW, U.REPLACED, at(S.IN_PROGRESS, reminders_sent=2)),
    Case(L.REMINDER_SIGNING, None, at(S.AWAITING_SIGNATURE, reminders_sent=1)),
    Case(L.REMINDER_SIGNING, U.ANSWERED, at(S.SEALING, reminders_sent=1)),
    Case(L.REMINDER_SIGNING, U.ANSWERED, at(S.AWAITING_SIGNATURE, reminders_sent=1, reached={"SUBMITTED": NOW})),
    Case(L.REMINDER_SIGNING, U.EXPIRED, at(S.AWAITING_SIGNATURE, reminders_sent=1, expires_at=NOW)),
    Case(L.REMINDER_SIGNING_AGAIN, None, SIGNING_AGAIN, [request(reminders=1, answered_at=NOW)], "1-1"),
    Case(L.REMINDER_SIGNING_AGAIN, U.REPLACED, SIGNING_AGAIN, [request(reminders=2, answered_at=NOW)], "1-1"),
    Case(L.REMINDER_SIGNING_AGAIN, U.ANSWERED, at(S.SEALING, correction=1), [request(reminders=1)], "1-1"),
    Case(L.REMINDER_SIGNING_AGAIN, U.STOPPED, SIGNING_AGAIN | {"reminders_stopped_at": NOW}, [request(reminders=1)],
         "1-1"),
    Case(L.CORRECTION_REQUESTED, None, CORRECTING | {"reminders_stopped_at": NOW}, [request()]),
    Case(L.CORRECTION_REQUESTED, U.STOPPED, CORRECTING | {"reminders_stopped_at": NOW}, [request(reminders=1)], "1-1"),
    Case(L.CERTIFICATION_OPEN, None, at(S.CERTIFICATION_OPEN, reminders_stopped_at=NOW), [feed()]),
    Case(L.CERTIFICATION_OPEN, U.STOPPED, at(S.CERTIFICATION_OPEN, reminders_stopped_at=NOW), [feed(reminders=2)],
         "reminder-2"),
    Case(L.ADVERSE_FINAL, None, at(S.REJECTED, reminders_stopped_at=NOW)),
    Case(L.BACKGROUND_DELAY, None, CHECKING | {"reminders_stopped_at": NOW}, [check()], "1-1"),
    Case(L.STATE_ANSWERED, None, at(S.ACTIVE), [appointment(AppointmentStatus.APPROVED)], "AL-9", {"state": "AL"}),
    Case(L.STATE_ANSWERED, U.PACKET_ENDED, at(S.REJECTED), [appointment(AppointmentStatus.APPROVED)], "AL-9",
         {"state": "AL"}),
    Case(L.STATE_ANSWERED, U.MOVED_ON, at(S.ACTIVE), [], "AL-9", {"state": "AL"}),
    Case(L.TEMPORARY_PASSWORD, None, at(S.IN_PROGRESS), [access()], 1, SINCE),
    Case(L.TEMPORARY_PASSWORD, U.EXPIRED, at(S.IN_PROGRESS), [access(temporary_until=NOW + timedelta(minutes=10))]),
    Case(L.TEMPORARY_PASSWORD, U.REPLACED, at(S.IN_PROGRESS), [access(temporary_count=2)]),
    Case(L.TEMPORARY_PASSWORD, U.USED, at(S.IN_PROGRESS), [access(temporary_hash=None, temporary_until=None)]),
    Case(L.TEMPORARY_PASSWORD, U.PACKET_ENDED, at(S.WITHDRAWN), [access()]),
    Case(L.UNDELIVERABLE, None, at(S.INVITED, delivery="undeliverable"), [], 1, {"failure": "there is no such box."}),
    Case(L.UNDELIVERABLE, U.REACHABLE, at(S.INVITED, delivery="queued"), [], 1, {"failure": "there is no such box."}),
    Case(L.WITHDRAWN, None, at(S.WITHDRAWN), [], 1, {"reason": "a mistake"}),
    Case(L.WITHDRAWN, U.MOVED_ON, at(S.IN_PROGRESS), [], 1, {"reason": "a mistake"}),
    Case(L.WRONG_RECIPIENT, None, at(S.DECLINED)),
    Case(L.WRONG_RECIPIENT, U.MOVED_ON, at(S.IN_PROGRESS)),
)  # fmt: skip
MUST_GO = {L.ADVERSE_FINAL, L.EMAIL_CHANGED, L.LOCKED, L.PASSWORD_CHANGED}


def test_every_letter_has_a_rule_and_its_cases() -> None:
    assert set(RULES) == set(Letter)
    assert {one.letter for one in CASES if one.why is None} == set(Letter)
    assert {one.letter for one in CASES if one.why is not None} == set(Letter) - MUST_GO


def queued(one: Case) -> Effect:
    """The letter's row, as it was written before the outage; what it carries is sealed."""
    row = send_letter("pkt_1", one.letter, one.number, NOW, version=1, **one.facts)
    carried = {"to": "dana@example.com", "code": "123456", "temporary_password": "Correct-Horse-9"}
    return row.carrying(wiring.envelope().seal("pkt_1", "mail", 1, carried).model_dump())


@pytest.mark.parametrize("one", CASES, ids=lambda one: f"{one.letter}-{one.why or 'goes'}-{one.number}")
def test_a_letter_goes_when_it_is_still_true_and_else_the_trail_says_why_not(world: World, one: Case) -> None:
    world.clock.at = NOW
    stands = packet(**{"generation": 1, "status_at": NOW, **one.packet})
    row = queued(one)
    wiring.packets().create(Change(stands, effects=[row], puts=[*one.records]))
    world.clock.at = NOW + timedelta(days=3)
    assert wiring.relay().perform("pkt_1", row.id) is None
    kept = wiring.packets().find(Effect, "pkt_1", row.id)
    assert kept is not None
    assert (kept.done_at, kept.sealed) == (world.clock.at, None)
    sent = [mail["reference"] for mail in world.outside.post.sent]
    told = [event.data for event in wiring.packets().events("pkt_1") if event.type == "mail.not_sent"]
    assert sent == ([row.reference] if one.why is None else [])
    assert told == ([] if one.why is None else [{"mail": row.id.replace("#", "."), "reason": one.why.value}])


def test_a_password_that_waited_says_how_long_it_is_still_good(world: World) -> None:
    world.clock.at = NOW
    until = NOW + timedelta(minutes=10)
    one = Case(L.TEMPORARY_PASSWORD, None, at(S.IN_PROGRESS), [access(temporary_until=until)], 1, {"seconds": 600})
    row = queued(one)
    wiring.packets().create(Change(packet(**one.packet), effects=[row], puts=[*one.records]))
    world.clock.at = NOW + timedelta(minutes=7, seconds=30)
    wiring.relay().perform("pkt_1", row.id)
    assert "for 3 minutes only" in world.outside.post.sent[-1]["text"]


def test_who_died_after_putting_it_down_puts_it_down_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.clock.at = NOW
    row = queued(Case(L.REMINDER, U.AGENT_BEGAN, {}))
    wiring.packets().create(Change(packet(**at(S.IN_PROGRESS, reminders_sent=1)), effects=[row]))
    wiring.mailing().send(row)
    wiring.mailing().send(row)
    assert [one.type for one in wiring.packets().events("pkt_1")] == ["mail.not_sent"]


def test_during_an_outage_an_invitation_is_withdrawn_and_only_that_is_mailed(world: World) -> None:
    world.outside.post.down = True
    packet_id = journey.expect(
        world.call("POST", "/invitations", journey.invitation(), staff=journey.RECRUITER), 201
    ).json["packet_id"]
    world.settle()
    body = {"reason": "typing mistake"}
    journey.expect(world.call("POST", f"/invitations/{packet_id}/withdraw", body, staff=journey.RECRUITER), 200)
    world.outside.post.down = False
    moved_on(world)
    assert journey.letters(world) == ["withdrawn"]


def moved_on(world: World) -> None:
    at: datetime = world.clock.now() + timedelta(hours=2)
    world.clock.at = at
    world.settle()
