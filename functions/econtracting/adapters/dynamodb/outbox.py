"""The ledger of outward effects: claimed under a lease, done once, tried until done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from econtracting.adapters.dynamodb import items, keys
from econtracting.adapters.failures import translated
from econtracting.domain.moment import iso
from econtracting.domain.outbox import Effect


class DynamoOutbox:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def claim(self, packet_id: str, effect_id: str, now: datetime, lease: timedelta) -> Effect | None:
        return self._update(
            packet_id,
            effect_id,
            "SET due_at = :until, due_at_sk = :until, attempts = attempts + :one",
            "attribute_exists(PK) AND attribute_not_exists(done_at) AND due_at <= :now",
            {":until": iso(now + lease), ":now": iso(now), ":one": 1},
        )

    def done(self, effect: Effect, now: datetime) -> None:
        self._update(
            effect.packet_id,
            effect.id,
            "SET done_at = :now REMOVE due_at, due_pk, due_at_sk, failure, sealed",
            "attribute_exists(PK)",
            {":now": iso(now)},
        )

    def failed(self, effect: Effect, retry_at: datetime, failure: str) -> None:
        self._update(
            effect.packet_id,
            effect.id,
            "SET due_at = :at, due_at_sk = :at, failure = :failure",
            "attribute_exists(PK) AND attribute_not_exists(done_at)",
            {":at": iso(retry_at), ":failure": failure},
        )

    def paused(self, effect: Effect, until: datetime, failure: str) -> None:
        self._update(
            effect.packet_id,
            effect.id,
            "SET due_at = :at, due_at_sk = :at, failure = :failure, attempts = attempts - :one",
            "attribute_exists(PK) AND attribute_not_exists(done_at)",
            {":at": iso(until), ":failure": failure, ":one": 1},
        )

    def later(self, effect: Effect, at: datetime) -> None:
        self._update(
            effect.packet_id,
            effect.id,
            "SET due_at = :at, due_at_sk = :at, attempts = :none REMOVE failure",
            "attribute_exists(PK) AND attribute_not_exists(done_at)",
            {":at": iso(at), ":none": 0},
        )

    def due(self, now: datetime, limit: int) -> Iterable[tuple[str, str | None]]:
        for shard in range(keys.DUE_SHARDS):
            for stored in self._due_in(shard, now, limit):
                key = items.plain(stored)
                packet_id = key["PK"].removeprefix("PACKET#")
                yield packet_id, key["SK"].removeprefix("OUTBOX#") if key["SK"] != "PACKET" else None

    @translated
    def _due_in(self, shard: int, now: datetime, limit: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._client.query(
            TableName=self._table,
            IndexName="by_due",
            KeyConditionExpression="due_pk = :pk AND due_at_sk <= :now",
            ExpressionAttributeValues=items.attributes({":pk": f"DUE#{shard}", ":now": iso(now)}),
            Limit=limit,
        )["Items"]
        return found

    @translated
    def _update(
        self, packet_id: str, effect_id: str, update: str, condition: str, values: dict[str, Any]
    ) -> Effect | None:
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=items.attributes(dict(keys.effect(packet_id, effect_id))),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=items.attributes(values),
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return items.record(Effect, answer["Attributes"])
