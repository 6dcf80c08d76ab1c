"""The certification feed of a packet and the courses reported back."""

from __future__ import annotations

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


class Contract(Record):
    """A producer's packet with a carrier, found by NPN: the way in for sales, certification and ready-to-sell."""

    npn: str
    packet_id: str
    agency_id: str
    since: Moment
