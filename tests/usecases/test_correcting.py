"""The agent answers a correction request: only what was asked for changes, and only what shows it is signed again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from econtracting import wiring
from econtracting.domain.certification import Contract
from econtracting.domain.corrections import CorrectionRequest
from econtracting.domain.interview.attachments import Attachment, AttachmentStatus
from econtracting.domain.signing.signing import Document, SupersededDocument
from econtracting.evidence import econtracting_verify
from econtracting.ports import Change
from process import tasks as process
from tests.support import journey, stories
from tests.support.stages import Stages, of, seal, stages, suspend_for_ssn
from tests.support.world import START, World

MENDED = {"ssn": "987-65-4321", "ssn_confirm": "987-65-4321"}
# What the Social Security number is printed in, in full or by its last four digits.
SHOW_THE_SSN = {"application", "background-authorization", "w9", "summary"}


@pytest.fixture(scope="module")
def road() -> Iterator[Stages]:
    with stages() as walked:
        walked.go_on("asked", seal, suspend_for_ssn)
        yield walked


@pytest.fixture
def world(road: Stages) -> World:
    """A sealed packet whose agent is asked for the Social Security number."""
    wiring.forget()
    return road.at("asked")


def answers(world: World, **changes: Any) -> dict[str, Any]:
    """The section as its screen sends it back: what is on file, masks included, with changes."""
    shown = journey.expect(world.call("GET", "/packet/interview/agent"), 200).json["answers"]
    return {**shown, **changes}


def correct(world: World, **changes: Any) -> None:
    journey.expect(journey.save(world, "agent", answers(world, **(changes or MENDED))), 200)
    journey.confirm(world)


def sign_and_finish(world: World) -> None:
    journey.sign_everything(world)
    journey.finish(world)


def asked_by_staff(world: World, *fields: str) -> None:
    body = {"fields": list(fields), "reason": "The registry has another name."}
    journey.expect(world.call("POST", f"/packets/{of(world)}/corrections", body, staff=stories.OPS), 200)


def documents(world: World) -> dict[str, Document]:
    return {one.document_id: one for one in wiring.packets().all_of(Document, of(world))}


def superseded(world: World) -> dict[str, SupersededDocument]:
    return {one.document_id: one for one in wiring.packets().all_of(SupersededDocument, of(world))}


def with_open_lines(world: World) -> set[str]:
    listed = journey.expect(world.call("GET", "/packet/documents"), 200).json
    return {one["document_id"] for one in listed if not one["complete"]}


def refusals(answer: Any) -> list[tuple[str, str]]:
    return [(one["field"], one["rule"]) for one in journey.expect(answer, 422).json["errors"]]


def test_the_agent_is_told_what_to_correct_and_why(world: World) -> None:
    told = journey.expect(world.call("GET", "/packet"), 200).json["correction"]
    assert told["fields"] == [{"field": "agent.ssn", "label": "Social Security number"}]
    assert "could not confirm" in told["reason"]
    assert told["untouched"] == ["agent"]


def test_an_answer_nobody_asked_about_cannot_be_changed(world: World) -> None:
    answer = journey.save(world, "agent", answers(world, **MENDED, mobile_phone="(615) 555-0177"))
    assert refusals(answer) == [("mobile_phone", "not-requested")]


def test_a_sensitive_answer_nobody_asked_about_cannot_be_typed_anew(world: World) -> None:
    answer = journey.save(world, "agent", answers(world, **MENDED, birth_date="02-28-1980"))
    assert refusals(answer) == [("birth_date", "not-requested")]


def test_a_draft_cannot_clear_a_sensitive_answer_nobody_asked_about(world: World) -> None:
    shown = answers(world, **MENDED, birth_date=None)
    version = journey.expect(world.call("GET", "/packet/interview/agent"), 200).json["version"]
    headers = {"If-Match": f'"{version}"'}
    answer = world.call("PUT", "/packet/interview/agent", shown, headers=headers, query={"draft": "true"})
    assert refusals(answer) == [("birth_date", "not-requested")]


def test_another_section_cannot_be_changed(world: World) -> None:
    other = {**journey.ANSWERS["online-presence"], "website": "https://dana.example.com"}
    assert refusals(journey.save(world, "online-presence", other)) == [("website", "not-requested")]


def test_confirming_before_the_section_is_saved_names_it(world: World) -> None:
    refused = journey.expect(journey.try_to_confirm(world), 409).json
    assert refused["code"] == "interview-incomplete"
    assert refused["sections"] == ["agent"]


@pytest.mark.failure("R18")
def test_only_what_shows_the_corrected_answer_is_made_anew_and_signed_again(world: World) -> None:
    before = documents(world)
    correct(world)
    after = documents(world)
    assert {name for name in after if after[name].sha256 != before[name].sha256} == SHOW_THE_SSN
    assert with_open_lines(world) == SHOW_THE_SSN - {"summary"}
    assert all(after[name] == before[name] for name in after.keys() - SHOW_THE_SSN)


def test_what_was_signed_before_is_kept_as_superseded(world: World) -> None:
    before = documents(world)
    correct(world)
    kept = superseded(world)
    assert kept.keys() == SHOW_THE_SSN | {"certificate"}
    assert all(kept[name].model_dump() == before[name].model_dump() for name in kept)


def test_sealing_again_leaves_the_seals_of_what_did_not_change(world: World) -> None:
    before = documents(world)
    correct(world)
    sign_and_finish(world)
    seal(world, attempt=2)
    after = documents(world)
    changed = {name for name in after if after[name].sealed_sha256 != before[name].sealed_sha256}
    assert changed == SHOW_THE_SSN | {"certificate"}


@pytest.mark.failure("R18")
def test_the_corrected_number_is_what_is_screened_next(world: World) -> None:
    correct(world)
    sign_and_finish(world)
    seal(world, attempt=2)
    process.lambda_handler({"task": "begin_background_check", "packet_id": of(world), "attempt": 2}, None)
    world.settle()
    ordered = [one for one in world.outside.screening.orders.values() if one.reference == f"{of(world)}-2"]
    assert [one.ssn for one in ordered] == ["987-65-4321"]


def test_finishing_answers_the_request(world: World) -> None:
    correct(world)
    assert wiring.packets().find(CorrectionRequest, of(world), "1").answered_at is None
    sign_and_finish(world)
    assert wiring.packets().find(CorrectionRequest, of(world), "1").answered_at == world.clock.now()
    assert journey.expect(world.call("GET", "/packet"), 200).json["correction"] is None


def test_confirming_the_same_answer_leaves_every_signature(world: World) -> None:
    correct(world, ssn=journey.SSN, ssn_confirm=journey.SSN)
    assert with_open_lines(world) == set()
    journey.finish(world)
    seal(world, attempt=2)


def test_a_mistyped_correction_is_opened_again_before_anything_is_signed(world: World) -> None:
    correct(world, ssn="987-65-4329", ssn_confirm="987-65-4329")
    reopened = journey.expect(world.call("POST", "/packet/summary/reopen"), 200).json
    assert reopened["status"] == "CORRECTION_REQUESTED"
    correct(world)
    assert with_open_lines(world) == SHOW_THE_SSN - {"summary"}
    assert {one.generation for one in superseded(world).values()} == {1}


def test_what_is_signed_again_is_not_opened_again(world: World) -> None:
    correct(world)
    journey.sign_everything(world)
    assert journey.expect(world.call("POST", "/packet/summary/reopen"), 409).json["code"] == "packet-frozen"


def test_a_corrected_name_is_signed_with_a_signature_in_that_name(world: World) -> None:
    correct(world)
    asked_by_staff_after_review(world, "agent.last_name")
    correct(world, last_name="Rivera")
    assert journey.expect(world.call("GET", "/packet/signature"), 200).json["adopted"] is None
    refused = {"full_name": "Dana Lee Rivers", "initials": "DLR", "style": journey.signature_style()}
    assert refusals(world.call("PUT", "/packet/signature", refused)) == [("full_name", "name-of-record")]
    given = {**refused, "full_name": "Dana Lee Rivera"}
    journey.expect(world.call("PUT", "/packet/signature", given), 200)
    sign_and_finish(world)
    seal(world, attempt=3)


def asked_by_staff_after_review(world: World, *fields: str) -> None:
    """The first correction is finished and screened; then the contracting department asks for more."""
    sign_and_finish(world)
    seal(world, attempt=2)
    process.lambda_handler({"task": "begin_background_check", "packet_id": of(world), "attempt": 2}, None)
    asked_by_staff(world, *fields)


def test_a_corrected_producer_number_takes_the_contract_along(world: World) -> None:
    correct(world)
    asked_by_staff_after_review(world, "agent.npn")
    correct(world, npn="15645556")
    assert wiring.packets().find(Contract, "15645555", of(world)) is None
    sign_and_finish(world)
    seal(world, attempt=3)
    assert wiring.packets().find(Contract, "15645556", of(world)) is not None


def test_only_what_waits_for_signatures_can_be_opened_again(world: World) -> None:
    """An agent who could open a packet that is screened would stop it, with nothing asked for to mend."""
    correct(world)
    sign_and_finish(world)
    seal(world, attempt=2)
    process.lambda_handler({"task": "begin_background_check", "packet_id": of(world), "attempt": 2}, None)
    refused = journey.expect(world.call("POST", "/packet/summary/reopen"), 409).json
    assert (refused["code"], world.status(of(world))) == ("invalid-transition", "BACKGROUND_CHECK")


def test_a_declined_correction_is_asked_for_again_when_a_person_says_so(world: World) -> None:
    """It waits for the agent again, and is not forgotten if the agent lets it lie (I8)."""
    correct(world)
    packet_id = of(world)
    journey.expect(world.call("POST", "/packet/decline", {"reason": "not again"}), 200)
    world.clock.pass_(days=31)
    world.settle()
    assert world.status(packet_id) == "NEEDS_REVIEW"
    assert stories.decided(world, packet_id, "retry")["status"] == "CORRECTION_REQUESTED"
    world.clock.pass_(days=31)
    world.settle()
    assert wiring.packets().load(packet_id).review_reason == "CORRECTION_UNANSWERED"


def test_a_correction_is_not_withdrawn(world: World) -> None:
    correct(world)
    path = f"/invitations/{of(world)}/withdraw"
    refused = world.call("POST", path, {"reason": "changed my mind"}, staff=journey.RECRUITER)
    assert journey.expect(refused, 409).json["code"] == "invalid-transition"


def test_a_correction_does_not_expire_with_the_invitation(world: World) -> None:
    correct(world)
    world.clock.pass_(days=31)
    packet_id = wiring.packets().by_agency("agency-1", None, None, 10).packets[0].id
    world.settle()
    assert world.status(packet_id) == "NEEDS_REVIEW"
    assert "CORRECTION_UNANSWERED" in str(wiring.packets().load(packet_id).review_reason)


def test_a_file_that_was_signed_is_not_taken_back(world: World) -> None:
    file = Attachment(
        packet_id=of(world),
        id="att_1",
        file_name="ruling.pdf",
        content_type="application/pdf",
        size=10,
        requested_at=START - timedelta(hours=1),
        status=AttachmentStatus.PASSED,
    )
    wiring.packets().change(of(world), lambda packet: Change(packet, puts=[file]))
    refused = world.call("DELETE", "/packet/attachments/att_1")
    assert journey.expect(refused, 409).json["code"] == "packet-frozen"


def test_the_evidence_holds_what_was_superseded(world: World, tmp_path: Path) -> None:
    correct(world)
    sign_and_finish(world)
    seal(world, attempt=2)
    package = tmp_path / "evidence.zip"
    package.write_bytes(journey.expect(world.call("GET", "/packet/evidence"), 200).body)
    with ZipFile(package) as archive:
        index = json.loads(archive.read("packet.json"))
    assert {row["code"] for row in index["superseded"]} == SHOW_THE_SSN | {"certificate"}
    assert econtracting_verify.verify(package) == 0
