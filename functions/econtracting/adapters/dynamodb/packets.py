"""The one store: packets and everything that belongs to them, in one table.

Every change of a packet is one TransactWriteItems on condition of the version that was read: packet, audit events,
outbox rows, changed records and the answer to the caller's Idempotency-Key stand or fall together.
"""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

from botocore.exceptions import ClientError
from pydantic import BaseModel

from econtracting import ports
from econtracting.adapters.dynamodb import heads, indexes, items, keys
from econtracting.adapters.failures import translated
from econtracting.domain.access.access import Session
from econtracting.domain.audit import ChainedEvent, chain
from econtracting.domain.callers import Request
from econtracting.domain.errors import (
    AlreadyExists,
    EContractingError,
    IdempotencyKeyReused,
    InvalidRequest,
    PacketNotFound,
    Unavailable,
)
from econtracting.domain.late_news import LateNews
from econtracting.domain.lifecycle import announce_moves
from econtracting.domain.messages import QueuedMessage, Received
from econtracting.domain.milestones import sign_milestones
from econtracting.domain.need_to_know import carried
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import AgencyRow, Packet, QueueRow
from econtracting.domain.record import Record
from econtracting.ports import Change, Committed, Page

R = TypeVar("R", bound=Record)

# Enough for forty executions that come to sleep for forty states of one packet at once.
ROUNDS, FIRST_PAUSE, LONGEST_PAUSE = 14, 0.02, 1.0  # seconds
REQUEST_LIFE = timedelta(days=3)


class _Lost(Exception):
    """Someone else committed in between: read again, decide again."""


class _Landed(Exception):
    """The packet stands at another version; `commit_id` tells whose commit brought it there.

    If it is our own, the first answer was lost on its way and the commit stands.
    """

    def __init__(self, commit_id: str | None) -> None:
        self.commit_id = commit_id


class _Answered(Exception):
    """The request was answered before, perhaps by this very call whose response got lost."""


class _Part(NamedTuple):
    """A member of a transaction and what its failed condition means."""

    write: dict[str, Any]
    lost: type[Exception]
    record: Record | None = None


