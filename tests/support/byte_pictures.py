"""Pictures written byte by byte, in every depth and mode that PNG and JPEG know, so that no library reads its own work.

A picture is a function from a place to a value. Sources: W3C PNG (third edition), ITU-T T.81, ICC.1.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence

Samples = Sequence[int]
Picture = Callable[[int, int], Samples]

WIDE, TALL = 64, 32
INKED, PAPER = (28, 12), (4, 4)  # a place in the ink, and one on the paper
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
_SAMPLES = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
# W3C PNG, 8.2: where each pass of an interlaced picture begins, and its steps.
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def inked(x: int, y: int) -> bool:
    """A bar in the middle."""
    return 16 <= x < 48 and 8 <= y < 24


def bar(ink: Samples, paper: Samples) -> Picture:
    return lambda x, y: ink if inked(x, y) else paper


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    picture: Picture, color: int, depth: int, *before: bytes, interlaced: bool = False, behind: Sequence[bytes] = ()
) -> bytes:
    """A PNG of 64 by 32. `before` are the chunks before its data, `behind` those after it."""
    header = struct.pack(">IIBBBBB", WIDE, TALL, depth, color, 0, 0, int(interlaced))
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    rows = b"".join(
        b"\0" + _row([picture(x, y) for x in range(left, WIDE, right)], depth)
        for left, top, right, down in passes
        for y in range(top, TALL, down)
    )
    parts = [chunk(b"IHDR", header), *before, chunk(b"IDAT", zlib.compress(rows)), *behind, chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _row(pixels: Sequence[Samples], depth: int) -> bytes:
    bits = "".join(f"{sample:0{depth}b}" for pixel in pixels for sample in pixel)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def adobe(transform: int) -> bytes:
    """0: as it stands (CMYK inverted), 1: YCbCr, 2: YCCK (ITU-T T.872, 6.5.3)."""
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


def oriented(orientation: int) -> bytes:
    """Exif data that say how a telephone was held."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", 1) + entry + bytes(4)


def exif(orientation: int) -> bytes:
    return segment(0xE1, b"Exif\0\0" + oriented(orientation))


def multi_picture(pictures: int = 2) -> bytes:
    """The index of a multi-picture file (CIPA DC-007), as telephones write it."""
    index = b"MM\0*\0\0\0\x08" + struct.pack(">H", 3)
    index += struct.pack(">HHI4s", 0xB000, 7, 4, b"0100")
    index += struct.pack(">HHII", 0xB001, 4, 1, pictures)
    index += struct.pack(">HHII", 0xB002, 7, 16 * pictures, 50) + bytes(4)
    rows = b"".join(struct.pack(">IIIHH", 0x20030000, 500, 900 * at, 0, 0) for at in range(pictures))
    return segment(0xE2, b"MPF\0" + index + rows)


def jpeg(picture: Picture, *before: bytes, parts: int = 1, progressive: bool = False) -> bytes:
    """A JPEG of 64 by 32 whose blocks of 8 by 8 have one value each, that of their first place."""
    blocks = [picture(x, y) for y in range(0, TALL, 8) for x in range(0, WIDE, 8)]
    ids = range(1, parts + 1)
    frame = struct.pack(">BHHB", 8, TALL, WIDE, parts) + b"".join(bytes([one, 0x11, 0]) for one in ids)
    table = segment(0xDB, b"\0" + bytes([8]) * 64)
    codes = segment(0xC4, b"\x00" + bytes([0, 0, 0, 9]) + bytes(12) + bytes(range(9)))
    codes += segment(0xC4, b"\x10" + bytes([1]) + bytes(15) + b"\0")
    names = bytes([parts]) + b"".join(bytes([one, 0]) for one in ids)
    if progressive:
        scans = segment(0xDA, names + b"\0\0\x01") + _packed(_coefficients(blocks, parts, shift=1, more=""))
        refined = "".join(str((value - 128) & 1) for block in blocks for value in block)
        scans += segment(0xDA, names + b"\0\0\x10") + _packed([refined])
        for one in ids:  # the other coefficients, none: without these a decoder guesses them
            scans += segment(0xDA, bytes([1, one, 0, 1, 63, 0])) + _packed(["0"] * len(blocks))
    else:
        scans = segment(0xDA, names + b"\0\x3f\0") + _packed(_coefficients(blocks, parts, shift=0, more="0"))
    head = b"\xff\xd8" + b"".join(before) + table + segment(0xC2 if progressive else 0xC0, frame) + codes
    return head + scans + b"\xff\xd9"


def _coefficients(blocks: Sequence[Samples], parts: int, shift: int, more: str) -> Iterator[str]:
    """The first coefficient of each block as its difference (T.81, F.1.2.1); `more` ends the block."""
    last = [0] * parts
    for block in blocks:
        for part in range(parts):
            value = (block[part] - 128) >> shift
            difference, last[part] = value - last[part], value
            size = abs(difference).bit_length()
            bits = difference if difference >= 0 else difference + (1 << size) - 1
            yield f"{size:04b}" + (f"{bits:0{size}b}" if size else "") + more


def _packed(codes: Sequence[str] | Iterator[str]) -> bytes:
    bits = "".join(codes)
    bits = bits.ljust(-(-len(bits) // 8) * 8, "1")
    return int(bits, 2).to_bytes(len(bits) // 8).replace(b"\xff", b"\xff\0")


def profile(space: bytes, **tags: bytes) -> bytes:
    """A profile of ICC.1:2001 for a display, made of the tags alone."""
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name.encode() + struct.pack(">II", at + len(body), len(value))
        body += value
    size = at + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02100000, b"mntr", space, b"XYZ ") + bytes(12) + b"acsp"
    head = head.ljust(68, b"\0") + struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)
    return head.ljust(128, b"\0") + table + body


def _xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(value * 65536) for value in (x, y, z)))


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(value * 256), 0)


def swapped_profile() -> bytes:
    """sRGB with red and blue exchanged: who passes over the profile sees red ink where blue is meant."""
    white, red, green, blue = (
        (0.9642, 1.0, 0.8249), (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141),
    )  # fmt: skip
    tags = {"wtpt": _xyz(*white), "rXYZ": _xyz(*blue), "gXYZ": _xyz(*green), "bXYZ": _xyz(*red)}
    return profile(b"RGB ", **tags, **dict.fromkeys(("rTRC", "gTRC", "bTRC"), _gamma(2.2)))


def linear_profile() -> bytes:
    """Gray in which a quarter of the light has a quarter of the value, as raw scans write it."""
    return profile(b"GRAY", wtpt=_xyz(0.9642, 1.0, 0.8249), kTRC=_gamma(1.0))


def icc_chunk(content: bytes) -> bytes:
    return chunk(b"iCCP", b"made\0\0" + zlib.compress(content))


def icc_segment(content: bytes) -> bytes:
    return segment(0xE2, b"ICC_PROFILE\0\x01\x01" + content)
