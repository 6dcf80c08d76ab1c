"""The budgets, measured: `make bench`. Ratios are taken in one run, because machines differ and are shared.

The journey runs in process on moto, so calls and units are counted, never estimated. Prices: us-east-1, November 2026.
"""

from __future__ import annotations

import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "functions"), str(ROOT)]

FLOOR = "import boto3; boto3.client('dynamodb', region_name='us-east-1')"
DOORS = ("invite", "auth", "interview", "sign", "process")

# dollars per unit
PRICES = {
    "API request": 3.50e-6,
    "Lambda request": 0.20e-6,
    "Lambda GB-second": 0.0000133334,
    "state transition": 0.025e-3,
    "write unit": 0.625e-6,
    "read unit": 0.125e-6,
    "KMS symmetric": 0.03e-4,
    "KMS asymmetric": 0.15e-4,
    "mail": 0.10e-3,
    "S3 put": 0.005e-3,
    "S3 get": 0.0004e-3,
    "event": 1e-6,
}


@dataclass
class Row:
    what: str
    measured: str
    budget: str
    holds: bool | None = None


@dataclass
class Ledger:
    """What a journey asked of AWS, by stage."""

    stage: str = "set-up"
    calls: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    units: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def note(self, operation: str, parameters: dict[str, Any]) -> None:
        if parameters.get("IndexName") == "by_due":
            return  # the sweep's clock, which the stream replaces on AWS; its cost does not grow with packets
        self.calls[self.stage][operation] += 1
        for unit, count in units_of(operation, parameters).items():
            self.units[self.stage][unit] += count

    def total(self) -> Counter[str]:
        return sum(self.units.values(), Counter())


def size(value: Any) -> int:
    return len(json.dumps(value, default=str))


def units_of(operation: str, parameters: dict[str, Any]) -> dict[str, float]:
    """Billable units of one call. Writes count per KB, twice in transactions; consistent reads per 4 KB."""
    writes = {"PutItem": 1, "UpdateItem": 1, "DeleteItem": 1}
    if operation == "TransactWriteItems":
        parts = parameters["TransactItems"]
        return {"write unit": sum(2 * math.ceil(size(part) / 1024) for part in parts)}
    if operation in writes:
        return {"write unit": math.ceil(size(parameters.get("Item", "")) / 1024)}
    if operation in ("GetItem", "Query"):
        return {"read unit": 1}
    return {
        "Sign": {"KMS asymmetric": 1.0},
        "GenerateDataKey": {"KMS symmetric": 1.0},
        "Decrypt": {"KMS symmetric": 1.0},
        "GenerateMac": {"KMS symmetric": 1.0},
        "PutObject": {"S3 put": 1.0},
        "GetObject": {"S3 get": 1.0},
        "PutEvents": {"event": 1.0},
        "Invoke": {"Lambda request": 1.0},
    }.get(operation, {})


