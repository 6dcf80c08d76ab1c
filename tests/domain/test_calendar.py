"""Business days: the holidays as the federal calendar for a year lists them, and what they do to counting."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting.domain.screening.calendar import (
    add_business_days,
    business_days_between,
    holidays_observed_in,
    is_business_day,
)

OBSERVED = {
    2020: "01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25",
    2021: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    2028: "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
}


@pytest.mark.parametrize("year", OBSERVED)
def test_the_holidays_observed_in_a_year_are_those_of_the_federal_calendar(year):
    assert sorted(holidays_observed_in(year)) == [date.fromisoformat(f"{year}-{day}") for day in OBSERVED[year].split()]


def test_a_saturday_new_year_is_observed_in_the_old_year():
    assert not is_business_day(date(2027, 12, 31))
    assert is_business_day(date(2028, 1, 3))


@pytest.mark.parametrize(
    ("delivered", "fifth"),
    [
        ("2026-03-02", "2026-03-09"),
        ("2026-11-24", "2026-12-02"),
        ("2026-12-23", "2026-12-31"),
        ("2026-06-29", "2026-07-07"),
        ("2027-12-29", "2028-01-06"),
    ],
    ids=["plain", "Thanksgiving", "Christmas", "4 July observed on Friday", "New Year observed in the old year"],
)
def test_the_fifth_business_day_skips_weekends_and_holidays(delivered, fifth):
    assert add_business_days(date.fromisoformat(delivered), 5) == date.fromisoformat(fifth)


def test_counting_from_a_weekend_begins_on_monday():
    assert add_business_days(date(2026, 3, 7), 1) == date(2026, 3, 9)


days = st.dates(date(2015, 1, 1), date(2060, 12, 31))


@given(days, st.integers(1, 30))
def test_counting_forward_and_between_agree(day, count):
    reached = add_business_days(day, count)
    assert is_business_day(reached)
    assert business_days_between(day, reached) == count
    assert business_days_between(day, reached - timedelta(days=1)) == count - 1


@given(st.integers(2021, 2100))
def test_every_year_observes_eleven_holidays_give_or_take_new_year(year):
    assert len(holidays_observed_in(year)) in (10, 11, 12)
    assert all(day.weekday() < 5 for day in holidays_observed_in(year))
