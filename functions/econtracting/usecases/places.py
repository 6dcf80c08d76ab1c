"""The places of open packets when the agent tells another NPN than the recruiter did (quality invariant I1)."""

from __future__ import annotations

from econtracting import ports
from econtracting.domain.access import OpenPacket
from econtracting.domain.errors import PacketAlreadyOpen
from econtracting.domain.invitation import places
from econtracting.domain.packet import Packet
from econtracting.usecases import endings, invite


def moved(packets: ports.Packets, before: Packet, after: Packet) -> tuple[list[OpenPacket], list[OpenPacket]]:
    """What a changed packet claims, and what it gives back."""
    had, has = places(before), places(after)
    if had == has:
        return [], []
    held = endings.places(packets, before)
    claims = [one for one in has if one not in held and packets.find(OpenPacket, *_named(one)) != one]
    return claims, [one for one in held if one not in has]


def take_back(*, packets: ports.Packets, clock: ports.Clock, holder: OpenPacket | None) -> None:
    """Free a place whose packet is over.

    Raises PacketAlreadyOpen if it is not; it names no packet, because the agent may not know of another one.
    """
    try:
        invite.take_place_back(packets=packets, clock=clock, holder=holder)
    except PacketAlreadyOpen:
        raise PacketAlreadyOpen(
            "Your agency has another open packet with this National Producer Number. Please ask your recruiter."
        ) from None


def _named(place: OpenPacket) -> tuple[str, str, str]:
    return place.agency_id, place.kind, place.value
