"""process, the workflows' side: steps that decide and record. They talk to no one outside; that is the relay's work.

Each has a typed input, which the state machines fill in, and a typed answer, by which they go on. Who waits for
something comes with the token that wakes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from econtracting import wiring
from econtracting.usecases.certification.certification import NOT_LOADED
from econtracting.usecases.screening.background_news import SILENT
from econtracting.views.base import View
from econtracting.views.workflow import DoneView, JudgedView, OpenStatesView, OutcomeView, StandingView


class Step(BaseModel):
    """A step of a packet's execution, which is the `attempt`-th."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    packet_id: str
    attempt: int


class Waiting(Step):
    task_token: str


class WaitingForState(Waiting):
    state: str


class StateStep(BaseModel):
    """A step that concerns one state: of the execution that follows a first sale up, or of a wait that ended."""

    model_config = Step.model_config

    packet_id: str
    state: str


class StateWaiting(StateStep):
    task_token: str


@dataclass(frozen=True)
class Task[I: BaseModel]:
    """What a state machine calls by name: it reads the input, acts, and answers as JSON."""

    input: type[I]
    act: Callable[[I], View]

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        return self.act(self.input.model_validate(event)).model_dump(mode="json")


def locate(step: Step) -> StandingView:
    return StandingView(status=wiring.reviews().locate(step.packet_id, step.attempt))


def begin_background_check(step: Step) -> StandingView:
    return StandingView(status=wiring.screening().begin(step.packet_id, step.attempt))


def await_background_check(step: Waiting) -> DoneView:
    wiring.screening().await_result(step.packet_id, step.attempt, step.task_token)
    return DoneView()


def record_background_check(step: Step) -> StandingView:
    return StandingView(status=wiring.screening_news().record_result(step.packet_id, step.attempt))


def record_background_check_timed_out(step: Step) -> StandingView:
    return _review(step, SILENT)


def list_appointments(step: Step) -> OpenStatesView:
    return OpenStatesView(states=wiring.appointing().order_all(step.packet_id, step.attempt))


def await_appointment(step: WaitingForState) -> DoneView:
    wiring.appointing().await_answer(step.packet_id, step.attempt, step.state, step.task_token)
    return DoneView()


def record_appointment_unanswered(step: StateStep) -> DoneView:
    wiring.appointing().record_unanswered(step.packet_id, step.state)
    return DoneView()


def record_processed(step: Step) -> StandingView:
    return StandingView(status=wiring.appointing().record_processed(step.packet_id, step.attempt))


def await_certification_feed(step: Waiting) -> DoneView:
    wiring.certification().await_loaded(step.packet_id, step.attempt, step.task_token)
    return DoneView()


def record_certification_open(step: Step) -> StandingView:
    return StandingView(status=wiring.certification().record_open(step.packet_id, step.attempt))


def record_feed_not_loaded(step: Step) -> StandingView:
    return _review(step, NOT_LOADED)


def ask_for_review(step: Step) -> StandingView:
    return _review(step, "STEP_FAILED")


def judge_sale(step: StateStep) -> JudgedView:
    return wiring.first_sales().judge(step.packet_id, step.state)


def await_first_sale_appointment(step: StateWaiting) -> DoneView:
    wiring.first_sales().await_answer(step.packet_id, step.state, step.task_token)
    return DoneView()


def record_first_sale(step: StateStep) -> OutcomeView:
    return wiring.first_sales().record(step.packet_id, step.state)


def raise_sale_alarm(step: StateStep) -> DoneView:
    wiring.first_sales().raise_alarm(step.packet_id, step.state)
    return DoneView()


def _review(step: Step, reason: str) -> StandingView:
    return StandingView(status=wiring.reviews().ask_for_review(step.packet_id, step.attempt, reason))


TASKS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "locate": Task(Step, locate),
    "begin_background_check": Task(Step, begin_background_check),
    "await_background_check": Task(Waiting, await_background_check),
    "record_background_check": Task(Step, record_background_check),
    "record_background_check_timed_out": Task(Step, record_background_check_timed_out),
    "list_appointments": Task(Step, list_appointments),
    "await_appointment": Task(WaitingForState, await_appointment),
    "record_appointment_unanswered": Task(StateStep, record_appointment_unanswered),
    "record_processed": Task(Step, record_processed),
    "await_certification_feed": Task(Waiting, await_certification_feed),
    "record_certification_open": Task(Step, record_certification_open),
    "record_feed_not_loaded": Task(Step, record_feed_not_loaded),
    "ask_for_review": Task(Step, ask_for_review),
    "judge_sale": Task(StateStep, judge_sale),
    "await_first_sale_appointment": Task(StateWaiting, await_first_sale_appointment),
    "record_first_sale": Task(StateStep, record_first_sale),
    "raise_sale_alarm": Task(StateStep, raise_sale_alarm),
}


def lambda_handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return TASKS[event["task"]](event)
