"""The agent says no, or is not the person meant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from econtracting import ports
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.outbox import Letter
from econtracting.domain.packet import Packet, Status
from econtracting.ports import Change
from econtracting.usecases.commit import review
from econtracting.usecases.commit.endings import close
from econtracting.views.signing import LeaveView


@dataclass(frozen=True)
class Declining:
    """Ends the packet; the recruiter is told, links and sessions end. A correction that is declined goes to the
    contracting department instead, because what was signed before stands.
    """

    packets: ports.Packets
    clock: ports.Clock

    def decline(self, agent: Agent, reason: str) -> LeaveView:
        """The agent does not want to go on. Raises InvalidTransition."""
        return self._leave(agent, EventType.PACKET_DECLINED, Letter.DECLINED, reason)

    def refuse_mistaken_identity(self, agent: Agent) -> LeaveView:
        """The packet reached someone else than the person meant. Raises InvalidTransition."""
        return self._leave(agent, EventType.INVITATION_WRONG_RECIPIENT, Letter.WRONG_RECIPIENT, "wrong recipient")

    def _leave(self, agent: Agent, kind: EventType, letter: Letter, reason: str) -> LeaveView:
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            if packet.status is Status.DECLINED:
                return None
            event = Event(type=kind, at=now, actor=agent.actor, data={"reason": reason[:500]})
            if packet.submitted and packet.status is Status.AWAITING_SIGNATURE:
                change = review.handed_over(packet, "CORRECTION_DECLINED", now, actor=agent.actor)
                change = replace(change, events=[event, *change.events])
            else:
                change = close(self.packets, packet, Status.DECLINED, now, event, letters=[(letter, {})])
            return replace(change, answer=LeaveView(status=change.packet.status))

        done = self.packets.change(agent.packet_id, decide, agent.request)
        return LeaveView.again(done.answer or LeaveView(status=done.packet.status))
