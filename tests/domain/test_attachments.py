"""What may be uploaded, and how much of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from econtracting.domain.errors import InvalidRequest
from econtracting.domain.interview.attachments import LARGEST, MOST, Attachment, checked_request, within_limits
from econtracting.domain.interview.file_kinds import ANY, ENDINGS, OTHERS, media_type

PDF = "application/pdf"


def refused(file_name: str, content_type: str = PDF, size: int = 100) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refusal:
        checked_request(file_name, content_type, size)
    return [(error["field"], error["rule"]) for error in refusal.value.facts["errors"]]


def attachment(size: int = 100, **more: Any) -> Attachment:
    values = {"packet_id": "pkt_1", "id": "att_1", "file_name": "a.pdf", "content_type": PDF, "size": size}
    return Attachment(**values, requested_at=datetime(2026, 11, 23, tzinfo=UTC), **more)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("order.pdf", PDF), ("Scan 1.PNG", "image/png"), ("José’s letter.jpeg", "image/jpeg"), ("x.jpg", "image/jpeg")],
)
def test_documents_and_pictures_can_be_uploaded(name: str, content_type: str) -> None:
    assert checked_request(name, content_type, 1) == name


def test_a_name_is_normalized() -> None:
    assert checked_request("  Jose\u0301  letter.pdf ", PDF, 1) == "José letter.pdf"


@pytest.mark.parametrize("name", ["../order.pdf", "a/b.pdf", "a\\b.pdf", 'a".pdf', "a\nb.pdf", "a" * 120 + ".pdf"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    assert refused(name)[0] in [
        ("file_name", "file-name"),
        ("file_name", "control-character"),
        ("file_name", "too-long"),
    ]


def test_name_and_type_have_to_agree() -> None:
    assert refused("order.exe") == [("file_name", "type-mismatch")]
    assert refused("order.pdf", "image/png") == [("file_name", "type-mismatch")]


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/zip"])
def test_other_types_are_refused(content_type: str) -> None:
    assert refused("order.pdf", content_type) == [("content_type", "type-unknown")]


@pytest.mark.brings("P4")
@pytest.mark.parametrize(
    ("name", "declared", "meant"),
    [
        ("order.pdf", "", PDF),
        ("order.PDF", "application/octet-stream", PDF),
        ("order.pdf", "application/PDF", PDF),
        ("order.pdf", "application/x-pdf", PDF),
        ("order.pdf", "application/pdf; charset=binary", PDF),
        ("order.pdf", "application/x-download", PDF),
        ("order", "Application/Pdf;name=order", PDF),
        ("photo.jpg", "image/jpg", "image/jpeg"),
        ("photo.JPEG", "image/pjpeg", "image/jpeg"),
        ("photo.jfif", "", "image/jpeg"),
        ("photo.jpe", "image/jpeg", "image/jpeg"),
        ("photo", "image/jpg", "image/jpeg"),
        ("IMG_1.MPO", "", "image/jpeg"),
        ("scan.png", "image/x-png", "image/png"),
        ("scan.png", "image/jpeg", "image/png"),  # of two pictures the content will decide
        ("Ruling of 11.28.2026", "application/pdf", PDF),
        ("document", "", ANY),
        ("document", "application/octet-stream", ANY),
    ],
)
def test_the_names_ending_decides_and_other_names_of_a_type_are_known(name: str, declared: str, meant: str) -> None:
    assert checked_request(name, declared, 1) == name
    assert media_type(name, declared) == meant


@pytest.mark.brings("P4")
@pytest.mark.parametrize(
    ("name", "declared", "told"),
    [
        ("IMG_0007.HEIC", "", "HEIC photo"),
        ("IMG_0007.HEIC", "image/heic", "Most Compatible"),
        ("20261128_1.heif", "image/heif", "HEIC photo"),
        ("sig.webp", "image/webp", "WebP picture"),
        ("sig.webp", "", "save it as PNG or JPEG"),
        ("fax.TIF", "image/tiff", "TIFF picture"),
        ("ruling.docx", "", "Word document"),
        ("ruling.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Export, PDF"),
        ("ruling.doc", "application/msword", "older Office"),
        ("ruling.pages", "", "Export To, PDF"),
        ("ruling.odt", "", "OpenDocument"),
        ("mail.eml", "message/rfc822", "print the e-mail to PDF"),
        ("files.zip", "application/x-zip-compressed", "unpack it"),
        ("notes.txt", "text/plain", "print it to PDF"),
        ("film.MOV", "video/quicktime", "video"),
        ("ruling.pdf.exe", "", "program"),
        ("ruling.xyz", "", "Only PDF, PNG and JPEG"),
    ],
)
def test_a_kind_that_is_not_taken_is_named_with_the_way_out(name: str, declared: str, told: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        checked_request(name, declared, 1)
    (error,) = refusal.value.facts["errors"]
    assert (error["field"], error["rule"]) == ("content_type", "type-unknown")
    assert told in error["message"]


@pytest.mark.brings("P4")
def test_every_ending_and_type_means_one_kind() -> None:
    endings = [ending for kind in OTHERS for ending in kind.endings] + [
        one for each in ENDINGS.values() for one in each
    ]
    types = [one for kind in OTHERS for one in kind.types] + list(ENDINGS)
    assert len(endings) == len(set(endings))
    assert len(types) == len(set(types))


@pytest.mark.brings("P4")
def test_marks_that_no_one_sees_in_a_name_do_not_matter() -> None:
    assert checked_request("\u200eWhatsApp \u202aScan\u202c 3.05\u202fPM.pdf", PDF, 1) == "WhatsApp Scan 3.05 PM.pdf"
    assert checked_request("Gerichtsurteil Ärger 判決 🙂.pdf", PDF, 1) == "Gerichtsurteil Ärger 判決 🙂.pdf"


def test_a_file_is_neither_empty_nor_too_large() -> None:
    assert refused("a.pdf", size=0) == [("size", "empty")]
    assert refused("a.pdf", size=-1) == [("size", "empty")]
    assert refused("a.pdf", size=LARGEST + 1) == [("size", "too-large")]
    assert checked_request("a.pdf", PDF, LARGEST) == "a.pdf"


def test_everything_wrong_is_told_at_once() -> None:
    assert refused("a/b", "text/html", 0) == [
        ("file_name", "file-name"), ("content_type", "type-unknown"), ("size", "empty"),
    ]  # fmt: skip


def test_a_packet_takes_so_many_files_and_no_more() -> None:
    within_limits([attachment()] * (MOST - 1), 1)
    with pytest.raises(InvalidRequest) as refusal:
        within_limits([attachment()] * MOST, 1)
    assert refusal.value.facts["errors"][0]["rule"] == "too-many-attachments"


def test_a_packets_files_together_are_limited() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        within_limits([attachment(LARGEST)] * 10, 1)
    assert refusal.value.facts["errors"][0]["rule"] == "too-large-together"
