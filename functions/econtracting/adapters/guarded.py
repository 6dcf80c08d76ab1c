"""A vendor's port behind its circuit breaker: each call asks it first, and each outcome counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from econtracting import ports
from econtracting.domain.breaker import BreakerRule, Vendor
from econtracting.domain.errors import Unavailable


class Guarded:
    """Stands for any port of a vendor: the same calls, none of them while the vendor is left alone.

    Adapters tell every outage as Unavailable, so whatever else comes of a call is an answer. Raises VendorPaused.
    """

    def __init__(
        self, port: Any, vendor: Vendor, breakers: ports.Breakers, rule: BreakerRule, clock: ports.Clock
    ) -> None:
        self._port, self._vendor, self._breakers, self._rule, self._clock = port, vendor, breakers, rule, clock

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._port, name)

        @wraps(call)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            before = self._breakers.change(self._vendor, lambda one: one.entered(self._clock.now(), self._rule))
            try:
                answer = call(*args, **kwargs)
            except Unavailable:
                self._breakers.change(self._vendor, lambda one: one.failed(self._clock.now(), self._rule))
                raise
            except Exception:
                self._closed(before.failures)
                raise
            self._closed(before.failures)
            return answer

        return guarded

    def _closed(self, failures: int) -> None:
        """Nothing is written for a vendor that served before as well."""
        if failures:
            self._breakers.change(self._vendor, lambda one: one.answered())
