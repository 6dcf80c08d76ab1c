"""No sensitive value leaves by the side (invariant I9): a road walked with marked values, then searched."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore.config import Config

from tests.support import journey, uploads
from tests.support.canaries import MARKED, found_in
from tests.support.journey import expect
from tests.support.world import World

EXPLANATION, UPLOADED = MARKED["explanation"][0], MARKED["upload"][0]


def answer_with_marks(world: World) -> None:
    """The interview with an outage of the registry, a refused entry, a draft, a yes and its file."""
    content = uploads.pdf(f"4 0 obj ({UPLOADED}) endobj".encode())
    announced = {"file_name": "order.pdf", "content_type": "application/pdf", "size": len(content)}
    target = expect(world.call("POST", "/packet/attachments", announced), 201).json
    boto3.client("s3").put_object(Bucket="uploads", Key=target["upload"]["fields"]["key"], Body=content)
    expect(world.call("POST", f"/packet/attachments/{target['attachment_id']}/complete"), 200)

    agent = journey.ANSWERS["agent"]
    expect(journey.save(world, "agent", {**agent, "ssn_confirm": "987-65-4321"}), 422)
    world.outside.registry.down = True
    draft = {"headers": {"If-Match": "0"}, "query": {"draft": "true"}}
    expect(world.call("PUT", "/packet/interview/agent", agent, **draft), 200)
    yes = {"answer": True, "explanation": EXPLANATION, "attachments": [target["attachment_id"]]}
    journey.answer_everything(world, background={"BQ2": yes})
    world.outside.registry.down = False
    world.clock.pass_(minutes=5)
    world.settle()


def streamed() -> Iterator[Any]:
    table = boto3.client("dynamodb").describe_table(TableName="econtracting")["Table"]
    # moto does not know the addresses that begin with an account's number
    client = boto3.client("dynamodbstreams", config=Config(account_id_endpoint_mode="disabled"))
    for shard in client.describe_stream(StreamArn=table["LatestStreamArn"])["StreamDescription"]["Shards"]:
        start = client.get_shard_iterator(
            StreamArn=table["LatestStreamArn"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        yield from client.get_records(ShardIterator=start["ShardIterator"])["Records"]


def histories() -> Iterator[Any]:
    client = boto3.client("stepfunctions")
    for machine in client.list_state_machines()["stateMachines"]:
        for execution in client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            yield execution
            yield from client.get_execution_history(executionArn=execution["executionArn"])["events"]


def keys() -> Iterator[str]:
    client = boto3.client("s3")
    for bucket in client.list_buckets()["Buckets"]:
        for version in client.list_object_versions(Bucket=bucket["Name"]).get("Versions", []):
            yield version["Key"]


def text(rows: Any) -> str:
    return "\n".join(json.dumps(row, default=str, ensure_ascii=False) for row in rows)


def test_no_marked_value_is_found_outside_the_envelope_and_the_documents(
    world: World, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "econtracting")
    packet_id = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    answer_with_marks(world)
    journey.confirm(world)
    journey.consent(world)
    journey.adopt(world)
    journey.sign_everything(world)
    journey.finish(world)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    world.settle(lambda: bool(world.outside.screening.orders))
    assert {order.ssn for order in world.outside.screening.orders.values()} == {"987-65-4320"}
    expect(journey.background_webhook(world, packet_id, 1, "complete", "clear"), 202)
    world.settle()

    screens = [
        world.call("GET", path).body
        for path in ("/packet", "/packet/summary", "/packet/interview/agent", "/packet/interview/background")
    ]
    out, err = capfd.readouterr()
    logs = out + err + caplog.text
    table = boto3.client("dynamodb").scan(TableName="econtracting")["Items"]
    stream = list(streamed())
    history = list(histories())
    places: list[tuple[str, str | bytes]] = [
        ("logs", logs),
        ("stream records", text(stream)),
        ("table", text(table)),
        ("state histories", text(history)),
        ("mails", text(world.outside.post.sent)),
        ("object keys", text(keys())),
        ("addresses", text(world.calls)),
        ("screens", b"\n".join(screens)),
    ]
    assert all(len(content) > 100 for _, content in places), "a place that is empty proves nothing"
    assert "section_saved" in text(table)
    assert found_in(*places) == []


@pytest.mark.parametrize("what", MARKED)
def test_the_search_finds_a_marked_value_in_any_form(what: str) -> None:
    for value in MARKED[what]:
        for shift in ("", "a", "ab"):
            inside = b64encode(f'{shift}{{"ssn":"{value}"}}'.encode())
            assert found_in(("here", inside)) == [f"{what} in here"]
        for form in (value, quote(value, safe=""), value.encode().hex(), f"x{value.upper()}y"):
            assert found_in(("here", form)) == [f"{what} in here"]
    assert found_in(("here", "4320 and 1980 may be shown")) == []
