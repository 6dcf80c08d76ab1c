"""The language of an answer: the packet's for its agent, else what the caller's Accept-Language prefers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from econtracting.domain.words import ENGLISH, LANGUAGES

_MOST_RANGES = 50  # a browser sends fewer than ten
# RFC 4647, 2.1, with RFC 9110, 12.4.2: a language range, and how much it is wanted.
_RANGE = re.compile(r"(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)(?:[ \t]*;[ \t]*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?", re.I)


def language_of(event: Mapping[str, Any]) -> str:
    """The language in which this request is answered; a packet's stands over what the browser asks for."""
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    kept = authorizer.get("language")
    return kept if kept in LANGUAGES else preferred(_header(event))


def preferred(header: str) -> str:
    """The language that an Accept-Language header likes best among ours (RFC 9110, 12.5.4), or English.

    A range stands for the language it begins with, so that es-MX finds Spanish; `*` stands for whichever is not named.
    What is malformed is passed over. Of two that are liked alike the one named first is taken.
    """
    liked: dict[str, float] = {}
    for part in header.split(",")[:_MOST_RANGES]:
        match = _RANGE.fullmatch(part.strip(" \t"))
        if match is not None:
            name, quality = match[1].lower().partition("-")[0], float(match[2] or 1)
            liked[name] = max(quality, liked.get(name, 0.0))
    others = liked.pop("*", 0.0)
    ours = {one: liked[one] for one in liked if one in LANGUAGES}
    ours |= {one: others for one in LANGUAGES if one not in ours}
    best = max(ours, key=lambda one: ours[one])
    return best if ours[best] > 0 else ENGLISH


def _header(event: Mapping[str, Any]) -> str:
    several = event.get("multiValueHeaders") or {}
    found = [value for name, values in several.items() if name.lower() == "accept-language" for value in values or ()]
    if not found:
        headers = event.get("headers") or {}
        found = [value for name, value in headers.items() if name.lower() == "accept-language"]
    return ",".join(str(value) for value in found)
