"""Keeps the cost of moto's DynamoDB independent of what else is in a table; what it answers stays the same (trap M13).

moto copies the whole table for every member of a transaction, in case it must be rolled back, and sorts the whole table
for every query. Here a transaction remembers only the items it names, and a query looks only at items of its key. For
every attribute of an answer moto tries all kinds that an attribute may have, under all names that they may go by; here
it is told the one. And an item is measured when it is whole, not again at each of its attributes.
"""

from __future__ import annotations

import copy
import inspect
import types
from collections import defaultdict
from typing import Any

import moto.dynamodb.models as models
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

_transact = models.DynamoDBBackend.transact_write_items
_query = Table.query
_structure = BaseJSONSerializer._serialize_type_structure
_new_item = Item.__init__
_QUERY = inspect.signature(_query)


def install() -> None:
    """May be called more than once."""
    models.copy = types.SimpleNamespace(deepcopy=_copy_of_anything_but_a_table)  # type: ignore[assignment]
    models.DynamoDBBackend.transact_write_items = _transaction  # type: ignore[method-assign]
    Table.query = _query_of_a_key  # type: ignore[method-assign]
    BaseJSONSerializer._serialize_type_structure = _structure_or_attribute  # type: ignore[method-assign]
    Item.__init__ = _item_measured_once  # type: ignore[method-assign]


def _copy_of_anything_but_a_table(value: Any) -> Any:
    return value if isinstance(value, Table) else copy.deepcopy(value)


def _transaction(self: Any, transact_items: list[dict[str, Any]]) -> None:
    named = [_named(self, operation) for member in transact_items for operation in member.values()]
    before = [(table, *key, copy.deepcopy(table.items.get(key[0], {}).get(key[1]))) for table, key in named if table]
    streams = {id(table): (table.stream_shard, len(table.stream_shard.items)) for table, *_ in before}
    try:
        _transact(self, transact_items)
    except Exception:
        for table, partition, name, item in before:
            if item is None:
                table.items[partition].pop(name, None)
            else:
                table.items[partition][name] = item
        for shard, length in streams.values():
            del shard.items[length:]
        raise


def _named(backend: Any, operation: dict[str, Any]) -> tuple[Any, tuple[Any, Any]]:
    """The table and key that a member of a transaction is about; no table where moto will refuse the member."""
    table = backend.tables.get(operation.get("TableName"))
    given = operation.get("Key", operation.get("Item", {}))
    names = (table.hash_key_attr, table.range_key_attr) if table else ()
    if table is None or any(name not in given for name in names):
        return None, (None, None)
    partition, name = (models.DynamoType(given[name]) for name in names)
    return table, (partition, name)


def _query_of_a_key(self: Any, *arguments: Any, **named: Any) -> Any:
    """The caller holds the lock of `tests.support.atomic`, so no one else sees the table while it is narrowed."""
    asked = _QUERY.bind(self, *arguments, **named).arguments
    everything, conditions = self.items, asked.get("hash_key_conditions")
    if self.range_key_attr is not None and asked.get("index_name") is None:
        self.items = {asked["hash_key"]: everything.get(asked["hash_key"], {})}
    elif self.range_key_attr is not None and conditions:
        self.items = defaultdict(dict)
        for partition, items in everything.items():
            for name, item in items.items():
                if all(attribute in item.attrs and item.attrs[attribute] == value for attribute, value in conditions):
                    self.items[partition][name] = item
    try:
        return _query(self, *arguments, **named)
    finally:
        self.items = everything


def _structure_or_attribute(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if shape.name == "AttributeValue" and key and type(value) is dict and len(value) == 1:
        serialized[self.get_serialized_name(shape, key)] = _attribute(self, value)
    else:
        _structure(self, serialized, value, shape, key)


def _attribute(serializer: Any, value: Any) -> dict[str, Any]:
    ((kind, held),) = value.items()
    match kind:
        case "M":
            told: Any = {name: _attribute(serializer, one) for name, one in held.items()}
        case "L":
            told = [_attribute(serializer, one) for one in held]
        case "SS" | "NS":
            told = [str(one) for one in held]
        case "BS":
            told = [serializer._base64(one) for one in held]
        case "S" | "N":
            told = str(held)
        case "B":
            told = serializer._base64(held)
        case _:
            told = held
    return {kind: told}


def _item_measured_once(self: Any, hash_key: Any, range_key: Any, attrs: dict[str, Any]) -> None:
    self.hash_key, self.range_key, self.attrs = hash_key, range_key, LimitedSizeDict()
    values = {name: DynamoType(value) for name, value in attrs.items()}
    if not values:
        return
    *others, last = values
    dict.update(self.attrs, {name: values[name] for name in others})
    self.attrs[last] = values[last]
