"""The agent says no, or is not the person meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.outbox import Letter
from econtracting.domain.packet import Packet, Status
from econtracting.ports import Change
from econtracting.usecases.commit import review
from econtracting.usecases.commit.endings import close


def decline(
    *, packets: ports.Packets, clock: ports.Clock, packet_id: str, reason: str, wrong_recipient: bool, actor: Actor
) -> dict[str, Any]:
    """Ends the packet; the recruiter is told, links and sessions end. A correction that is declined goes to the
    contracting department instead, because what was signed before stands. Raises InvalidTransition.
    """
    now = clock.now()
    kind = EventType.INVITATION_WRONG_RECIPIENT if wrong_recipient else EventType.PACKET_DECLINED

    def decide(packet: Packet) -> Change | None:
        if packet.status is Status.DECLINED:
            return None
        event = Event(type=kind, at=now, actor=actor, data={"reason": reason[:500]})
        if packet.submitted and packet.status is Status.AWAITING_SIGNATURE:
            change = review.handed_over(packet, "CORRECTION_DECLINED", now, actor=actor)
            return replace(change, events=[event, *change.events])
        letter = Letter.WRONG_RECIPIENT if wrong_recipient else Letter.DECLINED
        return close(packets, packet, Status.DECLINED, now, event, letters=[(letter, {})])

    return {"status": packets.change(packet_id, decide).packet.status.value}
