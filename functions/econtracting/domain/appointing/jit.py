"""Just-in-time appointments: the first sale in a state starts the state's clock.

Source: NAIC model act, s. 14B: the insurer files within a number of days after the first application is submitted,
which is the day the insurer received it. Sales may be reported twice, late and out of order; a producer has one first
sale in a state, and the earliest day counts.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Self

from econtracting.domain.appointing.state_rules import StateRule, file_by, first_open_day, jit_due
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record

ALARM_DAYS_LEFT = (5, 2)


class Alarm(StrEnum):
    """Why the contracting department has to look at a first sale."""

    FIVE_DAYS_LEFT = "FIVE_DAYS_LEFT"
    TWO_DAYS_LEFT = "TWO_DAYS_LEFT"
    CLOCK_BREACHED = "CLOCK_BREACHED"
    NO_FILING_DAY_LEFT = "NO_FILING_DAY_LEFT"  # the state takes no filings from now to the due day
    SOLD_WITHOUT_APPOINTMENT = "SOLD_WITHOUT_APPOINTMENT"  # the state wanted the appointment first
    NOT_READY_TO_SELL = "NOT_READY_TO_SELL"  # the producer lacked something else; the sale's record names it
    STEP_FAILED = "STEP_FAILED"  # a step of the execution could not be done
    NOT_APPOINTED = "NOT_APPOINTED"  # the order came to nothing: no license, rejected, or no answer


class Sale(Record):
    """A sale as it was first reported, by the carrier's own id of it: the same id never means another one."""

    sale_id: str
    npn: str
    state: str
    packet_id: str

    def disagreements(self, npn: str, state: str) -> tuple[str, ...]:
        """The members of a later message about it that are others."""
        return tuple(name for name, differs in (("npn", npn != self.npn), ("state", state != self.state)) if differs)


class FirstSale(Record):
    """The first sale of a producer in a state.

    `due_on` is the last lawful day to file, `file_by` the last one before a freeze of the state shuts it off; both None
    where the state has no clock. `missing` holds the codes of what the producer lacked on the day of the sale.
    """

    npn: str
    state: str
    packet_id: str
    sale_id: str
    received_on: date
    due_on: date | None = None
    file_by: date | None = None
    reported_at: Moment
    attempt: int = 1  # of the execution that follows it up
    settled: bool = False  # the execution came to its end
    missing: tuple[str, ...] = ()
    alarms: tuple[Alarm, ...] = ()

    @classmethod
    def reported(
        cls, *, npn: str, packet_id: str, sale_id: str, received_on: date, rule: StateRule, at: datetime
    ) -> Self:
        """A sale in the rule's state, as it is first heard of."""
        due = None if rule.clock_days is None else jit_due(received_on, rule.clock_days)
        return cls(
            npn=npn,
            state=rule.state,
            packet_id=packet_id,
            sale_id=sale_id,
            received_on=received_on,
            due_on=due,
            file_by=None if due is None else file_by(rule, received_on, due),
            reported_at=at,
        )

    def joined_by(self, other: FirstSale) -> FirstSale:
        """What is the first sale once another is reported for producer and state; alarms raised stay raised."""
        if other.received_on >= self.received_on:
            return self
        kept = {"alarms": self.alarms, "missing": self.missing, "attempt": self.attempt, "settled": self.settled}
        return other.model_copy(update=kept)

    @property
    def deadline(self) -> date | None:
        return self.file_by or self.due_on

    def alarm_on(self, day: date) -> Alarm | None:
        """The most urgent alarm about an order still to be made on a day; None while there is time, or no clock."""
        if self.due_on is None or self.deadline is None:
            return None
        if day > self.due_on:
            return Alarm.CLOCK_BREACHED
        left = (self.deadline - day).days
        many, few = ALARM_DAYS_LEFT
        if left <= few:
            return Alarm.TWO_DAYS_LEFT
        return Alarm.FIVE_DAYS_LEFT if left <= many else None

    def lacking(self, missing: tuple[str, ...]) -> Self:
        """What the producer lacked, by code."""
        return self.model_copy(update={"missing": missing})

    def settle(self) -> Self:
        """The execution that follows the sale up came to its end."""
        return self.model_copy(update={"settled": True})

    def next_attempt(self) -> Self:
        """Another execution follows the sale up."""
        return self.model_copy(update={"attempt": self.attempt + 1})

    def reopen(self) -> Self:
        """It is followed up once more after it had been settled."""
        return self.next_attempt().model_copy(update={"settled": False})

    def with_alarm(self, alarm: Alarm) -> Self:
        """Each alarm is raised once."""
        return self if alarm in self.alarms else self.model_copy(update={"alarms": (*self.alarms, alarm)})


def filing_day(rule: StateRule, sale: FirstSale, today: date) -> date | None:
    """The day to file: today, or the first after a freeze that is not too late. None if the clock leaves none."""
    day = first_open_day(rule, today)
    if day is None or (sale.due_on is not None and day > sale.due_on):
        return None
    return day
