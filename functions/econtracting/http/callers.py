"""Who is calling, as the authorizer found out; and the caller's Idempotency-Key."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import datetime
from hashlib import sha256
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from econtracting.domain.access.invitation_file import MOST_ROWS
from econtracting.domain.audit import Actor
from econtracting.domain.callers import Agent, Contact, Request, Staff
from econtracting.domain.errors import Forbidden, InvalidRequest, NotSignedIn, PasswordChangeRequired
from econtracting.domain.words import Words, words

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
BODY_LIMIT = 1_000_000  # bytes; the largest body the contract knows is a 500-row CSV
IDEMPOTENCY_KEY = re.compile("[!-~]([ -~]{0,253}[!-~])?")
MESSAGES = "/webhooks/"
MAILED = "/reminder-stops"  # opened from mails, whose programs add parameters of theirs
FILES = "/invitations/bulk"  # takes a file in any encoding that spreadsheets write
MESSAGE_LIMIT = 200_000  # bytes of a webhook: it is kept sealed, 16/9 as long, in one item (400 KB at most)


def actor(app: APIGatewayRestResolver, kind: Any, id: str = "") -> Actor:
    """The address is the gateway's own finding or the distribution's (http/edge.py), never what the client claims."""
    identity = app.current_event.request_context.identity
    return Actor(kind=kind, id=id, address=identity.source_ip or "", user_agent=(identity.user_agent or "")[:256])


def agent(app: APIGatewayRestResolver, *, before_password_change: bool = False) -> Agent:
    """The signed-in agent.

    Raises NotSignedIn; Forbidden for a state-changing call without the header a foreign page cannot send;
    PasswordChangeRequired while the temporary password stands.
    """
    found = _authorizer(app)
    if found.get("kind") != "agent":
        raise NotSignedIn()
    guard_cross_site(app)
    if found.get("must_change") == "true" and not before_password_change:
        raise PasswordChangeRequired()
    signed_in_at = datetime.fromisoformat(found["signed_in_at"])
    return Agent(
        found["packet_id"],
        found["session"],
        signed_in_at,
        actor(app, "agent", found["session"][:16]),
        _request(app, found["packet_id"]),
        time_zone(app),
    )


def time_zone(app: APIGatewayRestResolver) -> str | None:
    """Where the browser says it is, by the zone's name in the IANA database; days.py decides how far it counts."""
    return app.current_event.headers.get("Time-Zone")


def guard_cross_site(app: APIGatewayRestResolver) -> None:
    """Source: OWASP ASVS 5.0, 3.5.1: a state-changing call carries a header that needs a CORS preflight."""
    event = app.current_event
    if event.http_method in UNSAFE and event.headers.get("X-Requested-With") != "econtracting":
        raise Forbidden("Send the header X-Requested-With: econtracting.", code="missing-request-header")


def staff(app: APIGatewayRestResolver, *groups: str) -> Staff:
    """A signed-in member of staff in one of the groups. Raises NotSignedIn, Forbidden."""
    found = _authorizer(app)
    if found.get("kind") != "staff":
        raise NotSignedIn("Send a staff token: Authorization: Bearer ...")
    member_of = frozenset(filter(None, found.get("groups", "").split(",")))
    if not member_of & set(groups):
        raise Forbidden()
    subject = found["subject"]
    return Staff(
        subject,
        member_of,
        found.get("agency_id", ""),
        actor(app, "staff", subject),
        _request(app, subject),
        Contact(found.get("name", ""), found.get("email", ""), found.get("phone", "")),
    )


def idempotency(app: APIGatewayRestResolver, caller: str) -> Request | None:
    """The request's Idempotency-Key, scoped to its caller; route, body and named version tell one request from another.

    Raises InvalidRequest for a key of the wrong length or with other than printable ASCII characters.
    """
    event = app.current_event
    key = event.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= 255:
        raise _bad_key("length", "An Idempotency-Key has 1 to 255 characters.")
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise _bad_key("characters", "An Idempotency-Key is printable ASCII, with no blank at either end.")
    version = event.headers.get("If-Match") or ""
    what = f"{event.http_method} {event.path}\n{version and version + chr(10)}".encode() + raw_body(app)
    return Request(caller=caller, key=key, body_hash=sha256(what).hexdigest())


def _request(app: APIGatewayRestResolver, caller: str) -> Request | None:
    """The Idempotency-Key of a POST; on other methods it means nothing."""
    return idempotency(app, caller) if app.current_event.http_method == "POST" else None


def _bad_key(rule: str, message: str) -> InvalidRequest:
    return InvalidRequest(errors=[{"field": "Idempotency-Key", "rule": rule, "message": message}])


def body_limit(path: str) -> int:
    """How many bytes a body sent to this path may have."""
    return MESSAGE_LIMIT if path.startswith(MESSAGES) else BODY_LIMIT


def too_much(path: str) -> Words:
    """What to do about a body that is longer than its path takes."""
    if path == FILES:
        return words("Send at most {rows} rows and {limit:,} bytes.", rows=MOST_ROWS, limit=body_limit(path))
    return words("Send at most {limit:,} bytes.", limit=body_limit(path))


def raw_body(app: APIGatewayRestResolver) -> bytes:
    """The body exactly as it was sent, for signatures."""
    event = app.current_event
    return (
        b64decode(event.body or "") if event.is_base64_encoded else (event.body or "").encode("utf-8", "surrogatepass")
    )


def _authorizer(app: APIGatewayRestResolver) -> dict[str, str]:
    context = app.current_event.raw_event["requestContext"].get("authorizer") or {}
    return {name: value for name, value in context.items() if isinstance(value, str)}
