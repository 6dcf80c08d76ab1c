"""When packets come, and when their stages follow: the season of Medicare sales, weekdays, the hours people work."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

HOUR = 3600
DAY = 24 * HOUR

# Share of a year's invitations by month: agents are contracted from July on, to sell when enrollment opens in October.
MONTHS = (3, 3, 3, 3, 4, 5, 11, 14, 17, 27, 7, 3)
WEEKDAYS = (1.15, 1.2, 1.2, 1.15, 1.0, 0.3, 0.2)
# Local time of the eastern zone, where most work; the hour's share of a day.
HOURS = (1, 1, 1, 1, 1, 1, 2, 5, 9, 12, 13, 11, 10, 11, 12, 11, 9, 7, 6, 6, 5, 4, 3, 2)


@dataclass(frozen=True)
class Stage:
    """A part of the road: how long after the one before it begins (median seconds), how wide that spreads (sigma of
    a log-normal), whether a person does it in working hours, and how many seconds its requests take."""

    name: str
    after: float
    spread: float
    person: bool
    lasts: float


STAGES = (
    Stage("invitation", 0, 0, True, 1),
    Stage("access", 20 * HOUR, 1.2, True, 120),
    Stage("interview", 10 * 60, 1.0, True, 25 * 60),
    Stage("summary", 60, 0.8, True, 30),
    Stage("signing", 3 * 60, 1.0, True, 12 * 60),
    Stage("sealing", 30, 0.5, False, 10),
    Stage("background check", 3 * DAY, 0.7, False, 5),
    Stage("appointments", 2 * DAY, 0.8, False, 30),
    Stage("certification", 4 * DAY, 1.0, True, 2 * HOUR),
)


def year(packets: int, each: int = 1, seed: int = 1, first: date = date(2026, 1, 1)) -> dict[str, list[int]]:
    """Stage -> how many begin in each hour of a year and two months. One packet played stands for `each`."""
    chance = random.Random(seed)
    counts = {stage.name: [0] * (425 * 24) for stage in STAGES}
    for invited in _invitations(packets // each, chance, first):
        for name, at in _road(invited, chance):
            hour = int(at // HOUR)
            if hour < 425 * 24:
                counts[name][hour] += each
    return counts


def busiest_hour(counts: dict[str, list[int]], weight: dict[str, float]) -> int:
    """The hour in which the weighted sum of all stages is highest."""
    hours = range(len(next(iter(counts.values()))))
    return max(hours, key=lambda hour: sum(weight[name] * each[hour] for name, each in counts.items()))


def _invitations(packets: int, chance: random.Random, first: date) -> Iterator[float]:
    """Seconds from the beginning of the year at which packets are opened."""
    days = [first + timedelta(days=number) for number in range(365)]
    weights = [MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] for day in days]
    for day in chance.choices(range(365), cum_weights=list(accumulate(weights)), k=packets):
        yield day * DAY + _time_of_day(chance)


def _road(invited: float, chance: random.Random) -> Iterator[tuple[str, float]]:
    at = invited
    for stage in STAGES:
        if stage.after:
            pause = stage.after * chance.lognormvariate(0, stage.spread)
            at += pause
            if stage.person and pause > 4 * HOUR:
                at = at // DAY * DAY + _time_of_day(chance)  # whoever lets hours go by comes back at a usual hour
        yield stage.name, at


_HOURS_SUMMED: Sequence[int] = list(accumulate(HOURS))


def _time_of_day(chance: random.Random) -> float:
    (hour,) = chance.choices(range(24), cum_weights=_HOURS_SUMMED)
    return hour * HOUR + chance.random() * HOUR
