"""Lines of postal addresses: what is a post-office box and what only sounds like one.

Source: USPS, Publication 28, 23-25 (rural and highway contract routes), 27 (military), 28 (post-office boxes, and the
words that mean one: caller, firm caller, bin, lockbox, drawer), 29 (Puerto Rico: apartado).
"""

from __future__ import annotations

import re
import unicodedata

from econtracting.domain.fields.characters import plain_marks, plain_widths
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.fields.text import ADDRESS_LINE_LENGTH, clean, showable_place

_NUMBER = r"\s*(?:#|no\b\.?|num(?:ero|ber)?\b\.?)?\s*[a-z]?-?[0-9]"
_SPELLINGS = (
    # P.O. Box 12, PO Bx 12, P O B 12, P/O Box, P.0. Box, POB12, POBox 9, Post Office Box
    r"\bp[\W_]*[o0][\W_]*b(?:ox|x)?\b(?!\s+(?:(?:lane|ln|st|street|rd|road|dr|drive|ave|avenue|ct|court|way)\b))",
    rf"\bp[\W_]*[o0][\W_]*b(?:ox|x)?{_NUMBER}",
    r"\bpost(?:al)?[\W_]*(?:office[\W_]*)?b(?:ox|x)\b",
    # PO 12, P.O. Drawer 12, Post Office Drawer A
    r"^(?:p[\W_]*o|post[\W_]*office)\b[\W_]*[0-9]",
    r"\b(?:p[\W_]*o|post[\W_]*office)\b[\W_]*(?:drawer|caller|bin|lock[\W_]*box)\b",
    # Drawer 12, Lockbox 12, Call Box 12, Firm Caller 12, Bin 12, Apartado (Postal) 12, Apdo. 12, Casilla 12
    rf"^(?:drawer|caller|firm[\W_]*caller|bin|lock[\W_]*box|call(?:er)?[\W_]*box|mail[\W_]*box|mail[\W_]*drawer){_NUMBER}\w*$",
    rf"\b(?:apartado|casilla|apdo\b\.?)(?:\s+(?:postal|de\s+correos))?{_NUMBER}",
)  # fmt: skip
_PO_BOX = re.compile("|".join(_SPELLINGS), re.IGNORECASE)
_BARE_BOX = re.compile(rf"b(?:ox|x)\.?{_NUMBER}[\w-]*", re.IGNORECASE)
# RR 2, Rural Route 2, HC 68, Star Route 1; PSC 3, CMR 415, Unit 2050: their boxes are no post-office boxes.
_ROUTE = re.compile(
    r"\b(?:r[\W_]*r|r[\W_]*f[\W_]*d|rural[\W_]*(?:route|rte|rt|delivery)|h[\W_]*c(?:[\W_]*r)?|star[\W_]*(?:route|rte|rt)|"
    r"highway[\W_]*contract(?:[\W_]*(?:route|rte|rt))?|psc|cmr|unit|route|rte|rt)\b[\W_]*[0-9]",
    re.IGNORECASE,
)


def address_line(raw: str, *, po_box: bool) -> str:
    """One line of a postal address. Raises Refusal: po-box (where one cannot live), address-characters, unshowable,
    too-long, control-character.
    """
    text = clean(plain_widths(raw), ADDRESS_LINE_LENGTH)
    if not any(one.isalnum() for one in text) or any(one in "<>{}\\" for one in text):
        raise Refusal("address-characters", "Please write the address as on an envelope.")
    if not po_box and is_po_box(text):
        raise no_home()
    return showable_place(text)


def is_po_box(line: str) -> bool:
    """Whether a line names a post-office box by itself; "Box 12" alone does only where no route stands beside it."""
    return _PO_BOX.search(_read(line)) is not None


def is_bare_box(line: str) -> bool:
    return _BARE_BOX.fullmatch(_read(line)) is not None


def is_route(line: str) -> bool:
    """Whether a line names a rural or highway route, or a military unit, whose boxes are where people get their mail at
    home.
    """
    return _ROUTE.search(_read(line)) is not None


def no_home() -> Refusal:
    return Refusal(
        "po-box",
        "This has to be the place where you live; a PO box cannot be used here. Please write street and number, or the "
        "rural route with its box.",
    )


def _read(line: str) -> str:
    """The line as it is judged: without accents, in plain marks and widths."""
    bare = unicodedata.normalize("NFKD", plain_marks(line))
    return "".join(one for one in bare if not unicodedata.combining(one)).strip(" .,")
