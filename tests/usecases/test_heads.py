"""What is signed of a packet after the seals: milestones by the outbox, and packages when they go out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.adapters.dynamodb import keys
from econtracting.domain.audit import ONBOARDING, Event, EventType
from econtracting.domain.errors import TrailRewritten, Unavailable
from econtracting.domain.outbox import Effect, EffectKind
from econtracting.domain.packet import Status
from econtracting.domain.signing import heads as statements
from econtracting.domain.signing.heads import ExportTask, Milestone
from econtracting.evidence import econtracting_verify as verifier
from econtracting.ports import Change
from sign import heads as door
from sign import tasks
from tests.support import journey
from tests.support.stages import Stages, stages
from tests.support.world import Context, World

pytestmark = pytest.mark.law("T5")

LOCKED = ("milestones/", "heads/")


@pytest.fixture(scope="module")
def road() -> Iterator[Stages]:
    with stages() as walked:
        yield walked


@pytest.fixture
def sealed(road: Stages) -> World:
    world = road.at("finished")
    assert tasks.seal({"packet_id": of(world), "attempt": 1}, None) == {"status": "SUBMITTED"}
    return world


def of(world: World) -> str:
    return str(world.call("GET", "/packet").json["packet_id"])


def commit(packet_id: str, kind: EventType, to: Status | None = None) -> None:
    """An event of the packet's, with or without a move."""
    now = wiring.clock().now()
    event = Event(type=kind, at=now, actor=ONBOARDING)
    wiring.packets().change(
        packet_id, lambda packet: Change(packet if to is None else packet.move(to, now), events=[event])
    )


def asked(packet_id: str) -> list[Effect]:
    found = wiring.packets().all_of(Effect, packet_id)
    return [one for one in found if one.kind is EffectKind.SIGN_MILESTONE]


def kept(prefix: str) -> list[str]:
    versions = boto3.client("s3").list_object_versions(Bucket="documents", Prefix=prefix).get("Versions", ())
    return [one["Key"] for one in versions]


