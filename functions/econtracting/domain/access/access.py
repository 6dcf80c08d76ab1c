"""The agent's way in: link, temporary password, own password, session."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from math import ceil
from typing import Self

from econtracting.domain.errors import StepUpRequired, TooManyAttempts
from econtracting.domain.moment import Moment
from econtracting.domain.packet import Packet, Status
from econtracting.domain.record import Record


def fingerprint(secret: str) -> str:
    """SHA-256 of a secret of at least 128 random bits: what is stored in its place."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Link(Record):
    """Where an invitation's secret leads. It locates the packet; it does not authenticate anyone."""

    fingerprint: str
    packet_id: str
    generation: int


class Access(Record):
    """A packet's credentials; it lives and dies with the packet. Hashes are argon2id strings with their parameters."""

    packet_id: str
    password_hash: str | None = None
    temporary_hash: str | None = None
    temporary_until: Moment | None = None
    temporary_count: int = 0  # how many were ever asked for; each has its own mail
    spent_hash: str | None = None  # the temporary password last used: never taken as the lasting one
    password_count: int = 0  # how often the agent set a password; each has its own notice
    failed_tries: int = 0  # consecutive, over all windows
    locks: int = 0  # how often guessing was stopped; each has its own mail

    def issue_temporary(self, hashed: str, until: datetime) -> Self:
        """A temporary password is mailed; every password before it is void."""
        return self.model_copy(
            update={
                "password_hash": None,
                "temporary_hash": hashed,
                "temporary_until": until,
                "temporary_count": self.temporary_count + 1,
                "spent_hash": None,
                "failed_tries": 0,
            }
        )

    def void(self) -> Self:
        """No password that was mailed or chosen lets anyone in; what counts letters goes on counting."""
        gone = dict.fromkeys(("password_hash", "temporary_hash", "temporary_until", "spent_hash"))
        return self.model_copy(update={**gone, "failed_tries": 0})

    def set_password(self, hashed: str) -> Self:
        """The agent chose a password."""
        return self.model_copy(
            update={
                "password_hash": hashed,
                "temporary_hash": None,
                "temporary_until": None,
                "spent_hash": None,
                "password_count": self.password_count + 1,
                "failed_tries": 0,
            }
        )

    def spend_temporary(self) -> Self:
        """The temporary password let someone in, and lets no one in again."""
        return self.model_copy(
            update={
                "temporary_hash": None,
                "temporary_until": None,
                "spent_hash": self.temporary_hash,
                "failed_tries": 0,
            }
        )

    def let_in(self, hashed: str | None) -> Self:
        """The own password let someone in; it is kept as `hashed`, perhaps again with today's parameters."""
        return self.model_copy(update={"password_hash": hashed, "failed_tries": 0})

    def count_failure(self, *, locks: bool) -> Self:
        """A wrong password was tried; `locks` when guessing is stopped by it."""
        failed = self.failed_tries + 1
        return self.model_copy(
            update={
                "failed_tries": failed,
                "locks": self.locks + locks,
                "password_hash": None if failed >= CONSECUTIVE_FAILURES else self.password_hash,
            }
        )


class Session(Record):
    """A signed-in browser. Only the fingerprint of its token is stored."""

    fingerprint: str
    packet_id: str
    created_at: Moment
    last_seen_at: Moment
    ends_at: Moment
    must_change_password: bool
    user_agent_hash: str = ""

    def see(self, at: datetime) -> Self:
        """A request came with it."""
        return self.model_copy(update={"last_seen_at": at})


class OpenPacket(Record):
    """Holds the one place an open packet may take per agency and NPN or e-mail."""

    agency_id: str
    kind: str  # "npn" or "email"
    value: str
    packet_id: str


class Tries(Record):
    """Tries at one secret that have not succeeded yet, the one under way included."""

    name: str
    count: int
    blocked_until: Moment
    ends_at: Moment


class AttemptRule(Record):
    """How guessing is slowed down: some tries at once, then pauses that double, then the rest of the window.

    Source: OWASP ASVS 5.0, 6.1.1 and 6.3.1: brute force is answered without a lock that outlives the window.
    """

    limit: int
    window: timedelta
    without_pause: int
    first_pause: timedelta

    def next(self, name: str, before: Tries | None, now: datetime) -> Tries:
        """The tries once another one has begun. Raises TooManyAttempts while a pause lasts."""
        if before is None or before.ends_at <= now:
            before = Tries(name=name, count=0, blocked_until=now, ends_at=now + self.window)
        if now < before.blocked_until:
            raise TooManyAttempts(retry_after=ceil((before.blocked_until - now).total_seconds()))
        count = before.count + 1
        return before.model_copy(
            update={"count": count, "blocked_until": min(now + self._pause_after(count), before.ends_at)}
        )

    def _pause_after(self, count: int) -> timedelta:
        if count >= self.limit:
            return self.window
        if count < self.without_pause:
            return timedelta()
        return self.first_pause * 2 ** (count - self.without_pause)


class AccessLimits(Record):
    """How often the way in is tried at all: mails in an hour, log-ins in the window of `LOGIN_RULE`."""

    mails_per_link: int
    mails_per_address: int
    logins_per_address: int


LOGIN_RULE = AttemptRule(limit=10, window=timedelta(minutes=15), without_pause=3, first_pause=timedelta(seconds=1))
PASSWORD_MAIL_WINDOW = timedelta(hours=1)
CONSECUTIVE_FAILURES = 100  # then the own password is void and only a temporary one helps (NIST SP 800-63B-4, 3.2.2)
TEMPORARY_TRIES = 100  # at one temporary password, while the packet is locked for ordinary tries

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
PARALLEL_SESSIONS = 5

CLOSED = frozenset({Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED})


def is_live(session: Session, now: datetime) -> bool:
    """Whether a session still counts: neither idle nor at its absolute end."""
    return now < session.ends_at and now < session.last_seen_at + IDLE


def lapsed(packet: Packet, now: datetime) -> bool:
    """Whether the invitation's life is over, whether or not someone has recorded it already."""
    return packet.before_submission and now >= packet.expires_at


def admits(packet: Packet, now: datetime) -> bool:
    """Whether its agent may still come in. A rejected producer may: the notices and copies they are owed lie inside."""
    return packet.status not in CLOSED and not lapsed(packet, now)


def require_recent(signed_in_at: datetime, now: datetime, within: timedelta) -> None:
    """The password was entered not long ago. Source: OWASP ASVS 5.0, 7.5.3. Raises StepUpRequired."""
    if now - signed_in_at > within:
        raise StepUpRequired(within_seconds=int(within.total_seconds()))
