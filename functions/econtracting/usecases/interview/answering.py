"""What every step of the interview needs of the packet around it: what is saved, what may still be changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from econtracting import ports
from econtracting.domain import days
from econtracting.domain.callers import Agent
from econtracting.domain.errors import AgreementRequired, PacketFrozen
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.attachments import Attachment, AttachmentStatus
from econtracting.domain.interview.context import InterviewContext
from econtracting.domain.interview.person import person
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType


def saved_sections(packets: ports.Packets, packet_id: str) -> dict[str, Section]:
    return {one.name: one for one in packets.all_of(Section, packet_id)}


def name_of_record(packets: ports.Packets, packet_types: ports.PacketTypes, packet: Packet) -> str:
    """The agent's full name as the interview has it, or as the recruiter gave it."""
    known = person(
        packet_types(packet.type).interview, {one.name: one.public for one in packets.all_of(Section, packet.id)}
    )
    parts = [known.get(part) for part in ("first_name", "middle_name", "last_name", "suffix")]
    return " ".join(part for part in parts if part) or packet.agent.full_name


def here(definition: PacketType, saved: Mapping[str, Section], agent: Agent, at: datetime) -> days.Here:
    """Where the agent acts, as far as the answers saved so far and the browser tell."""
    state = person(definition.interview, {name: one.public for name, one in saved.items()}).get("state")
    return days.here(agent.time_zone, state, at)


def here_of(
    packets: ports.Packets, packet_types: ports.PacketTypes, packet: Packet, agent: Agent, at: datetime
) -> days.Here:
    """Where the agent acts, by the residence on the packet; of an earlier release's by its answers."""
    if packet.lives_in is not None:
        return days.here(agent.time_zone, packet.lives_in, at)
    return here(packet_types(packet.type), saved_sections(packets, packet.id), agent, at)


def today(definition: PacketType, saved: Mapping[str, Section], agent: Agent, at: datetime) -> date:
    """The agent's own day."""
    return days.acts_day(at, here(definition, saved, agent, at))


def passed_attachments(packets: ports.Packets, packet_id: str) -> dict[str, Attachment]:
    """The uploads that may be named in answers, by id."""
    found = packets.all_of(Attachment, packet_id)
    return {one.id: one for one in found if one.status is AttachmentStatus.PASSED}


def context_of(
    packet: Packet,
    saved: Mapping[str, Section],
    day: date,
    *,
    synthetic: bool,
    masked: Mapping[str, Any] = {},
    attachments: frozenset[str] | None = None,
) -> InterviewContext:
    return InterviewContext(
        reference_date=day,
        synthetic_people=synthetic,
        invitation=packet.agent,
        level=packet.level,
        requested_states=packet.pre_appointment_states,
        other_sections={name: one.public for name, one in saved.items()},
        stored_masked=masked,
        attachments=attachments,
    )


def agreed(packet: Packet, definition: PacketType) -> bool:
    return packet.agreement is not None and packet.agreement.version == definition.agreement.version


def require_agreement(packet: Packet, definition: PacketType) -> None:
    """Raises AgreementRequired."""
    if not agreed(packet, definition):
        raise AgreementRequired()


def require_open_answers(packet: Packet, definition: PacketType) -> None:
    """Before confirmation, and while the agent is asked to correct something.

    Raises AgreementRequired, PacketFrozen.
    """
    require_agreement(packet, definition)
    if packet.status not in (Status.IN_PROGRESS, Status.CORRECTION_REQUESTED):
        raise PacketFrozen(status=packet.status.value)
