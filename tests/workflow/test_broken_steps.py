"""Steps that fail for good: the packet or the sale comes before a person, wherever the step stood."""

from collections.abc import Callable
from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.appointing.appointments import Appointment
from econtracting.domain.appointing.jit import FirstSale
from econtracting.domain.packet import Status
from process import tasks
from tests.support import journey, stories
from tests.support.world import World

Break = Callable[..., None]

# task that is broken, where the packet stands when its execution starts
STEPS = [
    ("locate", Status.SUBMITTED),
    ("begin_background_check", Status.SUBMITTED),
    ("await_background_check", Status.BACKGROUND_CHECK),
    ("list_appointments", Status.APPOINTING),
    ("record_processed", Status.APPOINTING),
    ("await_certification_feed", Status.PROCESSED),
]
# the same for steps that come once a wait has ended
AFTER_A_WAIT = [
    ("record_background_check_timed_out", Status.BACKGROUND_CHECK),
    ("record_feed_not_loaded", Status.PROCESSED),
]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Break:
    def fail(_: Any) -> dict[str, Any]:
        raise RuntimeError("broken")

    return lambda *names: [monkeypatch.setitem(tasks.TASKS, name, fail) for name in names]  # type: ignore[return-value]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    return lambda name, **answer: monkeypatch.setitem(tasks.TASKS, name, lambda _: answer)


def under_review(world: World, packet_id: str) -> None:
    world.reaches(packet_id, "NEEDS_REVIEW")
    assert wiring.packets().load(packet_id).review_reason == "STEP_FAILED"
    world.settle(lambda: "StepFailed" in world.histories()[f"{packet_id}-1"])


@pytest.mark.parametrize(("task", "status"), STEPS)
def test_a_step_that_fails_for_good_is_for_a_person(world: World, broken: Break, task: str, status: Status) -> None:
    broken(task)
    under_review(world, stories.submitted(world, states=(), status=status))


@pytest.mark.parametrize(("task", "status"), AFTER_A_WAIT)
def test_a_step_after_a_wait_that_fails_for_good_is_for_a_person(
    world: World, broken: Break, task: str, status: Status
) -> None:
    broken(task)
    world.pace.seconds_per_day = stories.HURRY
    under_review(world, stories.submitted(world, states=(), status=status))


@pytest.mark.parametrize("status", [Status.CORRECTION_REQUESTED, Status.ADVERSE_REVIEW, Status.CERTIFICATION_OPEN])
@pytest.mark.parametrize("task", ["ask_for_review", "record_background_check_timed_out", "record_feed_not_loaded"])
def test_a_failure_that_comes_late_takes_no_packet_from_whom_it_waits_for(
    world: World, task: str, status: Status
) -> None:
    packet_id = stories.submitted(world, status=status, started=False)
    assert tasks.TASKS[task]({"packet_id": packet_id, "attempt": 1}) == {"status": status.value}


