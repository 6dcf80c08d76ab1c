"""Rendering a frozen packet's documents: the one place where answers are opened to be printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from econtracting import ports
from econtracting.domain.access import fingerprint
from econtracting.domain.answers import Section
from econtracting.domain.conditions import ConditionFacts, holds
from econtracting.domain.interview import followed
from econtracting.domain.moment import iso
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType
from econtracting.usecases.interview import requested_states

ACCESS_CODE = "access-code"


def frozen_key(packet_id: str, sha256: str) -> str:
    return f"documents/{packet_id}/{sha256}.pdf"


def access_code_key(packet_id: str, sha256: str) -> str:
    return f"access-codes/{packet_id}/{sha256}.pdf"


def prepare(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    envelope: ports.Envelope,
    renderer: ports.Renderer,
    documents: ports.DocumentStore,
    ids: ports.Ids,
    packet_id: str,
    generation: int,
    frozen_at: datetime,
) -> dict[str, Any]:
    """Render and store every document that applies; answers with references and hashes only.

    Safe to repeat: the store is addressed by content.
    """
    packet = packets.load(packet_id)
    definition = packet_types(packet.type)
    saved = {one.name: one for one in packets.all_of(Section, packet_id)}
    public = followed(definition.interview, {name: one.public for name, one in saved.items()})
    facts = facts_of(packet, definition, opened(envelope, saved, public), generation, frozen_at)
    conditions = ConditionFacts(level=packet.level, requested_states=packet.pre_appointment_states, answers=public)
    rows = []
    for row in definition.documents:
        if row.template is None or row.produced != "freeze" or not holds(row.include_when, conditions):
            continue
        made = renderer.render(packet.type, row.template, facts, frozen_at)
        stored = documents.keep(frozen_key(packet_id, made.sha256), made.content)
        rows.append(
            {
                **row.model_dump(include={"code", "title", "mode", "act", "statement"}),
                "sha256": made.sha256,
                "size": len(made.content),
                "pages": made.pages,
                "fields": [field.model_dump() for field in made.fields],
                "version": stored.version,
            }
        )
    code = ids.access_code()
    page = renderer.render(packet.type, ACCESS_CODE, {**facts, "access_code": code}, frozen_at)
    documents.keep(access_code_key(packet_id, page.sha256), page.content)
    return {
        "packet_version": packet.version,
        "documents": rows,
        "access_code": {"fingerprint": fingerprint(code), "sha256": page.sha256},
    }


def opened(
    envelope: ports.Envelope, saved: Mapping[str, Section], public: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """All answers in the clear, by section."""
    answers: dict[str, dict[str, Any]] = {}
    for name, section in saved.items():
        answers[name] = dict(public[name])
        for part in section.sealed:
            plain = envelope.open(section.packet_id, name, part.version, part.answers)
            answers[name] |= {field: plain[field] for field in part.fields}
    return answers


def facts_of(
    packet: Packet,
    definition: PacketType,
    answers: Mapping[str, Mapping[str, Any]],
    generation: int,
    frozen_at: datetime,
) -> dict[str, Any]:
    """What the templates are given; they read values, never markup."""
    questions = [question for section in definition.interview.sections for question in section.questions]
    codes = {question.code for question in questions}
    background = {code: given for one in answers.values() for code, given in one.items() if code in codes}
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
            "states": requested_states(packet, definition, frozen_at.date()),
        },
        "carrier": definition.carrier.model_dump(),
        "answers": {**answers, "background": {"questions": background}},
        "questions": [{"code": question.code, "text": question.text} for question in questions],
        "frozen_at": iso(frozen_at),
    }
