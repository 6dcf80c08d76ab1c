"""One stack, one `sam local start-api` and one journey through it for the whole suite."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_socket

from local import staff
from local.config import HOST, SIMULATORS, Config, Ports
from local.demo import cast
from local.demo.journey import Journey
from local.demo.onlookers import Scene
from local.demo.timeline import Timeline
from local.processes import free_port
from local.stack import Stack
from tests.sam import base_image, engine, forward, front, start_api

STEPS = ("invite", "enter", "agree", "answer", "confirm", "consent", "sign", "finish", "received")
Step = Callable[[str], Journey]
VENDORS = ("emulator", *SIMULATORS)


@dataclass(frozen=True)
class Hosted:
    """The endpoints as sam hosts them, behind the address that people use."""

    portal: str
    config: Config
    outputs: dict[str, str]
    network: str
    variables: Path

    def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        """A call as the portal's own script makes it."""
        headers = {"X-Requested-With": "econtracting", **request.pop("headers", {})}
        return httpx.request(method, f"{self.portal}/api{path}", headers=headers, timeout=120, **request)

    def environment(self, function: str) -> dict[str, str]:
        """The variables that the function has in its container."""
        found: dict[str, str] = json.loads(self.variables.read_text())[function]
        return found

    def staff_token(self, user: staff.StaffUser) -> str:
        return staff.sign_in(self.config.url("emulator"), self.outputs["StaffUserPoolClientId"], user)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """Engine, base image, AWS services and sam, each started if it must be; skips where no engine can answer."""
    pytest_socket.enable_socket()
    home = tmp_path_factory.mktemp("sam")
    ports = Ports(**{port.name: free_port() for port in fields(Ports)})
    config = Config(home, ports)
    with ExitStack() as started:
        try:
            started.enter_context(engine.running(home / "logs/dockerd.log"))
        except engine.NoEngine as missing:
            pytest.skip(str(missing))
        _say(f"base image: {base_image.provide()}")
        stack = started.enter_context(Stack(config))
        network, address = started.enter_context(engine.network())
        started.enter_context(forward.forwarded(address, [getattr(ports, name) for name in VENDORS]))
        variables = start_api.write_environments(config, address)
        api = started.enter_context(start_api.serving(config, variables, network))
        port = started.enter_context(front.standing(api, config.url("portal"), home / "logs/sam.log"))
        _say(f"sam local start-api: {api}")
        yield Hosted(f"http://{HOST}:{port}", config, stack.outputs, network, variables)


@pytest.fixture(scope="session")
def journey(hosted: Hosted, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """An agent whose packet each test moves on; the tests of a journey stand in its order."""
    config = replace(hosted.config, ports=replace(hosted.config.ports, portal=int(hosted.portal.rpartition(":")[2])))
    person = cast.somebody(states=("TN", "KS"))
    return Journey(Scene(config, hosted.outputs), person, Timeline("sam"), tmp_path_factory.mktemp("journey"))


@pytest.fixture(scope="session")
def step(journey: Journey) -> Step:
    """Play the journey up to a step, each step once."""
    begun: list[str] = []
    done: list[str] = []

    def play(name: str) -> Journey:
        for one in STEPS[: STEPS.index(name) + 1]:
            if one not in begun:
                begun.append(one)
                getattr(journey, one)()
                done.append(one)
            elif one not in done:
                pytest.fail(f"the journey ended at {one}")
        return journey

    return play


def _say(line: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {line}", file=sys.__stderr__, flush=True)
