"""Door 2: the agent's way in, from the invitation's link to an own password and a session.

The link locates a packet, the password lets in. Who does not know both learns nothing: an unknown link, an ended packet
and a wrong password are answered alike, after the same time. Sources: OWASP ASVS 5.0, chapters 6 and 7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from econtracting.domain.access import access as rules
from econtracting.domain.access.access import Access, AccessLimits, Link, Session, admits, fingerprint, is_live
from econtracting.domain.access.passwords import FIELD, PasswordPolicy, broken_rules, context_words, normal
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import InvalidCredentials, InvalidRequest, NotSignedIn, TooManyAttempts, WeakPassword
from econtracting.domain.fields.rejections import Rejection
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Packet, Status
from econtracting.domain.record import Record
from econtracting.ports import Attempts, Change, Clock, Envelope, Ids, Limits, Packets, Passwords
from econtracting.usecases.commit.endings import sessions

NOBODY = "pkt_00000000000000000000000000"  # whose work is done when a link leads nowhere


@dataclass(frozen=True)
class SignedIn:
    """A session with the token that only the browser keeps."""

    token: str
    session: Session
    packet: Packet


def request_password(
    *,
    packets: Packets,
    limits: Limits,
    passwords: Passwords,
    envelope: Envelope,
    ids: Ids,
    clock: Clock,
    allowed: AccessLimits,
    life: timedelta,
    secret: str,
    actor: Actor,
) -> None:
    """Mail a fresh temporary password to the packet's agent; every password before it is void from now on.

    Says nothing of whether there was somebody to mail to, and does the same work if there was not. Raises Unavailable.
    """
    now = clock.now()
    mark = fingerprint(secret)
    try:
        for name, limit in (
            (f"password-mail#address#{actor.address}", allowed.mails_per_address),
            (f"password-mail#link#{mark}", allowed.mails_per_link),
        ):
            limits.hit(name, window=rules.PASSWORD_MAIL_WINDOW, limit=limit, now=now)
    except TooManyAttempts:
        return
    link = packets.find(Link, mark)
    packet_id = link.packet_id if link else NOBODY
    temporary = ids.temporary_password()
    hashed = passwords.hash(temporary)
    version = int(now.timestamp() * 1000)
    letter = {"temporary_password": temporary, "requested_from": actor.address}
    sealed = envelope.seal(packet_id, "mail", version, letter).model_dump()

    def decide(packet: Packet) -> Change | None:
        if not admits(packet, now):
            return None
        access = packets.find(Access, packet.id) or Access(packet_id=packet.id)
        number = access.temporary_count + 1
        after = access.model_copy(
            update={
                "password_hash": None,
                "temporary_hash": hashed,
                "temporary_until": now + life,
                "temporary_count": number,
                "spent_hash": None,
                "failed_tries": 0,
            }
        )
        row = send_letter(
            packet.id, Letter.TEMPORARY_PASSWORD, number, now, version=version, seconds=int(life.total_seconds())
        )
        event = Event(type=EventType.ACCESS_TEMP_PASSWORD_REQUESTED, at=now, actor=actor, data={"number": number})
        return Change(packet=packet, events=[event], effects=[row.carrying(sealed)], puts=[after])

    if link is not None:
        packets.change(packet_id, decide)


def log_in(
    *,
    packets: Packets,
    attempts: Attempts,
    limits: Limits,
    passwords: Passwords,
    ids: Ids,
    clock: Clock,
    allowed: AccessLimits,
    secret: str,
    password: str,
    actor: Actor,
    replaces: str | None = None,
) -> SignedIn:
    """Open a session with the link's secret and a password; `replaces` is the fingerprint of the session it takes over.

    Raises InvalidCredentials, TooManyAttempts, Unavailable.
    """
    now = clock.now()
    limits.hit(f"login#{actor.address}", window=rules.LOGIN_RULE.window, limit=allowed.logins_per_address, now=now)
    mark = fingerprint(secret)
    link = packets.find(Link, mark)
    packet_id = link.packet_id if link else NOBODY
    access = packets.find(Access, packet_id) or Access(packet_id=packet_id)
    tries = f"login#{mark}#{access.temporary_count}"  # a new temporary password starts a new count
    hashed = access.password_hash
    if access.temporary_hash and access.temporary_until and now < access.temporary_until:
        hashed = access.temporary_hash
    locked: TooManyAttempts | None = None
    number = 0
    try:
        number = attempts.begin(tries, rules.LOGIN_RULE, now)
    except TooManyAttempts as refusal:
        if hashed is None or hashed != access.temporary_hash:
            raise
        locked = refusal  # a correct temporary password lets in even now, so that nobody can lock an agent out
        limits.hit(f"tries#{tries}", window=rules.LOGIN_RULE.window, limit=rules.TEMPORARY_TRIES, now=now)
    if not passwords.matches(normal(password), hashed):
        if locked:
            raise locked
        if link is not None:
            _record_failure(packets, packet_id, number, now, actor)
        raise InvalidCredentials()
    attempts.succeeded(tries)
    return _open_session(packets, passwords, ids, packet_id, hashed, password, now, actor, replaces)


@dataclass(frozen=True)
class NewPassword:
    """What was typed to change a password; the current one is asked for unless a temporary one was just used."""

    new: str
    confirmed: str
    current: str | None = None


def change_password(
    *,
    packets: Packets,
    attempts: Attempts,
    passwords: Passwords,
    ids: Ids,
    clock: Clock,
    policy: PasswordPolicy,
    companies: Iterable[str],
    packet_id: str,
    session: str,
    typed: NewPassword,
    actor: Actor,
) -> SignedIn:
    """Set the agent's own password and rotate the session; every other session ends.

    Raises WeakPassword naming every broken rule, InvalidRequest for a missing or wrong current password, NotSignedIn if
    the session ended meanwhile, TooManyAttempts at the current password.
    """
    now = clock.now()
    packet = packets.load(packet_id)
    access = packets.find(Access, packet_id) or Access(packet_id=packet_id)
    if not live_session(packets, packet, session, now).must_change_password:
        _prove_current(attempts, passwords, access, typed.current, now)
    _refuse_weak(passwords, policy, context_words(packet, *companies), access, typed)
    hashed = passwords.hash(normal(typed.new))
    token = ids.secret()

    def decide(packet: Packet) -> Change:
        current = live_session(packets, packet, session, now)
        access = packets.find(Access, packet.id) or Access(packet_id=packet.id)
        after = access.model_copy(
            update={
                "password_hash": hashed,
                "temporary_hash": None,
                "temporary_until": None,
                "spent_hash": None,
                "password_count": access.password_count + 1,
                "failed_tries": 0,
            }
        )
        others = sessions(packets, packet.id)
        fresh = _session(token, packet.id, now, actor, must_change=False)
        event = Event(
            type=EventType.ACCESS_PASSWORD_SET,
            at=now,
            actor=actor,
            data={"number": after.password_count, "sessions_ended": len(others) - 1, "session": fresh.fingerprint[:16]},
        )
        return Change(
            packet=packet,
            events=[event],
            effects=[send_letter(packet.id, Letter.PASSWORD_CHANGED, after.password_count, now, address=actor.address)],
            puts=[after],
            claims=[fresh],
            drops=others or [current],
        )

    packet = packets.change(packet_id, decide).packet
    return SignedIn(token, _session(token, packet.id, now, actor, must_change=False), packet)


def _prove_current(
    attempts: Attempts, passwords: Passwords, access: Access, current: str | None, now: datetime
) -> None:
    """A stolen session alone must not be enough to take the packet over. Raises InvalidRequest, TooManyAttempts."""
    if current is None:
        raise _wrong_current("required", "Enter your current password as well.")
    attempts.begin(f"change#{access.packet_id}", rules.LOGIN_RULE, now)
    if not passwords.matches(normal(current), access.password_hash):
        raise _wrong_current("wrong", "This is not your current password.")
    attempts.succeeded(f"change#{access.packet_id}")


def _wrong_current(rule: str, message: str) -> InvalidRequest:
    return InvalidRequest(message, errors=[{"field": "current_password", "rule": rule, "message": message}])


def _refuse_weak(
    passwords: Passwords, policy: PasswordPolicy, context: frozenset[str], access: Access, typed: NewPassword
) -> None:
    """Raises WeakPassword."""
    found = list(broken_rules(policy, typed.new, context))
    if access.spent_hash and passwords.matches(normal(typed.new), access.spent_hash):
        message = "The temporary password cannot stay. Choose another."
        found.append(Rejection(field=FIELD, rule="temporary", message=message))
    if normal(typed.new) != normal(typed.confirmed):
        message = "The two passwords are not the same."
        found.append(Rejection(field="confirm_password", rule="mismatch", message=message))
    if found:
        detail = " ".join(one.message for one in found)
        raise WeakPassword(detail, errors=[one.model_dump() for one in found])


def log_out(*, packets: Packets, clock: Clock, packet_id: str, session: str, actor: Actor) -> None:
    """End a session; one that is gone already stays gone."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        current = packets.find(Session, session)
        if current is None:
            return None
        return Change(
            packet=packet, events=[Event(type=EventType.ACCESS_LOGGED_OUT, at=now, actor=actor)], drops=[current]
        )

    packets.change(packet_id, decide)


