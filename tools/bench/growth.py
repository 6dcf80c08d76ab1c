"""A table filled with finished packets, so that a packet's cost can be looked at while it grows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
from moto.dynamodb.models import dynamodb_backends

from tests.support import stream
from tests.support.world import REGION


def grow(to: int) -> int:
    """Fill the emulated table with copies of the packets in it, under names of their own; returns the items in it.

    Copies are put directly where the emulator keeps items: they are ballast, and no one asks about them.
    """
    table = dynamodb_backends[stream.ACCOUNT][REGION].tables[stream.TABLE]
    packets = sorted({partition.value for partition in table.items if partition.value.startswith("PACKET#")})
    items = boto3.client("dynamodb").query(
        TableName=stream.TABLE, KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": {"S": packets[0]}}
    )["Items"]
    text, model = json.dumps(items), packets[0].removeprefix("PACKET#")
    shard, table.stream_shard = table.stream_shard, None
    for number in range(to - len(packets)):
        for item in _renamed(text, model, f"{model[:-8]}{number:08d}"):
            table.put_item(item)
    table.stream_shard = shard
    return sum(len(partition) for partition in table.items.values())


def _renamed(text: str, model: str, name: str) -> Iterator[dict[str, Any]]:
    yield from json.loads(text.replace(model, name))
