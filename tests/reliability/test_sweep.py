"""Every act of every role, interrupted at its calls in every way, ends as it would have ended undisturbed.

The default run interrupts each act once in each way, where it writes; `make sweep` interrupts every call in every way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from zlib import crc32

import pytest

from econtracting import wiring
from econtracting.ports import Change
from tests.reliability.agents import Caller
from tests.reliability.roads import steps
from tests.reliability.sweep import Sweep
from tests.support.interruptions import Kind
from tests.support.records import event

COMPLETE = "SWEEP_EVERY_CALL" in os.environ
STEPS = [step for step in steps().values() if step.swept]
READS = ("GetItem", "Query", "GetObject", "HeadObject", "DescribeExecution", "Decrypt", "GetSecretValue")
DEAR = (Kind.DIES_AFTER, Kind.LOST)


def points(name: str, calls: list[str], *, dear: bool) -> Iterator[tuple[Kind, int]]:
    """Which calls are interrupted how, the same in every run. A read leaves nothing behind, so writes come first."""
    numbered = list(enumerate(calls, start=1))
    if COMPLETE:
        yield from ((kind, at) for kind in Kind for at, _ in numbered)
        return
    writes = [at for at, call in numbered if not call.endswith(READS)] or [at for at, _ in numbered]
    for kind in DEAR if dear else Kind:
        yield kind, writes[crc32(f"{name} {kind}".encode()) % len(writes)]


@pytest.mark.failure("R03", "R04", "R09", "R10", "R11", "R21", "R23", "R32")
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name.replace(" ", "-"))
def test_an_interrupted_act_ends_as_an_undisturbed_one(road: Sweep, step) -> None:
    _, calls = road.undisturbed(step.name)
    found = {}
    for kind, at in points(step.name, calls, dear=step.dear):
        try:
            differences = road.differences(step.name, kind, at)
        except Exception as error:
            differences = [f"{type(error).__name__}: {error}"]
        if differences:
            found[f"{kind} at {at}, {calls[at - 1]}"] = differences
    assert found == {}


def test_the_acts_make_calls_to_be_interrupted_at(road: Sweep) -> None:
    assert len(STEPS) > 70
    assert all(road.undisturbed(step.name)[1] for step in STEPS)


def test_the_sweep_notices_an_act_that_writes_again_when_it_is_tried_again(road: Sweep) -> None:
    """Without this the sweep could find nothing because it looks at nothing."""

    def careless(caller: Caller) -> None:
        wiring.packets().change(caller.packet, lambda packet: Change(packet, events=[event("invitation.reminded")]))

    name = "careless"
    road.steps[name] = replace(road.steps["extend"], name=name, act=careless)
    _, calls = road.undisturbed(name)
    assert road.differences(name, Kind.DIES_BEFORE, len(calls)) == []
    assert road.differences(name, Kind.DIES_AFTER, len(calls)) != []
    assert road.differences(name, Kind.LOST, len(calls)) != []
