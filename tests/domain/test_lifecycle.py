"""Lifecycle events: every move of a packet tells of itself, and no event can say more than its schema."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from econtracting.domain import lifecycle
from econtracting.domain.packet import MOVES, Status
from tests.support.records import NOW, packet

PAIRS = [(one, other) for one, others in MOVES.items() for other in sorted(others)]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_every_move_tells_the_status_it_led_to(before: Status, after: Status) -> None:
    standing = packet(status=before, reached={before.value: NOW})
    (told,) = lifecycle.announce_moves(standing, standing.move(after, NOW + timedelta(days=1)))
    assert told.payload["detail_type"] == "packet.status_changed"
    assert told.payload["detail"]["status"] == after.value
    assert told.payload["detail"]["at"] == "2026-11-25T15:00:00.000Z"


def test_a_new_packet_tells_that_it_is_invited() -> None:
    (told,) = lifecycle.announce_moves(None, packet())
    assert told.payload["detail"]["status"] == "INVITED"


def test_a_change_without_a_move_tells_nothing() -> None:
    assert lifecycle.announce_moves(packet(), packet().having(level="5")) == []


def test_a_status_that_is_only_passed_through_is_told_as_well() -> None:
    before = packet(status=Status.PROCESSED, reached={"PROCESSED": NOW})
    after = before.move(Status.CERTIFICATION_OPEN, NOW).move(Status.ACTIVE, NOW)
    assert [one.payload["detail"]["status"] for one in lifecycle.announce_moves(before, after)] == [
        "CERTIFICATION_OPEN",
        "ACTIVE",
    ]


@pytest.mark.parametrize(
    "detail", [{"reason": "Dana Rivers"}, {"reason": "LOST", "name": "Dana"}, {"reason": "LOST", "status": "SOMEWHERE"}]
)
def test_an_event_says_codes_and_nothing_else(detail: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        lifecycle.announce(lifecycle.AttentionNeeded, packet(), "x", NOW, **({"status": Status.INVITED} | detail))
