"""The sweep goes on whatever it meets: what cannot be attended is passed over, and told."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.adapters.dynamodb import keys
from econtracting.domain.errors import Unavailable
from econtracting.domain.packet import SWEEP
from econtracting.ports import Change
from process import relay
from tests.support import journey
from tests.support.records import packet
from tests.support.world import Context, World

OTHER_AGENT = {"first_name": "Sam", "last_name": "Field", "email": "other@example.com", "npn": "15645556"}

pytestmark = [pytest.mark.law("T20"), pytest.mark.failure("R61")]


def of_one_shard(count: int) -> list[str]:
    """Ids of packets that stand in one shard of what is due."""
    ids = (f"pkt_{number:026d}" for number in range(10_000))
    found = [one for one in ids if keys.due_shard(one) == "DUE#0"]
    return found[:count]


def due_packets(world: World, ids: list[str]) -> None:
    for one in ids:
        wiring.packets().create(Change(packet(one, due_at=world.clock.now())))


def raising(monkeypatch: pytest.MonkeyPatch, broken: set[str]) -> list[str]:
    """Attending one of these raises; answers who had their turn."""
    attended: list[str] = []
    real = wiring.upkeep()

    class Upkeep:
        def attend_workflow(self, packet_id: str) -> bool:
            if packet_id in broken:
                raise RuntimeError("its step always raises")
            attended.append(packet_id)
            return real.attend_workflow(packet_id)

    monkeypatch.setattr(wiring, "upkeep", Upkeep)
    return attended


def test_packets_whose_step_always_raises_starve_no_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "SWEEP_LIMIT", 20)
    ids = of_one_shard(23)
    due_packets(world, ids[:22])
    world.clock.pass_(seconds=1)
    due_packets(world, ids[22:])
    attended = raising(monkeypatch, set(ids[:22]))
    relay.sweep({}, Context())
    assert attended == ids[22:], "the one behind them has its turn in the same run"
    before = len(attended)
    relay.sweep({}, Context())
    assert len(attended) == before, "none of them is in line again at once"


def test_a_packet_that_is_passed_over_comes_again_with_growing_pauses_and_is_told_of(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = of_one_shard(1)
    due_packets(world, [one])
    since = world.clock.now()
    turns: list[Any] = []
    raising(monkeypatch, {one})
    for _ in range(9 * 60):
        if list(wiring.outbox().due(world.clock.now(), 10)):
            turns.append(world.clock.now())
        relay.sweep({}, Context())
        world.clock.pass_(minutes=1)
    pauses = [(later - earlier).total_seconds() / 60 for earlier, later in pairwise(turns)]
    assert pauses[0] <= 2
    assert max(pauses) <= 61
    assert pauses[-1] >= 60
    (trouble,) = wiring.packets().load(one).troubles
    assert (trouble.about, trouble.reason, trouble.failure) == (SWEEP, "SWEEP_FAILS", "RuntimeError")
    assert trouble.since == since
    age = wiring.counting().count(since, since).oldest_effect
    assert age.total_seconds() >= 8 * 3600, "the alarm hears of it between its turns, too"


def test_a_packet_that_is_attended_again_is_no_trouble_any_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = of_one_shard(1)
    due_packets(world, [one])
    with monkeypatch.context() as broken:
        raising(broken, {one})
        for _ in range(12):
            relay.sweep({}, Context())
            world.clock.pass_(hours=1, minutes=1)
        assert wiring.packets().load(one).troubles
    relay.sweep({}, Context())
    assert not wiring.packets().load(one).troubles
    types = [event.type for event in wiring.packets().events(one)]
    assert types.count("effect.stuck") == types.count("effect.recovered") == 1


def test_the_packet_that_had_its_turn_is_not_read_for_having_no_trouble(world: World) -> None:
    (one,) = of_one_shard(1)
    due_packets(world, [one])
    read: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        read.append(params["Key"]["SK"]["S"])

    wiring.outbox()._client.meta.events.register("provide-client-params.dynamodb.GetItem", note)  # type: ignore[attr-defined]
    assert relay.sweep({}, Context())["packets"] == 1
    assert read.count("PACKET") == 2, "by each of those who look after it"


def test_a_row_that_cannot_be_read_is_passed_over_and_the_others_are_performed(world: World) -> None:
    packet_id = journey.invite(world)
    journey.come_in(world)
    world.call("POST", f"/invitations/{packet_id}/resend", staff=journey.RECRUITER)
    key = {name: {"S": value} for name, value in keys.effect(packet_id, "mail#invitation#2").items()}
    boto3.client("dynamodb").update_item(
        TableName="econtracting",
        Key=key,
        UpdateExpression="SET created_at = :nonsense",
        ExpressionAttributeValues={":nonsense": {"S": "yesterday"}},
    )
    other = journey.expect(
        world.call(
            "POST",
            "/invitations",
            journey.invitation(agent=OTHER_AGENT),
            staff=journey.RECRUITER,
        ),
        201,
    ).json["packet_id"]
    assert relay.sweep({}, Context())["failed"] == 1
    assert any(mail["reference"].startswith(other) for mail in world.outside.post.sent)
    world.clock.pass_(seconds=20)
    assert relay.sweep({}, Context())["failed"] == 0, "it waits"


def test_a_sweep_stops_while_it_has_time_to(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = of_one_shard(3)
    due_packets(world, ids)
    attended = raising(monkeypatch, set())

    class Late(Context):
        def get_remaining_time_in_millis(self) -> int:
            return 1_000 if attended else 60_000

    relay.sweep({}, Late())
    assert len(attended) == 1


def test_an_outage_of_the_table_while_passing_over_ends_no_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = of_one_shard(2)
    due_packets(world, ids)
    attended = raising(monkeypatch, {ids[0]})

    def down(*_: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(type(wiring.outbox()), "pass_over", down)
    relay.sweep({}, Context())
    assert attended == [ids[1]]
