"""Handing a packet to the contracting department and taking it back; a timer sees that it is not forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import Superseded
from econtracting.domain.interview.flags import Flag, keeps_from_appointing
from econtracting.domain.outbox import Effect, TimerKind, start_workflow, timer
from econtracting.domain.packet import DRIVEN_BY_WORKFLOW, Packet, Status
from econtracting.ports import Change
from econtracting.usecases.commit.lifecycle import attention

WORKFLOW = Actor(kind="system", id="onboarding")
WATCH = Actor(kind="system", id="watch")
LOOKED_AT = frozenset({Status.NEEDS_REVIEW, Status.ADVERSE_REVIEW})
OVERDUE_AFTER = timedelta(days=3)  # how often a review that nobody decides is told of again

CONSENT_MISSING = "CONSENT_1033_MISSING"
ANSWERS = "ANSWERS_NEED_REVIEW"


def handed_over(
    packet: Packet, reason: str, now: datetime, *, to: Status = Status.NEEDS_REVIEW, actor: Actor = WORKFLOW
) -> Change:
    """Under review, with a reason code. Raises InvalidTransition from where nobody has to look."""
    after = packet.move(to, now).having(
        review_reason=reason, review_from=packet.status, reviews=packet.reviews + 1, approvals=(), due_at=None
    )
    data = {"reason": reason, "from": packet.status.value}
    watch = timer(packet.id, TimerKind.REVIEW, str(after.reviews), now + OVERDUE_AFTER, now)
    return Change(
        after,
        events=[Event(type=EventType.EXCEPTION_OPENED, at=now, actor=actor, data=data)],
        effects=[watch, attention(after, reason, now)],
    )


def resumed(packet: Packet, to: Status, now: datetime) -> Change:
    """On the road again, with the next execution to drive it. Raises InvalidTransition if no road leads there."""
    attempt = packet.attempt + 1
    after = _decided(packet.move(to, now)).having(attempt=attempt, due_at=now)
    return Change(after, effects=[start_workflow(packet.id, attempt, now)])


def cleared(packet: Packet, now: datetime, *, restart: bool) -> Change:
    """To the appointments, unless answers stand against it that a person has to lift first (18 U.S.C. 1033).

    `restart` starts the next execution; without it the one that asks goes on.
    """
    if keeps_from_appointing(packet.flags):
        return handed_over(packet, CONSENT_MISSING, now)
    if Flag.ANSWERS_NEED_REVIEW in packet.flags:
        return handed_over(packet, ANSWERS, now)
    if restart:
        return resumed(packet, Status.APPOINTING, now)
    return Change(_decided(packet.move(Status.APPOINTING, now)))


def ask_for_review(*, packets: ports.Packets, clock: ports.Clock, packet_id: str, reason: str, attempt: int) -> Packet:
    """NEEDS_REVIEW from wherever the workflow was; nothing if others act already: people, agents, a later execution."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        if packet.attempt != attempt or packet.status not in DRIVEN_BY_WORKFLOW:
            return None
        return handed_over(packet, reason, now)

    return packets.change(packet_id, decide).packet


def require_current(packet: Packet, attempt: int) -> None:
    """Raises Superseded for an execution after which another one was started: it must not move the packet any more."""
    if packet.attempt != attempt:
        raise Superseded()


def watch(*, packets: ports.Packets, clock: ports.Clock, packet_id: str, number: int) -> datetime | None:
    """Tell again of a review that still waits. Answers when to look next, None once it is decided."""
    now = clock.now()
    again: datetime | None = None

    def decide(packet: Packet) -> Change | None:
        nonlocal again
        again = None
        if packet.status not in LOOKED_AT or packet.reviews != number or packet.review_reason is None:
            return None
        again = now + OVERDUE_AFTER
        ring = (now - packet.status_at) // OVERDUE_AFTER
        told = attention(packet, packet.review_reason, now, occasion=f"review-{number}-{ring}")
        if packets.find(Effect, packet_id, told.id) is not None:
            return None  # whoever told of it died before the timer was set anew
        event = Event(type=EventType.EXCEPTION_OVERDUE, at=now, actor=WATCH, data={"reason": packet.review_reason})
        return Change(packet, events=[event], effects=[told])

    packets.change(packet_id, decide)
    return again


def _decided(packet: Packet) -> Packet:
    return packet.having(review_reason=None, review_from=None, approvals=())
