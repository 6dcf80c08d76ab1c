"""Services that refuse, are slow or answer into the void: what waits, what is told, what is tried again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse

from econtracting import wiring
from econtracting.adapters.dynamodb.packets import ROUNDS
from econtracting.domain.errors import Conflict, Unavailable
from econtracting.domain.outbox import Effect
from econtracting.ports import Change
from tests.reliability import agents, workflow
from tests.reliability.agents import Caller, deliver_outbox
from tests.reliability.sweep import Sweep
from tests.support import journey, moments
from tests.support.faults import refuse
from tests.support.interruptions import Kind
from tests.support.records import event

ATTEMPTS = 5  # of the SDK: the first, and the four repeats that wiring grants it


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's pauses between its attempts."""
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _: None))


def client(service: str) -> Any:
    return wiring._client(service)


def waiting(caller: Caller) -> list[Effect]:
    return [one for one in wiring.packets().all_of(Effect, caller.packet) if one.done_at is None]


@pytest.mark.failure("R10")
@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.LOST, Kind.DIES_AFTER, Kind.REPEATED])
def test_an_execution_whose_start_fails_or_is_not_answered_is_started_once(road: Sweep, kind: Kind) -> None:
    _, calls = road.undisturbed("finish")
    at = calls.index("stepfunctions:StartExecution") + 1
    assert road.differences("finish", kind, at) == []
    assert moments.executions() == [f"{road.caller.packet}-1"]


@pytest.mark.failure("R19")
def test_a_mail_service_that_refuses_gets_the_mail_later_and_nothing_else_waits(road: Sweep) -> None:
    caller = road.at("")
    caller.world.outside.post.down = True
    agents.invite(caller)
    deliver_outbox()
    (mail,) = waiting(caller)
    assert mail.failure == "temporarily-unavailable"
    assert mail.due_at is not None
    assert mail.due_at > caller.world.clock.now()
    caller.world.outside.post.down = False
    caller.world.clock.at = mail.due_at
    workflow.sweep(caller)
    assert [one["reference"] for one in caller.world.outside.post.sent] == [mail.reference]
    assert not waiting(caller)


@pytest.mark.failure("R21")
def test_a_mail_whose_acceptance_was_not_heard_comes_at_most_twice_with_the_same_reference(road: Sweep) -> None:
    _, calls = road.undisturbed("invite")
    at = calls.index("vendor:Post.send") + 1
    assert road.differences("invite", Kind.LOST, at) == []
    sent = Counter(mail["reference"] for mail in road.caller.world.outside.post.sent)
    assert sent == {f"{road.caller.packet}.mail.invitation.1": 2}


@pytest.mark.failure("R23")
def test_a_few_throttles_are_the_sdks_own_business(road: Sweep) -> None:
    caller = road.at("accept the agreement")
    refuse(client("dynamodb"), "TransactWriteItems", ATTEMPTS - 1, "ProvisionedThroughputExceededException", 400)
    agents.save("agent")(caller)


@pytest.mark.failure("R23")
@pytest.mark.parametrize("operation", ["GetItem", "Query", "TransactWriteItems"])
def test_a_table_that_goes_on_throttling_is_told_with_when_to_come_again_and_writes_nothing(
    road: Sweep, operation: str
) -> None:
    caller = road.at("accept the agreement")
    version = journey.expect(caller.world.call("GET", "/packet/interview/agent"), 200).json["version"]
    before = moments.items()
    refuse(client("dynamodb"), operation, ATTEMPTS, "ProvisionedThroughputExceededException", 400)
    answer = journey.save(caller.world, "agent", journey.ANSWERS["agent"], version)
    # A refused read by the authorizer is an error of the gateway's; every later one is told by the door.
    assert answer.status in (401, 503), answer.body
    assert answer.status == 401 or int(answer.headers["Retry-After"][0]) > 0
    assert moments.items() == before
    journey.expect(journey.save(caller.world, "agent", journey.ANSWERS["agent"], version), 200)


@pytest.fixture
def canceled(road: Sweep) -> Iterator[Any]:
    """The next transactions are canceled for one reason each; counts how many were sent."""
    emitter = client("dynamodb").meta.events
    reasons: list[str] = []
    sent: list[int] = []

    def hook(request: Any, **_: Any) -> AWSResponse | None:
        parts = json.loads(request.body)["TransactItems"]
        sent.append(len(parts))
        if not reasons:
            return None
        url, request.url = request.url, "https://refused.invalid/"
        codes = [{"Code": "None"}] * (len(parts) - 1)
        body = {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "CancellationReasons": [*codes, {"Code": reasons.pop(0)}],
        }
        raw = SimpleNamespace(stream=lambda **_: iter([json.dumps(body).encode()]))
        return AWSResponse(url, 400, {"x-amzn-errortype": "TransactionCanceledException"}, raw)

    emitter.register_first("before-send.dynamodb.TransactWriteItems", hook)
    yield SimpleNamespace(reasons=reasons, sent=sent)
    emitter.unregister("before-send.dynamodb.TransactWriteItems", hook)


@pytest.mark.failure("R24")
def test_a_conflict_of_transactions_is_decided_again(road: Sweep, canceled: Any) -> None:
    caller = road.at("invite")
    canceled.reasons += ["TransactionConflict", "ThrottlingError"]
    wiring.packets().change(caller.packet, lambda packet: Change(packet, events=[event("invitation.reminded")]))
    assert len(canceled.sent) == 3
    assert [one.type for one in wiring.packets().events(caller.packet)].count("invitation.reminded") == 1


@pytest.mark.failure("R24")
def test_conflicts_without_end_are_told_as_unavailable(road: Sweep, canceled: Any) -> None:
    caller = road.at("invite")
    canceled.reasons += ["TransactionConflict"] * 50
    with pytest.raises(Unavailable):
        wiring.packets().change(caller.packet, lambda packet: Change(packet, events=[event("invitation.reminded")]))
    assert len(canceled.sent) == ROUNDS
    assert "invitation.reminded" not in [one.type for one in wiring.packets().events(caller.packet)]


@pytest.mark.failure("R24")
def test_a_claim_that_is_taken_is_not_tried_again(road: Sweep, canceled: Any) -> None:
    caller = road.at("invite")
    taken = next(iter(wiring.packets().all_of(Effect, caller.packet)))

    def decide(packet: Any) -> Change:
        return Change(packet, events=[event("invitation.reminded")], claims=[taken])

    with pytest.raises(Conflict):
        wiring.packets().change(caller.packet, decide)
    assert len(canceled.sent) == 1


@pytest.mark.failure("R41")
def test_an_execution_that_is_gone_is_followed_by_one_and_never_two(road: Sweep) -> None:
    caller = road.at("finish")
    workflow.execution_is_gone(caller)
    for _ in range(3):
        caller.world.clock.pass_(hours=7)
        workflow.sweep(caller)
        deliver_outbox()
    assert sorted(moments.executions()) == [f"{caller.packet}-1", f"{caller.packet}-2"]
    assert wiring.packets().load(caller.packet).attempt == 2
