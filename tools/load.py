"""Plays many packets at once against the local stack, from the e-vite to ACTIVE, and counts what came of it.

    python -m tools.load [PACKETS] [AT ONCE]

Loopback only. Ends with 1 when a packet did not arrive within the time, or when mails, seals or appointments are not as
many as they must be. Writes what it measured, and what the crowd in process left behind, into docs/scale.md.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from local.config import Config
from local.demo import proof
from local.demo.cast import somebody
from local.demo.client import NotVerified
from local.demo.journey import Journey
from local.demo.onlookers import Scene
from local.demo.scenarios import FEW_STATES
from local.demo.stacks import Stacks
from local.demo.timeline import Timeline
from tools.document import replace_part

CROWD = Path("build/load.json")
PATIENCE = 900.0  # seconds for one packet's vendors on a machine that is busy with all the others


class Stopwatch:
    """Milliseconds of every request by route, from all threads."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.statuses: Counter[int] = Counter()
        self._lock = threading.Lock()

    def watch(self, journey: Journey) -> None:
        for caller in (journey.agent, journey.recruiter, journey.contracting, journey.stranger):
            caller.http.event_hooks["response"].append(self._note)

    def _note(self, response: httpx.Response) -> None:
        response.read()
        path = re.sub(r"/(pkt_|doc_|[a-z-]*\d)[^/]*", "/{}", response.request.url.path.removeprefix("/api"))
        with self._lock:
            self.statuses[response.status_code] += 1
            self.taken[f"{response.request.method} {path}"].append(response.elapsed.total_seconds() * 1000)


class Quiet(Timeline):
    """A timeline that tells nothing: there are too many at once."""

    def done(self, name: str, detail: str = "") -> None:
        self.stages.append((name, detail))  # type: ignore[arg-type]


def main() -> int:
    packets, at_once = (int(one) for one in (sys.argv[1:] + ["30", "10"][len(sys.argv) - 1 :])[:2])
    watch, began = Stopwatch(), time.monotonic()
    with Stacks(Config.read()) as stacks, tempfile.TemporaryDirectory() as papers:
        scene = stacks.one_for("clear")
        began = time.monotonic()
        with ThreadPoolExecutor(at_once) as pool:
            ends = list(pool.map(lambda number: _played(scene, Path(papers) / str(number), watch), range(packets)))
    seconds = time.monotonic() - began
    wrong = [end for end in ends if end]
    for one in wrong:
        print(one, file=sys.stderr)
    told = _told(packets, at_once, seconds, len(wrong), watch)
    replace_part("load", told)
    print(told)
    if CROWD.exists():
        replace_part("crowd", crowd(json.loads(CROWD.read_text())))
    return int(bool(wrong) or any(status >= 500 and status != 503 for status in watch.statuses))


def crowd(found: dict[str, Any]) -> str:
    """What tests/load measured, as a paragraph and a table."""
    packets, travelers = f"{found['packets']:,}", found["journeys"]
    rows = {
        "AWS calls": [sum(one.values()) for one in found["calls"]],
        **{f"{name}s": [one[name] for one in found["units"]] for name in ("write unit", "read unit")},
    }
    return "\n".join(
        [
            f"{packets} packets were opened over the door in {found['seconds']['inviting']:,.0f} s, every third request"
            f" sent twice, and {travelers} more packets went from e-vite to ACTIVE among them.",
            "",
            f"| one packet asks for | alone in the table | among {packets} |",
            "| --- | ---: | ---: |",
            *(f"| {name} | {alone:.0f} | {among:.0f} |" for name, (alone, among) in rows.items()),
        ]
    )


def _played(scene: Scene, folder: Path, watch: Stopwatch) -> str:
    """One packet's whole road; what was wrong with it, or nothing."""
    folder.mkdir(parents=True)
    journey = Journey(scene, somebody(states=FEW_STATES), Quiet("load"), folder)
    watch.watch(journey)
    try:
        journey.play_until_finished()
        journey.wait_for("ACTIVE", PATIENCE)
        return _doubled(journey)
    except (NotVerified, httpx.HTTPError) as error:
        return f"{journey.packet_id}: {error}"


def _doubled(journey: Journey) -> str:
    """Each mail once, each state once, each document sealed once, one attempt, a trail without a gap."""
    references = [next(iter(mail.headers.values())) for mail in journey.postbox.mails()]
    proof.check_chain(journey.events())
    rows = journey.agent.get("/packet/print")
    found = {
        "mails": len(references) - len(set(references)),
        "appointments": journey.appointments() != dict.fromkeys(FEW_STATES, "APPROVED"),
        "documents": len({row["document_id"] for row in rows}) != len(rows),
        "attempts": journey.ops()["attempt"] != 1,
    }
    wrong = [name for name, is_wrong in found.items() if is_wrong]
    return f"{journey.packet_id}: {', '.join(wrong)}; {journey.appointments()}, {references}" if wrong else ""


def _told(packets: int, at_once: int, seconds: float, wrong: int, watch: Stopwatch) -> str:
    everything = [one for taken in watch.taken.values() for one in taken]
    statuses = ", ".join(f"{count} x {status}" for status, count in sorted(watch.statuses.items()))
    lines = [
        f"{packets} packets, {at_once} at once, {len(everything)} requests in {seconds:.0f} s; {packets - wrong}"
        f" reached ACTIVE with every mail, seal and appointment once. Answers: {statuses}.",
        "",
        "| route | requests | median ms | 95 % ms | 99 % ms |",
        "| --- | ---: | ---: | ---: | ---: |",
        _row("all", everything),
    ]
    dearest = sorted(watch.taken.items(), key=lambda one: -len(one[1]))[:12]
    return "\n".join(lines + [_row(route, taken) for route, taken in dearest])


def _row(name: str, taken: Iterable[float]) -> str:
    found = sorted(taken)
    parts = statistics.quantiles(found, n=100) if len(found) > 1 else found * 99
    return f"| {name} | {len(found)} | {parts[49]:.0f} | {parts[94]:.0f} | {parts[98]:.0f} |"


if __name__ == "__main__":
    sys.exit(main())
