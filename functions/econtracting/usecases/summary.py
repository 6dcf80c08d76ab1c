"""The summary: everything entered, confirmed and frozen, or opened again while nothing is signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from econtracting import ports
from econtracting.domain import interview
from econtracting.domain.audit import Actor, Event
from econtracting.domain.documents import FieldBox
from econtracting.domain.errors import InterviewIncomplete, InvalidTransition, PacketFrozen, Unavailable
from econtracting.domain.packet import AccessCode, Packet, Status
from econtracting.domain.signing import Document
from econtracting.ports import Change, Request
from econtracting.usecases.answering import PacketTypes, context_of, require_agreement, saved_sections


def summary(*, packets: ports.Packets, packet_types: PacketTypes, clock: ports.Clock, packet_id: str) -> dict[str, Any]:
    packet = packets.load(packet_id)
    definition = packet_types(packet.type)
    require_agreement(packet, definition)
    saved = saved_sections(packets, packet_id)
    context = context_of(packet, saved, clock.now().date(), synthetic=True)
    return {
        "status": packet.status.value,
        "lines": [line.model_dump() for line in interview.summary(definition.interview, saved, context)],
        "incomplete": list(interview.incomplete_sections(definition.interview, saved, context)),
    }


def confirm(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    preparation: ports.Preparation,
    clock: ports.Clock,
    packet_id: str,
    synthetic: bool,
    actor: Actor,
    request: Request | None,
) -> dict[str, Any]:
    """Freeze the answers and prepare the documents from them; every document's hash is recorded before consent (I4).

    Raises InterviewIncomplete naming the sections, InvalidTransition, Unavailable if the documents cannot be prepared
    or somebody saved while they were.
    """
    now = clock.now()
    looked = packets.load(packet_id)
    definition = packet_types(looked.type)
    require_agreement(looked, definition)
    frozen = {"status": Status.AWAITING_SIGNATURE.value}
    if looked.status is Status.AWAITING_SIGNATURE:
        return frozen
    if looked.status is not Status.IN_PROGRESS:
        raise InvalidTransition(status=looked.status.value, wanted=Status.AWAITING_SIGNATURE.value)
    saved = saved_sections(packets, packet_id)
    context = context_of(looked, saved, now.date(), synthetic=synthetic)
    incomplete = interview.incomplete_sections(definition.interview, saved, context)
    if incomplete:
        raise InterviewIncomplete(sections=list(incomplete))
    prepared = preparation.prepare(packet_id, looked.generation + 1, now)
    if prepared["removed_attachments"]:
        paths = prepared["removed_attachments"]
        raise InterviewIncomplete(
            "A file that an answer names was removed. Please upload it again or take it out of the answer.",
            sections=sorted({path.split(".")[0] for path in paths}),
            errors=[
                {"field": path, "rule": "attachment-unknown", "message": "This file was removed."} for path in paths
            ],
        )

    def decide(packet: Packet) -> Change:
        if packet.version != prepared["packet_version"]:
            raise Unavailable("Something was saved meanwhile; please confirm again.", retry_after=1)
        documents = [_document(packet, position, row) for position, row in enumerate(prepared["documents"], start=1)]
        after = packet.move(Status.AWAITING_SIGNATURE, now).having(
            generation=packet.generation + 1,
            frozen_at=now,
            access_code=AccessCode(**prepared["access_code"]),
            flags=tuple(prepared["flags"]),
        )
        hashes = {document.document_id: document.sha256 for document in documents}
        data = {"generation": after.generation, "documents": hashes}
        events = [Event(type="packet.frozen", at=now, actor=actor, data=data)]
        if after.flags:
            events.append(Event(type="packet.flagged", at=now, actor=actor, data={"flags": list(after.flags)}))
        return Change(after, events=events, puts=documents, answer=frozen)

    packets.change(packet_id, decide, request)
    return frozen


def reopen(*, packets: ports.Packets, clock: ports.Clock, packet_id: str, actor: Actor) -> dict[str, Any]:
    """Back to the answers while nothing is signed; the frozen documents are void.

    Raises InvalidTransition, PacketFrozen once something is signed.
    """
    now = clock.now()
    answer = {"status": Status.IN_PROGRESS.value}

    def decide(packet: Packet) -> Change | None:
        if packet.status is Status.IN_PROGRESS:
            return None
        documents = packets.all_of(Document, packet_id)
        if packet.status is Status.AWAITING_SIGNATURE and any(document.signed for document in documents):
            raise PacketFrozen("Something is signed already; ask the contracting department for a correction.")
        after = packet.move(Status.IN_PROGRESS, now).having(frozen_at=None, access_code=None, consent=None, flags=())
        event = Event(type="packet.reopened", at=now, actor=actor, data={"generation": packet.generation})
        return Change(after, events=[event], drops=documents, answer=answer)

    packets.change(packet_id, decide)
    return answer


def _document(packet: Packet, position: int, row: Mapping[str, Any]) -> Document:
    return Document(
        packet_id=packet.id,
        document_id=row["code"],
        title=row["title"],
        mode=row["mode"],
        act=row["act"],
        position=position,
        generation=packet.generation + 1,
        sha256=row["sha256"],
        size=row["size"],
        pages=row["pages"],
        fields=tuple(FieldBox.model_validate(field) for field in row["fields"]),
        statement=row["statement"],
        frozen_version=row["version"],
    )
