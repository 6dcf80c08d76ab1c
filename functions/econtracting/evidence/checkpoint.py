"""A checkpoint: the head of a packet's audit trail at a moment, signed with the sealing key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from econtracting.domain.audit import ChainedEvent, canonical, verify
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record

PACKAGES = 2  # the format of evidence packages


class Checkpoint(Record):
    """``signature`` is the hexadecimal DER signature (ECDSA P-256, SHA-256) over ``statement()``.

    ``packages`` is the format of evidence packages at the time, so that a later package cannot pass for an older kind;
    checkpoints from before it was written have none.
    """

    packet_id: str
    seq: int
    head: str
    at: Moment
    packages: int | None = None
    signature: str

    def statement(self) -> bytes:
        """The canonical bytes that are signed."""
        return canonical(self.model_dump(mode="json", exclude={"signature"}, exclude_none=True))

    def text(self) -> bytes:
        """The form in which it is kept."""
        return canonical(self.model_dump(mode="json", exclude_none=True))


def take(events: Sequence[ChainedEvent], at: datetime, sign: Callable[[bytes], bytes]) -> Checkpoint:
    """Signs the head of a trail. Raises ValueError for an empty or broken one, and what ``sign`` raises."""
    if not events:
        raise ValueError("an empty audit trail has no head to sign")
    loose = Checkpoint(
        packet_id=events[-1].packet_id,
        seq=events[-1].seq,
        head=verify(events),
        at=at,
        packages=PACKAGES,
        signature="",
    )
    return loose.model_copy(update={"signature": sign(loose.statement()).hex()})
