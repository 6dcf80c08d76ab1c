"""Sealing: marks and seals on every document, the certificate of completion, and only then SUBMITTED."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from econtracting import ports
from econtracting.domain.audit import Actor, ChainedEvent, Event, EventType, canonical, chain
from econtracting.domain.certification import Contract
from econtracting.domain.errors import InvalidTransition, Unavailable
from econtracting.domain.outbox import Letter, send_letter, stamp_seals
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.record import Record
from econtracting.domain.signing.completion import CertificateFacts
from econtracting.domain.signing.documents import FrozenDocumentAltered, Mark, TimestampUnavailable
from econtracting.domain.signing.signing import AdoptedSignature, Adoption, Completion, Document, Place
from econtracting.evidence import checkpoint
from econtracting.ports import Change
from econtracting.usecases.signing.certifying import certificate_facts
from econtracting.usecases.signing.preparing import frozen_key

SEALER = Actor(kind="system", id="seal")


def seal_packet(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    documents: ports.DocumentStore,
    renderer: ports.Renderer,
    seal: ports.Seal,
    clock: ports.Clock,
    packet_id: str,
    without_time: ports.Seal | None = None,
) -> Packet:
    """Bring a SEALING packet to SUBMITTED; any other status is left as it is.

    While no timestamp authority answers the packet waits, unless a deployment gives a seal `without_time`: that one is
    then used for the whole packet, every document says so, and the times are added later (a timestamp is never faked).

    Safe to repeat and to race: a sealed object's key is the hash of what goes into the seal, its first writer wins, and
    the hash recorded is always that of the stored object (invariant I4). Raises SealRefused, Unavailable.
    """
    given = (packets, packet_types, documents, renderer)
    try:
        return _seal_with(seal, *given, clock, packet_id, stamp_later=False)
    except TimestampUnavailable as error:
        if without_time is None:
            raise Unavailable(error.detail) from error
    return _seal_with(without_time, *given, clock, packet_id, stamp_later=True)


def _seal_with(
    seal: ports.Seal,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    documents: ports.DocumentStore,
    renderer: ports.Renderer,
    clock: ports.Clock,
    packet_id: str,
    *,
    stamp_later: bool,
) -> Packet:
    packet = packets.load(packet_id)
    if packet.status is not Status.SEALING:
        return packet
    definition = packet_types(packet.type)
    adoption = packets.find(Adoption, packet_id)
    if adoption is None or packet.frozen_at is None:
        raise InvalidTransition("nothing was signed")
    events = packets.events(packet_id)
    finished_at = next(event.at for event in reversed(events) if event.type == EventType.PACKET_FINISHED)
    looks = _Looks(packets, documents, packet_id, adoption)
    ordered = sorted(packets.all_of(Document, packet_id), key=lambda document: document.position)
    sealed = [
        document if document.sealed_sha256 else _sealed(documents, seal, document, looks, finished_at)
        for document in ordered
        if document.frozen_version is not None
    ]
    facts = certificate_facts(packets, definition, packet, sealed, adoption, events, seal.identity())
    sealed.append(_certified(documents, renderer, seal, definition, packet, facts, len(sealed) + 1, finished_at))
    if stamp_later:
        sealed = [document.model_copy(update={"stamp_due": not document.stamped_key}) for document in sealed]
    now = clock.now()
    hashes = {document.document_id: document.sealed_sha256 for document in sealed}

    def decide(current: Packet) -> Change | None:
        if current.status is not Status.SEALING:
            return None
        after = current.move(Status.SUBMITTED, now)
        event = Event(
            type=EventType.PACKET_SEALED, at=now, actor=SEALER, data={"documents": hashes, "certificate": facts.sha256}
        )
        trail = [*packets.events(packet_id), *_next(current, event)]
        proofs = _proofs(documents, seal, current, facts, trail, packets.find(Completion, packet_id), now)
        puts: list[Record] = [*sealed, proofs]
        if current.npn is not None and packets.find(Contract, current.npn, packet_id) is None:
            puts.append(Contract(npn=current.npn, packet_id=packet_id, agency_id=current.agency.id, since=now))
        effects = [send_letter(packet_id, Letter.RECEIVED, current.generation, now)]
        if stamp_later:
            effects.append(stamp_seals(packet_id, current.generation, now))
        return Change(after, events=[event], effects=effects, puts=puts)

    return packets.change(packet_id, decide).packet


def _next(packet: Packet, event: Event) -> list[ChainedEvent]:
    return chain(packet.id, packet.event_count, packet.event_head, [event])


def _proofs(
    documents: ports.DocumentStore,
    seal: ports.Seal,
    packet: Packet,
    facts: CertificateFacts,
    trail: list[ChainedEvent],
    before: Completion | None,
    now: datetime,
) -> Completion:
    """Signs the head of the trail as the commit will leave it, and stores that and the facts write-once.

    If the commit loses a race, the trail has another head and another checkpoint is made; the first one is never
    referred to. Raises ValueError for a trail that does not hold.
    """
    head = checkpoint.take(trail, now, seal.sign)
    certificate = seal.certificate()

    def kept(name: str, content: bytes, content_type: str) -> Place:
        stored = documents.keep(f"completions/{packet.id}/{name}", content, content_type)
        return Place(key=stored.key, version=stored.version)

    current = kept(f"{sha256(certificate).hexdigest()}.pem", certificate, "application/x-pem-file")
    earlier = [*before.earlier_certificates, before.certificate] if before else []
    return Completion(
        packet_id=packet.id,
        generation=packet.generation,
        facts=kept(f"{facts.sha256}.json", facts.twin(), "application/json"),
        checkpoint=kept(f"{head.head}.json", canonical(head.model_dump(mode="json")), "application/json"),
        certificate=current,
        earlier_certificates=tuple(one for one in earlier if one.key != current.key),
        at=now,
    )


class _Looks:
    """How each field's mark looks: by the adoption that stood when it was signed."""

    def __init__(
        self, packets: ports.Packets, documents: ports.DocumentStore, packet_id: str, current: Adoption
    ) -> None:
        kept = packets.all_of(AdoptedSignature, packet_id)
        self._adopted: dict[str, Adoption] = {one.signature_id: one for one in (current, *kept)}
        self._documents = documents
        self._images: dict[str, bytes] = {}

    def of(self, signature_id: str) -> Adoption:
        return self._adopted[signature_id]

    def image(self, adoption: Adoption) -> bytes | None:
        if adoption.image_key is None:
            return None
        if adoption.image_key not in self._images:
            self._images[adoption.image_key] = self._documents.read(adoption.image_key, adoption.image_version)
        return self._images[adoption.image_key]


