"""Confirming a changed e-mail address by a code mailed to it; until then letters keep going to the old one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from econtracting import ports
from econtracting.domain.access.access import LOGIN_RULE
from econtracting.domain.access.contact import CODES_PER_HOUR, EmailChange
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import Conflict, InvalidRequest, InvalidTransition
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.person import paths_of, person
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType
from econtracting.ports import Change
from econtracting.usecases.interview.answering import PacketTypes, require_agreement, saved_sections
from econtracting.usecases.invitations import places


def ask_for_code(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    envelope: ports.Envelope,
    passwords: ports.Passwords,
    limits: ports.Limits,
    ids: ports.Ids,
    clock: ports.Clock,
    life: timedelta,
    packet_id: str,
    actor: Actor,
) -> None:
    """Mail a code to the address the agent told; earlier codes are void.

    Raises Conflict (nothing-to-confirm) if letters go to that address already, TooManyAttempts, InvalidTransition.
    """
    now = clock.now()
    limits.hit(f"email#{packet_id}", window=timedelta(hours=1), limit=CODES_PER_HOUR, now=now)
    code = ids.access_code()
    hashed = passwords.hash(code)
    version = int(now.timestamp() * 1000)

    def decide(packet: Packet) -> Change:
        email = _told(packets, packet_types(packet.type), packet)
        before = packets.find(EmailChange, packet_id)
        number = before.number + 1 if before else 1
        change = EmailChange(packet_id=packet_id, email=email, code_hash=hashed, until=now + life, number=number)
        sealed = envelope.seal(packet_id, "mail", version, {"to": email, "code": code}).model_dump()
        letter = send_letter(
            packet_id, Letter.EMAIL_CODE, number, now, version=version, seconds=int(life.total_seconds())
        )
        event = Event(type=EventType.CONTACT_EMAIL_CODE_REQUESTED, at=now, actor=actor, data={"number": number})
        return Change(packet, events=[event], effects=[letter.carrying(sealed)], puts=[change])

    packets.change(packet_id, decide)


def confirm(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    envelope: ports.Envelope,
    passwords: ports.Passwords,
    attempts: ports.Attempts,
    clock: ports.Clock,
    packet_id: str,
    code: str,
    actor: Actor,
) -> dict[str, Any]:
    """Let letters go to the new address from now on; the old one is told.

    Raises InvalidRequest for a wrong or late code, TooManyAttempts, Conflict if the address was changed meanwhile,
    PacketAlreadyOpen if the agency has another open packet for the address.
    """
    now = clock.now()
    asked = packets.find(EmailChange, packet_id)
    tries = f"email#{packet_id}#{asked.number if asked else 0}"
    attempts.begin(tries, LOGIN_RULE, now)
    hashed = asked.code_hash if asked and now < asked.until else None
    if not passwords.matches(code.replace("-", "").replace(" ", "").upper(), hashed) or asked is None:
        message = "This is not the code of our latest mail, or it is too old. Ask for a new one."
        raise InvalidRequest(errors=[{"field": "code", "rule": "code", "message": message}])
    attempts.succeeded(tries)
    version = int(now.timestamp() * 1000)

    def decide(packet: Packet) -> Change:
        definition = packet_types(packet.type)
        if _told(packets, definition, packet) != asked.email or packets.find(EmailChange, packet_id) != asked:
            raise Conflict("The address was changed meanwhile. Ask for a new code.", code="nothing-to-confirm")
        old, after = packet.agent.email, packet.having(agent=packet.agent.model_copy(update={"email": asked.email}))
        claims, drops = places.moves(packets, packet, after)
        sealed = envelope.seal(packet_id, "mail", version, {"to": old}).model_dump()
        notice = send_letter(packet_id, Letter.EMAIL_CHANGED, asked.number, now, version=version)
        return Change(
            after,
            events=[Event(type=EventType.CONTACT_EMAIL_CONFIRMED, at=now, actor=actor, data={"number": asked.number})],
            effects=[notice.carrying(sealed)],
            puts=[asked.model_copy(update={"code_hash": None}), *_without_remark(packets, definition, packet_id)],
            claims=claims,
            drops=drops,
            answer={"email": asked.email},
        )

    confirmed: dict[str, Any] = places.change(packets, clock, packet_id, decide).answer
    return confirmed


def _told(packets: ports.Packets, definition: PacketType, packet: Packet) -> str:
    """The complete answer that is another address than the one letters go to."""
    require_agreement(packet, definition)
    if packet.ended:
        raise InvalidTransition(status=packet.status.value)
    complete = {name: one.public for name, one in saved_sections(packets, packet.id).items() if one.complete}
    email: str | None = person(definition.interview, complete).get("email")
    if email is None or email.casefold() == packet.agent.email.casefold():
        raise Conflict("Letters go to the address you told.", code="nothing-to-confirm")
    return email


def _without_remark(packets: ports.Packets, definition: PacketType, packet_id: str) -> list[Section]:
    """The sections whose remark about an unconfirmed address is settled."""
    mended = []
    for path in paths_of(definition.interview, "email"):
        name, field = path.split(".", 1)
        section = packets.find(Section, packet_id, name)
        if section is not None:
            kept = tuple(
                one for one in section.warnings if (one["field"], one["rule"]) != (field, "differs-from-invitation")
            )
            mended.append(section.model_copy(update={"warnings": kept}))
    return mended
