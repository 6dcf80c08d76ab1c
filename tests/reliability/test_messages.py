"""Messages of others: twice, a hundred times, out of order, too early, forged; and the stream's own records."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.domain.appointing.appointments import Appointment
from econtracting.domain.certification import Feed
from econtracting.domain.outbox import LEASE, Effect
from econtracting.domain.screening.background import Check
from process import relay
from tests.reliability import agents, workflow
from tests.reliability.agents import Caller, deliver_outbox
from tests.reliability.roads import steps
from tests.reliability.sweep import Sweep
from tests.support import deployed, journey, moments
from tests.support.world import Context

WEBHOOKS = {
    "background checks": "hear of the report",
    "appointments": "hear that a state approved",
    "certifications": "hear that the feed is loaded",
    "sales": "hear of a sale",
}


def trail(caller: Caller) -> list[str]:
    return [one.type for one in wiring.packets().events(caller.packet)]


@pytest.mark.failure("R12")
@pytest.mark.parametrize("name", WEBHOOKS.values(), ids=WEBHOOKS)
def test_a_webhook_that_comes_a_hundred_times_counts_once(road: Sweep, name: str) -> None:
    caller = road.at(name)
    deliver_outbox()
    after, effects = trail(caller), wiring.packets().all_of(Effect, caller.packet)
    for _ in range(99):
        steps()[name].act(caller)
    deliver_outbox()
    assert trail(caller) == after
    assert wiring.packets().all_of(Effect, caller.packet) == effects


@pytest.mark.failure("R13")
@pytest.mark.parametrize("order", list(itertools.permutations(["PENDING_STATE", "APPROVED", "PENDING_STATE "])))
def test_a_states_final_answer_stands_in_whatever_order_its_news_come(road: Sweep, order: tuple[str, ...]) -> None:
    caller = road.at("await the second state")
    for number, status in enumerate(order):
        _news(caller, f"msg_{number}", "AL", status.strip())
    found = wiring.packets().find(Appointment, caller.packet, "AL")
    assert found is not None
    assert found.status == "APPROVED"
    assert trail(caller).count("appointment.approved") == 1
    received = [one for one in moments.items() if one["PK"]["S"].startswith("RECEIVED#appointments#msg_")]
    assert len(received) == len(order)


@pytest.mark.failure("R13")
@pytest.mark.parametrize("order", list(itertools.permutations(["pending", "suspended", "complete"])))
def test_a_report_ends_as_the_bureau_says_now_in_whatever_order_its_events_come(
    road: Sweep, order: tuple[str, ...]
) -> None:
    """An event is only the occasion to ask, so an old one cannot bring an old standing back."""
    caller = road.at("await the check")
    caller.world.outside.screening.ends(f"{caller.packet}-1", "complete", "clear")
    for number, status in enumerate(order):
        answer = journey.background_webhook(caller.world, caller.packet, 1, "complete", "clear")
        assert (answer.status, number, status)[0] == 202
        deliver_outbox()
    found = wiring.packets().find(Check, caller.packet, "1")
    assert found is not None
    assert (found.status, found.result) == ("complete", "clear")
    assert trail(caller).count("bgc.complete") == 1


def _news(caller: Caller, message_id: str, state: str, status: str) -> None:
    data = {
        "transaction_id": f"txn-{state}",
        "external_ref": f"{caller.packet}-{state}",
        "state": state,
        "status": status,
        "reason_codes": [],
    }
    body = {"type": "appointment.updated", "timestamp": "2026-11-24T15:00:00Z", "data": data}
    journey.expect(journey.standard_webhook(caller.world, "/webhooks/appointments", body, message_id), 202)


@pytest.mark.failure("R14")
@pytest.mark.parametrize("path", ["background-checks", "appointments", "certifications", "sales"])
def test_a_forged_message_is_refused_logged_and_writes_nothing(
    road: Sweep, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caller = road.at("await the second state")
    before = moments.items()
    headers = {
        "X-Signature": "0" * 64,
        "webhook-id": "msg_forged",
        "webhook-timestamp": str(int(caller.world.clock.now().timestamp())),
        "webhook-signature": "v1,AAAA",
    }
    answer = caller.world.call("POST", f"/webhooks/{path}", {"type": "report.completed"}, headers=headers)
    assert answer.status == 401
    assert moments.items() == before
    assert any(getattr(one, "code", "") == "invalid-signature" for one in caplog.records)


@pytest.mark.failure("R14")
def test_an_old_message_played_again_is_refused(road: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its signature is right; its time is not."""
    caller = road.at("await the second state")
    caller.world.cookie = None
    sent: list[tuple[dict[str, str], bytes]] = []
    call = caller.world.call

    def overheard(method: str, path: str, body: Any, *, headers: dict[str, str]) -> Any:
        sent.append((headers, body))
        return call(method, path, body, headers=headers)

    monkeypatch.setattr(caller.world, "call", overheard)
    workflow.appointment_webhook("AL")(caller)
    caller.world.clock.pass_(minutes=6)
    before = moments.items()
    ((headers, raw),) = sent
    assert call("POST", "/webhooks/appointments", raw, headers=headers).status == 401
    assert moments.items() == before


