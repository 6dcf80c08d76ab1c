"""Answers that leave at the same time, so that their delay tells no one what happened inside."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

# Longer than a log-in that fails for a known link takes in a warm function, its audit event included.
FLOOR_SECONDS = 0.4


class EvenPace:
    def __init__(self, floor: float = FLOOR_SECONDS) -> None:
        self._floor = floor

    @contextmanager
    def answers(self) -> Iterator[None]:
        """What happens inside takes at least the floor, however it ends."""
        started = time.monotonic()
        try:
            yield
        finally:
            self._rest(started)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """As `answers`, but a success may leave at once."""
        started = time.monotonic()
        try:
            yield
        except Exception:
            self._rest(started)
            raise

    def _rest(self, started: float) -> None:
        time.sleep(max(0.0, started + self._floor - time.monotonic()))
