"""How hard the suites try: examples looked at, points at which acts are interrupted, threads that race.

Each run prints them, and scripts/test adds them up over its processes.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from hypothesis.internal.conjecture.engine import ConjectureRunner

from tests.support.interruptions import Interruptions

KINDS = ("properties", "examples allowed", "examples tried", "sweep points", "races", "racing threads")
_counted: Counter[str] = Counter()


def install() -> None:
    look, armed, gather = ConjectureRunner.run, Interruptions.armed, threading.Barrier.__init__

    def looked(self: Any) -> None:
        try:
            look(self)
        finally:
            _counted["properties"] += 1
            _counted["examples allowed"] += self.settings.max_examples
            _counted["examples tried"] += self.call_count

    def struck(self: Any, kind: Any = None, at: int = 0) -> Any:
        _counted["sweep points"] += kind is not None
        return armed(self, kind, at)

    def gathered(self: Any, parties: int, *arguments: Any, **named: Any) -> None:
        """Threads that race wait for each other first; nothing else has a barrier."""
        _counted["races"] += 1
        _counted["racing threads"] += parties
        gather(self, parties, *arguments, **named)

    ConjectureRunner.run = looked  # type: ignore[method-assign]
    Interruptions.armed = struck  # type: ignore[method-assign]
    threading.Barrier.__init__ = gathered  # type: ignore[method-assign]


def told() -> str:
    return "effort: " + ", ".join(f"{_counted[kind]} {kind}" for kind in KINDS)
