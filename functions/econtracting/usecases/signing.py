"""The signing ceremony: consent, adopted signature, field by field, finish."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from econtracting import ports
from econtracting.domain.access import fingerprint
from econtracting.domain.answers import Section
from econtracting.domain.audit import Actor, Event
from econtracting.domain.documents import FieldBox
from econtracting.domain.effects import Effect, EffectKind
from econtracting.domain.errors import (
    AlreadySigned,
    ConsentRequired,
    InvalidRequest,
    InvalidTransition,
    NotFound,
    SignaturesMissing,
    StaleVersion,
)
from econtracting.domain.interview_person import person
from econtracting.domain.packet import AFTER_SUBMISSION, Acceptance, Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.signing import Adoption, Document, SignedField, same_name
from econtracting.ports import Change, Request
from econtracting.usecases.endings import close
from econtracting.usecases.preparing import access_code_key, frozen_key

PacketTypes = Callable[[str], PacketType]


def consent_view(*, packets: ports.Packets, packet_types: PacketTypes, packet_id: str) -> dict[str, Any]:
    packet = packets.load(packet_id)
    text = packet_types(packet.type).disclosure
    _require_frozen(packet)
    return {
        "disclosure_version": text.version,
        "title": text.title,
        "disclosure": text.text,
        "sha256": sha256(text.text.encode()).hexdigest(),
        "access_code_document": "/packet/consent/access-code",
        "accepted_at": packet.consent.at if packet.consent else None,
    }


def access_code_document(*, packets: ports.Packets, documents: ports.DocumentStore, packet_id: str) -> bytes:
    packet = packets.load(packet_id)
    _require_frozen(packet)
    if packet.access_code is None:
        raise NotFound("There is no access code for this packet.", code="document-not-found")
    return documents.read(access_code_key(packet_id, packet.access_code.sha256))


def consent(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    clock: ports.Clock,
    packet_id: str,
    disclosure_version: str,
    access_code: str,
    actor: Actor,
    request: Request | None,
) -> dict[str, Any]:
    """Consent to electronic records, with the code that shows the person can open them.

    Source: ESIGN, 15 U.S.C. 7001(c)(1)(C)(ii). Raises StaleVersion for another text, InvalidRequest for a wrong code.
    """
    now = clock.now()
    answer = {"consented": True}

    def decide(packet: Packet) -> Change | None:
        _require_status(packet, Status.AWAITING_SIGNATURE)
        if packet.consent is not None:
            return None
        text = packet_types(packet.type).disclosure
        if disclosure_version != text.version:
            raise StaleVersion("The disclosure has changed; please read it again.", current_version=text.version)
        code = access_code.replace("-", "").replace(" ", "").upper()
        if packet.access_code is None or fingerprint(code) != packet.access_code.fingerprint:
            message = "This is not the code printed in the document. Open the document and type the code it shows."
            raise InvalidRequest(errors=[{"field": "access_code", "rule": "access-code", "message": message}])
        given = Acceptance(
            version=text.version,
            sha256=sha256(text.text.encode()).hexdigest(),
            at=now,
            address=actor.address,
            user_agent=actor.user_agent,
        )
        data = {"version": given.version, "sha256": given.sha256, "access_proof": packet.access_code.sha256}
        events = [
            Event(type="disclosure.access_proved", at=now, actor=actor, data={"document": packet.access_code.sha256}),
            Event(type="disclosure.accepted", at=now, actor=actor, data=data),
        ]
        return Change(packet.having(consent=given), events=events, answer=answer)

    packets.change(packet_id, decide, request)
    return answer


def withdraw_consent(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    clock: ports.Clock,
    packet_id: str,
    reason: str,
    actor: Actor,
) -> dict[str, Any]:
    """Before finishing this ends the electronic packet; afterwards it holds for future records, and what is signed stands."""
    now = clock.now()

    def decide(packet: Packet) -> Change:
        if packet.consent is None:
            raise ConsentRequired("There is no consent to withdraw.")
        event = Event(type="disclosure.withdrawn", at=now, actor=actor, data={"reason": reason[:500]})
        if packet.status in AFTER_SUBMISSION:
            text = "What you signed stands. From now on we send you records on paper, free of charge."
            return Change(packet, events=[event], answer={"status": packet.status.value, "consequence": text})
        text = "This electronic packet has ended. The contracting department sends you the packet on paper."
        change = close(packets, packet, Status.DECLINED, now, event, letters=[("declined", {})])
        return replace(change, answer={"status": Status.DECLINED.value, "consequence": text})

    answer: dict[str, Any] = packets.change(packet_id, decide).answer
    return answer


def adopt(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    clock: ports.Clock,
    ids: ports.Ids,
    styles: Iterable[str],
    packet_id: str,
    full_name: str,
    initials: str,
    style: str,
    actor: Actor,
) -> dict[str, Any]:
    """Adopt the signature every field is then marked with. Raises InvalidRequest if the name is not the agent's."""
    now = clock.now()

    def decide(packet: Packet) -> Change:
        _require_consent(packet)
        _require_status(packet, Status.AWAITING_SIGNATURE)
        errors = []
        if not same_name(full_name, _name_of_record(packets, packet_types, packet)):
            message = "Please type your full name exactly as you gave it in the interview."
            errors.append({"field": "full_name", "rule": "name-of-record", "message": message})
        if not (initials.isalpha() and 1 <= len(initials) <= 4):
            message = "Initials are one to four letters."
            errors.append({"field": "initials", "rule": "initials", "message": message})
        if style not in styles:
            errors.append({"field": "style", "rule": "style", "message": "Choose one of the offered styles."})
        if errors:
            raise InvalidRequest(errors=errors)
        adoption = Adoption(
            packet_id=packet_id,
            signature_id=ids.signature(),
            full_name=" ".join(full_name.split()),
            initials=initials.upper(),
            method="typed",
            style=style,
            at=now,
        )
        data = {"signature_id": adoption.signature_id, "method": adoption.method, "style": style}
        answer = {"signature_id": adoption.signature_id, "style": style}
        event = Event(type="signature.adopted", at=now, actor=actor, data=data)
        return Change(packet, events=[event], puts=[adoption], answer=answer)

    adopted: dict[str, Any] = packets.change(packet_id, decide).answer
    return adopted


