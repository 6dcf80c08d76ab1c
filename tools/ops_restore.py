"""A restored table: completed, held against what lies outside it, and copied back packet by packet (failure R40)."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import Any

import boto3

from econtracting.adapters.dynamodb import items, keys
from econtracting.domain.audit import ChainedEvent, verify
from econtracting.domain.packet import DRIVEN_BY_WORKFLOW, Packet
from econtracting.domain.signing.signing import Document

AT_ONCE = 25  # items of a BatchWriteItem


def settle(arguments: argparse.Namespace) -> int:
    """Point-in-time recovery, TTL, stream and deletion protection as the table in use has them."""
    client = boto3.client("dynamodb")
    used = client.describe_table(TableName=os.environ["TABLE_NAME"])["Table"]
    life = client.describe_time_to_live(TableName=os.environ["TABLE_NAME"])["TimeToLiveDescription"]
    client.update_continuous_backups(
        TableName=arguments.table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    client.update_time_to_live(
        TableName=arguments.table,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": life.get("AttributeName", "expires")},
    )
    client.update_table(TableName=arguments.table, StreamSpecification=used["StreamSpecification"])
    client.update_table(
        TableName=arguments.table, DeletionProtectionEnabled=used.get("DeletionProtectionEnabled", False)
    )
    print(f"{arguments.table} has recovery, TTL, stream and deletion protection like {os.environ['TABLE_NAME']}")
    return 0


def reconcile(arguments: argparse.Namespace) -> int:
    """Every difference between a table and stored seals, executions and its own chains; 1 if there is any."""
    table = arguments.table or os.environ["TABLE_NAME"]
    found = [*_broken_chains(table), *_seals(table), *_executions(table)]
    print("\n".join(sorted(found)) or f"{table} agrees with stored seals, executions and its own chains")
    return int(bool(found))


def copy_back(arguments: argparse.Namespace) -> int:
    """Replace one packet's items in the table in use by those of a restored one, its chain verified first."""
    wanted = list(_of_packet(arguments.table, arguments.id))
    chain = [items.record(ChainedEvent, one) for one in wanted if one["SK"]["S"].startswith("EVENT#")]
    if not chain:
        print(f"{arguments.table} has no packet {arguments.id}")
        return 1
    verify(chain)
    kept = {one["SK"]["S"] for one in wanted}
    writes: list[dict[str, Any]] = [{"PutRequest": {"Item": one}} for one in wanted]
    for one in _of_packet(os.environ["TABLE_NAME"], arguments.id):
        if one["SK"]["S"] not in kept:
            writes.append({"DeleteRequest": {"Key": {"PK": one["PK"], "SK": one["SK"]}}})
    client = boto3.client("dynamodb")
    for start in range(0, len(writes), AT_ONCE):
        left = {os.environ["TABLE_NAME"]: writes[start : start + AT_ONCE]}
        while left:
            left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]
    print(f"{arguments.id}: {len(wanted)} items as they were, {len(writes) - len(wanted)} taken away; the chain holds")
    return 0


def stop_ahead(arguments: argparse.Namespace) -> int:
    """Stop executions the table does not know of: they hold their packet's place and wait for a past that is lost."""
    client, stopped = boto3.client("stepfunctions"), 0
    known = {packet.id: packet.attempt for packet, _ in _packets(arguments.table)}
    for one in _started():
        packet_id, _, attempt = one["name"].rpartition("-")
        if one["status"] == "RUNNING" and packet_id in known and int(attempt) > known[packet_id]:
            client.stop_execution(executionArn=one["executionArn"], cause="the table was restored to before it")
            print(f"{one['name']} is stopped")
            stopped += 1
    print(f"{stopped} executions were ahead of {arguments.table}")
    return 0


def _broken_chains(table: str) -> Iterator[str]:
    for packet, stored in _packets(table):
        chain = sorted(
            (items.record(ChainedEvent, one) for one in stored if one["SK"]["S"].startswith("EVENT#")),
            key=lambda event: event.seq,
        )
        try:
            if verify(chain) != packet.event_head:
                yield f"{packet.id}: the chain does not end where the packet says"
        except ValueError as broken:
            yield f"{packet.id}: {broken}"


def _seals(table: str) -> Iterator[str]:
    """Seals that were stored and are not on the table, and seals on the table that are not stored."""
    pages = boto3.client("s3").get_paginator("list_objects_v2")
    bucket = os.environ["DOCUMENTS_BUCKET_NAME"]
    stored = {
        one["Key"] for page in pages.paginate(Bucket=bucket, Prefix="sealed/") for one in page.get("Contents", ())
    }
    known = {
        document.sealed_key: packet.id
        for packet, rows in _packets(table)
        for document in (items.record(Document, one) for one in rows if one["SK"]["S"].startswith("DOCUMENT#"))
        if document.sealed_key
    }
    packets: dict[str, int] = {}
    for key in stored - set(known):
        packet_id = key.split("/")[1]
        packets[packet_id] = packets.get(packet_id, 0) + 1
    for packet_id, count in packets.items():
        yield f"{packet_id}: {count} stored seals are not on the table; sealing again finds and takes them"
    for key in set(known) - stored:
        yield f"{known[key]}: the seal {key} is not stored"


def _executions(table: str) -> Iterator[str]:
    """Executions the table does not know of, and packets on a road that no one drives."""
    running, latest = set(), dict[str, int]()
    for one in _started():
        packet_id, _, attempt = one["name"].rpartition("-")
        latest[packet_id] = max(latest.get(packet_id, 0), int(attempt))
        if one["status"] == "RUNNING":
            running.add(one["name"])
    for packet, _ in _packets(table):
        if latest.get(packet.id, 0) > packet.attempt:
            yield f"{packet.id}: execution {latest[packet.id]} was started, the table knows {packet.attempt}"
        if packet.status in DRIVEN_BY_WORKFLOW and f"{packet.id}-{packet.attempt}" not in running:
            yield f"{packet.id}: {packet.status} and no execution runs; the reconciler starts the next"


def _started() -> Iterator[dict[str, Any]]:
    pages = boto3.client("stepfunctions").get_paginator("list_executions")
    for page in pages.paginate(stateMachineArn=os.environ["ONBOARDING_ARN"]):
        yield from page["executions"]


def _packets(table: str) -> Iterator[tuple[Packet, list[dict[str, Any]]]]:
    """Every packet with all of its items. Reads the whole table, which nothing but this may do."""
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    rows: dict[str, list[dict[str, Any]]] = {}
    for item in (one for page in pages for one in page["Items"]):
        if item["PK"]["S"].startswith("PACKET#"):
            rows.setdefault(item["PK"]["S"], []).append(item)
    for stored in rows.values():
        heads = [one for one in stored if one["SK"]["S"] == "PACKET"]
        if heads:
            yield items.record(Packet, heads[0]), stored


def _of_packet(table: str, packet_id: str) -> Iterator[dict[str, Any]]:
    pages = (
        boto3.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=table,
            ConsistentRead=True,
            KeyConditionExpression="PK = :pk",
            ExpressionAttributeValues=items.attributes({":pk": keys.of_packet(packet_id)}),
        )
    )
    for page in pages:
        yield from page["Items"]
