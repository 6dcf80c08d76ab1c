"""Rendering a frozen packet's documents: the one place where answers are opened to be printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from econtracting import ports
from econtracting.domain.access.access import fingerprint
from econtracting.domain.audit import Actor
from econtracting.domain.fields.conditions import ConditionFacts, holds
from econtracting.domain.interview.attachments import Attachment
from econtracting.domain.interview.flags import flags_of
from econtracting.domain.moment import iso
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType
from econtracting.domain.signing.signing import Document
from econtracting.usecases.interview.answering import PacketTypes, passed_attachments
from econtracting.usecases.interview.forms import requested_states
from econtracting.usecases.interview.opening import open_answers

ACCESS_CODE = "access-code"
RENDERER = Actor(kind="system", id="render")

Answers = Mapping[str, Mapping[str, Any]]


def frozen_key(packet_id: str, sha256: str) -> str:
    return f"documents/{packet_id}/{sha256}.pdf"


def access_code_key(packet_id: str, sha256: str) -> str:
    return f"access-codes/{packet_id}/{sha256}.pdf"


def prepare(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    envelope: ports.Envelope,
    renderer: ports.Renderer,
    documents: ports.DocumentStore,
    ids: ports.Ids,
    clock: ports.Clock,
    packet_id: str,
    generation: int,
    frozen_at: datetime,
) -> dict[str, Any]:
    """Render and store every document that applies; answers with references, hashes and flags only.

    A document that a correction does not touch is told as `kept`: rendered with the date it was frozen on, it comes to
    the bytes that were signed. Safe to repeat: the store is addressed by content. An answer that names a removed upload
    is told by its path, and nothing is rendered.
    """
    opened = open_answers(
        packets=packets,
        packet_types=packet_types,
        envelope=envelope,
        clock=clock,
        packet_id=packet_id,
        reader=RENDERER,
        purpose="documents",
    )
    packet = opened.packet
    definition = packet_types(packet.type)
    files = passed_attachments(packets, packet_id)
    removed = [path for path, name in _named_files(definition, opened.answers) if name not in files]
    prepared: dict[str, Any] = {
        "packet_version": packet.version,
        "removed_attachments": sorted(set(removed)),
        "flags": list(flags_of(definition.interview, opened.answers)),
        "documents": [],
    }
    if removed:
        return prepared
    facts = facts_of(packet, definition, opened.answers, files, generation, frozen_at)
    signed = {one.document_id: one for one in packets.all_of(Document, packet_id)} if packet.submitted else {}

    def kept(code: str, template: str) -> bool:
        stands = signed.get(code)
        if stands is None or stands.frozen_version is None:
            return False
        then = stands.frozen_at or packet.frozen_at or frozen_at
        as_then = facts_of(packet, definition, opened.answers, files, stands.generation, then)
        return renderer.render(packet.type, template, as_then, then).sha256 == stands.sha256

    conditions = ConditionFacts(
        level=packet.level, requested_states=packet.pre_appointment_states, answers=opened.public
    )
    for row in definition.documents:
        if row.template is None or row.produced != "freeze" or not holds(row.include_when, conditions):
            continue
        if kept(row.code, row.template):
            prepared["documents"].append({"code": row.code, "kept": True})
            continue
        made = renderer.render(packet.type, row.template, facts, frozen_at)
        stored = documents.keep(frozen_key(packet_id, made.sha256), made.content)
        prepared["documents"].append(
            {
                **row.model_dump(include={"code", "title", "mode", "act", "statement"}),
                "sha256": made.sha256,
                "size": len(made.content),
                "pages": made.pages,
                "fields": [field.model_dump() for field in made.fields],
                "version": stored.version,
            }
        )
    if packet.submitted:
        return prepared
    code = ids.access_code()
    page = renderer.render(packet.type, ACCESS_CODE, {**facts, "access_code": code}, frozen_at)
    documents.keep(access_code_key(packet_id, page.sha256), page.content)
    return {**prepared, "access_code": {"fingerprint": fingerprint(code), "sha256": page.sha256}}


def facts_of(
    packet: Packet,
    definition: PacketType,
    answers: Answers,
    files: Mapping[str, Attachment],
    generation: int,
    frozen_at: datetime,
) -> dict[str, Any]:
    """What the templates are given; they read values, never markup.

    A section's questions stand under its `questions`, beside its fields; uploads are told by their files' names.
    """
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
                for row in requested_states(packet, definition, None, frozen_at.date())
            ],
        },
        "carrier": definition.carrier.model_dump(),
        "answers": {name: dict(_with_questions(definition, name, answers[name], files)) for name in answers},
        "questions": [
            {
                "code": question.code,
                "text": question.text,
                "follow_ups": [{"name": field.name, "label": field.label} for field in question.follow_ups],
            }
            for question in questions
        ],
        "frozen_at": iso(frozen_at),
    }


def _with_questions(
    definition: PacketType, name: str, given: Mapping[str, Any], files: Mapping[str, Attachment]
) -> Iterator[tuple[str, Any]]:
    codes = {question.code for question in definition.interview.section(name).questions}
    yield from ((field, value) for field, value in given.items() if field not in codes)
    if codes:
        yield "questions", {code: _told(value, files) for code, value in given.items() if code in codes}


def _told(answer: Mapping[str, Any], files: Mapping[str, Attachment]) -> dict[str, Any]:
    return {**answer, "attachments": [files[name].file_name for name in answer.get("attachments", ())]}


def _named_files(definition: PacketType, answers: Answers) -> Iterator[tuple[str, str]]:
    """(path of the answer, upload's id) of every upload that an answer names."""
    for section in definition.interview.sections:
        for question in section.questions:
            given = answers.get(section.name, {}).get(question.code, {})
            for name in given.get("attachments", ()):
                yield f"{section.name}.{question.code}.attachments", name
