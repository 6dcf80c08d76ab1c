"""The interview request by request: forms, drafts, versions, the recruiter's states, the freeze."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.access.access import OpenPacket
from econtracting.domain.interview.answers import Section
from tests.support import journey
from tests.support.journey import ANSWERS, RECRUITER, expect, save
from tests.support.world import World

AGENT = ANSWERS["agent"]


@pytest.fixture
def packet_id(world: World) -> str:
    """An agent inside who has accepted the agreement."""
    found = journey.invite(world, pre_appointment_states=["AL", "TN"])
    journey.come_in(world)
    journey.agree(world)
    return found


def get(world: World, section: str) -> dict[str, Any]:
    shown: dict[str, Any] = expect(world.call("GET", f"/packet/interview/{section}"), 200).json
    return shown


def put(world: World, section: str, answers: Any, version: int, **query: str) -> Any:
    headers = {"If-Match": str(version)}
    return world.call("PUT", f"/packet/interview/{section}", answers, headers=headers, query=query)


def test_nothing_is_asked_before_the_agreement(world: World) -> None:
    journey.invite(world)
    journey.come_in(world)
    for path in ("/packet/interview/agent", "/packet/summary", "/packet/attachments", "/packet/identity"):
        assert expect(world.call("GET", path), 403).json["code"] == "agreement-required"
    assert expect(put(world, "agent", AGENT, 0), 403).json["code"] == "agreement-required"


def test_a_section_tells_all_that_a_screen_needs(world: World, packet_id: str) -> None:
    fields = {field["name"]: field for field in get(world, "agent")["fields"]}
    assert fields["ssn"] == {
        "name": "ssn",
        "label": "Social Security number",
        "type": "ssn",
        "sensitive": True,
        "typed_twice_as": "ssn_confirm",
        "hint": fields["ssn"]["hint"],
        "required": True,
    }
    assert fields["suffix"]["choices"] == ["JR", "SR", "II", "III", "IV", "V"]
    assert fields["birth_date"]["minimum_age"] == 18
    members = {member["name"]: member for member in fields["residential"]["fields"]}
    assert members["line1"]["po_box"] is False
    assert members["county"]["required"] is False
    business = get(world, "addresses")["fields"][0]
    assert business["follows"] == {
        "switch": "same_as_residential",
        "source": "agent.residential",
        "label": "Same as my residential address",
    }


def test_a_question_tells_its_follow_ups_and_what_may_be_attached(world: World, packet_id: str) -> None:
    shown = get(world, "background")
    felony = next(question for question in shown["questions"] if question["code"] == "BQ1B")
    assert felony["needs_upload_to_appoint"] is True
    assert [field["name"] for field in felony["follow_ups"]] == ["written_consent_1033"]
    assert shown["attachments"]["content_types"] == ["application/pdf", "image/png", "image/jpeg"]
    assert {"most", "together", "largest", "pixels", "endings"} < set(shown["attachments"])
    assert shown["attachments"]["per_question"] == 5


def test_what_is_required_follows_the_recruiters_states(world: World, packet_id: str) -> None:
    path = f"/invitations/{packet_id}/pre-appointment-states"
    expect(world.call("PUT", path, {"states": ["FL"]}, staff=RECRUITER), 200)
    residence = next(field for field in get(world, "agent")["fields"] if field["name"] == "residential")
    assert next(member["required"] for member in residence["fields"] if member["name"] == "county")


def test_the_invitation_is_filled_in_for_checking(world: World, packet_id: str) -> None:
    shown = get(world, "agent")
    assert shown["version"] == 0
    assert shown["answers"]["first_name"] == "Dana"
    assert shown["answers"]["npn"] == "15645555"


def test_a_saved_section_shows_its_masks_and_nothing_else(world: World, packet_id: str) -> None:
    assert expect(save(world, "agent", AGENT), 200).json["version"] == 1
    answer = world.call("GET", "/packet/interview/agent")
    shown = answer.json["answers"]
    assert (shown["ssn"], shown["birth_date"]) == ("***-**-4320", "**-**-1980")
    assert shown["mobile_phone"] == "+16155550123"
    assert "ssn_confirm" not in shown
    assert b"987-65" not in answer.body


def test_the_mask_sent_back_keeps_what_is_stored(world: World, packet_id: str) -> None:
    expect(save(world, "agent", AGENT), 200)
    shown = get(world, "agent")["answers"]
    answer = expect(save(world, "agent", {**shown, "last_name": "Brooks"}), 200)
    assert answer.json["complete"] is True
    stored = wiring.packets().find(Section, packet_id, "agent")
    assert stored is not None
    assert [(part.version, part.fields) for part in stored.sealed] == [(1, ("ssn",)), (1, ("birth_date",))]


def test_a_draft_keeps_half_a_section_without_completing_it(world: World, packet_id: str) -> None:
    answer = expect(put(world, "agent", {"first_name": "Dana", "npn": "12AB"}, 0, draft="true"), 200)
    assert answer.json["complete"] is False
    assert [warning["rule"] for warning in answer.json["warnings"]] == ["npn-format"]
    assert get(world, "agent")["answers"] == {"first_name": "Dana", "npn": "12AB"}
    sections = expect(world.call("GET", "/packet"), 200).json["sections"]
    assert {"name": "agent", "title": "About you", "complete": False, "version": 1} in sections


def test_a_half_typed_number_never_becomes_the_packets(world: World, packet_id: str) -> None:
    expect(put(world, "agent", {"npn": "12AB"}, 0, draft="true"), 200)
    assert wiring.packets().load(packet_id).npn is None


def test_the_confirmed_number_takes_the_place_of_the_invited_one(world: World, packet_id: str) -> None:
    expect(save(world, "agent", {**AGENT, "npn": "17000001"}), 200)
    assert wiring.packets().load(packet_id).npn == "17000001"
    assert wiring.packets().find(OpenPacket, "agency-1", "npn", "15645555") is None
    held = wiring.packets().find(OpenPacket, "agency-1", "npn", "17000001")
    assert held is not None
    assert held.packet_id == packet_id
    other = journey.invitation(agent={"first_name": "A", "last_name": "B", "email": "b@example.com", "npn": "17000001"})
    assert expect(world.call("POST", "/invitations", other, staff=RECRUITER), 409).json["code"] == "packet-already-open"


def test_a_number_with_another_open_packet_is_refused_without_naming_it(world: World, packet_id: str) -> None:
    person = {"first_name": "Ben", "last_name": "Ochoa", "email": "ben@example.com", "npn": "17000002"}
    other = expect(world.call("POST", "/invitations", journey.invitation(agent=person), staff=RECRUITER), 201)
    answer = expect(save(world, "agent", {**AGENT, "npn": "17000002"}), 409)
    assert answer.json["code"] == "packet-already-open"
    assert other.json["packet_id"].encode() not in answer.body
    assert wiring.packets().find(Section, packet_id, "agent") is None


def test_a_number_of_a_packet_that_is_over_is_free(world: World, packet_id: str) -> None:
    person = {"first_name": "Ben", "last_name": "Ochoa", "email": "ben@example.com", "npn": "17000002"}
    other = expect(world.call("POST", "/invitations", journey.invitation(agent=person), staff=RECRUITER), 201)
    path = f"/invitations/{other.json['packet_id']}/withdraw"
    expect(world.call("POST", path, {"reason": "by mistake"}, staff=RECRUITER), 200)
    expect(save(world, "agent", {**AGENT, "npn": "17000002"}), 200)


@pytest.mark.failure("R06")
def test_a_stale_version_is_refused_with_the_current_one(world: World, packet_id: str) -> None:
    expect(put(world, "agent", AGENT, 0), 200)
    answer = expect(put(world, "agent", {**AGENT, "last_name": "Other"}, 0), 412)
    assert (answer.json["code"], answer.json["current_version"]) == ("stale-version", 1)
    assert get(world, "agent")["answers"]["last_name"] == "Rivers"


def test_sections_are_saved_independently(world: World, packet_id: str) -> None:
    expect(put(world, "agent", AGENT, 0), 200)
    expect(put(world, "online-presence", ANSWERS["online-presence"], 0), 200)


def test_the_recruiters_states_are_shown_with_their_source_and_at_once(world: World, packet_id: str) -> None:
    shown = get(world, "pre-appointments")
    assert shown["recruiter"]["email"] == "robin@agency.example"
    assert [row["state"] for row in shown["states"]] == ["AL", "TN"]
    path = f"/invitations/{packet_id}/pre-appointment-states"
    expect(world.call("PUT", path, {"states": ["TX", "GU"]}, staff=RECRUITER), 200)
    guam, texas = get(world, "pre-appointments")["states"]
    assert (texas["type"], texas["known"], texas["synthetic"]) == ("JUST_IN_TIME", True, True)
    assert texas["source"]
    assert texas["reviewed_on"] == "2026-11-20"
    assert (guam["type"], guam["known"]) == ("UP_FRONT", False)


def test_licenses_are_to_be_verified_until_the_registry_told(world: World, packet_id: str) -> None:
    world.outside.registry.without = {"AL"}
    assert {row["license"]["status"] for row in get(world, "pre-appointments")["states"]} == {"to-be-verified"}
    expect(save(world, "agent", AGENT), 200)
    licenses = {row["state"]: row["license"] for row in get(world, "pre-appointments")["states"]}
    assert licenses["TN"]["status"] == "valid"
    assert licenses["AL"] == {"status": "not-valid", "reasons": ["LICENSE_NOT_FOUND"], "as_of": licenses["AL"]["as_of"]}


def test_confirming_an_incomplete_interview_names_the_sections(world: World, packet_id: str) -> None:
    expect(save(world, "agent", AGENT), 200)
    answer = expect(journey.try_to_confirm(world), 409)
    assert answer.json["code"] == "interview-incomplete"
    assert answer.json["sections"] == ["addresses", "online-presence", "pre-appointments", "background"]


@pytest.mark.failure("R07")
def test_after_confirmation_nothing_changes_until_it_is_opened_again(world: World, packet_id: str) -> None:
    journey.answer_everything(world)
    journey.confirm(world)
    for answer in (
        save(world, "agent", AGENT),
        world.call("POST", "/packet/attachments", {"file_name": "a.pdf", "content_type": "application/pdf", "size": 9}),
    ):
        assert expect(answer, 409).json["code"] == "packet-frozen"
    expect(world.call("POST", "/packet/summary/reopen"), 200)
    expect(save(world, "agent", AGENT), 200)


def test_confirming_twice_gives_the_same_answer(world: World, packet_id: str) -> None:
    journey.answer_everything(world)
    first = expect(journey.try_to_confirm(world), 200)
    assert expect(journey.try_to_confirm(world), 200).json == first.json


def test_something_signed_cannot_be_opened_again(world: World, packet_id: str) -> None:
    journey.answer_everything(world)
    journey.confirm(world)
    journey.consent(world)
    journey.adopt(world)
    journey.sign_everything(world)
    assert expect(world.call("POST", "/packet/summary/reopen"), 409).json["code"] == "packet-frozen"


def test_the_summary_masks_what_is_sensitive(world: World, packet_id: str) -> None:
    journey.answer_everything(world)
    answer = expect(world.call("GET", "/packet/summary"), 200)
    lines = {(line["section"], line["field"]): line["value"] for line in answer.json["lines"]}
    assert lines["agent", "ssn"] == "***-**-4320"
    assert lines["background", "BQ1A"] == "***"
    assert lines["agent", "suffix"] == ""
    assert answer.json["incomplete"] == []


def test_a_yes_is_flagged_at_the_freeze_without_saying_to_what(world: World, packet_id: str) -> None:
    felony = {"answer": True, "explanation": "long ago", "written_consent_1033": True}
    journey.answer_everything(world, background={"BQ1B": felony})
    assert wiring.packets().load(packet_id).flags == ()
    journey.confirm(world)
    packet = wiring.packets().load(packet_id)
    assert packet.flags == ("ANSWERS_NEED_REVIEW", "APPOINTMENT_NEEDS_UPLOAD")
    flagged = [event for event in wiring.packets().events(packet_id) if event.type == "packet.flagged"]
    assert [event.data for event in flagged] == [{"flags": list(packet.flags)}]
    expect(world.call("POST", "/packet/summary/reopen"), 200)
    assert wiring.packets().load(packet_id).flags == ()
