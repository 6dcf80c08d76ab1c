"""Marked values and every form in which they could leave the product: a search that finds what should not be there."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

MARKED = {
    "SSN": ("987-65-4320", "987654320", "987 65 4320"),
    "birth date": ("02-29-1980", "02/29/1980", "1980-02-29", "19800229"),
    "explanation": ("canary explanation 7731",),
    "upload": ("canary upload 9942",),
}


def forms(value: str) -> set[bytes]:
    """A value raw, in base64 at each of the three alignments, percent-encoded, in hexadecimal."""
    raw = value.encode()
    found = {raw, quote(value, safe="").encode(), "".join(f"%{byte:02x}" for byte in raw).encode(), raw.hex().encode()}
    for shift in range(3):
        # The signs that depend on the neighbors are cut off.
        encoded = b64encode(b"\0" * shift + raw + b"\0" * 3)
        first = -(-shift * 8 // 6)
        found.add(encoded[first : (shift + len(raw)) * 8 // 6])
    return found


def found_in(*places: tuple[str, str | bytes]) -> list[str]:
    """Which marked value shows up in which of the named places."""
    return sorted(
        {
            f"{what} in {name}"
            for name, content in places
            for what, values in MARKED.items()
            for value in values
            for form in forms(value)
            if form.lower() in (content.encode() if isinstance(content, str) else content).lower()
        }
    )
