"""The agent's way in: link, temporary password, own password, session."""

from __future__ import annotations

import hashlib
from datetime import datetime

from econtracting.domain.moment import Moment
from econtracting.domain.packet import Frozen


def fingerprint(secret: str) -> str:
    """SHA-256 of a secret of at least 128 random bits: what is stored in its place."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Link(Frozen):
    """Where an invitation's secret leads. It locates the packet; it does not authenticate anybody."""

    fingerprint: str
    packet_id: str
    generation: int


class Access(Frozen):
    """A packet's credentials; it lives and dies with the packet. Hashes are argon2id strings with their parameters."""

    packet_id: str
    password_hash: str | None = None
    temporary_hash: str | None = None
    temporary_until: Moment | None = None
    temporary_count: int = 0  # how many were ever asked for; each has its own mail


class Session(Frozen):
    """A signed-in browser. Only the fingerprint of its token is stored."""

    fingerprint: str
    packet_id: str
    created_at: Moment
    last_seen_at: Moment
    ends_at: Moment
    must_change_password: bool
    user_agent_hash: str = ""


class OpenPacket(Frozen):
    """Holds the one place an open packet may take per agency and NPN or e-mail (quality invariant I1)."""

    agency_id: str
    kind: str  # "npn" or "email"
    value: str
    packet_id: str
