"""Whether a letter that waited is still true when it is sent: an outage may hold it back for days.

One rule for each letter. What the law or a person's safety wants said goes whatever happened meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from econtracting import ports
from econtracting.domain.access.access import Access, OpenPacket, admits, lapsed
from econtracting.domain.access.contact import EmailChange
from econtracting.domain.access.invitation import email_place
from econtracting.domain.appointing.appointments import OUTCOME_KNOWN, Appointment
from econtracting.domain.certification import Feed
from econtracting.domain.corrections import CorrectionRequest
from econtracting.domain.outbox import Letter, SendLetter
from econtracting.domain.packet import Delivery, Packet, Status
from econtracting.domain.screening.adverse import AdverseCase
from econtracting.domain.screening.background import Check
from econtracting.usecases.commit.standing import as_agent_sees


class Untrue(StrEnum):
    """Why a letter is not sent any more."""

    AGENT_BEGAN = "agent-began"  # nothing to remind of
    ANSWERED = "answered"  # what it asks for was done
    CASE_CLOSED = "case-closed"
    EXPIRED = "expired"  # what it carries is not good any more
    INVITED_AGAIN = "invited-again"
    MOVED_ON = "moved-on"  # the packet stands elsewhere
    PACKET_ENDED = "packet-ended"
    REACHABLE = "reachable"  # mail reaches the agent again, or is being tried
    REPLACED = "replaced"  # a later letter of its kind goes instead
    UNDELIVERABLE = "undeliverable"  # mail does not reach the agent
    USED = "used"


class Occasion(NamedTuple):
    """A letter about to be sent. `number` tells the first of its kind from the second."""

    packets: ports.Packets
    packet: Packet
    task: SendLetter
    number: str
    now: datetime

    @property
    def first_number(self) -> int:
        return int(self.number.partition("-")[0])

    @property
    def second_number(self) -> int:
        """Of a letter that is numbered twice, such as the reminders of a request; 0 for the request itself."""
        return int(self.number.partition("-")[2] or 0)


Rule = Callable[[Occasion], Untrue | None]  # None: still true


def _must_go(_: Occasion) -> Untrue | None:
    return None


def _ended_so(status: Status) -> Rule:
    return lambda one: None if one.packet.status is status else Untrue.MOVED_ON


def _not_ended(one: Occasion) -> Untrue | None:
    return Untrue.PACKET_ENDED if one.packet.ended else None


def _invitation(one: Occasion) -> Untrue | None:
    if ended := _not_ended(one):
        return ended
    if lapsed(one.packet, one.now):
        return Untrue.EXPIRED
    return None if one.first_number == one.packet.mails_sent else Untrue.REPLACED


def _reminder(one: Occasion) -> Untrue | None:
    if ended := _not_ended(one):
        return ended
    if one.packet.status is not Status.INVITED:
        return Untrue.AGENT_BEGAN
    if lapsed(one.packet, one.now):
        return Untrue.EXPIRED
    if one.packet.delivery == Delivery.UNDELIVERABLE:
        return Untrue.UNDELIVERABLE
    return None if one.first_number == one.packet.reminders_sent else Untrue.REPLACED


def _expired(one: Occasion) -> Untrue | None:
    again = one.packets.find(OpenPacket, one.packet.agency.id, "email", email_place(one.packet.agent))
    return Untrue.INVITED_AGAIN if again is not None else _ended_so(Status.EXPIRED)(one)


def _temporary_password(one: Occasion) -> Untrue | None:
    if not admits(one.packet, one.now):
        return Untrue.PACKET_ENDED
    access = one.packets.find(Access, one.packet.id)
    if access is None or access.temporary_count != one.first_number:
        return Untrue.REPLACED
    if access.temporary_hash is None or access.temporary_until is None:
        return Untrue.USED
    return Untrue.EXPIRED if one.now >= access.temporary_until else None


def _email_code(one: Occasion) -> Untrue | None:
    if not admits(one.packet, one.now):
        return Untrue.PACKET_ENDED
    change = one.packets.find(EmailChange, one.packet.id)
    if change is None or change.number != one.first_number:
        return Untrue.REPLACED
    if change.code_hash is None:
        return Untrue.USED
    return Untrue.EXPIRED if one.now >= change.until else None


def _adverse_pre(one: Occasion) -> Untrue | None:
    case = one.packets.find(AdverseCase, one.packet.id, str(one.first_number))
    check = one.packets.find(Check, one.packet.id, str(one.first_number))
    if case is None or case.over or (check is not None and not check.not_clear):
        return Untrue.CASE_CLOSED
    void = case.pre_sent_at is None  # the report was corrected since
    return Untrue.REPLACED if void or case.notices != one.second_number else None


def _background_delay(one: Occasion) -> Untrue | None:
    """As long as the agent is told that the check goes on, whatever is known inside."""
    if as_agent_sees(one.packets, one.packet).status is not Status.BACKGROUND_CHECK:
        return Untrue.MOVED_ON
    check = one.packets.find(Check, one.packet.id, str(one.first_number))
    if check is None or one.packet.check_attempt != one.first_number:
        return Untrue.MOVED_ON
    return None if check.reminders == one.second_number else Untrue.REPLACED


def _correction(one: Occasion) -> Untrue | None:
    if ended := _not_ended(one):
        return ended
    if one.packet.status is not Status.CORRECTION_REQUESTED or one.packet.correction != one.first_number:
        return Untrue.ANSWERED
    request = one.packets.find(CorrectionRequest, one.packet.id, str(one.first_number))
    if request is None or request.answered_at is not None:
        return Untrue.ANSWERED
    return None if request.reminders == one.second_number else Untrue.REPLACED


def _certifying(one: Occasion) -> Untrue | None:
    held = one.packet.status is Status.NEEDS_REVIEW and one.packet.review_from is Status.CERTIFICATION_OPEN
    return None if held or one.packet.status is Status.CERTIFICATION_OPEN else Untrue.MOVED_ON


def _certification_open(one: Occasion) -> Untrue | None:
    if moved := _certifying(one):
        return moved
    feed = one.packets.find(Feed, one.packet.id)
    reminder = int(one.number.removeprefix("reminder-")) if one.number.startswith("reminder-") else 0
    return None if feed is None or feed.reminders == reminder else Untrue.REPLACED


def _course_failed(one: Occasion) -> Untrue | None:
    if moved := _certifying(one):
        return moved
    feed = one.packets.find(Feed, one.packet.id)
    return Untrue.ANSWERED if feed is not None and one.task.course in feed.passed() else None


def _state_answered(one: Occasion) -> Untrue | None:
    if ended := _not_ended(one):
        return ended
    appointment = one.packets.find(Appointment, one.packet.id, one.task.state or "")
    known = appointment is not None and appointment.status in OUTCOME_KNOWN
    return None if known else Untrue.MOVED_ON


def _undeliverable(one: Occasion) -> Untrue | None:
    return None if one.packet.delivery == Delivery.UNDELIVERABLE else Untrue.REACHABLE


RULES: Mapping[Letter, Rule] = {
    Letter.ACTIVE: _ended_so(Status.ACTIVE),
    Letter.ADVERSE_FINAL: _must_go,  # 15 U.S.C. 1681m(a)
    Letter.ADVERSE_PRE: _adverse_pre,  # 15 U.S.C. 1681b(b)(3): as long as its report is weighed
    Letter.BACKGROUND_DELAY: _background_delay,
    Letter.CERTIFICATION_OPEN: _certification_open,
    Letter.CORRECTION_REQUESTED: _correction,
    Letter.COURSE_FAILED: _course_failed,
    Letter.DECLINED: _ended_so(Status.DECLINED),
    Letter.EMAIL_CHANGED: _must_go,  # the old address hears of it: the agent may not have done it
    Letter.EMAIL_CODE: _email_code,
    Letter.EXPIRED: _expired,
    Letter.EXPIRED_RECRUITER: _expired,
    Letter.INVITATION: _invitation,
    Letter.LOCKED: _must_go,  # someone tried to get in
    Letter.PASSWORD_CHANGED: _must_go,  # the agent may not have done it
    Letter.PROCESSED: _not_ended,
    Letter.RECEIVED: _not_ended,
    Letter.REJECTED: _ended_so(Status.REJECTED),
    Letter.REMINDER: _reminder,
    Letter.STATE_ANSWERED: _state_answered,
    Letter.TEMPORARY_PASSWORD: _temporary_password,
    Letter.UNDELIVERABLE: _undeliverable,
    Letter.WITHDRAWN: _ended_so(Status.WITHDRAWN),
    Letter.WRONG_RECIPIENT: _ended_so(Status.DECLINED),
}


def untrue(packets: ports.Packets, packet: Packet, task: SendLetter, number: str, now: datetime) -> Untrue | None:
    """Why the letter must not go any more; None if it is still true."""
    return RULES[task.letter](Occasion(packets, packet, task, number, now))
