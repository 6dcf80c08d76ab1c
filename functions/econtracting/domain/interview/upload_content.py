"""What an upload's bytes are: a whole file of a type that is taken, of sane measures, and nothing that runs.

Headers are read, pictures are never decoded: a decoder is what a hostile picture attacks. Sources: ISO 32000-2 (PDF),
W3C PNG, ITU-T T.81 (JPEG); the limit of 25 megapixels is OWASP ASVS 5.0, 5.2.6.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview.file_kinds import ANY, JPEG, PDF, PNG, other_kind
from econtracting.domain.interview.picture_files import (
    JPEG_FIRST,
    PNG_FIRST,
    ends_too_early,
    jpeg_end,
    png_end,
)

_STEP = 16 * 1024
MOST_INFLATED = 128 * 1024 * 1024  # bytes, over all streams of a PDF

_NOTHING_KNOWN = "This is no PDF, PNG or JPEG file, whatever its name says. Please open it and print it to PDF."
_ENCRYPTED = (
    "This PDF is encrypted: it asks for a password, or its maker forbade changes. Please open it, print it to a new"
    " PDF, and upload that one."
)
_ACTIVE_FOUND = "This PDF holds a program, a form or another file. Please print it to a new PDF and upload that one."
_HEADER_WITHIN = 1024
_HEADER = re.compile(rb"%PDF-[12]\.[0-9]")
_PDF_END = b"%%EOF"
_LINE_END = re.compile(rb"(?:\r\n|\r|\n)?")
_UNFINISHED = re.compile(
    rb"\A[0-9]+[ \r\n]+[0-9]|[0-9][\0\t\n\f\r ]+[0-9]{1,5}[\0\t\n\f\r ]+obj\b|startxref|endobj|endstream"
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|FileAttachment|RichMedia|ImportData|SubmitForm|GoToE|XFA)(?![A-Za-z0-9])"
    rb"|/EF\s*(?:<<|[0-9]+\s+[0-9]+\s+R)"
)


class Whole(NamedTuple):
    """A file alone, and the type it really is."""

    content_type: str
    content: bytes


def check_content(content: bytes, content_type: str) -> Whole:
    """The whole file that the bytes hold, without what stands before and behind it; this is what may be kept.

    Of two kinds of pictures the content decides, and of all kinds if the type is `ANY`. Raises Refusal: type-mismatch
    with the true name of what it is, damaged, too-many-pixels, type-rare.
    """
    if content_type != PDF:
        if content.startswith(PNG_FIRST):
            return Whole(PNG, content[: png_end(content)])
        if content.startswith(JPEG_FIRST):
            return Whole(JPEG, content[: jpeg_end(content)])
        if content_type != ANY:
            raise _not_taken(content, content_type)
    return Whole(PDF, _alone(content))


def check_harmless(content: bytes, content_type: str) -> None:
    """Raises Refusal (active-content, encrypted, unreadable) for a PDF that could run something or hides what it holds.

    What is packed otherwise than deflated, the scanner's adapter unpacks; a virus scanner would stand there too.
    """
    if content_type != PDF:
        return
    if re.search(rb"/Encrypt\b", content):
        raise Refusal("encrypted", _ENCRYPTED)
    for part in (content, *_inflated(content)):
        check_unpacked(part)


def check_unpacked(part: bytes) -> None:
    """Raises Refusal: active-content, for a piece of a PDF that names a program, a form or another file."""
    if _ACTIVE.search(plain_names(part)):
        raise Refusal("active-content", _ACTIVE_FOUND)


def plain_names(part: bytes) -> bytes:
    """Names as they are meant: any character of one may be written as two hexadecimal digits (ISO 32000-2, 7.3.5)."""
    return _ESCAPED.sub(_unescaped, part)


def cannot_be_checked() -> Refusal:
    return Refusal("unreadable", "This PDF cannot be checked. Please print it to a new PDF and upload that one.")


def _alone(content: bytes) -> bytes:
    """A PDF without what stands before its header and behind its last end. Raises Refusal: type-mismatch, damaged.

    The header stands within the first 1,024 bytes (ISO 32000-1, Annex H, note 13): mark-up of mail, byte-order marks
    and blank lines come before it. Offsets in the file count from the header.
    """
    header = _HEADER.search(content, 0, _HEADER_WITHIN + len(b"%PDF-1.0"))
    if header is None:
        raise _not_taken(content, PDF)
    at = content.rfind(_PDF_END, header.end())
    line = _LINE_END.match(content, at + len(_PDF_END))
    # What a revision or a linearized file lost at its end still begins with objects.
    if at < 0 or line is None or _UNFINISHED.search(content[line.end() :]):
        raise ends_too_early()
    return content[header.start() : line.end()]


def _not_taken(content: bytes, wanted: str) -> Refusal:
    """The truth about content that is of no type that is wanted."""
    if not content.strip(b"\0"):
        message = "There is nothing in this file: it was not saved whole. Please save or download it again."
        return Refusal("type-mismatch", message)
    if wanted == PDF and content.startswith((PNG_FIRST, JPEG_FIRST)):
        message = "This is a picture, not a PDF. Please give it a name that ends in .png or .jpg, and upload it again."
        return Refusal("type-mismatch", message)
    if wanted != PDF and _HEADER.search(content, 0, _HEADER_WITHIN):
        message = "This is a PDF, not a picture. Please give it a name that ends in .pdf, and upload it again."
        return Refusal("type-mismatch", message)
    kind = other_kind(content)
    if kind is not None:
        return Refusal("type-mismatch", kind.message)
    return Refusal("type-mismatch", _NOTHING_KNOWN)


def _inflated(content: bytes) -> Iterator[bytes]:
    """Whatever deflated data begins behind the word "stream", wherever that stands: a comment cannot hide one.

    Raises Refusal for more than can be looked at.
    """
    left, everything = MOST_INFLATED, memoryview(content)
    for match in _STREAM.finditer(content):
        part = _inflate(everything[match.end() :], left)
        left -= len(part)
        if left <= 0:
            raise Refusal("unreadable", "This PDF is too large once it is unpacked. Please upload a smaller one.")
        yield part


def _inflate(data: memoryview, most: int) -> bytes:
    """What can be inflated, up to `most` bytes; in steps, so that what lies behind is not copied each time."""
    inflater, found = zlib.decompressobj(), bytearray()
    for at in range(0, len(data), _STEP):
        try:
            found += inflater.decompress(data[at : at + _STEP], most - len(found))
        except zlib.error:
            break
        if inflater.eof or len(found) >= most:
            break
    return bytes(found)


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)])
