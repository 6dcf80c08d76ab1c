"""Packets and what goes with them, as tests need them: the same every time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from econtracting.domain.access.access import OpenPacket
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.outbox import Effect, EffectKind
from econtracting.domain.packet import Agency, InvitedAgent, Packet, Recruiter

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SYSTEM = Actor(kind="system", id="test")


def packet(packet_id: str = "pkt_1", **changes: Any) -> Packet:
    values: dict[str, Any] = {
        "id": packet_id,
        "type": "meridian",
        "type_version": "2026-11",
        "agent": InvitedAgent(first_name="Dana", last_name="Rivers", email="dana@example.com", npn="15645555"),
        "recruiter": Recruiter(name="Robin Park", email="robin@agency.example", phone="+16155550100"),
        "agency": Agency(id="agency-1", name="Harbor Agency"),
        "level": "4",
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=30),
        "status_at": NOW,
    }
    return Packet(**values | changes)


def event(kind: str = "packet.finished", **data: Any) -> Event:
    return Event(type=EventType(kind), at=NOW, actor=SYSTEM, data=data)


def effect(effect_id: str = "mail#invitation#1", packet_id: str = "pkt_1", **changes: Any) -> Effect:
    values: dict[str, Any] = {
        "packet_id": packet_id,
        "id": effect_id,
        "kind": EffectKind.MAIL,
        "payload": {"letter": "invitation"},
        "created_at": NOW,
        "due_at": NOW,
    }
    return Effect(**values | changes)


def place(packet_id: str = "pkt_1") -> OpenPacket:
    return OpenPacket(agency_id="agency-1", kind="email", value="dana@example.com", packet_id=packet_id)
