"""The busiest hour, call by call: invocations come, hold a place in Lambda's concurrency and draw on quotas."""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from tools.scale.quotas import Bucket, Quota

# A throttled call is tried again for so many seconds; what then still waits gives its place back and comes again later,
# from the outbox, the state machine or the browser.
PATIENCE = 2.0


@dataclass(frozen=True)
class Call:
    """Invocations of one kind: seconds that one takes, how many there are, units of quotas that one of them draws."""

    seconds: float
    count: int
    draws: Mapping[str, float]


@dataclass(frozen=True)
class Load:
    """What a stage asks for: so many begin in a second, and each makes its invocations over some seconds."""

    per_second: float
    lasts: float
    calls: Sequence[Call]


@dataclass
class Outcome:
    """What a stretch of time did to the quotas. Peaks are of single seconds, shares of the quota's rate."""

    seconds: float
    invocations: int = 0
    peak_concurrency: int = 0
    concurrency_waits: int = 0
    peaks: dict[str, float] = field(default_factory=dict)
    means: dict[str, float] = field(default_factory=dict)
    delayed: dict[str, int] = field(default_factory=dict)
    longest_wait: float = 0.0


def play(loads: Sequence[Load], rates: Sequence[Quota], concurrency: int, seconds: float, seed: int = 1) -> Outcome:
    """Play a stretch of steady demand. Stages that began before it are in it too, as far as they are not over."""
    buckets = {quota.name: Bucket(quota) for quota in rates}
    drawn: dict[str, Counter[int]] = defaultdict(Counter)
    outcome, running, queue = Outcome(seconds), 0, deque[tuple[float, Mapping[str, float]]]()
    ends: list[float] = []

    def begin(now: float, lasts: float, draws: Mapping[str, float]) -> None:
        nonlocal running
        running += 1
        wait = 0.0
        for name, count in draws.items():
            drawn[name][int(now)] += count  # type: ignore[assignment]
            wait = max(wait, buckets[name].take(now, count))
        outcome.longest_wait = max(outcome.longest_wait, wait)
        heapq.heappush(ends, now + min(wait, PATIENCE) + lasts)

    def end_until(now: float) -> None:
        nonlocal running
        while ends and ends[0] <= now:
            ended = heapq.heappop(ends)
            running -= 1
            if queue:
                begin(ended, *queue.popleft())

    for at, lasts, draws in _arrivals(loads, seconds, random.Random(seed)):
        end_until(at)
        outcome.invocations += 1
        if running < concurrency:
            begin(at, lasts, draws)
        else:
            outcome.concurrency_waits += 1
            queue.append((lasts, draws))
        outcome.peak_concurrency = max(outcome.peak_concurrency, running)
    for name in buckets:
        outcome.peaks[name] = max(drawn[name].values(), default=0.0)
        outcome.means[name] = sum(drawn[name].values()) / seconds
        outcome.delayed[name] = buckets[name].delayed
    return outcome


def _arrivals(
    loads: Sequence[Load], seconds: float, chance: random.Random
) -> Iterator[tuple[float, float, Mapping[str, float]]]:
    """(time, duration, draws) of every invocation within the stretch, in order of time."""
    found: list[tuple[float, float, Mapping[str, float]]] = []
    for load in loads:
        begin = -load.lasts
        while load.per_second and (begin := begin + chance.expovariate(load.per_second)) < seconds:
            for call in load.calls:
                for _ in range(call.count):
                    at = begin + chance.random() * load.lasts
                    if 0 <= at < seconds:
                        found.append((at, call.seconds, call.draws))
    found.sort(key=itemgetter(0))
    yield from found
