"""States and postal codes of the United States, and the other places to which its mail goes.

The table of three-digit ZIP prefixes serves a warning only, never a refusal; `data/README.md` tells its sources and
when it was compared. A prefix that serves several states stands with each.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from econtracting.domain.fields.characters import code
from econtracting.domain.fields.rejections import Refusal

_PREFIXES = Path(__file__).parent / "data" / "zip_prefixes.txt"

STATES = frozenset(
    "AK AL AR AS AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MP MS MT NC ND NE NH NJ NM NV NY "
    "OH OK OR PA PR RI SC SD TN TX UT VA VI VT WA WI WV WY".split()
)
# Codes of mailing addresses only: the military's post (AA, AE, AP) and the freely associated states (USPS, Publication
# 28, appendix B). Nobody is licensed or resident there.
MAIL_ONLY = frozenset({"AA", "AE", "AP", "FM", "MH", "PW"})


def state(raw: str, *, mailing: bool = False) -> str:
    """A state's two letters in upper case; a letter that only looks like two others is none of them.

    With `mailing` also the codes to which only mail goes. Raises Refusal: state-unknown.
    """
    letters = code(raw)
    letters = letters.upper() if letters.isascii() else ""
    if letters in MAIL_ONLY and not mailing:
        raise Refusal(
            "state-unknown",
            "AA, AE, AP, FM, MH and PW are for mailing addresses only. Please choose a state, district or territory "
            "here, like TN.",
        )
    if letters not in STATES | MAIL_ONLY:
        raise Refusal("state-unknown", "Please choose a state from the list, like TN.")
    return letters


def _code(raw: str) -> str:
    if raw not in STATES:
        raise PydanticCustomError("state-unknown", "This is no state's code; a code is two capitals, like TN.")
    return raw


# A state's code as machines write it: two capitals, and nothing to be guessed.
State = Annotated[str, AfterValidator(_code), Field(json_schema_extra={"enum": sorted(STATES)})]


def postal_code(raw: str) -> str:
    """A ZIP code, five digits or ZIP+4. Raises Refusal: postal-code-format."""
    text = code(raw)
    if not re.fullmatch("[0-9]{5}(-[0-9]{4})?", text):
        raise Refusal("postal-code-format", "A ZIP code has five digits, like 37210, or nine, like 37210-1234.")
    return text


def in_state(zip_code: str, state_code: str) -> bool:
    """Whether the ZIP code lies in the state, as far as its first three digits tell."""
    return state_code in _states_by_prefix().get(zip_code[:3], frozenset())


@cache
def _states_by_prefix() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _PREFIXES.read_text(encoding="ascii").splitlines():
        state_code, *ranges = line.split()
        for span in ranges:
            first, _, last = span.partition("-")
            for prefix in range(int(first), int(last or first) + 1):
                found.setdefault(f"{prefix:03}", set()).add(state_code)
    return {prefix: frozenset(codes) for prefix, codes in found.items()}