def test_a_seal_that_fails_for_good_is_for_a_person(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(event: Any, context: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr("sign.tasks.seal", refuses)
    under_review(world, stories.submitted(world, status=Status.SEALING))


def test_a_result_that_cannot_be_recorded_is_for_a_person(world: World, broken: Break) -> None:
    broken("record_background_check")
    packet_id = stories.to_check(world)
    stories.report(world, packet_id, "complete", "clear")
    under_review(world, packet_id)


def test_a_certification_that_cannot_be_opened_is_for_a_person(world: World, broken: Break) -> None:
    broken("record_certification_open")
    packet_id = stories.submitted(world, status=Status.PROCESSED)
    world.settle(lambda: bool(world.outside.site.feeds))
    journey.expect(journey.certification_webhook(world, packet_id, "producer.loaded"), 202)
    under_review(world, packet_id)


def test_a_state_whose_order_cannot_be_opened_is_told_as_open_and_holds_up_nobody(world: World, broken: Break) -> None:
    broken("await_appointment")
    packet_id = stories.submitted(world, states=("AL",), status=Status.APPOINTING)
    world.reaches(packet_id, "PROCESSED")
    world.settle()
    order = wiring.packets().find(Appointment, packet_id, "AL")
    assert order is not None
    assert order.status == "UNANSWERED"
    letter = next(mail["text"] for mail in world.outside.post.sent if "processed" in mail["reference"])
    assert "AL: not answered yet" in letter


def test_states_that_can_neither_be_asked_nor_put_down_are_for_a_person(world: World, broken: Break) -> None:
    broken("await_appointment", "record_appointment_unanswered")
    under_review(world, stories.submitted(world, states=("AL",), status=Status.APPOINTING))


@pytest.mark.parametrize("status", [Status.NEEDS_REVIEW, Status.CERTIFICATION_OPEN])
def test_an_execution_that_finds_the_packet_with_somebody_else_ends_well(world: World, status: Status) -> None:
    packet_id = stories.submitted(world, status=status)
    world.settle(lambda: "ExecutionSucceeded" in world.histories().get(f"{packet_id}-1", []))
    assert world.histories()[f"{packet_id}-1"][-2:] == ["NothingToDrive", "ExecutionSucceeded"]
    assert world.status(packet_id) == status


def test_a_stand_that_only_a_later_version_knows_ends_the_execution_and_moves_nothing(
    world: World, answering: Callable[..., None]
) -> None:
    answering("record_background_check", status="AN_AFTERTHOUGHT")
    packet_id = stories.to_check(world)
    stories.report(world, packet_id, "complete", "clear")
    world.settle(lambda: "UnknownStand" in world.histories()[f"{packet_id}-1"])
    assert world.status(packet_id) == "BACKGROUND_CHECK"


def sold(world: World) -> str:
    """A first sale in Tennessee, of a packet that is ACTIVE as far as the machine is told."""
    packet_id = stories.submitted(world, states=(), status=Status.ACTIVE, started=False)
    journey.expect(stories.sale(world, "TN"), 202)
    return packet_id


def sale_alarms(world: World) -> list[str]:
    world.settle(lambda: sale_of_tennessee().settled)
    return [alarm.value for alarm in sale_of_tennessee().alarms]


def sale_of_tennessee() -> FirstSale:
    found = wiring.packets().find(FirstSale, stories.NPN, "TN")
    assert found is not None
    return found


@pytest.mark.parametrize("task", ["judge_sale", "await_first_sale_appointment"])
def test_a_sale_whose_step_fails_for_good_carries_an_alarm(
    world: World, broken: Break, answering: Callable[..., None], task: str
) -> None:
    answering("judge_sale", verdict="FILE", wait_seconds=0)
    broken(task)
    packet_id = sold(world)
    assert sale_alarms(world) == ["STEP_FAILED"]
    world.settle(lambda: "StepFailed" in world.histories()[f"{packet_id}-jit-TN-1"])


def test_a_sale_whose_proof_cannot_be_recorded_carries_an_alarm(
    world: World, broken: Break, answering: Callable[..., None]
) -> None:
    answering("judge_sale", verdict="FILE", wait_seconds=0)
    broken("record_first_sale")
    packet_id = sold(world)
    world.settle(lambda: bool(world.outside.gateway.orders))
    journey.expect(journey.appointment_webhook(world, packet_id, "TN"), 202)
    assert sale_alarms(world) == ["STEP_FAILED"]


def test_a_sale_whose_silence_cannot_be_recorded_carries_an_alarm(
    world: World, broken: Break, answering: Callable[..., None]
) -> None:
    world.pace.seconds_per_day = stories.HURRY
    answering("judge_sale", verdict="FILE", wait_seconds=0)
    broken("record_appointment_unanswered")
    sold(world)
    assert sale_alarms(world) == ["STEP_FAILED"]


@pytest.mark.parametrize("task", ["judge_sale", "record_first_sale"])
def test_a_verdict_that_only_a_later_version_knows_ends_the_execution_and_files_nothing_more(
    world: World, answering: Callable[..., None], task: str
) -> None:
    world.pace.seconds_per_day = stories.HURRY
    answering("judge_sale", verdict="FILE", wait_seconds=0)
    answering(task, verdict="AN_AFTERTHOUGHT", wait_seconds=0)
    packet_id = sold(world)
    world.settle(lambda: "UnknownVerdict" in world.histories().get(f"{packet_id}-jit-TN-1", []))
    assert not sale_of_tennessee().settled
