"""What is found out about an upload's bytes."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview.file_kinds import ANY
from econtracting.domain.interview.upload_content import check_content, check_harmless
from tests.support import byte_pictures, foreign_files, uploads

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


@pytest.mark.brings("P4")
@pytest.mark.parametrize("declared", [*WHOLE, ANY])
@pytest.mark.parametrize("real", WHOLE)
def test_of_pictures_the_content_decides_and_a_pdf_is_no_picture(declared: str, real: str) -> None:
    if declared != ANY and (real == PDF) != (declared == PDF):
        assert rule(WHOLE[real], declared) == "type-mismatch"
    else:
        assert check_content(WHOLE[real], declared) == (real, WHOLE[real])


@pytest.mark.parametrize("content", [b"MZ\x90\x00", b"\x7fELF", b"PK\x03\x04", b"<html><script>", b"#!/bin/sh\n", b""])
@pytest.mark.parametrize("content_type", WHOLE)
def test_programs_archives_and_pages_are_of_no_type(content: bytes, content_type: str) -> None:
    assert rule(content, content_type) == "type-mismatch"


@pytest.mark.parametrize("content_type", WHOLE)
def test_a_file_cut_short_is_damaged(content_type: str) -> None:
    assert rule(WHOLE[content_type][:-8], content_type) == "damaged"


BEHIND = {
    "padding": bytes(3000),
    "a film": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(200),
    "a maker's trailer": b"SEFHk\0\0\0\x01\0\0\0SEFT",
    "a second picture": uploads.jpeg(9, 9),
    "an archive": b"PK\x03\x04 an archive",
    "half a marker": b"\xff",
    "mark-up of mail": b"\r\n--0000000000boundary--\r\n",
}


@pytest.mark.brings("P3")
@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("content_type", [PNG, JPEG])
def test_what_stands_behind_a_picture_is_cut_off(content_type: str, behind: str) -> None:
    whole = WHOLE[content_type]
    assert check_content(whole + BEHIND[behind], content_type) == (content_type, whole)


@pytest.mark.brings("P3")
@pytest.mark.parametrize(
    "whole",
    [
        foreign_files.PROGRESSIVE_JPEG,
        foreign_files.CMYK_JPEG,
        foreign_files.INTERLACED_PALETTE_PNG,
        byte_pictures.jpeg(byte_pictures.bar([0], [255]), byte_pictures.multi_picture()),
        byte_pictures.jpeg(byte_pictures.bar([0], [255]), byte_pictures.segment(0xE1, b"Exif\0\0" + uploads.jpeg())),
        uploads.jpeg()[:2] + b"\xff\xff" + uploads.jpeg()[2:],
    ],
    ids=["progressive", "CMYK", "interlaced", "several pictures", "a thumbnail inside", "padded markers"],
)
def test_a_picture_ends_where_it_ends_and_not_before(whole: bytes) -> None:
    assert check_content(whole + uploads.jpeg() + b"more", ANY).content == whole
    for cut in (len(whole) - 1, len(whole) - 2, len(whole) // 2):
        with pytest.raises(Refusal, match="damaged") as refusal:
            check_content(whole[:cut], ANY)
        assert "ends too early" in refusal.value.message


@pytest.mark.brings("P3")
def test_a_note_in_a_picture_may_have_come_to_harm_and_what_it_shows_may_not() -> None:
    noted = uploads.PNG[:33] + byte_pictures.chunk(b"tEXt", b"Software\0scan")[:-1] + b"\0" + uploads.PNG[33:]
    assert rule(noted, PNG) is None
    header = bytearray(uploads.PNG)
    header[29] ^= 1
    assert rule(bytes(header), PNG) == "damaged"
    assert rule(uploads.PNG[:33] + uploads.PNG[-12:], PNG) == "damaged"


@pytest.mark.brings("P1")
@pytest.mark.parametrize(("marker", "depth"), [(0xC3, 8), (0xC1, 12), (0xC7, 8)])
def test_a_jpeg_that_hardly_any_program_shows_is_named_as_such(marker: int, depth: int) -> None:
    at = uploads.jpeg().index(b"\xff\xc0")
    rare = uploads.jpeg()[: at + 1] + bytes([marker, 0, 11, depth]) + uploads.jpeg()[at + 5 :]
    with pytest.raises(Refusal, match="type-rare") as refusal:
        check_content(rare, JPEG)
    assert "rare kind of JPEG" in refusal.value.message


BEFORE = {
    "a byte-order mark": b"\xef\xbb\xbf",
    "blank lines": b"\r\n\r\n ",
    "mark-up of mail": b'Content-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: binary\r\n\r\n',
    "as much as readers accept": b"x" * 1024,
}


@pytest.mark.brings("P2")
@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("behind", [b"", *BEHIND.values()])
def test_what_stands_before_and_behind_a_pdf_is_cut_off(before: str, behind: bytes) -> None:
    found = check_content(BEFORE[before] + uploads.pdf() + behind, PDF)
    assert found == (PDF, uploads.pdf())


@pytest.mark.brings("P2")
def test_a_header_further_down_is_none() -> None:
    assert rule(b"x" * 1025 + uploads.pdf(), PDF) == "type-mismatch"


@pytest.mark.brings("P2")
def test_all_revisions_of_a_pdf_are_kept_and_half_of_one_is_told() -> None:
    first = uploads.pdf()
    second = b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 50 50] >> endobj\nxref\n0 0\ntrailer << /Prev 9 >>\n"
    whole = first + second + b"startxref\n9\n%%EOF"
    assert check_content(whole + b"\0\0", PDF).content == whole
    for cut in (len(first) + 4, len(first) + 20, len(whole) - 2):
        with pytest.raises(Refusal, match="damaged") as refusal:
            check_content(whole[:cut], PDF)
        assert "ends too early" in refusal.value.message


@pytest.mark.brings("P2")
@pytest.mark.parametrize("writer", ["reportlab", "typst", "pypdf"])
def test_pdfs_of_several_writers_pass_with_what_stands_around_them(writer: str) -> None:
    content = uploads.pdf_by(writer)
    assert check_content(b"\xef\xbb\xbf" + content + b"\0" * 700, PDF).content.rstrip() == content.rstrip()
    assert rule(content, PDF) is None


@pytest.mark.brings("P2")
@pytest.mark.parametrize("user", ["secret", ""])
def test_a_pdf_that_its_maker_encrypted_says_so(user: str) -> None:
    content = uploads.encrypted_pdf(user)
    assert check_content(content, PDF).content.rstrip() == content.rstrip()
    with pytest.raises(Refusal, match="encrypted") as refusal:
        check_harmless(content, PDF)
    assert "print it to a new PDF" in refusal.value.message


def zipped(*names: str) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "x" * 200)
    return target.getvalue()


TRUE_NAMES = {
    "HEIC photo": foreign_files.HEIC,
    "AVIF picture": foreign_files.AVIF,
    "WebP picture": foreign_files.WEBP,
    "TIFF picture": foreign_files.TIFF,
    "GIF picture": foreign_files.GIF,
    "BMP picture": foreign_files.BMP,
    "SVG drawing": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n",
    "JPEG XL": b"\xff\x0a\xfa\x1f",
    "Photoshop": b"8BPS\0\1" + bytes(30),
    "Word document": zipped("[Content_Types].xml", "word/document.xml"),
    "spreadsheet": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "presentation": zipped("[Content_Types].xml", "ppt/presentation.xml"),
    "older Office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "Pages, Numbers or Keynote": zipped("Index/Document.iwa", "preview.jpg"),
    "RTF": rb"{\rtf1\ansi Dear Sir}",
    "PostScript": b"%!PS-Adobe-3.0\n",
    "e-mail": b"Received: from a by b\r\nSubject: the ruling\r\n\r\nsee above",
    "web page": b"\xef\xbb\xbf\n<!DOCTYPE html><html><body>Please sign in</body></html>",
    "text file": "The court decided on the 3rd of May. Jos\u00e9.\r\n".encode(),
    "archive": zipped("ruling.pdf", "letter.pdf"),
    "video": b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    "program": b"MZ\x90\0" + bytes(60),
    "companion that a Mac writes": b"\0\5\x16\7\0\2\0\0Mac OS X        ",
    "nothing in this file": bytes(5000),
    "no PDF, PNG or JPEG": bytes(range(200, 256)) * 9,
}


@pytest.mark.brings("P4", "P5")
@pytest.mark.parametrize("content_type", [*WHOLE, ANY])
@pytest.mark.parametrize("name", TRUE_NAMES)
def test_what_is_not_taken_is_called_by_its_true_name_whatever_its_own_is(name: str, content_type: str) -> None:
    with pytest.raises(Refusal, match="type-mismatch") as refusal:
        check_content(TRUE_NAMES[name], content_type)
    assert name in refusal.value.message
    assert "please" in refusal.value.message.casefold() or "choose" in refusal.value.message


@pytest.mark.brings("P5")
def test_a_picture_named_pdf_and_a_pdf_named_png_say_what_to_do() -> None:
    for content, declared, advice in ((uploads.PNG, PDF, ".png or .jpg"), (uploads.pdf(), PNG, ".pdf")):
        with pytest.raises(Refusal) as refusal:
            check_content(content, declared)
        assert f"a name that ends in {advice}" in refusal.value.message


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
