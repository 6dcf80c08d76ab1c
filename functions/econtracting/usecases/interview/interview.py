"""Agreement and interview: what the agent accepts and answers, one section at a time."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from econtracting import ports
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.certification import Contract
from econtracting.domain.days import states_day
from econtracting.domain.errors import InvalidAnswers, StaleVersion, Unavailable
from econtracting.domain.fields.rejections import Rejection
from econtracting.domain.interview import interview
from econtracting.domain.interview.answers import LARGEST_SECTION, SealedPart, Section
from econtracting.domain.interview.person import person
from econtracting.domain.interview.verification import Standing, Verification, differences
from econtracting.domain.packet import Acceptance, Packet, SectionState
from econtracting.domain.packet_type import PacketType
from econtracting.domain.record import Record
from econtracting.ports import Change
from econtracting.usecases.corrections import correcting
from econtracting.usecases.interview import verifying
from econtracting.usecases.interview.answering import (
    context_of,
    passed_attachments,
    require_agreement,
    require_open_answers,
    saved_sections,
    today,
)
from econtracting.usecases.interview.forms import form_of, state_rows
from econtracting.usecases.invitations import places
from econtracting.views.base import reading_of
from econtracting.views.interview import AgreementView, SavedSectionView, SectionView
from econtracting.views.remarks import RemarkView


@dataclass(frozen=True)
class Interview:
    """Reading the interview, and accepting what comes before it."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    clock: ports.Clock

    def agreement(self, agent: Agent) -> AgreementView:
        packet = self.packets.load(agent.packet_id)
        text = self.packet_types(packet.type).agreement
        accepted = packet.agreement if packet.agreement and packet.agreement.version == text.version else None
        return AgreementView(
            version=text.version,
            title=text.title,
            text=text.text,
            sha256=_text_hash(text.text),
            accepted_at=accepted.at if accepted else None,
            reading=reading_of(text.text),
        )

    def accept_agreement(self, agent: Agent, version: str) -> AgreementView:
        """Record what was accepted, from where. The first acceptance also tells that the agent has begun.

        Raises StaleVersion.
        """
        now, actor = self.clock.now(), agent.actor

        def decide(packet: Packet) -> Change | None:
            text = self.packet_types(packet.type).agreement
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
            data = {"version": version, "sha256": acceptance.sha256}
            event = Event(type=EventType.AGREEMENT_ACCEPTED, at=now, actor=actor, data=data)
            return Change(packet.accept_agreement(acceptance), events=[event])

        self.packets.change(agent.packet_id, decide)
        return self.agreement(agent)

    def section(self, agent: Agent, name: str) -> SectionView:
        """What a screen needs to ask a section: its form, the answers it may show, what was remarked.

        Raises AgreementRequired, NotFound.
        """
        packet = self.packets.load(agent.packet_id)
        definition = self.packet_types(packet.type)
        require_agreement(packet, definition)
        saved = saved_sections(self.packets, packet.id)
        now = self.clock.now()
        context = context_of(packet, saved, today(definition, saved, agent, now), synthetic=True)
        asked = interview.asked_section(definition.interview, name, context)
        before = saved.get(name)
        if before is not None:
            public = {one: saved[one].public for one in saved}
            current = interview.current(definition.interview, public, packet.pre_appointment_states)
            answers = {**current[name], **before.masked}
        else:
            answers = interview.prefill(definition.interview, name, context)
        verification = self.packets.find(Verification, packet.id)
        form = form_of(definition.interview, asked, context.facts())
        shows_states = any(field.type == "requested-states" for field in asked.fields)
        return SectionView(
            version=before.version if before else 0,
            complete=before is not None and interview.still_complete(definition.interview, before, context=context),
            title=asked.title,
            introduction=asked.introduction,
            answers=answers,
            fields=form.fields,
            rules=form.rules,
            questions=form.questions,
            attachments=form.attachments,
            warnings=_remarks(definition, name, before, verification),
            verification=_standing(definition, name, verification),
            states=state_rows(packet, definition, verification, lambda state: states_day(now, state))
            if shows_states
            else None,
            recruiter=packet.recruiter if shows_states else None,
        )


