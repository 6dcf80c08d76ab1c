"""Keeping a vendor's message that is not applied: for the contracting department, with a note on the packet's trail."""

from __future__ import annotations

from datetime import datetime

from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.messages import Objection, QueuedMessage, Received
from econtracting.domain.packet import Packet
from econtracting.ports import Change
from econtracting.usecases.commit.lifecycle import attention

WAITS = "VENDOR_MESSAGE"


def keep(packet: Packet, received: Received, reference: str, objection: Objection) -> Change:
    """The message, its row in the queue, the event, and the call for attention. What the message says is in none of
    them but by codes."""
    row = QueuedMessage.waiting(received, reference, objection)
    return Change(
        packet,
        events=[noted(row, received.at)],
        effects=[attention(packet, WAITS, received.at)],
        claims=[received, row],
    )


def noted(row: QueuedMessage, at: datetime) -> Event:
    """That a message waits, and why."""
    data = {
        "message": row.id,
        "vendor": row.vendor,
        "type": row.type,
        "reason": row.reason.value,
        "parts": list(row.parts),
        **row.told,
    }
    return Event(type=EventType.MESSAGE_KEPT, at=at, actor=Actor(kind="vendor", id=row.vendor), data=data)
