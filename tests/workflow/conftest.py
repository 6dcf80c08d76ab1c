from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests import atomic
from tests.world import World, build

atomic.install()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    config = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
    with mock_aws(config=config):
        world = build(monkeypatch)
        yield world
        world.stop()
