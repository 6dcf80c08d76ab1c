"""A vendor takes an order, we die before we note it, and the vendor's news is faster than our repeat."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.errors import Unavailable
from tests.support import journey, stories
from tests.support.world import World


@pytest.fixture
def unheard(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every order is taken, and no answer to it ever comes."""
    for vendor, name in (
        (world.outside.screening, "order"),
        (world.outside.gateway, "appoint"),
        (world.outside.site, "feed"),
    ):
        monkeypatch.setattr(vendor, name, _taken(getattr(vendor, name)))


def _taken(order: Any) -> Any:
    def unheard(*arguments: Any) -> None:
        order(*arguments)
        raise Unavailable()

    return unheard


def trail(packet_id: str, prefix: str) -> list[str]:
    return [one.type for one in wiring.packets().events(packet_id) if one.type.startswith(prefix)]


@pytest.mark.usefixtures("unheard")
def test_a_report_that_is_faster_shows_that_it_was_ordered(world: World) -> None:
    packet_id = stories.to_appointing(world)
    assert trail(packet_id, "bgc.")[1:] == ["bgc.ordered", "bgc.complete", "bgc.recorded"]


@pytest.mark.usefixtures("unheard")
def test_a_state_that_is_faster_shows_that_it_was_asked(world: World) -> None:
    packet_id = stories.to_processed(world, states=("AL",))
    assert trail(packet_id, "appointment.") == [
        "appointment.requested",
        "appointment.submitted",
        "appointment.approved",
    ]


@pytest.mark.usefixtures("unheard")
def test_a_loaded_feed_that_is_faster_shows_that_it_was_sent(world: World) -> None:
    packet_id = stories.to_open(world, states=("AL",))
    assert trail(packet_id, "certification.")[1:3] == ["certification.fed", "certification.acked"]


def test_what_was_noted_in_time_is_noted_once(world: World) -> None:
    packet_id = stories.to_open(world, states=("AL",))
    journey.expect(journey.certification_webhook(world, packet_id, "producer.loaded"), 202)
    told = [*trail(packet_id, "bgc."), *trail(packet_id, "appointment."), *trail(packet_id, "certification.")]
    assert [told.count(one) for one in ("bgc.ordered", "appointment.submitted", "certification.fed")] == [1, 1, 1]
