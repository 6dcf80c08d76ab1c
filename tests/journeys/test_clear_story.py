"""The clear story, and what may not be found anywhere after it (invariant I9)."""

import base64
import json
import os
import sys
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from local.aws import client
from local.demo.journey import Journey
from local.demo.onlookers import Scene
from local.demo.play import play
from local.demo.stacks import Stacks
from local.listening import beyond_loopback


@pytest.fixture(scope="module")
def stage(stacks: Stacks) -> Scene:
    return stacks.one_for("clear")


@pytest.fixture(scope="module")
def journey(stage: Scene) -> Journey:
    return play("clear", stage)


def test_a_packet_goes_from_e_vite_to_ready_to_sell(journey: Journey) -> None:
    assert journey.status() == "ACTIVE"


def test_no_secret_is_in_a_log(stage: Scene, journey: Journey) -> None:
    assert found(journey, "\n".join(_logs(stage))) == []


def test_no_secret_is_in_the_table(stage: Scene, journey: Journey) -> None:
    items = client("dynamodb", _endpoint(stage)).get_paginator("scan").paginate(TableName=stage.outputs["TableName"])
    assert found(journey, "\n".join(str(page["Items"]) for page in items)) == []


def test_no_secret_is_in_a_workflows_history(stage: Scene, journey: Journey) -> None:
    workflows = client("stepfunctions", _endpoint(stage))
    arn = stage.outputs["OnboardingArn"]
    histories = [
        json.dumps(workflows.get_execution_history(executionArn=one["executionArn"])["events"], default=str)
        for one in workflows.list_executions(stateMachineArn=arn)["executions"]
    ]
    assert histories
    assert found(journey, "\n".join(histories)) == []


def test_no_secret_is_in_an_objects_key(stage: Scene, journey: Journey) -> None:
    pages = client("s3", _endpoint(stage)).get_paginator("list_objects_v2")
    keys = [
        one["Key"] for page in pages.paginate(Bucket=stage.outputs["DocumentsBucketName"]) for one in page["Contents"]
    ]
    assert keys
    assert found(journey, "\n".join(keys)) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_of_the_stack_listens_beyond_loopback(journey: Journey) -> None:
    assert beyond_loopback(os.getpid()) == {}


def found(journey: Journey, text: str) -> list[str]:
    """The names of the agent's secrets that occur in a text: plain, without hyphens, in base64 or percent-encoded."""
    return [name for name, value in journey.secrets.items() if any(form in text for form in _forms(value))]


def _forms(value: str) -> Iterator[str]:
    for plain in {value, value.replace("-", "")}:
        yield plain
        yield quote(plain)
        # Without the last group, whose letters depend on what follows.
        yield base64.b64encode(plain.encode()).decode()[: len(plain) // 3 * 4]


def _endpoint(stage: Scene) -> str:
    return stage.config.url("emulator")


def _logs(stage: Scene) -> Iterator[str]:
    for file in (stage.config.home / "logs").iterdir():
        yield file.read_text(errors="replace")
    logs = client("logs", _endpoint(stage))
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            yield from (event["message"] for event in page["events"])
