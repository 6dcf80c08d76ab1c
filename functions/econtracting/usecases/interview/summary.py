"""The summary: everything entered, confirmed and frozen, or opened again while nothing is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.errors import InterviewIncomplete, InvalidTransition, PacketFrozen, Unavailable
from econtracting.domain.interview import interview
from econtracting.domain.packet import Packet, SectionState, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.record import Record
from econtracting.domain.signing.preparation import KeptDocument, Prepared, PreparedDocument
from econtracting.domain.signing.signing import Adoption, Document, same_name
from econtracting.ports import Change, PacketTypes
from econtracting.usecases.commit.standing import as_agent_sees
from econtracting.usecases.corrections import correcting
from econtracting.usecases.interview.answering import context_of, name_of_record, require_agreement, saved_sections
from econtracting.views.interview import AnswersStandView, SummaryView

ROUNDS = 3  # how often documents are prepared again because something was written meanwhile


@dataclass(frozen=True)
class Summaries:
    """Everything entered. With `synthetic`, numbers are taken that belong to no real person."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    preparation: ports.Preparation
    clock: ports.Clock
    synthetic: bool

    def view(self, agent: Agent) -> SummaryView:
        """Everything asked, with its answer as a screen may show it. Raises AgreementRequired."""
        packet = self.packets.load(agent.packet_id)
        definition = self.packet_types(packet.type)
        require_agreement(packet, definition)
        saved = saved_sections(self.packets, packet.id)
        context = context_of(packet, saved, self.clock.now().date(), synthetic=True)
        lines = interview.summary(definition.interview, saved, context)
        seen = as_agent_sees(self.packets, packet)
        return SummaryView.of(seen, lines, interview.incomplete_sections(definition.interview, saved, context))

    def confirm(self, agent: Agent) -> AnswersStandView:
        """Freeze the answers and prepare the documents from them; every hash is recorded before consent (I4).

        In a correction only the documents that show something corrected are made again; the others stay as they are
        signed. What happens to the packet meanwhile without touching the answers, as when a mail is delivered, costs
        another round and nothing else. Raises InterviewIncomplete naming the sections, InvalidTransition, Unavailable
        if the documents cannot be prepared or something was saved that the agent may not have seen.
        """
        frozen = AnswersStandView(status=Status.AWAITING_SIGNATURE)
        packets, packet_types, actor = self.packets, self.packet_types, agent.actor
        seen: Mapping[str, SectionState] | None = None
        for _ in range(ROUNDS):
            now = self.clock.now()
            looked = packets.load(agent.packet_id)
            if seen is not None and looked.sections != seen:
                break
            seen = looked.sections
            definition = packet_types(looked.type)
            require_agreement(looked, definition)
            if looked.status is Status.AWAITING_SIGNATURE:
                return frozen
            _require_complete(packets, definition, looked, now, self.synthetic)
            prepared = self.preparation.prepare(looked.id, looked.generation + 1, now)
            _require_files(prepared)
            try:
                packets.change(looked.id, _freezing(packets, packet_types, prepared, now, actor, frozen), agent.request)
            except _Moved:
                continue
            return frozen
        raise Unavailable("Something was saved meanwhile; please confirm again.", retry_after=1)

    def reopen(self, agent: Agent) -> AnswersStandView:
        """Back to the answers while nothing that was prepared from them is signed; the frozen documents are void.

        Raises InvalidTransition, PacketFrozen once something is signed.
        """
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            back = Status.CORRECTION_REQUESTED if packet.submitted else Status.IN_PROGRESS
            if packet.status is back:
                return None
            if packet.status is not Status.AWAITING_SIGNATURE:
                raise InvalidTransition(status=packet.status.value, wanted=back.value)
            documents = self.packets.all_of(Document, packet.id)
            fresh = [one for one in documents if one.generation == packet.generation]
            if any(document.signed for document in fresh):
                raise PacketFrozen("Something is signed already; ask the contracting department for a correction.")
            data = {"generation": packet.generation}
            event = Event(type=EventType.PACKET_REOPENED, at=now, actor=agent.actor, data=data)
            return Change(packet.reopen(now), events=[event], drops=[] if packet.submitted else documents)

        return AnswersStandView(status=self.packets.change(agent.packet_id, decide).packet.status)


