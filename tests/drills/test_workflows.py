"""Drills of the pages about executions and packets that stand still."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.domain.outbox import EffectKind
from econtracting.domain.screening.background import Check
from process import census, tasks
from tests.drills import console
from tests.drills.conftest import Drill
from tests.support import journey, stories
from tests.support.world import Context, World

REASON = "Looked at it, Carla Winter"
SIX_HOURS = timedelta(hours=6)
HOURS = {"SINCE": "2026-11-24T14:00:00Z", "UNTIL": "2026-11-24T16:00:00Z"}


def figures(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """What the census emits, by name and status."""
    capsys.readouterr()
    census.lambda_handler({}, Context())
    found = {}
    for line in capsys.readouterr().out.splitlines():
        if '"_aws"' in line:
            row = json.loads(line)
            found |= {f"{name} {row.get('status', '')}".strip(): row[name][0] for name in row if name[0].isupper()}
    return found


def break_off(world: World, packet_id: str) -> None:
    """The execution dies while it waits, as it does when the platform under it is restarted."""
    machine = world.names["onboarding"].replace(":stateMachine:", ":execution:")
    client, arn = boto3.client("stepfunctions"), f"{machine}:{packet_id}-1"
    world.settle(lambda: sleeping(packet_id) is not None)
    client.stop_execution(executionArn=arn)
    client.send_task_failure(taskToken=sleeping(packet_id))  # moto looks at a stop when a wait ends, and says FAILED
    world.settle(lambda: client.describe_execution(executionArn=arn)["status"] == "FAILED")


def sleeping(packet_id: str) -> str | None:
    check = wiring.packets().find(Check, packet_id, "1")
    return check.task_token if check else None


def replaced(monkeypatch: pytest.MonkeyPatch, step: str, error: Exception) -> None:
    """A version in which a step does nothing but fail."""

    def broken(_: Any) -> dict[str, Any]:
        raise error

    monkeypatch.setitem(tasks.TASKS, step, broken)


def test_executions_that_broke_off(drill: Drill) -> None:
    page, world = drill.open(drill.rings("ExecutionsFailedAlarm")), drill.world
    assert drill.rings("ExecutionsTimedOutAlarm") == "executions-failed"
    packet_id = stories.to_check(world)
    break_off(world, packet_id)

    looked = page.follow("look")
    assert looked.wrong
    assert f"{packet_id}-1 FAILED: BACKGROUND_CHECK at attempt 1, waits for the reconciler" in looked.said
    world.clock.pass_(hours=SIX_HOURS.total_seconds() / 3600, minutes=1)
    world.settle(lambda: wiring.packets().load(packet_id).attempt == 2)
    assert not page.follow("look").wrong
    stories.report(world, packet_id, "complete", "clear")
    world.reaches(packet_id, "APPOINTING")
    assert len(world.outside.screening.orders) == 1


def test_executions_whose_step_failed_for_good(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    page, world = drill.open("executions-failed"), drill.world
    with monkeypatch.context() as bad:
        replaced(bad, "list_appointments", KeyError("states"))
        packet_id = stories.to_check(world)
        stories.report(world, packet_id, "complete", "clear")
        world.reaches(packet_id, "NEEDS_REVIEW")
    assert not page.follow("look").wrong, "a person has it already"
    assert not page.follow("retry", PACKET=packet_id, REASON=REASON).wrong
    world.settle(lambda: len(world.outside.gateway.orders) == 2)


def test_bad_deployment_of_a_step(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    page, world = drill.open("bad-deployment"), drill.world
    packet_id = stories.submitted(world)
    with monkeypatch.context() as bad:
        replaced(bad, "begin_background_check", TypeError("unexpected keyword"))
        world.reaches(packet_id, "NEEDS_REVIEW")
        assert page.follow("retry", PACKET=packet_id, REASON=REASON).said.startswith("Decided: retry")
        world.settle(lambda: world.status(packet_id) == "NEEDS_REVIEW" and _reviews(packet_id) == 2)
    page.follow("look")
    assert not page.follow("retry", PACKET=packet_id, REASON=REASON).wrong
    world.settle(lambda: bool(world.outside.screening.reports))
    assert world.status(packet_id) == "BACKGROUND_CHECK"
    assert not page.follow("look").wrong


def test_bad_deployment_of_the_relay(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    page, world = drill.open("bad-deployment"), drill.world
    with monkeypatch.context() as bad:
        broken = replace(wiring.relay(), performers={EffectKind.PUBLISH: lambda _: None})
        bad.setattr(wiring, "relay", lambda: broken)
        packet_id = journey.invite(world)
        world.clock.pass_(minutes=20)
        assert "mail: 1 overdue" in page.follow("look").said
        assert ("KeyError",) in console.asked("postponed effects", drill.lines)
    world.settle()
    assert not page.follow("look").wrong
    assert journey.letters(world) == ["invitation"]
    assert world.status(packet_id) == "INVITED"


def test_stuck_packets(drill: Drill, capsys: pytest.CaptureFixture[str]) -> None:
    page, world = drill.open(drill.rings("StuckPacketsAlarm")), drill.world
    packet_id = stories.to_check(world)
    stories.report(world, packet_id, "canceled")
    world.reaches(packet_id, "NEEDS_REVIEW")
    assert figures(capsys)["StuckPackets"] == 0
    world.clock.pass_(days=3, minutes=1)
    world.settle()
    assert figures(capsys)["StuckPackets"] == 1

    assert "BACKGROUND_CHECK_CANCELED" in page.follow("look", PACKET=packet_id).said
    assert page.follow("schedules").said == "[]"
    assert not page.follow("decide", ACT="reject", PACKET=packet_id, REASON=REASON).wrong
    assert world.status(packet_id) == "REJECTED"
    assert figures(capsys)["StuckPackets"] == 0


def test_background_overdue(drill: Drill, capsys: pytest.CaptureFixture[str]) -> None:
    page, world = drill.open(drill.rings("BackgroundOverdueAlarm")), drill.world
    packet_id = stories.to_check(world)
    world.clock.pass_(days=14, minutes=1)
    world.settle()
    assert figures(capsys)["OverduePackets BACKGROUND_CHECK"] == 1
    assert "BACKGROUND_CHECK since" in page.follow("look", PACKET=packet_id).said

    assert page.follow("retry", PACKET=packet_id, REASON=REASON).wrong, "it is not yet for a person"
    world.pace.hurry()
    break_off(world, packet_id)
    world.clock.pass_(hours=6)
    world.reaches(packet_id, "NEEDS_REVIEW")
    world.pace.seconds_per_day = 5.0
    world.outside.screening.ends(f"{packet_id}-1", "complete", "clear")
    assert not page.follow("retry", PACKET=packet_id, REASON=REASON).wrong
    world.reaches(packet_id, "APPOINTING")
    assert len(world.outside.screening.orders) == 1
    assert figures(capsys)["OverduePackets BACKGROUND_CHECK"] == 0


def test_a_background_check_whose_data_are_wrong_is_sent_back(drill: Drill) -> None:
    page, world = drill.open("background-overdue"), drill.world
    packet_id = stories.to_check(world)
    assert not page.follow("correct", PACKET=packet_id, FIELDS="agent.ssn", REASON=REASON).wrong
    assert world.status(packet_id) == "CORRECTION_REQUESTED"


def test_throttles(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    page, world = drill.open(drill.rings("ThrottlesAlarm")), drill.world
    throttled, left = type("Lambda.TooManyRequestsException", (Exception,), {}), [3]
    locate = tasks.TASKS["locate"]

    def sometimes(task: Any) -> dict[str, Any]:
        left[0] -= 1
        if left[0] >= 0:
            raise throttled
        return locate(task)

    monkeypatch.setitem(tasks.TASKS, "locate", sometimes)
    stories.to_check(world)
    assert left[0] < 0
    assert not page.follow("look", **HOURS).wrong
    page.follow("reserve", OTHER="WidgetFunction")
    kept = boto3.client("lambda").get_function_concurrency(FunctionName="WidgetFunction")
    assert kept["ReservedConcurrentExecutions"] == 50


def _reviews(packet_id: str) -> int:
    return wiring.packets().load(packet_id).reviews
