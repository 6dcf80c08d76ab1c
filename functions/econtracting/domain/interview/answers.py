"""Saved interview answers as they are stored: plain ones in the clear, sensitive ones in the packet's envelope."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Self

from econtracting.domain.fields.rejections import Rejection
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record
from econtracting.domain.sealed import SealedAnswers


class SealedPart(Record):
    """The sensitive answers one save brought.

    `fields` are those of them that still stand; later parts replaced the rest. So a save never has to open what was
    sealed before, and needs no right to.
    """

    version: int
    fields: tuple[str, ...]
    answers: SealedAnswers

    def keep(self, standing: Collection[str]) -> Self:
        """Only these of its answers still stand."""
        return self.model_copy(update={"fields": tuple(field for field in self.fields if field in standing)})


class Section(Record):
    """One section of the interview; `masked` is what a screen shows of the sensitive answers without opening them."""

    packet_id: str
    name: str
    version: int
    complete: bool
    public: dict[str, Any] = {}
    masked: dict[str, Any] = {}
    sealed: tuple[SealedPart, ...] = ()
    warnings: tuple[Rejection, ...] = ()
    saved_at: Moment

    def shown(self) -> dict[str, Any]:
        """The answers as any screen may show them."""
        return {**self.public, **self.masked}

    def settle(self, field: str, rule: str) -> Self:
        """A remark on a field is settled."""
        kept = tuple(one for one in self.warnings if (one.field, one.rule) != (field, rule))
        return self.model_copy(update={"warnings": kept})