def cpu_of(statement: str) -> float:
    """Processor seconds of a fresh interpreter that runs a statement."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", statement],
        cwd=ROOT / "functions",
        env={"PYTHONPATH": ".", "AWS_DEFAULT_REGION": "us-east-1"},
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def imports(rounds: int = 7) -> list[Row]:
    """Floor and doors in turn, so that a machine that changes its speed changes both sides of a ratio."""
    floors: list[float] = []
    ratios: dict[str, list[float]] = {door: [] for door in DOORS}
    for _ in range(rounds):
        for door in DOORS:
            floors.append(cpu_of(FLOOR))
            ratios[door].append(cpu_of(f"import {door}.handler") / floors[-1])
    floor = statistics.median(floors)
    rows = [Row("import boto3 + a DynamoDB client (floor)", f"{floor * 1000:.0f} ms CPU", "")]
    for door in DOORS:
        ratio = statistics.median(ratios[door])
        rows.append(Row(f"import {door}.handler / floor", f"{ratio:.2f}", "<= 1.6", ratio <= 1.6))
    return rows


def warm(call: Callable[[], Any], runs: int = 200) -> float:
    """Median processor milliseconds of a call."""
    found = []
    for _ in range(runs):
        before = time.process_time()
        call()
        found.append(time.process_time() - before)
    return statistics.median(found) * 1000


def journey() -> tuple[Ledger, int, int, float, float]:
    """A packet from e-vite to ACTIVE: what it asked of AWS, transitions, API calls, a warm request, wall seconds."""
    import boto3
    import pytest
    from moto import mock_aws

    from tests import atomic
    from tests import journey as road
    from tests.world import build

    atomic.install()
    ledger = Ledger()
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    with (
        pytest.MonkeyPatch.context() as patch,
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}),
    ):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        boto3.setup_default_session(region_name="us-east-1")
        started = time.perf_counter()
        world = build(patch)
        boto3.DEFAULT_SESSION.events.register(
            "provide-client-params.*.*",
            lambda params, model, **_: ledger.note(model.name, params),
        )
        from econtracting import wiring

        wiring.forget()
        ledger.stage = "invitation"
        packet_id = road.invite(world)
        ledger.stage = "access"
        road.come_in(world)
        ledger.stage = "interview"
        road.agree(world)
        road.answer_everything(world)
        ledger.stage = "summary"
        road.confirm(world)
        ledger.stage = "signing"
        road.consent(world)
        road.adopt(world)
        road.sign_everything(world)
        ledger.stage = "sealing"
        road.finish(world)
        world.reaches(packet_id, "BACKGROUND_CHECK")
        ledger.stage = "background check"
        world.settle(lambda: bool(world.outside.screening.reports))
        road.background_webhook(world, packet_id, 1, "complete", "clear")
        world.reaches(packet_id, "APPOINTING")
        ledger.stage = "appointments"
        world.settle(lambda: len(world.outside.gateway.orders) == 2)
        for state in ("AL", "FL"):
            road.appointment_webhook(world, packet_id, state)
        world.reaches(packet_id, "PROCESSED")
        ledger.stage = "certification"
        world.settle(lambda: bool(world.outside.site.feeds))
        road.certification_webhook(world, packet_id, "producer.loaded")
        world.reaches(packet_id, "CERTIFICATION_OPEN")
        for course in ("medicare-basics", "plan-products"):
            road.certification_webhook(world, packet_id, "course.completed", course=course, plan_year=2027, score=95)
        wall = time.perf_counter() - started
        transitions = _transitions(world.names["machine"])
        ledger.stage = "after"
        milliseconds = _warm_handler(packet_id, patch)
        return ledger, transitions, len(world.calls), milliseconds, wall


def _warm_handler(packet_id: str, patch: Any) -> float:
    """A warm door with its store replaced by a constant: what the product's own code costs per request."""
    from econtracting import wiring
    from interview.handler import lambda_handler
    from tests.world import Context

    standing = wiring.packets().load(packet_id)
    patch.setattr(wiring, "packets", lambda: type("Constant", (), {"load": lambda *_: standing})())
    event = {
        "resource": "/packet/agreement",
        "path": "/packet/agreement",
        "httpMethod": "GET",
        "headers": {},
        "multiValueHeaders": {},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "bench"},
            "authorizer": {"kind": "agent", "packet_id": packet_id, "session": "0" * 64, "must_change": "false"},
        },
        "body": None,
        "isBase64Encoded": False,
    }
    answer = lambda_handler(event, Context())
    assert answer["statusCode"] == 200, answer
    return warm(lambda: lambda_handler(event, Context()))


def _transitions(machine: str) -> int:
    import boto3

    client = boto3.client("stepfunctions")
    count = 0
    for execution in client.list_executions(stateMachineArn=machine)["executions"]:
        history = client.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)["events"]
        count += sum(event["type"].endswith("StateEntered") for event in history)
    return count


def main() -> int:
    rows = imports()
    ledger, transitions, requests, milliseconds, wall = journey()
    ledger.units.pop("after", None)
    ledger.calls.pop("after", None)
    total: dict[str, float] = dict(ledger.total())
    total |= {"state transition": transitions, "API request": requests, "mail": 5}
    total["Lambda request"] = total.get("Lambda request", 0) + 2 * requests + 25
    total["Lambda GB-second"] = 0.25 * 0.05 * 2 * requests + 1.73 * 1.5
    cost = sum(PRICES[unit] * count for unit, count in total.items())
    scans = sum(calls["Scan"] for calls in ledger.calls.values())
    rows += [
        Row("warm handler, AWS calls stubbed", f"{milliseconds:.2f} ms CPU", "<= 2 ms", milliseconds <= 2),
        Row("scans in a whole journey", str(scans), "0", scans == 0),
        Row("state transitions, clear path, two states", str(transitions), "<= 25", transitions <= 25),
        Row("modelled cost of a packet without storage", f"${cost:.5f}", "<= $0.003", cost <= 0.003),
        Row("the whole journey in process", f"{wall:.1f} s", ""),
    ]
    print(f"{'what':62} {'measured':>16} {'budget':>11}  holds")
    for row in rows:
        holds = {True: "yes", False: "NO", None: ""}[row.holds]
        print(f"{row.what:62} {row.measured:>16} {row.budget:>11}  {holds}")
    print(f"\n{'stage':18} {'AWS calls':>9} {'write units':>12} {'read units':>11}")
    for stage, calls in ledger.calls.items():
        units = ledger.units[stage]
        print(f"{stage:18} {calls.total():9} {units['write unit']:12.0f} {units['read unit']:11.0f}")
    print(f"{'all':18} {sum(c.total() for c in ledger.calls.values()):9} "
          f"{total['write unit']:12.0f} {total['read unit']:11.0f}")  # fmt: skip
    return int(any(row.holds is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
