"""Appointment rules of states: which row holds, freezes, and the clock of a first sale."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from econtracting.domain.appointing.state_rules import (
    AppointmentType,
    StateRule,
    file_by,
    first_open_day,
    freeze_window_on,
    jit_due,
    rule_for,
)

DAY = date(2026, 11, 23)
NEW_YEAR = ({"starts": "12-28", "ends": "01-03"},)


def rule(state: str = "AL", **more: Any) -> StateRule:
    row: dict[str, Any] = {
        "type": "UP_FRONT", "effective_from": "2026-01-01", "source": "a test", "reviewed_on": "2026-11-01",
        "confidence": "low", "synthetic": True,
    }  # fmt: skip
    return StateRule.model_validate({"state": state, **row, **more})


def just_in_time(**more: Any) -> StateRule:
    return rule(type="JUST_IN_TIME", clock_days=15, clock_starts="APPLICATION_RECEIVED", **more)


def type_of(rows: list[StateRule], state: str = "AL", on: date = DAY) -> AppointmentType:
    return rule_for(rows, state, line="16", carrier="meridian", on=on).type


def test_a_state_nobody_described_is_up_front_and_says_that_it_is_not_known() -> None:
    found = rule_for([rule("TN")], "AL", line="16", carrier="meridian", on=DAY)
    assert found.type is AppointmentType.UP_FRONT
    assert not found.known


def test_a_rule_on_file_is_known() -> None:
    assert rule_for([rule()], "AL", line="16", carrier="meridian", on=DAY).known


def test_a_rule_that_is_not_yet_effective_does_not_hold() -> None:
    rows = [rule(type="REGISTRY", effective_from="2026-11-24")]
    assert type_of(rows) is AppointmentType.UP_FRONT
    assert type_of(rows, on=date(2026, 11, 24)) is AppointmentType.REGISTRY


def test_the_newest_effective_row_holds() -> None:
    rows = [rule(type="REGISTRY", effective_from="2026-06-01"), rule(type="INTERNAL", effective_from="2026-02-01")]
    assert type_of(rows) is AppointmentType.REGISTRY
    assert type_of(rows, on=date(2026, 5, 31)) is AppointmentType.INTERNAL


def test_a_row_for_the_carrier_holds_before_a_newer_one_for_any() -> None:
    rows = [rule(type="REGISTRY", carrier="meridian"), rule(type="INTERNAL", effective_from="2026-11-01")]
    assert type_of(rows) is AppointmentType.REGISTRY


def test_a_row_for_the_line_holds_before_one_for_any() -> None:
    assert type_of([rule(type="INTERNAL"), rule(type="REGISTRY", line="16")]) is AppointmentType.REGISTRY


def test_rows_of_other_carriers_and_lines_do_not_hold() -> None:
    assert (
        type_of([rule(type="REGISTRY", carrier="other"), rule(type="REGISTRY", line="5")]) is AppointmentType.UP_FRONT
    )


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "XX"},
        {"source": ""},
        {"type": "JUST_IN_TIME"},
        {"clock_days": 15},
        {"type": "SOMETIMES"},
        {"freeze": [{"starts": "28-12", "ends": "01-03"}]},
        {"color": "red"},
    ],
)
def test_a_row_that_says_nothing_definite_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**broken)


@pytest.mark.parametrize(
    ("day", "frozen"),
    [
        (date(2026, 12, 27), False),
        (date(2026, 12, 28), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 3), True),
        (date(2027, 1, 4), False),
    ],
)
def test_a_freeze_goes_over_new_year_with_both_its_days(day: date, frozen: bool) -> None:
    window = freeze_window_on(rule(freeze=NEW_YEAR), day)
    assert (window is not None) is frozen
    if window is not None:
        assert (window.starts, window.ends) == (date(2026, 12, 28), date(2027, 1, 3))


def test_a_freeze_that_ends_on_29_february_ends_on_the_28th_of_a_common_year() -> None:
    frozen = rule(freeze=[{"starts": "02-20", "ends": "02-29"}])
    assert freeze_window_on(frozen, date(2027, 2, 28)) is not None
    assert freeze_window_on(frozen, date(2027, 3, 1)) is None
    assert freeze_window_on(frozen, date(2028, 2, 29)) is not None


def test_the_first_open_day_is_behind_every_freeze_that_touches() -> None:
    assert first_open_day(rule(freeze=NEW_YEAR), date(2026, 12, 30)) == date(2027, 1, 4)
    assert first_open_day(rule(freeze=NEW_YEAR), DAY) == DAY
    touching = (*NEW_YEAR, {"starts": "01-04", "ends": "01-10"})
    assert first_open_day(rule(freeze=touching), date(2026, 12, 30)) == date(2027, 1, 11)


def test_a_state_that_never_opens_has_no_open_day() -> None:
    assert first_open_day(rule(freeze=[{"starts": "01-01", "ends": "12-31"}]), DAY) is None


@pytest.mark.parametrize(
    ("received", "due", "weekday"),
    [
        (date(2026, 10, 15), date(2026, 10, 30), "Fri"),
        (date(2026, 12, 20), date(2027, 1, 4), "Mon"),
        (date(2028, 2, 20), date(2028, 3, 6), "Mon"),
    ],
)
def test_a_first_sale_is_due_fifteen_calendar_days_after_it_was_received(
    received: date, due: date, weekday: str
) -> None:
    assert jit_due(received, 15) == due
    assert due.strftime("%a") == weekday


def test_a_filing_is_due_before_the_freeze_that_begins_inside_its_clock() -> None:
    received, due = date(2026, 12, 20), date(2027, 1, 4)
    assert file_by(just_in_time(freeze=NEW_YEAR), received, due) == date(2026, 12, 27)


def test_a_sale_inside_a_freeze_is_filed_behind_it() -> None:
    received, due = date(2026, 12, 29), date(2027, 1, 13)
    assert file_by(just_in_time(freeze=NEW_YEAR), received, due) == due


def test_a_clock_that_runs_out_inside_a_freeze_leaves_no_day() -> None:
    frozen = just_in_time(freeze=[{"starts": "12-01", "ends": "12-31"}])
    assert file_by(frozen, date(2026, 12, 5), date(2026, 12, 20)) is None


MONTH_DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(lambda day: day.strftime("%m-%d"))


@given(
    starts=MONTH_DAYS,
    ends=MONTH_DAYS,
    received=st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    days=st.integers(min_value=1, max_value=60),
)
def test_the_advised_day_is_open_and_inside_the_clock(starts: str, ends: str, received: date, days: int) -> None:
    frozen = just_in_time(freeze=[{"starts": starts, "ends": ends}])
    due = jit_due(received, days)
    advised = file_by(frozen, received, due)
    if advised is None:
        clock = [received + timedelta(days=offset) for offset in range(days + 1)]
        assert all(freeze_window_on(frozen, day) for day in clock)
    else:
        assert received <= advised <= due
        assert freeze_window_on(frozen, advised) is None
