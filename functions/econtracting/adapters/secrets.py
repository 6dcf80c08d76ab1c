"""Secrets as they stand now: kept for a few minutes, and read again when one does not fit.

A secret may hold several values, separated by spaces, while it is changed: every one is taken from outside, and the
first is what we show ourselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from econtracting import ports
from econtracting.adapters.failures import translated
from econtracting.domain.errors import BadSignature, Unavailable
from econtracting.domain.screening.background import ScreeningNews

# member -> the name it had before; a secret whose rotation was written by the release before is read under it. To be
# removed one release after 2026-11.
FORMERLY = {"license_registry_key": "licence_registry_key"}

LIFE = timedelta(minutes=5)  # a value that was taken away counts no longer than this
PAUSE = timedelta(seconds=10)  # between two readings, however many signatures do not fit
OUTAGE = timedelta(hours=1)  # how long the last known values stand while the store does not answer


@translated
def read_secrets(client: Any, secret_id: str) -> dict[str, str]:
    """The vendors' credentials, one JSON secret."""
    secrets: dict[str, str] = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
    for name, old in FORMERLY.items():
        if name not in secrets and old in secrets:
            secrets[name] = secrets[old]
    return secrets


EDGE = "edge"  # the one member of what the distribution shows


@translated
def read_edge_secret(client: Any, secret_id: str) -> dict[str, str]:
    """What the distribution shows, and what it showed before the last change: it takes minutes to reach everywhere.

    The version before counts until its stage is taken away (docs/runbooks/rotation.md).
    """
    known = [client.get_secret_value(SecretId=secret_id)["SecretString"]]
    with suppress(client.exceptions.ResourceNotFoundException):
        known.append(client.get_secret_value(SecretId=secret_id, VersionStage="AWSPREVIOUS")["SecretString"])
    return {EDGE: " ".join(known)}


class _Reading(NamedTuple):
    values: Mapping[str, str]
    at: datetime


class Secrets:
    """Named secrets. Everything raises Unavailable if they were never read, or not for long, and cannot be read now."""

    def __init__(self, read: Callable[[], Mapping[str, str]], clock: ports.Clock) -> None:
        self._read, self._clock = read, clock
        self._last: _Reading | None = None
        self._asked_at: datetime | None = None  # although they were fresh
        self._failed_at: datetime | None = None
        self._lock = Lock()

    def __getitem__(self, name: str) -> str:
        return self._now()[name]

    def active(self, name: str) -> list[str]:
        """Every value that is taken."""
        return self[name].split()

    def ours(self, name: str) -> str:
        """The value we show ourselves."""
        return self.active(name)[0]

    def verified[T](self, name: str, check: Callable[[Sequence[str]], T]) -> T:
        """What `check` makes of the active values; where none fits they are read again, and checked once more.

        Raises BadSignature, as `check` does.
        """
        known = self.active(name)
        try:
            return check(known)
        except BadSignature:
            fresh = self.reread().get(name, "").split()
            if fresh == known:
                raise
        return check(fresh)

    def reread(self) -> Mapping[str, str]:
        """The values as they stand now. Whoever sends nonsense causes one reading in `PAUSE` and no more."""
        return self._now(although_fresh=True)

    def _now(self, *, although_fresh: bool = False) -> Mapping[str, str]:
        with self._lock:
            now, last = self._clock.now(), self._last
            fresh = last is not None and now - last.at < LIFE
            before = self._asked_at if fresh else self._failed_at
            if (although_fresh or not fresh) and (before is None or now - before >= PAUSE):
                self._asked_at = now if fresh else self._asked_at
                last = self._read_at(now)
            if last is None or now - last.at >= LIFE + OUTAGE:
                raise Unavailable("the secrets cannot be read")
            return last.values

    def _read_at(self, now: datetime) -> _Reading | None:
        try:
            self._last, self._failed_at = _Reading(self._read(), now), None
        except Unavailable:
            self._failed_at = now
        return self._last


@dataclass(frozen=True)
class Credential:
    """What we show an outside system. `reread` reads it again, for one that was refused."""

    now: Callable[[], str]
    reread: Callable[[], str]

    @classmethod
    def fixed(cls, key: str) -> Credential:
        return cls(lambda: key, lambda: key)

    @classmethod
    def of(cls, secrets: Secrets, name: str) -> Credential:
        return cls(lambda: secrets.ours(name), lambda: secrets.reread()[name].split()[0])


@dataclass(frozen=True)
class RotatingMessages:
    """A screening company's webhooks, read with the keys that are active when one comes."""

    secrets: Secrets
    name: str
    reading_with: Callable[[Sequence[str]], ports.ScreeningMessages]

    def verify(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> None:
        self.secrets.verified(self.name, lambda keys: self.reading_with(keys).verify(raw, headers, now))

    def read(self, raw: bytes) -> ScreeningNews | None:
        return self.reading_with(()).read(raw)