@pytest.mark.failure("R15")
def test_a_report_that_is_there_before_anybody_waits_wakes_the_one_who_comes_to_wait(road: Sweep) -> None:
    caller = road.at("begin the check")
    workflow.report_ends("complete", "clear")(caller)
    workflow.report_webhook("complete")(caller)
    deliver_outbox()
    assert not _wakes(caller)
    workflow.task("await_background_check", task_token="token-late")(caller)
    assert len(_wakes(caller)) == 1


@pytest.mark.failure("R15")
def test_an_answer_of_a_state_and_a_loaded_feed_wait_for_who_comes_to_wait(road: Sweep) -> None:
    caller = road.at("await the first state")
    workflow.appointment_webhook("AL")(caller)
    deliver_outbox()
    wakes = len(_wakes(caller))
    workflow.task("await_appointment", state="AL", task_token="token-again")(caller)
    assert len(_wakes(caller)) == wakes + 1


@pytest.mark.failure("R16")
def test_a_token_that_was_replaced_is_never_used_again(road: Sweep) -> None:
    caller = road.at("await the feed")
    workflow.task("await_certification_feed", task_token="token-second")(caller)
    workflow.site_webhook("producer.loaded")(caller)
    deliver_outbox()
    found = wiring.packets().find(Feed, caller.packet)
    assert found is not None
    assert found.task_token == "token-second"


