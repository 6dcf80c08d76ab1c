"""Drills of the page about signed heads: a day without one, and a trail that is not the one that was signed."""

from __future__ import annotations

import boto3
import pytest

from econtracting import wiring
from econtracting.adapters.dynamodb import keys
from econtracting.domain.errors import Unavailable
from econtracting.domain.outbox import Effect
from sign import heads
from tests.drills.conftest import Drill
from tests.support import faults, stories
from tests.support.world import Context


def test_a_day_that_was_missed_is_made_up(drill: Drill) -> None:
    page, world = drill.open(drill.rings("DailyHeadAlarm")), drill.world
    heads.lambda_handler({}, Context())
    world.clock.pass_(days=1)
    faults.refuse(wiring._client("kms"), "Sign", 5, "KMSInternalException", 500)
    with pytest.raises(Unavailable):
        heads.lambda_handler({}, Context())
    assert wiring.head_watch().late_by().total_seconds() > 21600

    assert "2026-11-24.json" not in page.follow("look").said
    heads.lambda_handler({}, Context())  # the next quarter of an hour
    looked = page.follow("look")
    assert not looked.wrong
    assert "heads/signed/2026-11-24.json" in looked.said
    assert wiring.head_watch().late_by().total_seconds() == 0


def test_a_trail_that_is_not_the_one_that_was_signed(drill: Drill) -> None:
    page, world = drill.open(drill.rings("TrailRewrittenAlarm")), drill.world
    packet_id = stories.to_check(world)
    world.settle()
    table, last = boto3.resource("dynamodb").Table("econtracting"), wiring.packets().events(packet_id)[-2]
    key = keys.event(packet_id, last.seq)
    before = table.get_item(Key=key)["Item"]
    table.put_item(Item={**before, "data": {"forged": True}})

    assert f"milestones/{packet_id}/" in page.follow("trail", PACKET=packet_id).said
    stories.report(world, packet_id, "complete", "consider")
    world.reaches(packet_id, "ADVERSE_REVIEW")
    world.clock.pass_(hours=1)
    world.relayed()
    waiting = [one for one in wiring.packets().all_of(Effect, packet_id) if one.kind == "sign-milestone"]
    assert [one for one in waiting if one.done_at is None]

    table.put_item(Item=before)
    world.clock.pass_(hours=2)
    world.settle()
    waiting = [one for one in wiring.packets().all_of(Effect, packet_id) if one.kind == "sign-milestone"]
    assert [one for one in waiting if one.done_at is None] == []
