"""The table's stream at work in process: what a transaction left in the outbox is relayed record by record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from tests.support import atomic
from tests.support.world import REGION, Context, World

ACCOUNT = "123456789012"
TABLE = "econtracting"


class Stream:
    """Stands in for the event source: new outbox rows, in order, as template.yaml's filter lets them through."""

    def __init__(self, relayed: Callable[[dict[str, Any]], Any]) -> None:
        self._relayed = relayed

    def deliver(self) -> int:
        """Hand over what came in since the last time; returns how many records that were."""
        with atomic.LOCK:
            shard = dynamodb_backends[ACCOUNT][REGION].tables[TABLE].stream_shard
            found, shard.items = shard.items, []
        records = [one for one in (item.to_json() for item in found) if _passes(one)]
        for record in records:
            failed = self._relayed({"Records": [record]})["batchItemFailures"]
            assert not failed, record
        return len(records)


def attach(world: World, invoke: Callable[[dict[str, Any], Any], Any] | None = None) -> Stream:
    """Let the world settle by its stream instead of by sweeping the table for what is due."""
    from process import relay

    handler = invoke or relay.on_stream
    stream = Stream(lambda event: handler(event, Context()))
    world.relayed = stream.deliver
    return stream


def _passes(record: dict[str, Any]) -> bool:
    return record["eventName"] == "INSERT" and record["dynamodb"]["Keys"]["SK"]["S"].startswith("OUTBOX#")
