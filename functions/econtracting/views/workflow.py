"""What the steps of the workflows answer; the state machines choose by it where to go on."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from econtracting.domain.packet import Status
from econtracting.views.base import View


class StandingView(View):
    """Where the packet stands after a step."""

    status: Status


class OpenStatesView(View):
    """The states whose outcome is not known yet, in the order in which they were requested."""

    states: list[str]


class Verdict(StrEnum):
    """What an execution does next about a first sale."""

    FILE = "FILE"  # order the appointment
    WAIT = "WAIT"  # for a freeze to end
    DONE = "DONE"
    ALARM = "ALARM"  # a person goes on from here


class JudgedView(View):
    """What is to be done about a first sale now."""

    verdict: Verdict
    wait_seconds: int = Field(default=0, description="Of a WAIT")


class OutcomeView(View):
    """What became of a first sale: DONE or ALARM."""

    verdict: Verdict


class DoneView(View):
    """The step is done, and there is nothing to tell."""
