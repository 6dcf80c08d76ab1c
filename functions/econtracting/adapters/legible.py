"""Characters the documents' fonts can show.

A glyph no font has would stop an archival PDF from being written, and characters that reorder or hide text have no
place in a document someone signs. Both are spelled out as ``[U+1F600]``, so that nothing typed disappears silently.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from typing import Any

from econtracting.adapters.packet_files import SHARED


@cache
def _coverage() -> frozenset[int]:
    ranges = json.loads((SHARED / "fonts" / "coverage.json").read_bytes())
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


def unshowable(text: str) -> frozenset[str]:
    """The characters of a text that the documents' fonts cannot show as they are."""
    known = _coverage()
    return frozenset(character for character in _composed(text) if ord(character) not in known)


def legible(value: Any) -> Any:
    """The same JSON value with every string made showable; numbers, booleans and keys stay."""
    if isinstance(value, str):
        missing = unshowable(value)
        return "".join(f"[U+{ord(c):04X}]" if c in missing else c for c in _composed(value))
    if isinstance(value, dict):
        return {key: legible(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [legible(item) for item in value]
    return value


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
