"""What is confirmed is what was shown: a confirmation names the version of a summary, and nothing else is frozen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.packet import Agency, Packet
from econtracting.ports import Change
from tests.support import journey
from tests.support.journey import ANSWERS, RECRUITER, expect, try_to_confirm
from tests.support.pdf_text import text_of
from tests.support.world import World

pytestmark = pytest.mark.law("T13")


@pytest.fixture
def packet_id(world: World) -> str:
    found = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world)
    return found


def summary(world: World) -> Any:
    return expect(world.call("GET", "/packet/summary"), 200).json


def change_states(world: World, packet_id: str, *states: str) -> None:
    path = f"/invitations/{packet_id}/pre-appointment-states"
    expect(world.call("PUT", path, {"states": list(states)}, staff=RECRUITER), 200)


def change(packet_id: str, how: Callable[[Packet], Packet]) -> None:
    wiring.packets().change(packet_id, lambda packet: Change(how(packet)))


def test_the_summary_shows_everything_that_the_documents_show(world: World, packet_id: str) -> None:
    shown = summary(world)
    assert [row["state"] for row in shown["states"]] == ["AL", "FL"]
    assert {line["value"] for line in shown["lines"] if line["field"] == "requested_states"} == {"AL, FL"}
    assert shown["agency"] == {"id": "agency-1", "name": "Harbor Agency"}
    assert shown["recruiter"]["name"] == "Robin Park"
    assert (shown["level"], bool(shown["level_name"])) == ("4", True)
    assert (shown["packet_type"], shown["type_version"]) == ("meridian", wiring.packet_type("meridian").version)
    journey.confirm(world)
    made = world.call("GET", "/packet/documents").json
    assert [(one["document_id"], one["title"]) for one in shown["documents"]] == [
        (one["document_id"], one["title"]) for one in made
    ]


@pytest.mark.failure("R52")
def test_states_that_the_recruiter_changed_meanwhile_are_shown_before_they_are_confirmed(
    world: World, packet_id: str
) -> None:
    before = summary(world)
    change_states(world, packet_id, "AL", "TX")
    refused = expect(try_to_confirm(world, before["version"]), 412).json
    assert refused["code"] == "stale-version"
    assert refused["summary"] == summary(world)
    assert refused["current_version"] == refused["summary"]["version"] != before["version"]
    assert [row["state"] for row in refused["summary"]["states"]] == ["AL", "TX"]
    lines = {line["field"]: line["value"] for line in refused["summary"]["lines"]}
    assert lines["requested_states"] == "AL, TX"
    assert world.status(packet_id) == "IN_PROGRESS"
    expect(try_to_confirm(world, refused["current_version"]), 200)
    application = world.call("GET", "/packet/documents/application/content").body
    assert "TX" in text_of(application)


CHANGES: dict[str, Callable[[Packet], Packet]] = {
    "level": lambda packet: packet.having(level="3"),
    "agency": lambda packet: packet.having(agency=Agency(id="agency-1", name="Harbor Partners")),
    "recruiter": lambda packet: packet.having(
        recruiter=packet.recruiter.model_copy(update={"name": "Robin Parker"}),
    ),
    "states": lambda packet: packet.request_states(("AL",)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_the_documents_show_belongs_to_the_version(world: World, packet_id: str, what: str) -> None:
    before = summary(world)
    change(packet_id, CHANGES[what])
    refused = expect(try_to_confirm(world, before["version"]), 412).json
    assert refused["summary"]["version"] != before["version"]
    assert world.status(packet_id) == "IN_PROGRESS"


def test_another_number_behind_the_same_mask_is_another_summary(world: World, packet_id: str) -> None:
    before = summary(world)
    shown = world.call("GET", "/packet/interview/background").json
    code = next(iter(shown["answers"]))
    given = {**shown["answers"], code: {"answer": True, "explanation": "In 1999."}}
    expect(journey.save(world, "background", given), 200)
    after = summary(world)
    assert after["lines"] == before["lines"]
    expect(try_to_confirm(world, before["version"]), 412)


def test_a_new_version_of_the_packet_type_is_another_summary(
    world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = summary(world)
    newer = wiring.packet_type("meridian").model_copy(update={"version": "next"})
    monkeypatch.setattr(wiring, "packet_type", lambda _: newer)
    wiring.summaries.cache_clear()
    assert expect(try_to_confirm(world, before["version"]), 412).json["summary"]["type_version"] == "next"


def test_mails_and_readings_change_no_summary(world: World, packet_id: str) -> None:
    before = summary(world)
    change(packet_id, lambda packet: packet.mail_delivered().mail_invitation())
    assert summary(world) == before
    expect(try_to_confirm(world, before["version"]), 200)


def test_the_trail_tells_which_summary_was_confirmed(world: World, packet_id: str) -> None:
    seen = summary(world)["version"]
    expect(try_to_confirm(world, seen), 200)
    (frozen,) = [one for one in wiring.packets().events(packet_id) if one.type == "packet.frozen"]
    assert frozen.data["summary"] == wiring.packets().load(packet_id).summary == seen


@pytest.mark.parametrize("version", ["", "3", "*", '"abc"', "g" * 64, "0" * 65])
def test_a_confirmation_that_names_no_summary_is_refused(world: World, packet_id: str, version: str) -> None:
    answer = world.call("POST", "/packet/summary/confirm", headers={"If-Match": version})
    assert [one["field"] for one in expect(answer, 422).json["errors"]] == ["If-Match"]


def test_a_confirmation_without_a_version_is_refused(world: World, packet_id: str) -> None:
    refused = expect(world.call("POST", "/packet/summary/confirm"), 422).json
    assert [(one["field"].lower(), one["rule"]) for one in refused["errors"]] == [("if-match", "missing")]
    assert world.status(packet_id) == "IN_PROGRESS"


def test_confirming_again_is_the_same_and_another_summary_is_refused(world: World, packet_id: str) -> None:
    seen = summary(world)["version"]
    first = expect(try_to_confirm(world, seen), 200).json
    change_states(world, packet_id, "AL", "TX")
    assert expect(try_to_confirm(world, seen), 200).json == first
    refused = expect(try_to_confirm(world, summary(world)["version"]), 409).json
    assert refused["code"] == "invalid-transition"


def test_answers_that_were_opened_again_are_confirmed_anew(world: World, packet_id: str) -> None:
    seen = summary(world)["version"]
    expect(try_to_confirm(world, seen), 200)
    expect(world.call("POST", "/packet/summary/reopen"), 200)
    changed = {**ANSWERS["online-presence"], "website": "https://dana.example.com"}
    expect(journey.save(world, "online-presence", changed), 200)
    expect(try_to_confirm(world, seen), 412)
    expect(try_to_confirm(world), 200)


@pytest.mark.failure("R52")
def test_states_changed_while_documents_are_prepared_are_not_frozen(
    world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the version and the preparation: the documents would show what nobody saw."""
    prepare, left = wiring.preparation().prepare, [1]

    def preparing(*given: Any) -> Any:
        if left:
            left.pop()
            change_states(world, packet_id, "AL", "TX")
        return prepare(*given)

    monkeypatch.setattr(wiring.preparation(), "prepare", preparing)
    refused = expect(try_to_confirm(world), 412).json
    assert [row["state"] for row in refused["summary"]["states"]] == ["AL", "TX"]
    assert world.status(packet_id) == "IN_PROGRESS"
    expect(try_to_confirm(world, refused["current_version"]), 200)


def test_a_key_that_confirmed_one_summary_confirms_no_other(world: World, packet_id: str) -> None:
    key = {"Idempotency-Key": "once"}
    expect(try_to_confirm(world, summary(world)["version"], **key), 200)
    refused = expect(try_to_confirm(world, "0" * 64, **key), 422).json
    assert refused["code"] == "idempotency-key-reused"


def test_a_stale_confirmation_is_not_kept_under_its_key(world: World, packet_id: str) -> None:
    key = {"Idempotency-Key": "once"}
    refused = expect(try_to_confirm(world, "0" * 64, **key), 412).json
    expect(try_to_confirm(world, refused["current_version"], **key), 200)


def test_the_states_of_a_saved_section_are_those_of_now(world: World, packet_id: str) -> None:
    change_states(world, packet_id, "AL", "TX")
    shown = expect(world.call("GET", "/packet/interview/pre-appointments"), 200).json
    assert shown["answers"]["requested_states"] == ["AL", "TX"]
    assert [row["state"] for row in shown["states"]] == ["AL", "TX"]
