"""Lifecycle events for the carrier's other systems: ids and words only, one per status reached."""

from __future__ import annotations

from datetime import datetime

from econtracting.domain.effects import Effect, EffectKind
from econtracting.domain.moment import iso
from econtracting.domain.packet import Packet


def lifecycle_event(packet: Packet, now: datetime) -> Effect:
    """Tells that the packet reached its present status. Its id names the commit it belongs to."""
    return Effect(
        packet_id=packet.id,
        id=f"publish#{packet.status.value}#{packet.version + 1}",
        kind=EffectKind.PUBLISH,
        payload={
            "detail_type": "packet.status_changed",
            "detail": {
                "schema_version": 1,
                "packet_id": packet.id,
                "agency_id": packet.agency.id,
                "npn": packet.npn,
                "status": packet.status.value,
                "at": iso(now),
            },
        },
        created_at=now,
        due_at=now,
    )
