"""The drill of the page about deletion: what goes, what stays, and what is refused."""

from __future__ import annotations

import json

import boto3
import pytest

from econtracting import wiring
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.attachments import Attachment
from econtracting.usecases.department import erasing
from tests.drills.conftest import Drill
from tests.support import journey, stories, uploads
from tests.support.world import World

REASON = "Request of the agent, ticket 4711, Carla Winter and Tom Hale"
PERSON = ("Rivers", "dana@example.com", "15645555", "Orchard Lane", "wrapped_key")


def upload(world: World) -> None:
    content = uploads.pdf(b"")
    announced = {"file_name": "order.pdf", "content_type": "application/pdf", "size": len(content)}
    target = journey.expect(world.call("POST", "/packet/attachments", announced), 201).json
    boto3.client("s3").put_object(Bucket="uploads", Key=target["upload"]["fields"]["key"], Body=content)
    journey.expect(world.call("POST", f"/packet/attachments/{target['attachment_id']}/complete"), 200)


def table_without_requests() -> str:
    """Everything that stays; the answers kept for repeated requests go by themselves after three days."""
    rows = boto3.client("dynamodb").scan(TableName="econtracting")["Items"]
    return json.dumps([row for row in rows if not row["PK"]["S"].startswith("REQUEST#")])


def uploaded() -> list[str]:
    return [one["Key"] for one in boto3.client("s3").list_objects_v2(Bucket="uploads").get("Contents", ())]


def frozen(packet_id: str) -> list[str]:
    """Every version of what was made for the packet, those behind a marker too."""
    versions = boto3.client("s3").list_object_versions(Bucket="documents")
    return [one["Key"] for one in versions.get("Versions", ()) if packet_id in one["Key"]]


@pytest.mark.law("T16")
def test_deletion_request(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 1)  # so that it takes several commits
    page, world = drill.open("deletion-request"), drill.world
    packet_id = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    upload(world)
    upload(world)
    journey.answer_everything(world)
    journey.confirm(world)
    world.settle()
    assert page.follow("erase", PACKET=packet_id, REASON=REASON).wrong, "it is still open"
    journey.expect(
        world.call("POST", f"/invitations/{packet_id}/withdraw", {"reason": "asked for"}, staff=journey.RECRUITER), 200
    )
    assert page.follow("erase", PACKET=packet_id, REASON=REASON).wrong, "the mail about that goes first"
    world.settle()
    assert "WITHDRAWN" in page.follow("look", PACKET=packet_id).said
    assert all(value in table_without_requests() for value in PERSON)
    assert len(uploaded()) == 2
    assert frozen(packet_id) != []

    assert not page.follow("erase", PACKET=packet_id, REASON=REASON).wrong
    world.settle()
    left = table_without_requests()
    assert [value for value in PERSON if value in left] == []
    assert wiring.packets().all_of(Section, packet_id) == []
    assert wiring.packets().all_of(Attachment, packet_id) == []
    assert uploaded() == []
    assert frozen(packet_id) == []
    looked = page.follow("look", PACKET=packet_id)
    assert "chain holds" in looked.said
    assert not looked.wrong
    (erased,) = stories.told(packet_id, "packet.erased")
    assert erased["reason"] == REASON
    assert not page.follow("erase", PACKET=packet_id, REASON=REASON).wrong, "asked again it stays erased"


def test_a_contract_is_kept(drill: Drill) -> None:
    page = drill.open("deletion-request")
    packet_id = stories.to_check(drill.world)
    refused = page.follow("erase", PACKET=packet_id, REASON=REASON)
    assert refused.wrong
    assert "the law wants the rest kept" in refused.said
    assert wiring.packets().all_of(Section, packet_id) != []
