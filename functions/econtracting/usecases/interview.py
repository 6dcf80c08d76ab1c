"""Agreement, interview, summary: what the agent tells, until it is frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from econtracting import ports
from econtracting.domain import interview, timeline
from econtracting.domain.answers import SealedPart, Section
from econtracting.domain.audit import Actor, Event
from econtracting.domain.documents import FieldBox
from econtracting.domain.errors import (
    AgreementRequired,
    InterviewIncomplete,
    InvalidRequest,
    InvalidTransition,
    PacketFrozen,
    StaleVersion,
    Unavailable,
)
from econtracting.domain.interview_context import InterviewContext
from econtracting.domain.packet import Acceptance, AccessCode, Packet, SectionState, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.signing import Document
from econtracting.domain.state_rules import rule_for
from econtracting.ports import Change, Request

PacketTypes = Callable[[str], PacketType]


def packet_view(*, packets: ports.Packets, packet_types: PacketTypes, packet_id: str) -> dict[str, Any]:
    packet = packets.load(packet_id)
    definition = packet_types(packet.type)
    saved = _saved(packets, packet_id)
    context = _context(packet, saved, date.min, synthetic=False)
    incomplete = interview.incomplete_sections(definition.interview, saved, context)
    return {
        "packet_id": packet.id,
        "status": packet.status.value,
        "carrier": definition.carrier.model_dump(include={"name", "phone", "email", "hours"}),
        "recruiter": packet.recruiter.model_dump(),
        "agreement_accepted": _agreed(packet, definition),
        "sections": [
            {"name": name, "complete": name not in incomplete, "version": saved[name].version if name in saved else 0}
            for name in interview.sections_needed(definition.interview, context)
        ],
        "timeline": timeline.of(packet, definition),
        "expires_at": packet.expires_at,
    }


def agreement(*, packets: ports.Packets, packet_types: PacketTypes, packet_id: str) -> dict[str, Any]:
    packet = packets.load(packet_id)
    text = packet_types(packet.type).agreement
    accepted = packet.agreement if packet.agreement and packet.agreement.version == text.version else None
    return {
        "version": text.version,
        "title": text.title,
        "text": text.text,
        "sha256": _text_hash(text.text),
        "accepted_at": accepted.at if accepted else None,
    }


def accept_agreement(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    clock: ports.Clock,
    packet_id: str,
    version: str,
    actor: Actor,
) -> None:
    """Record what was accepted, from where. The first acceptance also tells that the agent has begun."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        text = packet_types(packet.type).agreement
        if version != text.version:
            raise StaleVersion("The agreement has changed; please read it again.", current_version=text.version)
        if packet.agreement is not None and packet.agreement.version == version:
            return None
        acceptance = Acceptance(
            version=version,
            sha256=_text_hash(text.text),
            at=now,
            address=actor.address,
            user_agent=actor.user_agent,
        )
        after = packet.having(agreement=acceptance)
        if after.status is Status.INVITED:
            after = after.move(Status.IN_PROGRESS, now).having(due_at=packet.expires_at)
        data = {"version": version, "sha256": acceptance.sha256}
        return Change(after, events=[Event(type="agreement.accepted", at=now, actor=actor, data=data)])

    packets.change(packet_id, decide)


def section(
    *, packets: ports.Packets, packet_types: PacketTypes, clock: ports.Clock, packet_id: str, name: str
) -> dict[str, Any]:
    packet = packets.load(packet_id)
    definition = packet_types(packet.type)
    _require_agreement(packet, definition)
    asked = definition.interview.section(name)
    saved = _saved(packets, packet_id)
    context = _context(packet, saved, clock.now().date(), synthetic=False)
    if name in saved:
        followed = interview.followed(definition.interview, {one: saved[one].public for one in saved})
        answers = {**followed[name], **saved[name].masked}
    else:
        answers = interview.prefill(definition.interview, name, context)
    shown: dict[str, Any] = {
        "version": saved[name].version if name in saved else 0,
        "complete": name in saved and interview.still_complete(definition.interview, saved[name], context=context),
        "title": asked.title,
        "introduction": asked.introduction,
        "answers": answers,
        "warnings": list(saved[name].warnings) if name in saved else [],
    }
    if any(field.type == "requested-states" for field in asked.fields):
        shown["states"] = requested_states(packet, definition, clock.now().date())
        shown["recruiter"] = packet.recruiter.model_dump()
    if asked.questions:
        shown["questions"] = [
            {"code": question.code, "text": question.text, "asks_for": question.asks_for}
            for question in asked.questions
        ]
    return shown


