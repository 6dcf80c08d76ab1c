"""What an operator is told while indexes are replaced, one deployment at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support import deployed
from tools import ops

STEPS = deployed.template()["Parameters"]["IndexStep"]["AllowedValues"]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("TABLE_NAME", "econtracting")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("dynamodb", region_name="us-east-1")


def told(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    return ops.main(["indexes"]), capsys.readouterr().out


@pytest.mark.parametrize("step", STEPS)
def test_the_step_that_comes_next_is_told(client: Any, capsys: pytest.CaptureFixture[str], step: int) -> None:
    client.create_table(TableName="econtracting", **deployed.table(step))
    code, said = told(capsys)
    last = "step 4, the last" if step == STEPS[-1] else f"step {step} is done: INDEX_STEP={step + 1} comes next"
    assert (code, said.splitlines()[-1]) == (0, last)


def test_an_index_that_is_being_filled_is_waited_for(client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    client.create_table(TableName="econtracting", **deployed.table(1))

    def filling(parsed: dict[str, Any], **_: Any) -> None:
        for one in parsed["Table"]["GlobalSecondaryIndexes"]:
            if one["IndexName"] == "agency_rows":
                one |= {"IndexStatus": "CREATING", "Backfilling": True}

    boto3.setup_default_session(region_name="us-east-1")
    boto3.DEFAULT_SESSION.events.register("after-call.dynamodb.DescribeTable", filling)  # type: ignore[union-attr]
    code, said = told(capsys)
    assert code == 1
    assert "agency_rows CREATING, not filled yet" in said
    assert said.splitlines()[-1] == "step 1 goes on: deploy nothing until it is over"
    boto3.setup_default_session(region_name="us-east-1")


def test_a_table_that_was_changed_by_hand_is_told(client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    client.create_table(TableName="econtracting", **deployed.table(1))
    dropped = [{"Delete": {"IndexName": "by_status"}}]
    client.update_table(TableName="econtracting", GlobalSecondaryIndexUpdates=dropped)
    code, said = told(capsys)
    assert (code, said.splitlines()[-1]) == (1, "no step of IndexStep has these indexes")
