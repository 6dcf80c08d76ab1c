"""What the certificate of completion tells, gathered from the packet, its documents and its audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from econtracting import ports
from econtracting.domain.audit import ChainedEvent, EventType
from econtracting.domain.days import Here, acts_day
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.person import person
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.signing.completion import (
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
from econtracting.domain.signing.signing import Adoption, Document

# What the certificate retells of the trail, and which of an event's data it tells with it; the trail itself is in the
# evidence package. Hashes stay out: a line of them says nothing to a reader.
TOLD: dict[str, tuple[str, tuple[str, ...]]] = {
    EventType.INVITATION_CREATED: ("Invitation created", ()),
    EventType.INVITATION_DELIVERED: ("Invitation delivered to the mail server", ()),
    EventType.ACCESS_LOGIN_OK: ("Signed in", ()),
    EventType.ACCESS_PASSWORD_SET: ("Own password set", ()),
    EventType.AGREEMENT_ACCEPTED: ("User agreement accepted", ("version",)),
    EventType.PACKET_FROZEN: ("Answers confirmed and documents frozen", ()),
    EventType.DISCLOSURE_SHOWN: ("Disclosure about electronic records shown", ("version",)),
    EventType.DISCLOSURE_ACCESS_PROVED: ("Access to electronic records proved", ()),
    EventType.DISCLOSURE_ACCEPTED: ("Consent to electronic records given", ("version",)),
    EventType.DISCLOSURE_WITHDRAWN: ("Consent to electronic records withdrawn", ()),
    EventType.SIGNATURE_ADOPTED: ("Signature adopted", ("signature_id",)),
    EventType.DOCUMENT_OPENED: ("Document opened", ("document",)),
    EventType.DOCUMENT_TAG_SIGNED: ("Field signed", ("document", "field")),
    EventType.DOCUMENT_ACKNOWLEDGED: ("Document acknowledged", ("document", "field")),
    EventType.PACKET_FINISHED: ("Finished", ()),
}
ACCESS_PROOF = "A code printed in a PDF document, read there and typed back"


class Ceremony(NamedTuple):
    """A signed packet with its sealed documents, the signature they were signed with, and the whole trail."""

    packet: Packet
    definition: PacketType
    sealed: Sequence[Document]
    adoption: Adoption
    events: Sequence[ChainedEvent]


def certificate_facts(packets: ports.Packets, ceremony: Ceremony, seal: SealFacts) -> CertificateFacts:
    """The facts up to Finish, so that sealing again tells the same."""
    packet, definition, adoption = ceremony.packet, ceremony.definition, ceremony.adoption
    finished = next(event for event in reversed(ceremony.events) if event.type == EventType.PACKET_FINISHED)
    told = [event for event in ceremony.events if event.seq <= finished.seq]
    latest = {event.type: event for event in told}
    delivered, sealed = latest.get(EventType.INVITATION_DELIVERED), ceremony.sealed
    here = _here(finished)
    kinds = [box.kind for document in sealed for box in document.fields if box.field_id in document.signed]
    facts = CertificateFacts(
        packet=CertifiedPacket(
            id=packet.id,
            type=packet.type,
            version=packet.type_version,
            generation=packet.generation,
            carrier=definition.carrier.name,
            status=Status.SUBMITTED.value,
            created_at=packet.created_at,
            completed_at=finished.at,
            time_zone=here.zone if here else "UTC",
            completed_on=acts_day(finished.at, here) if here else None,
            documents=len(sealed) + 1,
            pages=sum(document.pages for document in sealed),
            signatures=kinds.count("signature"),
            initials=kinds.count("initials"),
        ),
        originator=Originator(
            recruiter=packet.recruiter.name,
            agency=packet.agency.name,
            requested_from=ceremony.events[0].actor.address or None,
            delivered_at=delivered.at if delivered else None,
        ),
        documents=_documents(ceremony),
        signer=_signer(packets, ceremony, finished),
        consent=_consent(definition, latest),
        adoption=AdoptionFacts(
            method=adoption.method,
            style=adoption.style,
            signature_id=adoption.signature_id,
            initials=adoption.initials,
            at=adoption.at,
            image_sha256=adoption.image_sha256,
            statement=definition.signature_statement,
        ),
        timeline=tuple(_entry(event) for event in told if event.type in TOLD),
        seal=seal,
        log=LogFacts(first_seq=1, last_seq=finished.seq, head=finished.hash),
    )
    return (
        facts if here is None else facts.shown_in(here, {event.at: there for event in told if (there := _here(event))})
    )


def _here(event: ChainedEvent) -> Here | None:
    """Where the agent was, of an act whose event tells it; events of earlier releases do not."""
    zone, offset = event.data.get("zone"), event.data.get("offset")
    return Here(zone=zone, offset=offset) if zone and offset else None


def _documents(ceremony: Ceremony) -> tuple[CertifiedDocument, ...]:
    versions = {row.code: row.version for row in ceremony.definition.documents}
    return tuple(
        CertifiedDocument(
            code=document.document_id,
            title=document.title,
            mode=document.mode,
            version=versions.get(document.document_id, ceremony.packet.type_version),
            pages=document.pages,
            frozen_sha256=document.sha256,
            sealed_sha256=document.sealed_sha256,
        )
        for document in ceremony.sealed
    )


def _signer(packets: ports.Packets, ceremony: Ceremony, finished: ChainedEvent) -> Signer:
    packet = ceremony.packet
    known = person(ceremony.definition.interview, {one.name: one.public for one in packets.all_of(Section, packet.id)})
    return Signer(
        name=ceremony.adoption.full_name,
        email=known.get("email", packet.agent.email),
        npn=packet.npn,
        assurance="Single factor: password set through a link and a code mailed to the invited address",
        factors=("Link of the invitation, mailed", "Temporary password, mailed", "Own password"),
        address=finished.actor.address or None,
        user_agent=finished.actor.user_agent or None,
    )


def _consent(definition: PacketType, latest: Mapping[str, ChainedEvent]) -> ConsentFacts:
    # From the trail, not from the packet: consent can be withdrawn for later records while these are being sealed.
    accepted, proved, shown = (latest.get(f"disclosure.{what}") for what in ("accepted", "access_proved", "shown"))
    assert accepted is not None  # finish demanded it
    return ConsentFacts(
        disclosure_version=accepted.data["version"],
        sha256=accepted.data["sha256"],
        shown_at=shown.at if shown else None,
        access_proof=ACCESS_PROOF,
        access_document_sha256=proved.data["document"] if proved else None,
        access_proved_at=proved.at if proved else None,
        accepted_at=accepted.at,
        text=definition.disclosure.text,
    )


def _entry(event: ChainedEvent) -> TimelineEntry:
    what, names = TOLD[event.type]
    detail = ", ".join(str(event.data[name]) for name in names if name in event.data)
    return TimelineEntry(at=event.at, what=what, detail=detail[:120])
