"""Keeps what executions call their steps with: `python -m tests.drills.record STORY NAME` writes histories/NAME.json.

Give a history a name of its own when the steps' calls change, and leave the older ones: they are what still runs.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from moto import mock_aws

from process import tasks
from tests.drills.conftest import SERVES
from tests.drills.test_old_executions import HISTORIES, OUTSIDE, Row, comes
from tests.support import atomic, stories
from tests.support.world import World, build

STORIES: dict[str, tuple[tuple[str, ...], str]] = {
    "clear": (("report clear", "AL approves", "producer loaded"), "CERTIFICATION_OPEN"),
    "canceled": (("report canceled",), "NEEDS_REVIEW"),
    "silent": ((), "NEEDS_REVIEW"),
    "unloaded": (("report clear", "AL approves"), "NEEDS_REVIEW"),
}


def recorded(world: World, monkeypatch: pytest.MonkeyPatch, story: str) -> list[Row]:
    """Plays a story with its state machine and keeps every call with its answer."""
    outside, end = STORIES[story]
    rows: list[Row] = []
    step = tasks.lambda_handler

    def keeping(event: Row, context: Any) -> Row:
        answer = step(event, context)
        call = {name: value for name, value in event.items() if name not in ("packet_id", "task_token")}
        rows.append({"call": call, "waits": "task_token" in event, "answer": answer})
        return answer

    monkeypatch.setattr(tasks, "lambda_handler", keeping)
    if story == "silent":
        world.pace.hurry()
    packet_id = stories.submitted(world, states=("AL",))
    for what in outside:
        comes(world, what)
        if (story, what) == ("unloaded", "AL approves"):
            world.pace.hurry()
        rows.append({"outside": what})
        OUTSIDE[what](world, packet_id)
    world.reaches(packet_id, end)
    return rows


def main(story: str, name: str) -> None:
    atomic.install()
    with mock_aws(config=SERVES), pytest.MonkeyPatch.context() as patch:
        world = build(patch)
        rows = recorded(world, patch, story)
        world.stop()
    with (HISTORIES / f"{name}.json").open("x") as file:
        file.write(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
