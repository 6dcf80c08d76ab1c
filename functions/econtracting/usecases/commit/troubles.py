"""What does not get done by itself: marked on its packet in whatever status, told once, and unmarked when it is done.

A packet that ended or is active goes nowhere for it; the mark, the trail and the department's list say what waits.
"""

from __future__ import annotations

from datetime import datetime

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.moment import iso
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Packet, Trouble
from econtracting.ports import Change
from econtracting.usecases.commit.lifecycle import attention

OUTBOX = Actor(kind="system", id="outbox")


def raise_trouble(packets: ports.Packets, packet_id: str, trouble: Trouble, *, aloud: bool = True) -> None:
    """Mark the packet and put down why, once for as long as it lasts; `aloud` tells operations' alarm as well.

    Raises PacketNotFound, Unavailable.
    """

    def decide(packet: Packet) -> Change | None:
        if any(one.about == trouble.about for one in packet.troubles):
            return None
        data = {
            "effect": trouble.about,
            "reason": trouble.reason,
            "failure": trouble.failure,
            "since": iso(trouble.since),
        }
        event = Event(type=EventType.EFFECT_STUCK, at=trouble.at, actor=OUTBOX, data=data)
        occasion = f"{trouble.about.replace('#', '.')}.{int(trouble.since.timestamp())}"
        tell = attention(packet, trouble.reason, trouble.at, occasion=occasion)
        news = aloud and packets.find(Effect, packet_id, tell.id) is None
        return Change(packet.in_trouble(trouble), events=[event], effects=[tell] if news else [])

    packets.change(packet_id, decide)


def settle(packets: ports.Packets, packet_id: str, about: str, now: datetime) -> None:
    """It was done after all; nothing if it was no trouble. Raises PacketNotFound, Unavailable."""

    def decide(packet: Packet) -> Change | None:
        if all(one.about != about for one in packet.troubles):
            return None
        event = Event(type=EventType.EFFECT_RECOVERED, at=now, actor=OUTBOX, data={"effect": about})
        return Change(packet.out_of_trouble(about), events=[event])

    packets.change(packet_id, decide)
