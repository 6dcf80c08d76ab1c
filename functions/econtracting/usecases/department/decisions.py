"""What the contracting department decides. Every decision is on the packet's trail, with its author.

Two persons have to agree before a producer is appointed against a missing consent under 18 U.S.C. 1033. A refusal
because of a background report takes the adverse way (notice, wait, final notice); nobody is rejected past it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Request
from econtracting.domain.corrections import CorrectionSchedule
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.outbox import Effect, Letter, send_letter
from econtracting.domain.packet import MOVES, Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.adverse import AdverseStatus
from econtracting.domain.screening.background import Check
from econtracting.ports import Change
from econtracting.usecases.appointing import sale_follow_up
from econtracting.usecases.certification import certification
from econtracting.usecases.commit import review
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.corrections import corrections
from econtracting.usecases.screening import adverse, background, background_news

Word = Literal["proceed", "pre-adverse", "adverse", "reject", "retry"]
NEW_CHECK = frozenset({background_news.CANCELED, background_news.SUSPENDED})


class Decision(NamedTuple):
    """`worksheet_sha256` names the written weighing of factors where one is needed; `posted_on` the day a notice that
    could not be mailed was posted."""

    word: Word
    reason: str
    worksheet_sha256: str | None = None
    posted_on: date | None = None


class House(NamedTuple):
    """What decisions are made with."""

    packets: ports.Packets
    outbox: ports.Outbox
    packet_types: Callable[[str], PacketType]
    clock: ports.Clock
    patience: CorrectionSchedule
    every: timedelta  # how often timers look after a first sale
    day: timedelta  # of the adverse clock


def decide(
    house: House, *, packet_id: str, decision: Decision, actor: Actor, request: Request | None
) -> dict[str, Any]:
    """Raises InvalidTransition for a decision that does not fit where the packet stands."""
    now = house.clock.now()

    def change(packet: Packet) -> Change:
        made = _made(house, packet, decision, actor, now)
        data = {"decision": decision.word, "reason": decision.reason[:500], "from": packet.status.value}
        event = Event(type=EventType.DECISION_MADE, at=now, actor=actor, data=data)
        return plus(made, events=[event], answer=_answer(made.packet))

    done = house.packets.change(packet_id, change, request)
    if decision.word == "retry":  # a repeat as well: whoever was asked first may have died before this
        for effect in _failed(house, packet_id):
            house.outbox.failed(effect, now, effect.failure or "")
    answer: dict[str, Any] = done.answer
    return answer


def dispute(
    *,
    packets: ports.Packets,
    clock: ports.Clock,
    packet_id: str,
    answered: bool,
    reason: str,
    actor: Actor,
    request: Request | None,
) -> dict[str, Any]:
    """Put down a dispute that reached the contracting department itself, or its answer. Raises InvalidTransition."""
    now = clock.now()

    def change(packet: Packet) -> Change:
        step = adverse.dispute_answered if answered else adverse.disputed
        return plus(step(packets, packet, now, actor, reason=reason[:500]), answer=_answer(packet))

    answer: dict[str, Any] = packets.change(packet_id, change, request).answer
    return answer


def _made(house: House, packet: Packet, decision: Decision, actor: Actor, now: datetime) -> Change:
    match packet.status, decision.word:
        case Status.ADVERSE_REVIEW, _:
            return _weighed(house, packet, decision, actor, now)
        case ((Status.NEEDS_REVIEW | Status.CORRECTION_REQUESTED), "reject"):
            return _rejected(packet, now)
        case Status.NEEDS_REVIEW, "proceed":
            return _lifted(packet, actor, now)
        case Status.NEEDS_REVIEW, "retry":
            return _again(house, packet, now)
        case _, "retry":
            sales = sale_follow_up.retried(house.packets, packet, now, house.every)
            if sales is not None or _failed(house, packet.id):
                return sales or Change(packet)  # nothing moves; what failed is tried now instead of later
            raise _unfit(packet, "No step of this packet has failed.")
    raise _unfit(packet)


def _weighed(house: House, packet: Packet, decision: Decision, actor: Actor, now: datetime) -> Change:
    case = adverse.required(house.packets, packet)
    if decision.worksheet_sha256 is not None:
        case = case.model_copy(update={"worksheet_sha256": decision.worksheet_sha256})
    match decision.word:
        case "pre-adverse":
            posted_at = None
            if decision.posted_on is not None:
                if case.status not in (AdverseStatus.UNDELIVERABLE, AdverseStatus.PRE_SENT):
                    raise _unfit(packet, "Only a notice that was not delivered is posted.")
                posted_at = datetime.combine(decision.posted_on, time(12), UTC)
            return adverse.pre_noticed(case, packet, now, actor, posted_at)
        case "adverse":
            return adverse.refused(case, packet, now, actor, house.day)
        case "proceed":
            return adverse.released(case, packet, now, actor)
    raise _unfit(packet, "A background report is weighed: send the notices, or proceed.")


def _rejected(packet: Packet, now: datetime) -> Change:
    after = packet.move(Status.REJECTED, now).having(due_at=None)
    return Change(after, effects=[send_letter(packet.id, Letter.REJECTED, 1, now)])


def _lifted(packet: Packet, actor: Actor, now: datetime) -> Change:
    """To the appointments in spite of what stood against them; a missing consent takes two persons."""
    if packet.review_reason == review.ANSWERS:
        return review.resumed(packet, Status.APPOINTING, now)
    if packet.review_reason != review.CONSENT_MISSING:
        raise _unfit(packet, "Nothing stands against this packet that could be lifted; retry, or reject.")
    if actor.id in packet.approvals:
        raise _unfit(packet, "A second person has to agree.")
    if packet.approvals:
        return review.resumed(packet, Status.APPOINTING, now)
    return Change(packet.having(approvals=(actor.id,)))


def _again(house: House, packet: Packet, now: datetime) -> Change:
    """Back to the step that could not be done."""
    if packet.review_reason in (review.ANSWERS, review.CONSENT_MISSING):
        raise _unfit(packet, "The answers have to be looked at: proceed, ask for a correction, or reject.")
    if packet.review_reason == corrections.UNANSWERED or packet.review_from is Status.AWAITING_SIGNATURE:
        definition = house.packet_types(packet.type).interview
        return corrections.asked_again(house.packets, definition, packet, now, house.patience)
    if packet.review_reason in NEW_CHECK:
        resumed = review.resumed(packet, Status.BACKGROUND_CHECK, now)
        return background.opened(resumed, now, house.patience.reminders)
    resumed = review.resumed(packet, packet.review_from or Status.BACKGROUND_CHECK, now)
    return plus(resumed, effects=_asked_outside(house, packet, now))


def _asked_outside(house: House, packet: Packet, now: datetime) -> list[Effect]:
    """Whoever did not answer is asked once more."""
    if packet.review_reason == background_news.SILENT:
        check = house.packets.find(Check, packet.id, str(packet.check_attempt))
        if check is not None:
            return background_news.ask_again(check, f"retry-{packet.reviews}", now)
    if packet.review_reason == certification.NOT_LOADED:
        return [certification.fed_again(packet, now)]
    return []


def _failed(house: House, packet_id: str) -> list[Effect]:
    """Effects that failed at least once and wait for their next try."""
    return [one for one in house.packets.all_of(Effect, packet_id) if one.done_at is None and one.failure]


def _unfit(packet: Packet, detail: str = "") -> InvalidTransition:
    possible = sorted(status.value for status in MOVES[packet.status])
    return InvalidTransition(detail, status=packet.status.value, review_reason=packet.review_reason, possible=possible)


def _answer(packet: Packet) -> dict[str, Any]:
    return {
        "packet_id": packet.id,
        "status": packet.status.value,
        "review_reason": packet.review_reason,
        "approvals": len(packet.approvals),
    }
