"""The license registry's comparison: at once, later, again, kept by the agent, and never in the way."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting import wiring
from econtracting.adapters.envelope import KmsEnvelope
from econtracting.domain.interview.verification import Verification
from tests.support import journey
from tests.support.journey import ANSWERS, expect, save
from tests.support.world import World

AGENT = ANSWERS["agent"]


@pytest.fixture
def packet_id(world: World) -> str:
    found = journey.invite(world, pre_appointment_states=["AL", "TN"])
    journey.come_in(world)
    journey.agree(world)
    return found


def standing(packet_id: str) -> Verification:
    found = wiring.packets().find(Verification, packet_id)
    assert found is not None
    return found


def openings(packet_id: str) -> list[dict[str, Any]]:
    return [event.data for event in wiring.packets().events(packet_id) if event.type == "pii.read"]


def test_an_identity_the_registry_agrees_to_is_verified_at_once(world: World, packet_id: str) -> None:
    answer = expect(save(world, "agent", AGENT), 200).json
    assert answer["verification"] == "verified"
    assert answer["warnings"] == []
    assert openings(packet_id) == []


def test_the_registry_is_sent_the_identity_and_nothing_else(
    world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, Any]] = []
    known = world.outside.registry.identity
    monkeypatch.setattr(
        world.outside.registry, "identity", lambda npn, person: [sent.append(dict(person)), known(npn, person)][1]
    )
    expect(save(world, "agent", AGENT), 200)
    assert sent == [
        {
            "first_name": "Dana",
            "middle_name": "Lee",
            "last_name": "Rivers",
            "ssn": "987-65-4320",
            "birth_date": "1980-02-29",
        }
    ]


@pytest.mark.parametrize(
    ("what", "field"), [("npn", "npn"), ("ssn", "ssn"), ("birth_date", "birth_date"), ("name", "last_name")]
)
def test_a_difference_names_the_field_and_blocks_nothing(world: World, packet_id: str, what: str, field: str) -> None:
    world.outside.registry.disagrees = {what}
    answer = expect(save(world, "agent", AGENT), 200).json
    assert answer["complete"] is True
    assert answer["verification"] == "mismatch"
    assert [(one["field"], one["rule"]) for one in answer["warnings"]] == [(field, "registry-mismatch")]
    journey.answer_everything(world)
    journey.confirm(world)


def test_a_difference_can_be_corrected(world: World, packet_id: str) -> None:
    world.outside.registry.disagrees = {"ssn"}
    expect(save(world, "agent", AGENT), 200)
    world.outside.registry.disagrees = set()
    assert expect(save(world, "agent", AGENT), 200).json["verification"] == "verified"


def test_a_difference_can_be_kept_and_that_is_on_record(world: World, packet_id: str) -> None:
    world.outside.registry.disagrees = {"ssn", "name"}
    expect(save(world, "agent", AGENT), 200)
    path = "/packet/identity/confirmations"
    answer = expect(world.call("POST", path, {"fields": ["agent.last_name"]}), 200).json
    assert answer["verification"] == "mismatch"
    assert [one["field"] for one in answer["differences"]] == ["agent.ssn"]
    answer = expect(world.call("POST", path, {"fields": ["agent.ssn"]}), 200).json
    assert (answer["verification"], answer["differences"]) == ("kept", [])
    shown = expect(world.call("GET", "/packet/interview/agent"), 200).json
    assert (shown["verification"], shown["warnings"]) == ("kept", [])
    kept = [event.data for event in wiring.packets().events(packet_id) if event.type == "identity.mismatch_kept"]
    assert kept == [{"fields": ["agent.last_name"]}, {"fields": ["agent.ssn"]}]


def test_only_a_difference_can_be_kept(world: World, packet_id: str) -> None:
    path = "/packet/identity/confirmations"
    assert expect(world.call("POST", path, {"fields": ["agent.ssn"]}), 404).json["code"] == "verification-not-found"
    expect(save(world, "agent", AGENT), 200)
    answer = expect(world.call("POST", path, {"fields": ["agent.ssn"]}), 422)
    assert answer.json["errors"][0]["rule"] == "no-mismatch"


def test_what_was_kept_is_asked_again_when_the_identity_changes(world: World, packet_id: str) -> None:
    world.outside.registry.disagrees = {"ssn"}
    expect(save(world, "agent", AGENT), 200)
    expect(world.call("POST", "/packet/identity/confirmations", {"fields": ["agent.ssn"]}), 200)
    assert expect(save(world, "agent", AGENT), 200).json["verification"] == "mismatch"


def test_an_outage_never_holds_up_the_agent_and_is_made_up_for(world: World, packet_id: str) -> None:
    world.outside.registry.down = True
    answer = expect(save(world, "agent", AGENT), 200).json
    assert (answer["complete"], answer["verification"]) == (True, "to-be-verified")
    world.settle()
    assert standing(packet_id).standing == "to-be-verified"
    assert openings(packet_id) == []  # nothing is opened while the registry cannot be asked
    world.outside.registry.down = False
    world.outside.registry.disagrees = {"name"}
    world.clock.pass_(minutes=5)
    world.settle()
    assert standing(packet_id).standing == "mismatch"
    assert openings(packet_id) == [{"purpose": "identity-check", "fields": ["agent.birth_date", "agent.ssn"]}]
    shown = expect(world.call("GET", "/packet/interview/agent"), 200).json
    assert [one["field"] for one in shown["warnings"]] == ["last_name"]


def test_a_changed_name_with_a_kept_number_is_verified_where_it_may_be_opened(
    world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect(save(world, "agent", AGENT), 200)
    shown = expect(world.call("GET", "/packet/interview/agent"), 200).json["answers"]
    with monkeypatch.context() as patch:
        patch.setattr(KmsEnvelope, "open", lambda *_: pytest.fail("the interview opened an answer"))
        answer = expect(save(world, "agent", {**shown, "last_name": "Brooks"}), 200).json
    assert answer["verification"] == "to-be-verified"
    world.settle()
    assert standing(packet_id).standing == "verified"


def test_a_change_that_is_no_identity_keeps_the_answer(world: World, packet_id: str) -> None:
    expect(save(world, "agent", AGENT), 200)
    before = standing(packet_id)
    shown = expect(world.call("GET", "/packet/interview/agent"), 200).json["answers"]
    expect(save(world, "agent", {**shown, "mobile_phone": "615-555-0199"}), 200)
    assert standing(packet_id) == before


def test_a_draft_that_changes_the_name_voids_the_answer(world: World, packet_id: str) -> None:
    expect(save(world, "agent", AGENT), 200)
    shown = expect(world.call("GET", "/packet/interview/agent"), 200).json["answers"]
    changed = {**shown, "last_name": "Brooks"}
    headers = {"If-Match": "1"}
    expect(world.call("PUT", "/packet/interview/agent", changed, headers=headers, query={"draft": "true"}), 200)
    assert standing(packet_id).matches is None
    assert expect(save(world, "agent", changed), 200).json["verification"] == "to-be-verified"
    world.settle()
    assert standing(packet_id).standing == "verified"


def test_an_answer_to_an_earlier_identity_is_void(world: World, packet_id: str) -> None:
    world.outside.registry.down = True
    expect(save(world, "agent", AGENT), 200)
    first = standing(packet_id).round
    world.outside.registry.down = False
    expect(save(world, "agent", {**AGENT, "last_name": "Brooks"}), 200)
    world.settle()
    assert standing(packet_id).round == first + 1
    assert openings(packet_id) == []


def test_every_opening_is_on_record_with_reader_purpose_and_fields(world: World, packet_id: str) -> None:
    journey.answer_everything(world)
    journey.confirm(world)
    event = next(event for event in wiring.packets().events(packet_id) if event.type == "pii.read")
    assert (event.actor.id, event.data["purpose"]) == ("render", "documents")
    assert {"agent.ssn", "agent.birth_date", "background.BQ1A"} <= set(event.data["fields"])
    assert "987-65" not in str(event.data)
