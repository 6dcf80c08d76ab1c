"""The invitation: what a recruiter writes, how long it lives, and when it reminds."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from econtracting.domain.access.access import OpenPacket, fingerprint
from econtracting.domain.fields import contact as contact_rules
from econtracting.domain.fields import identity as identity_rules
from econtracting.domain.fields import us
from econtracting.domain.fields.characters import code, plain_widths
from econtracting.domain.fields.names import folded, same_name
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.fields.text import clean, no_address, person_name, showable
from econtracting.domain.moment import Moment
from econtracting.domain.packet import Delivery, InvitedAgent, Packet, Status
from econtracting.domain.record import Record
from econtracting.domain.words import Language

ORGANIZATION_LENGTH = 120
REASON_LENGTH = 500
LONGEST_EXTENSION = 180  # days
RESENDS_PER_HOUR = 5
MOST_REMINDERS = 10  # in a packet's life, wherever it stands

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def no_formula(text: str) -> str:
    """Text that a spreadsheet will not take for a formula. Raises Refusal: formula (OWASP, CSV injection)."""
    if text.startswith(_FORMULA_STARTS):
        raise Refusal("formula", "This cannot begin with =, +, - or @.")
    return text


def _name(raw: str) -> str:
    return no_formula(person_name(raw))


def _label(raw: str) -> str:
    text = no_formula(clean(plain_widths(raw), ORGANIZATION_LENGTH))
    if not any(character.isalnum() for character in text) or any(character in "<>" for character in text):
        raise Refusal("name-characters", "Please write the name in words.")
    return no_address(showable(text))


def _reason(raw: str) -> str:
    text = clean(raw, REASON_LENGTH, lines=True)
    if not text:
        raise Refusal("required", "Please say why, in a few words.")
    return text


def _email(raw: str) -> str:
    return no_formula(contact_rules.email(raw))


def is_agency_id(text: str) -> bool:
    """Whether an agency can have this id."""
    return 0 < len(text) <= 64 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()


def _agency_id(raw: str) -> str:
    text = code(raw)
    if not is_agency_id(text):
        raise Refusal("agency-id", "An agency's id has up to 64 letters, digits, hyphens and underscores.")
    return text


def _level(raw: Any) -> Any:
    if isinstance(raw, str):
        return code(raw)
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


_YES, _NO = frozenset("yes y true t 1 on si s\u00ed".split()), frozenset("no n false f 0 off".split())


def _yes_or_no(raw: Any) -> bool:
    """What a program or a cell says to a question. Raises PydanticCustomError: yes-or-no."""
    if isinstance(raw, bool):
        return raw
    told = unicodedata.normalize("NFC", code(raw)).casefold() if isinstance(raw, str) else str(raw)
    if told in _YES or told in _NO:
        return told in _YES
    raise PydanticCustomError("yes-or-no", "Please write yes or no.")


def _validated_by(rule: Callable[[str], str]) -> BeforeValidator:
    """A field rule of the domain as pydantic hears it: with our rule word and our message."""

    def validate(raw: Any) -> str:
        if not isinstance(raw, str):
            raise PydanticCustomError("text", "Please write this as text.")
        try:
            return rule(raw)
        except Refusal as refusal:
            raise PydanticCustomError(refusal.rule, "{message}", {"message": refusal.message}) from None

    return BeforeValidator(validate)


YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]
PersonName = Annotated[str, _validated_by(_name)]
Label = Annotated[str, _validated_by(_label)]
Email = Annotated[str, _validated_by(_email)]
Phone = Annotated[str, _validated_by(contact_rules.phone)]
Npn = Annotated[str, _validated_by(identity_rules.npn)]
AgencyId = Annotated[str, _validated_by(_agency_id)]
State = Annotated[str, _validated_by(us.state)]  # as people write it; what is kept is a us.State
Level = Annotated[str, BeforeValidator(_level), Field(min_length=1, max_length=20)]
States = Annotated[tuple[State, ...], Field(max_length=len(us.STATES))]
Reason = Annotated[str, _validated_by(_reason)]


class AgentDetails(Record):
    """The producer to be invited. `shares_email` says that somebody else of the agency's uses the address too, as
    spouses do: the packet of the one is not taken for the other's.
    """

    first_name: PersonName
    middle_name: PersonName | None = None
    last_name: PersonName
    email: Email
    npn: Npn | None = None
    shares_email: YesNo = False

    def invited(self) -> InvitedAgent:
        return InvitedAgent(**self.model_dump())


class RecruiterDetails(Record):
    """Whom the agent asks, and who is told what becomes of the invitation."""

    name: Label
    email: Email
    phone: Phone


class AgencyDetails(Record):
    id: AgencyId
    name: Label


class AgencyName(Record):
    """What an agency is called: the first invitation says it, the contracting department may change it."""

    agency_id: str
    name: str
    named_by: str  # whose word it is: the staff token's subject
    named_at: Moment

    def means(self, name: str) -> bool:
        """Whether the name is this one, however its letters, apostrophes and hyphens are written."""
        return same_name(self.name, name)


class Invitation(Record):
    """What a recruiter writes; how it is normalized is how it is stored."""

    agent: AgentDetails
    recruiter: RecruiterDetails
    agency: AgencyDetails
    level: Level
    pre_appointment_states: States = ()
    language: Language | None = None


class RowOutcome(StrEnum):
    """What became of a row of a file of invitations."""

    VALID = "valid"  # would be invited; nothing was written
    CREATED = "created"
    REFUSED = "refused"
    NOT_ATTEMPTED = "not-attempted"  # the time of one call was over


class Schedule(Record):
    """How long an invitation lives and when it reminds: some times after its creation, or after the agent came to where
    they are, and once before it expires."""

    life: timedelta
    reminders: tuple[timedelta, ...]
    last_before_expiry: timedelta


def reminder_times(packet: Packet, schedule: Schedule) -> list[datetime]:
    """When the agent is reminded where the packet stands now, as far as it is not done yet.

    Nobody is reminded who wants no reminders or had the most there are; a mail that cannot be delivered is not
    repeated.
    """
    silent = packet.reminders_stopped_at is not None or packet.delivery == Delivery.UNDELIVERABLE
    if silent or packet.reminders_sent >= MOST_REMINDERS or not packet.before_submission:
        return []
    begun = packet.created_at if packet.status is Status.INVITED else packet.status_at
    times = [*(begun + offset for offset in schedule.reminders), packet.expires_at - schedule.last_before_expiry]
    return sorted(at for at in times if begun < at < packet.expires_at)


def quiet_time(schedule: Schedule) -> timedelta:
    """How long nobody is reminded who was here."""
    return min(schedule.reminders, default=schedule.last_before_expiry)


def next_look(packet: Packet, schedule: Schedule, after: datetime, active_at: datetime | None = None) -> datetime:
    """When someone has to look at a packet before submission: at its next reminder, or when it expires.

    Once the agent has come in, at least as often as the first reminder takes: what they did meanwhile, and where they
    went on to, moves the next one.
    """
    times = reminder_times(packet, schedule)
    ahead = min((at for at in times if after < at), default=packet.expires_at)
    if packet.status is Status.INVITED or not times:
        return ahead
    rested = (active_at or after) + quiet_time(schedule)
    return min(ahead, rested) if rested > after else ahead


def reminder_due(packet: Packet, schedule: Schedule, now: datetime, active_at: datetime | None) -> bool:
    """Whether the agent is reminded now. Who was here not long ago is not, unless the invitation is about to expire.

    `active_at` is when the agent last did something.
    """
    begun = packet.created_at if packet.status is Status.INVITED else packet.status_at
    since = max(begun, packet.reminded_at or begun)
    passed = [at for at in reminder_times(packet, schedule) if since < at <= now]
    pressing = packet.expires_at - schedule.last_before_expiry in passed
    busy = active_at is not None and active_at + quiet_time(schedule) > now
    return bool(passed) and (pressing or not busy)


def email_place(agent: InvitedAgent) -> str:
    """What an agent's address is taken as among an agency's open packets; a shared one together with the name."""
    return email_places(agent)[1 if agent.shares_email else 0]


def email_places(agent: InvitedAgent) -> tuple[str, str]:
    """What the address is taken as by one person alone, and by this person beside others."""
    address = agent.email.casefold()
    return address, f"{address}#{fingerprint(folded(agent.full_name))[:16]}"


def places(packet: Packet) -> tuple[OpenPacket, ...]:
    """The places an open packet takes, so that no one opens a second one for its agent; given back when it ends.

    The NPN the agent confirmed counts before the one the recruiter told.
    """
    taken = [("email", email_place(packet.agent))]
    if npn := packet.npn or packet.agent.npn:
        taken.append(("npn", npn))
    return tuple(
        OpenPacket(agency_id=packet.agency.id, kind=kind, value=value, packet_id=packet.id) for kind, value in taken
    )
