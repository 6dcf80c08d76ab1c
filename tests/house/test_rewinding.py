"""A world that is put back is a world that was just deployed, whatever happened in between."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any
from weakref import WeakValueDictionary

import boto3
import pytest
from moto import mock_aws
from moto.core.base_backend import BackendDict, BaseBackend
from moto.s3.models import FakeKey

from econtracting import wiring
from econtracting.domain.errors import PacketNotFound
from tests.support import atomic, faults, journey, stories
from tests.support.rewinding import State
from tests.support.world import World, build, deploy, once

atomic.install()

QUIET: Any = {"lambda": {"use_docker": False}}
EXECUTING: Any = {"stepfunctions": {"execute_state_machine": True}, **QUIET}
# What no two deployments share: identities, moments, and what is made with a key.
OWN = [
    (re.compile(pattern), name)
    for pattern, name in (
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<uuid>"),
        (r"datetime\.datetime\([^()]*(\(\))?[^()]*\)", "<time>"),
        (r"\d{4}-\d\d-\d\dT[\d:.]+Z?", "<time>"),
        (r"\b1[789]\d{8,11}(\.\d+)?\b", "<seconds>"),
        (r"vendors-\w{6}", "<secret>"),
        (r"\b(AROA|AIDA)?[A-Z0-9]{17,21}\b", "<id>"),
        (r"(?s)-----BEGIN CERTIFICATE-----.*", "<certificate>"),
        (r"b(\"|')(\\.|.)*(\"|')$", "<bytes>"),
        (r"[\w-]{8,}==?|[0-9a-f]{32,64}", "<random>"),
        (r"(_etag|checksum_value|contentsize|_version_id) = .*", "<of a signature>"),
    )
]


@contextmanager
def served(config: Any = QUIET) -> Iterator[pytest.MonkeyPatch]:
    with mock_aws(config=config), pytest.MonkeyPatch.context() as patch:
        yield patch


def kept() -> list[str]:
    """Everything that the emulated services keep: a line for each value, by the way that leads to it."""
    return [f"{way} {_told(value)}" for way, value in _everything()]


def _everything() -> Iterator[tuple[str, Any]]:
    for service in BackendDict._instances:
        for account, regions in dict.items(service):
            for region, backend in dict.items(regions):
                yield from _below(f"{type(backend).__module__}/{account}/{region}", vars(backend), frozenset())


def _below(way: str, value: Any, above: frozenset[int]) -> Iterator[tuple[str, Any]]:
    if id(value) in above or isinstance(value, BaseBackend):
        return
    yield way, value
    for name, one in _inside(value):
        yield from _below(f"{way}/{name}", one, above | {id(value)})


def _inside(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict | WeakValueDictionary):
        return list(value.items())
    if isinstance(value, list | tuple):
        return enumerate(value)
    if isinstance(value, set | frozenset):
        return enumerate(sorted(value, key=repr))
    if isinstance(value, FakeKey):
        return [("(content)", value.value), *((name, one) for name, one in vars(value).items() if name != "lock")]
    if type(value).__module__.startswith("moto") and hasattr(value, "__dict__"):
        return vars(value).items()
    return ()


def _told(value: Any) -> str:
    plain = isinstance(value, str | bytes | int | float | None) or "datetime" in repr(value)
    return f"= {value!r}" if plain else f"is a {type(value).__name__}"


def without_own(lines: list[str]) -> list[str]:
    return sorted(_without_own(line) for line in lines if "docker_client" not in line)  # moto never copies it


def _without_own(line: str) -> str:
    for pattern, name in OWN:
        line = pattern.sub(name, line)
    return line


def live(world: World) -> None:
    """Much of what tests do to a world, and some that none does."""
    packet_id = stories.submitted(world)
    journey.invite(world)
    journey.come_in(world)
    world.clock.pass_(days=3)
    world.outside.post.down = True
    world.pace.hurry()
    wiring.documents().keep("sealed/other.pdf", b"other", "application/pdf")
    boto3.client("s3").create_bucket(Bucket="another")
    boto3.client("s3", "eu-west-1").put_object(Bucket="uploads", Key="left", Body=b"behind")
    boto3.client("kms").create_key()
    boto3.client("sqs").create_queue(QueueName="another")
    boto3.client("secretsmanager").update_secret(SecretId="vendors", SecretString="{}")
    boto3.client("dynamodb").delete_item(
        TableName="econtracting", Key={"PK": {"S": f"PACKET#{packet_id}"}, "SK": {"S": "PACKET"}}
    )
    boto3.client("lambda").delete_function(FunctionName="SealFunction")


@pytest.mark.parametrize("config", [QUIET, EXECUTING], ids=["quiet", "executing"])
def test_a_world_that_was_put_back_is_as_it_was_deployed(config: Any) -> None:
    with served(config) as patch:
        once(patch, deploy).state.put_back()
        deployed = kept()
    with served(config) as patch:
        world = build(patch)
        live(world)
        assert kept() != deployed
        world.stop()
    with served(config) as patch:
        world = build(patch)
        assert kept() == deployed
        assert (world.cookie, world.calls, world.outside.post.sent) == (None, [], [])
        assert not world.outside.post.down
        assert wiring.clock().now() == world.clock.at
        assert wiring.secrets()["license_registry_key"] == "registry"
        journey.invite(world)


def test_a_world_that_was_put_back_is_as_another_that_is_deployed_anew() -> None:
    with served() as patch:
        live(build(patch))
    with served() as patch:
        build(patch)
        again = without_own(kept())
    with served() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
            patch.setenv(name, "us-east-1")
        wiring.forget()
        deploy(patch)
        assert without_own(kept()) == again
    wiring.forget()


def test_a_state_can_be_put_back_again_and_again_and_while_the_world_goes_on() -> None:
    with served() as patch:
        world = build(patch)
        packet_id = journey.invite(world)
        state, before = State.now(), kept()
        for _ in range(2):
            wiring.documents().keep("sealed/other.pdf", b"other", "application/pdf")
            journey.come_in(world)
            assert kept() != before
            state.put_back()
            assert kept() == before
            assert world.status(packet_id) == "INVITED"


@pytest.mark.parametrize("config", [QUIET, EXECUTING], ids=["quiet", "executing"])
def test_what_is_kept_and_what_is_worked_on_share_nothing_that_can_change(config: Any) -> None:
    with served(config) as patch:
        state = once(patch, deploy).state
        state.put_back()
        stored = {id(one) for content in state.contents for _, one in _below("", content, frozenset())}
        shared = [way for way, one in _everything() if id(one) in stored and _changes(one)]
        assert shared == []


def _changes(value: Any) -> bool:
    if isinstance(value, tuple | frozenset | Enum):
        return False
    return isinstance(value, dict | list | set | WeakValueDictionary) or type(value).__module__.startswith("moto")


def test_what_is_sealed_in_a_kept_state_outlives_the_world_it_was_kept_in() -> None:
    """moto closes the content of every object that it knows of when it starts again."""
    with served() as patch:
        build(patch)
        wiring.documents().keep("sealed/one.pdf", b"one", "application/pdf")
        state = State.now()
    with served() as patch:
        build(patch)
        state.put_back()
        assert wiring.documents().read("sealed/one.pdf") == b"one"


def test_no_execution_goes_on_when_its_world_is_over() -> None:
    before = set(threading.enumerate())
    with served(EXECUTING) as patch:
        world = build(patch)
        packet_id = stories.to_check(world)  # the execution sleeps until the report comes
        assert set(threading.enumerate()) - before
        world.stop()
        assert set(threading.enumerate()) - before == set()
    with served(EXECUTING) as patch:
        world = build(patch)
        assert world.histories() == {}
        with pytest.raises(PacketNotFound):
            wiring.packets().load(packet_id)
        stories.to_check(world)
        world.stop()


def test_a_client_that_somebody_put_a_hook_into_is_not_handed_out_again() -> None:
    with served() as patch:
        build(patch)
        touched, other = wiring._client("dynamodb"), wiring._client("s3")
        faults.lose_response(touched, "GetItem")
        assert wiring._client("dynamodb") is touched
        wiring.forget()
        assert wiring._client("dynamodb") is not touched
    with served() as patch:
        world = build(patch)
        assert wiring._client("dynamodb") is not touched
        assert wiring._client("s3") is other
        journey.invite(world)
