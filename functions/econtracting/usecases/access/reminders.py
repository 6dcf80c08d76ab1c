"""Stopping reminders and having them again. Letters that the law or the agent's safety wants are no reminders."""

from __future__ import annotations

from dataclasses import dataclass

from econtracting.domain.access.access import fingerprint
from econtracting.domain.access.invitation import Schedule, next_look
from econtracting.domain.access.reminders import StopLink
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.errors import NotFound
from econtracting.domain.packet import Packet
from econtracting.ports import Change, Clock, Packets
from econtracting.views.access import RemindersView


@dataclass(frozen=True)
class Reminders:
    """Whether a packet's agent is reminded."""

    packets: Packets
    clock: Clock
    schedule: Schedule

    def stop_by_link(self, token: str, actor: Actor) -> RemindersView:
        """Stop them by the link of one of them, which acts once; a repeat is told how it stands and changes nothing.

        Raises NotFound for a link of none of ours, or one that is too old.
        """
        now = self.clock.now()
        link = self.packets.find(StopLink, fingerprint(token))
        if link is None or link.expires_at <= now:
            detail = "This link stops no reminders any more. Sign in to your packet to stop them there."
            raise NotFound(detail, code="link-unknown")

        def decide(packet: Packet) -> Change | None:
            found = self.packets.find(StopLink, link.fingerprint)
            if found is None or found.used_at is not None:
                return None
            used = found.use(now)
            if packet.reminders_stopped_at is not None:
                return Change(packet, puts=[used])
            event = Event(type=EventType.REMINDERS_STOPPED, at=now, actor=actor, data={"by": "link"})
            return Change(self._looked(packet.stop_reminders(now)), events=[event], puts=[used])

        return RemindersView.of(self.packets.change(link.packet_id, decide).packet)

    def switch(self, agent: Agent, *, on: bool) -> RemindersView:
        """Have them or not, as the agent says."""
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            if on is (packet.reminders_stopped_at is None):
                return None
            after = packet.resume_reminders() if on else packet.stop_reminders(now)
            kind = EventType.REMINDERS_RESUMED if on else EventType.REMINDERS_STOPPED
            event = Event(type=kind, at=now, actor=agent.actor, data={"by": "packet"})
            return Change(self._looked(after), events=[event])

        return RemindersView.of(self.packets.change(agent.packet_id, decide).packet)

    def _looked(self, packet: Packet) -> Packet:
        if not packet.before_submission:
            return packet
        return packet.look_at(next_look(packet, self.schedule, self.clock.now()))
