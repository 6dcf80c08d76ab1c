"""How an open packet ends before it was submitted: its place, its link and its sessions go, and the people concerned are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from econtracting import ports
from econtracting.domain.access import OpenPacket, Session
from econtracting.domain.audit import Event
from econtracting.domain.effects import Effect, EffectKind
from econtracting.domain.packet import Frozen, Packet, Status
from econtracting.ports import Change


def ended(
    packets: ports.Packets, packet: Packet, to: Status, now: datetime, events: Sequence[Event], *, letter: str
) -> Change:
    """The change that ends a packet. Raises InvalidTransition if it cannot end any more."""
    after = packet.move(to, now).having(due_at=None)
    mail = Effect(
        packet_id=packet.id,
        id=f"mail#{letter}",
        kind=EffectKind.MAIL,
        payload={"letter": letter},
        created_at=now,
        due_at=now,
    )
    return Change(after, events=events, effects=[mail], drops=[*sessions(packets, packet.id), *places(packets, packet)])


def places(packets: ports.Packets, packet: Packet) -> list[Frozen]:
    """The places this packet holds among the agency's open ones."""
    held = [("email", packet.agent.email.lower()), ("npn", packet.agent.npn)]
    found = [packets.find(OpenPacket, packet.agency.id, kind, value) for kind, value in held if value]
    return [place for place in found if place is not None and place.packet_id == packet.id]


def sessions(packets: ports.Packets, packet_id: str) -> list[Session]:
    found = [packets.find(Session, fingerprint) for fingerprint in packets.sessions_of(packet_id)]
    return [session for session in found if session is not None]


