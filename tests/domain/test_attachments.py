"""What may be uploaded, and how much of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from econtracting.domain.errors import InvalidRequest
from econtracting.domain.interview.attachments import LARGEST, MOST, Attachment, checked_request, within_limits

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


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/zip", "application/PDF", ""])
def test_other_types_are_refused(content_type: str) -> None:
    assert refused("order.pdf", content_type) == [("content_type", "type-unknown")]


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