def requested_states(packet: Packet, definition: PacketType, on: date) -> list[dict[str, str]]:
    """The recruiter's pre-appointment states, each with how the carrier is appointed there."""
    return [
        {"state": state, "type": _rule(definition, state, on).type.value} for state in packet.pre_appointment_states
    ]


def save_section(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    envelope: ports.Envelope,
    registry: ports.LicenceRegistry,
    clock: ports.Clock,
    packet_id: str,
    name: str,
    answers: Any,
    seen_version: int,
    draft: bool,
    synthetic: bool,
    actor: Actor,
) -> dict[str, Any]:
    """Save one section as a whole, if it still stands at `seen_version`.

    Raises StaleVersion (fact current_version), InvalidAnswers, PacketFrozen, AgreementRequired, NotFound.
    """
    now = clock.now()
    verified: dict[str, bool] | None = None
    asked_registry = False

    def decide(packet: Packet) -> Change:
        nonlocal verified, asked_registry
        definition = packet_types(packet.type)
        _require_open_answers(packet, definition)
        definition.interview.section(name)
        saved = _saved(packets, packet_id)
        before = saved.get(name)
        if seen_version != (before.version if before else 0):
            raise StaleVersion(current_version=before.version if before else 0)
        context = _context(packet, saved, now.date(), synthetic=synthetic, masked=before.masked if before else {})
        result = interview.check_section(definition.interview, name, answers, context=context, draft=draft)
        if not asked_registry:
            asked_registry, verified = True, _verified(registry, name, result)
        version = seen_version + 1
        after = Section(
            packet_id=packet_id,
            name=name,
            version=version,
            complete=result.complete,
            public=result.public,
            masked=result.masked,
            sealed=_sealed(envelope, packet_id, name, version, before, result),
            warnings=(*(warning.model_dump() for warning in result.warnings), *_mismatches(verified)),
            verified=verified if verified is not None else (before.verified if before and result.keep else None),
            saved_at=now,
        )
        sections = {**packet.sections, name: SectionState(version=version, complete=result.complete)}
        npn = result.public.get("npn") or packet.npn
        data = {"section": name, "version": version, "complete": result.complete}
        event = Event(type="interview.section_saved", at=now, actor=actor, data=data)
        answer = {"version": version, "complete": result.complete, "warnings": list(after.warnings)}
        return Change(packet.having(sections=sections, npn=npn), events=[event], puts=[after], answer=answer)

    saved: dict[str, Any] = packets.change(packet_id, decide).answer
    return saved


