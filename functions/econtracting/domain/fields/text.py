"""Free text, names, cities: what may stand in them, and the one form in which they are stored.

The limits are the product's own: what fits the printed forms. Text is stored in NFC, so that equal-looking names
compare as equal.
"""

from __future__ import annotations

import re
import unicodedata

from econtracting.domain.fields.characters import (
    in_one_line,
    plain_marks,
    plain_widths,
    seen,
    seen_in_prose,
    unshowable,
)
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.words import words

NAME_LENGTH = 60
ADDRESS_LINE_LENGTH = 64
EXPLANATION_LENGTH = 4000

_PUNCTUATION = frozenset(" '-.")
_NAME_PUNCTUATION = _PUNCTUATION | {","}
_ORDINAL = re.compile(
    r"(?<=\w)[\s,]+(?:2nd|3rd|4th|5th)\.?$", re.IGNORECASE
)  # a suffix; no other digits stand in names
_SCHEME = re.compile(r"\w:(?=[^\s\d])|//")
_HOST = re.compile(r"[^\W_][\w-]+\.(?:[^\W\d_]{2,}|xn--)|\bwww\.|\b\d{1,3}(?:\.\d{1,3}){3}\b", re.IGNORECASE)
_OTHER_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61\u2024\u2025\u2026", "."))  # RFC 3490, 3.1, and leaders


def clean(raw: str, longest: int, *, lines: bool = False) -> str:
    """The text in NFC with its spaces collapsed; `longest` counts code points afterward.

    What shows nothing is taken out. With `lines`, line breaks and tabs are kept, and so is what letters and pictures of
    an explanation are joined with. Raises Refusal: control-character, too-long.
    """
    if len(raw) > 4 * longest + 64:  # nothing that long can shrink to the limit by composition; saves normalizing it
        raise too_long(longest)
    text = seen_in_prose(raw.replace("\r\n", "\n").replace("\r", "\n")) if lines else in_one_line(seen(raw))
    allowed = "\n\t" if lines else ""
    if any(_is_control(character) and character not in allowed for character in text):
        raise Refusal("control-character", "This contains a character that is no text. Please type it again by hand.")
    text = unicodedata.normalize("NFC", text)
    text = text.strip() if lines else " ".join(text.split())
    if len(text) > longest:
        raise too_long(longest)
    return text


def too_long(longest: int) -> Refusal:
    return Refusal("too-long", words("Please use at most {longest:,} characters.", longest=longest))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs")


def no_address(text: str) -> str:
    """Text of which no mail program makes a link: no scheme, no mail address, no host name. Raises Refusal: address.

    What people call themselves stands in the carrier's mails, where a link would be taken for the carrier's.
    """
    read = unicodedata.normalize("NFKC", text).translate(_OTHER_DOTS)
    if _SCHEME.search(read) or "@" in read:
        raise Refusal("address", "A name cannot contain an address. Please write it without.")
    if _HOST.search(read):
        raise Refusal(
            "address",
            "This reads like an internet address. Please write it without the dot, or with a space behind it.",
        )
    return text


def person_name(raw: str) -> str:
    """Letters that the papers can show, spaces, apostrophes, hyphens, full stops and commas; at least one letter.

    Raises Refusal: name-digits, name-characters, name-unshowable, address, too-long, control-character.
    """
    text = clean(plain_widths(raw), NAME_LENGTH)
    letters = _ORDINAL.sub("", text)
    if any(unicodedata.category(one)[0] == "N" for one in letters):
        raise Refusal("name-digits", "A name cannot contain digits. Please write it as on your license.")
    if any(unicodedata.category(one)[0] not in "LM" and one not in _NAME_PUNCTUATION for one in plain_marks(letters)):
        raise Refusal(
            "name-characters", "Please use only letters, spaces, apostrophes, hyphens, commas and full stops."
        )
    if not has_letter(letters):
        raise Refusal("name-characters", "A name needs at least one letter that can be seen.")
    return no_address(showable(text))


def showable(text: str) -> str:
    """A name that every paper can show. Raises Refusal: name-unshowable."""
    if unshowable(text):
        raise Refusal(
            "name-unshowable",
            "Our papers cannot show every letter of this name. Please write it in Latin letters, as on your license.",
        )
    return text


def city(raw: str) -> str:
    """A place name: as a person's name, but digits may stand in it.

    Raises Refusal: city-characters, unshowable, too-long, control-character.
    """
    text = clean(plain_widths(raw), NAME_LENGTH)
    if not has_letter(text) or any(
        unicodedata.category(character)[0] not in "LMN" and character not in _PUNCTUATION
        for character in plain_marks(text)
    ):
        raise Refusal("city-characters", "Please write the name of the city or town with letters.")
    return showable_place(text)


def showable_place(text: str) -> str:
    """An address that every paper can show. Raises Refusal: unshowable."""
    if unshowable(text):
        raise Refusal(
            "unshowable",
            "Our papers cannot show every letter of this. Please write it in Latin letters, as on an envelope.",
        )
    return text


def has_letter(text: str) -> bool:
    """Whether anything in it is a letter by itself; an apostrophe that Unicode calls a modifier letter is none."""
    return any(unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lo") for character in text)
