"""Makes moto's DynamoDB as atomic as the real one: without this lock a concurrency test proves nothing (trap M12).

moto handles each call of a thread on its own and interleaves them freely; the real service does not.
"""

from __future__ import annotations

import threading
from typing import Any

from moto.dynamodb.responses import DynamoHandler

from tests.support import quick_tables

LOCK = threading.RLock()
_call = DynamoHandler.call_action


def _locked(self: Any) -> Any:
    with LOCK:
        return _call(self)


def install() -> None:
    DynamoHandler.call_action = _locked  # type: ignore[method-assign]
    quick_tables.install()
