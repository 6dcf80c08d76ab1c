"""What happens to an invitation although no one calls: it reminds, and it expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from econtracting.domain.access.access import lapsed
from econtracting.domain.access.invitation import Schedule, next_look
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Delivery, Packet, Status
from econtracting.ports import Change, Clock, Packets
from econtracting.usecases.commit.endings import close

UPKEEP = Actor(kind="system", id="invitation-upkeep")


@dataclass(frozen=True)
class InvitationUpkeep:
    packets: Packets
    clock: Clock
    schedule: Schedule

    def attend(self, packet_id: str) -> Packet:
        """Expire a packet whose time is over, or send its reminder; safe to repeat, and late reminders become one.

        Answers the packet as it stands then. Raises PacketNotFound, Unavailable.
        """
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            if lapsed(packet, now):
                return _expire(self.packets, packet, now)
            if not packet.before_submission or packet.due_at is None or packet.due_at > now:
                return None
            return _remind(packet, self.schedule, now)

        return self.packets.change(packet_id, decide).packet


def expire_lapsed(packets: Packets, packet_id: str, now: datetime) -> None:
    """Expire a packet whose time is over. Raises PacketNotFound, Unavailable."""
    packets.change(packet_id, lambda packet: _expire(packets, packet, now) if lapsed(packet, now) else None)


def _expire(packets: Packets, packet: Packet, now: datetime) -> Change:
    event = Event(type=EventType.INVITATION_EXPIRED, at=now, actor=UPKEEP)
    return close(
        packets, packet, Status.EXPIRED, now, event, letters=[(Letter.EXPIRED, {}), (Letter.EXPIRED_RECRUITER, {})]
    )


def _remind(packet: Packet, schedule: Schedule, now: datetime) -> Change:
    after = packet.look_at(next_look(packet, schedule, now))
    if packet.status is not Status.INVITED or packet.delivery == Delivery.UNDELIVERABLE:
        return Change(packet=after)
    after = after.remind()
    event = Event(type=EventType.INVITATION_REMINDED, at=now, actor=UPKEEP, data={"reminder": after.reminders_sent})
    return Change(
        packet=after, events=[event], effects=[send_letter(packet.id, Letter.REMINDER, after.reminders_sent, now)]
    )
