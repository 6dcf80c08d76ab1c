"""The simulator's core: token buckets, a full house, a season."""

from __future__ import annotations

import pytest

from tools.scale import demand
from tools.scale.calibration import draws
from tools.scale.play import Call, Load, play
from tools.scale.quotas import Bucket, Quota


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate() -> None:
    bucket = Bucket(Quota("mails", 10, 20))
    assert [bucket.take(0, 10) for _ in range(4)] == [0, 0, 1, 2]
    assert bucket.delayed == 2


def test_a_bucket_fills_up_to_its_height_only() -> None:
    bucket = Bucket(Quota("mails", 10))
    assert bucket.take(1000, 10) == 0
    assert bucket.take(1000, 5) == 0.5


def test_demand_below_every_quota_waits_for_nothing() -> None:
    load = Load(per_second=20, lasts=1, calls=[Call(0.05, 3, {"mails": 1})])
    outcome = play([load], [Quota("mails", 200)], concurrency=100, seconds=60)
    assert outcome.longest_wait == 0
    assert outcome.concurrency_waits == 0
    assert outcome.means["mails"] == pytest.approx(60, rel=0.1)
    assert outcome.peaks["mails"] > outcome.means["mails"]


def test_concurrency_is_arrivals_times_duration() -> None:
    """Little's law."""
    load = Load(per_second=50, lasts=1, calls=[Call(2.0, 1, {})])
    outcome = play([load], [], concurrency=1000, seconds=300)
    assert outcome.peak_concurrency == pytest.approx(100, rel=0.4)


def test_a_full_house_keeps_the_rest_waiting() -> None:
    load = Load(per_second=50, lasts=1, calls=[Call(2.0, 1, {})])
    outcome = play([load], [], concurrency=50, seconds=60)
    assert outcome.peak_concurrency == 50
    assert outcome.concurrency_waits > 0


def test_the_quota_that_is_exceeded_is_the_one_that_delays() -> None:
    load = Load(per_second=20, lasts=1, calls=[Call(0.05, 1, {"narrow": 1, "wide": 1})])
    outcome = play([load], [Quota("narrow", 10), Quota("wide", 100)], concurrency=1000, seconds=60)
    assert outcome.delayed["narrow"] > 0
    assert outcome.delayed["wide"] == 0
    assert outcome.longest_wait == pytest.approx(60, rel=0.5)


def test_every_packet_goes_through_every_stage_of_the_year() -> None:
    counts = demand.year(3000)
    assert {name: sum(hours) for name, hours in counts.items()} == {
        stage.name: pytest.approx(3000, abs=30) for stage in demand.STAGES
    }


def test_the_busiest_hour_is_a_working_hour_in_october() -> None:
    counts = demand.year(20000)
    hour = demand.busiest_hour(counts, {stage.name: 1.0 for stage in demand.STAGES})
    assert 273 <= hour // 24 < 304
    assert 8 <= hour % 24 <= 18


def test_an_index_with_shards_gets_its_part_on_each() -> None:
    counted = {"units": {"write unit": 100, "mail": 2}, "index units": {"by_due": 40, "agency_rows": 10}}
    found = draws(counted)
    assert found["DynamoDB table writes"] == 100
    assert found["SES mails"] == 2
    assert found["DynamoDB partition: by_due shard, writes"] < 40
    assert 0 < found["DynamoDB partition: largest agency, writes"] < 10
