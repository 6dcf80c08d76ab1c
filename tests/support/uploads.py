"""Small files as agents upload them, and the kinds no one should open."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import typst
from pypdf import PdfWriter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from tests.support.pictures import DRAWN_SIGNATURE

PNG = DRAWN_SIGNATURE


def pdf(*objects: bytes) -> bytes:
    """A PDF with one page, and what a test adds to it: its table leads to the page alone."""
    parts = [
        b"%PDF-1.7\n",
        b"1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n",
        b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n",
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >> endobj\n",
    ]
    table = b"0000000000 65535 f \n" + b"".join(
        b"%010d 00000 n \n" % len(b"".join(parts[:number])) for number in range(1, len(parts))
    )
    body = b"".join(parts) + b"\n".join([*objects, b""])
    return body + b"xref\n0 4\n%strailer << /Root 1 0 R /Size 4 >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(body))


def pdf_by(writer: str) -> bytes:
    """One page by a library that writes PDFs, each in its own way."""
    target = BytesIO()
    if writer == "reportlab":
        page = canvas.Canvas(target)
        page.drawString(72, 720, "Ruling")
        page.save()
    elif writer == "typst":
        return typst.compile(b"= Ruling", format="pdf")
    else:
        document = PdfWriter()
        document.add_blank_page(300, 300)
        document.write(target)
    return target.getvalue()


def encrypted_pdf(user: str) -> bytes:
    """Without a password of the user, everybody can read it and programs honor what its owner forbade."""
    target = BytesIO()
    page = canvas.Canvas(target, encrypt=StandardEncryption(user, ownerPassword="owner", canModify=0))
    page.drawString(72, 720, "Statement")
    page.save()
    return target.getvalue()


def stream(dictionary: bytes, data: bytes, *, before: bytes = b"") -> bytes:
    """A deflated stream object."""
    packed = zlib.compress(data)
    return b"%s9 0 obj << %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream endobj" % (
        before,
        dictionary,
        len(packed),
        packed,
    )


def png(width: int, height: int) -> bytes:
    """The skeleton of a picture of any measure."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def jpeg(width: int = 40, height: int = 30) -> bytes:
    comment = b"\xff\xfe" + struct.pack(">H", 7) + b"hello"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8"
        + comment
        + frame
        + b"\xff\xda"
        + struct.pack(">H", 8)
        + b"\x01\x01\x00\x00\x3f\x00"
        + b"\x00\xff\xd9"
    )
