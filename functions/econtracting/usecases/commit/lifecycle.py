"""Lifecycle events that a use case asks for. That a status changed is told by the store with every commit."""

from __future__ import annotations

from datetime import datetime

from econtracting.domain import lifecycle
from econtracting.domain.appointing.jit import FirstSale
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Packet


def attention(packet: Packet, reason: str, now: datetime, *, occasion: str = "") -> Effect:
    """Tells that the contracting department has to look; operations' alarm listens to it.

    Who may tell of the same thing again, such as a timer that rings again after its ringer died, names the occasion.
    """
    found = lifecycle.announce(lifecycle.AttentionNeeded, packet, reason, now, status=packet.status, reason=reason)
    return found.called(f"{found.id.rpartition('#')[0]}#{occasion}") if occasion else found


def announce_answer(packet: Packet, state: str, status: str, now: datetime) -> Effect:
    """Tells what became of an appointment."""
    return lifecycle.announce(lifecycle.AppointmentAnswered, packet, state, now, state=state, status=status)


def sale_alarm(packet: Packet, sale: FirstSale, alarm: str, now: datetime) -> Effect:
    """Tells that a first sale needs a person."""
    what = f"{sale.state}#{alarm}"
    return lifecycle.announce(
        lifecycle.FirstSaleAlarm, packet, what, now, state=sale.state, alarm=alarm, due_on=sale.due_on
    )
