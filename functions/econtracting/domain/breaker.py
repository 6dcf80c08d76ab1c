"""The circuit breaker of an outside system: after several failures in a row it is left alone, then tried by one.

Counted for all packets together, so that a vendor that is down is not called once for each of them. What waits
meanwhile is kept and goes on by itself.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from econtracting.domain.errors import VendorPaused
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record, StoredWord

# Whoever waits for an open breaker comes back by then; one that no one tried for longer says nothing about today.
FORGOTTEN_AFTER = timedelta(minutes=5)


class Vendor(StoredWord):
    """The systems that are called over the network, the mail service among them."""

    BACKGROUND_CHECK = "background-check"
    LICENSE_REGISTRY = "license-registry"
    APPOINTMENT_GATEWAY = "appointment-gateway"
    CERTIFICATION_SITE = "certification-site"
    MAIL = "mail"


class BreakerRule(NamedTuple):
    """Opens after `failures` in a row; every `pause` one request may try."""

    failures: int
    pause: timedelta


class Breaker(Record):
    """What is known of one vendor. `changes` counts the writes, so that none of two at once is lost."""

    vendor: Vendor
    failures: int = 0  # in a row
    opened_at: Moment | None = None
    probe_at: Moment | None = None  # while open: when the next request may try
    changes: int = 0

    def entered(self, now: datetime, rule: BreakerRule) -> Self:
        """The breaker once a request is let through. While it is open that is the one probe of this pause.

        Raises VendorPaused for everyone else.
        """
        if self.probe_at is None:
            return self
        if now < self.probe_at:
            raise VendorPaused(retry_after=max(1, math.ceil((self.probe_at - now).total_seconds())))
        return self._changed(probe_at=now + rule.pause)

    def failed(self, now: datetime, rule: BreakerRule) -> Self:
        failures = self.failures + 1
        if failures < rule.failures:
            return self._changed(failures=failures)
        return self._changed(failures=failures, opened_at=self.opened_at or now, probe_at=now + rule.pause)

    def answered(self) -> Self:
        """The vendor serves us: closed, whoever it was that heard from it."""
        if self.failures == 0 and self.opened_at is None:
            return self
        return self._changed(failures=0, opened_at=None, probe_at=None)

    def open_at(self, now: datetime) -> bool:
        return self.probe_at is not None and now < self.probe_at + FORGOTTEN_AFTER

    def _changed(self, **update: object) -> Self:
        return self.model_copy(update={**update, "changes": self.changes + 1})
