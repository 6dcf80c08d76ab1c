"""Every day of the carrier's has one signed head over where the trails of all packets stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import boto3
import pytest
from moto import mock_aws

from econtracting import wiring
from econtracting.adapters.dynamodb import keys
from econtracting.domain.errors import Unavailable
from econtracting.domain.packet import Status
from econtracting.domain.signing import heads as statements
from econtracting.domain.signing.heads import DailyHead
from econtracting.evidence import econtracting_verify as verifier
from econtracting.ports import Change
from econtracting.usecases.signing import heads
from sign import heads as door
from tests.support import journey
from tests.support.world import Context, World, build

pytestmark = pytest.mark.law("T5")


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        world = build(monkeypatch)
        yield world
        world.stop()


def kept(prefix: str) -> list[str]:
    versions = boto3.client("s3").list_object_versions(Bucket="documents", Prefix=prefix).get("Versions", ())
    return [one["Key"] for one in versions]


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
    assert len(kept("heads/signed/")) == 2


def test_the_day_on_which_the_clock_goes_forward_has_23_hours_and_one_head(fresh: World) -> None:
    fresh.clock.at = datetime(2027, 3, 12, 12, 0, tzinfo=UTC)
    taken(fresh)
    fresh.clock.at = datetime(2027, 3, 15, 3, 59, tzinfo=UTC)
    while taken(fresh):
        pass
    assert heads.newest_day(wiring.documents(), date(2027, 3, 20)) == date(2027, 3, 13)
    fresh.clock.at = datetime(2027, 3, 15, 4, 0, tzinfo=UTC)
    assert taken(fresh) == ["2027-03-14"]
    names = kept("heads/signed/")
    assert len(names) == len(set(names)) == (date(2027, 3, 14) - date(2027, 3, 10)).days


@pytest.mark.failure("R47")
def test_missed_days_are_made_up_for_oldest_first_a_few_at_once(fresh: World) -> None:
    taken(fresh)
    journey.invite(fresh)
    fresh.clock.pass_(days=5)
    assert taken(fresh) == ["2026-11-24", "2026-11-25", "2026-11-26"]
    assert taken(fresh) == ["2026-11-27", "2026-11-28"]
    days = [head_of(f"2026-11-{day}") for day in range(23, 29)]
    assert [one.packets for one in days] == [0, 1, 1, 1, 1, 1]
    for before, after in pairwise(days):
        assert after.previous == verifier.sha256(before.text())


def test_after_a_long_silence_the_chain_goes_on_where_it_ended(fresh: World) -> None:
    taken(fresh)
    fresh.clock.pass_(days=90)
    assert taken(fresh)[0] == "2026-11-24"


@pytest.mark.failure("R47")
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
        proof = heads.proof_of(wiring.documents(), packet_id, fresh.clock.now(), wiring.carriers_zone())
        assert proof is not None
        packet = wiring.packets().load(packet_id)
        assert (proof.entry.seq, proof.entry.head) == (packet.event_count, packet.event_head)
        found = statements.leaf(proof.entry.text())
        for step in proof.path:
            beside = bytes.fromhex(step.hash)
            found = statements.node(beside, found) if step.side == "left" else statements.node(found, beside)
        assert proof.head.roots[proof.shard] == found.hex()
    assert heads.proof_of(wiring.documents(), "pkt_unknown", fresh.clock.now(), wiring.carriers_zone()) is None


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


@pytest.mark.failure("R47")
def test_a_missing_head_is_late_from_when_its_day_ended(fresh: World) -> None:
    watch = wiring.head_watch()
    assert watch.late_by() == timedelta(hours=10)  # it is ten in the morning in New York, and there is none yet
    taken(fresh)
    assert watch.late_by() == timedelta()
    fresh.clock.pass_(days=3)
    assert watch.late_by() == timedelta(days=2, hours=10)
