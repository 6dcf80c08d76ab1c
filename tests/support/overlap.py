"""A request that overlaps itself, as when a client's time-out sends it again while the first one is on its way."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.callers import Request
from econtracting.ports import Committed
from tests.support.journey import expect
from tests.support.world import World


class Overlap:
    """The second of two same calls asks for its first answer before the first one has ended, and decides afterward."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.numbers, self.early = world, iter(range(1000)), False
        answered = wiring.packets().answered

        def asked(request: Request | None) -> Committed | None:
            if request is not None and self.early:
                self.early = False
                return None
            return answered(request)

        monkeypatch.setattr(wiring.packets(), "answered", asked)

    def twice(self, method: str, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        """The one answer that both calls got."""
        headers = {**more.pop("headers", {}), "Idempotency-Key": f"overlap-{next(self.numbers)}"}
        first = expect(self.world.call(method, path, body, headers=headers, **more), status)
        self.early = True
        second = expect(self.world.call(method, path, body, headers=headers, **more), status)
        assert not self.early, f"{method} {path} does not ask for its first answer"
        assert self._told(second.json) == self._told(first.json), f"{method} {path}"
        return first.json

    def _told(self, answer: Any) -> Any:
        """Without the signature of an upload's form, which is made anew."""
        return {**answer, "upload": None} if "upload" in answer else answer
