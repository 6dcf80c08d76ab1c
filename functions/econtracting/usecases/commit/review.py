"""Handing a packet to the contracting department and taking it back; a timer sees that it is not forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from econtracting import ports
from econtracting.domain.acts import CONSENT_MISSING
from econtracting.domain.audit import ONBOARDING, Actor, Event, EventType
from econtracting.domain.errors import Superseded
from econtracting.domain.interview.flags import Flag, keeps_from_appointing
from econtracting.domain.outbox import Effect, TimerKind, start_workflow, timer
from econtracting.domain.packet import DRIVEN_BY_WORKFLOW, Packet, Status
from econtracting.ports import Change
from econtracting.usecases.commit.lifecycle import attention

WATCH = Actor(kind="system", id="watch")
LOOKED_AT = frozenset({Status.NEEDS_REVIEW, Status.ADVERSE_REVIEW})
OVERDUE_AFTER = timedelta(days=3)  # how often a review that no one decides is told of again

ANSWERS = "ANSWERS_NEED_REVIEW"


def handed_over(
    packet: Packet,
    reason: str,
    now: datetime,
    *,
    to: Status = Status.NEEDS_REVIEW,
    actor: Actor = ONBOARDING,
    came_from: Status | None = None,
) -> Change:
    """Under review, with a reason code. Raises InvalidTransition from where no one has to look.

    `came_from` is where the packet goes back to when the step is tried again; by default where it stands.
    """
    after = packet.send_to_review(reason, now, to=to, came_from=came_from)
    data = {"reason": reason, "from": packet.status.value}
    watch = timer(packet.id, TimerKind.REVIEW, str(after.reviews), now + OVERDUE_AFTER, now)
    return Change(
        after,
        events=[Event(type=EventType.EXCEPTION_OPENED, at=now, actor=actor, data=data)],
        effects=[watch, attention(after, reason, now)],
    )


def resume(packet: Packet, to: Status, now: datetime) -> Change:
    """On the road again, with the next execution to drive it. Raises InvalidTransition if no road leads there."""
    after = packet.move(to, now).close_review().next_attempt(now)
    return Change(after, effects=[start_workflow(packet.id, after.attempt, now)])


def clear(packet: Packet, now: datetime, *, restart: bool) -> Change:
    """To the appointments, unless answers stand against it that a person has to lift first (18 U.S.C. 1033).

    `restart` starts the next execution; without it the one that asks goes on.
    """
    if keeps_from_appointing(packet.flags):
        return handed_over(packet, CONSENT_MISSING, now)
    if Flag.ANSWERS_NEED_REVIEW in packet.flags:
        return handed_over(packet, ANSWERS, now)
    if restart:
        return resume(packet, Status.APPOINTING, now)
    return Change(packet.move(Status.APPOINTING, now).close_review())


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


@dataclass(frozen=True)
class Reviews:
    """Packets on their way into a review, and in one."""

    packets: ports.Packets
    clock: ports.Clock

    def locate(self, packet_id: str, attempt: int) -> Status:
        """Where a packet stands. Raises Superseded for an execution after which another one was started."""
        packet = self.packets.load(packet_id)
        require_current(packet, attempt)
        return packet.status

    def ask_for_review(self, packet_id: str, attempt: int, reason: str) -> Status:
        """NEEDS_REVIEW from wherever the workflow was, unless others act already. Answers where the packet stands."""
        packet = ask_for_review(
            packets=self.packets, clock=self.clock, packet_id=packet_id, reason=reason, attempt=attempt
        )
        return packet.status

    def on_timer(self, packet_id: str, number: int) -> datetime | None:
        """Tell again of a review that still waits. Answers when to look next, None once it is decided."""
        packets, now = self.packets, self.clock.now()
        again: datetime | None = None

        def decide(packet: Packet) -> Change | None:
            nonlocal again
            again = None
            if packet.status not in LOOKED_AT or packet.reviews != number or packet.review_reason is None:
                return None
            again = now + OVERDUE_AFTER
            ring = (now - packet.status_at) // OVERDUE_AFTER
            tell = attention(packet, packet.review_reason, now, occasion=f"review-{number}-{ring}")
            if packets.find(Effect, packet_id, tell.id) is not None:
                return None  # whoever told of it died before the timer was set again
            event = Event(type=EventType.EXCEPTION_OVERDUE, at=now, actor=WATCH, data={"reason": packet.review_reason})
            return Change(packet, events=[event], effects=[tell])

        packets.change(packet_id, decide)
        return again
