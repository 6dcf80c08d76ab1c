"""Sealing: marks and seals on every document, the certificate of completion, and only then SUBMITTED."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from econtracting import ports
from econtracting.domain.audit import Actor, ChainedEvent, Event, EventType, chain
from econtracting.domain.certification import Contract
from econtracting.domain.errors import InvalidTransition, Unavailable
from econtracting.domain.outbox import Effect, Letter, send_letter, stamp_seals
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.record import Record
from econtracting.domain.signing.completion import CertificateFacts
from econtracting.domain.signing.documents import FrozenDocumentAltered, Mark, SealRefused, TimestampUnavailable
from econtracting.domain.signing.signing import Adoption, Completion, Document, Place
from econtracting.evidence import checkpoint
from econtracting.ports import Change
from econtracting.usecases.commit import review
from econtracting.usecases.signing.ceremony import documents_of, looks_of
from econtracting.usecases.signing.certifying import Ceremony, certificate_facts
from econtracting.usecases.signing.preparing import frozen_key

SEALER = Actor(kind="system", id="seal")


@dataclass(frozen=True)
class Sealing:
    """Brings signed packets to SUBMITTED, where the sealing key is.

    While no timestamp authority answers the packet waits, unless a deployment gives a seal `without_time`: that one is
    then used for the whole packet, every document says so, and the times are added later (a timestamp is never faked).
    """

    packets: ports.Packets
    packet_types: ports.PacketTypes
    documents: ports.DocumentStore
    renderer: ports.Renderer
    seal: ports.Seal
    clock: ports.Clock
    without_time: ports.Seal | None = None

    def seal_packet(self, packet_id: str) -> Packet:
        """Bring a SEALING packet to SUBMITTED; any other status is left as it is.

        Safe to repeat and to race: a sealed object's key is the hash of what goes into the seal, its first writer wins,
        and the hash recorded is always that of the stored object (invariant I4). Raises SealRefused, Unavailable.
        """
        try:
            return self._seal_with(self.seal, packet_id, stamp_later=False)
        except TimestampUnavailable as error:
            if self.without_time is None:
                raise Unavailable(error.detail) from error
        return self._seal_with(self.without_time, packet_id, stamp_later=True)

    def _seal_with(self, seal: ports.Seal, packet_id: str, *, stamp_later: bool) -> Packet:
        packet = self.packets.load(packet_id)
        if packet.status is not Status.SEALING:
            return packet
        adoption = self.packets.find(Adoption, packet_id)
        if adoption is None or packet.frozen_at is None:
            raise InvalidTransition("nothing was signed")
        events = self.packets.events(packet_id)
        finished_at = next(event.at for event in reversed(events) if event.type == EventType.PACKET_FINISHED)
        press = _Press(self.documents, seal, looks_of(self.packets, packet_id), finished_at)
        sealed = [
            document if document.sealed_sha256 else press.seal(document)
            for document in documents_of(self.packets, packet_id)
            if document.frozen_version is not None
        ]
        definition = self.packet_types(packet.type)
        ceremony = Ceremony(packet, definition, tuple(sealed), adoption, events)
        facts = certificate_facts(self.packets, ceremony, seal.identity())
        content, certificate = self._certificate(definition, packet, facts, len(sealed) + 1, finished_at)
        sealed.append(press.seal_content(certificate, content, []))
        if stamp_later:
            sealed = [document.await_stamp() for document in sealed]
        return self._submit(seal, packet_id, sealed, facts, stamp_later=stamp_later)

    def _submit(
        self,
        seal: ports.Seal,
        packet_id: str,
        sealed: Sequence[Document],
        facts: CertificateFacts,
        *,
        stamp_later: bool,
    ) -> Packet:
        now = self.clock.now()
        hashes = {document.document_id: document.sealed_sha256 for document in sealed}
        data = {"documents": hashes, "certificate": facts.sha256}
        event = Event(type=EventType.PACKET_SEALED, at=now, actor=SEALER, data=data)

        def decide(current: Packet) -> Change | None:
            if current.status is not Status.SEALING:
                return None
            after = current.move(Status.SUBMITTED, now)
            trail = [*self.packets.events(packet_id), *_next(current, event)]
            puts: list[Record] = [*sealed, self._proofs(seal, current, facts, trail, now)]
            if current.npn is not None and self.packets.find(Contract, current.npn, packet_id) is None:
                puts.append(Contract(npn=current.npn, packet_id=packet_id, agency_id=current.agency.id, since=now))
            effects: list[Effect] = [send_letter(packet_id, Letter.RECEIVED, current.generation, now)]
            if stamp_later:
                effects.append(stamp_seals(packet_id, current.generation, now))
            return Change(after, events=[event], effects=effects, puts=puts)

        return self.packets.change(packet_id, decide).packet

    def _proofs(
        self, seal: ports.Seal, packet: Packet, facts: CertificateFacts, trail: Sequence[ChainedEvent], now: datetime
    ) -> Completion:
        """Signs the head of the trail as the commit will leave it, and stores that and the facts write-once.

        If the commit loses a race, the trail has another head and another checkpoint is made; the first one is never
        referred to. Raises ValueError for a trail that does not hold.
        """
        head = checkpoint.take(trail, now, seal.sign)
        certificate = seal.certificate()

        def keep(name: str, content: bytes, content_type: str) -> Place:
            stored = self.documents.keep(f"completions/{packet.id}/{name}", content, content_type)
            return Place(key=stored.key, version=stored.version)

        current = keep(f"{sha256(certificate).hexdigest()}.pem", certificate, "application/x-pem-file")
        before = self.packets.find(Completion, packet.id)
        earlier = [*before.earlier_certificates, before.certificate] if before else []
        return Completion(
            packet_id=packet.id,
            generation=packet.generation,
            facts=keep(f"{facts.sha256}.json", facts.twin(), "application/json"),
            checkpoint=keep(f"{head.head}.json", head.text(), "application/json"),
            certificate=current,
            earlier_certificates=tuple(one for one in earlier if one.key != current.key),
            at=now,
        )

    def _certificate(
        self, definition: PacketType, packet: Packet, facts: CertificateFacts, position: int, at: datetime
    ) -> tuple[bytes, Document]:
        """The certificate of completion, rendered and frozen like any other document."""
        row = next(row for row in definition.documents if row.produced == "completion")
        given = {
            "packet": {"id": packet.id, "type": packet.type, "version": packet.type_version},
            "carrier": definition.carrier.model_dump(),
            "certificate": facts.model_dump(mode="json"),
        }
        made = self.renderer.render(packet.type, row.template or row.code, given, at)
        document = Document(
            packet_id=packet.id,
            document_id=row.code,
            title=row.title,
            mode=row.mode,
            act=row.act,
            position=position,
            generation=packet.generation,
            sha256=made.sha256,
            size=len(made.content),
            pages=made.pages,
        )
        return made.content, document


@dataclass(frozen=True)
class Refusals:
    """What becomes of a packet whose documents cannot be sealed: a refusal repeats itself until a person acts."""

    packets: ports.Packets
    clock: ports.Clock

    def ask_for_review(self, packet_id: str, attempt: int, refusal: SealRefused) -> None:
        """The packet says why it was not sealed, and someone has to look."""
        reason = refusal.code.replace("-", "_").upper()
        review.ask_for_review(
            packets=self.packets, clock=self.clock, packet_id=packet_id, reason=reason, attempt=attempt
        )


@dataclass(frozen=True)
class _Press:
    """Puts marks and a seal on documents. Each field's mark looks as the adoption it was signed with."""

    documents: ports.DocumentStore
    sealer: ports.Seal
    looks: Mapping[str, Adoption]
    at: datetime
    images: dict[str, bytes] = field(default_factory=dict)

    def seal(self, document: Document) -> Document:
        """A signed document with its marks and its seal. Raises FrozenDocumentAltered."""
        content = self.documents.read(frozen_key(document.packet_id, document.sha256), document.frozen_version)
        return self.seal_content(document, content, self._marks(document))

    def seal_content(self, document: Document, content: bytes, marks: Sequence[Mark]) -> Document:
        """The document with a seal over its bytes and marks; whoever stored one first wins."""
        if sha256(content).hexdigest() != document.sha256:
            raise FrozenDocumentAltered(document=document.document_id)
        level = self.sealer.identity().level.lower()
        key = f"sealed/{document.packet_id}/{_input_hash(document, marks)}.{level}.pdf"
        made = self.sealer.seal(content, marks, document_id=document.document_id, title=document.title, at=self.at)
        stored = self.documents.keep(key, made.content)
        winner = self.documents.read(stored.key, stored.version)
        if not winner.startswith(content):
            raise FrozenDocumentAltered("The stored seal is of another document.", document=document.document_id)
        return document.seal(winner, Place(key=stored.key, version=stored.version), made.level, self.at)

    def _marks(self, document: Document) -> list[Mark]:
        """What the signed fields of a document show, in the order they stand."""
        found: list[Mark] = []
        for box in document.fields:
            if act := document.act_on(box):
                adoption = self.looks[act.signature_id]
                found.append(adoption.mark(box, act.local, self._image(adoption)))
        return found

    def _image(self, adoption: Adoption) -> bytes | None:
        if adoption.image_key is None:
            return None
        if adoption.image_key not in self.images:
            self.images[adoption.image_key] = self.documents.read(adoption.image_key, adoption.image_version)
        return self.images[adoption.image_key]


def _next(packet: Packet, event: Event) -> list[ChainedEvent]:
    return chain(packet.id, packet.event_count, packet.event_head, [event])


def _input_hash(document: Document, marks: Sequence[Mark]) -> str:
    rows = [
        {
            **one.model_dump(mode="json", exclude={"image_png"}),
            "image": sha256(one.image_png).hexdigest() if one.image_png else None,
        }
        for one in marks
    ]
    return sha256(json.dumps({"frozen": document.sha256, "marks": rows}, sort_keys=True).encode()).hexdigest()
