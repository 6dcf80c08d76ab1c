"""A circuit breaker: open after so many failures in a row, tried by one, closed by an answer."""

from datetime import timedelta

import pytest

from econtracting.domain.breaker import FORGOTTEN_AFTER, Breaker, BreakerRule, Vendor
from econtracting.domain.errors import VendorPaused
from tests.support.records import NOW

RULE = BreakerRule(failures=3, pause=timedelta(seconds=60))
CLOSED = Breaker(vendor=Vendor.MAIL)


def after_failures(count: int) -> Breaker:
    found = CLOSED
    for _ in range(count):
        found = found.failed(NOW, RULE)
    return found


def test_it_opens_after_so_many_failures_in_a_row_and_not_before() -> None:
    assert after_failures(2).entered(NOW, RULE) == after_failures(2)
    with pytest.raises(VendorPaused):
        after_failures(3).entered(NOW, RULE)


def test_an_answer_in_between_starts_the_count_anew() -> None:
    found = after_failures(2).answered().failed(NOW, RULE)
    assert (found.failures, found.opened_at) == (1, None)


def test_whoever_is_sent_away_is_told_when_to_come_back() -> None:
    with pytest.raises(VendorPaused) as refused:
        after_failures(3).entered(NOW + timedelta(seconds=20.5), RULE)
    assert refused.value.retry_after == 40


def test_after_the_pause_one_may_try_and_the_others_wait_another_one() -> None:
    later = NOW + RULE.pause
    probed = after_failures(3).entered(later, RULE)
    with pytest.raises(VendorPaused):
        probed.entered(later, RULE)


def test_a_probe_that_fails_keeps_it_open_since_the_beginning() -> None:
    later = NOW + RULE.pause
    found = after_failures(3).entered(later, RULE).failed(later, RULE)
    assert found.opened_at == NOW
    assert found.probe_at == later + RULE.pause


def test_a_probe_that_is_answered_closes_it() -> None:
    later = NOW + RULE.pause
    found = after_failures(3).entered(later, RULE).answered()
    assert (found.failures, found.opened_at, found.probe_at) == (0, None, None)
    assert found.entered(later, RULE) is found


def test_one_whose_probe_never_came_back_lets_the_next_one_try() -> None:
    later = NOW + RULE.pause
    lost = after_failures(3).entered(later, RULE)
    assert lost.entered(later + RULE.pause, RULE).changes == lost.changes + 1


def test_one_that_nobody_tried_for_long_says_nothing_about_today() -> None:
    found = after_failures(3)
    assert found.open_at(NOW)
    assert not found.open_at(NOW + RULE.pause + FORGOTTEN_AFTER)


def test_an_answer_of_a_vendor_that_serves_us_changes_nothing() -> None:
    assert CLOSED.answered() is CLOSED
