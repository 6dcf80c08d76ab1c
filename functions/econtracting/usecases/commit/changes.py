"""Putting changes together: what belongs to one commit is often decided in several places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from econtracting.domain.audit import Event
from econtracting.domain.outbox import Effect
from econtracting.domain.record import Record
from econtracting.ports import Change


def plus(
    change: Change,
    *,
    events: Sequence[Event] = (),
    effects: Sequence[Effect] = (),
    puts: Sequence[Record] = (),
    claims: Sequence[Record] = (),
    answer: Any = None,
) -> Change:
    """The same change with more in it, after what it has."""
    return replace(
        change,
        events=[*change.events, *events],
        effects=[*change.effects, *effects],
        puts=[*change.puts, *puts],
        claims=[*change.claims, *claims],
        answer=change.answer if answer is None else answer,
    )
