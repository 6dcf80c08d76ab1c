"""Sending a letter that the outbox asks for: what it needs is gathered at the last moment and stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import ceil
from typing import Any

from econtracting import ports
from econtracting.domain import letters
from econtracting.domain.access.access import Link, fingerprint
from econtracting.domain.appointing.appointments import Appointment
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.certification import Feed
from econtracting.domain.outbox import Effect, Letter, SendLetter
from econtracting.domain.packet import Packet
from econtracting.domain.screening.background import Check
from econtracting.domain.sealed import SealedAnswers
from econtracting.ports import Change
from econtracting.usecases.news.still_true import Untrue, untrue

MAILING = Actor(kind="system", id="mailing")
MINUTE = 60  # seconds


@dataclass(frozen=True)
class Mailing:
    """The outbox's letters. `public_url` is where the portal is reached, `home` the carrier's zone."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    envelope: ports.Envelope
    link_secrets: ports.LinkSecrets
    mailer: ports.Mailer
    clock: ports.Clock
    public_url: str
    home: tzinfo

    def send(self, effect: Effect) -> None:
        """Compose and hand over one letter. Its reference is the effect's, so a repeated letter shows itself as one.

        One that is not true any more is not sent; the trail says which, and why. Raises Unavailable if the mail service
        does not take it.
        """
        packets, packet = self.packets, self.packets.load(effect.packet_id)
        task = effect.asks_for(SendLetter)
        why = untrue(packets, packet, task, effect.id.rpartition("#")[2], self.clock.now())
        if why is not None:
            self._put_down(effect, why)
            return
        context = self._context(packet, effect, task)
        secret = self.link_secrets.secret(packet.id, packet.invitation_generation)
        context["link"] = f"{self.public_url}/#/invitation/{secret}"
        _see_that_it_leads_here(packets, packet, secret)
        definition = self.packet_types(packet.type)
        letter = letters.compose(task.letter, packet=packet, packet_type=definition, context=context, home=self.home)
        self.mailer.send(
            to=letter.to, subject=letter.subject, html=letter.html, text=letter.text, reference=effect.reference
        )
        if task.letter is Letter.INVITATION and packet.delivery == "queued":
            _mark_sent(packets, packet.id)

    def _put_down(self, effect: Effect, why: Untrue) -> None:
        """On the trail once, also if whoever did so died before the row was done."""
        mail = effect.id.replace("#", ".")

        def decide(packet: Packet) -> Change | None:
            told = (one for one in self.packets.events(packet.id) if one.type == EventType.MAIL_NOT_SENT)
            if any(one.data["mail"] == mail for one in told):
                return None
            data = {"mail": mail, "reason": why.value}
            event = Event(type=EventType.MAIL_NOT_SENT, at=self.clock.now(), actor=MAILING, data=data)
            return Change(packet, events=[event])

        self.packets.change(effect.packet_id, decide)

    def _context(self, packet: Packet, effect: Effect, task: SendLetter) -> dict[str, Any]:
        context: dict[str, Any] = task.model_dump(exclude_none=True)
        if task.seconds is not None:
            context["seconds"] = _left(task, self.clock.now())
        if effect.sealed is not None:
            sealed = SealedAnswers.model_validate(effect.sealed)
            context |= self.envelope.open(packet.id, "mail", task.version or 0, sealed)
        if packet.before_submission:
            return context
        context["appointments"] = self.packets.all_of(Appointment, packet.id)
        context["feed"] = self.packets.find(Feed, packet.id)
        context["check"] = self.packets.find(Check, packet.id, str(packet.check_attempt))
        return context


def _left(task: SendLetter, now: datetime) -> int:
    """Seconds for which what the letter carries is still good, by whole minutes where it is minutes."""
    left = ceil((task.seconds or 0) - (now - task.at).total_seconds())
    return left if left < MINUTE else min(task.seconds or 0, ceil(left / MINUTE) * MINUTE)


def _see_that_it_leads_here(packets: ports.Packets, packet: Packet, secret: str) -> None:
    """After a change of the link key secrets are derived again, and no one knows them yet."""
    place = Link(fingerprint=fingerprint(secret), packet_id=packet.id, generation=packet.invitation_generation)
    if packet.ended or packets.find(Link, place.fingerprint) is not None:
        return
    packets.change(packet.id, lambda current: Change(current, puts=[place]))


def _mark_sent(packets: ports.Packets, packet_id: str) -> None:
    def decide(packet: Packet) -> Change | None:
        return Change(packet.mail_sent()) if packet.delivery == "queued" else None

    packets.change(packet_id, decide)