@dataclass(frozen=True)
class Saving:
    """Saving answers. With `synthetic`, numbers are taken that belong to no real person."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    envelope: ports.Envelope
    preparation: ports.Preparation
    registry: ports.LicenseRegistry
    clock: ports.Clock
    synthetic: bool

    def save(self, agent: Agent, name: str, answers: Any, seen_version: int, *, draft: bool) -> SavedSectionView:
        """Save one section as a whole, if it still stands at `seen_version`.

        In a correction only what was asked for may change. Raises StaleVersion (fact current_version), InvalidAnswers,
        PacketFrozen, AgreementRequired, NotFound; PacketAlreadyOpen if the agency has another open packet for the NPN,
        without naming it.
        """
        packets, now = self.packets, self.clock.now()
        asking = verifying.Asking(self.registry, self.clock)

        def decide(packet: Packet) -> Change:
            definition = self.packet_types(packet.type)
            require_open_answers(packet, definition)
            saved = saved_sections(packets, packet.id)
            before = saved.get(name)
            context = context_of(
                packet,
                saved,
                today(definition, saved, agent, now),
                synthetic=self.synthetic,
                masked=before.masked if before else {},
                attachments=frozenset(passed_attachments(packets, packet.id)),
            )
            interview.asked_section(definition.interview, name, context)
            if seen_version != (before.version if before else 0):
                raise StaleVersion(current_version=before.version if before else 0)
            result = interview.check_section(definition.interview, name, answers, context=context, draft=draft)
            correcting.require_only_requested(packets, definition.interview, packet, name, before, result)
            if before is not None and before.joint:
                raise _SealedTogether(retry_after=1)
            version = seen_version + 1
            after = Section(
                packet_id=packet.id,
                name=name,
                version=version,
                complete=result.complete,
                public=result.public,
                masked=result.masked,
                sealed=self._seal(packet.id, name, version, before, result),
                apart=True,
                warnings=result.warnings,
                saved_at=now,
            )
            _require_room(after)
            changed = packet.save_section(name, SectionState(version=version, complete=result.complete))
            told = person(definition.interview, {name: result.public})
            if result.complete and (npn := told.get("npn")):
                changed = changed.confirm_npn(npn)
            if state := told.get("state"):
                changed = changed.settle(state)
            claims, given_back = places.moves(packets, packet, changed)
            drops: list[Record] = [*given_back]
            if packet.submitted and packet.npn is not None and packet.npn != changed.npn:
                drops.append(Contract(npn=packet.npn, packet_id=packet.id, agency_id=packet.agency.id, since=now))
            verified = verifying.after_save(
                packets, asking, definition, saved, verifying.Save(before, after, result), now
            )
            data = {"section": name, "version": version, "complete": result.complete}
            event = Event(type=EventType.INTERVIEW_SECTION_SAVED, at=now, actor=agent.actor, data=data)
            return Change(
                changed,
                events=[event, *verified.events],
                effects=verified.effects,
                puts=[after, *verified.puts],
                claims=claims,
                drops=drops,
                answer=SavedSectionView(
                    version=version,
                    complete=result.complete,
                    warnings=_remarks(definition, name, after, verified.verification),
                    verification=_standing(definition, name, verified.verification),
                ),
            )

        try:
            done = places.change(packets, self.clock, agent.packet_id, decide)
        except _SealedTogether:
            self.preparation.reseal(agent.packet_id)
            done = places.change(packets, self.clock, agent.packet_id, decide)
        return SavedSectionView.again(done.answer)

    def _seal(
        self, packet_id: str, name: str, version: int, before: Section | None, result: interview.SectionResult
    ) -> tuple[SealedPart, ...]:
        """What stays sealed as it was, and a part for each answer this save brought."""
        kept = [part for part in (before.sealed if before else ()) if part.fields[0] in result.keep]
        if not result.sensitive:
            return tuple(kept)
        sealed = self.envelope.seal_apart(packet_id, name, version, result.sensitive)
        new = [SealedPart(version=version, fields=(field,), answers=one) for field, one in sealed.items()]
        return (*kept, *new)


class _SealedTogether(Unavailable):
    """An earlier release sealed the section's answers together: what is replaced would stay in it."""


def _require_room(section: Section) -> None:
    """Raises InvalidAnswers naming the longest answer of a section that could not be stored."""
    if section.size > LARGEST_SECTION:
        message = "The answers of this part are too long together. Please shorten this one."
        raise InvalidAnswers([Rejection(field=section.longest_answer(), rule="section-too-long", message=message)])


def _remarks(
    definition: PacketType, name: str, section: Section | None, verification: Verification | None
) -> list[RemarkView]:
    """What was remarked on a section when it was saved, and the registry's open differences in it."""
    inside = f"{name}."
    saved = [RemarkView(**one.model_dump()) for one in (section.warnings if section else ())]
    return saved + [
        RemarkView(field=one.field.removeprefix(inside), rule=one.rule, message=one.message)
        for one in differences(definition.interview, verification)
        if one.field.startswith(inside)
    ]


def _standing(definition: PacketType, name: str, verification: Verification | None) -> Standing | None:
    """How the registry's comparison stands, for a section that says who the agent is."""
    if verification is None or not verifying.is_asked_in(definition, name):
        return None
    return verification.standing


def _text_hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
