"""The signing ceremony: documents opened, signed field by field, and finished."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from econtracting import ports
from econtracting.domain.access.access import require_recent
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Request
from econtracting.domain.errors import AlreadySigned, InvalidTransition, NotFound, SignaturesMissing
from econtracting.domain.outbox import start_workflow
from econtracting.domain.packet import AFTER_SUBMISSION, Packet, Status
from econtracting.domain.signing.documents import PACKET_ACT, FieldBox
from econtracting.domain.signing.signing import Adoption, Document, SignedField
from econtracting.ports import Change
from econtracting.usecases.corrections import correcting
from econtracting.usecases.signing.ceremony import PacketTypes, document_of, ordered, require_frozen, require_signing
from econtracting.usecases.signing.preparing import frozen_key


def documents_view(*, packets: ports.Packets, packet_id: str) -> list[dict[str, Any]]:
    packet = packets.load(packet_id)
    require_frozen(packet)
    return [_document_view(document) for document in ordered(packets, packet_id)]


def content(
    *,
    packets: ports.Packets,
    documents: ports.DocumentStore,
    clock: ports.Clock,
    packet_id: str,
    document_id: str,
    sealed: bool,
    actor: Actor,
) -> bytes:
    """The frozen bytes, or the sealed ones. Raises NotFound; also for another packet's document.

    The first opening after consent is recorded; an earlier one does not count, because consent precedes every notice
    that the law wants delivered.
    """
    document = document_of(packets, packet_id, document_id)
    if sealed:
        if document.sealed_key is None:
            raise NotFound("This document is not sealed yet.", code="document-not-found")
        key, version, _ = document.final
        return documents.read(key, version)
    if document.frozen_version is None:
        raise NotFound("This document exists only sealed.", code="document-not-found")
    found = documents.read(frozen_key(packet_id, document.sha256), document.frozen_version)
    if document.opened_at is None:
        _record_opened(packets, clock.now(), packet_id, document_id, actor)
    return found


def _record_opened(packets: ports.Packets, now: datetime, packet_id: str, document_id: str, actor: Actor) -> None:
    def decide(packet: Packet) -> Change | None:
        document = document_of(packets, packet_id, document_id)
        waits = packet.status is Status.AWAITING_SIGNATURE and packet.consent is not None
        if document.opened_at is not None or not waits:
            return None
        data = {"document": document_id, "sha256": document.sha256}
        event = Event(type=EventType.DOCUMENT_OPENED, at=now, actor=actor, data=data)
        return Change(packet, events=[event], puts=[document.model_copy(update={"opened_at": now})])

    packets.change(packet_id, decide)


def sign_field(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    clock: ports.Clock,
    packet_id: str,
    document_id: str,
    field_id: str,
    act: str,
    actor: Actor,
    request: Request | None,
) -> dict[str, Any]:
    """Sign, initial or acknowledge one field of a document that was opened.

    A document that is an act of its own (the taxpayer certification) is signed only where the call names that act, so
    that nothing that signs the rest can take it along. Source: Instructions for the Requester of Form W-9.
    Raises ConsentRequired, AlreadySigned, NotFound, InvalidTransition.
    """
    now = clock.now()

    def decide(packet: Packet) -> Change:
        require_signing(packet, packet_types)
        document = document_of(packets, packet_id, document_id)
        box = _signable(document, field_id)
        _require_act(document, act)
        if document.opened_at is None:
            raise InvalidTransition("Open and read this document first.", code="document-not-opened")
        adoption = packets.find(Adoption, packet_id)
        if adoption is None:
            raise InvalidTransition("Adopt your signature first.", code="signature-required")
        signed = SignedField(
            field_id=field_id,
            signature_id=adoption.signature_id,
            at=now,
            address=actor.address,
            user_agent=actor.user_agent,
        )
        after = document.model_copy(update={"signed": {**document.signed, field_id: signed}})
        kind = EventType.DOCUMENT_ACKNOWLEDGED if box.kind == "acknowledge" else EventType.DOCUMENT_TAG_SIGNED
        data = {
            "document": document_id,
            "field": field_id,
            "kind": box.kind,
            "act": document.act,
            "signature_id": adoption.signature_id,
            "sha256": document.sha256,
        }
        events = [Event(type=kind, at=now, actor=actor, data=data)]
        if not after.missing():
            events.append(Event(type=EventType.DOCUMENT_COMPLETED, at=now, actor=actor, data={"document": document_id}))
        answer = {"field_id": field_id, "signed_at": now.isoformat(), "missing": list(after.missing())}
        return Change(packet, events=events, puts=[after], answer=answer)

    signed: dict[str, Any] = packets.change(packet_id, decide, request).answer
    return signed


def _signable(document: Document, field_id: str) -> FieldBox:
    """The field, if somebody can still act on it. Raises NotFound, AlreadySigned, InvalidTransition."""
    box = next((one for one in document.fields if one.field_id == field_id), None)
    if box is None:
        raise NotFound("This document has no such field.", code="field-not-found")
    if box.kind == "date":
        raise InvalidTransition("Dates fill themselves in when the document is signed.", code="automatic-field")
    if field_id in document.signed:
        raise AlreadySigned(signed_at=document.signed[field_id].at.isoformat())
    if not document.missing():
        raise InvalidTransition("What is signed cannot be added to.", code="document-completed")
    return box


def _require_act(document: Document, act: str) -> None:
    if act == document.act:
        return
    if document.act == PACKET_ACT:
        raise InvalidTransition("This document belongs to the packet, not to an act of its own.", code="wrong-act")
    raise InvalidTransition(
        "This is signed on its own: show its statement, and name the act.",
        code="separate-act-required",
        act=document.act,
        statement=document.statement,
    )


def finish(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    clock: ports.Clock,
    packet_id: str,
    signed_in_at: datetime,
    step_up: timedelta,
    actor: Actor,
    request: Request | None,
) -> dict[str, Any]:
    """Everything is signed: the seals are made next. Repeating it gets the same answer and changes nothing (I10).

    Raises SignaturesMissing naming document and field, ConsentRequired, StepUpRequired, InvalidTransition.
    """
    now = clock.now()
    answer = {"status": Status.SEALING.value}

    def decide(packet: Packet) -> Change | None:
        if packet.status in AFTER_SUBMISSION:
            return None
        require_signing(packet, packet_types)
        missing = [
            {"document_id": document.document_id, "field_id": field_id}
            for document in ordered(packets, packet_id)
            for field_id in document.missing()
        ]
        if missing:
            raise SignaturesMissing(missing=missing)
        if packets.find(Adoption, packet_id) is None:
            raise InvalidTransition("Adopt your signature first.", code="signature-required")
        require_recent(signed_in_at, now, step_up)
        answered, puts = correcting.answered(packets, packet, now, actor)
        attempt = packet.attempt + 1
        after = packet.move(Status.SEALING, now).having(attempt=attempt, due_at=now)
        finished = Event(type=EventType.PACKET_FINISHED, at=now, actor=actor, data={"generation": packet.generation})
        effects = [start_workflow(packet_id, attempt, now)]
        return Change(after, events=[*answered, finished], effects=effects, puts=puts, answer=answer)

    packets.change(packet_id, decide, request)
    return answer


def _document_view(document: Document) -> dict[str, Any]:
    return {
        "document_id": document.document_id,
        "title": document.title,
        "mode": document.mode,
        "act": document.act,
        "statement": document.statement,
        "sha256": document.sha256,
        "pages": document.pages,
        "opened_at": document.opened_at,
        "complete": not document.missing(),
        "fields": [_field_view(document, box) for box in document.fields],
    }


def _field_view(document: Document, box: FieldBox) -> dict[str, Any]:
    if box.kind == "date":
        signed_at = None if document.missing() else document.completed_at
        return {**box.model_dump(), "required": False, "signed_at": signed_at}
    signed = document.signed.get(box.field_id)
    return {**box.model_dump(), "signed_at": signed.at if signed else None}
