"""What executions carry and how long their histories grow, walked at full width (failures R27, R28)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from econtracting.domain import us
from tests import journey, stories
from tests.world import World

LARGEST_INPUT = 8 * 1024  # bytes; a service limit is 262,144
LONGEST_HISTORY = 600  # events; the service limit is 25,000


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
def test_a_packet_that_asks_every_state_stays_far_from_the_end_of_its_history(world: World) -> None:
    """A state takes the same events as any other, so that two tell what all of them would take."""
    states = ("AL", "FL")
    packet_id = stories.to_open(world, states=states)
    assert world.status(packet_id) == "CERTIFICATION_OPEN"
    (events,) = (found for found in histories(world) if found)
    kinds = [event["type"] for event in events]
    asked = kinds[kinds.index("MapStateStarted") + 1 : kinds.index("MapStateSucceeded")]
    assert len(asked) % len(states) == 0
    of_a_state = len(asked) // len(states)
    assert len(kinds) - len(asked) + of_a_state * len(us.STATES) < LONGEST_HISTORY
