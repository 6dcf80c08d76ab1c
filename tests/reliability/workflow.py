"""The acts of everyone but the agent: the workflow's tasks, the vendors' webhooks, the contracting department."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3

from econtracting import wiring
from econtracting.domain.moment import iso
from tests.reliability.agents import Caller
from tests.support import journey, stories
from tests.support.journey import expect
from tests.support.webhooks import screening_headers
from tests.support.world import Context

Act = Callable[[Caller], None]


def task(name: str, **more: Any) -> Act:
    """A step of the state machine, which repeats it with the same input."""

    def act(caller: Caller) -> None:
        from process import tasks

        attempt = wiring.packets().load(caller.packet).attempt
        event = {"task": name, "packet_id": caller.packet, "attempt": attempt, **more}
        caller.kept[name] = tasks.lambda_handler(event, Context())

    return act


def seal(caller: Caller) -> None:
    from sign import tasks

    assert tasks.seal({"packet_id": caller.packet, "attempt": 1}, Context())["status"] == "SUBMITTED"


def sweep(caller: Caller) -> None:
    from process import relay

    relay.sweep({}, Context())


def time_passes(**duration: float) -> Act:
    return lambda caller: caller.world.clock.pass_(**duration)


def report_ends(status: str, result: str | None = None, fields: tuple[str, ...] = ()) -> Act:
    return lambda caller: _ends(caller, status, result, fields)


def _ends(caller: Caller, status: str, result: str | None, fields: tuple[str, ...]) -> None:
    caller.world.outside.screening.ends(f"{caller.packet}-1", status, result, fields)


def report_webhook(status: str) -> Act:
    """The bureau's message; it keeps its id when it is sent again."""

    def act(caller: Caller) -> None:
        reference = f"{caller.packet}-1"
        report = next(one for one in caller.world.outside.screening.reports.values() if one.reference == reference)
        body = {
            "id": "evt_000000000001",
            "object": "event",
            "type": f"report.{'completed' if status == 'complete' else status}",
            "data": {
                "object": {"id": report.id, "custom_id": reference, "status": report.status, "result": report.result}
            },
        }
        raw = json.dumps(body).encode()
        headers = screening_headers(raw)
        answer = caller.world.call("POST", "/webhooks/background-checks", raw, headers=headers)
        expect(answer, 202)

    return act


def appointment_webhook(state: str, status: str = "APPROVED") -> Act:
    def act(caller: Caller) -> None:
        now = caller.world.clock.now()
        data = {
            "transaction_id": f"txn-{state}",
            "external_ref": f"{caller.packet}-{state}",
            "state": state,
            "status": status,
            "state_ref": f"{state}-77",
            "effective_date": now.date().isoformat(),
            "reason_codes": [],
            "state_fee_cents": 0,
        }
        body = {"type": "appointment.updated", "timestamp": iso(now), "data": data}
        answer = journey.standard_webhook(caller.world, "/webhooks/appointments", body, f"msg_{state}_{status}")
        expect(answer, 202)

    return act


def site_webhook(kind: str, **data: Any) -> Act:
    def act(caller: Caller) -> None:
        now = iso(caller.world.clock.now())
        known = {"npn": stories.NPN, "external_ref": caller.packet, **data}
        if kind == "producer.loaded":
            known["loaded_at"] = now
        body = {"type": kind, "timestamp": now, "data": known}
        name = f"msg_{kind}_{data.get('course', '')}"
        expect(journey.standard_webhook(caller.world, "/webhooks/certifications", body, name), 202)

    return act


DONE = {"replay": "applied", "set-aside": "set-aside"}


def course(name: str, *, passed: bool = True) -> Act:
    kind = "course.completed" if passed else "course.failed"
    return site_webhook(kind, course=name, plan_year=2027, score=92 if passed else 61)


def sale_webhook(state: str) -> Act:
    return lambda caller: _sold(caller, state)


def _sold(caller: Caller, state: str) -> None:
    expect(stories.sale(caller.world, state, message_id=f"msg_sale_{state}"), 202)


def sale_of_nobody(caller: Caller) -> None:
    expect(stories.sale(caller.world, "TN", npn="15649999", number=9, message_id="msg_sale_of_nobody"), 202)


def settle(what: str, reason: str) -> Act:
    """Apply the message that waits for a reason, or set it aside."""

    def act(caller: Caller) -> None:
        rows = wiring.messages().page("open", None, 50).messages + wiring.messages().page(DONE[what], None, 50).messages
        (row,) = (one for one in rows if one.reason == reason)
        expect(
            caller.keyed("POST", f"/messages/{row.id}/{what}", {"note": "looked at it"}, what, staff=stories.OPS), 200
        )

    return act


def decide(word: str, **more: Any) -> Act:
    def act(caller: Caller) -> None:
        body = {"decision": word, "reason": "looked at it", **more}
        expect(caller.keyed("POST", f"/packets/{caller.packet}/decisions", body, word, staff=stories.OPS), 200)

    return act


def correct(caller: Caller) -> None:
    body = {"fields": ["agent.ssn"], "reason": "It does not match."}
    expect(caller.keyed("POST", f"/packets/{caller.packet}/corrections", body, staff=stories.OPS), 200)


def execution_is_gone(caller: Caller) -> None:
    client = boto3.client("stepfunctions")
    for name in ("onboarding", "jit-appointment"):
        for one in client.list_executions(stateMachineArn=caller.world.names[name])["executions"]:
            client.stop_execution(executionArn=one["executionArn"])


def vendor(name: str, **standing: Any) -> Act:
    """An outside system changes its ways."""

    def act(caller: Caller) -> None:
        for what, value in standing.items():
            setattr(getattr(caller.world.outside, name), what, value)

    return act
