"""Where a PNG or a JPEG file ends, found by walking its parts; nothing is decoded.

Telephones, editors and file systems write behind a picture: a film, a second picture, padding. Viewers pass over it,
and so it is cut off. Sources: W3C PNG (third edition), ITU-T T.81 Annex B.
"""

from __future__ import annotations

import re
import struct
import zlib

from econtracting.domain.fields.rejections import Refusal

MOST_PIXELS = 25_000_000

PNG_FIRST = b"\x89PNG\r\n\x1a\n"
JPEG_FIRST = b"\xff\xd8\xff"
_CRITICAL = b"IHDR", b"PLTE", b"IDAT", b"IEND"

_END, _SCAN, _START = 0xD9, 0xDA, 0xD8
_ALONE = frozenset({0x01, _START, *range(0xD0, 0xD8)})  # markers without a length
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SHOWN = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})  # baseline, extended and progressive, also with arithmetic coding
_MARKER = re.compile(rb"\xff+([^\xff\x00])")
_MARKER_IN_SCAN = re.compile(rb"\xff+([^\xff\x00\xd0-\xd7])")


def ends_too_early() -> Refusal:
    return Refusal(
        "damaged",
        "This file ends too early: part of it is missing. Please open it where it came from, save it again, and upload"
        " that copy.",
    )


def damaged() -> Refusal:
    return Refusal("damaged", "This picture is damaged. Please save it again, or take a screenshot of it.")


def png_end(content: bytes) -> int:
    """The length of the PNG file that the bytes begin with. Raises Refusal: damaged, too-many-pixels."""
    at, seen = len(PNG_FIRST), set[bytes]()
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if not kind.isalpha():
            raise damaged()
        if end > len(content):
            raise ends_too_early()
        if (kind == b"IHDR") is bool(seen) or (kind == b"IHDR" and length != 13):
            raise damaged()
        checksum = int.from_bytes(content[end - 4 : end])
        if kind in _CRITICAL and zlib.crc32(memoryview(content)[at + 4 : end - 4]) != checksum:
            raise damaged()
        if kind == b"IHDR":
            _few_pixels(*struct.unpack_from(">II", content, at + 8))
        seen.add(kind)
        at = end
        if kind == b"IEND":
            if b"IDAT" not in seen:
                raise damaged()
            return at
    raise ends_too_early()


def jpeg_end(content: bytes) -> int:
    """The length of the JPEG file that the bytes begin with. Raises Refusal: damaged, too-many-pixels, type-rare."""
    at, pattern, sized = 2, _MARKER, False
    while found := pattern.search(content, at):
        marker, at, pattern = found[1][0], found.end(), _MARKER
        if marker == _END:
            if not sized:
                raise damaged()
            return at
        if marker in _ALONE:
            continue
        if at + 2 > len(content):
            break
        (length,) = struct.unpack_from(">H", content, at)
        if length < 2:
            raise damaged()
        if marker in _FRAMES and at + 7 <= len(content):
            _sized(content[at : at + 7], marker)
            sized = True
        at += length
        if marker == _SCAN:
            if not sized:
                raise damaged()
            pattern = _MARKER_IN_SCAN
    raise ends_too_early()


def _sized(frame: bytes, marker: int) -> None:
    _, depth, height, width = struct.unpack(">HBHH", frame)
    if marker not in _SHOWN or depth != 8:
        raise Refusal(
            "type-rare",
            "This is a rare kind of JPEG that most programs cannot show. Please open it where it was made and save it"
            " as PNG or as a plain JPEG.",
        )
    _few_pixels(width, height)


def _few_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise damaged()
    if width * height > MOST_PIXELS:
        raise Refusal(
            "too-many-pixels",
            "This picture has more than 25 megapixels. Please save it smaller, or take a screenshot of it.",
        )
