"""Signed heads: what the sealing key says of audit trails after the seals. One packet's milestone, a package, a day.

Each is a statement in canonical JSON with a signature over it; `kind` keeps one from passing for another. A daily head
covers the trails of all packets through the roots of hash trees (RFC 9162, section 2.1.1), one for each shard.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

from econtracting.domain.audit import canonical
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record

SHARDS = 8  # as many as the index by status has
Sign = Callable[[bytes], bytes]


class Statement(Record):
    """What is signed. `signature` is hexadecimal DER (ECDSA P-256, SHA-256); `certificate_sha256` names its maker's."""

    certificate_sha256: str
    signature: str = ""

    def statement(self) -> bytes:
        """The canonical bytes that are signed."""
        return canonical(self.model_dump(mode="json", exclude={"signature"}))

    def text(self) -> bytes:
        """The form in which it is kept."""
        return canonical(self.model_dump(mode="json"))


class Milestone(Statement):
    """A packet's trail ended, or went on, with event `seq`, whose hash is `head`."""

    kind: Literal["milestone"] = "milestone"
    packet_id: str
    seq: int
    head: str
    at: Moment


class NamedHead(Record):
    """A daily head by its day and the SHA-256 of the form in which it is kept."""

    day: date
    sha256: str


class Export(Statement):
    """A package was made of a packet: its trail ended with event `seq`; `manifest` is the SHA-256 of `manifest.json`.

    `daily` names the newest daily head that covers the packet, None where there is none yet.
    """

    kind: Literal["export"] = "export"
    packet_id: str
    seq: int
    head: str
    at: Moment
    manifest: str
    daily: NamedHead | None = None


class Entry(Record):
    """Where one packet's trail stood when a day's list was made."""

    packet_id: str
    seq: int
    head: str

    def text(self) -> bytes:
        return canonical(self.model_dump(mode="json"))


class DailyHead(Statement):
    """The trails of all packets, as they stood after a day of the carrier's had ended.

    `roots` are the hash trees' roots by shard, `previous` the SHA-256 of the head of the day before, None
    for the first. A day on which there was no packet has a head as well.
    """

    kind: Literal["daily"] = "daily"
    day: date
    taken_at: Moment
    packets: int
    roots: tuple[str, ...]
    previous: str | None


class Step(Record):
    """One step up a hash tree: what stands beside the hash, and on which side."""

    side: Literal["left", "right"]
    hash: str


class Proof(Record):
    """That a daily head covers a packet: its entry, and the way from it to the root of its shard."""

    head: DailyHead
    entry: Entry
    shard: int
    path: tuple[Step, ...]

    def text(self) -> bytes:
        return canonical(self.model_dump(mode="json"))


class MilestoneTask(Record):
    """Asked of the function that signs heads: sign a packet's trail up to an event."""

    task: Literal["milestone"] = "milestone"
    packet_id: str
    seq: int


class ExportTask(Record):
    """Asked of the function that signs heads: say what a package was made of."""

    task: Literal["export"] = "export"
    packet_id: str
    seq: int
    head: str
    manifest: str
    daily: NamedHead | None = None


class Exported(Record):
    """The answer; without a statement where the trail contradicts what was signed before."""

    export: Export | None


def signed[S: Statement](loose: S, sign: Sign) -> S:
    """The statement with its signature. Raises what `sign` raises."""
    return loose.model_copy(update={"signature": sign(loose.statement()).hex()})


def shard_of(packet_id: str) -> int:
    return int(hashlib.sha256(packet_id.encode()).hexdigest()[:4], 16) % SHARDS


def leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(entries: Sequence[bytes]) -> str:
    """The root of the tree over a list; that of an empty one is the hash of nothing."""
    level = [leaf(entry) for entry in entries]
    while len(level) > 1:
        level = _next(level)
    return (level[0] if level else hashlib.sha256().digest()).hex()


def path(entries: Sequence[bytes], place: int) -> tuple[Step, ...]:
    """The steps from an entry's leaf to the root."""
    level, steps = [leaf(entry) for entry in entries], []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            steps.append(Step(side="left" if beside < place else "right", hash=level[beside].hex()))
        level, place = _next(level), place // 2
    return tuple(steps)


def _next(level: Sequence[bytes]) -> list[bytes]:
    """A last hash that has none beside it goes up as it is: the same tree as RFC 9162 makes from the top."""
    pairs = [node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return pairs + list(level[len(level) - len(level) % 2 :])
