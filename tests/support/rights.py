"""Notes what every function was seen to ask of AWS while tests ran, for tools/rights.py to judge afterward."""

from __future__ import annotations

import functools
import importlib
import json
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

from tests.support import deployed
from tools.rights import Rights, needed


class Observer:
    """Notes every AWS call under the function whose handler is running in this thread, and which tests ran."""

    def __init__(self) -> None:
        self.seen: Rights = defaultdict(set)
        self.collected: set[str] = set()
        self.ran: set[str] = set()
        self.failed: set[str] = set()
        self._running = threading.local()

    def install(self) -> None:
        for name, function in deployed.functions().items():
            module_name, _, attribute = function["Handler"].rpartition(".")
            module = importlib.import_module(module_name)
            setattr(module, attribute, self._noting(name, getattr(module, attribute)))
        make_call = BaseClient._make_api_call

        def noted(client: Any, operation: str, parameters: Any) -> Any:
            if name := getattr(self._running, "name", None):
                self.seen[name] |= set(needed(client.meta.service_model.service_name, operation, parameters))
            return make_call(client, operation, parameters)

        BaseClient._make_api_call = noted

    def will_run(self, tests: Iterable[str]) -> None:
        self.collected.update(tests)

    def write(self, folder: Path, process: object = None) -> None:
        """One file for each process; those that run side by side do not meet."""
        folder.mkdir(parents=True, exist_ok=True)
        noted = {
            "seen": {name: sorted(actions) for name, actions in self.seen.items()},
            "collected": sorted(self.collected),
            "ran": sorted(self.ran),
            "failed": sorted(self.failed),
        }
        (folder / f"{process or os.getpid()}.json").write_text(json.dumps(noted))

    def _noting(self, name: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(handler)
        def run(*arguments: Any) -> Any:
            before = getattr(self._running, "name", None)
            self._running.name = name
            try:
                return handler(*arguments)
            finally:
                self._running.name = before

        return run
