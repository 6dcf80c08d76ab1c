"""What is found out about an upload's bytes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview.upload_content import check_content, check_harmless
from tests.support import uploads

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
WHOLE = {PDF: uploads.pdf(), PNG: uploads.PNG, JPEG: uploads.jpeg()}


def rule(content: bytes, content_type: str) -> str | None:
    try:
        check_content(content, content_type)
        check_harmless(content, content_type)
    except Refusal as refusal:
        return refusal.rule
    return None


@pytest.mark.parametrize("content_type", WHOLE)
def test_a_whole_file_of_its_type_passes(content_type: str) -> None:
    assert rule(WHOLE[content_type], content_type) is None


@pytest.mark.parametrize("declared", WHOLE)
@pytest.mark.parametrize("real", WHOLE)
def test_the_bytes_have_to_be_of_the_declared_type(declared: str, real: str) -> None:
    assert rule(WHOLE[real], declared) == (None if real == declared else "type-mismatch")


@pytest.mark.parametrize("content", [b"MZ\x90\x00", b"\x7fELF", b"PK\x03\x04", b"<html><script>", b"#!/bin/sh\n", b""])
@pytest.mark.parametrize("content_type", WHOLE)
def test_programs_archives_and_pages_are_of_no_type(content: bytes, content_type: str) -> None:
    assert rule(content, content_type) == "type-mismatch"


@pytest.mark.parametrize("content_type", WHOLE)
def test_a_file_cut_short_is_damaged(content_type: str) -> None:
    assert rule(WHOLE[content_type][:-8], content_type) == "damaged"


@pytest.mark.parametrize("content_type", [PNG, JPEG])
def test_nothing_hides_behind_the_end_of_a_picture(content_type: str) -> None:
    assert rule(WHOLE[content_type] + b"PK\x03\x04 an archive", content_type) == "damaged"


def test_a_picture_has_at_most_25_megapixels() -> None:
    assert rule(uploads.png(5000, 5000), PNG) is None
    assert rule(uploads.png(5000, 5001), PNG) == "too-many-pixels"
    assert rule(uploads.jpeg(5000, 5001), JPEG) == "too-many-pixels"
    assert rule(uploads.png(0, 10), PNG) == "damaged"


@pytest.mark.parametrize(
    "content",
    [
        uploads.pdf(b"4 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj"),
        uploads.pdf(b"4 0 obj << /S /J#61vaScript >> endobj"),
        uploads.pdf(b"4 0 obj << /S /Launch /F (cmd.exe) >> endobj"),
        uploads.pdf(b"4 0 obj << /Names << /EmbeddedFiles 5 0 R >> >> endobj"),
        uploads.pdf(b"4 0 obj << /AcroForm << /XFA 5 0 R >> >> endobj"),
        uploads.pdf(uploads.stream(b"/Type /ObjStm /N 1 /First 4", b"4 0 << /S /JavaScript >>")),
        uploads.pdf(uploads.stream(b"/Type /ObjStm /N 1 /First 4", b"4 0 << /S /Launch >>", before=b"% stream\n")),
    ],
)
def test_a_pdf_that_could_run_something_is_refused(content: bytes) -> None:
    assert rule(content, PDF) == "active-content"


def test_text_that_only_speaks_of_programs_passes() -> None:
    assert rule(uploads.pdf(b"4 0 obj (I launched a JavaScript course) endobj"), PDF) is None


def test_a_pdf_that_hides_what_it_holds_is_refused() -> None:
    assert rule(uploads.pdf(b"4 0 obj << /Encrypt 5 0 R >> endobj"), PDF) == "encrypted"


def test_a_pdf_that_unpacks_to_more_than_can_be_looked_at_is_refused() -> None:
    bomb = uploads.stream(b"", b"\0" * 48 * 1024 * 1024)
    assert rule(uploads.pdf(bomb, bomb, bomb), PDF) == "unreadable"


def test_many_streams_are_looked_at_in_little_time() -> None:
    content = uploads.pdf(*[uploads.stream(b"", b"x" * 2000)] * 2000, b"\0" * 5 * 1024 * 1024)
    before = time.process_time()
    assert rule(content, PDF) is None
    assert time.process_time() - before < 5


@given(content=st.binary(max_size=400), content_type=st.sampled_from(list(WHOLE)), cut=st.integers(0, 60))
def test_whatever_comes_is_judged(content: bytes, content_type: str, cut: int) -> None:
    assert rule(content, content_type) != ""
    assert rule(WHOLE[content_type][:cut] + content, content_type) != ""
