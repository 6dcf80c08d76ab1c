"""Appointments: every state gets its own true answer, and none holds up another."""

from datetime import UTC, datetime

import pytest

from econtracting import wiring
from econtracting.domain.appointing.appointments import Appointment
from econtracting.domain.packet import Status
from tests.support import journey, stories
from tests.support.world import World

FROZEN = datetime(2026, 12, 29, 15, tzinfo=UTC)  # Iowa takes no filings from 28 December to 3 January


def order(packet_id: str, state: str) -> Appointment:
    found = wiring.packets().find(Appointment, packet_id, state)
    assert found is not None
    return found


def answer(world: World, packet_id: str, state: str, status: str = "APPROVED", **more: object) -> None:
    journey.expect(journey.appointment_webhook(world, packet_id, state, status, **more), 202)


def letter(world: World, name: str) -> str:
    return next(mail["text"] for mail in reversed(world.outside.post.sent) if name in mail["reference"])


@pytest.mark.failure("R36")
def test_every_state_is_told_as_it_is(world: World) -> None:
    world.outside.registry.without = {"GA"}
    world.outside.gateway.refuses = {"IA": ["COUNTY_REQUIRED"]}
    packet_id = stories.to_appointing(world, states=("AL", "FL", "IA", "CO", "TN", "KS"))
    world.settle(lambda: len(world.outside.gateway.orders) == 2)
    answer(world, packet_id, "AL")
    answer(world, packet_id, "FL", "REJECTED", reason_codes=["STATE_FILING_INCOMPLETE"])
    world.reaches(packet_id, "PROCESSED")
    world.settle()
    statuses = {state: order(packet_id, state).status.value for state in ("AL", "FL", "IA", "CO", "TN", "KS")}
    assert statuses == {
        "AL": "APPROVED",
        "FL": "REJECTED",
        "IA": "REJECTED",
        "CO": "RECORDED",
        "TN": "JUST_IN_TIME",
        "KS": "NO_VALID_LICENSE",
    }
    assert "AL: appointed" in letter(world, "processed")
    assert "TN: we ask for your appointment when your first application there arrives" in letter(world, "processed")


def test_no_state_requested_is_processed_at_once(world: World) -> None:
    packet_id = stories.to_check(world, states=())
    stories.report(world, packet_id, "complete", "clear")
    world.reaches(packet_id, "PROCESSED")


def test_a_state_that_takes_its_time_is_waited_for(world: World) -> None:
    packet_id = stories.to_appointing(world, states=("AL",))
    world.settle(lambda: bool(world.outside.gateway.orders))
    answer(world, packet_id, "AL", "PENDING_STATE", effective_date=None, state_ref=None)
    world.settle()
    assert world.status(packet_id) == "APPOINTING"
    answer(world, packet_id, "AL")
    world.reaches(packet_id, "PROCESSED")


@pytest.mark.failure("R13")
def test_older_news_after_the_answer_changes_nothing(world: World) -> None:
    packet_id = stories.to_appointing(world, states=("AL",))
    world.settle(lambda: bool(world.outside.gateway.orders))
    for status in ("APPROVED", "APPROVED", "PENDING_STATE", "REJECTED"):
        answer(world, packet_id, "AL", status)
    world.reaches(packet_id, "PROCESSED")
    assert order(packet_id, "AL").status == "APPROVED"


def test_a_state_that_never_answers_is_told_as_open_and_a_late_answer_is_heard(world: World) -> None:
    world.pace.seconds_per_day = stories.HURRY
    packet_id = stories.submitted(world, states=("AL",), status=Status.APPOINTING)
    world.reaches(packet_id, "PROCESSED")
    world.settle()
    assert order(packet_id, "AL").status == "UNANSWERED"
    assert "AL: not answered yet" in letter(world, "processed")
    answer(world, packet_id, "AL")
    world.settle()
    assert order(packet_id, "AL").status == "APPROVED"
    assert "AL: appointed" in letter(world, "state-answered")


def test_an_order_that_could_not_be_filed_while_it_was_waited_for_is_filed_late(world: World) -> None:
    world.outside.gateway.down = True
    world.pace.seconds_per_day = stories.HURRY
    packet_id = stories.submitted(world, states=("AL",), status=Status.APPOINTING)
    world.reaches(packet_id, "PROCESSED")
    assert order(packet_id, "AL").status == "UNANSWERED"
    world.outside.gateway.down = False

    def filed() -> bool:
        world.clock.pass_(minutes=1)  # a try that is still under way counts its pause from when it fails
        return bool(world.outside.gateway.orders)

    world.settle(filed)
    world.settle()
    answer(world, packet_id, "AL")
    assert order(packet_id, "AL").status == "APPROVED"


def test_in_a_freeze_the_filing_waits_for_its_end_and_the_packet_does_not(world: World) -> None:
    world.clock.at = FROZEN
    packet_id = stories.to_appointing(world, states=("IA", "AL"))
    world.settle(lambda: bool(world.outside.gateway.orders))
    answer(world, packet_id, "AL")
    world.reaches(packet_id, "PROCESSED")
    assert (order(packet_id, "IA").status, str(order(packet_id, "IA").file_on)) == ("SCHEDULED", "2027-01-04")
    world.clock.at = datetime(2027, 1, 4, 5, 59, tzinfo=UTC)  # 23:59 in Iowa
    world.settle()
    assert len(world.outside.gateway.orders) == 1
    world.clock.at = datetime(2027, 1, 4, 6, 0, 1, tzinfo=UTC)
    world.settle(lambda: len(world.outside.gateway.orders) == 2)
    answer(world, packet_id, "IA")
    world.settle()
    assert order(packet_id, "IA").status == "APPROVED"


@pytest.mark.failure("R22")
def test_a_gateway_that_is_down_is_asked_until_it_answers_and_once(world: World) -> None:
    world.outside.gateway.down = True
    packet_id = stories.to_appointing(world, states=("AL",))
    world.settle()
    world.outside.gateway.down = False
    world.clock.pass_(hours=1)
    world.settle(lambda: len(world.outside.gateway.orders) == 1)
    answer(world, packet_id, "AL")
    world.reaches(packet_id, "PROCESSED")


def test_a_registry_that_is_down_stops_the_filing_not_the_packet(world: World) -> None:
    world.outside.registry.down = True
    packet_id = stories.to_appointing(world, states=("AL",))
    world.settle()
    assert not world.outside.gateway.orders
    world.outside.registry.down = False
    world.clock.pass_(hours=1)
    world.settle(lambda: bool(world.outside.gateway.orders))
    answer(world, packet_id, "AL")
    world.reaches(packet_id, "PROCESSED")


def test_where_the_state_wants_a_county_the_filing_names_it(world: World) -> None:
    stories.to_appointing(world, states=("FL", "AL"))
    world.settle(lambda: len(world.outside.gateway.orders) == 2)
    counties = {one["state"]: one["county"] for one in world.outside.gateway.orders.values()}
    assert counties == {"FL": "Davidson", "AL": None}


def test_an_answer_for_a_state_nobody_asked_is_kept_for_a_person(world: World) -> None:
    packet_id = stories.to_appointing(world, states=("AL",))
    assert journey.appointment_webhook(world, packet_id, "NY").status == 202
    (waiting,) = journey.expect(world.call("GET", "/messages", staff=stories.OPS), 200).json["items"]
    assert (waiting["reference"], waiting["reason"]) == (f"{packet_id}-NY", "UNKNOWN_REFERENCE")
