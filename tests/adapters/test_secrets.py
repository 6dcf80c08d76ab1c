"""Secrets in a process that runs on: kept for minutes, read again when one does not fit, never read by a flood."""

from __future__ import annotations

from datetime import timedelta

import pytest

from econtracting.adapters.secrets import LIFE, OUTAGE, PAUSE, Credential, Secrets
from econtracting.domain.errors import BadSignature, Unavailable
from tests.support.records import NOW

pytestmark = pytest.mark.law("T15")


class At:
    def __init__(self) -> None:
        self.at = NOW

    def now(self):
        return self.at


class Store:
    def __init__(self, value: str) -> None:
        self.value: str | None = value
        self.readings = 0

    def read(self) -> dict[str, str]:
        self.readings += 1
        if self.value is None:
            raise Unavailable
        return {"key": self.value}


def opened(value: str = "old") -> tuple[Secrets, Store, At]:
    store, clock = Store(value), At()
    return Secrets(store.read, clock), store, clock


def fits(shown: str):
    def check(known):
        if shown not in known:
            raise BadSignature
        return shown

    return check


def taken(secrets: Secrets, shown: str) -> bool:
    try:
        return secrets.verified("key", fits(shown)) == shown
    except BadSignature:
        return False


def test_a_secret_is_read_once_in_five_minutes() -> None:
    secrets, store, clock = opened()
    for _ in range(10):
        assert taken(secrets, "old")
        clock.at += timedelta(seconds=29)
    assert store.readings == 1


def test_a_new_secret_fits_at_once() -> None:
    secrets, store, _ = opened()
    assert taken(secrets, "old")
    store.value = "new"
    assert taken(secrets, "new")


def test_the_old_secret_is_refused_once_the_cache_is_over() -> None:
    secrets, store, clock = opened()
    assert taken(secrets, "old")
    store.value = "new"
    clock.at += LIFE
    assert not taken(secrets, "old")


def test_a_flood_of_what_does_not_fit_reads_once_in_a_pause() -> None:
    secrets, store, clock = opened()
    for _ in range(100):
        assert not taken(secrets, "guessed")
    assert store.readings == 2
    clock.at += PAUSE
    assert not taken(secrets, "guessed")
    assert store.readings == 3


def test_the_last_known_values_stand_for_a_while_without_the_store_and_no_longer() -> None:
    secrets, store, clock = opened()
    assert taken(secrets, "old")
    store.value = None
    clock.at += LIFE + OUTAGE - timedelta(seconds=1)
    assert taken(secrets, "old")
    clock.at += timedelta(seconds=1)
    with pytest.raises(Unavailable):
        secrets.active("key")


def test_a_store_that_does_not_answer_is_asked_once_in_a_pause() -> None:
    secrets, store, clock = opened()
    assert taken(secrets, "old")
    store.value = None
    clock.at += LIFE
    for _ in range(50):
        assert taken(secrets, "old")
    assert store.readings == 2


def test_the_first_of_several_values_is_the_one_that_is_shown() -> None:
    secrets, _, _ = opened("new old")
    assert secrets.ours("key") == "new"
    assert secrets.active("key") == ["new", "old"]


def test_what_was_refused_elsewhere_is_read_again() -> None:
    secrets, store, _ = opened()
    key = Credential.of(secrets, "key")
    assert key.now() == "old"
    store.value = "new old"
    assert key.now() == "old"
    assert key.reread() == "new"
