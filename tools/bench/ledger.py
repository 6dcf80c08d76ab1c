"""What a journey asked of AWS, by stage and by function."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from tools.bench import units


class Written(Protocol):
    """Told of each write: kind of item, and its images before and after."""

    def __call__(self, kind: str, old: units.Item | None, new: units.Item | None, *, transaction: bool) -> None: ...


class Ledger:
    """Counts calls and units that functions ask of the SDK clients of a session, and the functions' invocations.

    Stored items are looked at in the emulator before and after each write, because no answer tells an item's size.
    """

    def __init__(self, tables: Callable[[], Mapping[str, Any]]) -> None:
        self.stage = "set-up"
        self.calls: dict[str, Counter[str]] = defaultdict(Counter)
        self.units: dict[str, Counter[str]] = defaultdict(Counter)
        self.invocations: dict[str, Counter[str]] = defaultdict(Counter)
        self.indexes: dict[str, Counter[str]] = defaultdict(Counter)
        self.calls_of: Counter[str] = Counter()
        self.writes: list[Written] = []  # who else wants to know of each write
        self._tables = tables
        self._here = threading.local()
        self._counting = threading.Lock()

    def watch(self, session: Any) -> None:
        """Count everything that clients made from this session are going to do."""
        session.events.register("provide-client-params.*.*", self._before)
        session.events.register("after-call.*.*", self._after)

    @contextmanager
    def running(self, function: str) -> Iterator[None]:
        """Calls made in here belong to a Lambda function that was invoked."""
        outer = getattr(self._here, "function", None)
        self._here.function = function
        with self._counting:
            self.invocations[self.stage][function] += 1
        try:
            yield
        finally:
            self._here.function = outer

    def add(self, unit: str, count: float) -> None:
        with self._counting:
            self.units[self.stage][unit] += count  # type: ignore[assignment]

    def _before(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._here.params = params
        self._here.images = [self._image(*key) for key in _written(model.name, params)]

    def _after(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        params, before = self._here.params, self._here.images
        function = getattr(self._here, "function", None)
        if function is None:
            return  # the measurement's own question
        service = model.service_model.service_name
        with self._counting:
            self.calls[self.stage][f"{service}:{model.name}"] += 1
            self.calls_of[function] += 1
        if service == "dynamodb":
            self._dynamodb(model.name, params, parsed, before)
            return
        for unit, count in units.OTHERS[service, model.name].items():
            self.add(unit, len(params["Entries"]) if unit == "event" else count)

    def _dynamodb(self, operation: str, params: Any, parsed: Any, before: list[Any]) -> None:
        match operation:
            case "GetItem":
                item = parsed.get("Item", {})
                self.add("read unit", units.read_units([item], consistent=params.get("ConsistentRead", False)))
            case "Query":
                consistent = params.get("ConsistentRead", False)
                self.add("read unit", units.read_units(parsed.get("Items", ()), consistent=consistent))
            case "BatchGetItem":
                for table, found in parsed["Responses"].items():
                    consistent = params["RequestItems"][table].get("ConsistentRead", False)
                    self.add("read unit", sum(units.read_units([item], consistent=consistent) for item in found))
            case "TransactGetItems":
                found = [one.get("Item", {}) for one in parsed.get("Responses", ())]
                self.add("read unit", sum(2 * units.read_units([item], consistent=True) for item in found))
            case "PutItem" | "UpdateItem" | "DeleteItem" | "TransactWriteItems":
                transaction = operation == "TransactWriteItems"
                for key, old in zip(_written(operation, params), before, strict=True):
                    new = self._image(*key)
                    for written in self.writes:
                        written(key[1]["SK"]["S"].partition("#")[0], old, new, transaction=transaction)
                    self.add("write unit", units.write_units(old, new, transaction=transaction))
                    for index in self._indexes(key[0]):
                        entries = units.index_units(index, old, new)
                        self.add("write unit", entries)
                        self.indexes[self.stage][index.name] += entries  # type: ignore[assignment]
            case _:
                raise LookupError(f"no units are known for {operation}")

    def _image(self, table: str, key: Mapping[str, Any]) -> Any:
        stored = self._tables()[table].get_item(*(_typed(key[name]) for name in ("PK", "SK")))
        return None if stored is None else stored.to_json()["Attributes"]

    def _indexes(self, table: str) -> list[units.Index]:
        return [
            units.Index.of({"IndexName": one.name, "KeySchema": one.schema, "Projection": one.projection})
            for one in self._tables()[table].global_indexes
        ]


def _written(operation: str, params: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Table and key of each item a call writes or holds to a condition."""
    if operation == "TransactWriteItems":
        members = [one for member in params["TransactItems"] for one in member.values()]
    elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
        members = [params]
    else:
        return []
    return [(one["TableName"], one.get("Key") or one["Item"]) for one in members]


def _typed(value: Any) -> Any:
    from moto.dynamodb.models.dynamo_type import DynamoType

    return DynamoType(value)
