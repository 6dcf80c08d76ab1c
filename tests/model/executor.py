"""Step Functions' part of the model test: the machine files walked step by step, in the world's own time.

Step Functions of moto takes and keeps executions but runs none; what runs them here interprets the same definitions in
one thread, so that a run can be repeated exactly. tests/workflow has moto's own executor run them, in real time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto.stepfunctions.exceptions import InvalidToken
from moto.stepfunctions.models import StepFunctionBackend

from tests.model.wire import Crash
from tests.support import deployed
from tests.support.world import Clock

Invoke = Callable[[str, Mapping[str, Any]], Any]
TIMED_OUT, DIED = "States.Timeout", "Runtime.ExitError"


class Failed(Exception):
    """A step or an execution ended with an error of this name."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass
class Walk:
    """One line of control: where it stands, and what it waits for. `at` is None once it has ended."""

    states: Mapping[str, Any]
    at: str | None
    data: dict[str, Any]
    item: str = ""
    tries: int = 0
    token: str | None = None
    answer: Any = None
    until: datetime | None = None
    inner: list[Walk] = field(default_factory=list)


@dataclass
class Execution:
    name: str
    walk: Walk
    status: str = "RUNNING"
    history: list[str] = field(default_factory=list)


class Executor:
    """Runs what was started, as far as it is told to."""

    def __init__(self, clock: Clock, definitions: Mapping[str, str], invoke: Invoke) -> None:
        self._clock = clock
        self._definitions = {arn: json.loads(text) for arn, text in definitions.items()}
        self._invoke = invoke
        self.executions: dict[str, Execution] = {}
        self.tokens = 0

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Be what moto's executions are run by."""
        start = StepFunctionBackend.start_execution

        def started(backend: Any, state_machine_arn: str, name: str, execution_input: str) -> Any:
            known = start(backend, state_machine_arn, name, execution_input)
            if name not in self.executions:
                definition = self._definitions[state_machine_arn]
                walk = Walk(definition["States"], definition["StartAt"], json.loads(execution_input))
                self.executions[name] = Execution(name, walk)
            return known

        def describe(backend: Any, execution_arn: str) -> Any:
            known = described(backend, execution_arn)
            known.status = self.executions[known.name].status
            return known

        described = StepFunctionBackend.describe_execution
        patch.setattr(StepFunctionBackend, "start_execution", started)
        patch.setattr(StepFunctionBackend, "describe_execution", describe)
        patch.setattr(StepFunctionBackend, "send_task_success", lambda _, token, output: self._answered(token, output))

    def run(self, steps: int = 1000) -> int:
        """Go on wherever something can go on, in the order of names; answers how many steps were made."""
        made = 0
        while made < steps:
            moved = False
            for name in sorted(self.executions):
                execution = self.executions[name]
                if execution.status == "RUNNING" and made < steps and self._step(execution):
                    moved, made = True, made + 1
            if not moved:
                return made
        return made

    def running(self) -> list[str]:
        return sorted(name for name, one in self.executions.items() if one.status == "RUNNING")

    def abort(self, name: str) -> None:
        self.executions[name].status = "ABORTED"

    def _answered(self, token: str, output: str) -> None:
        sleeping = [
            walk
            for one in self.executions.values()
            if one.status == "RUNNING"
            for walk in (one.walk, *one.walk.inner)
            if walk.token == token and walk.answer is None
        ]
        if not sleeping:
            raise InvalidToken(token)
        sleeping[0].answer = json.loads(output)

    def _step(self, execution: Execution) -> bool:
        walk = execution.walk
        try:
            moved = self._advance(execution, walk)
        except Failed:
            execution.status = "FAILED"
            return True
        if walk.at is None:
            execution.status = "SUCCEEDED"
        return moved

    def _advance(self, execution: Execution, walk: Walk) -> bool:
        assert walk.at is not None
        state = walk.states[walk.at]
        match state["Type"]:
            case "Succeed":
                walk.at = None
            case "Fail":
                raise Failed(state["Error"])
            case "Choice":
                chosen = (
                    one["Next"] for one in state["Choices"] if _at(walk.data, one["Variable"]) == one["StringEquals"]
                )
                walk.at = next(chosen, state["Default"])
            case "Wait":
                if walk.until is None:
                    walk.until = self._clock.now() + timedelta(seconds=_at(walk.data, state["SecondsPath"]))
                if self._clock.now() < walk.until:
                    return False
                _leave(walk, state)
            case "Map":
                return self._map(execution, walk, state)
            case _:
                return self._task(execution, walk, state)
        return True

    def _map(self, execution: Execution, walk: Walk, state: Mapping[str, Any]) -> bool:
        inner = state["ItemProcessor"]
        if not walk.inner:
            items = _at(walk.data, state["ItemsPath"])
            for item in items:
                lane = Walk(inner["States"], inner["StartAt"], {}, item=item)
                lane.data = _filled(state["ItemSelector"], walk.data, {"Map.Item.Value": item})
                walk.inner.append(lane)
        moved = [self._advance(execution, lane) for lane in walk.inner if lane.at is not None]
        if all(lane.at is None for lane in walk.inner):
            walk.inner = []
            _leave(walk, state)
            return True
        return any(moved)

    def _task(self, execution: Execution, walk: Walk, state: Mapping[str, Any]) -> bool:
        waits = state["Resource"].endswith(".waitForTaskToken")
        try:
            if walk.token is not None:
                if walk.answer is not None:
                    _leave(walk, state, walk.answer)
                    return True
                if walk.until is not None and self._clock.now() >= walk.until:
                    raise Failed(TIMED_OUT)
                return False
            token = None
            if waits:
                self.tokens += 1
                token = f"tasktoken{self.tokens:05d}of{execution.name}"
            payload = _filled(state["Parameters"]["Payload"], walk.data, {"Task.Token": token})
            execution.history.append(json.dumps({"state": walk.at, "input": walk.data}))
            walk.token, walk.until = token, self._clock.now() + timedelta(seconds=state["TimeoutSeconds"])
            answer = self._call(state["Parameters"]["FunctionName"], payload)
            if not waits:
                _leave(walk, state, {"Payload": answer})
        except Failed as failure:
            self._failed(walk, state, failure.error)
        return True

    def _call(self, function: str, payload: Mapping[str, Any]) -> Any:
        try:
            return json.loads(json.dumps(self._invoke(function, json.loads(json.dumps(payload)))))
        except Crash as died:
            raise Failed(DIED) from died
        except Exception as error:
            raise Failed(type(error).__name__) from error

    def _failed(self, walk: Walk, state: Mapping[str, Any], error: str) -> None:
        """Once more, or to where the definition catches it. Raises Failed if nothing does."""
        walk.token = walk.until = walk.answer = None
        policy = next(
            (one for one in state.get("Retry", ()) if deployed.is_named(error, one["ErrorEquals"])), {"MaxAttempts": 0}
        )
        if walk.tries < policy["MaxAttempts"]:
            walk.tries += 1
            return
        for one in state.get("Catch", ()):
            if deployed.is_named(error, one["ErrorEquals"]):
                _put(walk.data, one.get("ResultPath"), {"Error": error})
                walk.at, walk.tries = one["Next"], 0
                return
        raise Failed(error)


def _leave(walk: Walk, state: Mapping[str, Any], result: Any = None) -> None:
    if "ResultSelector" in state:
        result = _filled(state["ResultSelector"], result, {})
    if state["Type"] == "Task" and state.get("ResultPath") is not None:
        _put(walk.data, state["ResultPath"], result)
    walk.at, walk.tries, walk.token, walk.until, walk.answer = state.get("Next"), 0, None, None, None


def _at(data: Any, path: str) -> Any:
    for name in path.removeprefix("$").split(".")[1:]:
        data = data[name]
    return data


def _put(data: dict[str, Any], path: str | None, value: Any) -> None:
    if path is not None:
        data[path.removeprefix("$.")] = value


def _filled(template: Mapping[str, Any], data: Any, context: Mapping[str, Any]) -> dict[str, Any]:
    """A payload template with its paths replaced by what they lead to."""
    filled = {}
    for name, value in template.items():
        if not name.endswith(".$"):
            filled[name] = value
        elif value.startswith("$$."):
            filled[name[:-2]] = context[value.removeprefix("$$.")]
        else:
            filled[name[:-2]] = _at(data, value)
    return filled
