"""The summary: everything entered, confirmed and frozen, or opened again while nothing is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from econtracting import ports
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.days import Here, states_day
from econtracting.domain.errors import InterviewIncomplete, InvalidTransition, PacketFrozen, StaleVersion, Unavailable
from econtracting.domain.fields.conditions import ConditionFacts
from econtracting.domain.fields.names import same_name
from econtracting.domain.interview import interview
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.context import InterviewContext
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.record import Record
from econtracting.domain.signing.preparation import KeptDocument, Prepared, PreparedDocument
from econtracting.domain.signing.signing import Adoption, Document
from econtracting.ports import Change
from econtracting.usecases.commit.standing import as_agent_sees
from econtracting.usecases.corrections import correcting
from econtracting.usecases.interview.answering import (
    context_of,
    here,
    name_of_record,
    require_agreement,
    saved_sections,
    today,
)
from econtracting.usecases.interview.forms import requested_states
from econtracting.views.interview import (
    AnswersStandView,
    ComingDocumentView,
    SummaryLineView,
    SummaryStateView,
    SummaryView,
)

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
        """Everything the documents will show, as a screen may show it. Raises AgreementRequired."""
        packet = self.packets.load(agent.packet_id)
        definition = self.packet_types(packet.type)
        require_agreement(packet, definition)
        seen = as_agent_sees(self.packets, packet)
        return _shown(seen, definition, saved_sections(self.packets, packet.id), agent, self.clock.now())

    def confirm(self, agent: Agent, seen: str) -> AnswersStandView:
        """Freeze the answers and prepare the documents from them; every hash is recorded before consent (I4).

        What is confirmed is what was shown: `seen` is the version of a summary, and where anything that it showed has
        changed, StaleVersion brings the one of now. In a correction only the documents that show something corrected
        are made again; the others stay as they are signed. What happens to the packet meanwhile without touching what
        was shown, as when a mail is delivered, costs another round and nothing else. Raises InterviewIncomplete naming
        the sections, StaleVersion (facts current_version, summary), InvalidTransition, Unavailable if the documents
        cannot be prepared.
        """
        packets = self.packets
        for _ in range(ROUNDS):
            if answered := packets.answered(agent.request):
                return AnswersStandView.again(answered.answer)
            now = self.clock.now()
            looked = packets.load(agent.packet_id)
            definition = self.packet_types(looked.type)
            require_agreement(looked, definition)
            if looked.status is Status.AWAITING_SIGNATURE:
                return _confirmed_before(looked, seen)
            saved = saved_sections(packets, looked.id)
            context = context_of(looked, saved, today(definition, saved, agent, now), synthetic=self.synthetic)
            _require_complete(packets, definition, looked, saved, context)
            _require_seen(_shown(looked, definition, saved, agent, now), seen)
            where = here(definition, saved, agent, now)
            prepared = self.preparation.prepare(looked.id, looked.generation + 1, now, where)
            _require_files(prepared)
            try:
                done = packets.change(looked.id, self._freezing(prepared, seen, now, where, agent), agent.request)
            except _Moved:
                continue
            return AnswersStandView.again(done.answer)
        raise Unavailable("Something else happens to your packet; please confirm again.", retry_after=1)

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
            after, drops = packet.reopen(now), [] if packet.submitted else documents
            return Change(after, events=[event], drops=drops, answer=AnswersStandView(status=after.status))

        done = self.packets.change(agent.packet_id, decide, agent.request)
        return AnswersStandView.again(done.answer or AnswersStandView(status=done.packet.status))

    def _freezing(self, prepared: Prepared, seen: str, now: datetime, where: Here, agent: Agent) -> ports.Decide:
        def decide(packet: Packet) -> Change:
            if packet.version != prepared.packet_version:
                raise _Moved
            definition = self.packet_types(packet.type)
            _require_seen(_shown(packet, definition, saved_sections(self.packets, packet.id), agent, now), seen)
            before = self.packets.all_of(Document, packet.id) if packet.submitted else []
            known = {document.document_id: document for document in before}
            documents = [
                known[row.code].move_to(position)
                if isinstance(row, KeptDocument)
                else _document(packet, position, row, now, where)
                for position, row in enumerate(prepared.documents, start=1)
            ]
            exchange = correcting.exchange(before, documents)
            after = packet.freeze(now, where, seen, prepared.flags, prepared.access_code)
            hashes = {one.document_id: one.sha256 for one in documents if one.document_id not in exchange.kept}
            data: dict[str, Any] = {"generation": after.generation, "summary": seen, "documents": hashes} | where.told()
            if packet.submitted:
                data |= {"correction": packet.correction, "kept": exchange.kept}
            events = [Event(type=EventType.PACKET_FROZEN, at=now, actor=agent.actor, data=data)]
            if after.flags:
                flagged = {"flags": list(after.flags)}
                events.append(Event(type=EventType.PACKET_FLAGGED, at=now, actor=agent.actor, data=flagged))
            drops = [*exchange.drops, *_outgrown_signature(self.packets, self.packet_types, packet)]
            answer = AnswersStandView(status=after.status)
            return Change(after, events=events, puts=exchange.puts, drops=drops, answer=answer)

        return decide


class _Moved(Exception):
    """The packet was changed while its documents were prepared: they may not show its answers."""


def _shown(
    packet: Packet, definition: PacketType, saved: Mapping[str, Section], agent: Agent, now: datetime
) -> SummaryView:
    """What the documents would show if they were made now. The states count as on the day."""
    context = context_of(packet, saved, today(definition, saved, agent, now), synthetic=True)
    public = {name: one.public for name, one in saved.items()}
    facts = ConditionFacts(
        level=packet.level,
        requested_states=packet.pre_appointment_states,
        answers=interview.current(definition.interview, public, packet.pre_appointment_states),
    )
    states = requested_states(packet, definition, None, lambda state: states_day(now, state))
    return SummaryView.of(
        packet,
        sections={name: one.version for name, one in saved.items()},
        incomplete=list(interview.incomplete_sections(definition.interview, saved, context)),
        packet_type=packet.type,
        type_version=definition.version,
        level_name=definition.levels.get(packet.level, packet.level),
        states=[SummaryStateView(state=row["state"], type=row["type"]) for row in states],
        documents=[
            ComingDocumentView(document_id=row.code, title=row.title) for row in definition.documents_to_come(facts)
        ],
        lines=[
            SummaryLineView(**line.model_dump()) for line in interview.summary(definition.interview, saved, context)
        ],
    )


def _require_seen(shown: SummaryView, seen: str) -> None:
    """Raises StaleVersion with the summary as it is now: it goes to the agent whose answers it shows."""
    if shown.version != seen:
        raise StaleVersion(
            "Something has changed since you looked at the summary. Please look at it again.",
            current_version=shown.version,
            summary=shown.model_dump(mode="json"),
        )


def _confirmed_before(packet: Packet, seen: str) -> AnswersStandView:
    """Raises InvalidTransition where another summary was confirmed than the one named now."""
    if packet.summary not in (None, seen):
        detail = "Another summary is confirmed already. Open the answers again to change what it shows."
        raise InvalidTransition(detail, status=packet.status.value)
    return AnswersStandView(status=packet.status)


def _require_complete(
    packets: ports.Packets,
    definition: PacketType,
    packet: Packet,
    saved: Mapping[str, Section],
    context: InterviewContext,
) -> None:
    """Raises InvalidTransition, InterviewIncomplete."""
    if packet.status is Status.CORRECTION_REQUESTED:
        correcting.require_answered(packets, packet)
    elif packet.status is not Status.IN_PROGRESS:
        raise InvalidTransition(status=packet.status.value, wanted=Status.AWAITING_SIGNATURE.value)
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


def _outgrown_signature(packets: ports.Packets, packet_types: ports.PacketTypes, packet: Packet) -> list[Record]:
    """A signature adopted under another name than the agent has by now signs nothing more."""
    adoption = packets.find(Adoption, packet.id)
    if adoption is None or same_name(adoption.full_name, name_of_record(packets, packet_types, packet)):
        return []
    return [adoption]


def _document(packet: Packet, position: int, row: PreparedDocument, now: datetime, where: Here) -> Document:
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
        frozen_here=where,
    )
