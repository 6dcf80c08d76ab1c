"""Packets on their road from e-vite to ACTIVE, in process on moto, with everything they ask of AWS counted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.config import DefaultConfig
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

import auth.authorizer
import tests.support.world
from econtracting import wiring
from econtracting.adapters.pace import EvenPace
from tests.support import atomic, deployed, stream
from tests.support import journey as road
from tests.support.world import World
from tools.bench.ledger import Ledger

STAGES = (
    "invitation",
    "access",
    "interview",
    "summary",
    "signing",
    "sealing",
    "background check",
    "appointments",
    "certification",
)
AUTHORIZER = "AuthorizerFunction"


@dataclass(frozen=True)
class Traveler:
    """Someone whose packet is played; every packet needs another person."""

    number: int

    @property
    def npn(self) -> str:
        return str(20000000 + self.number)

    @property
    def email(self) -> str:
        return f"dana{self.number}@example.com"

    def invitation(self) -> dict[str, Any]:
        return road.invitation()["agent"] | {"npn": self.npn, "email": self.email}

    def answers(self) -> dict[str, Any]:
        return {"npn": self.npn, "email": self.email}


@dataclass
class Measured:
    """One packet's counts by stage."""

    units: dict[str, Counter[str]]
    calls: dict[str, Counter[str]]
    invocations: dict[str, Counter[str]]
    indexes: dict[str, Counter[str]]

    def total(self, of: str) -> Counter[str]:
        return sum(getattr(self, of).values(), Counter())


class Track:
    """A world whose calls are counted, and in which packets travel one after the other."""

    def __init__(self, world: World, ledger: Ledger) -> None:
        self.world, self.ledger = world, ledger
        self._travelers = 0
        self._packet_id = ""

    def play(self) -> Measured:
        """One packet more, from the invitation to the end."""
        world, ledger, who = self.world, self.ledger, Traveler(self._travelers)
        self._travelers += 1
        counted = (ledger.units, ledger.calls, ledger.invocations, ledger.indexes)
        for kept in counted:
            kept.clear()
        world.cookie = None
        outside = world.outside
        orders, mails, feeds = len(outside.gateway.orders), len(outside.post.sent), len(outside.site.feeds)

        def stage(name: str) -> None:
            self._close(mails_before=mails)
            ledger.stage = name

        self._packet_id = ""
        stage("invitation")
        packet_id = self._packet_id = road.invite(world, agent=who.invitation())
        stage("access")
        road.come_in(world)
        stage("interview")
        road.agree(world)
        road.answer_everything(world, agent=who.answers())
        stage("summary")
        road.confirm(world)
        stage("signing")
        road.consent(world)
        road.adopt(world)
        road.sign_everything(world)
        stage("sealing")
        road.finish(world)
        world.reaches(packet_id, "BACKGROUND_CHECK")
        world.settle(lambda: any(one.reference == f"{packet_id}-1" for one in world.outside.screening.reports.values()))
        self._sleeps("CHECK#", 1)
        stage("background check")
        road.background_webhook(world, packet_id, 1, "complete", "clear")
        world.reaches(packet_id, "APPOINTING")
        world.settle(lambda: len(outside.gateway.orders) == orders + 2)
        self._sleeps("APPOINTMENT#", 2)
        stage("appointments")
        for state in ("AL", "FL"):
            road.appointment_webhook(world, packet_id, state)
        world.reaches(packet_id, "PROCESSED")
        world.settle(lambda: len(outside.site.feeds) == feeds + 1)
        self._sleeps("FEED", 1)
        stage("certification")
        road.certification_webhook(world, packet_id, "producer.loaded", npn=who.npn)
        world.reaches(packet_id, "CERTIFICATION_OPEN")
        for course in ("medicare-basics", "plan-products"):
            road.certification_webhook(
                world, packet_id, "course.completed", npn=who.npn, course=course, plan_year=2027, score=95
            )
        world.reaches(packet_id, "ACTIVE")
        world.settle()
        self._close(mails_before=mails)
        ledger.stage = "after"
        return Measured(*({name: Counter(kept[name]) for name in STAGES} for kept in counted))

    def _sleeps(self, prefix: str, count: int) -> None:
        """Wait until the workflow sleeps for so many records: in life a vendor takes days, so it always does by then.

        Which side comes first decides how often the second one looks, and would make one packet dearer than the next.
        """
        table = dynamodb_backends[stream.ACCOUNT][tests.support.world.REGION].tables[stream.TABLE]
        partition = DynamoType({"S": f"PACKET#{self._packet_id}"})

        def asleep() -> bool:
            with atomic.LOCK:
                found = [item for name, item in table.items[partition].items() if name.value.startswith(prefix)]
            return sum("task_token" in item.attrs for item in found) == count

        self.world.settle(asleep)

    def _close(self, mails_before: int) -> None:
        """Book what is counted at the end of a stage: mails and state transitions."""
        stage, units = self.ledger.stage, self.ledger.units
        if stage not in STAGES:
            return
        sent = len(self.world.outside.post.sent) - mails_before - sum(units[one]["mail"] for one in STAGES)
        units[stage]["mail"] += sent
        booked = sum(units[one]["state transition"] for one in STAGES)
        units[stage]["state transition"] += self._transitions() - booked

    def _transitions(self) -> int:
        """States entered by the executions of the newest packet."""
        client = boto3.client("stepfunctions")
        arn, newest = self.world.names["onboarding"], self._packet_id
        return sum(
            event["type"].endswith("StateEntered")
            for one in client.list_executions(stateMachineArn=arn)["executions"]
            if newest and one["name"].startswith(newest)
            for event in client.get_execution_history(executionArn=one["executionArn"], maxResults=1000)["events"]
        )


