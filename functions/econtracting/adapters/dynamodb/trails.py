"""The audit trails of all packets: who there is by the index by status, where each trail stands by the table itself."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator
from typing import Any

from econtracting.adapters.dynamodb import items, keys
from econtracting.adapters.failures import translated
from econtracting.domain.errors import Unavailable
from econtracting.domain.packet import Status
from econtracting.ports import Trail

BATCH = 100  # of BatchGetItem
ROUNDS, FIRST_PAUSE, LONGEST_PAUSE = 10, 0.05, 2.0  # seconds, for what the table did not answer at once


class DynamoTrails:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def standing(self, shard: int, also: Iterable[str]) -> list[Trail]:
        """A packet that moves back to an earlier status while the index is read is found as one known before."""
        known = {keys.of_packet(one) for one in also}
        for status in Status:
            known.update(self._packets(keys.status_shard(status.value, shard)))
        ordered = sorted(known)
        batches = (ordered[at : at + BATCH] for at in range(0, len(ordered), BATCH))
        found = [trail for batch in batches for trail in self._trails(batch)]
        return sorted(found)

    def _packets(self, partition: str) -> Iterator[str]:
        query: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "by_status",
            "KeyConditionExpression": "status_pk = :pk",
            "ExpressionAttributeValues": items.attributes({":pk": partition}),
            "ProjectionExpression": "PK",
        }
        while True:
            page = self._query(query)
            yield from (one["PK"]["S"] for one in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _trails(self, partitions: list[str]) -> list[Trail]:
        found: list[Trail] = []
        asked = [items.attributes({"PK": one, "SK": "PACKET"}) for one in partitions]
        for round_ in range(ROUNDS):
            answer = self._get(asked)
            for stored in map(items.plain, answer["Responses"].get(self._table, ())):
                packet_id = stored["PK"].removeprefix(keys.of_packet(""))
                found.append(Trail(packet_id, stored["event_count"], stored["event_head"]))
            asked = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not asked:
                return found
            time.sleep(random.uniform(0, min(FIRST_PAUSE * 2**round_, LONGEST_PAUSE)))
        raise Unavailable(retry_after=60)

    @translated
    def _query(self, query: dict[str, Any]) -> dict[str, Any]:
        return dict(self._client.query(**query))

    @translated
    def _get(self, asked: list[dict[str, Any]]) -> dict[str, Any]:
        wanted = {"Keys": asked, "ConsistentRead": True, "ProjectionExpression": "PK, event_count, event_head"}
        return dict(self._client.batch_get_item(RequestItems={self._table: wanted}))
