"""Tries at secrets: each reserves its place with a conditional write before the secret is looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from econtracting.adapters.dynamodb import items, keys
from econtracting.adapters.failures import translated
from econtracting.domain.access.access import AttemptRule, Tries
from econtracting.domain.errors import Unavailable
from econtracting.domain.moment import iso

ROUNDS = 20


class DynamoAttempts:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    @translated
    def begin(self, name: str, rule: AttemptRule, now: datetime) -> int:
        for _ in range(ROUNDS):
            before = self._find(name)
            after = rule.next(name, before, now)
            if self._replace(before, after):
                return after.count
        raise Unavailable(retry_after=1)

    @translated
    def succeeded(self, name: str) -> None:
        self._client.delete_item(TableName=self._table, Key=self._key(name))

    def _find(self, name: str) -> Tries | None:
        answer = self._client.get_item(TableName=self._table, Key=self._key(name), ConsistentRead=True)
        return items.record(Tries, answer["Item"]) if "Item" in answer else None

    def _replace(self, before: Tries | None, after: Tries) -> bool:
        """False if another try was faster."""
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": items.item(after, keys.of(after), expires=int(after.ends_at.timestamp()) + 60),
            "ConditionExpression": "attribute_not_exists(PK)",
        }
        if before is not None:
            put["ConditionExpression"] = "#count = :count AND ends_at = :ends_at"
            put["ExpressionAttributeNames"] = {"#count": "count"}
            put["ExpressionAttributeValues"] = items.attributes(
                {":count": before.count, ":ends_at": iso(before.ends_at)}
            )
        try:
            self._client.put_item(**put)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _key(self, name: str) -> dict[str, Any]:
        return items.attributes(dict(keys.ADDRESS[Tries](name)))