class _Moved(Exception):
    """The packet was changed while its documents were prepared: they may not show its answers."""


def _require_complete(
    packets: ports.Packets, definition: PacketType, packet: Packet, now: datetime, synthetic: bool
) -> None:
    """Raises InvalidTransition, InterviewIncomplete."""
    if packet.status is Status.CORRECTION_REQUESTED:
        correcting.require_answered(packets, packet)
    elif packet.status is not Status.IN_PROGRESS:
        raise InvalidTransition(status=packet.status.value, wanted=Status.AWAITING_SIGNATURE.value)
    saved = saved_sections(packets, packet.id)
    context = context_of(packet, saved, now.date(), synthetic=synthetic)
    incomplete = interview.incomplete_sections(definition.interview, saved, context)
    if incomplete:
        raise InterviewIncomplete(sections=list(incomplete))


def _require_files(prepared: Prepared) -> None:
    """Raises InterviewIncomplete for answers that name a file which is gone."""
    paths = prepared.removed_attachments
    if paths:
        raise InterviewIncomplete(
            "A file that an answer names was removed. Please upload it again or take it out of the answer.",
            sections=sorted({path.split(".")[0] for path in paths}),
            errors=[
                {"field": path, "rule": "attachment-unknown", "message": "This file was removed."} for path in paths
            ],
        )


def _freezing(
    packets: ports.Packets,
    packet_types: PacketTypes,
    prepared: Prepared,
    now: datetime,
    actor: Actor,
    answer: Any,
) -> ports.Decide:
    def decide(packet: Packet) -> Change:
        if packet.version != prepared.packet_version:
            raise _Moved
        before = packets.all_of(Document, packet.id) if packet.submitted else []
        known = {document.document_id: document for document in before}
        documents = [
            known[row.code].move_to(position)
            if isinstance(row, KeptDocument)
            else _document(packet, position, row, now)
            for position, row in enumerate(prepared.documents, start=1)
        ]
        exchange = correcting.exchange(before, documents)
        after = packet.freeze(now, prepared.flags, prepared.access_code)
        hashes = {one.document_id: one.sha256 for one in documents if one.document_id not in exchange.kept}
        data: dict[str, Any] = {"generation": after.generation, "documents": hashes}
        if packet.submitted:
            data |= {"correction": packet.correction, "kept": exchange.kept}
        events = [Event(type=EventType.PACKET_FROZEN, at=now, actor=actor, data=data)]
        if after.flags:
            events.append(Event(type=EventType.PACKET_FLAGGED, at=now, actor=actor, data={"flags": list(after.flags)}))
        drops = [*exchange.drops, *_outgrown_signature(packets, packet_types, packet)]
        return Change(after, events=events, puts=exchange.puts, drops=drops, answer=answer)

    return decide


def _outgrown_signature(packets: ports.Packets, packet_types: PacketTypes, packet: Packet) -> list[Record]:
    """A signature adopted under another name than the agent has by now signs nothing more."""
    adoption = packets.find(Adoption, packet.id)
    if adoption is None or same_name(adoption.full_name, name_of_record(packets, packet_types, packet)):
        return []
    return [adoption]


def _document(packet: Packet, position: int, row: PreparedDocument, now: datetime) -> Document:
    return Document(
        packet_id=packet.id,
        document_id=row.code,
        title=row.title,
        mode=row.mode,
        act=row.act,
        position=position,
        generation=packet.generation + 1,
        sha256=row.sha256,
        size=row.size,
        pages=row.pages,
        fields=row.fields,
        statement=row.statement,
        frozen_version=row.version,
        frozen_at=now,
    )
