"""Erasing what nobody has to keep: answers and uploads of a packet that ended without a contract, and who it was for.

What was submitted is kept by law (42 CFR 422.504(d): ten years) and is refused here. The audit trail stays: it names
ids, hashes and codes only. Documents that were frozen before the end lie under the bucket's retention; nothing refers
to them any more.
"""

from __future__ import annotations

from datetime import datetime

from econtracting import ports
from econtracting.domain.answers import Section
from econtracting.domain.attachments import Attachment
from econtracting.domain.audit import Actor, Event
from econtracting.domain.contact import EmailChange
from econtracting.domain.effects import Effect, EffectKind
from econtracting.domain.errors import Conflict, InvalidTransition
from econtracting.domain.packet import Frozen, InvitedAgent, Packet
from econtracting.domain.signing import AdoptedSignature, Adoption, Disclosure, Document
from econtracting.domain.verification import Verification
from econtracting.ports import Change
from econtracting.usecases.attachments import dropped

NOBODY = InvitedAgent(first_name="Erased", last_name="Erased", email="erased@invalid")
AT_ONCE = 20  # uploads in one commit; each is a record and one or two rows of the outbox, of at most 100 in all
ONE_OF_A_KIND: tuple[type[Frozen], ...] = (EmailChange, Verification, Adoption, Disclosure)
MANY_OF_A_KIND: tuple[type[Frozen], ...] = (Section, AdoptedSignature, Document)


def erase(*, packets: ports.Packets, clock: ports.Clock, packet_id: str, reason: str, actor: Actor) -> None:
    """Erase, in as many commits as it takes; one that is erased already stays so.

    Raises InvalidTransition for a packet that has not ended or was submitted, Conflict while mails to the agent wait.
    """
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        if packet.agent == NOBODY:
            return None
        _require_erasable(packet)
        if any(one.kind is EffectKind.MAIL and one.done_at is None for one in packets.all_of(Effect, packet_id)):
            raise Conflict("A mail to this person still waits; it goes out first.", code="mail-waiting")
        return _step(packets, packet, now, reason, actor)

    while packets.change(packet_id, decide).packet.agent != NOBODY:
        pass


def _require_erasable(packet: Packet) -> None:
    if not packet.ended or packet.submitted:
        detail = "Only what ended without being submitted is erased; the law wants the rest kept."
        raise InvalidTransition(detail, status=packet.status.value)


def _step(packets: ports.Packets, packet: Packet, now: datetime, reason: str, actor: Actor) -> Change:
    uploads = packets.all_of(Attachment, packet.id)
    some, more = uploads[:AT_ONCE], uploads[AT_ONCE:]
    effects = [effect for one in some for effect in dropped(one, now)]
    if more:
        return Change(packet, drops=some, effects=effects)
    single = (packets.find(kind, packet.id) for kind in ONE_OF_A_KIND)
    records = [one for one in single if one is not None]
    records += [one for kind in MANY_OF_A_KIND for one in packets.all_of(kind, packet.id)]
    event = Event(type="packet.erased", at=now, actor=actor, data={"reason": reason, "records": len(records)})
    after = packet.having(agent=NOBODY, npn=None, access_code=None, agreement=None, consent=None)
    return Change(after, events=[event], drops=[*some, *records], effects=effects)
