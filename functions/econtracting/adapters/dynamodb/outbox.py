"""The ledger of outward effects: claimed under a lease, done once, tried until done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Any

from econtracting.adapters.dynamodb import items, keys
from econtracting.adapters.failures import translated
from econtracting.domain.moment import iso
from econtracting.domain.outbox import LONGEST_PAUSE, Effect, retry_at
from econtracting.ports import PassedOver

FREE = (
    "attribute_exists(PK) AND attribute_not_exists(done_at)"
    " AND (attribute_not_exists(leased_until) OR leased_until <= :now)"
)
# A done row says to whom and about what something went out. It is kept while a repeat or a dispute may ask for it.
DONE_LIFE = timedelta(days=400)
HELD = "attribute_exists(PK) AND attribute_not_exists(done_at) AND leased_until = :lease"


class DynamoOutbox:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def claim(self, packet_id: str, effect_id: str, now: datetime, lease: timedelta) -> Effect | None:
        until = now + lease
        claimed = self._effect(
            packet_id,
            effect_id,
            "SET due_at = :until, due_at_sk = :until, leased_until = :until, attempts = attempts + :one",
            f"{FREE} AND due_at <= :now",
            {":until": iso(until), ":now": iso(now), ":one": 1},
        )
        if claimed is not None and claimed.attempts > 1:  # its age shows on the index while it is tried again, too
            values = {":lease": iso(until), ":sort": keys.due_sort(until, claimed.since)}
            self._effect(packet_id, effect_id, "SET due_at_sk = :sort", HELD, values)
        return claimed

    def done(self, effect: Effect, now: datetime) -> None:
        self._effect(
            effect.packet_id,
            effect.id,
            "SET done_at = :now, expires = :expires"
            " REMOVE due_at, due_pk, due_at_sk, leased_until, failure, sealed, passed_over",
            "attribute_exists(PK)",
            {":now": iso(now), ":expires": int((now + DONE_LIFE).timestamp())},
        )

    def failed(self, effect: Effect, retry_at: datetime, failure: str) -> None:
        self._give_back(effect, retry_at, "failure = :failure", {":failure": failure})

    def paused(self, effect: Effect, until: datetime, failure: str) -> None:
        more = {":failure": failure, ":one": 1}
        self._give_back(effect, until, "failure = :failure, attempts = attempts - :one", more)

    def push(self, effect: Effect, now: datetime) -> bool:
        pushed = self._effect(
            effect.packet_id,
            effect.id,
            "SET due_at = :now, due_at_sk = :sort",
            FREE,
            {":now": iso(now), ":sort": keys.due_sort(now, effect.since)},
        )
        return pushed is not None

    def later(self, effect: Effect, at: datetime) -> None:
        self._effect(
            effect.packet_id,
            effect.id,
            "SET due_at = :at, due_at_sk = :at, born_at = :at, attempts = :none REMOVE failure, leased_until",
            HELD,
            {":at": iso(at), ":none": 0, ":lease": _lease_of(effect)},
        )

    def due(self, now: datetime, limit: int) -> Iterable[tuple[str, str | None]]:
        # One of each shard in turn, so that a shard full of what is slow or broken keeps no other from its turn.
        shards = [self._due_in(shard, now, Limit=limit)["Items"] for shard in range(keys.DUE_SHARDS)]
        for stored in filter(None, chain.from_iterable(zip_longest(*shards))):
            yield _named(items.plain(stored))

    def waiting(self, now: datetime) -> Iterator[tuple[str, str | None, datetime]]:
        """(packet id, effect id or None, since when) of all that was to be done before now, its next try aside."""
        for shard in range(keys.DUE_SHARDS):
            more: dict[str, Any] = {}
            while True:
                page = self._due_in(shard, now + LONGEST_PAUSE, **more)
                for stored in page["Items"]:
                    key = items.plain(stored)
                    since = keys.waits_since(key["due_at_sk"])
                    if since <= now:
                        yield (*_named(key), since)
                if "LastEvaluatedKey" not in page:
                    break
                more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def pass_over(self, packet_id: str, effect_id: str | None, now: datetime, base: timedelta) -> PassedOver | None:
        key = keys.packet(packet_id) if effect_id is None else keys.effect(packet_id, effect_id)
        due = "attribute_exists(due_pk) AND due_at_sk <= :by"  # what was moved meanwhile had its turn
        found = self._update(key, "ADD passed_over :one", due, {":one": 1, ":by": keys.due_by(now)})
        if found is None:
            return None
        times, since = int(found["passed_over"]), _since(found)
        until = retry_at(now, times, base=base)
        # What is due at a packet is the packet's own word; only its place among what is due moves.
        change = "SET due_at_sk = :sort" if effect_id is None else "SET due_at_sk = :sort, due_at = :until"
        values = {":sort": keys.due_sort(until, since), ":times": times}
        if effect_id is not None:
            values[":until"] = iso(until)
        moved = self._update(key, change, "attribute_exists(due_pk) AND passed_over = :times", values)
        return None if moved is None else PassedOver(times, since)

    def _give_back(self, effect: Effect, at: datetime, change: str, values: dict[str, Any]) -> None:
        moved = {":at": iso(at), ":sort": keys.due_sort(at, effect.since), ":born": iso(effect.since)}
        self._effect(
            effect.packet_id,
            effect.id,
            f"SET due_at = :at, due_at_sk = :sort, born_at = :born, {change} REMOVE leased_until",
            HELD,
            {**values, **moved, ":lease": _lease_of(effect)},
        )

    @translated
    def _due_in(self, shard: int, at: datetime, **query: Any) -> dict[str, Any]:
        page: dict[str, Any] = self._client.query(
            TableName=self._table,
            IndexName="by_due",
            KeyConditionExpression="due_pk = :pk AND due_at_sk <= :by",
            ExpressionAttributeValues=items.attributes({":pk": f"DUE#{shard}", ":by": keys.due_by(at)}),
            **query,
        )
        return page

    def _effect(
        self, packet_id: str, effect_id: str, update: str, condition: str, values: dict[str, Any]
    ) -> Effect | None:
        stored = self._update(keys.effect(packet_id, effect_id), update, condition, values)
        return None if stored is None else items.of(Effect, stored)

    @translated
    def _update(self, key: keys.Key, update: str, condition: str, values: dict[str, Any]) -> dict[str, Any] | None:
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=items.attributes(dict(key)),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=items.attributes(values),
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return items.plain(answer["Attributes"])


def _named(key: dict[str, Any]) -> tuple[str, str | None]:
    return keys.packet_id_of(key["PK"]), key["SK"].removeprefix("OUTBOX#") if key["SK"] != "PACKET" else None


def _lease_of(effect: Effect) -> str:
    """Whoever holds a row gives it back by the lease it was claimed under; a row that no one claimed has none."""
    return iso(effect.leased_until) if effect.leased_until is not None else ""


def _since(stored: dict[str, Any]) -> datetime:
    """When an item was first to be done, without reading it as a record, which may be what fails."""
    return (
        keys.waits_since(stored["due_at_sk"])
        if "#" in stored["due_at_sk"]
        else datetime.fromisoformat(stored.get("born_at") or stored["due_at"])
    )
