"""The business as figures: counted on the indexes, emitted as metrics with the status as their only dimension."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.packet import Status
from econtracting.ports import Change
from econtracting.usecases.department import census
from process import census as door
from tests.support import deployed, journey
from tests.support.world import Context, World

BY_OTHERS = {"SealRefused", "TrailRewritten"}  # counted where it happens, by the functions that sign


@pytest.fixture(autouse=True)
def _namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "eContracting")


def counted(world: World) -> census.Count:
    now = world.clock.now()
    return wiring.counting().count(now - door.EVERY, now)


def emitted(world: World, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    door.lambda_handler({}, Context())
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]


def test_packets_are_counted_where_they_stand_with_the_age_of_the_oldest(world: World) -> None:
    journey.invite(world)
    world.clock.pass_(hours=2)
    (invited,) = [one for one in counted(world).standings if one.status == "INVITED"]
    assert (invited.packets, invited.oldest) == (1, timedelta(hours=2))


def test_a_packet_that_overstays_is_overdue(world: World) -> None:
    packet_id = journey.invite(world)
    wiring.packets().change(packet_id, lambda packet: Change(packet.having(status=Status.SEALING)))
    world.clock.pass_(minutes=16)
    (sealing,) = [one for one in counted(world).standings if one.status == "SEALING"]
    assert sealing.overdue == 1


def test_the_outbox_is_as_old_as_its_most_overdue_row(world: World) -> None:
    world.call("POST", "/invitations", journey.invitation(), staff=journey.RECRUITER)
    world.clock.pass_(minutes=7)
    assert counted(world).oldest_effect == timedelta(minutes=7)


def test_nothing_due_is_no_age(world: World) -> None:
    assert counted(world).oldest_effect == timedelta()


def test_a_run_looks_at_the_five_minutes_before_it() -> None:
    now = datetime(2026, 11, 23, 12, 7, 30, tzinfo=UTC)
    assert door._whole(now) == datetime(2026, 11, 23, 12, 5, tzinfo=UTC)


def test_figures_name_a_status_or_a_vendor_and_nobody(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    packet_id = journey.invite(world)
    lines = emitted(world, capsys)
    dimensions = {
        name for line in lines for one in line["_aws"]["CloudWatchMetrics"] for row in one["Dimensions"] for name in row
    }
    assert dimensions == {"service", "status", "vendor"}
    assert packet_id not in json.dumps(lines)


def test_every_metric_that_an_alarm_watches_is_emitted(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    resources = deployed.template()["Resources"].values()
    alarms = [one["Properties"] for one in resources if one["Type"] == "AWS::CloudWatch::Alarm"]
    watched = {alarm["MetricName"] for alarm in alarms if alarm.get("Namespace") == "eContracting"}
    known = {
        metric["Name"]
        for line in emitted(world, capsys)
        for one in line["_aws"]["CloudWatchMetrics"]
        for metric in one["Metrics"]
    }
    assert watched
    assert watched - BY_OTHERS <= known