@contextmanager
def track() -> Iterator[tuple[Track, pytest.MonkeyPatch]]:
    """An empty world on moto; the stream relays what the outbox holds, as on AWS."""
    atomic.install()
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    config: DefaultConfig = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
    with pytest.MonkeyPatch.context() as patch, mock_aws(config=config):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        boto3.setup_default_session(region_name=tests.support.world.REGION)
        ledger = Ledger(lambda: dynamodb_backends[stream.ACCOUNT][tests.support.world.REGION].tables)
        ledger.watch(boto3.DEFAULT_SESSION)
        world = tests.support.world.build(patch)
        patch.setattr(wiring, "pace", lambda: EvenPace(0))
        watch_functions(patch, ledger)
        stream.attach(world, tests.support.world.handler_of("RelayFunction"))
        try:
            yield Track(world, ledger), patch
        finally:
            world.stop()
            wiring.forget()


def watch_functions(patch: pytest.MonkeyPatch, ledger: Ledger) -> None:
    """Let the ledger know which function runs, and count the API's requests."""
    original, authorize = tests.support.world.handler_of, auth.authorizer.lambda_handler
    doors = {function for _, _, function in deployed.routes()}

    def handler(function: str) -> Callable[[Any, Any], Any]:
        inner = original(function)

        def counted(event: Any, context: Any) -> Any:
            if function in doors:
                ledger.add("API request", 1)
                ledger.add("WAF request", 1)
            with ledger.running(function):
                return inner(event, context)

        return counted

    def authorizer(event: Any, context: Any) -> Any:
        with ledger.running(AUTHORIZER):
            return authorize(event, context)

    patch.setattr(tests.support.world, "handler_of", handler)
    patch.setattr(auth.authorizer, "lambda_handler", authorizer)


def memory() -> Mapping[str, int]:
    """Function -> megabytes, by template.yaml."""
    usual = deployed.template()["Globals"]["Function"]["MemorySize"]
    return {name: int(one.get("MemorySize", usual)) for name, one in deployed.functions().items()}
