"""Makes moto's DynamoDB as atomic as the real one: without this lock a concurrency test proves nothing (trap M12).

moto handles each call of a thread on its own and interleaves them freely; the real service does not. Before a
transaction it also copies the whole table, stream and all, and the more a test has done the longer that takes (M13):
what a transaction of puts and deletes can change is copied here instead.
"""

from __future__ import annotations

import copy
import threading
from collections import defaultdict
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

_lock = threading.RLock()
_call = DynamoHandler.call_action
_transact = DynamoDBBackend.transact_write_items


def _locked(self: Any) -> Any:
    with _lock:
        return _call(self)


def _lightly(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    if any("Update" in member for member in transact_items):  # changes an item where it lies
        return _transact(self, transact_items)
    with _lock:
        Table.__deepcopy__ = _as_it_stands  # type: ignore[attr-defined]
        try:
            return _transact(self, transact_items)
        finally:
            del Table.__deepcopy__  # type: ignore[attr-defined]


def _as_it_stands(table: Table, _: Any) -> Table:
    """The table to go back to: the same items, but its own lists of them."""
    twin = copy.copy(table)
    twin.items = defaultdict(dict, {key: dict(group) for key, group in table.items.items()})  # type: ignore[arg-type]
    if table.stream_shard is not None:
        twin.stream_shard = copy.copy(table.stream_shard)
        twin.stream_shard.table = twin
        twin.stream_shard.items = list(table.stream_shard.items)
    return twin


def install() -> None:
    DynamoHandler.call_action = _locked  # type: ignore[method-assign]
    DynamoDBBackend.transact_write_items = _lightly  # type: ignore[method-assign]
