"""A world for the model test, and its first steps walked once: each example begins where one of them ended."""

from __future__ import annotations

import copy
import random
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.stepfunctions.models import stepfunctions_backends

from econtracting import wiring
from econtracting.adapters import ids
from econtracting.adapters.pace import EvenPace
from tests.model.case import Case
from tests.model.executor import Executor
from tests.model.outsiders import VENDORS, Outsiders
from tests.model.play import AGENCIES, PEOPLE, STATES
from tests.model.wire import Wire
from tests.support import atomic, deployed
from tests.support.world import REGION, WAITS, Context, World, build, handler_of

TABLE, ACCOUNT = "econtracting", "123456789012"
atomic.install()

SIGNED = ("milestones/", "heads/")


def _read(key: str) -> bytes:
    content: bytes = boto3.client("s3").get_object(Bucket="documents", Key=key)["Body"].read()
    return content


@dataclass
class Stage:
    items: Any
    at: Any
    drawn: Any
    outside: dict[str, Any]
    executions: dict[str, Any]
    tokens: int
    moto: dict[str, list[Any]]
    wire: Any
    play: dict[str, Any]
    signed: dict[str, bytes]


class Draws(random.Random):
    """What ids and secrets are drawn from: the same every time, so that an example can be repeated."""

    def token_urlsafe(self, size: int) -> str:
        return ids.sortable(self.getrandbits(40), self.getrandbits(80)) + f"{self.getrandbits(64):017d}"[:17]

    def randbits(self, count: int) -> int:
        return self.getrandbits(count)


class Stages:
    """Where examples begin."""

    def __init__(self, world: World, executor: Executor, wire: Wire, draws: Draws) -> None:
        self.world, self.executor, self.wire, self.draws = world, executor, wire, draws
        self._reached: dict[str, Stage] = {}
        self._documents: set[tuple[str, str]] = set()
        self._walk()

    def _walk(self) -> None:
        play = Outsiders(self.world, self.executor, self.wire)
        self._keep("new", play)
        play.invite(PEOPLE[0], AGENCIES[0], STATES[0])
        play.relay()
        self._keep("invited", play)
        case = play.cases[0]
        assert play.come_in(case)
        play.agree(case)
        play.answer_everything(case)
        self._keep("answered", play)
        play.confirm(case)
        play.consent(case)
        self._keep("frozen", play)
        play.adopt(case)
        play.sign(case, 1000)
        self._keep("signed", play)
        play.finish(case)
        play.settle()
        self._keep("checked", play)
        self._branch("asked", "checked", lambda on, one: on.report(one, "suspended"))
        self._branch("weighed", "checked", lambda on, one: on.report(one, "complete", "consider"))
        self._branch("appointing", "checked", lambda on, one: on.report(one, "complete", "clear"))
        self._branch("processed", "appointing", lambda on, one: on.go_on(one))

    def _branch(self, name: str, earlier: str, act: Callable[[Outsiders, Case], None]) -> None:
        """One act further from an earlier stage."""
        play = self.at(earlier)
        act(play, play.cases[0])
        play.settle()
        self._keep(name, play)

    def at(self, name: str) -> Outsiders:
        """The world as it stood then, and the people in it."""
        stage, table = self._reached[name], self._table()
        table.items = copy.deepcopy(stage.items)
        assert table.stream_shard is not None
        table.stream_shard.items = []
        self.world.clock.at, self.world.calls = stage.at, []
        self.draws.setstate(stage.drawn)
        for vendor, memory in copy.deepcopy(stage.outside).items():
            getattr(self.world.outside, vendor).__dict__.update(memory)
        self.executor.executions = copy.deepcopy(stage.executions)
        self.executor.tokens = stage.tokens
        for machine in self._machines():
            machine.executions[:] = stage.moto[machine.arn]
        self.wire.forget(*stage.wire)
        for key, version in set(self._stored_documents()) - self._documents:
            boto3.client("s3").delete_object(
                Bucket="documents", Key=key, VersionId=version, BypassGovernanceRetention=True
            )
        self._sign_as_then(stage.signed)
        play = Outsiders(self.world, self.executor, self.wire)
        play.__dict__.update(copy.deepcopy(stage.play))
        return play

    def _keep(self, name: str, play: Outsiders) -> None:
        self._documents |= set(self._stored_documents())
        mine = ("cases", "keys", "requests", "messages", "sent", "broken")
        self._reached[name] = Stage(
            copy.deepcopy(self._table().items),
            self.world.clock.at,
            self.draws.getstate(),
            {vendor: copy.deepcopy(getattr(self.world.outside, vendor).__dict__) for vendor in VENDORS},
            copy.deepcopy(self.executor.executions),
            self.executor.tokens,
            {machine.arn: list(machine.executions) for machine in self._machines()},
            self.wire.known,
            {name: copy.deepcopy(play.__dict__[name]) for name in mine},
            {key: _read(key) for key, _ in self._stored_documents() if key.startswith(SIGNED)},
        )

    def _sign_as_then(self, signed: dict[str, bytes]) -> None:
        """Leave the signed heads of that time: one of an event that has not happened yet would contradict the trail."""
        s3 = boto3.client("s3")
        for key, version in list(self._stored_documents()):
            if key.startswith(SIGNED):
                s3.delete_object(Bucket="documents", Key=key, VersionId=version, BypassGovernanceRetention=True)
        for key, content in signed.items():
            s3.put_object(Bucket="documents", Key=key, Body=content)

    def _machines(self) -> list[Any]:
        return list(stepfunctions_backends[ACCOUNT][REGION].state_machines)

    def _table(self) -> Table:
        return dynamodb_backends[ACCOUNT][REGION].tables[TABLE]

    def _stored_documents(self) -> Iterator[tuple[str, str]]:
        for one in boto3.client("s3").list_object_versions(Bucket="documents").get("Versions", ()):
            yield one["Key"], one["VersionId"]


@contextmanager
def stages() -> Iterator[Stages]:
    """Executions are run by `Executor`, AWS is moto, vendors are in memory; every call between them is on the wire."""
    with mock_aws(config={"lambda": {"use_docker": False}}), pytest.MonkeyPatch.context() as patch:
        world = build(patch)
        patch.setattr(wiring, "pace", lambda: EvenPace(0))
        draws = Draws(0)
        patch.setattr(
            ids,
            "secrets",
            types.SimpleNamespace(token_urlsafe=draws.token_urlsafe, randbits=draws.randbits, choice=draws.choice),
        )
        wire = Wire()
        wire.install(patch, world.outside)
        executor = Executor(world.clock, _definitions(world), _invoked)
        executor.install(patch)
        yield Stages(world, executor, wire, draws)
        wiring.forget()


def _definitions(world: World) -> dict[str, str]:
    return {
        world.names[name]: deployed.definition(name, TasksArn="TasksFunction", SealArn="SealFunction", **WAITS)
        for name in ("onboarding", "jit-appointment")
    }


def _invoked(function: str, payload: Mapping[str, Any]) -> Any:
    return handler_of(function)(payload, Context())
