"""Drills of the pages about effects outside the table: what waits, vendors, mail, the API's own refusals."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.domain.outbox import Effect
from process import relay
from tests.drills import console
from tests.drills.conftest import Drill
from tests.support import faults, journey, stories
from tests.support.world import Context

REASON = "Repaired and tried, Carla Winter"


def waiting(packet_id: str) -> list[Effect]:
    return [one for one in wiring.packets().all_of(Effect, packet_id) if one.done_at is None and one.failure]


def dead_letter(shard: str, failed: dict[str, Any]) -> dict[str, Any]:
    """What Lambda puts into the queue for a record it gave up: where it lay, never what it held."""
    number = failed["batchItemFailures"][0]["itemIdentifier"]
    return {
        "requestContext": {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 6},
        "DDBStreamBatchInfo": {
            "shardId": shard, "startSequenceNumber": number, "endSequenceNumber": number, "batchSize": 1,
        },
    }  # fmt: skip


@pytest.mark.law("N7")
@pytest.mark.failure("R63")
def test_a_bounce_that_could_not_be_handled_is_handled_again_from_the_queue(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, world = drill.open(drill.rings("DeliveryDeadLettersAlarm")), drill.world
    packet_id = journey.invite(world)
    event = bounce(world.outside.post.sent[-1]["reference"])
    queue, client = drill.outputs["DeliveryDeadLettersUrl"], boto3.client("sqs")
    given_up = {"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": event}
    not_handed_over = {"Type": "Notification", "MessageId": "m-1", **event["Records"][0]["Sns"]}
    for body in (given_up, not_handed_over):
        client.send_message(QueueUrl=queue, MessageBody=json.dumps(body))

    looked = page.follow("reports")
    assert looked.wrong
    assert "1 reports: RetriesExhausted" in looked.said
    assert "1 reports: NotHandedOver" in looked.said
    assert wiring.packets().load(packet_id).delivery == "sent"
    assert not page.follow("replay").wrong
    assert wiring.packets().load(packet_id).delivery == "undeliverable"
    assert page.follow("reports").said == "no report is left\n"
    bounced_once = [one for one in wiring.packets().events(packet_id) if one.type == "invitation.bounced"]
    assert len(bounced_once) == 1


def test_a_report_stays_in_the_queue_while_it_cannot_be_handled(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    page, world = drill.open("dead-letters"), drill.world
    journey.invite(world)
    event = bounce(world.outside.post.sent[-1]["reference"])
    body = {"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": event}
    queue = drill.outputs["DeliveryDeadLettersUrl"]
    boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(body))
    with monkeypatch.context() as broken:
        broken.setattr(wiring, "deliveries", lambda: 1 / 0)
        assert page.follow("replay").wrong
    held = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert held["ApproximateNumberOfMessagesNotVisible"] == "1"


@pytest.mark.law("N7")
@pytest.mark.failure("R64")
def test_a_lost_run_of_the_sweep_is_seen_and_forgotten(drill: Drill) -> None:
    page = drill.open(drill.rings("ScheduleDeadLettersAlarm"))
    arn = "arn:aws:lambda:us-east-1:123456789012:function:SweepFunction"
    body = {
        "timestamp": "2026-11-24T15:01:00Z",
        "requestContext": {"condition": "RetriesExhausted", "functionArn": arn},
    }
    boto3.client("sqs").send_message(QueueUrl=drill.outputs["ScheduleDeadLettersUrl"], MessageBody=json.dumps(body))
    looked = page.follow("runs")
    assert looked.wrong
    assert "SweepFunction: RetriesExhausted 2026-11-24T15:01:00Z" in looked.said
    assert not page.follow("forget").wrong
    assert page.follow("runs").said == "no run was lost\n"


@pytest.mark.failure("R29")
def test_dead_letters(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    page, world = drill.open(drill.rings("RelayDeadLettersAlarm")), drill.world
    packet_id = journey.expect(
        world.call("POST", "/invitations", journey.invitation(), staff=journey.RECRUITER), 201
    ).json["packet_id"]
    record = {"dynamodb": {"SequenceNumber": "700", "Keys": {"PK": {"S": f"PACKET#{packet_id}"}}}}
    failed = relay.on_stream({"Records": [record]}, Context())
    body = json.dumps(dead_letter("shardId-1", failed))
    boto3.client("sqs").send_message(QueueUrl=drill.outputs["DeadLettersUrl"], MessageBody=body)
    world.clock.pass_(minutes=6)

    looked = page.follow("look")
    assert "1 records from 700: RetryAttemptsExhausted" in looked.said
    assert "mail: 1 overdue" in looked.said
    assert console.asked("unexpected errors", drill.lines) == {("record not handled", "KeyError"): 1}
    assert page.follow("purge").wrong, "nothing is thrown away while effects wait"
    world.settle()
    assert page.follow("purge").said.endswith("purged\n")
    assert "records from" not in page.follow("look").said
    assert journey.letters(world) == ["invitation"]


@pytest.mark.law("T7")
@pytest.mark.failure("R60")
def test_outbox_age(drill: Drill) -> None:
    page, world = drill.open(drill.rings("OutboxAgeAlarm")), drill.world
    world.outside.post.down = True
    packet_id = journey.invite(world)
    for _ in range(4 * 12):
        world.clock.pass_(minutes=15)
        world.settle()
    age = wiring.counting().count(world.clock.now(), world.clock.now()).oldest_effect
    assert age >= timedelta(hours=12), "between two tries it waits on"

    looked = page.follow("look")
    assert looked.wrong
    assert "mail: 1 overdue" in looked.said
    assert "temporarily-unavailable" in looked.said
    assert set(console.asked("postponed effects", drill.lines)) == {("temporarily-unavailable",)}
    assert page.follow("schedules").said == "[]"
    told = page.follow("packet", PACKET=packet_id).said
    assert re.search(r"failed \d+ times", told)
    assert "EFFECT_STUCK: mail#invitation#1 since 2026-11-24 15:00 UTC, temporarily-unavailable" in told
    world.outside.post.down = False
    assert not page.follow("retry", PACKET=packet_id, REASON=REASON).wrong
    world.settle()
    assert page.follow("look").said == "nothing is overdue\n"
    assert journey.letters(world) == ["invitation"]
    assert "EFFECT_STUCK" not in page.follow("packet", PACKET=packet_id).said


@pytest.mark.parametrize("vendor", ["screening", "gateway", "site"])
def test_vendor_outage(drill: Drill, vendor: str) -> None:
    page, world = drill.open("vendor-outage"), drill.world
    getattr(world.outside, vendor).down = True
    begin = {"screening": stories.submitted, "gateway": stories.to_appointing, "site": stories.to_processed}[vendor]
    packet_id = begin(world)
    world.settle(lambda: bool(waiting(packet_id)))
    world.clock.pass_(minutes=10)

    kinds = {"screening": "order-check", "gateway": "order-appointment", "site": "feed-producer"}
    assert f"{kinds[vendor]}: " in page.follow("look").said
    assert console.asked("postponed effects", drill.lines)
    getattr(world.outside, vendor).down = False
    assert not page.follow("retry", PACKET=packet_id, REASON=REASON).wrong
    world.settle(lambda: not waiting(packet_id))
    assert page.follow("look").said == "nothing is overdue\n"
    made = {"screening": world.outside.screening.orders, "gateway": world.outside.gateway.orders}
    assert len(made.get(vendor, world.outside.site.feeds)) == (2 if vendor == "gateway" else 1)


def test_bounce_rate(drill: Drill) -> None:
    page, world = drill.open(drill.rings("BounceRateAlarm")), drill.world
    assert drill.rings("ComplaintRateAlarm") == "bounce-rate"
    boto3.client("cloudwatch").put_metric_data(
        Namespace="AWS/SES",
        MetricData=[{"MetricName": "Reputation.BounceRate", "Timestamp": world.clock.now(), "Value": 0.04}],
    )
    packet_id = journey.invite(world)
    bounced(world.outside.post.sent[-1]["reference"])

    hours = {"SINCE": "2026-11-24T14:00:00Z", "UNTIL": "2026-11-24T16:00:00Z"}
    assert "0.04" in page.follow("look", **hours).said
    (listed,) = journey.expect(world.call("GET", "/invitations", staff=journey.RECRUITER), 200).json["items"]
    assert (listed["packet_id"], listed["delivery"]) == (packet_id, "undeliverable")
    assert "INVITED" in page.follow("packet", PACKET=packet_id).said
    withdrawn = world.call(
        "POST", f"/invitations/{packet_id}/withdraw", {"reason": "typing mistake"}, staff=journey.RECRUITER
    )
    journey.expect(withdrawn, 200)
    again = journey.expect(world.call("POST", "/invitations", journey.invitation(), staff=journey.RECRUITER), 201).json[
        "packet_id"
    ]
    assert again != packet_id


@pytest.mark.failure("R22")
def test_mails_of_a_paused_account_wait_and_go_out_once(drill: Drill) -> None:
    page, world = drill.open("bounce-rate"), drill.world
    world.outside.post.down = True
    journey.invite(world)
    world.clock.pass_(hours=2)
    hours = {"SINCE": "2026-11-24T14:00:00Z", "UNTIL": "2026-11-24T16:00:00Z"}
    assert "mail: 1 overdue" in page.follow("look", **hours).said
    world.outside.post.down = False
    world.settle()
    assert journey.letters(world) == ["invitation"]
    assert not page.follow("look", **hours).wrong


def test_api_errors(drill: Drill) -> None:
    page, world = drill.open(drill.rings("ApiErrorsAlarm")), drill.world
    key = {"Idempotency-Key": "inv-1"}
    faults.refuse(wiring._client("dynamodb"), "TransactWriteItems", 8, "ThrottlingException", 400)

    refused = world.call("POST", "/invitations", journey.invitation(), staff=journey.RECRUITER, headers=key)
    assert refused.status == 503
    assert refused.headers["Retry-After"]
    assert set(console.asked("refusals by code", drill.lines)) == {("temporarily-unavailable",)}
    boto3.client("cloudwatch").set_alarm_state(AlarmName="ApiErrorsAlarm", StateValue="ALARM", StateReason="drill")
    assert "api-errors.md" in page.follow("look").said
    while world.call("POST", "/invitations", journey.invitation(), staff=journey.RECRUITER, headers=key).status == 503:
        pass
    world.settle()
    assert journey.letters(world) == ["invitation"]
    assert console.asked("unexpected errors", drill.lines) == {}


def bounced(reference: str) -> None:
    """What the mail service's topic delivers for a lasting bounce."""
    from invite import deliveries

    deliveries.lambda_handler(bounce(reference), Context())


def bounce(reference: str) -> dict[str, Any]:
    report = {
        "eventType": "Bounce",
        "bounce": {"bounceType": "Permanent"},
        "mail": {"headers": [{"name": "X-Reference-Id", "value": reference}]},
    }
    return {"Records": [{"Sns": {"Message": json.dumps(report)}}]}
