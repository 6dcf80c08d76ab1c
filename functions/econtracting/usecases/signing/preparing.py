"""Rendering a frozen packet's documents: the one place where answers are opened to be printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from econtracting import ports
from econtracting.domain.access.access import fingerprint
from econtracting.domain.audit import Actor
from econtracting.domain.days import Here, acts_day, states_day
from econtracting.domain.fields.conditions import ConditionFacts, holds
from econtracting.domain.interview.attachments import Attachment
from econtracting.domain.interview.flags import flags_of
from econtracting.domain.moment import iso
from econtracting.domain.outbox import DropDocuments, Effect
from econtracting.domain.packet import AccessCode, Packet
from econtracting.domain.packet_type import PacketType
from econtracting.domain.signing.documents import DocumentDefinition
from econtracting.domain.signing.preparation import KeptDocument, Prepared, PreparedDocument, PrepareTask
from econtracting.domain.signing.signing import Document
from econtracting.usecases.interview.answering import passed_attachments
from econtracting.usecases.interview.forms import requested_states
from econtracting.usecases.interview.opening import Opened, Opening
from econtracting.usecases.interview.resealing import Resealing

ACCESS_CODE = "access-code"
RENDERER = Actor(kind="system", id="render")

Answers = Mapping[str, Mapping[str, Any]]


def frozen_key(packet_id: str, sha256: str) -> str:
    return f"documents/{packet_id}/{sha256}.pdf"


def access_code_key(packet_id: str, sha256: str) -> str:
    return f"access-codes/{packet_id}/{sha256}.pdf"


class _Case(NamedTuple):
    """What documents are made from."""

    packet: Packet
    definition: PacketType
    answers: Answers
    files: Mapping[str, Attachment]

    def facts(self, generation: int, frozen_at: datetime, here: Here | None) -> dict[str, Any]:
        """What the templates are given; they read values, never markup.

        A section's questions stand under its `questions`, beside its fields; uploads are told by their files' names.
        """
        packet, definition, answers = self.packet, self.definition, self.answers
        confirmed = acts_day(frozen_at, here)

        def in_state(state: str) -> date:
            return confirmed if here is None else states_day(frozen_at, state)

        questions = [question for section in definition.interview.sections for question in section.questions]
        return {
            "packet": {
                "id": packet.id,
                "type": packet.type,
                "version": packet.type_version,
                "level": packet.level,
                "level_name": definition.levels.get(packet.level, packet.level),
                "generation": generation,
                "agency": packet.agency.model_dump(),
                "recruiter": packet.recruiter.model_dump(),
                "states": [
                    {"state": row["state"], "type": row["type"]}
                    for row in requested_states(packet, definition, None, in_state)
                ],
            },
            "carrier": definition.carrier.model_dump(),
            "answers": {name: dict(_with_questions(definition, name, answers[name], self.files)) for name in answers},
            "questions": [
                {
                    "code": question.code,
                    "text": question.text,
                    "follow_ups": [{"name": field.name, "label": field.label} for field in question.follow_ups],
                }
                for question in questions
            ],
            "frozen_at": iso(frozen_at),
            "confirmed_on": confirmed.isoformat(),
        }


@dataclass(frozen=True)
class Preparing:
    """Renders where the rendering library is and the right to decrypt."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    envelope: ports.Envelope
    renderer: ports.Renderer
    documents: ports.DocumentStore
    ids: ports.Ids
    clock: ports.Clock

    def prepare(self, task: PrepareTask) -> Prepared:
        """Render and store every document that applies; answers with references, hashes and flags only.

        A document that a correction does not touch counts as kept: rendered with the date it was frozen on, it comes
        to the bytes that were signed. Safe to repeat: the store is addressed by content. An answer that names a removed
        upload is told by its path, and nothing is rendered.
        """
        Resealing(self.packets, self.envelope, self.clock).reseal(task.packet_id)
        opened = self._open(task)
        packet = opened.packet
        definition = self.packet_types(packet.type)
        conditions = ConditionFacts(
            level=packet.level, requested_states=packet.pre_appointment_states, answers=opened.public
        )
        asked = {one.name for one in definition.interview.sections if holds(one.ask_when, conditions)}
        answers = {name: given for name, given in opened.answers.items() if name in asked}
        files = passed_attachments(self.packets, packet.id)
        removed = {path for path, name in _named_files(definition, answers) if name not in files}
        flags = tuple(flags_of(definition.interview, answers))
        if removed:
            return Prepared(packet_version=packet.version, removed_attachments=tuple(sorted(removed)), flags=flags)
        case = _Case(packet, definition, answers, files)
        facts = case.facts(task.generation, task.frozen_at, task.here)
        signed = self._signed_documents(packet)
        return Prepared(
            packet_version=packet.version,
            flags=flags,
            documents=tuple(
                KeptDocument(code=row.code)
                if self._stands(case, row, signed.get(row.code), task)
                else self._render(packet, row, facts, task.frozen_at)
                for row in definition.documents_to_come(conditions)
            ),
            access_code=None if packet.submitted else self._access_code(packet, facts, task.frozen_at),
        )

    def _open(self, task: PrepareTask) -> Opened:
        return Opening(self.packets, self.packet_types, self.envelope, self.clock).open_answers(
            task.packet_id, RENDERER, "documents"
        )

    def _signed_documents(self, packet: Packet) -> dict[str, Document]:
        """The documents of a packet that is corrected, as they were signed."""
        if not packet.submitted:
            return {}
        return {one.document_id: one for one in self.packets.all_of(Document, packet.id)}

    def _stands(self, case: _Case, row: DocumentDefinition, signed: Document | None, task: PrepareTask) -> bool:
        """Whether a document made again would show what was signed."""
        if signed is None or signed.frozen_version is None or row.template is None:
            return False
        then, where = signed.frozen_at or case.packet.frozen_at or task.frozen_at, signed.frozen_here
        as_then = case.facts(signed.generation, then, where)
        return self.renderer.render(case.packet.type, row.template, as_then, then).sha256 == signed.sha256

    def _render(
        self, packet: Packet, row: DocumentDefinition, facts: Mapping[str, Any], at: datetime
    ) -> PreparedDocument:
        made = self.renderer.render(packet.type, row.template or row.code, facts, at)
        stored = self.documents.keep(frozen_key(packet.id, made.sha256), made.content)
        return PreparedDocument(
            **row.model_dump(include={"code", "title", "mode", "act", "statement"}),
            sha256=made.sha256,
            size=len(made.content),
            pages=made.pages,
            fields=made.fields,
            version=stored.version,
        )

    def _access_code(self, packet: Packet, facts: Mapping[str, Any], at: datetime) -> AccessCode:
        code = self.ids.access_code()
        page = self.renderer.render(packet.type, ACCESS_CODE, {**facts, "access_code": code}, at)
        self.documents.keep(access_code_key(packet.id, page.sha256), page.content)
        return AccessCode(fingerprint=fingerprint(code), sha256=page.sha256)


