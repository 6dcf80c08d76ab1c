"""Saved interview answers as they are stored: plain ones in the clear, sensitive ones in the packet's envelope."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal, Self

from econtracting.domain.fields.rejections import Rejection
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record

LARGEST_SECTION = 390_000  # bytes; an item of the table has 400 KB at most, its keys among them


class SealedAnswers(Record):
    """One KMS-enveloped JSON document: data key wrapped by KMS, AES-256-GCM, all parts base64."""

    wrapped_key: str
    nonce: str
    ciphertext: str


class SealedPart(Record):
    """One sensitive answer, sealed at the save that brought it: `version` is the section's after that save.

    A save drops the parts of answers that it replaces. So it never has to open what was sealed before, and needs no
    right to. Earlier releases sealed all answers of a save together; `fields` are those of them that still stand.
    """

    version: int
    fields: tuple[str, ...]
    answers: SealedAnswers


class Section(Record):
    """One section of the interview; `masked` is what a screen shows of the sensitive answers without opening them.

    `apart` tells that each sealed answer is a part of its own; releases that sealed them together did not write it.
    """

    packet_id: str
    name: str
    version: int
    complete: bool
    public: dict[str, Any] = {}
    masked: dict[str, Any] = {}
    sealed: tuple[SealedPart, ...] = ()
    apart: Literal[True] | None = None
    warnings: tuple[Rejection, ...] = ()
    saved_at: Moment

    def shown(self) -> dict[str, Any]:
        """The answers as any screen may show them."""
        return {**self.public, **self.masked}

    @property
    def joint(self) -> bool:
        """Whether answers were sealed together: a part may then hold answers that were replaced since."""
        return bool(self.sealed) and not self.apart

    @property
    def size(self) -> int:
        """Bytes as it is stored, or a few more."""
        return len(self.model_dump_json(exclude_none=True).encode())

    def longest_answer(self) -> str:
        """The name of the answer that takes most room."""
        room = {part.fields[0]: len(part.answers.ciphertext) for part in self.sealed}
        room |= {name: len(json.dumps(value)) for name, value in self.public.items()}
        return max(room, key=lambda name: room[name])

    def seal_apart(self, parts: Iterable[SealedPart]) -> Self:
        """The same answers, each sealed as a part of its own."""
        return self.model_copy(update={"sealed": tuple(parts), "apart": True})

    def settle(self, field: str, rule: str) -> Self:
        """A remark on a field is settled."""
        kept = tuple(one for one in self.warnings if (one.field, one.rule) != (field, rule))
        return self.model_copy(update={"warnings": kept})
