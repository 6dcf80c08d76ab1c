"""Handing a packet to the contracting department: it says why, and an alarm can count it."""

from __future__ import annotations

from econtracting import ports
from econtracting.domain.audit import Actor, Event
from econtracting.domain.packet import MOVES, Packet, Status
from econtracting.ports import Change
from econtracting.usecases.lifecycle import lifecycle_event

WORKFLOW = Actor(kind="system", id="onboarding")


def ask_for_review(*, packets: ports.Packets, clock: ports.Clock, packet_id: str, reason: str) -> Packet:
    """NEEDS_REVIEW with a reason code, from wherever the workflow was; nothing if somebody else acts already."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        if packet.status is Status.NEEDS_REVIEW or Status.NEEDS_REVIEW not in MOVES[packet.status]:
            return None
        after = packet.move(Status.NEEDS_REVIEW, now).having(review_reason=reason)
        data = {"reason": reason, "from": packet.status.value}
        event = Event(type="exception.opened", at=now, actor=WORKFLOW, data=data)
        return Change(after, events=[event], effects=[lifecycle_event(after, now)])

    return packets.change(packet_id, decide).packet
