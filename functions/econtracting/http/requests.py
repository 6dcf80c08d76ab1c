"""What a request says beside its body: its path, and one reading of query parameters for every route.

A parameter stands once. An empty one counts as not given where one only reads; where one acts it is refused, since
nobody can tell what was meant. One that a route does not know is refused with the nearest name: without it the route
would answer another question than the one that was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from econtracting.domain.errors import InvalidRequest, NotFound
from econtracting.domain.findings import message_of
from econtracting.domain.words import Words, joined, words
from econtracting.http.callers import MAILED, MESSAGES, UNSAFE

# pydantic's kind of finding -> what is said of a parameter; the places are pydantic's.
_ONE_OF = "This is one of {expected}."
_SAID = {
    "missing": "Please give this.",
    "enum": _ONE_OF,
    "literal_error": _ONE_OF,
    "bool_parsing": "Please write true or false.",
    "int_parsing": "Please write a whole number.",
    "string_too_long": "Please use at most {max_length} characters.",
    "string_too_short": "Please use at least {min_length} characters.",
}


class NoSuchAddress(NotFound):
    code = "route-not-found"
    title = "There is no such address"

    def __init__(self) -> None:
        super().__init__("Check the path.")


def read(app: APIGatewayRestResolver, event: dict[str, Any]) -> dict[str, Any]:
    """The event without empty parameters.

    Raises NotFound for a path with control characters, InvalidRequest for a parameter that stands more than once
    (repeated), says nothing (empty) or is none of the route's (unknown). Vendors' messages may bring any: who signed is
    heard; of what is opened from a mail, only what is known counts.
    """
    path, method = event.get("path") or "", (event.get("httpMethod") or "").upper()
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        raise NoSuchAddress()
    given = _given(event)
    route = next((one for one in _routes(app) if one.method == method and one.rule.match(path)), None)
    if not given or route is None or path.startswith(MESSAGES):
        return event
    known = [field.alias for field in route.dependant.query_params]
    if path.startswith(MAILED):
        given = {name: values[:1] for name, values in given.items() if name in known}
    errors = [error for name, values in given.items() for error in _remarks(name, values, known, method)]
    if errors:
        raise InvalidRequest(joined((error["message"] for error in errors[:5]), by=" "), errors=errors)
    kept = {name: values for name, values in given.items() if values != [""]}
    single = {name: values[-1] for name, values in kept.items()}
    return {**event, "multiValueQueryStringParameters": kept or None, "queryStringParameters": single or None}


def said_of(finding: Mapping[str, Any]) -> str:
    """The sentence for one of pydantic's findings: in our words where a parameter of query, path or header is meant."""
    ours = _SAID.get(finding["type"]) if finding["loc"] and finding["loc"][0] in ("query", "path", "header") else None
    if ours is None:
        return message_of(finding)
    places = dict(finding.get("ctx") or {})
    if "expected" in places:
        places["expected"] = joined(places["expected"].split(" or "), by=" or ")
    return Words(ours, places)


def _given(event: Mapping[str, Any]) -> dict[str, list[str]]:
    several = event.get("multiValueQueryStringParameters") or {}
    single = event.get("queryStringParameters") or {}
    return {
        **{name: [value or ""] for name, value in single.items()},
        **{name: list(several[name]) for name in several},
    }


def _routes(app: APIGatewayRestResolver) -> Sequence[Any]:
    return [*app._static_routes, *app._dynamic_routes]


def _remarks(name: str, values: Sequence[str], known: Sequence[str], method: str) -> list[dict[str, str]]:
    if name not in known:
        return [_remark("", "unknown", _unknown(name, known))]
    if len(values) > 1:
        message = words("The parameter {name} is given more than once. Please give it once.", name=name)
        return [_remark(name, "repeated", message)]
    if values == [""] and method in UNSAFE:
        message = words("The parameter {name} is empty. Please give it a value, or leave it out.", name=name)
        return [_remark(name, "empty", message)]
    return []


def _unknown(name: str, known: Sequence[str]) -> Words:
    """The name itself is not repeated: what is out of place may be anything."""
    near = get_close_matches(name.lower(), known, 1, 0.7)
    if near:
        return words("There is a parameter that this address does not take. Did you mean {name}?", name=near[0])
    if known:
        names = ", ".join(known)
        return words("There is a parameter that this address does not take. It takes {names}.", names=names)
    return words("There is a parameter that this address does not take. It takes none. Please leave it out.")


def _remark(place: str, rule: str, message: str) -> dict[str, str]:
    return {"field": place, "rule": rule, "message": message}
