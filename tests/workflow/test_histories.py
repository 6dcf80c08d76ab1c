"""What executions carry and how long their histories grow, walked at full width (failures R27, R28)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.domain.appointing.appointments import OUTCOME_KNOWN, Appointment
from econtracting.domain.appointing.appointments import AppointmentStatus as A
from econtracting.domain.fields import us
from tests.support import journey, stories
from tests.support.world import World

LARGEST_INPUT = 8 * 1024  # bytes; a service limit is 262,144
LONGEST_HISTORY = 520  # events; the service limit is 25,000
EVENTS_OF_A_RETRY = 3  # scheduled, started, failed: how many sleepers meet in the table is chance


def histories(world: World) -> Iterator[list[dict[str, Any]]]:
    client = boto3.client("stepfunctions")
    for name in ("onboarding", "jit-appointment"):
        for one in client.list_executions(stateMachineArn=world.names[name])["executions"]:
            yield client.get_execution_history(executionArn=one["executionArn"], maxResults=1000)["events"]


def carried(events: list[dict[str, Any]]) -> Iterator[str]:
    """Every input and output of a history, as text."""
    for event in events:
        for details in event.values():
            if isinstance(details, dict):
                yield from (details[name] for name in ("input", "output", "parameters") if details.get(name))


@pytest.mark.failure("R27")
def test_no_state_of_a_whole_road_carries_more_than_references(world: World) -> None:
    packet_id = stories.to_active(world)
    journey.expect(stories.sale(world, "TN"), 202)
    world.settle(lambda: len(world.outside.gateway.orders) == 3)
    journey.expect(journey.appointment_webhook(world, packet_id, "TN"), 202)
    world.settle()
    texts = [text for events in histories(world) for text in carried(events)]
    assert len(texts) > 50
    assert max(len(text.encode()) for text in texts) < LARGEST_INPUT
    told = "".join(texts)
    assert all(word not in told for word in ("Rivers", "dana@example.com", stories.SECRETS["ssn"], "Orchard"))


@pytest.mark.failure("R28")
def test_a_packet_that_asks_every_state_asks_them_all_at_once_and_stays_far_from_the_end_of_its_history(
    world: World,
) -> None:
    """More states than a Map runs iterations at once, and none of them answers before all were asked."""
    states = tuple(sorted(us.STATES))
    world.outside.registry.states = states
    packet_id = stories.to_appointing(world, states=states)
    world.settle(lambda: len(found := orders(packet_id)) == len(states) and A.DRAFT not in found.values())
    filed = [state for state, status in orders(packet_id).items() if status not in OUTCOME_KNOWN]
    assert len(filed) == len(world.outside.gateway.orders)
    for state in filed:
        journey.expect(journey.appointment_webhook(world, packet_id, state), 202)
    world.reaches(packet_id, "PROCESSED")
    world.settle(lambda: bool(world.outside.site.feeds))
    journey.expect(journey.certification_webhook(world, packet_id, "producer.loaded"), 202)
    world.settle(lambda: world.histories()[f"{packet_id}-1"][-1] == "ExecutionSucceeded")
    (events,) = (found for found in histories(world) if found)
    assert sum(event["type"] == "MapIterationSucceeded" for event in events) == len(states)
    retries = sum(event["type"] == "TaskFailed" for event in events)
    assert len(events) - EVENTS_OF_A_RETRY * retries < LONGEST_HISTORY
    assert retries < len(states) / 2


def orders(packet_id: str) -> dict[str, A]:
    return {one.state: one.status for one in wiring.packets().all_of(Appointment, packet_id)}
