"""The outbox row of a letter."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from econtracting.domain.effects import Effect, EffectKind


def mail(packet_id: str, letter: str, number: int, now: datetime, **payload: Any) -> Effect:
    """A letter to be mailed; its id says which letter and the how-manieth, so that the ledger holds each once."""
    return Effect(
        packet_id=packet_id,
        id=f"mail#{letter}#{number}",
        kind=EffectKind.MAIL,
        payload={"letter": letter, **payload},
        created_at=now,
        due_at=now,
    )
