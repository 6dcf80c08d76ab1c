import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from tests.support import atomic, edges, lifecycle
from tests.support.world import World, build

atomic.install()

HERE = Path(__file__).parent
JUDGE = HERE / "test_edges.py"

_taken: set[edges.Edge] = set()
_ran: set[tuple[str, str]] = set()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    config = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
    with mock_aws(config=config):
        world = build(monkeypatch)
        yield world
        _taken.update(edges.taken(world))
        world.stop()
        lifecycle.require_valid()


@pytest.fixture
def taken() -> set[edges.Edge]:
    """Every edge that some execution took while this suite ran."""
    return set(_taken)


@pytest.fixture
def not_run() -> set[tuple[str, str]]:
    """The suite's tests that did not run in this process before the judgment: (file, function)."""
    return {one for file in HERE.glob("test_*.py") if file != JUDGE for one in _tests_in(file)} - _ran


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The judgment over the whole suite comes last of it."""
    ours = [item for item in items if HERE in item.path.parents]
    if ours:
        begin = items.index(ours[0])
        others_before = items[:begin]
        others_after = [item for item in items[begin:] if item not in ours]
        items[:] = [*others_before, *sorted(ours, key=lambda item: item.path == JUDGE), *others_after]


def pytest_runtest_teardown(item: pytest.Item) -> None:
    _ran.add((item.path.name, getattr(item, "originalname", item.name)))


def _tests_in(file: Path) -> Iterator[tuple[str, str]]:
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield file.name, node.name
