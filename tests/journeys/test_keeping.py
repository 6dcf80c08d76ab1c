from dataclasses import fields
from pathlib import Path

import pytest

from local.config import Config, Ports
from local.demo.cast import somebody
from local.demo.journey import Journey
from local.demo.onlookers import Scene
from local.demo.timeline import Timeline
from local.processes import free_port
from local.stack import Stack


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(tmp_path / "stack", Ports(**{port.name: free_port() for port in fields(Ports)}))


def test_a_second_start_deploys_nothing_and_finds_packet_mail_and_people(config: Config, tmp_path: Path) -> None:
    person = somebody(states=("AL",))
    with Stack(config) as stack:
        first = Journey(Scene(config, stack.outputs), person, Timeline("first"), tmp_path)
        first.invite()
        deployed = (config.home / "deployed.json").read_text()
    with Stack(config) as stack:
        assert (config.home / "deployed.json").read_text() == deployed
        second = Journey(Scene(config, stack.outputs), person, Timeline("second"), tmp_path)
        second.recall(first)
        second.enter()
        second.agree()
        assert second.status() == "IN_PROGRESS"
