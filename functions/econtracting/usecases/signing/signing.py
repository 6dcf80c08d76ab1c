"""The signing ceremony: documents opened, signed field by field, and finished."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from econtracting import ports
from econtracting.domain.access.access import require_recent
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.errors import AlreadySigned, InvalidTransition, NotFound, SignaturesMissing
from econtracting.domain.outbox import start_workflow
from econtracting.domain.packet import AFTER_SUBMISSION, Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.signing.documents import PACKET_ACT, FieldBox
from econtracting.domain.signing.signing import Adoption, Document, SignedField
from econtracting.ports import Change
from econtracting.usecases.commit.standing import as_agent_sees
from econtracting.usecases.corrections import correcting
from econtracting.usecases.interview.answering import here_of
from econtracting.usecases.signing.ceremony import (
    document_of,
    documents_of,
    looks_of,
    require_frozen,
    require_signing,
)
from econtracting.usecases.signing.preparing import frozen_key
from econtracting.views.base import reading_of
from econtracting.views.signing import DocumentView, FinishView, MarkView, SignedFieldView, SigningFieldView


@dataclass(frozen=True)
class Signing:
    """The agent reads, signs and finishes. A password entry older than `step_up` is too old to finish."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    documents: ports.DocumentStore
    clock: ports.Clock
    step_up: timedelta

    def documents_view(self, agent: Agent) -> list[DocumentView]:
        """The documents in packet order, with every field and what will be sealed in it. Raises InvalidTransition."""
        packet = self.packets.load(agent.packet_id)
        require_frozen(packet)
        looks = looks_of(self.packets, packet.id)
        definition = self.packet_types(packet.type)
        return [_document_view(definition, document, looks) for document in documents_of(self.packets, packet.id)]

    def content(self, agent: Agent, document_id: str, *, sealed: bool) -> bytes:
        """The frozen bytes, or the sealed ones. Raises NotFound; also for another packet's document.

        The first opening after consent is recorded; an earlier one does not count, because consent precedes every
        notice that the law wants delivered.
        """
        document = document_of(self.packets, agent.packet_id, document_id)
        if sealed:
            if document.sealed_key is None:
                raise NotFound("This document is not sealed yet.", code="document-not-found")
            key, version, _ = document.final
            return self.documents.read(key, version)
        if document.frozen_version is None:
            raise NotFound("This document exists only sealed.", code="document-not-found")
        found = self.documents.read(frozen_key(agent.packet_id, document.sha256), document.frozen_version)
        if document.opened_at is None:
            self._record_opening(agent, document_id)
        return found

    def sign_field(self, agent: Agent, document_id: str, field_id: str, act: str) -> SignedFieldView:
        """Sign, initial or acknowledge one field of a document that was opened.

        A document that is an act of its own (the taxpayer certification) is signed only where the call names that act,
        so that nothing that signs the rest can take it along. Source: Instructions for the Requester of Form W-9.
        Raises ConsentRequired, AlreadySigned, NotFound, InvalidTransition.
        """
        now, actor = self.clock.now(), agent.actor

        def decide(packet: Packet) -> Change:
            require_signing(packet, self.packet_types)
            document = document_of(self.packets, packet.id, document_id)
            box = _signable(document, field_id)
            _require_act(document, act)
            if document.opened_at is None:
                raise InvalidTransition("Open and read this document first.", code="document-not-opened")
            where = here_of(self.packets, self.packet_types, packet, agent, now)
            signed = SignedField(
                field_id=field_id,
                signature_id=self._adoption_of(packet).signature_id,
                at=now,
                here=where,
                address=actor.address,
                user_agent=actor.user_agent,
            )
            after = document.sign(signed)
            kind = EventType.DOCUMENT_ACKNOWLEDGED if box.kind == "acknowledge" else EventType.DOCUMENT_TAG_SIGNED
            data = {
                "document": document_id,
                "field": field_id,
                "kind": box.kind,
                "act": document.act,
                "signature_id": signed.signature_id,
                "sha256": document.sha256,
                **where.told(),
            }
            events = [Event(type=kind, at=now, actor=actor, data=data)]
            missing = list(after.missing())
            if not missing:
                complete = {"document": document_id}
                events.append(Event(type=EventType.DOCUMENT_COMPLETED, at=now, actor=actor, data=complete))
            answer = SignedFieldView(field_id=field_id, signed_at=now, signed_on=signed.day, missing=missing)
            return Change(packet, events=events, puts=[after], answer=answer)

        return SignedFieldView.again(self.packets.change(agent.packet_id, decide, agent.request).answer)

    def finish(self, agent: Agent) -> FinishView:
        """Everything is signed: the seals are made next. Repeating it changes nothing (I10).

        What was finished before is answered with where the packet stands by now, as far as the agent may know. In a
        correction nothing is finished until the documents that it touches are signed again. Raises SignaturesMissing
        naming document and field, ConsentRequired, StepUpRequired, InvalidTransition.
        """
        now, actor = self.clock.now(), agent.actor

        def decide(packet: Packet) -> Change | None:
            if packet.status is Status.CORRECTION_REQUESTED:
                detail = "Correct what you were asked about, and sign what changes with it; then finish."
                raise InvalidTransition(detail, packet_status=packet.status.value)
            if packet.status in AFTER_SUBMISSION:
                return None
            require_signing(packet, self.packet_types)
            missing = [
                {"document_id": document.document_id, "field_id": field_id}
                for document in documents_of(self.packets, packet.id)
                for field_id in document.missing()
            ]
            if missing:
                raise SignaturesMissing(missing=missing)
            self._adoption_of(packet)
            require_recent(agent.signed_in_at, now, self.step_up)
            answers, puts = correcting.answered(self.packets, packet, now, actor)
            where = here_of(self.packets, self.packet_types, packet, agent, now)
            after, data = packet.finish(now), {"generation": packet.generation} | where.told()
            finished = Event(type=EventType.PACKET_FINISHED, at=now, actor=actor, data=data)
            effects = [start_workflow(packet.id, after.attempt, now)]
            answer = FinishView(status=after.status)
            return Change(after, events=[*answers, finished], effects=effects, puts=puts, answer=answer)

        done = self.packets.change(agent.packet_id, decide, agent.request)
        return FinishView.again(done.answer or FinishView(status=as_agent_sees(self.packets, done.packet).status))

    def _record_opening(self, agent: Agent, document_id: str) -> None:
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            document = document_of(self.packets, packet.id, document_id)
            waits = packet.status is Status.AWAITING_SIGNATURE and packet.consent is not None
            if document.opened_at is not None or not waits:
                return None
            data = {"document": document_id, "sha256": document.sha256}
            event = Event(type=EventType.DOCUMENT_OPENED, at=now, actor=agent.actor, data=data)
            return Change(packet, events=[event], puts=[document.open(now)])

        self.packets.change(agent.packet_id, decide)

    def _adoption_of(self, packet: Packet) -> Adoption:
        """Raises InvalidTransition before a signature is adopted."""
        adoption = self.packets.find(Adoption, packet.id)
        if adoption is None:
            raise InvalidTransition("Adopt your signature first.", code="signature-required")
        return adoption


