"""Vendors' messages as they are kept, and the queue of those a person has to look at.

A signed message is never lost: it is applied, or it waits for the contracting department with the reason why not. What
it says is kept sealed, for as long as anyone may dispute it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple, Self

from econtracting.domain.moment import Moment, compact
from econtracting.domain.record import Record
from econtracting.domain.sealed import SealedAnswers

# Beyond the 45 days in which a screening company reinvestigates (15 U.S.C. 1681i(a)(1)) and the usual 60 and 90 days in
# which states and carriers take back or contest an answer; then what a message said is gone.
KEPT_FOR = timedelta(days=180)
SEALED_FOR = "vendor-message"  # the purpose in the key's context: whoever may open messages may open nothing else

_PLAIN = re.compile(r"[A-Za-z0-9._:#-]{1,256}")


class Obstacle(StrEnum):
    """Why a message was not applied."""

    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE"  # nothing of ours has it, or not yet
    PARTS_DISAGREE = "PARTS_DISAGREE"  # it is about something of ours and says otherwise than our record
    NOT_UNDERSTOOD = "NOT_UNDERSTOOD"  # a kind we do not know, or one whose deciding members are not as documented
    NEWS_AFTER_FINAL = "NEWS_AFTER_FINAL"  # the first answer stands until a person looks
    NOT_POSSIBLE = "NOT_POSSIBLE"  # where the packet stands, it cannot be


class MessageStatus(StrEnum):
    """How a message of the queue stands."""

    OPEN = "open"
    APPLIED = "applied"
    SET_ASIDE = "set-aside"


class Objection(NamedTuple):
    """Why a message is not applied: `parts` are the members it is about, `told` what it says against what stands."""

    reason: Obstacle
    parts: tuple[str, ...]
    told: Mapping[str, str] = {}


class Received(Record):
    """A message that was accepted, kept as proof that it came and as the guard against repeats.

    `message_id` is the vendor's, by `name_of`; `sealed` holds the bytes as they came. `body` is of earlier releases,
    which kept it in the clear.
    """

    vendor: str
    message_id: str
    packet_id: str | None = None
    type: str
    body: str = ""
    sealed: SealedAnswers | None = None
    at: Moment
    expires_at: Moment | None = None

    def of_no_packet(self) -> Self:
        """The packet its reference leads to is not there."""
        return self.model_copy(update={"packet_id": None})


class QueuedMessage(Record):
    """A message that waits for the contracting department, or did. `name` leads to what was received."""

    id: str
    status: MessageStatus = MessageStatus.OPEN
    vendor: str
    name: str
    type: str
    reference: str
    packet_id: str | None = None
    reason: Obstacle
    parts: tuple[str, ...] = ()
    told: dict[str, str] = {}
    received_at: Moment
    expires_at: Moment
    settled_at: Moment | None = None
    settled_by: str | None = None
    note: str | None = None

    @classmethod
    def waiting(cls, received: Received, reference: str, objection: Objection) -> Self:
        """The row of a message that was not applied. Its id sorts by when it came."""
        mark = sha256(f"{received.vendor}#{received.message_id}".encode()).hexdigest()[:16]
        return cls(
            id=f"msg_{compact(received.at)}_{mark}",
            vendor=received.vendor,
            name=received.message_id,
            type=received.type,
            reference=reference if _PLAIN.fullmatch(reference) else "",
            packet_id=received.packet_id,
            reason=objection.reason,
            parts=objection.parts,
            told=dict(objection.told),
            received_at=received.at,
            expires_at=received.at + KEPT_FOR,
        )

    def still(self, packet_id: str | None, objection: Objection) -> Self:
        """It still waits, for a reason that is known better now."""
        known = {"packet_id": packet_id, "reason": objection.reason, "parts": objection.parts}
        return self.model_copy(update={**known, "told": dict(objection.told)})

    def settle(self, status: MessageStatus, packet_id: str | None, by: str, note: str, at: datetime) -> Self:
        """Applied or set aside, by whom and why."""
        return self.model_copy(
            update={"status": status, "packet_id": packet_id, "settled_by": by, "note": note, "settled_at": at}
        )


class Heard(NamedTuple):
    """How a message is heard: when, which members were odd, and whether a person has accepted what it says."""

    at: datetime
    odd: tuple[str, ...] = ()
    accepted: bool = False


def name_of(text: str) -> str:
    """What a vendor calls something, as it may stand in a key: as it is if it is plain and short, else its hash."""
    return text if _PLAIN.fullmatch(text) else "sha256-" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def next_try(received_at: datetime, now: datetime) -> datetime:
    """When a message that was not understood is tried again: often at first, then once a day."""
    age = now - received_at
    for until, pause in ((timedelta(minutes=5), 1), (timedelta(hours=1), 10), (timedelta(days=1), 60)):
        if age < until:
            return now + timedelta(minutes=pause)
    return now + timedelta(days=1)
