"""What is signed after the seals: milestones by the outbox, packages when they go out, every day all trails together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from econtracting import wiring
from econtracting.adapters.dynamodb import keys
from econtracting.domain.audit import ONBOARDING, Event, EventType
from econtracting.domain.errors import TrailRewritten, Unavailable
from econtracting.domain.outbox import Effect, EffectKind
from econtracting.domain.packet import Status
from econtracting.domain.signing import heads as statements
from econtracting.domain.signing.heads import DailyHead, ExportTask, Milestone
from econtracting.evidence import econtracting_verify as verifier
from econtracting.ports import Change
from econtracting.usecases.signing import heads
from sign import heads as door
from sign import tasks
from tests.support import journey
from tests.support.stages import Stages, stages
from tests.support.world import Context, World, build

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


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        world = build(monkeypatch)
        yield world
        world.stop()


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
    boto3.client("s3").put_object_lock_configuration(
        Bucket="documents", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )
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


# the daily head


def taken(world: World) -> list[str]:
    return list(door.lambda_handler({}, Context())["days"])


def head_of(day: str) -> DailyHead:
    return DailyHead.model_validate_json(wiring.documents().read(heads.signed_key(date.fromisoformat(day))))


def test_a_day_without_packets_has_a_head_as_well(fresh: World) -> None:
    assert taken(fresh) == ["2026-11-23"]
    head = head_of("2026-11-23")
    assert (head.packets, head.previous) == (0, None)
    assert set(head.roots) == {statements.root([])}


def test_a_day_ends_where_the_carrier_is_and_has_one_head(fresh: World) -> None:
    taken(fresh)
    fresh.clock.at = datetime(2026, 11, 25, 4, 59, 59, tzinfo=UTC)  # 23:59:59 in New York
    assert taken(fresh) == []
    fresh.clock.at = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
    assert taken(fresh) == ["2026-11-24"]
    assert taken(fresh) == []
    fresh.clock.at = datetime(2027, 3, 15, 3, 59, tzinfo=UTC)  # the day on which the clock goes forward: 23 hours
    while taken(fresh):
        pass
    assert heads.newest_day(wiring.documents(), date(2027, 3, 20)) == date(2027, 3, 13)
    fresh.clock.at = datetime(2027, 3, 15, 4, 0, tzinfo=UTC)
    assert taken(fresh) == ["2027-03-14"]
    names = kept("heads/signed/")
    assert len(names) == len(set(names)) == (date(2027, 3, 14) - date(2026, 11, 22)).days


def test_missed_days_are_made_up_for_oldest_first_a_few_at_once(fresh: World) -> None:
    taken(fresh)
    journey.invite(fresh)
    fresh.clock.pass_(days=5)
    assert taken(fresh) == ["2026-11-24", "2026-11-25", "2026-11-26"]
    assert taken(fresh) == ["2026-11-27", "2026-11-28"]
    days = [head_of(f"2026-11-{day}") for day in range(23, 29)]
    assert [one.packets for one in days] == [0, 1, 1, 1, 1, 1]
    for before, after in zip(days, days[1:], strict=False):
        assert after.previous == verifier.sha256(before.text())


def test_after_a_long_silence_the_chain_goes_on_where_it_ended(fresh: World) -> None:
    taken(fresh)
    fresh.clock.pass_(days=90)
    assert taken(fresh)[0] == "2026-11-24"


def test_a_run_that_dies_is_taken_up_where_it_was(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        journey.invite(fresh, agent={"first_name": "Ann", "last_name": "Lee", "email": f"a{number}@agents.example"})
    standing, asked_for = wiring.trails().standing, []

    def dies(shard: int, also: Any) -> Any:
        asked_for.append(shard)
        if len(asked_for) == 4:
            raise Unavailable()
        return standing(shard, also)

    monkeypatch.setattr(wiring.trails(), "standing", dies)
    fresh.clock.pass_(days=1)
    with pytest.raises(Unavailable):
        taken(fresh)
    assert kept("heads/signed/") == []
    assert taken(fresh) == ["2026-11-24"]
    assert asked_for == [0, 1, 2, 3, *range(3, statements.SHARDS)]
    assert head_of("2026-11-24").packets == 12


def test_every_packet_is_in_the_list_wherever_it_stands_and_its_proof_leads_to_the_head(fresh: World) -> None:
    ids = []
    for number, status in enumerate(Status):
        ids.append(
            journey.invite(fresh, agent={"first_name": "Ann", "last_name": "Lee", "email": f"a{number}@agents.example"})
        )
        wiring.packets().change(ids[-1], lambda packet, to=status: Change(packet.having(status=to)))
    fresh.clock.pass_(days=1)
    taken(fresh)
    for packet_id in ids:
        proof = heads.proof_of(wiring.documents(), packet_id, fresh.clock.now(), "America/New_York")
        assert proof is not None
        packet = wiring.packets().load(packet_id)
        assert (proof.entry.seq, proof.entry.head) == (packet.event_count, packet.event_head)
        found = statements.leaf(proof.entry.text())
        for step in proof.path:
            beside = bytes.fromhex(step.hash)
            found = statements.node(beside, found) if step.side == "left" else statements.node(found, beside)
        assert proof.head.roots[proof.shard] == found.hex()
    assert heads.proof_of(wiring.documents(), "pkt_unknown", fresh.clock.now(), "America/New_York") is None


def test_a_packet_that_the_index_does_not_show_at_the_moment_stays_in_the_list(
    fresh: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet_id = journey.invite(fresh)
    fresh.clock.pass_(days=1)
    taken(fresh)
    monkeypatch.setattr(wiring.trails(), "_packets", lambda partition: iter(()))
    fresh.clock.pass_(days=1)
    taken(fresh)
    assert head_of("2026-11-25").packets == 1
    listed = heads.listed(wiring.documents(), date(2026, 11, 25), statements.shard_of(packet_id))
    assert [json.loads(one)["packet_id"] for one in listed] == [packet_id]


def test_the_shards_of_the_list_are_those_of_the_index() -> None:
    assert statements.SHARDS == keys.STATUS_SHARDS
    for number in range(50):
        assert statements.shard_of(f"pkt_{number}") == keys._shard(f"pkt_{number}", keys.STATUS_SHARDS)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 33])
def test_each_entry_of_a_tree_has_a_way_to_its_root(size: int) -> None:
    entries = [f"entry {number}".encode() for number in range(size)]
    for place, entry in enumerate(entries):
        found = statements.leaf(entry)
        for step in statements.path(entries, place):
            beside = bytes.fromhex(step.hash)
            found = statements.node(beside, found) if step.side == "left" else statements.node(found, beside)
        assert found.hex() == statements.root(entries)
    assert statements.root([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_missing_head_is_late_from_when_its_day_ended(fresh: World) -> None:
    watch = wiring.head_watch()
    assert watch.late_by() == timedelta(hours=10)  # it is ten in the morning in New York, and there is none yet
    taken(fresh)
    assert watch.late_by() == timedelta()
    fresh.clock.pass_(days=3)
    assert watch.late_by() == timedelta(days=2, hours=10)


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
