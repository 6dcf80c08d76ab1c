"""Outward effects: what must happen outside the table because of a change, written in the same transaction.

An effect's id is derived from what it is for, never random, so the ledger holds each effect once (invariant I6).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from econtracting.domain.moment import Moment
from econtracting.domain.packet import Frozen


class EffectKind(StrEnum):
    MAIL = "mail"
    START_WORKFLOW = "start-workflow"
    WAKE_WORKFLOW = "wake-workflow"
    ORDER_CHECK = "order-check"
    SYNC_CHECK = "sync-check"
    FETCH_REPORT = "fetch-report"  # the copy that goes with a notice about it
    ORDER_APPOINTMENT = "order-appointment"
    FEED_PRODUCER = "feed-producer"
    PUBLISH = "publish"
    WATCH = "watch"  # a timer: rings when due, and may ask to ring again
    START_JIT = "start-jit"
    VERIFY_IDENTITY = "verify-identity"
    DROP_UPLOAD = "drop-upload"
    STAMP_SEALS = "stamp-seals"  # timestamps that could not be had when the packet was sealed


class Effect(Frozen):
    """A row of the outbox. `payload` holds references only; a secret to be mailed travels encrypted in `sealed`."""

    packet_id: str
    id: str
    kind: EffectKind
    payload: dict[str, Any] = {}
    sealed: dict[str, str] | None = None
    created_at: Moment
    due_at: Moment | None = None  # next time it may be tried; None once done
    attempts: int = 0
    done_at: Moment | None = None
    failure: str | None = None  # the class of the last failure, never its text

    @property
    def reference(self) -> str:
        """The stable id the outside sees: a mail's reference header, a vendor's idempotency key."""
        return f"{self.packet_id}.{self.id.replace('#', '.')}"


LEASE = timedelta(seconds=90)
BACKOFF_CEILING = timedelta(hours=1)


def retry_at(now: datetime, attempts: int, *, base: timedelta) -> datetime:
    """When to try again after `attempts` failures: doubling from `base`, one hour at most, for as long as it takes."""
    return now + min(base * 2 ** min(attempts - 1, 20), BACKOFF_CEILING)