def documents_view(*, packets: ports.Packets, packet_id: str) -> list[dict[str, Any]]:
    packet = packets.load(packet_id)
    _require_frozen(packet)
    return [_document_view(document) for document in _ordered(packets, packet_id)]


def content(
    *, packets: ports.Packets, documents: ports.DocumentStore, packet_id: str, document_id: str, sealed: bool
) -> bytes:
    """The frozen bytes, or the sealed ones. Raises NotFound; also for another packet's document."""
    document = _document(packets, packet_id, document_id)
    if not sealed:
        if document.frozen_version is None:
            raise NotFound("This document exists only sealed.", code="document-not-found")
        return documents.read(frozen_key(packet_id, document.sha256), document.frozen_version)
    if document.sealed_key is None:
        raise NotFound("This document is not sealed yet.", code="document-not-found")
    return documents.read(document.sealed_key, document.sealed_version)


def sign_field(
    *,
    packets: ports.Packets,
    clock: ports.Clock,
    packet_id: str,
    document_id: str,
    field_id: str,
    actor: Actor,
    request: Request | None,
) -> dict[str, Any]:
    """Sign, initial, date or acknowledge one field. Raises ConsentRequired, AlreadySigned, NotFound, InvalidTransition."""
    now = clock.now()

    def decide(packet: Packet) -> Change:
        _require_consent(packet)
        _require_status(packet, Status.AWAITING_SIGNATURE)
        document = _document(packets, packet_id, document_id)
        box = next((one for one in document.fields if one.field_id == field_id), None)
        if box is None:
            raise NotFound("This document has no such field.", code="field-not-found")
        if box.kind == "date":
            raise InvalidTransition("Dates fill themselves in when the document is signed.", code="automatic-field")
        if field_id in document.signed:
            raise AlreadySigned(signed_at=document.signed[field_id].at.isoformat())
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
        kind = "document.acknowledged" if box.kind == "acknowledge" else "document.tag_signed"
        data = {
            "document": document_id,
            "field": field_id,
            "kind": box.kind,
            "signature_id": adoption.signature_id,
            "sha256": document.sha256,
        }
        events = [Event(type=kind, at=now, actor=actor, data=data)]
        if not after.missing():
            events.append(Event(type="document.completed", at=now, actor=actor, data={"document": document_id}))
        answer = {"field_id": field_id, "signed_at": now.isoformat(), "missing": list(after.missing())}
        return Change(packet, events=events, puts=[after], answer=answer)

    signed: dict[str, Any] = packets.change(packet_id, decide, request).answer
    return signed