def summary(*, packets: ports.Packets, packet_types: PacketTypes, clock: ports.Clock, packet_id: str) -> dict[str, Any]:
    packet = packets.load(packet_id)
    definition = packet_types(packet.type)
    _require_agreement(packet, definition)
    saved = _saved(packets, packet_id)
    context = _context(packet, saved, clock.now().date(), synthetic=True)
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
    _require_agreement(looked, definition)
    frozen = {"status": Status.AWAITING_SIGNATURE.value}
    if looked.status is Status.AWAITING_SIGNATURE:
        return frozen
    if looked.status is not Status.IN_PROGRESS:
        raise InvalidTransition(status=looked.status.value, wanted=Status.AWAITING_SIGNATURE.value)
    saved = _saved(packets, packet_id)
    context = _context(looked, saved, now.date(), synthetic=synthetic)
    incomplete = interview.incomplete_sections(definition.interview, saved, context)
    if incomplete:
        raise InterviewIncomplete(sections=list(incomplete))
    prepared = preparation.prepare(packet_id, looked.generation + 1, now)

    def decide(packet: Packet) -> Change:
        if packet.version != prepared["packet_version"]:
            raise Unavailable("Something was saved meanwhile; please confirm again.", retry_after=1)
        documents = [_document(packet, position, row) for position, row in enumerate(prepared["documents"], start=1)]
        after = packet.move(Status.AWAITING_SIGNATURE, now).having(
            generation=packet.generation + 1, frozen_at=now, access_code=AccessCode(**prepared["access_code"])
        )
        hashes = {document.document_id: document.sha256 for document in documents}
        data = {"generation": after.generation, "documents": hashes}
        event = Event(type="packet.frozen", at=now, actor=actor, data=data)
        return Change(after, events=[event], puts=documents, answer=frozen)

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
        after = packet.move(Status.IN_PROGRESS, now).having(frozen_at=None, access_code=None, consent=None)
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


def _saved(packets: ports.Packets, packet_id: str) -> dict[str, Section]:
    return {one.name: one for one in packets.all_of(Section, packet_id)}


def _context(
    packet: Packet, saved: Mapping[str, Section], today: date, *, synthetic: bool, masked: Mapping[str, Any] = {}
) -> InterviewContext:
    return InterviewContext(
        reference_date=today,
        synthetic_people=synthetic,
        invitation=packet.agent,
        level=packet.level,
        requested_states=packet.pre_appointment_states,
        other_sections={name: one.public for name, one in saved.items()},
        stored_masked=masked,
    )


def _agreed(packet: Packet, definition: PacketType) -> bool:
    return packet.agreement is not None and packet.agreement.version == definition.agreement.version


def _require_agreement(packet: Packet, definition: PacketType) -> None:
    if not _agreed(packet, definition):
        raise AgreementRequired()


def _require_open_answers(packet: Packet, definition: PacketType) -> None:
    _require_agreement(packet, definition)
    if packet.status is not Status.IN_PROGRESS:
        raise PacketFrozen(status=packet.status.value)


def _sealed(
    envelope: ports.Envelope,
    packet_id: str,
    name: str,
    version: int,
    before: Section | None,
    result: interview.SectionResult,
) -> tuple[SealedPart, ...]:
    """What stays sealed as it was, and one new part for what this save brought."""
    parts: list[SealedPart] = []
    for part in before.sealed if before else ():
        still = tuple(field for field in part.fields if field in result.keep)
        if still:
            parts.append(part.model_copy(update={"fields": still}))
    if result.sensitive:
        answers = envelope.seal(packet_id, name, version, result.sensitive)
        parts.append(SealedPart(version=version, fields=tuple(result.sensitive), answers=answers))
    return tuple(parts)


def _verified(registry: ports.LicenceRegistry, name: str, result: interview.SectionResult) -> dict[str, bool] | None:
    """What the registry says of the person; None if it cannot be asked now. It never holds up the agent."""
    person = {**result.public, **result.sensitive}
    if name != "agent" or not result.complete or not {"npn", "ssn", "birth_date"} <= set(person):
        return None
    try:
        return registry.identity(person["npn"], person)
    except (Unavailable, InvalidRequest):
        return None


def _mismatches(verified: Mapping[str, bool] | None) -> list[dict[str, str]]:
    fields = {"npn": "npn", "ssn": "ssn", "birth_date": "birth_date", "name": "last_name"}
    return [
        {
            "field": fields[what],
            "rule": "registry-mismatch",
            "message": "The licence registry shows something else here. Please check it; keep it if it is right.",
        }
        for what, agrees in (verified or {}).items()
        if what in fields and not agrees
    ]


def _rule(definition: PacketType, state: str, on: date) -> Any:
    return rule_for(definition.state_rules, state, line=definition.line_code, carrier=definition.carrier.co_code, on=on)


def _text_hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