@pytest.mark.failure("R16")
@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_waking_somebody_who_is_gone_counts_as_done(road: Sweep, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support.faults import refuse

    caller = road.at("await the feed")
    client = wiring._client("stepfunctions")
    workflow.site_webhook("producer.loaded")(caller)
    refuse(client, "SendTaskSuccess", 1, code, 400)
    deliver_outbox()
    assert all(one.done_at is not None for one in _wakes(caller))


def _wakes(caller: Caller) -> list[Effect]:
    return [one for one in wiring.packets().all_of(Effect, caller.packet) if one.id.startswith("wake#")]


def records() -> list[dict[str, Any]]:
    return [one for one in moments.stream_records() if agents._is_new_row(one)]


def give(batch: list[dict[str, Any]]) -> list[str]:
    failed = relay.on_stream({"Records": batch}, Context())["batchItemFailures"]
    return [one["itemIdentifier"] for one in failed]


@pytest.mark.failure("R37")
def test_stream_records_that_come_twice_and_backwards_do_everything_once(road: Sweep) -> None:
    """moto itself emits an insert twice (trap M11); here every record comes three times, the last first."""
    caller = road.at("")
    agents.invite(caller)
    batch = records()
    assert give([*reversed(batch), *batch, *batch]) == []
    references = [mail["reference"] for mail in caller.world.outside.post.sent]
    assert references == [f"{caller.packet}.mail.invitation.1"]
    assert all(one.attempts == 1 for one in wiring.packets().all_of(Effect, caller.packet))


@pytest.mark.failure("R37")
def test_a_record_that_comes_days_late_finds_its_effect_done(road: Sweep) -> None:
    caller = road.at("")
    agents.invite(caller)
    batch = records()
    give(batch)
    caller.world.clock.pass_(days=2)
    give(batch)
    assert len(caller.world.outside.post.sent) == 1


def poisoned(number: str) -> dict[str, Any]:
    """A record no one can read: its keys are not there."""
    return {"eventName": "INSERT", "dynamodb": {"SequenceNumber": number}}


@pytest.mark.failure("R38")
def test_the_lowest_record_that_failed_is_named_and_nothing_behind_it_is_skipped(road: Sweep) -> None:
    caller = road.at("")
    agents.invite(caller)
    first, *rest = _each_once(records())
    assert give([first, poisoned("13"), *rest]) == ["13"]
    assert [one.done_at is not None for one in wiring.packets().all_of(Effect, caller.packet)].count(True) == 1
    assert give(rest) == []
    assert all(one.done_at is not None for one in wiring.packets().all_of(Effect, caller.packet))


def _each_once(batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({one["dynamodb"]["Keys"]["SK"]["S"]: one for one in batch}.values())


@pytest.mark.failure("R29")
def test_a_record_nobody_can_read_goes_to_the_dead_letters_and_the_others_progress(road: Sweep) -> None:
    """The event source's part is played as template.yaml declares it: so many attempts, from the failed one on."""
    source = deployed.template()["Resources"]["RelayFunction"]["Properties"]["Events"]["Outbox"]["Properties"]
    assert source["DestinationConfig"]["OnFailure"]["Type"] == "SQS"
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["BisectBatchOnFunctionError"]
    caller = road.at("")
    agents.invite(caller)
    first, *rest = _each_once(records())
    batch, dead, tries = [first, poisoned("13"), *rest], [], 0
    while batch:
        failed = give(batch)
        if not failed:
            break
        at = [one["dynamodb"]["SequenceNumber"] for one in batch].index(failed[0])
        tries = tries + 1 if at == 0 else 1
        batch = batch[at:]
        if tries > source["MaximumRetryAttempts"]:
            dead.append(batch.pop(0))
    assert dead == [poisoned("13")]
    assert all(one.done_at is not None for one in wiring.packets().all_of(Effect, caller.packet))


@pytest.mark.failure("R29")
def test_letters_in_the_dead_letter_queue_ring_an_alarm() -> None:
    alarms = [one for one in deployed.template()["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    watched = [json.dumps(one["Properties"].get("Dimensions", [])) for one in alarms]
    assert any("RelayDeadLetters" in one for one in watched)


@pytest.mark.failure("R29")
def test_an_effect_nobody_can_do_holds_up_no_other(road: Sweep) -> None:
    """A row of a kind that today's code does not know, as after a rollback."""
    caller = road.at("")
    agents.invite(caller)
    table = boto3.client("dynamodb")
    row = next(one for one in moments.items() if one["SK"]["S"] == "OUTBOX#mail#invitation#1")
    odd = {**row, "SK": {"S": "OUTBOX#odd#1"}, "id": {"S": "odd#1"}, "payload": {"M": {"letter": {"S": "unheard-of"}}}}
    table.put_item(TableName=moments.TABLE, Item=odd)
    deliver_outbox()
    caller.world.clock.pass_(seconds=LEASE.total_seconds() + 1)
    relay.sweep({}, Context())
    left = [one.id for one in wiring.packets().all_of(Effect, caller.packet) if one.done_at is None]
    assert left == ["odd#1"]
    assert len(caller.world.outside.post.sent) == 1


@pytest.mark.failure("R32")
def test_who_dies_with_an_effect_in_hand_lets_go_of_it_after_the_lease(road: Sweep) -> None:
    caller = road.at("")
    agents.invite(caller)
    held = wiring.outbox().claim(caller.packet, "mail#invitation#1", caller.world.clock.now(), LEASE)
    assert held is not None
    deliver_outbox()
    relay.sweep({}, Context())
    assert caller.world.outside.post.sent == []
    caller.world.clock.pass_(seconds=LEASE.total_seconds() + 1)
    relay.sweep({}, Context())
    assert len(caller.world.outside.post.sent) == 1


@pytest.mark.failure("R32")
def test_no_function_that_performs_effects_outlives_its_lease() -> None:
    """Otherwise two could hold the same effect, each believing to be alone."""
    functions = deployed.functions()
    stream = functions["RelayFunction"]["Timeout"]
    assert stream <= LEASE.total_seconds()


@pytest.mark.failure("R36")
def test_each_state_is_told_as_it_answered(road: Sweep) -> None:
    caller = road.at("record the processing")
    letter = next(mail for mail in caller.world.outside.post.sent if ".mail.processed." in mail["reference"])
    states = {state.state: state.status for state in wiring.packets().all_of(Appointment, caller.packet)}
    assert states == {"AL": "APPROVED", "FL": "REJECTED"}
    assert re.search(r"(?m)^- AL: appointed", letter["text"])
    assert re.search(r"(?m)^- FL: (?!appointed)", letter["text"])