def _sealed(
    documents: ports.DocumentStore, seal: ports.Seal, document: Document, looks: _Looks, at: datetime
) -> Document:
    content = documents.read(frozen_key(document.packet_id, document.sha256), document.frozen_version)
    return _stored(documents, seal, document, content, _marks(document, looks), at)


def _stored(
    documents: ports.DocumentStore, seal: ports.Seal, document: Document, content: bytes, put: list[Mark], at: datetime
) -> Document:
    if sha256(content).hexdigest() != document.sha256:
        raise FrozenDocumentAltered(document=document.document_id)
    level = str(seal.identity()["level"]).lower()
    key = f"sealed/{document.packet_id}/{_input_hash(document, put)}.{level}.pdf"
    made = seal.seal(content, put, document_id=document.document_id, title=document.title, at=at)
    stored = documents.keep(key, made.content)
    winner = documents.read(stored.key, stored.version)
    if not winner.startswith(content):
        raise FrozenDocumentAltered("The stored seal is of another document.", document=document.document_id)
    return document.model_copy(
        update={
            "sealed_sha256": sha256(winner).hexdigest(),
            "sealed_key": stored.key,
            "sealed_version": stored.version,
            "sealed_level": made.level,
            "sealed_at": at,
        }
    )


def _marks(document: Document, looks: _Looks) -> list[Mark]:
    """What the signed fields of a document show, in the order they stand. Dates follow the last act."""
    found: list[Mark] = []
    for box in document.fields:
        signed = document.latest if box.kind == "date" else document.signed.get(box.field_id)
        if signed is None:
            continue
        adoption = looks.of(signed.signature_id)
        found.append(adoption.mark(box, signed.at, looks.image(adoption)))
    return found


def _input_hash(document: Document, put: list[Mark]) -> str:
    rows = [
        {
            **one.model_dump(mode="json", exclude={"image_png"}),
            "image": sha256(one.image_png).hexdigest() if one.image_png else None,
        }
        for one in put
    ]
    return sha256(json.dumps({"frozen": document.sha256, "marks": rows}, sort_keys=True).encode()).hexdigest()


def _certified(
    documents: ports.DocumentStore,
    renderer: ports.Renderer,
    seal: ports.Seal,
    definition: PacketType,
    packet: Packet,
    facts: CertificateFacts,
    position: int,
    at: datetime,
) -> Document:
    """The certificate of completion, rendered, frozen and sealed like any other document."""
    row = next(row for row in definition.documents if row.produced == "completion")
    given = {
        "packet": {"id": packet.id, "type": packet.type, "version": packet.type_version},
        "carrier": definition.carrier.model_dump(),
        "certificate": facts.model_dump(mode="json"),
    }
    made = renderer.render(packet.type, row.template or row.code, given, at)
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
    return _stored(documents, seal, document, made.content, [], at)
