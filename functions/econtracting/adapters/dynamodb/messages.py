"""The queue of vendors' messages: a partition for each way they stand, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from econtracting.adapters.dynamodb import items, keys
from econtracting.adapters.dynamodb.packets import as_item, cursor_key, cursor_of, no_cursor
from econtracting.adapters.failures import translated
from econtracting.domain.errors import AlreadyExists
from econtracting.domain.messages import QueuedMessage, Received
from econtracting.domain.outbox import Effect
from econtracting.ports import QueuePage


class DynamoMessages:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def keep(self, received: Received, waiting: QueuedMessage | None, effects: Sequence[Effect]) -> None:
        self._write([self._new(one) for one in (received, waiting, *effects) if one is not None])

    def settle(self, before: QueuedMessage, after: QueuedMessage) -> None:
        """The row that a settled message leaves must still be there; one that only waits on is written over."""
        place, key = items.attributes(dict(keys.of(after))), items.attributes(dict(keys.of(before)))
        put = {"TableName": self._table, "Item": as_item(after)}
        if place == key:
            parts = [{"Put": put | {"ConditionExpression": "attribute_exists(PK)"}}]
        else:
            gone = {"TableName": self._table, "Key": key, "ConditionExpression": "attribute_exists(PK)"}
            parts = [{"Delete": gone}, {"Put": put}]
        if not self._write(parts):
            raise AlreadyExists()

    @translated
    def page(self, status: str, cursor: str | None, limit: int) -> QueuePage:
        query: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "PK = :pk",
            "ExpressionAttributeValues": items.attributes({":pk": keys.messages(status)}),
            "Limit": limit,
        }
        if cursor:
            key = cursor_key(cursor)
            if set(key) != {"PK", "SK"} or key["PK"] != keys.messages(status):
                raise no_cursor()
            query["ExclusiveStartKey"] = items.attributes(key)
        answer = self._client.query(**query)
        last = answer.get("LastEvaluatedKey")
        found = [items.record(QueuedMessage, one) for one in answer["Items"]]
        return QueuePage(found, cursor_of(items.plain(last)) if last else None)

    def _new(self, record: Received | QueuedMessage | Effect) -> dict[str, Any]:
        put = {"TableName": self._table, "Item": as_item(record), "ConditionExpression": "attribute_not_exists(PK)"}
        return {"Put": put}

    @translated
    def _write(self, parts: Sequence[dict[str, Any]]) -> bool:
        """Whether it was written; False if a condition did not hold."""
        try:
            self._client.transact_write_items(TransactItems=parts)
        except self._client.exceptions.TransactionCanceledException as error:
            codes = {one.get("Code") for one in error.response["CancellationReasons"]}
            if "ConditionalCheckFailed" not in codes:
                raise
            return False
        return True
