"""How a packet ends before its submission: one commit that also closes the way in and gives its place back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from econtracting.domain.access import invitation
from econtracting.domain.access.access import Access, OpenPacket, Session
from econtracting.domain.audit import Event
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Packet, Status
from econtracting.domain.record import Record
from econtracting.ports import Change, Packets


def close(
    packets: Packets,
    packet: Packet,
    status: Status,
    now: datetime,
    event: Event,
    letters: Iterable[tuple[Letter, Mapping[str, Any]]] = (),
) -> Change:
    """The change that ends a packet. Raises InvalidTransition if it cannot end this way any more."""
    after = packet.end(status, now)
    drops: list[Record] = [*places(packets, packet), *sessions(packets, packet.id)]
    if access := packets.find(Access, packet.id):
        drops.append(access)
    mails = [send_letter(packet.id, letter, 1, now, **facts) for letter, facts in letters]
    return Change(packet=after, events=[event], effects=mails, drops=drops)


def places(packets: Packets, packet: Packet) -> list[OpenPacket]:
    """The places this packet holds among the agency's open ones."""
    found = (packets.find(OpenPacket, one.agency_id, one.kind, one.value) for one in invitation.places(packet))
    return [place for place in found if place is not None and place.packet_id == packet.id]


def sessions(packets: Packets, packet_id: str) -> list[Session]:
    """The packet's sessions, oldest first."""
    found = (packets.find(Session, fingerprint) for fingerprint in packets.sessions_of(packet_id))
    return sorted(filter(None, found), key=lambda session: session.created_at)
