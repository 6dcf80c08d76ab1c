"""What a sealed packet hands out: rows, one volume, and an evidence package that proves itself to a stranger."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from econtracting.domain.signing.completion import CertificateFacts
from econtracting.evidence import econtracting_verify
from sign import tasks
from tests.support import journey
from tests.support.pdf_text import text_of
from tests.support.stages import Stages, stages
from tests.support.world import World

DOCUMENTS = [
    "application",
    "background-questionnaire",
    "background-authorization",
    "fcra-disclosure",
    "w9",
    "affiliates",
    "rules-of-engagement",
    "hipaa-business-associate",
    "hipaa-regulatory",
    "subordinate-agreement",
    "compensation-schedule",
    "summary",
    "certificate",
]


@pytest.fixture(scope="module")
def road() -> Iterator[Stages]:
    with stages() as walked:
        yield walked


@pytest.fixture(scope="module")
def sealed(road: Stages) -> World:
    world = road.at("finished")
    assert tasks.seal({"packet_id": of(world), "attempt": 1}, None) == {"status": "SUBMITTED"}
    return world


@pytest.fixture(scope="module")
def package(sealed: World) -> bytes:
    return journey.expect(sealed.call("GET", "/packet/evidence"), 200).body


def of(world: World) -> str:
    return str(world.call("GET", "/packet").json["packet_id"])


def verified(package: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    """The package's own verifier, unpacked where nothing else of the product is, judging the archive."""
    with ZipFile(BytesIO(package)) as archive:
        (folder / "verify.py").write_bytes(archive.read("econtracting_verify.py"))
    (folder / "evidence.zip").write_bytes(package)
    command = [sys.executable, "-I", "verify.py", "evidence.zip"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("path", ["/packet/print", "/packet/print/all", "/packet/evidence"])
def test_nothing_is_handed_out_before_the_seals(road: Stages, path: str) -> None:
    world = road.at("signed")
    answer = world.call("GET", path)
    assert (answer.status, answer.json["code"]) == (409, "invalid-transition")


def test_the_rows_stand_in_packet_order_with_their_views(sealed: World) -> None:
    rows = journey.expect(sealed.call("GET", "/packet/print"), 200).json
    assert [row["document_id"] for row in rows] == DOCUMENTS
    for row in rows:
        path, _, query = row["view"].partition("?")
        name, _, value = query.partition("=")
        assert journey.expect(sealed.call("GET", path, query={name: value}), 200).body.startswith(b"%PDF-")


def test_the_package_proves_itself_without_the_product(package: bytes, tmp_path: Path) -> None:
    done = verified(package, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    assert "the head of the audit trail at event" in done.stdout


def test_the_checkpoint_covers_the_seals_and_the_certificate_tells_of_consent(package: bytes) -> None:
    with ZipFile(BytesIO(package)) as archive:
        facts = CertificateFacts.model_validate_json(archive.read("certificate.json"))
        assert b'"packet.sealed"' in archive.read("events.jsonl").splitlines()[-1]
    told = [entry.what for entry in facts.timeline]
    assert facts.consent.shown_at is not None
    assert facts.consent.access_proved_at is not None
    assert "Disclosure about electronic records shown" in told
    assert told.count("Document opened") == 12
    assert told[-1] == "Finished"


@pytest.mark.brings("P13")
def test_the_certificate_tells_when_the_invitation_was_sent_and_what_the_mail_service_calls_it(package: bytes) -> None:
    with ZipFile(BytesIO(package)) as archive:
        facts = CertificateFacts.model_validate_json(archive.read("certificate.json"))
        events = [json.loads(line) for line in archive.read("events.jsonl").splitlines()]
    (sent,) = [event for event in events if event["type"] == "invitation.sent"]
    assert facts.originator.sent_at == datetime.fromisoformat(sent["at"])
    (told,) = [entry for entry in facts.timeline if entry.what == "Invitation sent, as the mail service knows it"]
    assert told.detail == sent["data"]["message_id"]


def test_altered_bytes_all_over_the_package_are_found(package: bytes, tmp_path: Path) -> None:
    chosen = random.Random(5)
    for place in sorted(chosen.sample(range(len(package)), 12)):
        altered = bytearray(package)
        altered[place] ^= 1 + chosen.randrange(255)
        path = tmp_path / "altered.zip"
        path.write_bytes(altered)
        assert econtracting_verify.verify(path) == 1, f"byte {place} of {len(package)}"


def test_the_archive_holds_every_document_as_it_was_sealed(sealed: World) -> None:
    rows = sealed.call("GET", "/packet/print").json
    with ZipFile(BytesIO(journey.expect(sealed.call("GET", "/packet/print/all"), 200).body)) as archive:
        names = archive.namelist()
        assert names == [f"{number:02d}-{name}.pdf" for number, name in enumerate(DOCUMENTS, 1)]
        assert len(rows) == len(names)


def test_one_volume_has_every_page_and_carries_the_sealed_files(sealed: World) -> None:
    rows = sealed.call("GET", "/packet/print").json
    answer = journey.expect(sealed.call("GET", "/packet/print/all", query={"format": "pdf"}), 200)
    assert answer.headers["Content-Type"] == ["application/pdf"]
    volume = PdfReader(BytesIO(answer.body))
    assert len(volume.pages) == sum(row["pages"] for row in rows)
    assert [str(entry.title) for entry in volume.outline] == [row["title"] for row in rows]  # type: ignore[union-attr]
    for name, content in volume.attachments.items():
        document_id = name[3:].removesuffix(".pdf")
        view = sealed.call("GET", f"/packet/documents/{document_id}/content", query={"version": "sealed"})
        assert content == [view.body]
    assert len(volume.attachments) == len(rows)


def test_no_page_of_the_volume_shows_a_seal_it_does_not_have(sealed: World) -> None:
    volume = PdfReader(BytesIO(sealed.call("GET", "/packet/print/all", query={"format": "pdf"}).body))
    kinds = {one.get_object()["/Subtype"] for page in volume.pages for one in page.get("/Annots", ())}
    assert "/Widget" not in kinds
    assert "/AcroForm" not in volume.trailer["/Root"]


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")
def test_a_reader_of_another_make_finds_every_seal_valid(sealed: World, tmp_path: Path) -> None:
    for row in sealed.call("GET", "/packet/print").json:
        path = tmp_path / f"{row['document_id']}.pdf"
        view = sealed.call("GET", f"/packet/documents/{row['document_id']}/content", query={"version": "sealed"})
        path.write_bytes(view.body)
        told = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=True).stdout
        assert "Signature is Valid" in told, (row["document_id"], told)
        assert "Total document signed" in told, (row["document_id"], told)


def test_the_certificate_names_who_signed_and_keeps_hashes_in_their_columns(sealed: World) -> None:
    content = sealed.call("GET", "/packet/documents/certificate/content", query={"version": "sealed"}).body
    text = text_of(content)
    assert "Dana Lee Rivers" in text
    assert "Access to electronic records proved" in text


def test_a_form_for_paper_stands_in_its_row_with_its_instructions(road: Stages) -> None:
    world = road.at("finished")
    world.cookie = None
    agent = {"first_name": "Dana", "middle_name": "Lee", "last_name": "Rivers", "email": "d5@example.com"}
    journey.invite(world, level="5", agent=agent, agency={"id": "agency-1", "name": "Harbor Agency"})
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world, agent={"npn": "15645563", "email": "d5@example.com"}, direct_deposit={"eft": True})
    journey.confirm(world)
    journey.consent(world)
    journey.adopt(world)
    journey.sign_everything(world)
    journey.finish(world)
    assert tasks.seal({"packet_id": of(world), "attempt": 1}, None) == {"status": "SUBMITTED"}
    rows = journey.expect(world.call("GET", "/packet/print"), 200).json
    (form,) = [row for row in rows if row["mode"] == "print-only"]
    assert rows.index(form) == 5, "after the taxpayer form"
    assert "voided check" in form["instructions"]
    assert [row["instructions"] for row in rows if row is not form] == [None] * (len(rows) - 1)
