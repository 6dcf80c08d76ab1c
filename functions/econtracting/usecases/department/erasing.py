"""Erasing what no one has to keep of a packet that ended without a contract: answers, uploads, papers, the person.

What was submitted is kept by law (42 CFR 422.504(d): ten years) and is refused here. The audit trail stays: it names
ids, hashes and codes only. Documents that were frozen before the end go from storage too: nothing of them was sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from econtracting import ports
from econtracting.domain.access.contact import EmailChange
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import Conflict, InvalidTransition
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.attachments import Attachment
from econtracting.domain.interview.verification import Verification
from econtracting.domain.outbox import Effect, EffectKind, drop_documents
from econtracting.domain.packet import InvitedAgent, Packet
from econtracting.domain.record import Record
from econtracting.domain.signing.signing import AdoptedSignature, Adoption, Disclosure, Document
from econtracting.ports import Change
from econtracting.usecases.interview.attachments import dropped

NOBODY = InvitedAgent(first_name="Erased", last_name="Erased", email="erased@invalid")
AT_ONCE = 12  # uploads, and rows of the outbox, in one commit; a transaction has at most 100 members
TELLING = frozenset({EffectKind.MAIL, EffectKind.PUBLISH})  # what names the person, or goes to them
ONE_OF_A_KIND: tuple[type[Record], ...] = (EmailChange, Verification, Adoption, Disclosure)
MANY_OF_A_KIND: tuple[type[Record], ...] = (Section, AdoptedSignature, Document)


@dataclass(frozen=True)
class Erasing:
    """Erases packets that no one has to keep."""

    packets: ports.Packets
    clock: ports.Clock

    def erase(self, actor: Actor, packet_id: str, reason: str) -> None:
        """Erase, in as many commits as it takes; one that is erased already stays so.

        Raises InvalidTransition for a packet that has not ended or was submitted, Conflict while mails or events wait.
        """
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            if packet.agent == NOBODY:
                return None
            _require_erasable(packet)
            if any(one.kind in TELLING and one.done_at is None for one in self.packets.all_of(Effect, packet_id)):
                raise Conflict(
                    "A mail or an event about this person still waits; it goes out first.", code="effect-waiting"
                )
            return _step(self.packets, packet, now, reason, actor)

        while self.packets.change(packet_id, decide).packet.agent != NOBODY:
            pass


def _require_erasable(packet: Packet) -> None:
    if not packet.ended or packet.submitted:
        detail = "Only what ended without being submitted is erased; the law wants the rest kept."
        raise InvalidTransition(detail, status=packet.status.value)


def _step(packets: ports.Packets, packet: Packet, now: datetime, reason: str, actor: Actor) -> Change:
    uploads, published = packets.all_of(Attachment, packet.id), _published(packets, packet.id)
    gone: list[Record] = [*uploads[:AT_ONCE], *published[:AT_ONCE]]
    effects = [effect for one in uploads[:AT_ONCE] for effect in dropped(one, now)]
    if max(len(uploads), len(published)) > AT_ONCE:
        return Change(packet, drops=gone, effects=effects)
    single = (packets.find(kind, packet.id) for kind in ONE_OF_A_KIND)
    records = [one for one in single if one is not None]
    records += [one for kind in MANY_OF_A_KIND for one in packets.all_of(kind, packet.id)]
    event = Event(type=EventType.PACKET_ERASED, at=now, actor=actor, data={"reason": reason, "records": len(records)})
    after = packet.erase(NOBODY)
    effects.append(drop_documents(packet.id, now))
    return Change(after, events=[event], drops=[*gone, *records], effects=effects)


def _published(packets: ports.Packets, packet_id: str) -> list[Effect]:
    """Rows of what was published: they carry the producer number. A row that is gone is never performed again."""
    return [one for one in packets.all_of(Effect, packet_id) if one.kind is EffectKind.PUBLISH and one.done_at]
