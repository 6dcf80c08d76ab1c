"""Door 2: the agent's way in, from the invitation's link to a password of their own and a session.

The link locates a packet, the password lets in. Who does not know both learns nothing: an unknown link, an ended packet
and a wrong password are answered alike, after the same time. Sources: OWASP ASVS 5.0, chapters 6 and 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from econtracting.domain.access import access as rules
from econtracting.domain.access.access import Access, AccessLimits, Link, Session, admits, fingerprint, is_live
from econtracting.domain.access.invitation import Schedule, next_look
from econtracting.domain.access.passwords import FIELD, PasswordPolicy, broken_rules, context_words, normal
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.days import here
from econtracting.domain.errors import InvalidCredentials, InvalidRequest, NotSignedIn, TooManyAttempts, WeakPassword
from econtracting.domain.fields.rejections import Rejection
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Packet
from econtracting.domain.record import Record
from econtracting.domain.words import ENGLISH, joined
from econtracting.ports import Attempts, Change, Clock, Envelope, Ids, Limits, Packets, PacketTypes, Passwords
from econtracting.usecases.commit.endings import sessions
from econtracting.usecases.commit.standing import as_agent_sees
from econtracting.views.access import PasswordRequestedView, SessionView
from econtracting.views.base import spoken

ASKED = PasswordRequestedView(detail="If the link is right, a mail with a temporary password is on its way.")
NOBODY = "pkt_00000000000000000000000000"  # whose work is done when a link leads nowhere


@dataclass(frozen=True)
class SignedIn:
    """A session with the token that only the browser keeps, and the packet as its agent may see it."""

    token: str
    session: Session
    packet: Packet

    def view(self) -> SessionView:
        return SessionView.of(self.session, self.packet)


@dataclass(frozen=True)
class NewSession:
    """A session about to stand, with the token that only the browser keeps."""

    token: str
    packet_id: str
    at: datetime
    actor: Actor
    generation: int | None = None  # of the link it came with, if it came with one

    def session(self, *, must_change: bool) -> Session:
        return Session(
            fingerprint=fingerprint(self.token),
            packet_id=self.packet_id,
            created_at=self.at,
            last_seen_at=self.at,
            ends_at=self.at + rules.ABSOLUTE,
            must_change_password=must_change,
            user_agent_hash=fingerprint(self.actor.user_agent),
        )


@dataclass(frozen=True)
class NewPassword:
    """What was typed to change a password; the current one is asked for unless a temporary one was just used."""

    new: str
    confirmed: str
    current: str | None = None


@dataclass(frozen=True)
class TemporaryPasswords:
    """Mailing temporary passwords, which live for `life`."""

    packets: Packets
    limits: Limits
    passwords: Passwords
    envelope: Envelope
    ids: Ids
    clock: Clock
    allowed: AccessLimits
    life: timedelta

    def request(self, secret: str, actor: Actor, time_zone: str | None = None) -> PasswordRequestedView:
        """Mail a fresh temporary password to the packet's agent; every password before it is void from now on.

        Says nothing of whether there was someone to mail to, and does the same work if there was not. Raises
        Unavailable.
        """
        now = self.clock.now()
        mark = fingerprint(secret)
        try:
            for name, limit in (
                (f"password-mail#address#{actor.address}", self.allowed.mails_per_address),
                (f"password-mail#link#{mark}", self.allowed.mails_per_link),
            ):
                self.limits.hit(name, window=rules.PASSWORD_MAIL_WINDOW, limit=limit, now=now)
        except TooManyAttempts:
            return ASKED
        link = self.packets.find(Link, mark)
        packet_id = link.packet_id if link else NOBODY
        temporary = self.ids.temporary_password()
        hashed = self.passwords.hash(temporary)
        version = int(now.timestamp() * 1000)
        letter = {"temporary_password": temporary, "requested_from": actor.address}
        sealed = self.envelope.seal(packet_id, "mail", version, letter).model_dump()

        def decide(packet: Packet) -> Change | None:
            if not admits(packet, now) or link is None or link.generation != packet.invitation_generation:
                return None
            after = _access(self.packets, packet.id).issue_temporary(hashed, now + self.life)
            number, seconds = after.temporary_count, int(self.life.total_seconds())
            where = here(time_zone, packet.lives_in, now) if time_zone else None
            asked_in = spoken() if packet.language is None and spoken() != ENGLISH else None
            facts = {"version": version, "seconds": seconds, "here": where, "language": asked_in}
            row = send_letter(packet.id, Letter.TEMPORARY_PASSWORD, number, now, **facts)
            event = Event(type=EventType.ACCESS_TEMP_PASSWORD_REQUESTED, at=now, actor=actor, data={"number": number})
            return Change(packet=packet, events=[event], effects=[row.carrying(sealed)], puts=[after])

        if link is not None:
            self.packets.change(packet_id, decide)
        return ASKED


@dataclass(frozen=True)
class WayIn:
    """Logging in."""

    packets: Packets
    attempts: Attempts
    limits: Limits
    passwords: Passwords
    ids: Ids
    clock: Clock
    allowed: AccessLimits
    schedule: Schedule

    def log_in(self, secret: str, password: str, actor: Actor, replaces: str | None = None) -> SignedIn:
        """Open a session with the link's secret and a password; `replaces` is the token of the one it takes over.

        Raises InvalidCredentials, TooManyAttempts, Unavailable.
        """
        now = self.clock.now()
        allowed = self.allowed.logins_per_address
        self.limits.hit(f"login#{actor.address}", window=rules.LOGIN_RULE.window, limit=allowed, now=now)
        mark = fingerprint(secret)
        link = self.packets.find(Link, mark)
        packet_id = link.packet_id if link else NOBODY
        access = _access(self.packets, packet_id)
        tries = f"login#{mark}#{access.temporary_count}"  # a new temporary password starts a new count
        hashed = access.password_hash
        if access.temporary_hash and access.temporary_until and now < access.temporary_until:
            hashed = access.temporary_hash
        locked: TooManyAttempts | None = None
        number = 0
        try:
            number = self.attempts.begin(tries, rules.LOGIN_RULE, now)
        except TooManyAttempts as refusal:
            if hashed is None or hashed != access.temporary_hash:
                raise
            locked = refusal  # a correct temporary password lets in even now, so that no one can lock an agent out
            self.limits.hit(f"tries#{tries}", window=rules.LOGIN_RULE.window, limit=rules.TEMPORARY_TRIES, now=now)
        if not self.passwords.matches(normal(password), hashed):
            if locked:
                raise locked
            if link is not None:
                _record_failure(self.packets, packet_id, number, now, actor)
            raise InvalidCredentials()
        self.attempts.succeeded(tries)
        new = NewSession(self.ids.secret(), packet_id, now, actor, link.generation if link else None)
        return self._open_session(new, hashed, password, fingerprint(replaces) if replaces else None)

    def _open_session(self, new: NewSession, hashed: str | None, password: str, replaces: str | None) -> SignedIn:
        """One commit: the session stands, a temporary password is spent. Raises InvalidCredentials if it was before."""
        now = new.at
        outdated = hashed and self.passwords.outdated(hashed)
        rehashed = self.passwords.hash(normal(password)) if outdated else hashed
        opened: list[Session] = []

        def decide(packet: Packet) -> Change:
            access = self.packets.find(Access, packet.id)
            if access is None or hashed not in (access.password_hash, access.temporary_hash) or not admits(packet, now):
                raise InvalidCredentials()
            if new.generation != packet.invitation_generation:
                raise InvalidCredentials()
            temporary = hashed == access.temporary_hash
            fresh = new.session(must_change=temporary)
            opened[:] = [fresh]
            data = {"temporary": temporary, "session": fresh.fingerprint[:16]}
            begun = packet.begin(now)
            if begun is not packet:
                begun = begun.look_at(next_look(begun, self.schedule, now))
            return Change(
                packet=begun,
                events=[Event(type=EventType.ACCESS_LOGIN_OK, at=now, actor=new.actor, data=data)],
                puts=[access.spend_temporary() if temporary else access.let_in(rehashed)],
                claims=[fresh],
                drops=_superfluous(sessions(self.packets, packet.id), replaces, now),
            )

        packet = self.packets.change(new.packet_id, decide).packet
        return SignedIn(new.token, opened[0], as_agent_sees(self.packets, packet))


@dataclass(frozen=True)
class OwnPasswords:
    """Setting the agent's own password."""

    packets: Packets
    packet_types: PacketTypes
    attempts: Attempts
    passwords: Passwords
    ids: Ids
    clock: Clock
    policy: PasswordPolicy

    def change(self, agent: Agent, typed: NewPassword) -> SignedIn:
        """Set the agent's own password and rotate the session; every other session ends.

        Raises WeakPassword naming every broken rule, InvalidRequest for a missing or wrong current password,
        NotSignedIn if the session ended meanwhile, TooManyAttempts at the current password.
        """
        packets, now = self.packets, self.clock.now()
        packet = packets.load(agent.packet_id)
        access = _access(packets, packet.id)
        if not live_session(packets, packet, agent.session, now).must_change_password:
            self._prove_current(access, typed.current, now)
        carrier = self.packet_types(packet.type).carrier
        self._refuse_weak(context_words(packet, carrier.name, carrier.legal_name), access, typed)
        hashed = self.passwords.hash(normal(typed.new))
        fresh = NewSession(self.ids.secret(), packet.id, now, agent.actor)

        def decide(packet: Packet) -> Change:
            current = live_session(packets, packet, agent.session, now)
            after = _access(packets, packet.id).set_password(hashed)
            number = after.password_count
            others = sessions(packets, packet.id)
            session = fresh.session(must_change=False)
            data = {"number": number, "sessions_ended": len(others) - 1, "session": session.fingerprint[:16]}
            where = here(agent.time_zone, packet.lives_in, now) if agent.time_zone else None
            notice = send_letter(
                packet.id, Letter.PASSWORD_CHANGED, number, now, address=agent.actor.address, here=where
            )
            return Change(
                packet=packet,
                events=[Event(type=EventType.ACCESS_PASSWORD_SET, at=now, actor=agent.actor, data=data)],
                effects=[notice],
                puts=[after],
                claims=[session],
                drops=others or [current],
            )

        packet = packets.change(packet.id, decide).packet
        return SignedIn(fresh.token, fresh.session(must_change=False), as_agent_sees(packets, packet))

    def _prove_current(self, access: Access, current: str | None, now: datetime) -> None:
        """A stolen session alone must not be enough to take the packet over. Raises InvalidRequest, TooManyAttempts."""
        if current is None:
            raise _wrong_current("required", "Enter your current password as well.")
        self.attempts.begin(f"change#{access.packet_id}", rules.LOGIN_RULE, now)
        if not self.passwords.matches(normal(current), access.password_hash):
            raise _wrong_current("wrong", "This is not your current password.")
        self.attempts.succeeded(f"change#{access.packet_id}")

    def _refuse_weak(self, context: frozenset[str], access: Access, typed: NewPassword) -> None:
        """Raises WeakPassword."""
        found = list(broken_rules(self.policy, typed.new, context))
        if access.spent_hash and self.passwords.matches(normal(typed.new), access.spent_hash):
            message = "The temporary password cannot stay. Choose another."
            found.append(Rejection(field=FIELD, rule="temporary", message=message))
        if normal(typed.new) != normal(typed.confirmed):
            message = "The two passwords are not the same."
            found.append(Rejection(field="confirm_password", rule="mismatch", message=message))
        if found:
            detail = joined((one.message for one in found), by=" ")
            raise WeakPassword(detail, errors=[one.model_dump() for one in found])


