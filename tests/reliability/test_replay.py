"""An execution from before a deployment goes on after it: what it sent to its steps then is sent to today's (R35).

`histories/` holds what executions sent and got back, as they were recorded. A recording is never changed; a step whose
input changes gets a further one, and takes both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from econtracting import wiring
from process.tasks import TASKS
from tests.deployed import definition
from tests.reliability.sweep import Sweep
from tests.world import WAITS, Context

HISTORIES = Path(__file__).parent / "histories"
RECORDED = [
    (path.stem, one) for path in sorted(HISTORIES.glob("*.json")) for one in json.loads(path.read_text("utf-8"))
]

pytestmark = pytest.mark.failure("R35")


@pytest.mark.parametrize(("when", "recorded"), RECORDED, ids=lambda one: one if isinstance(one, str) else one["state"])
def test_a_recorded_step_replays(road: Sweep, when: str, recorded: dict[str, Any]) -> None:
    caller = road.at(recorded["after"])
    standing = wiring.packets().load(caller.packet)
    event = {**recorded["input"], "packet_id": caller.packet, "attempt": standing.attempt}
    if event["task"] == "seal":
        from sign import tasks

        answer = tasks.seal(event, Context())
    else:
        answer = TASKS[event["task"]](event)
    assert answer | recorded["output"] == answer
    assert wiring.packets().load(caller.packet).status == recorded["status"]


def test_every_step_of_the_machines_is_recorded() -> None:
    assert {one["input"]["task"] for _, one in RECORDED} == {*TASKS, "seal"}


def test_recorded_steps_are_still_states_of_the_machines() -> None:
    machines = [definition(name, TasksArn="t", SealArn="s", **WAITS) for name in ("onboarding", "jit-appointment")]
    states = {name for machine in machines for name in _states(json.loads(machine))}
    assert {one["state"] for _, one in RECORDED} <= states


def _states(machine: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, state in machine["States"].items():
        found |= {name: state, **(_states(state["Iterator"]) if "Iterator" in state else {})}
        found |= _states(state["ItemProcessor"]) if "ItemProcessor" in state else {}
    return found
