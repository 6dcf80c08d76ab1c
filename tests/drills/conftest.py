from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from econtracting import wiring
from tests.drills import console
from tests.drills.runbook import Runbook
from tests.support import atomic, deployed
from tests.support.world import World, build
from tools import ops

atomic.install()

STACK = "econtracting"
SERVES = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}


@dataclass
class Drill:
    """A world to break, the stack's outputs as the operator has them, its alarms, and what is logged."""

    world: World
    lines: list[console.Line]
    outputs: dict[str, str]

    def open(self, page: str) -> Runbook:
        return Runbook(page)

    def rings(self, alarm: str) -> str:
        """Let an alarm ring; the page that the console then shows is the one to follow."""
        client = boto3.client("cloudwatch")
        client.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="drill")
        (ringing,) = client.describe_alarms(StateValue="ALARM")["MetricAlarms"]
        (page,) = re.findall(r"/([a-z-]+)\.md$", ringing["AlarmDescription"])
        client.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="drill")
        return str(page)


@pytest.fixture
def drill(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drill]:
    with mock_aws(config=SERVES):
        world = build(monkeypatch)
        outputs = _stack(world)
        _alarms()
        for name, value in _named(_exported()).items():
            monkeypatch.setenv(name, value)
        with console.listening() as lines:
            yield Drill(world, lines, outputs)
        world.stop()


def _exported() -> str:
    """What `scripts/ops names` prints for the stack."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert ops.main(["names", STACK]) == 0
    return printed.getvalue()


def _named(exported: str) -> dict[str, str]:
    return dict(re.findall(r"^export ([A-Z_]+)='?([^'\n]*)'?$", exported, re.MULTILINE))


def _stack(world: World) -> dict[str, str]:
    """A stack with the template's outputs, so that operators find everything the way they do on AWS."""
    queues = {
        name: boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        for name in ("dead-letters", "mail-reports", "lost-runs")
    }
    edge = boto3.client("secretsmanager").create_secret(Name="edge", SecretString="edge-secret-of-before")
    values = {
        "TableName": "econtracting",
        "DocumentsBucketName": "documents",
        "UploadsBucketName": "uploads",
        "OnboardingArn": world.names["onboarding"],
        "JitArn": world.names["jit-appointment"],
        "SweepFunctionName": "SweepFunction",
        "RelayFunctionName": "RelayFunction",
        "HeadsFunctionName": "HeadsFunction",
        "WidgetFunctionName": "WidgetFunction",
        "DeliveriesFunctionName": "DeliveriesFunction",
        "DeadLettersUrl": queues["dead-letters"],
        "DeliveryDeadLettersUrl": queues["mail-reports"],
        "ScheduleDeadLettersUrl": queues["lost-runs"],
        "EdgeSecretId": edge["ARN"],
        "SealingKey": wiring.only("SEAL_KEY_ID").rpartition("/")[2],
        "SealCertificateKey": wiring.only("SEAL_CERTIFICATE"),
    }
    assert set(values) <= set(deployed.template()["Outputs"])
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in values.items()},
    }
    boto3.client("cloudformation").create_stack(StackName=STACK, TemplateBody=json.dumps(template))
    return values


def _alarms() -> None:
    """The template's alarms, with their names in it, as far as ringing needs them."""
    wanted = ("Namespace", "MetricName", "Statistic", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator")
    for name, resource in deployed.template()["Resources"].items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            properties: dict[str, Any] = resource["Properties"]
            boto3.client("cloudwatch").put_metric_alarm(
                AlarmName=name,
                AlarmDescription=properties["AlarmDescription"]["Sub"].replace("${RunbookUrl}", "docs/runbooks"),
                **{key: properties[key] for key in wanted},
            )