@dataclass(frozen=True)
class Sessions:
    """Standing sessions."""

    packets: Packets
    clock: Clock

    def find(self, token: str) -> tuple[Session, Packet]:
        """The live session of a token, seen now, and its packet. Raises NotSignedIn, Unavailable."""
        now = self.clock.now()
        session = self.packets.find(Session, fingerprint(token))
        if session is None or not is_live(session, now):
            raise NotSignedIn()
        packet = self.packets.load(session.packet_id)
        if not admits(packet, now):
            raise NotSignedIn()
        if now - session.last_seen_at >= rules.SEEN_EVERY:
            self.packets.refresh(session.see(now))
        return session, packet

    def current(self, agent: Agent) -> SessionView:
        """The session the agent's request came with. Raises NotSignedIn."""
        packet = self.packets.load(agent.packet_id)
        session = live_session(self.packets, packet, agent.session, self.clock.now())
        return SessionView.of(session, as_agent_sees(self.packets, packet))

    def log_out(self, agent: Agent) -> None:
        """End a session; one that is gone already stays gone."""
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            current = self.packets.find(Session, agent.session)
            if current is None:
                return None
            event = Event(type=EventType.ACCESS_LOGGED_OUT, at=now, actor=agent.actor)
            return Change(packet=packet, events=[event], drops=[current])

        self.packets.change(agent.packet_id, decide)


def live_session(packets: Packets, packet: Packet, session: str, now: datetime) -> Session:
    """Raises NotSignedIn."""
    found = packets.find(Session, session)
    if found is None or found.packet_id != packet.id or not is_live(found, now) or not admits(packet, now):
        raise NotSignedIn()
    return found


def _access(packets: Packets, packet_id: str) -> Access:
    return packets.find(Access, packet_id) or Access(packet_id=packet_id)


def _wrong_current(rule: str, message: str) -> InvalidRequest:
    return InvalidRequest(message, errors=[{"field": "current_password", "rule": rule, "message": message}])


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
        locks = number == rules.LOGIN_RULE.limit
        after = _access(packets, packet.id).count_failure(locks=locks)
        events = [Event(type=EventType.ACCESS_LOGIN_FAILED, at=now, actor=actor, data={"try": number})]
        if locks:
            events.append(Event(type=EventType.ACCESS_LOCKED, at=now, actor=actor, data={"lock": after.locks}))
        letters = [send_letter(packet.id, Letter.LOCKED, after.locks, now, address=actor.address)] if locks else []
        return Change(packet=packet, events=events, effects=letters, puts=[after])

    packets.change(packet_id, decide)
