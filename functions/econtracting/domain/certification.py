"""The certification feed of a packet and the courses reported back."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from econtracting.domain.moment import Moment
from econtracting.domain.record import Record


class CourseResult(Record):
    course: str
    passed: bool
    score: int | None = None
    at: Moment


class Feed(Record):
    """The producer as told to the certification site."""

    packet_id: str
    npn: str
    plan_year: int
    task_token: str | None = None
    sent_at: Moment | None = None
    sent_for: str | None = None  # the outbox row it was last sent for
    expected_by: Moment
    loaded_at: Moment | None = None
    results: tuple[CourseResult, ...] = ()
    reminders: int = 0  # how often the agent was reminded of the courses

    def passed(self) -> frozenset[str]:
        return frozenset(result.course for result in self.results if result.passed)

    def awaited_by(self, task_token: str) -> Self:
        """An execution sleeps until the producer is loaded."""
        return self.model_copy(update={"task_token": task_token})

    def sent(self, effect_id: str, at: datetime) -> Self:
        """The site was told, because of an outbox row."""
        return self.model_copy(update={"sent_at": at, "sent_for": effect_id})

    def loaded(self, at: datetime) -> Self:
        """The site knows the producer; its word may come before our own note that it was told."""
        return self.model_copy(update={"loaded_at": at, "sent_at": self.sent_at or at})

    def finished(self, result: CourseResult) -> Self:
        """A course was taken."""
        return self.model_copy(update={"results": (*self.results, result)})

    def reminded(self, times: int) -> Self:
        """The agent has been reminded so often."""
        return self.model_copy(update={"reminders": times})


class Contract(Record):
    """A producer's packet with a carrier, found by NPN: the way in for sales, certification and ready-to-sell."""

    npn: str
    packet_id: str
    agency_id: str
    since: Moment
