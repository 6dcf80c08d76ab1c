"""Sends made-up requests to a local stack, as an agent, as staff and as no one: no 5xx, answers as declared.

    python -m tools.fuzz

FUZZ_STACK_EXAMPLES says how many requests of each operation and caller. Loopback only.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import requests
from hypothesis import HealthCheck, given, settings
from schemathesis import Case

from local.config import Config
from local.demo.cast import somebody
from local.demo.journey import Journey
from local.demo.stacks import Stacks
from local.demo.timeline import Timeline
from tests.support.contract import OPERATIONS, cases, over_http

EXAMPLES = int(os.environ.get("FUZZ_STACK_EXAMPLES", "5"))
# They end the session or the packet that the other requests are about, so they come last.
LAST = ("DELETE /access/sessions/current", "POST /packet/decline", "POST /packet/wrong-recipient")


def main() -> int:
    with Stacks(Config.read()) as stacks, tempfile.TemporaryDirectory() as papers:
        scene = stacks.one_for("clear")
        journey = Journey(scene, somebody(states=("AL",)), Timeline("fuzz"), Path(papers))
        journey.invite()
        journey.enter()
        journey.agree()
        known = {"packet_id": [journey.packet_id], "npn": [journey.person.npn], "section": ["agent", "background"]}
        callers = {
            "agent": {"Cookie": "; ".join(f"{name}={value}" for name, value in journey.agent.http.cookies.items())},
            "recruiter": {"Authorization": journey.recruiter.http.headers["authorization"]},
            "contracting": {"Authorization": journey.contracting.http.headers["authorization"]},
            "nobody": {},
        }
        broken = 0
        for label in sorted(OPERATIONS, key=lambda one: (one in LAST, one)):
            for caller, headers in callers.items():
                broken += _fails(label, caller, headers, known, scene.config.url("portal") + "/api")
    print(f"{len(OPERATIONS)} operations, {len(callers)} callers, {EXAMPLES} requests each: {broken} broken")
    return int(bool(broken))


def _fails(label: str, caller: str, headers: dict[str, str], known: dict[str, list[str]], url: str) -> bool:
    session = requests.Session()

    @given(case=cases(label, known))
    @settings(max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    def played(case: Case[Any]) -> None:
        over_http(case, url, session, {"X-Requested-With": "econtracting", **headers})

    try:
        played()
    except BaseException as error:  # what Hypothesis raises is a group of failures, and each operation has its own
        if isinstance(error, KeyboardInterrupt):
            raise
        print(f"{label} as {caller}:\n{error}\n{getattr(error, '__notes__', '')}", file=sys.stderr)
        return True
    return False


if __name__ == "__main__":
    sys.exit(main())
