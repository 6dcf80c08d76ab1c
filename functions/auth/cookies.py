"""The session cookie: one name, one form. The `__Host-` prefix binds it to this host, path and TLS (ASVS 5.0, 3.3)."""

from __future__ import annotations

import re

from aws_lambda_powertools.shared.cookies import Cookie, SameSite

NAME = "__Host-session"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def session_cookie(token: str) -> Cookie:
    return Cookie(NAME, token, path="/", secure=True, http_only=True, same_site=SameSite.STRICT_MODE)


def ended_cookie() -> Cookie:
    return Cookie(NAME, "", path="/", secure=True, http_only=True, same_site=SameSite.STRICT_MODE, max_age=0)


def token_in(header: str | None) -> str | None:
    """The session token of a Cookie header; None if there is none, more than one, or something that cannot be one."""
    pairs = (part.strip().partition("=") for part in (header or "").split(";"))
    tokens = {value.strip() for name, _, value in pairs if name == NAME}
    if len(tokens) != 1:
        return None
    token = tokens.pop()
    return token if _TOKEN.fullmatch(token) else None
