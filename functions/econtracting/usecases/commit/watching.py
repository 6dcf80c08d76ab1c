"""Timers: outbox rows that are due later, and again. The table's index finds them; nothing lives in memory.

A timer's name says what it looks after: `check#2`, `correction#1`, `adverse#1`, `review#3`, `sale#TN`.
"""

from __future__ import annotations

from datetime import datetime

from econtracting.domain.effects import Effect, EffectKind


def timer(packet_id: str, name: str, at: datetime, now: datetime) -> Effect:
    """The row of a timer that first rings at a time. Its id is its name, so each exists once."""
    what, _, which = name.partition("#")
    return Effect(
        packet_id=packet_id,
        id=f"watch#{name}",
        kind=EffectKind.WATCH,
        payload={"what": what, "which": which},
        created_at=now,
        due_at=at,
    )
