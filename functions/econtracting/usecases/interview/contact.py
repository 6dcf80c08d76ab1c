"""Confirming a changed e-mail address by a code mailed to it; until then letters keep going to the old one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from econtracting import ports
from econtracting.domain.access.access import LOGIN_RULE
from econtracting.domain.access.contact import CODES_PER_HOUR, EmailChange
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.days import here
from econtracting.domain.errors import Conflict, InvalidRequest, InvalidTransition
from econtracting.domain.fields import characters
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.person import paths_of, person
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType
from econtracting.ports import Change
from econtracting.usecases.interview.answering import require_agreement, saved_sections
from econtracting.usecases.invitations import places
from econtracting.views.interview import ConfirmedEmailView, EmailCodeView


@dataclass(frozen=True)
class EmailChanges:
    """Codes live for `life`."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    envelope: ports.Envelope
    passwords: ports.Passwords
    limits: ports.Limits
    attempts: ports.Attempts
    ids: ports.Ids
    clock: ports.Clock
    life: timedelta

    def ask_for_code(self, agent: Agent) -> EmailCodeView:
        """Mail a code to the address the agent told; earlier codes are void.

        Raises Conflict (nothing-to-confirm) if letters go to that address already, TooManyAttempts, InvalidTransition.
        """
        if self.packets.answered(agent.request):
            return EmailCodeView()
        now = self.clock.now()
        self.limits.hit(f"email#{agent.packet_id}", window=timedelta(hours=1), limit=CODES_PER_HOUR, now=now)
        code = self.ids.access_code()
        hashed = self.passwords.hash(code)
        version = int(now.timestamp() * 1000)

        def decide(packet: Packet) -> Change:
            email = _new_address(self.packets, self.packet_types(packet.type), packet)
            before = self.packets.find(EmailChange, packet.id)
            number = before.number + 1 if before else 1
            until, seconds = now + self.life, int(self.life.total_seconds())
            change = EmailChange(packet_id=packet.id, email=email, code_hash=hashed, until=until, number=number)
            sealed = self.envelope.seal(packet.id, "mail", version, {"to": email, "code": code}).model_dump()
            letter = send_letter(packet.id, Letter.EMAIL_CODE, number, now, version=version, seconds=seconds)
            data = {"number": number}
            event = Event(type=EventType.CONTACT_EMAIL_CODE_REQUESTED, at=now, actor=agent.actor, data=data)
            effects, answer = [letter.carrying(sealed)], EmailCodeView()
            return Change(packet, events=[event], effects=effects, puts=[change], answer=answer)

        self.packets.change(agent.packet_id, decide, agent.request)
        return EmailCodeView()

    def confirm(self, agent: Agent, code: str) -> ConfirmedEmailView:
        """Let letters go to the new address from now on; the old one is told.

        Raises InvalidRequest for a wrong or late code, TooManyAttempts, Conflict if the address was changed meanwhile,
        PacketAlreadyOpen if the agency has another open packet for the address.
        """
        packets, now = self.packets, self.clock.now()
        asked = self._prove(agent.packet_id, code, now)
        version = int(now.timestamp() * 1000)

        def decide(packet: Packet) -> Change:
            definition = self.packet_types(packet.type)
            if (
                _new_address(packets, definition, packet) != asked.email
                or packets.find(EmailChange, packet.id) != asked
            ):
                raise Conflict("The address was changed meanwhile. Ask for a new code.", code="nothing-to-confirm")
            after = packet.change_email(asked.email)
            claims, drops = places.moves(packets, packet, after)
            sealed = self.envelope.seal(packet.id, "mail", version, {"to": packet.agent.email}).model_dump()
            where = here(agent.time_zone, packet.lives_in, now) if agent.time_zone else None
            notice = send_letter(packet.id, Letter.EMAIL_CHANGED, asked.number, now, version=version, here=where)
            data = {"number": asked.number}
            return Change(
                after,
                events=[Event(type=EventType.CONTACT_EMAIL_CONFIRMED, at=now, actor=agent.actor, data=data)],
                effects=[notice.carrying(sealed)],
                puts=[asked.use(), *_without_remark(packets, definition, packet.id)],
                claims=claims,
                drops=drops,
                answer=ConfirmedEmailView(email=asked.email),
            )

        return ConfirmedEmailView.again(places.change(packets, self.clock, agent.packet_id, decide).answer)

    def _prove(self, packet_id: str, code: str, now: datetime) -> EmailChange:
        """The change that the code was mailed for. Raises InvalidRequest, TooManyAttempts."""
        asked = self.packets.find(EmailChange, packet_id)
        tries = f"email#{packet_id}#{asked.number if asked else 0}"
        self.attempts.begin(tries, LOGIN_RULE, now)
        hashed = asked.code_hash if asked and now < asked.until else None
        if (
            not self.passwords.matches(characters.code(code).replace("-", "").replace(" ", "").upper(), hashed)
            or asked is None
        ):
            message = "This is not the code of our latest mail, or it is too old. Ask for a new one."
            raise InvalidRequest(errors=[{"field": "code", "rule": "code", "message": message}])
        self.attempts.succeeded(tries)
        return asked


def _new_address(packets: ports.Packets, definition: PacketType, packet: Packet) -> str:
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
    settled = []
    for path in paths_of(definition.interview, "email"):
        name, field = path.split(".", 1)
        section = packets.find(Section, packet_id, name)
        if section is not None:
            settled.append(section.settle(field, "differs-from-invitation"))
    return settled
