"""Every edge of the state machines, and which of them executions took, read off their histories.

A history links each event to the one before it in its own branch, so that steps of a Map that run at the same time stay
apart. A caught error is told by the event before the state was left.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import boto3

from tests.support import deployed
from tests.support.world import WAITS, World

MACHINES = ("onboarding", "jit-appointment")
END = "(end)"
FAILED = ("Failed", "TimedOut")


class Edge(NamedTuple):
    """From a state to the next, and why: `then`, a Choice's rule by its number, `default`, or what was caught."""

    machine: str
    state: str
    why: str
    to: str


def declared() -> set[Edge]:
    return {edge for machine in MACHINES for edge in _edges(machine, _states(machine))}


def taken(world: World) -> set[Edge]:
    """What the executions of a world have taken so far."""
    client = boto3.client("stepfunctions")
    found: set[Edge] = set()
    for machine in MACHINES:
        listed = client.list_executions(stateMachineArn=world.names[machine])["executions"]
        known = dict(_flat(_states(machine)))
        for one in listed:
            events = client.get_execution_history(executionArn=one["executionArn"])["events"]
            found |= set(_walked(machine, known, events))
    return found


def _states(machine: str) -> dict[str, Any]:
    given = {"TasksArn": "tasks", "SealArn": "seal", **WAITS}
    found: dict[str, Any] = json.loads(deployed.definition(machine, **given))["States"]
    return found


def _flat(states: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """All states, those inside a Map with the others."""
    for name, state in states.items():
        yield name, state
        if "ItemProcessor" in state:
            yield from _flat(state["ItemProcessor"]["States"])


def _edges(machine: str, states: Mapping[str, Any]) -> Iterator[Edge]:
    for name, state in _flat(states):
        for number, rule in enumerate(state.get("Choices", ()), 1):
            yield Edge(machine, name, f"rule {number}", rule["Next"])
        if "Default" in state:
            yield Edge(machine, name, "default", state["Default"])
        if "Next" in state:
            yield Edge(machine, name, "then", state["Next"])
        if state.get("End"):
            yield Edge(machine, name, "then", END)
        yield from (Edge(machine, name, _caught(one["ErrorEquals"]), one["Next"]) for one in state.get("Catch", ()))


def _walked(machine: str, states: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> Iterator[Edge]:
    at = {event["id"]: event for event in events}
    followed = {event["previousEventId"]: event for event in events}
    for event in events:
        after = followed.get(event["id"])
        if not event["type"].endswith("StateExited") or after is None:
            continue
        left = event["stateExitedEventDetails"]
        state, error = states[left["name"]], _error(at[event["previousEventId"]])
        to = after.get("stateEnteredEventDetails", {}).get("name", END)
        if state["Type"] == "Choice":
            yield Edge(machine, left["name"], _rule(state["Choices"], json.loads(left["output"])), to)
        elif error is not None:
            yield Edge(machine, left["name"], _catcher(state["Catch"], error), to)
        elif to != END or state.get("End"):
            yield Edge(machine, left["name"], "then", to)


def _rule(rules: Sequence[Mapping[str, Any]], data: Mapping[str, Any]) -> str:
    """Which rule of a Choice held. Raises KeyError for one that is not a comparison of strings."""
    for number, rule in enumerate(rules, 1):
        value: Any = data
        for step in rule["Variable"].removeprefix("$.").split("."):
            value = value[step]
        if value == rule["StringEquals"]:
            return f"rule {number}"
    return "default"


def _error(event: Mapping[str, Any]) -> str | None:
    """The name of the error an event tells of."""
    if not event["type"].endswith(FAILED):
        return None
    details = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
    return str(details.get("error", "States.Runtime"))


def _catcher(catchers: Sequence[Mapping[str, Any]], error: str) -> str:
    return _caught(next(one["ErrorEquals"] for one in catchers if deployed.is_named(error, one["ErrorEquals"])))


def _caught(errors: Iterable[str]) -> str:
    return f"caught {', '.join(errors)}"
