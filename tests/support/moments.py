"""The whole world as it stands at one moment, to be gone back to: table, objects, executions, vendors, browser, clock.

The stages of a road go back through AWS's own calls; this reaches into moto, because a sweep goes back thousands of
times.
"""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.stepfunctions.models import stepfunctions_backends

from tests.support.world import REGION, World

TABLE = "econtracting"
BUCKETS = ("documents", "uploads")
VENDORS = ("screening", "registry", "gateway", "site", "post")


@dataclass(frozen=True)
class Moment:
    items: Any
    objects: dict[str, dict[str, list[tuple[Any, bytes]]]]
    executions: list[tuple[Any, list[tuple[Any, str]]]]
    outside: dict[str, dict[str, Any]]
    cookie: str | None
    at: datetime
    kept: dict[str, Any]


def now(world: World, kept: dict[str, Any]) -> Moment:
    """`kept` is what the callers remember between their steps."""
    return Moment(
        items=deepcopy(_table().items),
        objects={
            name: {key: [(one, one.value) for one in _keys(name).getlist(key)] for key in dict(_keys(name))}
            for name in BUCKETS
        },
        executions=[(one, [(run, run.status) for run in one.executions]) for one in _machines()],
        outside={name: deepcopy(vars(getattr(world.outside, name))) for name in VENDORS},
        cookie=world.cookie,
        at=world.clock.at,
        kept=deepcopy(kept),
    )


def back(world: World, moment: Moment, kept: dict[str, Any]) -> None:
    table = _table()
    table.items = deepcopy(moment.items)
    table.stream_shard.items = []
    for name, saved in moment.objects.items():
        keys = _keys(name)
        dict.clear(keys)
        for key, versions in saved.items():
            for one, content in versions:
                if one.disposed:  # deleted meanwhile
                    one.disposed = False
                    one._value_buffer = type(one._value_buffer)()
                    one.value = content
            dict.__setitem__(keys, key, [one for one, _ in versions])
    for machine, runs in moment.executions:
        machine.executions = [run for run, _ in runs]
        for run, status in runs:
            run.status = status
    for name, saved_vendor in moment.outside.items():
        vars(getattr(world.outside, name)).update(deepcopy(saved_vendor))
    world.cookie, world.clock.at = moment.cookie, moment.at
    kept.clear()
    kept.update(deepcopy(moment.kept))


def stream_records() -> list[dict[str, Any]]:
    """What the table's stream holds since the world last went back, as moto emits it (trap M11)."""
    return [one.to_json() for one in _table().stream_shard.items]


def items() -> list[dict[str, Any]]:
    """Every item of the table, in DynamoDB's JSON."""
    rows: defaultdict[Any, Any] = _table().items
    return [one.to_json()["Attributes"] for group in rows.values() for one in group.values()]


def objects() -> list[str]:
    return [f"{name}/{key}" for name in BUCKETS for key in dict(_keys(name))]


def executions() -> list[str]:
    return [run.name for machine in _machines() for run in machine.executions]


def _table() -> Any:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE]


def _keys(bucket: str) -> Any:
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket].keys


def _machines() -> list[Any]:
    return list(stepfunctions_backends[DEFAULT_ACCOUNT_ID][REGION].state_machines)


def size(item: dict[str, Any]) -> int:
    """As DynamoDB counts: names and values in UTF-8; what holds others costs three bytes and one for each."""

    def value(typed: dict[str, Any]) -> int:
        ((kind, held),) = typed.items()
        if kind == "M":
            return 3 + sum(len(name.encode()) + 1 + value(one) for name, one in held.items())
        if kind == "L":
            return 3 + sum(1 + value(one) for one in held)
        return len(held.encode()) if isinstance(held, str) else 1

    return sum(len(name.encode()) + value(one) for name, one in item.items())
