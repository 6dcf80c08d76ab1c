"""Just in time: a first sale starts the clock, the appointment is ordered once and proven, or someone is told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from econtracting import wiring
from econtracting.adapters.stepfunctions import StepFunctions
from econtracting.domain.appointing.jit import FirstSale
from econtracting.domain.appointing.state_rules import Freeze
from tests.support import journey, stories
from tests.support.world import World


def first(state: str) -> FirstSale:
    found = wiring.packets().find(FirstSale, stories.NPN, state)
    assert found is not None
    return found


def alarms(state: str) -> list[str]:
    return [alarm.value for alarm in first(state).alarms]


def sold(world: World, state: str = "TN", on: date | None = None, **more: object) -> None:
    journey.expect(stories.sale(world, state, on, **more), 202)


def ready(world: World, state: str, on: date | None = None) -> dict[str, object]:
    query = {"state": state} | ({"on": on.isoformat()} if on else {})
    answer = world.call("GET", f"/producers/{stories.NPN}/ready-to-sell", query=query, staff=stories.OPS)
    found: dict[str, object] = journey.expect(answer, 200).json
    return found


def test_a_first_sale_is_ordered_and_proven(world: World) -> None:
    packet_id = stories.to_active(world, states=())
    sold(world)
    world.settle(lambda: len(world.outside.gateway.orders) == 1)
    journey.expect(journey.appointment_webhook(world, packet_id, "TN"), 202)
    world.settle(lambda: first("TN").settled)
    assert stories.told(packet_id, "first_sale.appointed")[0]["reference"] == "TN-77"
    assert not first("TN").alarms
    assert ready(world, "TN")["ready"]


def test_repeated_sales_in_a_state_order_once(world: World) -> None:
    stories.to_active(world, states=())
    for number in range(5):
        sold(world, number=number)
    sold(world, message_id="msg_again")
    sold(world, message_id="msg_again")
    world.settle(lambda: bool(world.outside.gateway.orders))
    world.settle()
    assert len(world.outside.gateway.orders) == 1


def test_a_state_appointed_beforehand_needs_no_order(world: World) -> None:
    stories.to_active(world, states=("AL",))
    sold(world, "AL")
    world.settle(lambda: first("AL").settled)
    assert len(world.outside.gateway.orders) == 1
    assert not first("AL").alarms


def test_a_sale_by_a_producer_who_was_not_certified_is_an_alarm_and_no_order(world: World) -> None:
    packet_id = stories.to_open(world, states=())
    sold(world)
    world.settle(lambda: first("TN").settled)
    assert alarms("TN") == ["NOT_READY_TO_SELL"]
    assert first("TN").missing == ("NOT_CERTIFIED",)
    assert not world.outside.gateway.orders
    assert "first_sale.alarm" in stories.events(packet_id)


def test_once_the_producer_is_ready_a_person_can_have_the_order_made(world: World) -> None:
    packet_id = stories.to_open(world, states=())
    sold(world, on=world.clock.now().date() + timedelta(days=1))
    world.settle(lambda: first("TN").settled)
    for name in stories.COURSES:
        stories.course(world, packet_id, name)
    stories.decided(world, packet_id, "retry")
    world.settle(lambda: bool(world.outside.gateway.orders))


def test_a_sale_before_the_appointment_of_an_up_front_state_is_an_alarm(world: World) -> None:
    stories.to_active(world, states=())
    sold(world, "AL")
    world.settle(lambda: first("AL").settled)
    assert alarms("AL") == ["SOLD_WITHOUT_APPOINTMENT"]


def test_where_nothing_is_filed_the_carriers_record_is_the_proof(world: World) -> None:
    stories.to_active(world, states=())
    sold(world, "CO")
    world.settle(lambda: first("CO").settled)
    assert not first("CO").alarms
    assert not world.outside.gateway.orders
    assert ready(world, "CO")["ready"]


def test_without_a_license_nothing_is_ordered_and_somebody_is_told(world: World) -> None:
    stories.to_active(world, states=())
    world.outside.registry.without = {"TN"}
    sold(world)
    world.settle(lambda: first("TN").settled)
    assert alarms("TN") == ["NOT_APPOINTED"]
    assert first("TN").missing == ("LICENSE_NOT_FOUND",)


def test_a_state_that_does_not_answer_is_an_alarm_and_a_late_answer_counts(world: World) -> None:
    packet_id = stories.to_active(world, states=())
    world.pace.seconds_per_day = stories.HURRY
    sold(world)
    world.settle(lambda: first("TN").settled)
    assert alarms("TN") == ["NOT_APPOINTED"]
    journey.expect(journey.appointment_webhook(world, packet_id, "TN"), 202)
    assert ready(world, "TN")["ready"]


def test_a_sale_whose_clock_has_run_out_is_an_alarm(world: World) -> None:
    packet_id = stories.to_active(world, states=())
    world.clock.pass_(days=30)
    sold(world, on=world.clock.now().date() - timedelta(days=16))
    world.settle(lambda: first("TN").settled)
    assert alarms("TN") == ["NO_FILING_DAY_LEFT"]
    assert world.status(packet_id) == "ACTIVE"


def test_alarms_ring_with_five_and_two_days_left_while_the_gateway_is_down(world: World) -> None:
    stories.to_active(world, states=())
    world.outside.gateway.down = True
    sold(world)
    for days in (9, 1, 3, 3):
        world.clock.pass_(days=days)
        world.settle()
    assert alarms("TN") == ["FIVE_DAYS_LEFT", "TWO_DAYS_LEFT", "CLOCK_BREACHED"]


def test_in_a_freeze_the_execution_sleeps_until_the_state_takes_filings(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet_id = stories.to_active(world, states=())
    world.clock.at = datetime(2026, 12, 29, 15, tzinfo=UTC)
    world.pace.seconds_per_day = stories.HURRY
    _frozen_tennessee(monkeypatch)
    sold(world, on=date(2026, 12, 29))
    world.settle(lambda: "WaitForFilingDay" in world.histories()[f"{packet_id}-jit-TN-1"])
    assert not world.outside.gateway.orders
    world.clock.at = datetime(2027, 1, 4, 9, tzinfo=UTC)
    world.settle(lambda: bool(world.outside.gateway.orders))


@pytest.mark.failure("R41")
def test_an_execution_that_is_gone_is_started_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    packet_id = stories.to_active(world, states=())
    sold(world)
    world.settle(lambda: bool(world.outside.gateway.orders))
    monkeypatch.setattr(StepFunctions, "running", lambda _, name: not name.endswith("-jit-TN-1"))
    world.clock.pass_(hours=7)
    world.settle(lambda: first("TN").attempt == 2)
    journey.expect(journey.appointment_webhook(world, packet_id, "TN"), 202)
    world.settle(lambda: first("TN").settled)
    assert len(world.outside.gateway.orders) == 1


def test_a_sale_of_an_unknown_producer_is_kept_for_a_person(world: World) -> None:
    assert stories.sale(world, "TN", npn="99").status == 202
    (waiting,) = journey.expect(world.call("GET", "/messages", staff=stories.OPS), 200).json["items"]
    assert (waiting["vendor"], waiting["reference"]) == ("sales", "99")


def test_a_sale_that_is_not_signed_is_refused(world: World) -> None:
    answer = world.call("POST", "/webhooks/sales", {"type": "sale.reported"})
    assert answer.status == 401


def test_yesterday_and_today_are_answered_each_for_itself(world: World) -> None:
    packet_id = stories.to_active(world, states=())
    today = world.clock.now().date()
    assert ready(world, "TN", today)["ready"]
    yesterday = ready(world, "TN", today - timedelta(days=1))
    codes = {reason["code"] for reason in yesterday["reasons"] if not reason["met"]}  # type: ignore[attr-defined]
    assert {"NOT_CONTRACTED", "NOT_CERTIFIED"} <= codes
    assert packet_id


def _frozen_tennessee(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demonstration rules freeze no just-in-time state."""
    usual = wiring.packet_type("meridian")
    rules = tuple(
        rule.model_copy(update={"freeze": (Freeze(starts="12-28", ends="01-03"),)}) if rule.state == "TN" else rule
        for rule in usual.state_rules
    )
    frozen = usual.model_copy(update={"state_rules": rules})
    monkeypatch.setattr(wiring, "packet_type", lambda name: frozen)
