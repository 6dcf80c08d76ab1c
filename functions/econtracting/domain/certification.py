"""The certification feed of a packet and the courses reported back."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Self

from econtracting.domain.days import day_in
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record


class CourseResult(Record):
    course: str
    passed: bool
    score: int | float | None = None
    at: Moment
    revoked_at: Moment | None = None  # the site took it back, and a person agreed

    @property
    def stands(self) -> bool:
        """Whether the course is passed."""
        return self.passed and self.revoked_at is None

    def stood(self, on: date, where: tzinfo) -> bool:
        """Whether it was passed at the end of a day."""
        if not self.passed or day_in(self.at, where) > on:
            return False
        return self.revoked_at is None or day_in(self.revoked_at, where) > on

    def is_same_as(self, other: CourseResult) -> bool:
        """Whether another message tells of the same result."""
        return (self.course, self.passed, self.score, self.at) == (other.course, other.passed, other.score, other.at)

    def revoke(self, at: datetime) -> Self:
        """Taken back, if it was passed."""
        return self.model_copy(update={"revoked_at": at}) if self.stands else self


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
        """The courses that stand as passed."""
        return frozenset(one.course for one in self.results if one.stands)

    def passed_on(self, day: date, where: tzinfo) -> frozenset[str]:
        """The courses that stood as passed at the end of a day."""
        return frozenset(one.course for one in self.results if one.stood(day, where))

    def disagreements(self, npn: str, plan_year: int | None = None) -> tuple[str, ...]:
        """The members of a message of the site that are not those of this feed."""
        parts = {"npn": npn != self.npn, "plan_year": plan_year not in (None, self.plan_year)}
        return tuple(name for name, differs in parts.items() if differs)

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

    def revoked(self, course: str, at: datetime) -> Self:
        """The site took back that a course was passed."""
        results = tuple(one.revoke(at) if one.course == course else one for one in self.results)
        return self.model_copy(update={"results": results})

    def reminded(self, times: int) -> Self:
        """The agent has been reminded so often."""
        return self.model_copy(update={"reminders": times})


class Contract(Record):
    """A producer's packet with a carrier, found by NPN: the way in for sales, certification and ready-to-sell."""

    npn: str
    packet_id: str
    agency_id: str
    since: Moment
