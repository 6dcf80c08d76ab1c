"""Sealing: marks and seals on every document, the certificate of completion, and only then SUBMITTED."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from econtracting import ports
from econtracting.domain.answers import Section
from econtracting.domain.audit import Actor, ChainedEvent, Event
from econtracting.domain.certification import Contract
from econtracting.domain.completion import (
    AdoptionFacts,
    CertificateFacts,
    CertifiedDocument,
    CertifiedPacket,
    ConsentFacts,
    LogFacts,
    Originator,
    SealFacts,
    Signer,
    TimelineEntry,
)
from econtracting.domain.documents import FieldBox, Mark
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.interview_person import person
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.signing import Adoption, Document
from econtracting.ports import Change
from econtracting.usecases.endings import mail
from econtracting.usecases.lifecycle import lifecycle_event
from econtracting.usecases.preparing import frozen_key

SEALER = Actor(kind="system", id="seal")
# What the certificate retells of the trail; the trail itself is in the evidence package.
TOLD = {
    "invitation.created": "Invitation created",
    "access.login_ok": "Signed in",
    "access.password_set": "Own password set",
    "agreement.accepted": "User agreement accepted",
    "packet.frozen": "Answers confirmed and documents frozen",
    "disclosure.access_proved": "Access to electronic records proved",
    "disclosure.accepted": "Consent to electronic records given",
    "signature.adopted": "Signature adopted",
    "document.tag_signed": "Field signed",
    "document.acknowledged": "Document acknowledged",
    "packet.finished": "Finished",
}


def seal_packet(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    documents: ports.DocumentStore,
    renderer: ports.Renderer,
    seal: ports.Seal,
    clock: ports.Clock,
    packet_id: str,
) -> Packet:
    """Bring a SEALING packet to SUBMITTED; any other status is left as it is.

    Safe to repeat and to race: a sealed object's key is the hash of what goes into the seal, its first writer wins, and
    the hash recorded is always that of the stored object (quality rule 9).
    """
    packet = packets.load(packet_id)
    if packet.status is not Status.SEALING:
        return packet
    definition = packet_types(packet.type)
    adoption = packets.find(Adoption, packet_id)
    if adoption is None or packet.frozen_at is None:
        raise InvalidTransition("nothing was signed")
    finished_at = packet.status_at
    ordered = sorted(packets.all_of(Document, packet_id), key=lambda document: document.position)
    sealed = [
        document if document.sealed_sha256 else _sealed(documents, seal, document, adoption, finished_at)
        for document in ordered
        if document.frozen_version is not None
    ]
    events = packets.events(packet_id)
    facts = _certificate(packets, definition, packet, sealed, adoption, events, seal.identity())
    sealed.append(_certified(documents, renderer, seal, definition, packet, facts, len(sealed) + 1, finished_at))
    now = clock.now()

    def decide(current: Packet) -> Change | None:
        if current.status is not Status.SEALING:
            return None
        after = current.move(Status.SUBMITTED, now)
        data = {document.document_id: document.sealed_sha256 for document in sealed}
        event = Event(type="packet.sealed", at=now, actor=SEALER, data={"documents": data, "certificate": facts.sha256})
        letter = mail(packet_id, "received", current.generation, now)
        puts: list[Document | Contract] = [*sealed]
        if current.npn is not None:
            puts.append(Contract(npn=current.npn, packet_id=packet_id, agency_id=current.agency.id, since=now))
        return Change(after, events=[event], effects=[letter, lifecycle_event(after, now)], puts=puts)

    return packets.change(packet_id, decide).packet


def _sealed(
    documents: ports.DocumentStore, seal: ports.Seal, document: Document, adoption: Adoption, at: datetime
) -> Document:
    content = documents.read(frozen_key(document.packet_id, document.sha256), document.frozen_version)
    return _stored(documents, seal, document, content, marks(document, adoption), at)


def _stored(
    documents: ports.DocumentStore, seal: ports.Seal, document: Document, content: bytes, put: list[Mark], at: datetime
) -> Document:
    if sha256(content).hexdigest() != document.sha256:
        raise InvalidTransition("a frozen document is not what was shown", code="frozen-document-altered")
    level = seal.identity()["level"].lower()
    key = f"sealed/{document.packet_id}/{_input_hash(document, put)}.{level}.pdf"
    made = seal.seal(content, put, document_id=document.document_id, title=document.title, at=at)
    stored = documents.keep(key, made.content)
    winner = documents.read(stored.key, stored.version)
    return document.model_copy(
        update={
            "sealed_sha256": sha256(winner).hexdigest(),
            "sealed_key": stored.key,
            "sealed_version": stored.version,
            "sealed_level": made.level,
            "sealed_at": at,
        }
    )


def marks(document: Document, adoption: Adoption) -> list[Mark]:
    """What the signed fields of a document show, in the order they stand."""
    found: list[Mark] = []
    for box in document.fields:
        signed = document.signed.get(box.field_id)
        at = signed.at if signed else document.completed_at if box.kind == "date" else None
        if at is None:
            continue
        found.append(
            Mark(
                box=box,
                text=_text(box, adoption, at),
                style=adoption.style,
                signature_id=signed.signature_id if signed else adoption.signature_id,
                signed_at=at,
            )
        )
    return found


def _text(box: FieldBox, adoption: Adoption, at: datetime) -> str:
    if box.kind == "date":
        return at.strftime("%m-%d-%Y")
    return adoption.initials if box.kind == "initials" else adoption.full_name


def _input_hash(document: Document, put: list[Mark]) -> str:
    inputs = {"frozen": document.sha256, "marks": [mark.model_dump(mode="json") for mark in put]}
    return sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


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


def _certificate(
    packets: ports.Packets,
    definition: PacketType,
    packet: Packet,
    sealed: list[Document],
    adoption: Adoption,
    events: list[ChainedEvent],
    identity: dict[str, str],
) -> CertificateFacts:
    known = person(definition.interview, {one.name: one.public for one in packets.all_of(Section, packet.id)})
    by_type = {event.type: event for event in events}
    kinds = [box.kind for document in sealed for box in document.fields if box.field_id in document.signed]
    versions = {row.code: row.version for row in definition.documents}
    finished = by_type["packet.finished"]
    consent = packet.consent
    assert consent is not None and packet.access_code is not None  # finish demanded both
    proved = by_type.get("disclosure.access_proved")
    return CertificateFacts(
        packet=CertifiedPacket(
            id=packet.id,
            type=packet.type,
            version=packet.type_version,
            generation=packet.generation,
            carrier=definition.carrier.name,
            status=Status.SUBMITTED.value,
            created_at=packet.created_at,
            completed_at=packet.status_at,
            documents=len(sealed) + 1,
            pages=sum(document.pages for document in sealed),
            signatures=kinds.count("signature"),
            initials=kinds.count("initials"),
        ),
        originator=Originator(
            recruiter=packet.recruiter.name,
            agency=packet.agency.name,
            requested_from=events[0].actor.address or None,
        ),
        documents=tuple(
            CertifiedDocument(
                code=document.document_id,
                title=document.title,
                mode=document.mode,
                version=versions.get(document.document_id, packet.type_version),
                pages=document.pages,
                frozen_sha256=document.sha256,
                sealed_sha256=document.sealed_sha256,
            )
            for document in sealed
        ),
        signer=Signer(
            name=adoption.full_name,
            email=known.get("email", packet.agent.email),
            npn=packet.npn,
            assurance="Single factor: password set through a link and a code mailed to the invited address",
            factors=("Link of the invitation, mailed", "Temporary password, mailed", "Own password"),
            address=finished.actor.address or None,
            user_agent=finished.actor.user_agent or None,
        ),
        consent=ConsentFacts(
            disclosure_version=consent.version,
            sha256=consent.sha256,
            access_proof=packet.access_code.sha256,
            access_proved_at=proved.at if proved else None,
            accepted_at=consent.at,
            text=definition.disclosure.text,
        ),
        adoption=AdoptionFacts(
            method=adoption.method,
            style=adoption.style,
            signature_id=adoption.signature_id,
            initials=adoption.initials,
            at=adoption.at,
            image_sha256=adoption.image_sha256,
            statement=definition.signature_statement,
        ),
        timeline=tuple(
            TimelineEntry(at=event.at, what=TOLD[event.type], detail=_detail(event))
            for event in events
            if event.type in TOLD
        ),
        seal=SealFacts.model_validate(identity),
        log=LogFacts(first_seq=1, last_seq=finished.seq, head=finished.hash),
    )


def _detail(event: ChainedEvent) -> str:
    parts = [str(event.data[name]) for name in ("document", "field", "version") if name in event.data]
    return " ".join(parts)[:120]
