"""Free text, names, cities and address lines: what may stand in them, and the one form in which they are stored.

The limits are the product's own: what fits the printed forms. Text is stored in NFC, so that equal-looking names
compare as equal.
"""

from __future__ import annotations

import re
import unicodedata

from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.words import words

NAME_LENGTH = 60
ADDRESS_LINE_LENGTH = 64
EXPLANATION_LENGTH = 4000

_NAME_PUNCTUATION = frozenset(" '’-.")
_JOINERS = frozenset("\u200c\u200d")  # without them some scripts cannot be written
_SCHEME = re.compile(r"\w:(?=[^\s\d])|//")
_HOST = re.compile(r"[^\W_][\w-]+\.(?:[^\W\d_]{2,}|xn--)|\bwww\.|\b\d{1,3}(?:\.\d{1,3}){3}\b", re.IGNORECASE)
_OTHER_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61\u2024\u2025\u2026", "."))  # RFC 3490, 3.1, and leaders
_PO_BOX = re.compile(r"\bp[\W_]*o[\W_]*b(ox)?\b|\bpost[\W_]*office[\W_]*box\b|\bpob\W*\d", re.IGNORECASE)


def clean(raw: str, longest: int, *, lines: bool = False) -> str:
    """The text in NFC with its spaces collapsed; `longest` counts code points afterward.

    With `lines`, line breaks and tabs are kept. Raises Refusal: control-character, too-long.
    """
    if len(raw) > 4 * longest + 64:  # nothing that long can shrink to the limit by composition; saves normalizing it
        raise too_long(longest)
    text = raw.replace("\r\n", "\n").replace("\r", "\n") if lines else raw
    allowed = "\n\t" if lines else ""
    if any(_is_hidden(character) and character not in allowed for character in text):
        raise Refusal("control-character", "This contains an invisible character. Please type it again by hand.")
    text = unicodedata.normalize("NFC", text)
    text = text.strip() if lines else " ".join(text.split())
    if len(text) > longest:
        raise too_long(longest)
    return text


def too_long(longest: int) -> Refusal:
    return Refusal("too-long", words("Please use at most {longest:,} characters.", longest=longest))


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in _JOINERS


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
    """Letters of any script with their marks, spaces, apostrophes, hyphens and full stops; at least one letter.

    Raises Refusal: name-digits, name-characters, address, too-long, control-character.
    """
    text = clean(raw, NAME_LENGTH)
    if any(character.isdigit() for character in text):
        raise Refusal("name-digits", "A name cannot contain digits. Please write it as on your license.")
    if any(unicodedata.category(character)[0] not in "LM" and character not in _NAME_PUNCTUATION for character in text):
        raise Refusal("name-characters", "Please use only letters, spaces, apostrophes, hyphens and full stops.")
    if not has_letter(text):
        raise Refusal("name-characters", "A name needs at least one letter.")
    return no_address(text)


def city(raw: str) -> str:
    """A place name: as a person's name, but digits may stand in it. Raises Refusal: city-characters, too-long."""
    text = clean(raw, NAME_LENGTH)
    if not has_letter(text) or any(
        unicodedata.category(character)[0] not in "LMN" and character not in _NAME_PUNCTUATION for character in text
    ):
        raise Refusal("city-characters", "Please write the name of the city or town with letters.")
    return text


def address_line(raw: str, *, po_box: bool) -> str:
    """One line of a postal address. Raises Refusal: po-box (where one cannot live), address-characters, too-long."""
    text = clean(raw, ADDRESS_LINE_LENGTH)
    if not any(character.isalnum() for character in text) or any(character in "<>{}\\" for character in text):
        raise Refusal("address-characters", "Please write the address as on an envelope.")
    if not po_box and _PO_BOX.search(text):
        raise Refusal("po-box", "This has to be the place where you live; a PO box cannot be used here.")
    return text


def has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)


def split_suffix(last_name: str, suffixes: tuple[str, ...]) -> tuple[str, str | None]:
    """A last name without a generational suffix written behind it, and that suffix: "King, Jr." -> ("King", "JR")."""
    *before, last = last_name.split() or [""]
    suffix = last.rstrip(".").upper()
    if before and suffix in suffixes:
        return " ".join(before).rstrip(","), suffix
    return last_name, None
