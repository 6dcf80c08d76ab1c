"""The places of open packets when the agent tells another NPN or e-mail than the recruiter did (invariant I1)."""

from __future__ import annotations

from econtracting import ports
from econtracting.domain.access.access import OpenPacket
from econtracting.domain.access.invitation import places
from econtracting.domain.errors import AlreadyExists, PacketAlreadyOpen
from econtracting.domain.packet import Packet
from econtracting.usecases.commit import endings
from econtracting.usecases.invitations import invite


def moves(packets: ports.Packets, before: Packet, after: Packet) -> tuple[list[OpenPacket], list[OpenPacket]]:
    """What a changed packet claims, and what it gives back."""
    had, has = places(before), places(after)
    if had == has:
        return [], []
    held = endings.places(packets, before)
    claims = [one for one in has if packets.find(OpenPacket, one.agency_id, one.kind, one.value) != one]
    return claims, [one for one in held if one not in has]


def change(packets: ports.Packets, clock: ports.Clock, packet_id: str, decide: ports.Decide) -> ports.Committed:
    """Commit a change that may move a packet to other places; one that is held by a packet which is over is freed.

    Raises PacketAlreadyOpen for a place that is taken. It names no packet: the agent may not know of another one.
    """
    try:
        return packets.change(packet_id, decide)
    except AlreadyExists as taken:
        holder = taken.facts["holder"]
    try:
        invite.take_place_back(packets, clock, holder)
        return packets.change(packet_id, decide)
    except (AlreadyExists, PacketAlreadyOpen):
        raise PacketAlreadyOpen(
            "Your agency has another open packet for this number or e-mail address. Please ask your recruiter."
        ) from None
