"""Circuit breakers in the table: one record per vendor, every change conditional on the one that was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from econtracting.adapters.dynamodb import items, keys
from econtracting.adapters.failures import translated
from econtracting.domain.breaker import Breaker, Vendor
from econtracting.domain.errors import Unavailable

ROUNDS = 20


class DynamoBreakers:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    @translated
    def look(self, vendor: Vendor) -> Breaker:
        key = items.attributes(dict(keys.ADDRESS[Breaker](vendor)))
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return items.record(Breaker, answer["Item"]) if "Item" in answer else Breaker(vendor=vendor)

    @translated
    def change(self, vendor: Vendor, decide: Callable[[Breaker], Breaker]) -> Breaker:
        for _ in range(ROUNDS):
            before = self.look(vendor)
            after = decide(before)
            if after is before or self._replace(before, after):
                return after
        raise Unavailable(retry_after=1)

    def _replace(self, before: Breaker, after: Breaker) -> bool:
        """False if someone else was faster."""
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": items.item(after, keys.of(after)),
            "ConditionExpression": "attribute_not_exists(PK)",
        }
        if before.changes:
            put["ConditionExpression"] = "changes = :changes"
            put["ExpressionAttributeValues"] = items.attributes({":changes": before.changes})
        try:
            self._client.put_item(**put)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True
