"""Signed heads of audit trails: a milestone's, a package's, and the daily one over all packets.

Where the sealing key is. A trail is signed only if it holds and goes on from everything that was signed of it before:
who rewrote the table is not helped by asking again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from hashlib import sha256

from econtracting import ports
from econtracting.domain.audit import ChainedEvent, verify
from econtracting.domain.days import day_ended, day_in
from econtracting.domain.errors import TrailRewritten
from econtracting.domain.signing import heads
from econtracting.domain.signing.heads import (
    SHARDS,
    DailyHead,
    Entry,
    Export,
    ExportTask,
    Milestone,
    Proof,
    shard_of,
)
from econtracting.domain.signing.signing import Completion
from econtracting.evidence.checkpoint import Checkpoint

JSON = "application/json"
SIGNED = "heads/signed/"
LISTED = "heads/listed/"
WINDOW = timedelta(days=40)  # how far back the newest daily head is looked for before all are listed
DAYS_AT_ONCE = 3  # signed in one run; the next one goes on


def milestones_of(packet_id: str) -> str:
    """Where a packet's signed milestones lie; a name goes on with the event's number and hash."""
    return f"milestones/{packet_id}/"


def milestone_seq(packet_id: str, key: str) -> int:
    """The number of the event whose milestone lies under a key."""
    return int(key.removeprefix(milestones_of(packet_id)).partition("-")[0])


@dataclass(frozen=True)
class HeadsOfPackets:
    """Signs the trails of single packets. `documents` stores under a retention."""

    packets: ports.Packets
    documents: ports.DocumentStore
    signer: ports.Signer
    clock: ports.Clock

    def sign_milestone(self, packet_id: str, seq: int) -> Milestone:
        """The statement that is kept for the event; safe to repeat and to race, its first writer wins.

        Raises TrailRewritten, Unavailable.
        """
        names = self.documents.names(milestones_of(packet_id))  # before the trail, which only grows
        event = self._event(packet_id, seq, names)
        loose = Milestone(
            packet_id=packet_id,
            seq=seq,
            head=event.hash,
            at=self.clock.now(),
            certificate_sha256=self.signer.certificate_sha256(),
        )
        key = f"{milestones_of(packet_id)}{seq:06d}-{event.hash}.json"
        if key not in names:
            self.documents.keep(key, heads.signed(loose, self.signer.sign).text(), JSON)
        return Milestone.model_validate_json(self.documents.read(key))

    def sign_export(self, task: ExportTask) -> Export:
        """A statement about a package, for the package alone. Raises TrailRewritten, Unavailable."""
        names = self.documents.names(milestones_of(task.packet_id))
        if self._event(task.packet_id, task.seq, names).hash != task.head:
            raise TrailRewritten()
        loose = Export(
            packet_id=task.packet_id,
            seq=task.seq,
            head=task.head,
            at=self.clock.now(),
            manifest=task.manifest,
            daily=task.daily,
            certificate_sha256=self.signer.certificate_sha256(),
        )
        return heads.signed(loose, self.signer.sign)

    def _event(self, packet_id: str, seq: int, names: Sequence[str]) -> ChainedEvent:
        """The event of a trail that holds, and holds what was signed of it; `names` are its milestones' keys."""
        signed = self._signed(packet_id, names)
        events = self.packets.events(packet_id)
        try:
            verify(events)
        except ValueError as broken:
            raise TrailRewritten() from broken
        if not all(0 < at <= len(events) and events[at - 1].hash == head for at, head in signed):
            raise TrailRewritten()
        if not 0 < seq <= len(events) or events[seq - 1].packet_id != packet_id:
            raise TrailRewritten()
        return events[seq - 1]

    def _signed(self, packet_id: str, names: Sequence[str]) -> list[tuple[int, str]]:
        """(number, hash) of every event that was signed: by the milestones' names, and by the checkpoint."""
        prefix = milestones_of(packet_id)
        ends = [key.removeprefix(prefix).removesuffix(".json") for key in names]
        found = [(int(seq), head) for seq, _, head in (end.partition("-") for end in ends)]
        if proofs := self.packets.find(Completion, packet_id):
            place = proofs.checkpoint
            sealed = Checkpoint.model_validate_json(self.documents.read(place.key, place.version))
            found.append((sealed.seq, sealed.head))
        return found


