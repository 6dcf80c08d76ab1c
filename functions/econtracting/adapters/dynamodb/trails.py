"""The audit trails of all packets: who there is by the index by status, where each trail stands by the table itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from econtracting.adapters.dynamodb import heads, indexes, items, keys
from econtracting.adapters.failures import translated
from econtracting.domain.packet import Status
from econtracting.ports import Trail


class DynamoTrails:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def standing(self, shard: int, also: Iterable[str]) -> list[Trail]:
        """A packet that moves back to an earlier status while the index is read is found as one known before."""
        known = set(also)
        for status in Status:
            known.update(self._packets(keys.status_shard(status.value, shard)))
        found = heads.stored(self._client, self._table, known, only="PK, event_count, event_head")
        return sorted(
            Trail(keys.packet_id_of(one["PK"]), one["event_count"], one["event_head"])
            for one in map(items.plain, found)
        )

    def _packets(self, partition: str) -> Iterator[str]:
        query: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "status_pk = :pk",
            "ExpressionAttributeValues": items.attributes({":pk": partition}),
            "ProjectionExpression": "PK",
        }
        while True:
            page = self._query(query)
            yield from (keys.packet_id_of(one["PK"]["S"]) for one in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    @translated
    def _query(self, query: dict[str, Any]) -> dict[str, Any]:
        return indexes.query(self._client, indexes.BY_STATUS, query)