def who_is(*, packets: Packets, clock: Clock, token: str) -> tuple[Session, Packet]:
    """The live session of a token, seen now, and its packet. Raises NotSignedIn, Unavailable."""
    now = clock.now()
    session = packets.find(Session, fingerprint(token))
    if session is None or not is_live(session, now):
        raise NotSignedIn()
    packet = packets.load(session.packet_id)
    if not admits(packet, now):
        raise NotSignedIn()
    if now - session.last_seen_at >= rules.SEEN_EVERY:
        packets.refresh(session.model_copy(update={"last_seen_at": now}))
    return session, packet


def live_session(packets: Packets, packet: Packet, session: str, now: datetime) -> Session:
    """Raises NotSignedIn."""
    found = packets.find(Session, session)
    if found is None or found.packet_id != packet.id or not is_live(found, now) or not admits(packet, now):
        raise NotSignedIn()
    return found


def _open_session(
    packets: Packets,
    passwords: Passwords,
    ids: Ids,
    packet_id: str,
    hashed: str | None,
    password: str,
    now: datetime,
    actor: Actor,
    replaces: str | None,
) -> SignedIn:
    """One commit: the session stands, a temporary password is spent. Raises InvalidCredentials if it was before."""
    token = ids.secret()
    rehashed = passwords.hash(normal(password)) if hashed and passwords.outdated(hashed) else hashed
    opened: list[Session] = []

    def decide(packet: Packet) -> Change:
        access = packets.find(Access, packet.id)
        if access is None or hashed not in (access.password_hash, access.temporary_hash) or not admits(packet, now):
            raise InvalidCredentials()
        temporary = hashed == access.temporary_hash
        fresh = _session(token, packet.id, now, actor, must_change=temporary)
        opened[:] = [fresh]
        spent = {"temporary_hash": None, "temporary_until": None, "spent_hash": hashed} if temporary else {}
        kept = {} if temporary else {"password_hash": rehashed}
        after = access.model_copy(update={"failed_tries": 0, **spent, **kept})
        data = {"temporary": temporary, "session": fresh.fingerprint[:16]}
        return Change(
            packet=_come_in(packet, now),
            events=[Event(type=EventType.ACCESS_LOGIN_OK, at=now, actor=actor, data=data)],
            puts=[after],
            claims=[fresh],
            drops=_superfluous(sessions(packets, packet.id), replaces, now),
        )

    packet = packets.change(packet_id, decide).packet
    return SignedIn(token, opened[0], packet)


