"""Counting on the indexes by status and by due time. What is read grows with the open packets, never with the table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from econtracting.adapters.dynamodb import indexes, items, keys
from econtracting.adapters.dynamodb.outbox import DynamoOutbox
from econtracting.adapters.failures import translated
from econtracting.domain.moment import iso
from econtracting.domain.packet import QueueRow


class DynamoCensus:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._outbox = DynamoOutbox(client, table)

    def in_trouble(self) -> int:
        return self.packets(keys.IN_TROUBLE, None)

    def packets(self, status: str, before: datetime | None) -> int:
        return sum(page["Count"] for page in self._by_status(status, None, before, Select="COUNT"))

    def oldest(self, status: str) -> datetime | None:
        first = [
            one
            for shard in range(keys.STATUS_SHARDS)
            for one in self._query("status_pk = :pk", {":pk": keys.status_shard(status, shard)}, Limit=1)["Items"]
        ]
        return min(
            (datetime.fromisoformat(items.plain(one)["status_sk"].partition("#")[0]) for one in first), default=None
        )

    def entered(self, status: str, since: datetime, until: datetime) -> list[QueueRow]:
        pages = self._by_status(status, since, until)
        return [items.record(QueueRow, one) for page in pages for one in page["Items"]]

    @translated
    def messages(self, status: str) -> int:
        total, more = 0, dict[str, Any]()
        while True:
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="PK = :pk",
                ExpressionAttributeValues=items.attributes({":pk": keys.messages(status)}),
                Select="COUNT",
                **more,
            )
            total += page["Count"]
            if "LastEvaluatedKey" not in page:
                return total
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def oldest_due(self, now: datetime) -> datetime | None:
        return min((since for *_, since in self._outbox.waiting(now)), default=None)

    def _by_status(
        self, status: str, since: datetime | None, before: datetime | None, **query: Any
    ) -> Iterator[dict[str, Any]]:
        # A sort key is the time and then "#packet": a bare time is smaller than every key of that very moment.
        bounds = {":since": iso(since) if since else "0", ":before": iso(before) if before else "~"}
        condition = "status_pk = :pk AND status_sk BETWEEN :since AND :before"
        for shard in range(keys.STATUS_SHARDS):
            values = {":pk": keys.status_shard(status, shard), **bounds}
            more: dict[str, Any] = {}
            while True:
                page = self._query(condition, values, **query, **more)
                yield page
                if "LastEvaluatedKey" not in page:
                    break
                more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    @translated
    def _query(self, condition: str, values: dict[str, Any], **query: Any) -> dict[str, Any]:
        asked = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": items.attributes(values),
            **query,
        }
        return indexes.query(self._client, indexes.BY_STATUS, asked)
