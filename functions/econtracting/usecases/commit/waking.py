"""Waking an execution that sleeps for a record. The effect names the record; the token stays in it."""

from __future__ import annotations

from datetime import datetime

from econtracting.domain.appointing.appointments import Appointment
from econtracting.domain.outbox import Effect, wake
from econtracting.domain.packet import Packet
from econtracting.domain.screening.background import Check


def wake_check(packet: Packet, check: Check | None, now: datetime) -> list[Effect]:
    """Nothing if no one sleeps for it yet: a later sleeper finds the result."""
    if check is None or check.task_token is None:
        return []
    return [wake(packet.id, "check", str(check.attempt), packet.version + 1, now)]


def wake_appointment(packet: Packet, appointment: Appointment, now: datetime) -> list[Effect]:
    return (
        []
        if appointment.task_token is None
        else [wake(packet.id, "appointment", appointment.state, packet.version + 1, now)]
    )


def wake_feed(packet: Packet, task_token: str | None, now: datetime) -> list[Effect]:
    return [] if task_token is None else [wake(packet.id, "feed", "", packet.version + 1, now)]
