"""Executions that began before a deployment go on with today's steps (failure R35).

A running execution keeps the definition it began with; what changes under it is the code of its steps. So the calls
that executions really made are kept in `histories/`, and made again: same calls, same events outside, and every step
must answer what it answered then. `python -m tests.drills.record NAME` keeps a new one (tests/drills/record.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from process import tasks
from tests.support import atomic, journey, stories
from tests.support.world import World, build

atomic.install()

HISTORIES = Path(__file__).parent / "histories"
Row = dict[str, Any]

# What happens outside between two calls, by the words that stand in a history.
OUTSIDE: dict[str, Callable[[World, str], Any]] = {
    "report clear": lambda world, packet: stories.report(world, packet, "complete", "clear"),
    "report canceled": lambda world, packet: stories.report(world, packet, "canceled"),
    "AL approves": lambda world, packet: journey.appointment_webhook(world, packet, "AL"),
    "producer loaded": lambda world, packet: journey.certification_webhook(world, packet, "producer.loaded"),
}
# Until what the workflow sleeps before each of them may happen.
READY: dict[str, Callable[[World], bool]] = {
    "report": lambda world: bool(world.outside.screening.reports),
    "AL": lambda world: bool(world.outside.gateway.orders),
    "producer": lambda world: bool(world.outside.site.feeds),
}


def comes(world: World, what: str) -> None:
    """The workflow has come to where this may happen."""
    world.settle(lambda: READY[what.split()[0]](world))


def called(row: Row, packet_id: str) -> Row:
    """A kept call as it is made for another packet; tokens were never kept."""
    return {
        **row["call"],
        "packet_id": packet_id,
        **({"task_token": "kept-nowhere"} if row["waits"] else {}),
    }


@pytest.fixture
def still() -> Iterator[World]:
    """A world in which no one but the test makes the executions' calls."""
    with mock_aws(config={"lambda": {"use_docker": False}}), pytest.MonkeyPatch.context() as patch:
        yield build(patch)


@pytest.mark.parametrize("path", sorted(HISTORIES.glob("*.json")), ids=lambda path: path.stem)
@pytest.mark.failure("R35")
def test_a_kept_history_goes_the_same_way_with_todays_steps(path: Path, still: World) -> None:
    packet_id = stories.submitted(still, states=("AL",))
    answers = []
    for row in json.loads(path.read_text()):
        if "outside" in row:
            comes(still, row["outside"])
            OUTSIDE[row["outside"]](still, packet_id)
            still.settle()
        else:
            answers.append((row["call"]["task"], tasks.lambda_handler(called(row, packet_id), None), row["answer"]))
    assert [(task, now) for task, now, _ in answers] == [(task, then) for task, _, then in answers]


@pytest.mark.failure("R35")
def test_the_histories_go_through_every_step_of_the_workflow() -> None:
    seen = {
        row["call"]["task"]
        for path in HISTORIES.glob("*.json")
        for row in json.loads(path.read_text())
        if "call" in row
    }
    others = {"record_appointment_unanswered", "ask_for_review"}  # see tests/workflow and the drills of failing steps
    sales = {"judge_sale", "await_first_sale_appointment", "record_first_sale", "raise_sale_alarm"}
    assert set(tasks.TASKS) - seen == others | sales
