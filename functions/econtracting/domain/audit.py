"""The packet's audit trail: events chained by hash, so that none can be altered, dropped or inserted unnoticed.

Rule (invariant I5): h[n] = SHA-256(h[n-1] || canonical(event[n])), h[0] = 32 zero bytes; the sequence starts at 1 and
grows by one. Personal values never enter an event: `data` holds ids, versions, hashes and codes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from econtracting.domain.moment import Moment

GENESIS = "0" * 64


class Actor(BaseModel):
    """Who acted, and from where as far as known. `id` names a session, a staff account, a vendor or a function."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["agent", "staff", "vendor", "system"]
    id: str = ""
    address: str = ""
    user_agent: str = ""


class Event(BaseModel):
    """One act, before it takes its place on the chain."""

    model_config = ConfigDict(frozen=True)

    type: str
    at: Moment
    actor: Actor
    data: dict[str, Any] = {}


class ChainedEvent(Event):
    """An event in its place: `hash` covers everything but `hash` and `prev_hash` themselves, after `prev_hash`."""

    packet_id: str
    seq: int
    prev_hash: str
    hash: str

    def body(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude={"hash", "prev_hash"})


def canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(prev_hash: str, body: dict[str, Any]) -> str:
    return hashlib.sha256(bytes.fromhex(prev_hash) + canonical(body)).hexdigest()


def chain(packet_id: str, seq: int, head: str, events: Iterable[Event]) -> list[ChainedEvent]:
    """Give each event its place after (`seq`, `head`)."""
    chained: list[ChainedEvent] = []
    for event in events:
        seq += 1
        loose = ChainedEvent(packet_id=packet_id, seq=seq, prev_hash=head, hash="", **event.model_dump())
        head = link(head, loose.body())
        chained.append(loose.model_copy(update={"hash": head}))
    return chained


def verify(events: Iterable[ChainedEvent]) -> str:
    """Return the head of an unbroken chain from its beginning.

    Raises ValueError naming the first event that does not hold.
    """
    head = GENESIS
    for seq, event in enumerate(events, start=1):
        if event.seq != seq or event.prev_hash != head or event.hash != link(head, event.body()):
            raise ValueError(f"audit event {event.seq} of {event.packet_id} breaks the chain")
        head = event.hash
    return head
