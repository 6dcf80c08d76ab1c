"""How a packet ends before its submission: one commit that also closes the way in and gives its place back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from econtracting.domain.access import Access, Session
from econtracting.domain.audit import Event
from econtracting.domain.effects import Effect, EffectKind
from econtracting.domain.invitation import places
from econtracting.domain.packet import Frozen, Packet, Status
from econtracting.ports import Change, Packets


def close(
    packets: Packets,
    packet: Packet,
    status: Status,
    now: datetime,
    event: Event,
    letters: Iterable[tuple[str, Mapping[str, Any]]] = (),
) -> Change:
    """The change that ends a packet. Raises InvalidTransition if it cannot end this way any more."""
    drops: list[Frozen] = [*places(packet), *sessions(packets, packet.id)]
    if access := packets.find(Access, packet.id):
        drops.append(access)
    return Change(
        packet=packet.move(status, now).having(due_at=None),
        events=[event],
        effects=[mail(packet.id, letter, 1, now, **payload) for letter, payload in letters],
        drops=drops,
    )


def sessions(packets: Packets, packet_id: str) -> list[Session]:
    """The packet's sessions, oldest first."""
    found = (packets.find(Session, one) for one in packets.sessions_of(packet_id))
    return sorted(filter(None, found), key=lambda session: session.created_at)


def mail(packet_id: str, letter: str, number: int, now: datetime, **payload: Any) -> Effect:
    """The outbox row of a letter; its id says which letter and the how-manieth, so the ledger holds each once."""
    return Effect(
        packet_id=packet_id,
        id=f"mail#{letter}#{number}",
        kind=EffectKind.MAIL,
        payload={"letter": letter, **payload},
        created_at=now,
        due_at=now,
    )
