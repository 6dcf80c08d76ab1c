"""Drills of the page about restoring (R40). moto restores a table as it is: the moment is that of the call."""

from __future__ import annotations

import boto3
import pytest

from econtracting import wiring
from econtracting.domain.screening.background import Check
from econtracting.domain.signing.signing import Document
from tests.drills.conftest import Drill
from tests.support import journey, stories
from tests.support.world import World

RESTORED = {"RESTORED": "econtracting-restored", "MOMENT": "2026-11-24T15:00:00Z"}


def in_use(monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    """The restored table stands in the stack in the old one's place."""
    monkeypatch.setenv("TABLE_NAME", table)
    wiring.forget()


def seals(packet_id: str) -> dict[str, str | None]:
    return {one.document_id: one.sealed_sha256 for one in wiring.packets().all_of(Document, packet_id)}


def waiting(packet_id: str) -> str | None:
    check = wiring.packets().find(Check, packet_id, "1")
    return check.task_token if check else None


def signed(world: World) -> str:
    """Everything is signed and nothing finished."""
    packet_id = journey.invite(world)
    for step in (
        journey.come_in,
        journey.agree,
        journey.answer_everything,
        journey.confirm,
        journey.consent,
        journey.adopt,
        journey.sign_everything,
    ):
        step(world)
    return packet_id


@pytest.mark.failure("R40")
def test_restore_of_the_whole_table(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    page, world = drill.open("restore"), drill.world
    packet_id = signed(world)
    assert not page.follow("look", PACKET=packet_id).wrong
    assert "recovery, TTL, stream" in page.follow("restore", **RESTORED).said
    settled = boto3.client("dynamodb").describe_table(TableName=RESTORED["RESTORED"])["Table"]
    assert settled["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"

    journey.finish(world)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    before = seals(packet_id)
    world.settle(lambda: waiting(packet_id) is not None)
    found = page.follow("reconcile", **RESTORED)
    assert found.wrong
    assert f"{packet_id}: {len(before)} stored seals are not on the table" in found.said
    assert f"{packet_id}: execution 1 was started, the table knows 0" in found.said

    token = waiting(packet_id)
    in_use(monkeypatch, RESTORED["RESTORED"])
    assert world.status(packet_id) == "AWAITING_SIGNATURE"
    assert f"{packet_id}-1 is stopped" in page.follow("stop-ahead", **RESTORED).said
    boto3.client("stepfunctions").send_task_failure(taskToken=token)  # moto looks at a stop when a wait ends
    journey.finish(world)
    world.settle()
    world.clock.pass_(hours=6, minutes=1)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    assert seals(packet_id) == before, "what was sealed is found, not made again"
    assert wiring.packets().load(packet_id).attempt == 2


@pytest.mark.failure("R40")
def test_restore_of_one_spoilt_packet(drill: Drill) -> None:
    page, world = drill.open("restore"), drill.world
    packet_id = stories.to_check(world)
    other = stories.submitted(world, started=False)
    page.follow("restore", **RESTORED)
    boto3.client("dynamodb").update_item(
        TableName="econtracting",
        Key={"PK": {"S": f"PACKET#{packet_id}"}, "SK": {"S": "EVENT#000001"}},
        UpdateExpression="SET #type = :forged",
        ExpressionAttributeNames={"#type": "type"},
        ExpressionAttributeValues={":forged": {"S": "nothing.happened"}},
    )
    looked = page.follow("look", PACKET=packet_id)
    assert looked.wrong
    assert f"audit event 1 of {packet_id} breaks the chain" in looked.said

    assert "the chain holds" in page.follow("copy-back", PACKET=packet_id, **RESTORED).said
    assert "chain holds" in page.follow("look", PACKET=packet_id).said
    stories.report(world, packet_id, "complete", "clear")
    world.reaches(packet_id, "APPOINTING")
    assert world.status(other) == "SUBMITTED"
