"""Agreement and interview: what the agent accepts and answers, one section at a time."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from econtracting import ports
from econtracting.domain import timeline
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.certification import Contract
from econtracting.domain.errors import StaleVersion
from econtracting.domain.interview import interview
from econtracting.domain.interview.answers import SealedPart, Section
from econtracting.domain.interview.person import person
from econtracting.domain.interview.verification import Verification, differences
from econtracting.domain.packet import Acceptance, Packet, SectionState, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.record import Record
from econtracting.ports import Change
from econtracting.usecases.corrections import correcting
from econtracting.usecases.interview import verifying
from econtracting.usecases.interview.answering import (
    PacketTypes,
    agreed,
    context_of,
    passed_attachments,
    require_agreement,
    require_open_answers,
    saved_sections,
)
from econtracting.usecases.interview.forms import form_of, requested_states
from econtracting.usecases.invitations import places


def packet_view(
    *, packets: ports.Packets, packet_types: PacketTypes, clock: ports.Clock, packet_id: str
) -> dict[str, Any]:
    packet = packets.load(packet_id)
    definition = packet_types(packet.type)
    saved = saved_sections(packets, packet_id)
    # Test people are admitted here and in the summary: whether they may be is decided when they are saved.
    context = context_of(packet, saved, clock.now().date(), synthetic=True)
    incomplete = interview.incomplete_sections(definition.interview, saved, context)
    return {
        "packet_id": packet.id,
        "status": packet.status.value,
        "carrier": definition.carrier.model_dump(include={"name", "phone", "email", "hours"}),
        "recruiter": packet.recruiter.model_dump(),
        "agreement_accepted": agreed(packet, definition),
        "sections": [
            {
                "name": name,
                "title": definition.interview.section(name).title,
                "complete": name not in incomplete,
                "version": saved[name].version if name in saved else 0,
            }
            for name in interview.sections_needed(definition.interview, context)
        ],
        "timeline": timeline.of(packet, definition),
        "correction": correcting.view(packets, definition.interview, packet),
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
        return Change(after, events=[Event(type=EventType.AGREEMENT_ACCEPTED, at=now, actor=actor, data=data)])

    packets.change(packet_id, decide)


def section(
    *, packets: ports.Packets, packet_types: PacketTypes, clock: ports.Clock, packet_id: str, name: str
) -> dict[str, Any]:
    """What a screen needs to ask a section: its form, the answers as far as they may be shown, what was remarked."""
    packet = packets.load(packet_id)
    definition = packet_types(packet.type)
    require_agreement(packet, definition)
    asked = definition.interview.section(name)
    saved = saved_sections(packets, packet_id)
    today = clock.now().date()
    context = context_of(packet, saved, today, synthetic=True)
    before = saved.get(name)
    if before is not None:
        followed = interview.followed(definition.interview, {one: saved[one].public for one in saved})
        answers = {**followed[name], **before.masked}
    else:
        answers = interview.prefill(definition.interview, name, context)
    verification = packets.find(Verification, packet_id)
    shown: dict[str, Any] = {
        "version": before.version if before else 0,
        "complete": before is not None and interview.still_complete(definition.interview, before, context=context),
        "title": asked.title,
        "introduction": asked.introduction,
        "answers": answers,
        **form_of(definition.interview, asked, context.facts()),
        "warnings": [*(before.warnings if before else ()), *_registry_remarks(definition, name, verification)],
    }
    if verifying.is_asked_in(definition, name) and verification is not None:
        shown["verification"] = verification.standing
    if any(field.type == "requested-states" for field in asked.fields):
        shown["states"] = requested_states(packet, definition, verification, today)
        shown["recruiter"] = packet.recruiter.model_dump()
    return shown


def save_section(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    envelope: ports.Envelope,
    registry: ports.LicenseRegistry,
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

    In a correction only what was asked for may change. Raises StaleVersion (fact current_version), InvalidAnswers,
    PacketFrozen, AgreementRequired, NotFound; PacketAlreadyOpen if the agency has another open packet for the NPN,
    without naming it.
    """
    now = clock.now()
    asking = verifying.Asking(registry, clock)

    def decide(packet: Packet) -> Change:
        definition = packet_types(packet.type)
        require_open_answers(packet, definition)
        definition.interview.section(name)
        saved = saved_sections(packets, packet_id)
        before = saved.get(name)
        if seen_version != (before.version if before else 0):
            raise StaleVersion(current_version=before.version if before else 0)
        context = context_of(
            packet,
            saved,
            now.date(),
            synthetic=synthetic,
            masked=before.masked if before else {},
            attachments=frozenset(passed_attachments(packets, packet_id)),
        )
        result = interview.check_section(definition.interview, name, answers, context=context, draft=draft)
        correcting.require_only_requested(packets, definition.interview, packet, name, before, result)
        version = seen_version + 1
        after = Section(
            packet_id=packet_id,
            name=name,
            version=version,
            complete=result.complete,
            public=result.public,
            masked=result.masked,
            sealed=_sealed(envelope, packet_id, name, version, before, result),
            warnings=tuple(warning.model_dump() for warning in result.warnings),
            saved_at=now,
        )
        sections = {**packet.sections, name: SectionState(version=version, complete=result.complete)}
        changed = packet.having(sections=sections)
        if result.complete and (npn := person(definition.interview, {name: result.public}).get("npn")):
            changed = changed.having(npn=npn)
        claims, given_back = places.moves(packets, packet, changed)
        drops: list[Record] = [*given_back]
        if packet.submitted and packet.npn is not None and packet.npn != changed.npn:
            drops.append(Contract(npn=packet.npn, packet_id=packet_id, agency_id=packet.agency.id, since=now))
        verified = verifying.after_save(packets, asking, definition, saved, before, after, result, now)
        data = {"section": name, "version": version, "complete": result.complete}
        event = Event(type=EventType.INTERVIEW_SECTION_SAVED, at=now, actor=actor, data=data)
        answer = {
            "version": version,
            "complete": result.complete,
            "warnings": [*after.warnings, *_registry_remarks(definition, name, verified.verification)],
        }
        if verifying.is_asked_in(definition, name) and verified.verification is not None:
            answer["verification"] = verified.verification.standing
        return Change(
            changed,
            events=[event, *verified.events],
            effects=verified.effects,
            puts=[after, *verified.puts],
            claims=claims,
            drops=drops,
            answer=answer,
        )

    saved_as: dict[str, Any] = places.change(packets, clock, packet_id, decide).answer
    return saved_as


def _registry_remarks(definition: PacketType, name: str, verification: Verification | None) -> list[dict[str, str]]:
    """The registry's open differences in a section, each at the path inside it."""
    inside = f"{name}."
    return [
        {**one, "field": one["field"].removeprefix(inside)}
        for one in differences(definition.interview, verification)
        if one["field"].startswith(inside)
    ]


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


def _text_hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