def finish(
    *, packets: ports.Packets, clock: ports.Clock, packet_id: str, actor: Actor, request: Request | None
) -> dict[str, Any]:
    """Everything is signed: the seals are made next. Repeating it gets the same answer and changes nothing (I10).

    Raises SignaturesMissing naming document and field, ConsentRequired, InvalidTransition.
    """
    now = clock.now()
    answer = {"status": Status.SEALING.value}

    def decide(packet: Packet) -> Change | None:
        if packet.status in AFTER_SUBMISSION:
            return None
        _require_consent(packet)
        _require_status(packet, Status.AWAITING_SIGNATURE)
        missing = [
            {"document_id": document.document_id, "field_id": field_id}
            for document in _ordered(packets, packet_id)
            for field_id in document.missing()
        ]
        if missing:
            raise SignaturesMissing(missing=missing)
        attempt = packet.attempt + 1
        after = packet.move(Status.SEALING, now).having(attempt=attempt, due_at=now)
        events = [Event(type="packet.finished", at=now, actor=actor, data={"generation": packet.generation})]
        return Change(after, events=events, effects=[start_workflow(packet_id, attempt, now)], answer=answer)

    packets.change(packet_id, decide, request)
    return answer


def start_workflow(packet_id: str, attempt: int, now: datetime) -> Effect:
    """The execution's name is fixed by packet and attempt, so it exists once (I3)."""
    return Effect(
        packet_id=packet_id,
        id=f"workflow#{attempt}",
        kind=EffectKind.START_WORKFLOW,
        payload={"attempt": attempt},
        created_at=now,
        due_at=now,
    )


def decline(
    *, packets: ports.Packets, clock: ports.Clock, packet_id: str, reason: str, wrong_recipient: bool, actor: Actor
) -> dict[str, Any]:
    """The agent says no, or is not the person meant; the recruiter is told, links and sessions end."""
    now = clock.now()
    answer = {"status": Status.DECLINED.value}
    kind = "invitation.wrong_recipient" if wrong_recipient else "packet.declined"

    def decide(packet: Packet) -> Change | None:
        if packet.status is Status.DECLINED:
            return None
        event = Event(type=kind, at=now, actor=actor, data={"reason": reason[:500]})
        letter = "wrong-recipient" if wrong_recipient else "declined"
        change = close(packets, packet, Status.DECLINED, now, event, letters=[(letter, {})])
        return replace(change, answer=answer)

    packets.change(packet_id, decide)
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
        "complete": not document.missing(),
        "fields": [_field_view(document, box) for box in document.fields],
    }


def _field_view(document: Document, box: FieldBox) -> dict[str, Any]:
    if box.kind == "date":
        signed_at = None if document.missing() else document.completed_at
        return {**box.model_dump(), "required": False, "signed_at": signed_at}
    signed = document.signed.get(box.field_id)
    return {**box.model_dump(), "signed_at": signed.at if signed else None}


def _ordered(packets: ports.Packets, packet_id: str) -> list[Document]:
    return sorted(packets.all_of(Document, packet_id), key=lambda document: document.position)


def _document(packets: ports.Packets, packet_id: str, document_id: str) -> Document:
    found = packets.find(Document, packet_id, document_id)
    if found is None:
        raise NotFound("This packet has no such document.", code="document-not-found")
    return found


def _name_of_record(packets: ports.Packets, packet_types: PacketTypes, packet: Packet) -> str:
    known = person(
        packet_types(packet.type).interview, {one.name: one.public for one in packets.all_of(Section, packet.id)}
    )
    parts = [known.get(part) for part in ("first_name", "middle_name", "last_name", "suffix")]
    return " ".join(part for part in parts if part) or packet.agent.full_name


def _require_frozen(packet: Packet) -> None:
    if packet.frozen_at is None:
        raise InvalidTransition(
            "Confirm the summary first; the documents are prepared from it.", status=packet.status.value
        )


def _require_consent(packet: Packet) -> None:
    if packet.consent is None:
        raise ConsentRequired()


def _require_status(packet: Packet, status: Status) -> None:
    if packet.status is not status:
        raise InvalidTransition(status=packet.status.value)
