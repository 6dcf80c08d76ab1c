"""States and postal codes of the United States.

The table of three-digit ZIP prefixes serves a warning only, never a refusal. It was written by hand after the Postal
Service's three-digit areas and last looked at on `REVIEWED_ON`; the authority is its labeling list L002.
A prefix that serves several states stands with each; military prefixes (AA, AE, AP) belong to no state here.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from econtracting.domain.fields.rejections import Refusal

REVIEWED_ON = date(2026, 11, 23)

_PREFIXES = """
AK 995-999
AL 350-352 354-369
AR 716-729
AS 967
AZ 850-853 855-857 859-860 863-865
CA 900-908 910-928 930-961
CO 800-816
CT 060-069
DC 200 202-205 569
DE 197-199
FL 320-339 341-342 344 346-347 349
GA 300-319 398-399
GU 969
HI 967-968
IA 500-528
ID 832-838
IL 600-620 622-629
IN 460-479
KS 660-662 664-679
KY 400-418 420-427
LA 700-701 703-708 710-714
MA 010-027 055
MD 206-212 214-219
ME 039-049
MI 480-499
MN 550-551 553-567
MO 630-631 633-641 644-658
MP 969
MS 386-397
MT 590-599
NC 270-289
ND 580-588
NE 680-681 683-693
NH 030-038
NJ 070-089
NM 865 870-871 873-875 877-884
NV 889-891 893-895 897-898
NY 005 063 100-149
OH 430-459
OK 730-731 734-741 743-749
OR 970-979
PA 150-196
PR 006-007 009
RI 028-029
SC 290-299
SD 570-577
TN 370-385
TX 733 739 750-770 772-799 885
UT 840-847
VA 201 220-246
VI 008
VT 050-054 056-059
WA 980-986 988-994
WI 530-532 534-535 537-549
WV 247-268
WY 820-832 834
"""
STATES = frozenset(line.split()[0] for line in _PREFIXES.strip().splitlines())


def state(raw: str) -> str:
    """A state's two letters in upper case; a letter that only looks like two others is none of them.

    Raises Refusal: state-unknown.
    """
    code = raw.strip()
    code = code.upper() if code.isascii() else ""
    if code not in STATES:
        raise Refusal("state-unknown", "Please choose a state from the list, like TN.")
    return code


def _code(raw: str) -> str:
    if raw not in STATES:
        raise PydanticCustomError("state-unknown", "This is no state's code; a code is two capitals, like TN.")
    return raw


# A state's code as machines write it: two capitals, and nothing to be guessed.
State = Annotated[str, AfterValidator(_code), Field(json_schema_extra={"enum": sorted(STATES)})]


def postal_code(raw: str) -> str:
    """A ZIP code, five digits or ZIP+4. Raises Refusal: postal-code-format."""
    text = raw.strip()
    if not re.fullmatch("[0-9]{5}(-[0-9]{4})?", text):
        raise Refusal("postal-code-format", "A ZIP code has five digits, like 37210, or nine, like 37210-1234.")
    return text


def in_state(zip_code: str, state_code: str) -> bool:
    """Whether the ZIP code lies in the state, as far as its first three digits tell."""
    return state_code in _states_by_prefix().get(zip_code[:3], frozenset())


@cache
def _states_by_prefix() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _PREFIXES.strip().splitlines():
        code, *ranges = line.split()
        for span in ranges:
            first, _, last = span.partition("-")
            for prefix in range(int(first), int(last or first) + 1):
                found.setdefault(f"{prefix:03}", set()).add(code)
    return {prefix: frozenset(codes) for prefix, codes in found.items()}