def _signable(document: Document, field_id: str) -> FieldBox:
    """The field, if someone can still act on it. Raises NotFound, AlreadySigned, InvalidTransition."""
    box = next((one for one in document.fields if one.field_id == field_id), None)
    if box is None:
        raise NotFound("This document has no such field.", code="field-not-found")
    if box.kind == "date":
        raise InvalidTransition("Dates fill themselves in when the document is signed.", code="automatic-field")
    if field_id in document.signed:
        before = document.signed[field_id]
        raise AlreadySigned(signed_at=before.at.isoformat(), signed_on=before.day.isoformat())
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


def _document_view(definition: PacketType, document: Document, looks: Mapping[str, Adoption]) -> DocumentView:
    return DocumentView(
        document_id=document.document_id,
        title=definition.readable(document.title),
        mode=document.mode,
        act=document.act,
        statement=document.statement,
        reading=reading_of(definition.readable(document.statement or "")),
        sha256=document.sha256,
        pages=document.pages,
        opened_at=document.opened_at,
        complete=not document.missing(),
        fields=[_field_view(document, box, looks) for box in document.fields],
    )


def _field_view(document: Document, box: FieldBox, looks: Mapping[str, Adoption]) -> SigningFieldView:
    is_date = box.kind == "date"
    act = None if is_date and document.missing() else document.act_on(box)
    return SigningFieldView(
        **box.model_dump(exclude={"required"}),
        required=box.required and not is_date,
        signed_at=act.at if act else None,
        signed_on=act.day if act else None,
        mark=_mark_view(box, act, looks.get(act.signature_id)) if act else None,
    )


def _mark_view(box: FieldBox, act: SignedField, look: Adoption | None) -> MarkView | None:
    """None where the signature is no longer known: after its packet was erased."""
    if look is None:
        return None
    picture = box.kind == "signature" and look.image_sha256 is not None
    return MarkView(text=look.text(box.kind, act.local), style=look.style, picture=picture)
