"""Lifecycle events for the carrier's other systems: ids and words only. docs/events holds their schemas."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from econtracting.domain.effects import Effect, EffectKind
from econtracting.domain.moment import iso
from econtracting.domain.packet import Packet

SCHEMA_VERSION = 1


def lifecycle_event(packet: Packet, now: datetime) -> Effect:
    """Tells that the packet reached its present status. Its id names the commit it belongs to."""
    return published(packet, "packet.status_changed", packet.status.value, now, status=packet.status.value)


def attention(packet: Packet, reason: str, now: datetime) -> Effect:
    """Tells that the contracting department has to look; operations' alarm listens to it."""
    return published(packet, "packet.attention_needed", reason, now, status=packet.status.value, reason=reason)


def state_answered(packet: Packet, state: str, status: str, now: datetime) -> Effect:
    """Tells what became of an appointment."""
    return published(packet, "appointment.answered", state, now, state=state, status=status)


def published(packet: Packet, detail_type: str, what: str, now: datetime, **detail: Any) -> Effect:
    return Effect(
        packet_id=packet.id,
        id=f"publish#{detail_type}#{what}#{packet.version + 1}",
        kind=EffectKind.PUBLISH,
        payload={
            "detail_type": detail_type,
            "detail": {
                "schema_version": SCHEMA_VERSION,
                "packet_id": packet.id,
                "agency_id": packet.agency.id,
                "npn": packet.npn,
                "at": iso(now),
                **detail,
            },
        },
        created_at=now,
        due_at=now,
    )
