"""Who calls: the agent behind a session, a member of staff behind a token; and the request they may repeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from econtracting.domain.audit import Actor


class Request(NamedTuple):
    """A caller's Idempotency-Key and what it was used for; scoped, so no one gets another caller's answer."""

    caller: str
    key: str
    body_hash: str


class Contact(NamedTuple):
    """How someone is reached, as far as it is known."""

    name: str = ""
    email: str = ""
    phone: str = ""


UNKNOWN = Contact()


@dataclass(frozen=True)
class Agent:
    """The signed-in agent of one packet. `request` is there when the call came with an Idempotency-Key.

    `time_zone` is where the browser says it is; domain/days.py decides how far that counts.
    """

    packet_id: str
    session: str  # the session token's fingerprint
    signed_in_at: datetime  # when the password was last entered
    actor: Actor
    request: Request | None = None
    time_zone: str | None = None


@dataclass(frozen=True)
class Staff:
    """A member of the carrier's or an agency's staff. `request` is there when the call came with an Idempotency-Key."""

    subject: str
    groups: frozenset[str]
    agency_id: str
    actor: Actor
    request: Request | None = None
    contact: Contact = UNKNOWN  # what the token says