class DynamoPackets:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def load(self, packet_id: str) -> Packet:
        stored = self._get(keys.packet(packet_id))
        if stored is None:
            raise PacketNotFound()
        return items.record(Packet, stored)

    def find(self, kind: type[R], *ids: str) -> R | None:
        stored = self._get(keys.ADDRESS[kind](*ids))
        return None if stored is None else items.record(kind, stored)

    def all_of(self, kind: type[R], packet_id: str) -> list[R]:
        partition, prefix = keys.GROUP[kind](packet_id)
        return [items.record(kind, stored) for stored in self._under(partition, prefix)]

    def events(self, packet_id: str) -> list[ChainedEvent]:
        partition, prefix = keys.GROUP[ChainedEvent](packet_id)
        return [items.record(ChainedEvent, stored) for stored in self._under(partition, prefix)]

    def answered(self, request: Request | None) -> Committed | None:
        if request is None:
            return None
        kept = self._request(request)
        if kept is None or "answer" not in kept:
            return None
        return Committed(self.load(kept["packet_id"]), json.loads(kept["answer"]), repeated=True)

    @translated
    def begin(self, request: Request) -> None:
        item = items.attributes(_taken(request))
        try:
            self._client.put_item(TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(PK)")
        except self._client.exceptions.ConditionalCheckFailedException:
            self._request(request)

    def create(self, change: Change, request: Request | None = None) -> Committed:
        for round_ in range(ROUNDS):
            if answered := self.answered(request):
                return answered
            try:
                return Committed(self._commit(None, change, request), change.answer)
            except AlreadyExists:
                if answered := self.answered(request):
                    return answered
                raise
            except (_Answered, _Lost):
                _pause(round_)
        raise Unavailable(retry_after=1)

    def change(self, packet_id: str, decide: ports.Decide, request: Request | None = None) -> Committed:
        for round_ in range(ROUNDS):
            # Before each decision, not before the first one only: the race may have been lost to the same request.
            if answered := self.answered(request):
                return answered
            before = self.load(packet_id)
            try:
                change = decide(before)
            except EContractingError:
                if answered := self.answered(request):
                    return answered
                raise
            if change is None:
                return self.answered(request) or Committed(before, repeated=True)
            try:
                return Committed(self._commit(before, change, request), change.answer)
            except AlreadyExists:
                if answered := self.answered(request):
                    return answered
                raise
            except (_Answered, _Lost):
                _pause(round_)
        raise Unavailable(retry_after=1)

    def heads(self, packet_ids: Sequence[str]) -> list[Packet]:
        found = (items.record(Packet, one) for one in heads.stored(self._client, self._table, packet_ids))
        by_id = {one.id: one for one in found}
        return [by_id[one] for one in packet_ids if one in by_id]

    def by_agency(self, agency_id: str, status: str | None, cursor: str | None, limit: int) -> Page[AgencyRow]:
        condition, values = "agency_pk = :pk", {":pk": f"AGENCY#{agency_id}"}
        if status is not None:
            condition, values = condition + " AND begins_with(agency_sk, :sk)", {**values, ":sk": f"{status}#"}
        query = {"KeyConditionExpression": condition, "Limit": limit}
        found, more = self._page(indexes.BY_AGENCY, query, values, cursor)
        return Page([items.record(AgencyRow, stored) for stored in found], more)

    def by_status(self, status: str, cursor: str | None, limit: int) -> Page[QueueRow]:
        found, more = self._under_status(status, cursor, limit)
        return Page([items.record(QueueRow, stored) for stored in found], more)

    def with_late_news(self, cursor: str | None, limit: int) -> Page[Packet]:
        return self._beside_status(keys.LATE_NEWS, cursor, limit)

    def in_trouble(self, cursor: str | None, limit: int) -> Page[Packet]:
        return self._beside_status(keys.IN_TROUBLE, cursor, limit)

    def _beside_status(self, what: str, cursor: str | None, limit: int) -> Page[Packet]:
        """Packets of which something else than their own record lies in the index by status."""
        found, more = self._under_status(what, cursor, limit)
        return Page(self.heads([keys.packet_id_of(items.plain(one)["PK"]) for one in found]), more)

    def _under_status(self, status: str, cursor: str | None, limit: int) -> tuple[list[dict[str, Any]], str | None]:
        """Shard after shard, each oldest first; the cursor remembers the shard."""
        shard, inner = _opened(cursor) if cursor else (0, None)
        found: list[dict[str, Any]] = []
        while shard < keys.STATUS_SHARDS:
            query = {"KeyConditionExpression": "status_pk = :pk", "Limit": limit - len(found)}
            values = {":pk": keys.status_shard(status, shard)}
            stored, inner = self._page(indexes.BY_STATUS, query, values, inner)
            found += stored
            if inner is None:
                shard += 1
            if len(found) >= limit:
                break
        return found, _closed(shard, inner) if shard < keys.STATUS_SHARDS else None

    @translated
    def refresh(self, record: Record) -> None:
        try:
            self._client.put_item(
                TableName=self._table, Item=as_item(record), ConditionExpression="attribute_exists(PK)"
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    @translated
    def drop(self, record: Record) -> None:
        self._client.delete_item(TableName=self._table, Key=items.attributes(dict(keys.of(record))))

    def sessions_of(self, packet_id: str) -> list[str]:
        stored = self._under(keys.of_packet(packet_id), "SESSION#")
        return [items.plain(one)["SK"].removeprefix("SESSION#") for one in stored]

    # reading

    @translated
    def _get(self, key: keys.Key) -> dict[str, Any] | None:
        answer = self._client.get_item(TableName=self._table, Key=items.attributes(dict(key)), ConsistentRead=True)
        return answer.get("Item")

    @translated
    def _under(self, partition: str, prefix: str) -> list[dict[str, Any]]:
        query: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": "PK = :pk AND begins_with(SK, :sk)",
            "ExpressionAttributeValues": items.attributes({":pk": partition, ":sk": prefix}),
        }
        found: list[dict[str, Any]] = []
        while True:
            answer = self._client.query(**query)
            found += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return found
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    @translated
    def _page(
        self, index: indexes.Index, query: dict[str, Any], values: dict[str, str], cursor: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        query = {**query, "TableName": self._table, "ExpressionAttributeValues": items.attributes(values)}
        if cursor:
            key = cursor_key(cursor)
            if set(key) != {"PK", "SK", index.partition, index.sort} or key[index.partition] != values[":pk"]:
                raise no_cursor()
            query["ExclusiveStartKey"] = items.attributes(key)
        answer = indexes.query(self._client, index, query)
        last = answer.get("LastEvaluatedKey")
        return answer["Items"], cursor_of(items.plain(last)) if last else None

    # writing

    def _commit(self, before: Packet | None, change: Change, request: Request | None) -> Packet:
        base = before or change.packet
        events = chain(base.id, base.event_count, base.event_head, change.events)
        decided = carried(before, change.packet)
        after = decided.having(
            version=base.version + 1,
            event_count=base.event_count + len(events),
            event_head=events[-1].hash if events else base.event_head,
        )
        commit_id = uuid4().hex
        parts = [self._packet_part(before, after, commit_id)]
        parts += [self._new(as_item(event), _Lost) for event in events]
        implied = [*announce_moves(before, decided), *sign_milestones(before, change.packet, events)]
        effects = {effect.id: effect for effect in [*implied, *change.effects]}
        parts += [self._new(as_item(effect), _Lost) for effect in effects.values()]
        parts += [self._new(as_item(claim), AlreadyExists, claim) for claim in change.claims]
        parts += [_Part({"Put": {"TableName": self._table, "Item": as_item(put)}}, _Lost) for put in change.puts]
        for gone in change.drops:
            key = items.attributes(dict(keys.of(gone)))
            parts.append(_Part({"Delete": {"TableName": self._table, "Key": key}}, _Lost))
        parts += self._session_pointers(change)
        parts += self._trouble_pointer(before, after)
        if request is not None:
            parts.append(self._new(self._request_item(request, change), _Answered))
        try:
            self._transact(parts)
        except _Landed as landed:
            if landed.commit_id != commit_id:
                raise _Lost from landed
        return after

    def _packet_part(self, before: Packet | None, after: Packet, commit_id: str) -> _Part:
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": items.item(after, keys.packet(after.id), **keys.indexes(after), commit_id=commit_id),
            "ConditionExpression": "attribute_not_exists(PK)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if before is not None:
            put["ConditionExpression"] = "version = :seen AND #status = :status"
            put["ExpressionAttributeNames"] = {"#status": "status"}
            put["ExpressionAttributeValues"] = items.attributes(
                {":seen": before.version, ":status": before.status.value}
            )
        return _Part({"Put": put}, _Landed)

    def _session_pointers(self, change: Change) -> list[_Part]:
        """A session is found by its token; its pointer under the packet lets the packet end all of them."""
        parts: list[_Part] = []
        for one in [*change.claims, *change.puts]:
            if isinstance(one, Session):
                key = keys.session_of(one.packet_id, one.fingerprint)
                item = items.attributes({**key, "expires": int(one.ends_at.timestamp())})
                parts.append(_Part({"Put": {"TableName": self._table, "Item": item}}, _Lost))
        for one in change.drops:
            if isinstance(one, Session):
                key = keys.session_of(one.packet_id, one.fingerprint)
                parts.append(_Part({"Delete": {"TableName": self._table, "Key": items.attributes(dict(key))}}, _Lost))
        return parts

    def _trouble_pointer(self, before: Packet | None, after: Packet) -> list[_Part]:
        """What lists the packet among those that someone has to look at, wherever it stands."""
        was = before.troubles if before is not None else ()
        if after.troubles == was:
            return []
        if after.troubles:
            return [_Part({"Put": {"TableName": self._table, "Item": items.attributes(keys.troubles(after))}}, _Lost)]
        key = items.attributes(dict(keys.trouble_of(after.id)))
        return [_Part({"Delete": {"TableName": self._table, "Key": key}}, _Lost)]

    def _new(self, item: dict[str, Any], lost: type[Exception], record: Record | None = None) -> _Part:
        put = {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(PK)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return _Part({"Put": put}, lost, record)

    def _request_item(self, request: Request, change: Change) -> dict[str, Any]:
        answer = {"packet_id": change.packet.id, "answer": json.dumps(_as_json(change.answer))}
        return items.attributes(_taken(request) | answer)

    @translated
    def _transact(self, parts: Sequence[_Part]) -> None:
        if len(parts) > 100:
            raise InvalidRequest("this changes more at once than one transaction can carry")
        try:
            self._client.transact_write_items(TransactItems=[part.write for part in parts])
        except self._client.exceptions.TransactionCanceledException as error:
            raise _reason(error, parts) from error

    def _request(self, request: Request) -> dict[str, Any] | None:
        """What is kept under the caller's key. Raises IdempotencyKeyReused where that is of another request."""
        stored = self._get(keys.request(request.caller, request.key))
        if stored is None:
            return None
        kept = items.plain(stored)
        if kept["body_hash"] != request.body_hash:
            raise IdempotencyKeyReused()
        return kept


def _pause(round_: int) -> None:
    time.sleep(random.uniform(0, min(FIRST_PAUSE * 2**round_, LONGEST_PAUSE)))


def _taken(request: Request) -> dict[str, Any]:
    ends = int((datetime.now(UTC) + REQUEST_LIFE).timestamp())
    return {**keys.request(request.caller, request.key), "body_hash": request.body_hash, "expires": ends}


def _reason(error: ClientError, parts: Sequence[_Part]) -> Exception:
    """What a canceled transaction means: the request was answered, a claim is taken, or someone was faster."""
    failed = [
        (part, reason)
        for part, reason in zip(parts, error.response["CancellationReasons"], strict=True)
        if reason.get("Code") == "ConditionalCheckFailed"
    ]
    for part, reason in failed:
        if part.lost is _Landed:
            landed = items.plain(reason.get("Item") or {})
            return _Landed(landed.get("commit_id"))
    for part, _ in failed:
        if part.lost is _Answered:
            return _Answered()
    for part, reason in failed:
        if part.lost is AlreadyExists and part.record is not None:
            holder = items.record(type(part.record), reason["Item"]) if reason.get("Item") else None
            return AlreadyExists(holder=holder)
    return _Lost()


def as_item(record: Record | ChainedEvent) -> dict[str, Any]:
    """A record as an item, with what indexes and the store's expiry read of it."""
    if isinstance(record, ChainedEvent):
        return items.item(record, keys.event(record.packet_id, record.seq))
    more: dict[str, Any] = {}
    if isinstance(record, Effect) and record.due_at is not None:
        more = keys.due(record.packet_id, record.due_at)
    if isinstance(record, LateNews):
        more = keys.late_news(record)
    if isinstance(record, Session):
        more = {"expires": int(record.ends_at.timestamp())}
    if isinstance(record, Received | QueuedMessage) and record.expires_at is not None:
        more = {"expires": int(record.expires_at.timestamp())}
    return items.item(record, keys.of(record), **more)


def cursor_of(key: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode()


def _as_json(answer: Any) -> Any:
    return answer.model_dump(mode="json") if isinstance(answer, BaseModel) else answer


def cursor_key(cursor: str) -> dict[str, Any]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor))
        if isinstance(key, dict) and all(isinstance(value, str) for value in key.values()):
            return key
    except ValueError:
        pass
    raise no_cursor()


def no_cursor() -> InvalidRequest:
    message = "Use the cursor of the last answer."
    return InvalidRequest(errors=[{"field": "cursor", "rule": "cursor", "message": message}])


def _closed(shard: int, inner: str | None) -> str:
    return cursor_of({"shard": str(shard), "inner": inner or ""})


def _opened(cursor: str) -> tuple[int, str | None]:
    key = cursor_key(cursor)
    shard = key.get("shard", "")
    return (int(shard) if shard.isascii() and shard.isdigit() else 0), key.get("inner") or None