def _session(token: str, packet_id: str, now: datetime, actor: Actor, *, must_change: bool) -> Session:
    return Session(
        fingerprint=fingerprint(token),
        packet_id=packet_id,
        created_at=now,
        last_seen_at=now,
        ends_at=now + rules.ABSOLUTE,
        must_change_password=must_change,
        user_agent_hash=fingerprint(actor.user_agent),
    )


def _come_in(packet: Packet, now: datetime) -> Packet:
    """The first log-in begins the interview; from then on only the expiry is waited for."""
    if packet.status is not Status.INVITED:
        return packet
    return packet.move(Status.IN_PROGRESS, now).having(due_at=packet.expires_at)


def _superfluous(standing: list[Session], replaces: str | None, now: datetime) -> list[Record]:
    """The session that is rotated, those that are over, and the oldest beyond the allowed number."""
    over = [one for one in standing if one.fingerprint == replaces or not is_live(one, now)]
    live = [one for one in standing if one not in over]
    return [*over, *live[: max(0, len(live) + 1 - rules.PARALLEL_SESSIONS)]]


def _record_failure(packets: Packets, packet_id: str, number: int, now: datetime, actor: Actor) -> None:
    """A failed try on the audit trail; when it brings the lock, the agent is told."""

    def decide(packet: Packet) -> Change | None:
        if not admits(packet, now):
            return None
        access = packets.find(Access, packet.id) or Access(packet_id=packet.id)
        failed = access.failed_tries + 1
        locks = number == rules.LOGIN_RULE.limit
        after = access.model_copy(
            update={
                "failed_tries": failed,
                "locks": access.locks + locks,
                "password_hash": None if failed >= rules.CONSECUTIVE_FAILURES else access.password_hash,
            }
        )
        events = [Event(type=EventType.ACCESS_LOGIN_FAILED, at=now, actor=actor, data={"try": number})]
        if locks:
            events.append(Event(type=EventType.ACCESS_LOCKED, at=now, actor=actor, data={"lock": after.locks}))
        letters = [send_letter(packet.id, Letter.LOCKED, after.locks, now, address=actor.address)] if locks else []
        return Change(packet=packet, events=events, effects=letters, puts=[after])

    packets.change(packet_id, decide)
