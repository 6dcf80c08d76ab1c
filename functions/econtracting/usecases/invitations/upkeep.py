"""What happens to an invitation although nobody calls: it reminds, and it expires."""

from __future__ import annotations

from datetime import datetime

from econtracting.domain.access.access import lapsed
from econtracting.domain.access.invitation import Schedule, next_look
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Packet, Status
from econtracting.ports import Change, Clock, Packets
from econtracting.usecases.commit.endings import close

UPKEEP = Actor(kind="system", id="invitation-upkeep")


def attend(*, packets: Packets, clock: Clock, schedule: Schedule | None, packet_id: str) -> None:
    """Expire a packet whose time is over, or send its reminder; safe to repeat, and late reminders collapse into one.

    Without a schedule it only expires. Raises PacketNotFound, Unavailable.
    """
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        if lapsed(packet, now):
            return _expired(packets, packet, now)
        if schedule is None or not packet.before_submission or packet.due_at is None or packet.due_at > now:
            return None
        return _reminded(packet, schedule, now)

    packets.change(packet_id, decide)


def _expired(packets: Packets, packet: Packet, now: datetime) -> Change:
    event = Event(type=EventType.INVITATION_EXPIRED, at=now, actor=UPKEEP)
    return close(
        packets, packet, Status.EXPIRED, now, event, letters=[(Letter.EXPIRED, {}), (Letter.EXPIRED_RECRUITER, {})]
    )


def _reminded(packet: Packet, schedule: Schedule, now: datetime) -> Change:
    after = packet.having(due_at=next_look(packet, schedule, now))
    if packet.status is not Status.INVITED or packet.delivery == "undeliverable":
        return Change(packet=after)
    after = after.having(reminders_sent=packet.reminders_sent + 1)
    event = Event(type=EventType.INVITATION_REMINDED, at=now, actor=UPKEEP, data={"reminder": after.reminders_sent})
    return Change(
        packet=after, events=[event], effects=[send_letter(packet.id, Letter.REMINDER, after.reminders_sent, now)]
    )
