"""Federal holidays and business days of the United States.

Sources: 5 U.S.C. 6103(a), the eleven holidays (Juneteenth since 2021, Public Law 117-17), and the rule for those that
fall on a weekend: Saturday is observed on Friday before (6103(b)), Sunday on Monday after (Executive Order 11582).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
DAY = timedelta(days=1)


def is_business_day(day: date) -> bool:
    """Neither weekend nor a day on which a federal holiday is observed."""
    return day.weekday() < SATURDAY and day not in holidays_observed_in(day.year)


def add_business_days(day: date, count: int) -> date:
    """The `count`-th business day after `day`; `day` itself is day 0 whatever it is."""
    while count > 0:
        day += DAY
        count -= is_business_day(day)
    return day


def business_days_between(after: date, until: date) -> int:
    """How many business days lie after the first day, through the second."""
    return sum(is_business_day(after + DAY * offset) for offset in range(1, (until - after).days + 1))


@cache
def holidays_observed_in(year: int) -> frozenset[date]:
    """The days of a year on which federal holidays are observed; next New Year's Day may be one of them."""
    nominal = [*_holidays_of(year), date(year + 1, 1, 1)]
    return frozenset(day for day in map(_observed, nominal) if day.year == year)


def _holidays_of(year: int) -> list[date]:
    days = [
        date(year, 1, 1),
        _nth(3, MONDAY, year, 1),  # birthday of Martin Luther King, Jr.
        _nth(3, MONDAY, year, 2),  # Washington's birthday
        _nth(1, MONDAY, year, 6) - 7 * DAY,  # Memorial Day, the last Monday of May
        date(year, 7, 4),
        _nth(1, MONDAY, year, 9),  # Labor Day
        _nth(2, MONDAY, year, 10),  # Columbus Day
        date(year, 11, 11),
        _nth(4, THURSDAY, year, 11),  # Thanksgiving
        date(year, 12, 25),
    ]
    return [*days, date(year, 6, 19)] if year >= 2021 else days


def _nth(number: int, weekday: int, year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + DAY * ((weekday - first.weekday()) % 7 + 7 * (number - 1))


def _observed(day: date) -> date:
    return day + DAY * {SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0)
