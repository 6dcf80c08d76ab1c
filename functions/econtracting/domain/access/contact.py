"""The address letters go to: the invited one, until the agent shows that a new one reaches them."""

from __future__ import annotations

from typing import Self

from econtracting.domain.moment import Moment
from econtracting.domain.record import Record

CODES_PER_HOUR = 5


class EmailChange(Record):
    """An address told in the interview, and the code mailed to it. Only the code's argon2id hash is stored."""

    packet_id: str
    email: str
    code_hash: str | None = None  # None once it was used
    until: Moment
    number: int  # how many codes were mailed; each has its own outbox row

    def use(self) -> Self:
        """The code was entered, and counts no more."""
        return self.model_copy(update={"code_hash": None})
