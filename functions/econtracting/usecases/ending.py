"""How a packet ends before its submission: its place, its password and its sessions go, and people are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from econtracting import ports
from econtracting.domain import invitation
from econtracting.domain.access import Access, OpenPacket, Session
from econtracting.domain.audit import Event
from econtracting.domain.packet import Frozen, Packet, Status
from econtracting.ports import Change
from econtracting.usecases.lifecycle import lifecycle_event
from econtracting.usecases.mails import mail


def ended(
    packets: ports.Packets,
    packet: Packet,
    to: Status,
    now: datetime,
    events: Sequence[Event],
    *,
    letter: str,
    **payload: Any,
) -> Change:
    """The change that ends a packet. Raises InvalidTransition if it cannot end this way any more."""
    after = packet.move(to, now).having(due_at=None)
    drops: list[Frozen] = [*sessions(packets, packet.id), *places(packets, packet)]
    if access := packets.find(Access, packet.id):
        drops.append(access)
    effects = [mail(packet.id, letter, 1, now, **payload), lifecycle_event(after, now)]
    return Change(after, events=events, effects=effects, drops=drops)


def places(packets: ports.Packets, packet: Packet) -> list[Frozen]:
    """The places this packet holds among the agency's open ones."""
    claimed = invitation.places(packet)
    found = [packets.find(OpenPacket, one.agency_id, one.kind, one.value) for one in claimed]
    return [place for place in found if place is not None and place.packet_id == packet.id]


def sessions(packets: ports.Packets, packet_id: str) -> list[Session]:
    """The packet's sessions, oldest first."""
    found = (packets.find(Session, fingerprint) for fingerprint in packets.sessions_of(packet_id))
    return sorted(filter(None, found), key=lambda session: session.created_at)
