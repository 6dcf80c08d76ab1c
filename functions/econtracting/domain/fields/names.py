"""People's names: when two are the same name, what is a suffix of one, and how other systems are told one.

A name is stored as it was typed, composed (NFC) and with single spaces; look-alikes are folded for comparing only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from econtracting.domain.fields.characters import plain_marks, plain_widths, seen

_SPELLED_OUT = {"JUNIOR": "JR", "SENIOR": "SR", "2ND": "II", "3RD": "III", "4TH": "IV", "5TH": "V"}
_LAST_WORD = re.compile(r"(?P<before>.*[^\s,])(?:\s*,\s*|\s+)(?P<word>[^\s,]+)", re.DOTALL)


def split_suffix(last_name: str, suffixes: tuple[str, ...]) -> tuple[str, str | None]:
    """A last name without a generational suffix written behind it, and that suffix: "King, Jr." -> ("King", "JR")."""
    found = _LAST_WORD.fullmatch(last_name.rstrip(" ,"))
    suffix = known_suffix(found["word"], suffixes) if found else None
    return (found["before"], suffix) if found and suffix else (last_name, None)


def known_suffix(word: str, suffixes: Iterable[str]) -> str | None:
    """The suffix that a word means, however it is written: jr, Jr., Junior, 3rd."""
    bare = "".join(one for one in plain_widths(seen(word)) if one not in "., ").upper()
    meant = _SPELLED_OUT.get(bare, bare)
    return meant if meant in suffixes else None


def folded(name: str) -> str:
    """A name for comparing: without case, hidden characters, full stops and commas; look-alikes as one.

    Blanks around hyphens and between initials do not count: "J. R. O' Neil - Smith" is "jr o'neil-smith".
    """
    text = unicodedata.normalize("NFKC", plain_marks(seen(name)))
    text = plain_marks(unicodedata.normalize("NFKC", text.casefold()))
    words = re.sub(r"\s*([-'])\s*", r"\1", re.sub("[.,]", " ", text)).split()
    return re.sub(r"(?<=\b\w) (?=\w\b)", "", " ".join(words))


def same_name(typed: str, of_record: str) -> bool:
    """Whether both are the same name, folding case, spaces, look-alikes, and the marks around initials and suffixes."""
    return folded(typed) == folded(of_record)


def as_written(name: str) -> str:
    """A typed name as it will stand on the papers: what shows nothing is left out, widths are the ordinary ones."""
    return unicodedata.normalize("NFC", " ".join(plain_widths(seen(name)).split()))


def bare_initials(typed: str) -> str:
    """Initials without the full stops and blanks that people put between them: "D. L. R." is "DLR"."""
    return as_written(typed).replace(".", "").replace(" ", "")


def as_filed(name: str) -> str:
    """A name as other systems are told it: apostrophes and hyphens in the plain form that their records hold."""
    return plain_marks(name)
