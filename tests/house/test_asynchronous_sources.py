"""What AWS hands to a function by itself is never lost: every such source has a queue for what was not handled."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import deployed, transformed

pytestmark = pytest.mark.law("N7")

RESOURCES = transformed.template()["Resources"]
QUEUES = {name for name, one in RESOURCES.items() if one["Type"] == "AWS::SQS::Queue"}
ALARMS = [one["Properties"] for one in RESOURCES.values() if one["Type"] == "AWS::CloudWatch::Alarm"]


def queue_of(reference: Any) -> str | None:
    """The queue that a reference leads to."""
    attribute = reference.get("Fn::GetAtt") if isinstance(reference, dict) else None
    name = attribute[0] if isinstance(attribute, list) else (attribute or "").partition(".")[0]
    return name if name in QUEUES else None


def on_failure(properties: dict[str, Any]) -> str | None:
    return queue_of(properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"))


# type of a source -> the queue of what it could not hand over; every type that AWS has is here or refused below
HANDS_OVER = {
    "AWS::SNS::Subscription": lambda one: queue_of(one.get("RedrivePolicy", {}).get("deadLetterTargetArn")),
    "AWS::Scheduler::Schedule": lambda one: queue_of(one["Target"].get("DeadLetterConfig", {}).get("Arn")),
    "AWS::Lambda::EventSourceMapping": on_failure,
    "AWS::Events::Rule": lambda one: all(
        queue_of(target.get("DeadLetterConfig", {}).get("Arn")) for target in one["Targets"]
    ),
}
SOURCES = {name: one for name, one in RESOURCES.items() if one["Type"] in HANDS_OVER}
CALLERS_OF_THEIR_OWN = {"apigateway.amazonaws.com"}  # they wait for the answer


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_source_cannot_hand_over_goes_to_a_queue(name: str) -> None:
    assert HANDS_OVER[SOURCES[name]["Type"]](SOURCES[name]["Properties"])


def called_without_waiting() -> set[str]:
    """Functions that a topic or a schedule calls: Lambda itself tries them again, and gives up."""
    found = set()
    for one in SOURCES.values():
        properties = one["Properties"]
        reference = properties.get("Endpoint") or properties.get("Target", {}).get("Arn")
        if reference is not None:
            attribute = reference["Fn::GetAtt"]
            found.add(attribute[0] if isinstance(attribute, list) else attribute.partition(".")[0])
    return found


def test_there_are_such_functions() -> None:
    assert called_without_waiting() >= {"DeliveriesFunction", "SweepFunction", "CensusFunction"}


@pytest.mark.parametrize("function", sorted(called_without_waiting()))
def test_what_a_function_did_not_handle_goes_to_a_queue(function: str) -> None:
    configured = [
        one["Properties"]
        for one in RESOURCES.values()
        if one["Type"] == "AWS::Lambda::EventInvokeConfig" and one["Properties"]["FunctionName"] == {"Ref": function}
    ]
    assert [on_failure(one) is not None for one in configured] == [True]


def test_no_one_else_calls_a_function_without_waiting() -> None:
    principals = {
        one["Properties"]["Principal"] for one in RESOURCES.values() if one["Type"] == "AWS::Lambda::Permission"
    }
    assert principals <= CALLERS_OF_THEIR_OWN | {"sns.amazonaws.com"}, "give the new source a row above"
    buckets = [one for one in RESOURCES.values() if one["Type"] == "AWS::S3::Bucket"]
    assert all("NotificationConfiguration" not in one["Properties"] for one in buckets)


@pytest.mark.parametrize("queue", sorted(QUEUES))
def test_a_queue_of_what_was_not_handled_rings_and_keeps_for_two_weeks_encrypted(queue: str) -> None:
    dimension = {"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}
    ringing = [one for one in ALARMS if dimension in one.get("Dimensions", [])]
    assert [one["MetricName"] for one in ringing] == ["ApproximateNumberOfMessagesVisible"]
    properties = deployed.template()["Resources"][queue]["Properties"]
    assert properties == {"MessageRetentionPeriod": 1209600, "SqsManagedSseEnabled": True}


def test_the_topic_may_put_into_its_queue_and_into_no_other() -> None:
    (policy,) = (one["Properties"] for one in RESOURCES.values() if one["Type"] == "AWS::SQS::QueuePolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert policy["Queues"] == [{"Ref": "DeliveryDeadLetters"}]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "MailEventsTopic"}}}
