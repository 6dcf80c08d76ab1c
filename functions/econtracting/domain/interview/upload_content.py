"""What an upload's bytes are: the declared type, whole, of sane measures, and nothing that runs.

Headers are read, pictures are never decoded: a decoder is what a hostile picture attacks. Sources: ISO 32000-2 (PDF),
W3C PNG, ITU-T T.81 (JPEG); the limit of 25 megapixels is OWASP ASVS 5.0, 5.2.6.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator

from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.words import words

MOST_PIXELS = 25_000_000
_STEP = 16 * 1024
MOST_INFLATED = 128 * 1024 * 1024  # bytes, over all streams of a PDF

_PNG = b"\x89PNG\r\n\x1a\n"
_SIZED_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|FileAttachment|RichMedia|ImportData|SubmitForm|GoToE|XFA)(?![A-Za-z0-9])"
    rb"|/EF\s*(?:<<|[0-9]+\s+[0-9]+\s+R)"
)


def check_content(content: bytes, content_type: str) -> None:
    """Whether the bytes are a whole file of the type. Raises Refusal: type-mismatch, damaged, too-many-pixels."""
    _CHECKS[content_type](content)


def check_harmless(content: bytes, content_type: str) -> None:
    """Raises Refusal (active-content, encrypted, unreadable) for a PDF that could run something or hides what it holds.

    What is packed otherwise than deflated, the scanner's adapter unpacks; a virus scanner would stand there too.
    """
    if content_type != "application/pdf":
        return
    if re.search(rb"/Encrypt\b", content):
        raise Refusal("encrypted", "This PDF is protected with a password. Please upload it without protection.")
    for part in (content, *_inflated(content)):
        check_unpacked(part)


def check_unpacked(part: bytes) -> None:
    """Raises Refusal: active-content, for a piece of a PDF that names a program, a form or another file."""
    if _ACTIVE.search(plain_names(part)):
        raise Refusal("active-content", "This PDF holds a program, a form or another file. Please upload a plain one.")


def plain_names(part: bytes) -> bytes:
    """Names as they are meant: any character of one may be written as two hexadecimal digits (ISO 32000-2, 7.3.5)."""
    return _ESCAPED.sub(_unescaped, part)


def cannot_be_checked() -> Refusal:
    return Refusal("unreadable", "This PDF cannot be checked. Please print it to a new PDF and upload that one.")


def _pdf(content: bytes) -> None:
    if not re.match(rb"%PDF-[12]\.[0-9]", content):
        raise _mismatch("PDF")
    if b"%%EOF" not in content[-1024:]:
        raise _damaged()


def _png(content: bytes) -> None:
    if not content.startswith(_PNG):
        raise _mismatch("PNG")
    at, first = len(_PNG), True
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        checksum = int.from_bytes(content[at + 8 + length : at + 12 + length])
        if (kind == b"IHDR") != first or zlib.crc32(kind + data) != checksum or (first and length != 13):
            raise _damaged()
        if first:
            _few_pixels(*struct.unpack_from(">II", data))
        at, first = at + 12 + length, False
        if kind == b"IEND":
            break
    else:
        raise _damaged()
    if at != len(content):
        raise _damaged()


def _jpeg(content: bytes) -> None:
    if not content.startswith(b"\xff\xd8\xff"):
        raise _mismatch("JPEG")
    if not content.rstrip(b"\0").endswith(b"\xff\xd9"):
        raise _damaged()
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker in _SIZED_JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            _few_pixels(width, height)
            return
        (length,) = struct.unpack_from(">H", content, at + 2)
        at += 2 + length
    raise _damaged()


_CHECKS: dict[str, Callable[[bytes], None]] = {"application/pdf": _pdf, "image/png": _png, "image/jpeg": _jpeg}


def _few_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise _damaged()
    if width * height > MOST_PIXELS:
        limit = MOST_PIXELS // 1_000_000
        message = words("This picture has more than {limit} megapixels. Please make it smaller.", limit=limit)
        raise Refusal("too-many-pixels", message)


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


def _mismatch(wanted: str) -> Refusal:
    return Refusal("type-mismatch", words("This is not a {wanted} file, whatever its name says.", wanted=wanted))


def _damaged() -> Refusal:
    return Refusal("damaged", "This file is damaged or incomplete. Please save it again and upload it once more.")
