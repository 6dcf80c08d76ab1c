"""What happens to an invitation although no one calls: it reminds where the agent stands, and it expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from econtracting.domain.access.access import lapsed
from econtracting.domain.access.invitation import Schedule, next_look, reminder_due
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Packet, Status
from econtracting.ports import Change, Clock, Packets
from econtracting.usecases.commit.endings import close

UPKEEP = Actor(kind="system", id="invitation-upkeep")
# What reminds where a packet stands before submission.
LETTERS = {
    Status.INVITED: Letter.REMINDER,
    Status.IN_PROGRESS: Letter.REMINDER_INTERVIEW,
    Status.AWAITING_SIGNATURE: Letter.REMINDER_SIGNING,
}
# What anyone who has the link can do.
DOOR = frozenset(
    {
        EventType.ACCESS_LOGIN_FAILED,
        EventType.ACCESS_LOCKED,
        EventType.ACCESS_TEMP_PASSWORD_REQUESTED,
        EventType.REMINDERS_STOPPED,
    }
)


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
            return self._remind(packet, now)

        return self.packets.change(packet_id, decide).packet

    def _remind(self, packet: Packet, now: datetime) -> Change:
        active_at = None if packet.status is Status.INVITED else self._active_at(packet.id)
        if not reminder_due(packet, self.schedule, now, active_at):
            return Change(packet=packet.look_at(next_look(packet, self.schedule, now, active_at)))
        after = packet.remind(now)
        after = after.look_at(next_look(after, self.schedule, now))
        letter, number = LETTERS[packet.status], after.reminders_sent
        data = {"reminder": number} | ({} if letter is Letter.REMINDER else {"letter": letter.value})
        event = Event(type=EventType.INVITATION_REMINDED, at=now, actor=UPKEEP, data=data)
        return Change(packet=after, events=[event], effects=[send_letter(packet.id, letter, number, now)])

    def _active_at(self, packet_id: str) -> datetime | None:
        """When the agent last did something behind the password: to knock at the door is not to be there."""
        acts = [one.at for one in self.packets.events(packet_id) if one.actor.kind == "agent" and one.type not in DOOR]
        return max(acts, default=None)


def expire_lapsed(packets: Packets, packet_id: str, now: datetime) -> None:
    """Expire a packet whose time is over. Raises PacketNotFound, Unavailable."""
    packets.change(packet_id, lambda packet: _expire(packets, packet, now) if lapsed(packet, now) else None)


def _expire(packets: Packets, packet: Packet, now: datetime) -> Change:
    event = Event(type=EventType.INVITATION_EXPIRED, at=now, actor=UPKEEP)
    return close(
        packets, packet, Status.EXPIRED, now, event, letters=[(Letter.EXPIRED, {}), (Letter.EXPIRED_RECRUITER, {})]
    )
