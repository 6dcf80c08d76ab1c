"""Waking an execution that sleeps for a record. The effect names the record; the token stays in it."""

from __future__ import annotations

from datetime import datetime

from econtracting.domain.appointing.appointments import Appointment
from econtracting.domain.effects import Effect, EffectKind
from econtracting.domain.packet import Packet
from econtracting.domain.screening.background import Check


def wake_check(packet: Packet, check: Check | None, now: datetime) -> list[Effect]:
    """Nothing if nobody sleeps for it yet: whoever comes to sleep finds the result."""
    if check is None or check.task_token is None:
        return []
    return [_wake(packet, "check", str(check.attempt), now)]


def wake_appointment(packet: Packet, appointment: Appointment, now: datetime) -> list[Effect]:
    return [] if appointment.task_token is None else [_wake(packet, "appointment", appointment.state, now)]


def wake_feed(packet: Packet, task_token: str | None, now: datetime) -> list[Effect]:
    return [] if task_token is None else [_wake(packet, "feed", "", now)]


def _wake(packet: Packet, record: str, name: str, now: datetime) -> Effect:
    return Effect(
        packet_id=packet.id,
        id=f"wake#{record}#{name}#{packet.version + 1}",
        kind=EffectKind.WAKE_WORKFLOW,
        payload={"record": record, "name": name},
        created_at=now,
        due_at=now,
    )
