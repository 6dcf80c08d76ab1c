"""The emulated table is quicker with our help, and answers as it does without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from tests.support import atomic, deployed, quick_tables

atomic.install()


@pytest.fixture
def table() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("dynamodb", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
        client.create_table(TableName="table", **deployed.table())
        yield client


def put(name: str, **more: str) -> dict[str, Any]:
    item = {"PK": {"S": "one"}, "SK": {"S": name}, **{key: {"S": value} for key, value in more.items()}}
    return {"Put": {"TableName": "table", "Item": item}}


def everything(table: Any) -> Any:
    return table.scan(TableName="table")["Items"]


def test_a_refused_transaction_leaves_items_and_stream_as_they_were(table: Any) -> None:
    table.transact_write_items(TransactItems=[put("a", word="first"), put("b")])
    before, stream = everything(table), dynamodb_backends["123456789012"]["us-east-1"].tables["table"].stream_shard
    length = len(stream.items)
    change = {
        "TableName": "table",
        "Key": {"PK": {"S": "one"}, "SK": {"S": "a"}},
        "UpdateExpression": "SET word = :word",
        "ExpressionAttributeValues": {":word": {"S": "second"}},
    }
    refused = put("b")
    refused["Put"]["ConditionExpression"] = "attribute_not_exists(PK)"
    with pytest.raises(ClientError, match="TransactionCanceled"):
        table.transact_write_items(TransactItems=[put("new"), {"Update": change}, refused])
    assert everything(table) == before
    assert len(stream.items) == length


@pytest.mark.parametrize(
    "query",
    [
        {"KeyConditionExpression": "PK = :key", "ExpressionAttributeValues": {":key": {"S": "one"}}},
        {"KeyConditionExpression": "PK = :key", "ExpressionAttributeValues": {":key": {"S": "none"}}},
        {
            "IndexName": "by_due",
            "KeyConditionExpression": "due_pk = :key AND due_at_sk <= :at",
            "ExpressionAttributeValues": {":key": {"S": "DUE#1"}, ":at": {"S": "2"}},
        },
    ],
)
def test_a_query_finds_what_the_unaided_emulator_finds(
    table: Any, monkeypatch: pytest.MonkeyPatch, query: dict[str, Any]
) -> None:
    rows = [("c", "DUE#1", "1"), ("a", "DUE#1", "3"), ("b", "DUE#2", "1"), ("d", "DUE#1", "0")]
    table.transact_write_items(TransactItems=[put(name, due_pk=pk, due_at_sk=sk) for name, pk, sk in rows])
    aided = table.query(TableName="table", **query)
    monkeypatch.setattr(Table, "query", quick_tables._query)
    alone = table.query(TableName="table", **query)
    assert aided["Items"] == alone["Items"]
    assert aided["Count"] == alone["Count"]


@pytest.mark.parametrize("operation", ["get_item", "scan", "query"])
def test_every_kind_of_attribute_is_answered_as_the_unaided_emulator_answers(
    table: Any, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    simple: dict[str, Any] = {
        "S": {"S": "word"},
        "empty": {"S": ""},
        "N": {"N": "12.50"},
        "B": {"B": b"\x00\xffbytes"},
        "BOOL": {"BOOL": False},
        "NULL": {"NULL": True},
        "SS": {"SS": ["b", "a"]},
        "NS": {"NS": ["2", "1"]},
        "BS": {"BS": [b"one", b"two"]},
        "L0": {"L": []},
        "M0": {"M": {}},
    }
    item = {
        "PK": {"S": "one"},
        "SK": {"S": "a"},
        **simple,
        "M": {"M": simple},
        "L": {"L": [{"M": simple}, *simple.values()]},
    }
    table.put_item(TableName="table", Item=item)
    asked: dict[str, Any] = {
        "get_item": {"Key": {"PK": {"S": "one"}, "SK": {"S": "a"}}},
        "scan": {},
        "query": {"KeyConditionExpression": "PK = :key", "ExpressionAttributeValues": {":key": {"S": "one"}}},
    }
    aided = getattr(table, operation)(TableName="table", **asked[operation])
    monkeypatch.setattr(BaseJSONSerializer, "_serialize_type_structure", quick_tables._structure)
    alone = getattr(table, operation)(TableName="table", **asked[operation])
    found = [one.get("Item") or one["Items"] for one in (aided, alone)]
    assert found[0] == found[1]
    assert len(found[0]) in (1, len(item))


@pytest.mark.parametrize("size", [404_900, 405_100])
def test_an_item_is_as_large_as_the_unaided_emulator_allows(
    table: Any, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    def outcome() -> str:
        try:
            table.put_item(TableName="table", Item=put("a", first="x" * 1000, rest="y" * (size - 1000))["Put"]["Item"])
        except ClientError as error:
            return str(error)
        return "taken"

    aided = outcome()
    monkeypatch.setattr(Item, "__init__", quick_tables._new_item)
    assert outcome() == aided
    assert (aided == "taken") == (size < 405_000)