def _with_questions(
    definition: PacketType, name: str, given: Mapping[str, Any], files: Mapping[str, Attachment]
) -> Iterator[tuple[str, Any]]:
    codes = {question.code for question in definition.interview.section(name).questions}
    yield from ((field, value) for field, value in given.items() if field not in codes)
    if codes:
        yield "questions", {code: _with_file_names(value, files) for code, value in given.items() if code in codes}


def _with_file_names(answer: Mapping[str, Any], files: Mapping[str, Attachment]) -> dict[str, Any]:
    return {**answer, "attachments": [files[name].file_name for name in answer.get("attachments", ())]}


def _named_files(definition: PacketType, answers: Answers) -> Iterator[tuple[str, str]]:
    """(path of the answer, upload's id) of every upload that an answer names."""
    for section in definition.interview.sections:
        for question in section.questions:
            given = answers.get(section.name, {}).get(question.code, {})
            for name in given.get("attachments", ()):
                yield f"{section.name}.{question.code}.attachments", name


@dataclass(frozen=True)
class DocumentRemoval:
    """Erasing what was never sealed: frozen documents, pages with access codes, drawn signatures."""

    documents: ports.DocumentStore

    def drop(self, effect: Effect) -> None:
        """Raises Unavailable: the effect comes back."""
        effect.asks_for(DropDocuments)
        for kind in ("documents", "access-codes", "signatures"):
            self.documents.erase(f"{kind}/{effect.packet_id}/")
