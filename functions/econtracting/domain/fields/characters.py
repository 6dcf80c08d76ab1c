"""Characters that copying brings along and nobody sees, and those that only look like the ones a person meant.

Sources: Unicode 17.0, DerivedCoreProperties.txt (Default_Ignorable_Code_Point: what shows nothing by itself) and
UnicodeData.txt (full-width forms, dashes, spaces).
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path

# What the shipped text fonts hold, as [first, last] code points: one list for the papers and for what is taken.
_COVERAGE = Path(__file__).parents[2] / "packet_types" / "shared" / "fonts" / "coverage.json"

_IGNORABLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
_ANNOTATION = ((0xFFF9, 0xFFFB),)  # interlinear annotation: format characters too
_JOINERS = frozenset((0x200C, 0x200D))
_SELECTORS = frozenset((*range(0xFE00, 0xFE10), *range(0xE0020, 0xE0080), *range(0xE0100, 0xE01F0)))

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
_APOSTROPHES = "\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u2032\u2035\u0060\u00b4\uff07\uff40\ua78c"
_SLASHES = "\u2044\u2215\uff0f"
_WIDE_PUNCTUATION = "\uff03\uff08\uff09\uff0b\uff0c\uff0e\uff1a\uff1b\uff20"
_WIDE_DIGITS = "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19"

_NOTHING: dict[int, None] = {
    point: None for first, last in (*_IGNORABLE, *_ANNOTATION) for point in range(first, last + 1)
}
_NOTHING_IN_PROSE = {point: None for point in _NOTHING if point not in _JOINERS | _SELECTORS}
_SAME_DASH = dict.fromkeys(map(ord, _DASHES), "-")
_SAME_APOSTROPHE = dict.fromkeys(map(ord, _APOSTROPHES), "'")
_IN_CODES = {
    **_NOTHING,
    **_SAME_DASH,
    **dict.fromkeys(map(ord, _SLASHES), "/"),
    **{ord(wide): chr(ord(wide) - 0xFEE0) for wide in _WIDE_DIGITS + _WIDE_PUNCTUATION},
}
_ORDINARY_WIDTH = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
_BLANKS = str.maketrans("\t\u2028\u2029", "   ")
_LINES = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\u0085": "\n", "\v": "\n", "\f": "\n"})


def seen(text: str) -> str:
    """The text without what shows nothing by itself: direction marks, zero widths, soft hyphens, fillers, selectors."""
    return text.translate(_NOTHING)


def seen_in_prose(text: str) -> str:
    """The same for what people tell in their own words, where joiners and selectors are part of a letter or picture.

    The separators of lines and pages that word processors write become line breaks.
    """
    return text.translate(_NOTHING_IN_PROSE).translate(_LINES)


def in_one_line(text: str) -> str:
    """The text without the ends of lines that copying a cell or a paragraph leaves around it; tabs become blanks.

    A line that breaks inside it stays broken: what was meant as one line was typed as two.
    """
    return text.strip().translate(_BLANKS)


def code(raw: str) -> str:
    """A number or code as a keyboard writes it, trimmed: hidden characters go, dashes, spaces and full-width digits of
    an input method become the plain ones. Letters stay as they are: one that only looks like another is another one.
    """
    return " ".join(raw.translate(_IN_CODES).split())


def plain_marks(text: str) -> str:
    """The text with every apostrophe and dash in its plain form."""
    return text.translate(_SAME_APOSTROPHE).translate(_SAME_DASH)


def plain_widths(text: str) -> str:
    """The text with the full-width letters of an input method in their ordinary width."""
    return text.translate(_ORDINARY_WIDTH)


@cache
def _coverage() -> frozenset[int]:
    ranges = json.loads(_COVERAGE.read_bytes())
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


def unshowable(text: str) -> frozenset[str]:
    """The characters of a text that no font of the documents can show; `text` is taken in its composed form (NFC)."""
    known = _coverage()
    return frozenset(one for one in unicodedata.normalize("NFC", text) if ord(one) not in known)