@dataclass(frozen=True)
class DailyHeads:
    """Signs, for each day of the carrier's, where the trails of all packets stand.

    `documents` stores under a retention. A day's list is kept by shard as it is made, so a run that dies goes on where
    it was.
    """

    trails: ports.Trails
    documents: ports.DocumentStore
    signer: ports.Signer
    clock: ports.Clock
    home: tzinfo  # the carrier's zone

    def take(self) -> list[date]:
        """Sign every day that has ended and has no head, oldest first, a few in one run; returns these days.

        The very first head is that of yesterday. Raises Unavailable.
        """
        yesterday = day_in(self.clock.now(), self.home) - timedelta(days=1)
        newest = newest_day(self.documents, yesterday)
        day = yesterday if newest is None else newest + timedelta(days=1)
        taken: list[date] = []
        while day <= yesterday and len(taken) < DAYS_AT_ONCE:
            self._take(day, newest)
            newest, day = day, day + timedelta(days=1)
            taken.append(newest)
        return taken

    def _take(self, day: date, before: date | None) -> None:
        lists = [self._list(day, before, shard) for shard in range(SHARDS)]
        loose = DailyHead(
            day=day,
            taken_at=self.clock.now(),
            packets=sum(len(entries) for entries in lists),
            roots=tuple(heads.root(entries) for entries in lists),
            previous=None if before is None else sha256(self.documents.read(signed_key(before))).hexdigest(),
            certificate_sha256=self.signer.certificate_sha256(),
        )
        self.documents.keep(signed_key(day), heads.signed(loose, self.signer.sign).text(), JSON)

    def _list(self, day: date, before: date | None, shard: int) -> list[bytes]:
        """The entries of a shard as they are kept, made first if need be. Who is in a day's list stays in the next."""
        key = listed_key(day, shard)
        if key not in self.documents.names(key):
            known = [] if before is None else listed(self.documents, before, shard)
            also = [json.loads(entry)["packet_id"] for entry in known]
            found = [
                Entry(packet_id=one.packet_id, seq=one.seq, head=one.head) for one in self.trails.standing(shard, also)
            ]
            self.documents.keep(key, b"".join(entry.text() + b"\n" for entry in found), "application/jsonl")
        return listed(self.documents, day, shard)


@dataclass(frozen=True)
class HeadWatch:
    """Looks whether the daily heads are there."""

    documents: ports.DocumentStore
    clock: ports.Clock
    home: tzinfo  # the carrier's zone

    def late_by(self) -> timedelta:
        """How long ago the oldest day ended that has no head yet; nothing while none is missing.

        Where there is no head at all it counts from the end of yesterday.
        """
        now = self.clock.now()
        yesterday = day_in(now, self.home) - timedelta(days=1)
        newest = newest_day(self.documents, yesterday)
        missing = yesterday if newest is None else newest + timedelta(days=1)
        return max(now - day_ended(missing, self.home), timedelta())


def signed_key(day: date) -> str:
    return f"{SIGNED}{day.isoformat()}.json"


def listed_key(day: date, shard: int) -> str:
    return f"{LISTED}{day.isoformat()}/{shard:02d}.jsonl"


def newest_day(documents: ports.DocumentStore, yesterday: date) -> date | None:
    """The last day that has a head."""
    names = documents.names(SIGNED, signed_key(yesterday - WINDOW)) or documents.names(SIGNED)
    return date.fromisoformat(names[-1].removeprefix(SIGNED).removesuffix(".json")) if names else None


def listed(documents: ports.DocumentStore, day: date, shard: int) -> list[bytes]:
    """A shard's entries of a day, each in the form that the tree is made of."""
    return documents.read(listed_key(day, shard)).splitlines()


def proof_of(documents: ports.DocumentStore, packet_id: str, now: datetime, home: tzinfo) -> Proof | None:
    """That the newest daily head covers a packet; None where no head does yet."""
    newest = newest_day(documents, day_in(now, home))
    if newest is None:
        return None
    shard = shard_of(packet_id)
    entries = listed(documents, newest, shard)
    for place, entry in enumerate(entries):
        if json.loads(entry)["packet_id"] == packet_id:
            return Proof(
                head=DailyHead.model_validate_json(documents.read(signed_key(newest))),
                entry=Entry.model_validate_json(entry),
                shard=shard,
                path=heads.path(entries, place),
            )
    return None
