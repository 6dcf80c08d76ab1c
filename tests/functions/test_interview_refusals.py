"""Bad input at the interview's door: 422 naming field and rule, and nothing written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from econtracting import wiring
from econtracting.domain.interview.answers import Section
from tests.support import atomic, journey
from tests.support.journey import ANSWERS, expect
from tests.support.world import Answer, World, build

atomic.install()

AGENT = ANSWERS["agent"]
HOME = AGENT["residential"]
TOO_LONG = "x" * 61


@pytest.fixture(scope="module")
def packet() -> Iterator[tuple[World, str]]:
    """One packet for all refusals: none of them may change it."""
    with pytest.MonkeyPatch.context() as patch, mock_aws(config={"lambda": {"use_docker": False}}):
        world = build(patch)
        packet_id = journey.invite(world)
        journey.come_in(world)
        journey.agree(world)
        yield world, packet_id


def put(world: World, section: str, body: Any, **headers: str) -> Answer:
    return world.call("PUT", f"/packet/interview/{section}", body, headers={"If-Match": "0", **headers})


def refused(packet: tuple[World, str], section: str, body: Any) -> list[tuple[str, str]]:
    """The fields and rules of a 422, having seen that nothing was written."""
    world, packet_id = packet
    before = wiring.packets().load(packet_id)
    answer = expect(put(world, section, body), 422)
    assert answer.headers["Content-Type"] == ["application/problem+json"]
    assert wiring.packets().load(packet_id) == before
    assert wiring.packets().all_of(Section, packet_id) == []
    assert answer.json["code"] == "invalid-request"
    assert all(error["message"] for error in answer.json["errors"])
    return [(error["field"], error["rule"]) for error in answer.json["errors"]]


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("ssn", "000-12-3456", "ssn-area"),
        ("ssn", "666-12-3456", "ssn-area"),
        ("ssn", "900-12-3456", "ssn-area"),
        ("ssn", "999-70-1234", "ssn-area"),
        ("ssn", "123-00-4567", "ssn-group"),
        ("ssn", "123-45-0000", "ssn-serial"),
        ("ssn", "078-05-1120", "ssn-known-fake"),
        ("ssn", "219-09-9999", "ssn-known-fake"),
        ("ssn", "12-345-6789", "ssn-format"),
        ("ssn", "123-45-678", "ssn-format"),
        ("ssn", "***-**-4320", "masked-value"),
        ("ssn", 987654320, "wrong-type"),
        ("npn", "0", "npn-zero"),
        ("npn", "01234567", "npn-zero"),
        ("npn", "12345678901", "npn-format"),
        ("npn", "ABC", "npn-format"),
        ("npn", "", "required"),
        ("npn", 15645555, "wrong-type"),
        ("birth_date", "02-29-1900", "date-real"),
        ("birth_date", "02-30-1990", "date-real"),
        ("birth_date", "13-01-1990", "date-real"),
        ("birth_date", "11-25-2026", "birth-date-future"),
        ("birth_date", "11-25-2008", "birth-date-age"),
        ("birth_date", "01-01-1899", "birth-date-past"),
        ("birth_date", "1990", "date-format"),
        ("mobile_phone", "555", "phone-format"),
        ("mobile_phone", "115-555-0123", "phone-area"),
        ("mobile_phone", "615-155-0123", "phone-exchange"),
        ("mobile_phone", "615-911-0123", "phone-exchange"),
        ("mobile_phone", "+442079460958", "phone-country"),
        ("first_name", "", "required"),
        ("first_name", "J0hn", "name-digits"),
        ("first_name", "<b>x</b>", "name-characters"),
        ("first_name", "Da\u0000na", "control-character"),
        ("first_name", "\U0001f600", "name-characters"),
        ("first_name", TOO_LONG, "too-long"),
        ("first_name", ["Dana"], "wrong-type"),
        ("first_name", {"a": 1}, "wrong-type"),
        ("first_name", True, "wrong-type"),
        ("email", "a@b", "email-format"),
        ("email", "a@@b.com", "email-format"),
        ("email", "A <a@b.com>", "email-format"),
        ("email", "a" * 65 + "@example.com", "email-length"),
        ("suffix", "DR", "choice-unknown"),
        ("residential", "12 Orchard Lane", "wrong-type"),
    ],
)
def test_each_vector_of_the_agent_section(packet: tuple[World, str], field: str, value: Any, rule: str) -> None:
    found = refused(packet, "agent", {**AGENT, field: value})
    assert [each for path, each in found if path == field] == [rule]


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("postal_code", "1234", "postal-code-format"),
        ("postal_code", "372101", "postal-code-format"),
        ("postal_code", "37210-12", "postal-code-format"),
        ("postal_code", "ABCDE", "postal-code-format"),
        ("state", "XX", "state-unknown"),
        ("state", "ZZ", "state-unknown"),
        ("line1", "PO Box 5", "po-box"),
        ("city", "", "required"),
        ("planet", "Mars", "unknown-field"),
    ],
)
def test_each_vector_of_an_address(packet: tuple[World, str], field: str, value: Any, rule: str) -> None:
    body = {**AGENT, "residential": {**HOME, field: value}}
    assert refused(packet, "agent", body) == [(f"residential.{field}", rule)]


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("test@test.com", "url-email"),
        ("javascript:alert(1)", "url-scheme"),
        ("data:text/html,x", "url-scheme"),
        ("file:///etc/passwd", "url-scheme"),
        ("ftp://example.com", "url-scheme"),
        ("http://localhost", "url-host"),
        ("http://169.254.169.254/", "url-ip"),
        ("http://[::1]/", "url-ip"),
        ("https://u:p@example.com", "url-userinfo"),
        ("https://example.com/" + "a" * 2048, "too-long"),
        ("", "required"),
    ],
)
def test_each_vector_of_a_web_address(packet: tuple[World, str], url: str, rule: str) -> None:
    body = {**ANSWERS["online-presence"], "website": url}
    assert refused(packet, "online-presence", body) == [("website", rule)]


def test_a_field_nobody_asked_for_is_named(packet: tuple[World, str]) -> None:
    assert refused(packet, "agent", {**AGENT, "salary": 1}) == [("salary", "unknown-field")]


def test_both_a_middle_name_and_none_contradict(packet: tuple[World, str]) -> None:
    assert refused(packet, "agent", {**AGENT, "no_middle_name": True}) == [("no_middle_name", "contradiction")]


def test_a_box_is_ticked_or_not(packet: tuple[World, str]) -> None:
    body = {name: value for name, value in AGENT.items() if name != "middle_name"}
    assert refused(packet, "agent", {**body, "no_middle_name": "yes"}) == [("no_middle_name", "wrong-type")]


def test_two_different_entries_of_a_number_are_refused(packet: tuple[World, str]) -> None:
    assert refused(packet, "agent", {**AGENT, "ssn_confirm": "987-65-4321"}) == [("ssn_confirm", "confirm-mismatch")]


def test_a_yes_without_an_explanation_is_refused(packet: tuple[World, str]) -> None:
    answers = journey.answers_for(packet[0], "background") | {"BQ2": {"answer": True}}
    assert refused(packet, "background", answers) == [("BQ2.explanation", "required")]


def test_a_file_that_did_not_pass_cannot_be_named(packet: tuple[World, str]) -> None:
    yes = {"answer": True, "explanation": "x", "attachments": ["att_unknown"]}
    answers = journey.answers_for(packet[0], "background") | {"BQ2": yes}
    assert refused(packet, "background", answers) == [("BQ2.attachments", "attachment-unknown")]


def test_everything_wrong_is_told_at_once(packet: tuple[World, str]) -> None:
    body = {**AGENT, "npn": "0", "birth_date": "02-30-1990", "email": ""}
    assert {path for path, _ in refused(packet, "agent", body)} == {"npn", "birth_date", "email"}


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_a_body_that_is_no_set_of_answers_is_refused(packet: tuple[World, str], body: Any) -> None:
    raw = json.dumps(body).encode()
    assert refused(packet, "agent", raw)


def test_a_body_that_is_no_json_is_refused(packet: tuple[World, str]) -> None:
    answer = expect(put(packet[0], "agent", b"{"), 400)
    assert answer.json["code"] == "malformed-json"


@pytest.mark.failure("R26")
def test_ten_megabytes_are_too_large(packet: tuple[World, str]) -> None:
    world, packet_id = packet
    before = wiring.packets().load(packet_id)
    answer = expect(put(world, "agent", {**AGENT, "first_name": "x" * 10_000_000}), 413)
    assert answer.json["code"] == "request-too-large"
    assert wiring.packets().load(packet_id) == before


@pytest.mark.parametrize("seen", ["", "x", "-1", "1.5", "9" * 40, "²"])
def test_a_version_that_is_none_is_refused(packet: tuple[World, str], seen: str) -> None:
    answer = expect(put(packet[0], "agent", AGENT, **{"If-Match": seen}), 422)
    assert answer.json["errors"][0]["field"] == "If-Match"


def test_a_save_without_a_version_is_refused(packet: tuple[World, str]) -> None:
    answer = expect(packet[0].call("PUT", "/packet/interview/agent", AGENT), 422)
    assert answer.json["errors"][0]["field"].casefold() == "if-match"


def test_a_section_that_does_not_exist_is_not_found(packet: tuple[World, str]) -> None:
    assert expect(put(packet[0], "hobbies", {}), 404).json["code"] == "section-not-found"


def test_a_refusal_repeats_nothing_that_was_entered(packet: tuple[World, str]) -> None:
    answer = put(packet[0], "agent", {**AGENT, "ssn": "900-12-3456", "birth_date": "13-41-1990"})
    assert b"900-12" not in answer.body
    assert b"13-41" not in answer.body


@pytest.mark.parametrize(
    "body",
    [
        {"file_name": "a.exe", "content_type": "application/pdf", "size": 10},
        {"file_name": "a.pdf", "content_type": "application/pdf", "size": 0},
        {"file_name": "a.pdf", "content_type": "application/pdf", "size": 11 * 1024 * 1024},
        {"file_name": "a.pdf", "content_type": "text/html", "size": 10},
        {"file_name": "a.pdf", "content_type": "application/pdf", "size": "10"},
        {"file_name": "a.pdf", "content_type": "application/pdf"},
        {"file_name": "../a.pdf", "content_type": "application/pdf", "size": 10},
        {"file_name": "a.pdf", "content_type": "application/pdf", "size": 10, "key": "documents/x"},
    ],
)
def test_a_file_that_cannot_be_uploaded_is_refused(packet: tuple[World, str], body: dict[str, Any]) -> None:
    world, packet_id = packet
    before = wiring.packets().load(packet_id)
    answer = expect(world.call("POST", "/packet/attachments", body), 422)
    assert answer.json["errors"][0]["field"]
    assert answer.json["errors"][0]["rule"]
    assert wiring.packets().load(packet_id) == before
