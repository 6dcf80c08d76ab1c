"""The stories of the demo as tests: the deployed template on a stack of the suite's own, spoken to over HTTP."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from local.config import HOST, ROOT, Config, Ports
from local.demo.stacks import Stacks
from local.processes import free_port


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.allow_hosts([HOST]))


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    if not (ROOT / ".venv/emulator").is_dir() or not (ROOT / ".venv/sam").is_dir():
        pytest.skip("the emulator's environments are not installed: run make setup")
    ports = Ports(**{port.name: free_port() for port in fields(Ports)})
    with Stacks(Config(tmp_path_factory.mktemp("stack"), ports)) as stacks:
        yield stacks
