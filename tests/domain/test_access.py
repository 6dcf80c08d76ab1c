"""Sessions end, links lapse, and guessing slows down."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from econtracting.domain.access.access import (
    ABSOLUTE,
    IDLE,
    LOGIN_RULE,
    Session,
    Tries,
    admits,
    fingerprint,
    is_live,
    lapsed,
)
from econtracting.domain.errors import TooManyAttempts
from econtracting.domain.packet import Status
from tests.domain.test_passwords import packet
from tests.support.world import START

SECOND = timedelta(seconds=1)


def session(**changes: Any) -> Session:
    return Session(
        fingerprint="f",
        packet_id="pkt_1",
        created_at=START,
        last_seen_at=START,
        ends_at=START + ABSOLUTE,
        must_change_password=False,
    ).model_copy(update=changes)


def attempts(times: list[int]) -> list[int | str]:
    """Begin a try at each second given; the seconds to wait where one was refused."""
    before: Tries | None = None
    outcomes: list[int | str] = []
    for second in times:
        try:
            before = LOGIN_RULE.next("name", before, START + second * SECOND)
            outcomes.append(before.count)
        except TooManyAttempts as refusal:
            outcomes.append(f"wait {refusal.retry_after}")
    return outcomes


def test_three_tries_need_no_pause() -> None:
    assert attempts([0, 0, 0]) == [1, 2, 3]


def test_the_fourth_try_waits_and_each_pause_doubles() -> None:
    assert attempts([0, 0, 0, 0, 1, 2, 3, 4, 7]) == [1, 2, 3, "wait 1", 4, "wait 1", 5, "wait 3", 6]


def test_after_ten_tries_the_rest_of_the_window_is_closed() -> None:
    times = [0, 0, 0, 1, 3, 7, 15, 31, 63, 127]
    assert attempts([*times, 128])[-2:] == [10, f"wait {900 - 128}"]


def test_the_window_ends_and_the_count_begins_anew() -> None:
    times = [0, 0, 0, 1, 3, 7, 15, 31, 63, 127]
    assert attempts([*times, 899, 900])[-2:] == ["wait 1", 1]


def test_a_pause_never_outlives_its_window() -> None:
    late = Tries(name="n", count=9, blocked_until=START, ends_at=START + 10 * SECOND)
    assert LOGIN_RULE.next("n", late, START).blocked_until == START + 10 * SECOND


@pytest.mark.parametrize(
    ("now", "live"),
    [
        (START + IDLE - SECOND, True),
        (START + IDLE, False),
    ],
)
def test_an_idle_session_ends(now: datetime, live: bool) -> None:
    assert is_live(session(), now) is live


def test_a_busy_session_ends_at_its_absolute_end() -> None:
    busy = session(last_seen_at=START + ABSOLUTE - SECOND)
    assert is_live(busy, START + ABSOLUTE - SECOND)
    assert not is_live(busy, START + ABSOLUTE)


@pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED])
def test_a_closed_packet_admits_nobody(status: Status) -> None:
    assert not admits(packet().having(status=status, expires_at=START + ABSOLUTE), START)


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.REJECTED, Status.BACKGROUND_CHECK])
def test_a_submitted_packet_admits_its_agent_whenever(status: Status) -> None:
    assert admits(packet().having(status=status), START + 400 * ABSOLUTE)


def test_an_invitation_lapses_by_the_clock_whether_or_not_anybody_recorded_it() -> None:
    invited = packet().having(expires_at=START + SECOND)
    assert not lapsed(invited, START)
    assert lapsed(invited, START + SECOND)
    assert not admits(invited, START + SECOND)


def test_a_secret_is_stored_as_its_sha256() -> None:
    assert fingerprint("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
