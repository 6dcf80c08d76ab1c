"""Repeats of what is asked after submission: the first answer, or what is true by now."""

from __future__ import annotations

import pytest

from econtracting import wiring
from tests.support import journey
from tests.support.journey import CONTRACTING, expect
from tests.support.overlap import Overlap
from tests.support.world import World


@pytest.mark.law("T11")
def test_what_the_department_does_overlapping_itself_happens_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet_id = journey.to_signed(world)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    asked = {"fields": ["agent.ssn"], "reason": "It does not match."}
    path = f"/packets/{packet_id}/corrections"
    overlap = Overlap(world, monkeypatch)
    assert overlap.twice("POST", path, asked, staff=CONTRACTING)["correction"] == 1
    kinds = [one.type for one in wiring.packets().events(packet_id)]
    assert kinds.count("correction.requested") == 1


@pytest.mark.law("T11")
def test_a_correction_that_is_declined_twice_is_handed_over_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    packet_id = journey.to_signed(world)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    asked = {"fields": ["agent.ssn"], "reason": "It does not match."}
    expect(world.call("POST", f"/packets/{packet_id}/corrections", asked, staff=CONTRACTING), 200)
    shown = expect(world.call("GET", "/packet/interview/agent"), 200).json["answers"]
    corrected = {**shown, "ssn": "987-65-4321", "ssn_confirm": "987-65-4321"}
    expect(journey.save(world, "agent", corrected), 200)
    journey.confirm(world)
    told = Overlap(world, monkeypatch).twice("POST", "/packet/decline", {"reason": "no more"})
    assert told == {"status": "NEEDS_REVIEW"}
    kinds = [one.type for one in wiring.packets().events(packet_id)]
    assert kinds.count("packet.declined") == 1


@pytest.mark.law("T13b")
def test_finishing_while_something_is_to_be_corrected_is_refused(world: World) -> None:
    packet_id = journey.to_signed(world)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    asked = {"fields": ["agent.ssn"], "reason": "It does not match."}
    expect(world.call("POST", f"/packets/{packet_id}/corrections", asked, staff=CONTRACTING), 200)
    refused = expect(world.call("POST", "/packet/finish"), 409).json
    assert (refused["code"], refused["packet_status"]) == ("invalid-transition", "CORRECTION_REQUESTED")


@pytest.mark.law("T13b")
def test_finishing_once_more_tells_where_the_packet_stands(world: World) -> None:
    packet_id = journey.to_signed(world)
    assert expect(world.call("POST", "/packet/finish"), 202).json == {"status": "SEALING"}
    world.reaches(packet_id, "BACKGROUND_CHECK")
    assert expect(world.call("POST", "/packet/finish"), 202).json == {"status": "BACKGROUND_CHECK"}


@pytest.mark.law("T13b")
def test_the_department_cannot_ask_to_correct_what_this_agent_is_not_asked(world: World) -> None:
    packet_id = journey.to_signed(world)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    asked = {"fields": ["agent.ssn", "direct-deposit.eft"], "reason": "Please say."}
    refused = expect(world.call("POST", f"/packets/{packet_id}/corrections", asked, staff=CONTRACTING), 422).json
    assert [(one["field"], one["rule"]) for one in refused["errors"]] == [("fields.1", "section-not-asked")]
