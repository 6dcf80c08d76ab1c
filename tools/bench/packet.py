"""What a packet asks of AWS and what that costs, from counted calls, while the table grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tools.bench import cost, road
from tools.bench.growth import grow
from tools.bench.replay import Tape
from tools.bench.replay import measure as replayed
from tools.bench.rows import Row

GROWTH = (1, 10, 100)  # packets in the table when one more is played
SLACK = 0.02  # two writers that meet make one of them ask again
BUDGET_DOLLARS = 0.003
BUDGET_TRANSITIONS = 25


@dataclass
class Packets:
    """Packets that were played one after the other into a growing table."""

    measured: dict[int, road.Measured]
    items: dict[int, int]
    rows: list[Row]
    routes: dict[str, float]
    stages: dict[str, Counter[str]]
    calls: dict[str, int]

    def total(self) -> Counter[str]:
        return sum(self.stages.values(), Counter())


def play(own_cpu_ms: Mapping[str, float]) -> Packets:
    """Play one packet for each size of the table. `own_cpu_ms` is what functions compute beyond an ordinary request."""
    measured: dict[int, road.Measured] = {}
    items: dict[int, int] = {}
    with road.track() as (track, patch):
        track.play()  # fills what a process keeps: keys, packet type, secrets
        for packets in GROWTH:
            items[packets] = grow(packets)
            if packets == GROWTH[-1]:
                tape = Tape(patch)
            measured[packets] = track.play()
        tape.running = False
        rows, routes = replayed(tape.requests)
    last, first = measured[GROWTH[-1]], measured[GROWTH[0]]
    stages = {name: _priced(last, name, own_cpu_ms) for name in road.STAGES}
    calls = {name: sum(last.calls[name].values()) for name in road.STAGES}
    furthest = max(apart(one, first) for one in measured.values())
    scans = sum(one.total("calls")["dynamodb:Scan"] for one in measured.values())
    total: Counter[str] = sum(stages.values(), Counter())
    dollars, transitions = cost.dollars(total), int(total["state transition"])
    sizes = ", ".join(str(size) for size in GROWTH)
    return Packets(
        measured,
        items,
        [
            *rows,
            Row(
                f"calls, units with {sizes} packets before",
                f"{furthest:.1%} apart",
                "",
                "<= 2 %",
                furthest <= SLACK,
            ),
            Row("scans in a whole journey", str(scans), "", "0", scans == 0),
            Row(
                "state transitions, clear path, two states",
                str(transitions),
                "",
                "<= 25",
                transitions <= BUDGET_TRANSITIONS,
            ),
            Row(
                "modeled AWS cost of a packet, no storage",
                f"${dollars:.5f}",
                "",
                "<= $0.003",
                dollars <= BUDGET_DOLLARS,
            ),
        ],
        routes,
        stages,
        calls,
    )


def apart(one: road.Measured, first: road.Measured) -> float:
    """How far a packet's calls, write or read units are from the first one's, whichever is furthest."""
    return max(abs(here / there - 1) for here, there in zip(_asked(one), _asked(first), strict=True))


def _asked(one: road.Measured) -> tuple[float, ...]:
    units = one.total("units")
    return sum(one.total("calls").values()), units["write unit"], units["read unit"]


def _priced(one: road.Measured, stage: str, own_cpu_ms: Mapping[str, float]) -> Counter[str]:
    """A stage's units with Lambda's and the logs' added; calls per invocation are the stage's average."""
    invocations = one.invocations[stage]
    each = sum(one.calls[stage].values()) / max(1, sum(invocations.values()))
    found = Counter(one.units[stage])
    found.update(cost.compute_units(invocations, dict.fromkeys(invocations, each), road.memory(), own_cpu_ms))
    found["log GB"] += found["API request"] * cost.REQUEST_LOG_BYTES / 1e9  # type: ignore[assignment]
    return found
