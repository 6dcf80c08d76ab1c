"""How a state wants producers appointed: dated rows of the carrier's own, each with its source and review date.

There is no authoritative public list, and carriers treat the same state differently; so rows are data the operator
supplies and cites, and what is not known counts as up-front, the cautious reading (decision 0034).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from econtracting.domain.fields.us import STATES
from econtracting.domain.record import Record

ANY = "*"


class AppointmentType(StrEnum):
    UP_FRONT = "UP_FRONT"  # appointed before the first solicitation
    JUST_IN_TIME = "JUST_IN_TIME"  # appointed after the first sale, inside a clock
    REGISTRY = "REGISTRY"  # nothing is filed; the carrier keeps a register
    AGENCY_COVERS = "AGENCY_COVERS"  # the agency's appointment covers its producers
    INTERNAL = "INTERNAL"  # a record of the carrier only


class Freeze(Record):
    """Days of every year, both included, without filings in a state; over New Year if `ends` is before `starts`."""

    starts: str = Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", description="MM-DD")
    ends: str = Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", description="MM-DD")


class FreezeWindow(Record):
    """A freeze in a certain year; both days belong to it."""

    starts: date
    ends: date


class StateRule(Record):
    """What holds in a state for a line and a carrier from `effective_from` until a later row takes over."""

    state: str
    line: str = ANY
    carrier: str = ANY
    type: AppointmentType
    clock_days: int | None = Field(default=None, ge=1, description="calendar days after `clock_starts`")
    clock_starts: Literal["APPLICATION_RECEIVED", "CONTRACT_EXECUTED"] | None = None
    backdate_max_days: int = Field(default=0, ge=0)
    county_required: bool = False
    freeze: tuple[Freeze, ...] = ()
    fee_cents: int | None = Field(default=None, ge=0)
    effective_from: date
    source: str = Field(min_length=1)
    reviewed_on: date
    confidence: Literal["high", "medium", "low", "none"]
    synthetic: bool = Field(default=False, description="made up for demonstration; no statement about any state")

    @model_validator(mode="after")
    def _is_whole(self) -> StateRule:
        if self.state not in STATES:
            raise ValueError(f"{self.state} is no state")
        if (self.type is AppointmentType.JUST_IN_TIME) != (self.clock_days is not None):
            raise ValueError(f"{self.state}: a clock belongs to just-in-time rows, and to no others")
        return self

    @property
    def known(self) -> bool:
        return self.confidence != "none"


class StateRules(Record):
    """The rows of a packet type, in no order."""

    schema_reference: str = Field(default="", alias="$schema", description="for editors only")
    version: str
    rules: tuple[StateRule, ...]


def rule_for(rules: Iterable[StateRule], state: str, *, line: str, carrier: str, on: date) -> StateRule:
    """The row that holds on a day: one for the carrier before one for any, then for the line, then the newest.

    A state without one answers with an up-front row that says it is not `known`.
    """
    fitting = [
        rule
        for rule in rules
        if rule.state == state
        and rule.line in (line, ANY)
        and rule.carrier in (carrier, ANY)
        and rule.effective_from <= on
    ]
    if not fitting:
        return _unknown(state, on)
    return max(fitting, key=lambda rule: (rule.carrier != ANY, rule.line != ANY, rule.effective_from))


def _unknown(state: str, on: date) -> StateRule:
    return StateRule(
        state=state,
        type=AppointmentType.UP_FRONT,
        effective_from=on,
        source="no rule is on file; up-front is the safe assumption",
        reviewed_on=on,
        confidence="none",
    )


def freeze_window_on(rule: StateRule, day: date) -> FreezeWindow | None:
    """The window a day lies in, if the state takes no filings on it."""
    for freeze in rule.freeze:
        for year in (day.year - 1, day.year):
            window = _window(freeze, year)
            if window.starts <= day <= window.ends:
                return window
    return None


def first_open_day(rule: StateRule, day: date) -> date | None:
    """The first day from `day` on that the state takes filings; None if there is none within a year."""
    last = day + timedelta(days=366)
    while day <= last:
        window = freeze_window_on(rule, day)
        if window is None:
            return day
        day = window.ends + timedelta(days=1)
    return None


def jit_due(received_on: date, clock_days: int) -> date:
    """The last day to file after a first sale: calendar days after the insurer received it (NAIC model act, s. 14B)."""
    return received_on + timedelta(days=clock_days)


def file_by(rule: StateRule, received_on: date, due: date) -> date | None:
    """The last day of the clock that needs no luck: before a freeze that begins inside it, else the due day.

    None if the state takes no filings from the sale to the due day.
    """
    days = [received_on + timedelta(days=offset) for offset in range((due - received_on).days + 1)]
    open_until_freeze: date | None = None
    for day in days:
        if freeze_window_on(rule, day) is None:
            open_until_freeze = day
        elif open_until_freeze is not None:
            return open_until_freeze
    return open_until_freeze


def _window(freeze: Freeze, year: int) -> FreezeWindow:
    starts, ends = _day(year, freeze.starts), _day(year, freeze.ends)
    if ends < starts:
        ends = _day(year + 1, freeze.ends)
    return FreezeWindow(starts=starts, ends=ends)


def _day(year: int, month_day: str) -> date:
    month, day = map(int, month_day.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month + 1, 1) - timedelta(days=1)  # 02-29 in a common year
