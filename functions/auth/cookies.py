"""The session cookie: one name, one form. The `__Host-` prefix binds it to this host, path and TLS (ASVS 5.0, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aws_lambda_powertools.shared.cookies import Cookie, SameSite

NAME = "__Host-session"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def session_cookie(token: str) -> Cookie:
    return Cookie(NAME, token, path="/", secure=True, http_only=True, same_site=SameSite.STRICT_MODE)


def ended_cookie() -> Cookie:
    return Cookie(NAME, "", path="/", secure=True, http_only=True, same_site=SameSite.STRICT_MODE, max_age=0)


def token_of(event: Mapping[str, Any]) -> str | None:
    """The session token of a request, for the authorizer and the doors alike; None without one.

    Clients may send cookies in several fields, which are read as one list (RFC 9113, 8.2.3). A value may stand in
    quotation marks (RFC 6265, 4.1.1). What cannot be a token is passed over. Of two different tokens none counts: no
    browser sends two of a `__Host-` name. Commas part nothing: a foreign cookie's value may hold one, and with it ours.
    """
    tokens = {value for name, value in _pairs(event) if name == NAME and _TOKEN.fullmatch(value)}
    return tokens.pop() if len(tokens) == 1 else None


def _pairs(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and value of every cookie, wherever the gateway put it."""
    fields = [value for name, value in (event.get("headers") or {}).items() if name.lower() == "cookie"]
    several = (event.get("multiValueHeaders") or {}).items()
    fields += [value for name, values in several if name.lower() == "cookie" for value in values or ()]
    fields += event.get("cookies") or ()  # the gateway's second format
    for field in fields:
        for pair in (field or "").split(";"):
            name, _, value = pair.partition("=")
            yield name.strip(), _unquoted(value.strip())


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
