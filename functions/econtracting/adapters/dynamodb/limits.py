"""Attempt counters: atomic, per window, checked before the expensive work they guard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from econtracting.adapters.dynamodb import items, keys
from econtracting.adapters.failures import translated
from econtracting.domain.errors import TooManyAttempts


class DynamoLimits:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    @translated
    def hit(self, name: str, *, window: timedelta, limit: int, now: datetime) -> None:
        seconds = int(window.total_seconds())
        number = int(now.timestamp()) // seconds
        ends = (number + 1) * seconds
        answer = self._client.update_item(
            TableName=self._table,
            Key=items.attributes(dict(keys.limit(name, number))),
            UpdateExpression="ADD hits :one SET expires = :expires",
            ExpressionAttributeValues=items.attributes({":one": 1, ":expires": ends + seconds}),
            ReturnValues="UPDATED_NEW",
        )
        if items.plain(answer["Attributes"])["hits"] > limit:
            raise TooManyAttempts(retry_after=max(1, ends - int(now.timestamp())))
