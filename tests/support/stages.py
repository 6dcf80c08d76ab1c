"""A packet's road walked once for many tests: each starts from the stage it names, as if it had walked there itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from econtracting import wiring
from econtracting.adapters.pace import EvenPace
from tests.support import atomic, journey, stories
from tests.support.world import World, build

TABLE = "econtracting"
ROAD = {
    "invited": (journey.invite,),
    "entered": (journey.come_in,),
    "agreed": (journey.agree,),
    "answered": (journey.answer_everything,),
    "frozen": (journey.confirm,),
    "consented": (journey.consent,),
    "adopted": (journey.adopt,),
    "signed": (journey.sign_everything,),
    "finished": (journey.finish,),
}

atomic.install()


@dataclass(frozen=True)
class Stage:
    """What a test may change: the table, the browser, the clock, the mails, and what is sealed."""

    items: list[dict[str, Any]]
    cookie: str | None
    at: datetime
    mails: int
    objects: frozenset[tuple[str, str]]


class Stages:
    def __init__(self, world: World) -> None:
        self.world = world
        self._reached: dict[str, Stage] = {}
        for name, steps in ROAD.items():
            self.go_on(name, *steps)

    def go_on(self, name: str, *steps: Callable[[World], None]) -> None:
        """Walk further than the common road, to a stage of the caller's own."""
        world = self.world
        for step in steps:
            step(world)
        sent = len(world.outside.post.sent)
        self._reached[name] = Stage(_items(), world.cookie, world.clock.at, sent, frozenset(_sealed()))

    def at(self, name: str) -> World:
        """The world as it stood at a stage. What was sealed after it is removed for good."""
        stage, table = self._reached[name], boto3.client("dynamodb")
        there = _items()
        for one in there:
            if one not in stage.items:
                table.delete_item(TableName=TABLE, Key={"PK": one["PK"], "SK": one["SK"]})
        for one in stage.items:
            if one not in there:
                table.put_item(TableName=TABLE, Item=one)
        for key, version in set(_sealed()) - stage.objects:
            boto3.client("s3").delete_object(
                Bucket="documents", Key=key, VersionId=version, BypassGovernanceRetention=True
            )
        self.world.cookie, self.world.clock.at = stage.cookie, stage.at
        del self.world.outside.post.sent[stage.mails :]
        return self.world


@contextmanager
def stages() -> Iterator[Stages]:
    """Walks the road to its end. Executions are not run; call the tasks."""
    with mock_aws(config={"lambda": {"use_docker": False}}), pytest.MonkeyPatch.context() as patch:
        world = build(patch)
        patch.setattr(wiring, "pace", lambda: EvenPace(0))
        yield Stages(world)
        wiring.forget()


def of(world: World) -> str:
    """The packet of the signed-in agent."""
    return str(world.call("GET", "/packet").json["packet_id"])


def seal(world: World, attempt: int = 1) -> None:
    from sign import tasks

    assert tasks.seal({"packet_id": of(world), "attempt": attempt}, None) == {"status": "SUBMITTED"}


def begin_check(world: World) -> None:
    """The screening of a sealed packet is ordered."""
    task = _task(world)
    _step("begin_background_check", task)
    _step("await_background_check", task)
    world.settle()


def suspend_for_ssn(world: World) -> None:
    """The screening of a sealed packet is ordered and suspended for the Social Security number."""
    begin_check(world)
    stories.suspended(world, of(world), "ssn")
    world.settle()
    assert _step("record_background_check", _task(world)) == {"status": "CORRECTION_REQUESTED"}


def weigh(world: World) -> None:
    """The report of a screening that was begun is not clear; its copy is fetched."""
    stories.report(world, of(world), "complete", "consider")
    world.settle()
    assert _step("record_background_check", _task(world)) == {"status": "ADVERSE_REVIEW"}
    world.settle()


def notify(world: World) -> None:
    """The notice before a decision is sent."""
    stories.decided(world, of(world), "pre-adverse")
    world.settle()


def _task(world: World) -> dict[str, Any]:
    return {"packet_id": of(world), "attempt": 1, "task_token": "token"}


def _step(name: str, task: dict[str, Any]) -> Any:
    from process import tasks

    return tasks.lambda_handler({"task": name, **task}, None)


def packet_id() -> str:
    """The packet that travels the road."""
    return next(one["PK"]["S"].removeprefix("PACKET#") for one in _items() if one["SK"]["S"] == "PACKET")


def _items() -> list[dict[str, Any]]:
    return list(boto3.client("dynamodb").scan(TableName=TABLE)["Items"])


def _sealed() -> Iterator[tuple[str, str]]:
    """Key and version of every object that sealing leaves behind."""
    for one in boto3.client("s3").list_object_versions(Bucket="documents").get("Versions", ()):
        if one["Key"].startswith(("sealed/", "completions/", "milestones/", "heads/")):
            yield one["Key"], one["VersionId"]