def judged(world: World, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    path = folder / "evidence.zip"
    path.write_bytes(journey.expect(world.call("GET", "/packet/evidence"), 200).body)
    capsys.readouterr()
    code = verifier.verify(path)
    return code, capsys.readouterr().out


def rewrite(packet_id: str, seq: int, **data: Any) -> None:
    """Someone who may write the table changes an event and makes every hash after it again."""
    table = boto3.resource("dynamodb").Table("econtracting")
    rows = [one.model_dump(mode="json") for one in wiring.packets().events(packet_id)]
    rows[seq - 1]["data"] = data
    head = "0" * 64
    for row in rows:
        body = {name: value for name, value in row.items() if name not in ("hash", "prev_hash")}
        row["prev_hash"], head = head, verifier.sha256(bytes.fromhex(head) + verifier.canonical(body))
        row["hash"] = head
        key = keys.event(packet_id, row["seq"])
        table.put_item(Item={**key, **row})
    table.update_item(
        Key=keys.packet(packet_id),
        UpdateExpression="SET event_head = :head",
        ExpressionAttributeValues={":head": head},
    )


def test_a_decisive_commit_has_its_head_signed_exactly_once(sealed: World) -> None:
    packet_id = of(sealed)
    commit(packet_id, EventType.BGC_REQUESTED, Status.BACKGROUND_CHECK)
    commit(packet_id, EventType.ADVERSE_PRE_SENT)
    commit(packet_id, EventType.ACCESS_LOGIN_OK)
    last = wiring.packets().load(packet_id).event_count
    assert [one.id for one in asked(packet_id)] == [f"sign-milestone#{last - 2:06d}", f"sign-milestone#{last - 1:06d}"]

    sealed.settle()
    for _ in range(2):  # whatever is repeated
        door.lambda_handler({"task": "milestone", "packet_id": packet_id, "seq": last - 1}, Context())
    names = kept(f"milestones/{packet_id}/")
    assert len(names) == 2
    for name, event in zip(names, wiring.packets().events(packet_id)[last - 3 :], strict=False):
        milestone = Milestone.model_validate_json(wiring.documents().read(name))
        assert (milestone.packet_id, milestone.seq, milestone.head) == (packet_id, event.seq, event.hash)


def test_a_milestone_lists_what_was_signed_once(sealed: World) -> None:
    packet_id = of(sealed)
    commit(packet_id, EventType.ADVERSE_PRE_SENT)
    asked_of: Counter[str] = Counter()
    client = wiring.documents()._client  # type: ignore[attr-defined]
    client.meta.events.register("provide-client-params.s3.*", lambda model, **_: asked_of.update([model.name]))
    last = wiring.packets().load(packet_id).event_count
    door.lambda_handler({"task": "milestone", "packet_id": packet_id, "seq": last}, Context())
    assert asked_of["ListObjectsV2"] == 1
    assert asked_of["PutObject"] == 1


def test_before_the_seals_nothing_is_signed(road: Stages) -> None:
    assert asked(of(road.at("signed"))) == []


@pytest.mark.parametrize("status", sorted(Status))
def test_every_move_of_a_sealed_packet_is_a_milestone(road: Stages, status: Status) -> None:
    from econtracting.domain.audit import chain
    from econtracting.domain.milestones import sign_milestones

    packet = wiring.packets().load(of(road.at("signed")))
    before = packet.having(status=Status.SUBMITTED, reached={"SUBMITTED": packet.created_at})
    after = before.having(status=status)
    event = Event(type=EventType.MAIL_DELIVERED, at=packet.created_at, actor=ONBOARDING)
    events = chain(packet.id, 7, "0" * 64, [event])
    assert len(sign_milestones(before, after, events)) == int(status is not Status.SUBMITTED)


def test_a_signed_head_lies_under_a_retention_of_its_own(sealed: World) -> None:
    packet_id = of(sealed)
    commit(packet_id, EventType.BGC_REQUESTED, Status.BACKGROUND_CHECK)
    sealed.settle()
    sealed.clock.pass_(days=1)
    assert door.lambda_handler({}, Context())["days"]
    names = [name for prefix in LOCKED for name in kept(prefix)]
    assert len(names) >= 1 + statements.SHARDS + 1
    for name in names:
        answer = boto3.client("s3").head_object(Bucket="documents", Key=name)
        assert answer["ObjectLockMode"] == "GOVERNANCE", name
        assert answer["ObjectLockRetainUntilDate"] > answer["LastModified"] - timedelta(days=8), name


def test_the_package_is_whole_with_the_log_in_that_fetched_it(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packet_id = of(sealed)
    commit(packet_id, EventType.BGC_REQUESTED, Status.BACKGROUND_CHECK)
    sealed.settle()
    sealed.clock.pass_(minutes=1)
    commit(packet_id, EventType.ACCESS_LOGIN_OK)
    code, said = judged(sealed, tmp_path, capsys)
    assert code == verifier.ANCHORED, said
    assert "milestones/" in said


@pytest.mark.parametrize("data", [{}, {"result": "clear"}])
def test_a_trail_that_was_rewritten_is_signed_no_more_and_the_package_tells(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: dict[str, Any]
) -> None:
    packet_id = of(sealed)
    commit(packet_id, EventType.BGC_REQUESTED, Status.BACKGROUND_CHECK)
    commit(packet_id, EventType.ADVERSE_PRE_SENT)
    sealed.settle()
    seq = wiring.packets().load(packet_id).event_count
    rewrite(packet_id, seq - 1, forged=True, **data)

    with pytest.raises(TrailRewritten):
        wiring.heads_of_packets().sign_milestone(packet_id, seq)
    commit(packet_id, EventType.ADVERSE_FINAL_SENT)
    sealed.relayed()
    assert asked(packet_id)[-1].done_at is None
    assert asked(packet_id)[-1].failure == Unavailable.code
    code, said = judged(sealed, tmp_path, capsys)
    assert code == verifier.ALTERED
    assert "was made of another audit trail" in said


def test_a_trail_that_was_cut_is_signed_no_more(sealed: World) -> None:
    packet_id = of(sealed)
    commit(packet_id, EventType.BGC_REQUESTED, Status.BACKGROUND_CHECK)
    sealed.settle()
    last = wiring.packets().events(packet_id)[-1]
    boto3.resource("dynamodb").Table("econtracting").delete_item(Key=keys.event(packet_id, last.seq))
    task = ExportTask(packet_id=packet_id, seq=last.seq - 1, head=last.prev_hash, manifest="0" * 64)
    with pytest.raises(TrailRewritten):
        wiring.heads_of_packets().sign_export(task)
    assert door.lambda_handler(task.model_dump(mode="json"), Context()) == {"export": None}


def test_what_the_sealing_checkpoint_signed_is_not_signed_otherwise(sealed: World) -> None:
    packet_id = of(sealed)
    rewrite(packet_id, 3, forged=True)
    with pytest.raises(TrailRewritten):
        wiring.heads_of_packets().sign_milestone(packet_id, 3)


def taken(world: World) -> list[str]:
    return list(door.lambda_handler({}, Context())["days"])


def test_the_package_names_the_daily_head_that_covers_it(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in kept("heads/"):
        boto3.client("s3").delete_object(Bucket="documents", Key=name)
    sealed.clock.pass_(days=1)
    taken(sealed)
    sealed.clock.pass_(days=-1)
    code, said = judged(sealed, tmp_path, capsys)
    assert code == verifier.ANCHORED, said
    assert "the daily head of 2026-11-24 over all packets covers events up to" in said


def test_the_outage_of_the_key_service_is_told_and_nothing_is_handed_out_unsigned(
    sealed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any) -> bytes:
        raise Unavailable()

    monkeypatch.setattr(wiring.statements(), "sign", down)
    assert sealed.call("GET", "/packet/evidence").status == 503
