"""What the product's own scanner finds in the object streams of a PDF, however they are packed."""

from __future__ import annotations

import base64
import time
import zlib
from io import BytesIO

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from econtracting.adapters.scanning import PlainFiles
from econtracting.domain.fields.rejections import Refusal
from tests.support import uploads

pytestmark = pytest.mark.law("T21")
PDF = "application/pdf"
PROGRAM = b"4 0 << /S /JavaScript /JS (app.alert) >>"
HARMLESS = b"4 0 << /S /GoTo /D (chapter) >>"


def rule(content: bytes) -> str | None:
    try:
        PlainFiles().scan("quarantine/one", content, PDF)
    except Refusal as refusal:
        return refusal.rule
    return None


def predicted(data: bytes, columns: int) -> bytes:
    """Rows as PNG's filter "Up" writes them, deflated: how many programs write streams of objects and tables."""
    rows, before = b"", bytes(columns)
    for at in range(0, len(data), columns):
        row = data[at : at + columns].ljust(columns, b" ")
        rows += b"\x02" + bytes((one - above) % 256 for one, above in zip(row, before, strict=True))
        before = row
    return zlib.compress(rows)


def packed(dictionary: bytes, data: bytes) -> bytes:
    head = b"9 0 obj\n<< /Type /ObjStm /N 1 /First 4 %s /Length %d >>\nstream\n" % (dictionary, len(data))
    return head + data + b"\nendstream\nendobj"


def ways(data: bytes) -> dict[str, bytes]:
    twice = zlib.compress(zlib.compress(data))
    return {
        "deflated": packed(b"/Filter /FlateDecode", zlib.compress(data)),
        "deflated in rows": packed(
            b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 5 >>", predicted(data, 5)
        ),
        "deflated twice": packed(b"/Filter [/FlateDecode /FlateDecode]", twice),
        "hexadecimal": packed(b"/Filter /ASCIIHexDecode", data.hex().encode() + b">"),
        "base 85": packed(b"/Filter /ASCII85Decode", base64.a85encode(data) + b"~>"),
        "base 85 of deflated": packed(
            b"/Filter [/ASCII85Decode /FlateDecode]", base64.a85encode(zlib.compress(data)) + b"~>"
        ),
        "run lengths": packed(b"/Filter /RunLengthDecode", bytes([len(data) - 1]) + data + b"\x80"),
        "names written in digits": packed(b"/Filter /#46lateDecode", zlib.compress(data)).replace(
            b"ObjStm", b"Obj#53tm"
        ),
        "no type": packed(b"/Filter [/FlateDecode /FlateDecode]", twice).replace(b"/Type /ObjStm ", b""),
    }


@pytest.mark.parametrize("way", ways(PROGRAM))
def test_a_program_is_found_however_its_object_is_packed(way: str) -> None:
    assert rule(uploads.pdf(ways(PROGRAM)[way])) == "active-content"


@pytest.mark.parametrize("way", ways(HARMLESS))
def test_a_harmless_object_passes_however_it_is_packed(way: str) -> None:
    assert rule(uploads.pdf(ways(HARMLESS)[way])) is None


@pytest.mark.parametrize(
    "hidden",
    [
        b"9 0 obj << /Type /ObjStm /N 1 /First 4 /Filter [/ASCII85Decode /FlateDecode] >> endobj",
        packed(b"/Filter /Invented", HARMLESS),
        packed(b"/Filter /FlateDecode", b"not deflated at all"),
        packed(b"/Filter /JBIG2Decode", b"no picture"),
        packed(b"/Filter 8 0 R", HARMLESS),  # an object that is not there
    ],
)
def test_objects_that_cannot_be_unpacked_are_refused(hidden: bytes) -> None:
    assert rule(uploads.pdf(hidden)) == "unreadable"


def test_objects_that_unpack_to_more_than_can_be_looked_at_are_refused() -> None:
    bomb = zlib.compress(zlib.compress(bytes(200 * 1024 * 1024)))
    assert rule(uploads.pdf(packed(b"/Filter [/FlateDecode /FlateDecode]", bomb))) == "unreadable"


def test_objects_that_overlap_are_given_up_on_in_little_time() -> None:
    layers = b"\n".join(b"%d 0 obj << /Type /ObjStm /Length 900000 >> stream" % number for number in range(10, 3000))
    before = time.process_time()
    assert rule(uploads.pdf(layers, b"x" * 1_000_000, b"endstream endobj")) == "unreadable"
    assert time.process_time() - before < 5


@pytest.mark.parametrize("kind", ["FileAttachment", "EF"])
def test_a_file_within_the_file_is_refused(kind: str) -> None:
    added = {
        "FileAttachment": b"9 0 obj << /Type /Annot /Subtype /FileAttachment /FS 8 0 R >> endobj",
        "EF": b"9 0 obj << /Type /Filespec /F (other) /EF 8 0 R >> endobj",
    }
    assert rule(uploads.pdf(added[kind])) == "active-content"


def test_an_ordinary_file_with_object_streams_passes_and_the_same_with_a_program_does_not() -> None:
    def written(script: bool) -> bytes:
        writer = PdfWriter()
        writer.add_blank_page(300, 300)
        if script:
            action = DictionaryObject(
                {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")}
            )
            writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
        into = BytesIO()
        writer.write(into)
        return into.getvalue()

    assert rule(written(False)) is None
    assert rule(written(True)) == "active-content"
