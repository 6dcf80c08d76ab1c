"""Breakers in the table: no failure is lost in a race, one probe gets through, and a healthy vendor costs no write."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from econtracting.adapters.dynamodb.breakers import DynamoBreakers
from econtracting.adapters.guarded import Guarded
from econtracting.domain.breaker import Breaker, BreakerRule, Vendor
from econtracting.domain.errors import InvalidRequest, Unavailable, VendorPaused
from tests.adapters.conftest import TABLE, Store
from tests.support.racing import together
from tests.support.records import NOW

RULE = BreakerRule(failures=5, pause=timedelta(seconds=60))
SITE = Vendor.CERTIFICATION_SITE


class Site:
    """A vendor with one call; what comes of it is chosen."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.calls = 0

    def feed(self, number: int, *, key: str) -> str:
        self.calls += 1
        if self.error is not None:
            raise self.error
        return f"{number} {key}"


class At:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


class Behind:
    """A site behind its breaker."""

    def __init__(self, store: Store) -> None:
        self.site, self.clock, self.breakers = Site(), At(), DynamoBreakers(store.client, TABLE)
        self._port: Any = Guarded(self.site, SITE, self.breakers, RULE, self.clock)

    def call(self, number: int = 1) -> str:
        found: str = self._port.feed(number, key="k")
        return found

    def fail(self, times: int) -> None:
        self.site.error = Unavailable()
        for _ in range(times):
            with pytest.raises(Unavailable):
                self.call()

    def breaker(self) -> Breaker:
        return self.breakers.look(SITE)


@pytest.fixture
def behind(store: Store) -> Behind:
    return Behind(store)


def test_a_call_goes_through_as_it_is_and_a_healthy_vendor_is_not_written_down(behind: Behind, store: Store) -> None:
    assert behind.call(7) == "7 k"
    assert store.items() == []


@pytest.mark.failure("R22")
def test_after_five_failures_the_vendor_is_not_called_any_more(behind: Behind) -> None:
    behind.fail(5)
    with pytest.raises(VendorPaused):
        behind.call()
    assert behind.site.calls == 5


def test_a_probe_that_is_answered_lets_everybody_through(behind: Behind) -> None:
    behind.fail(5)
    behind.site.error, behind.clock.at = None, NOW + RULE.pause
    assert behind.call() == "1 k"
    assert behind.call() == "1 k"
    assert behind.breaker().failures == 0


def test_a_probe_that_fails_keeps_everybody_away_for_another_pause(behind: Behind) -> None:
    behind.fail(5)
    behind.clock.at = NOW + RULE.pause
    behind.fail(1)
    with pytest.raises(VendorPaused) as refused:
        behind.call()
    assert refused.value.retry_after == 60
    assert behind.site.calls == 6


def test_a_vendor_that_refuses_has_answered(behind: Behind) -> None:
    behind.fail(4)
    behind.site.error = InvalidRequest("refused")
    with pytest.raises(InvalidRequest):
        behind.call()
    assert behind.breaker().failures == 0


def test_failures_at_the_same_moment_are_all_counted(behind: Behind) -> None:
    outcomes = together(8, lambda _: behind.breakers.change(SITE, lambda one: one.failed(NOW, RULE)))
    assert all(isinstance(one, Breaker) for one in outcomes), outcomes
    assert behind.breaker().failures == 8
    assert behind.breaker().opened_at == NOW


@pytest.mark.failure("R22")
def test_of_many_at_the_same_moment_one_probe_gets_through(behind: Behind) -> None:
    behind.fail(5)
    behind.site.error, behind.clock.at = None, NOW + RULE.pause
    behind.site.calls = 0
    outcomes = together(8, lambda _: _entered(behind))
    assert sum(outcomes) == 1
    assert behind.breaker().probe_at == NOW + 2 * RULE.pause


def _entered(behind: Behind) -> bool:
    try:
        behind.breakers.change(SITE, lambda one: one.entered(behind.clock.now(), RULE))
    except VendorPaused:
        return False
    return True
