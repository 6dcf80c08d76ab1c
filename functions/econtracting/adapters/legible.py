"""Characters the documents' fonts can show.

A glyph no font has would stop an archival PDF from being written, and characters that reorder or hide text have no
place in a document someone signs. Both are spelled out as ``[U+1F600]``, so that nothing typed disappears silently.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from econtracting.domain.fields.characters import unshowable


def legible(value: Any) -> Any:
    """The same JSON value with every string made showable; numbers, booleans and keys stay."""
    if isinstance(value, str):
        text = _composed(value)
        missing = unshowable(text)
        return "".join(f"[U+{ord(c):04X}]" if c in missing else c for c in text)
    if isinstance(value, dict):
        return {key: legible(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [legible(item) for item in value]
    return value


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
