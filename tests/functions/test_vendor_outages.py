"""A vendor that is down: left alone after five failures, waited for in sight of everyone, gone on with by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.breaker import Vendor
from econtracting.domain.outbox import Effect, EffectKind
from econtracting.ports import Change
from process import census
from tests.support import journey, stories
from tests.support.journey import ANSWERS, expect
from tests.support.world import Context, World


def stage(answer: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in answer["timeline"] if row["stage"] == name)
    return found


def invite_many(world: World, count: int) -> None:
    for number in range(count):
        agent = {**journey.invitation()["agent"], "email": f"agent{number}@example.com", "npn": f"1564{number:04d}"}
        expect(world.call("POST", "/invitations", journey.invitation(agent=agent), staff=journey.RECRUITER), 201)


@pytest.mark.failure("R22")
def test_while_the_mail_service_pauses_the_account_mails_wait_and_then_go_once(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failure R22."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "eContracting")
    world.outside.post.down = True
    tried: list[str] = []
    send = world.outside.post.send
    monkeypatch.setattr(world.outside.post, "send", lambda **mail: [tried.append(mail["to"]), send(**mail)][1])
    invite_many(world, 8)
    world.settle()
    assert len(tried) == 5
    assert emitted(capsys, "PausedVendors") == [1]
    world.outside.post.down = False
    for _ in range(3):
        world.clock.pass_(minutes=2)
        world.settle()
    assert sorted(mail["to"] for mail in world.outside.post.sent) == [f"agent{n}@example.com" for n in range(8)]
    assert emitted(capsys, "PausedVendors") == [0]


def emitted(capsys: pytest.CaptureFixture[str], name: str) -> list[float]:
    capsys.readouterr()
    census.lambda_handler({}, Context())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    return [value for line in lines if name in line for value in line[name]]


def test_an_effect_that_was_not_even_tried_is_no_attempt(world: World) -> None:
    packet_id = stories.submitted(world, status=stories.Status.BACKGROUND_CHECK, started=False)
    stories.pause(Vendor.BACKGROUND_CHECK)
    ordered(world, packet_id)
    world.settle()
    (waiting,) = shown(world, packet_id)["waiting_effects"]
    assert (waiting["failure"], waiting["attempts"]) == ("vendor-paused", 0)
    assert not world.outside.screening.orders


def ordered(world: World, packet_id: str) -> None:
    now = world.clock.now()
    order = Effect(
        packet_id=packet_id,
        id="order-check#1",
        kind=EffectKind.ORDER_CHECK,
        payload={"attempt": 1},
        created_at=now,
        due_at=now,
    )
    wiring.packets().change(packet_id, lambda packet: Change(packet, effects=[order]))


def shown(world: World, packet_id: str) -> dict[str, Any]:
    found: dict[str, Any] = expect(world.call("GET", f"/packets/{packet_id}", staff=stories.OPS), 200).json
    return found


@pytest.mark.failure("R22")
def test_accepted_work_is_kept_and_goes_on_by_itself(world: World) -> None:
    packet_id = stories.submitted(world, status=stories.Status.BACKGROUND_CHECK, started=False)
    stories.pause(Vendor.BACKGROUND_CHECK)
    ordered(world, packet_id)
    world.settle()
    world.clock.pass_(minutes=2)
    world.settle()
    assert len(world.outside.screening.orders) == 1
    assert shown(world, packet_id)["waiting_effects"] == []


@pytest.mark.parametrize(
    ("status", "vendor", "name", "word"),
    [
        ("BACKGROUND_CHECK", Vendor.BACKGROUND_CHECK, "background-check", "background-check company"),
        ("APPOINTING", Vendor.APPOINTMENT_GATEWAY, "appointments", "files appointments"),
        ("PROCESSED", Vendor.CERTIFICATION_SITE, "certification-open", "certification site"),
    ],
)
@pytest.mark.failure("R22")
def test_the_timeline_says_who_is_waited_for_and_nothing_else(
    world: World, status: str, vendor: Vendor, name: str, word: str
) -> None:
    packet_id = stories.submitted(world, status=stories.Status(status), started=False)
    assert "delay" not in json.dumps(shown(world, packet_id)["timeline"])
    stories.pause(vendor)
    timeline = shown(world, packet_id)
    message = stage(timeline, name)["delay"]["message"]
    assert word in message
    assert message.endswith("You do not have to do anything: we go on by ourselves.")
    assert json.dumps(timeline["timeline"]).count('"delay"') == 1


def test_the_agent_sees_the_delay_as_well(world: World) -> None:
    journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    packet_id = expect(world.call("GET", "/packet"), 200).json["packet_id"]
    now = world.clock.now()
    wiring.packets().change(
        packet_id, lambda one: Change(one.having(reached={**one.reached, "SUBMITTED": now, "BACKGROUND_CHECK": now}))
    )
    stories.pause(Vendor.BACKGROUND_CHECK)
    seen = stage(expect(world.call("GET", "/packet"), 200).json, "background-check")
    assert seen["delay"]["waiting_for"] == ["background-check"]


def test_a_paused_registry_never_holds_up_the_agent_and_is_not_called(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    stories.pause(Vendor.LICENSE_REGISTRY)
    calls: list[str] = []
    monkeypatch.setattr(world.outside.registry, "identity", lambda npn, person: calls.append(npn))
    saved = expect(journey.save(world, "agent", ANSWERS["agent"]), 200).json
    assert (saved["complete"], saved["verification"]) == (True, "to-be-verified")
    assert calls == []


@pytest.mark.failure("R22")
def test_whoever_asks_ready_to_sell_meanwhile_is_told_when_to_ask_again(world: World) -> None:
    stories.submitted(world, status=stories.Status.ACTIVE, started=False)
    stories.pause(Vendor.LICENSE_REGISTRY)
    answer = world.call("GET", f"/producers/{stories.NPN}/ready-to-sell", query={"state": "TN"}, staff=stories.OPS)
    assert (answer.status, answer.json["code"]) == (503, "vendor-paused")
    assert answer.headers["Retry-After"] == ["60"]
