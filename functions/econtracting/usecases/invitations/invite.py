"""Door 1: a recruiter opens a packet for an agent and follows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from econtracting.domain.access.access import Link, OpenPacket, fingerprint, lapsed
from econtracting.domain.access.invitation import RESENDS_PER_HOUR, Invitation, Schedule, next_look, places
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Request
from econtracting.domain.errors import (
    AlreadyExists,
    InvalidRequest,
    InvalidTransition,
    PacketAlreadyOpen,
    PacketNotFound,
)
from econtracting.domain.moment import iso
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import (
    Agency,
    InvitedAgent,
    Packet,
    Recruiter,
    Status,
)
from econtracting.domain.packet_type import PacketType
from econtracting.ports import Change, Clock, Committed, Ids, Limits, LinkSecrets, Packets, Page
from econtracting.usecases.commit.endings import close
from econtracting.usecases.commit.endings import places as held_places
from econtracting.usecases.invitations.upkeep import attend


def open_packet(
    *,
    packets: Packets,
    ids: Ids,
    clock: Clock,
    link_secrets: LinkSecrets,
    packet_type: PacketType,
    schedule: Schedule,
    invitation: Invitation,
    actor: Actor,
    request: Request | None,
) -> Committed:
    """Create the packet, its link and its e-vite in one commit.

    Raises InvalidRequest for a level the packet type does not have; PacketAlreadyOpen, pointing to the open one.
    """
    refuse_unknown_level(packet_type, invitation)
    now = clock.now()
    packet = _new_packet(ids.packet(), packet_type, schedule, invitation, now)
    link = Link(
        fingerprint=fingerprint(link_secrets.secret(packet.id, packet.invitation_generation)),
        packet_id=packet.id,
        generation=packet.invitation_generation,
    )
    change = Change(
        packet=packet,
        events=[Event(type=EventType.INVITATION_CREATED, at=now, actor=actor, data=_created(packet))],
        effects=[send_letter(packet.id, Letter.INVITATION, packet.mails_sent, now)],
        claims=[link, *places(packet)],
        answer={"packet_id": packet.id, "status": packet.status.value, "expires_at": iso(packet.expires_at)},
    )
    try:
        return packets.create(change, request)
    except AlreadyExists as taken:
        take_place_back(packets=packets, clock=clock, holder=taken.facts["holder"])
    try:
        return packets.create(change, request)
    except AlreadyExists as taken:
        holder = taken.facts["holder"]
        raise PacketAlreadyOpen(**({"packet_id": holder.packet_id} if holder else {})) from None


def take_place_back(*, packets: Packets, clock: Clock, holder: OpenPacket | None) -> None:
    """Free a place whose packet is over. Raises PacketAlreadyOpen if it is not."""
    if holder is None:
        raise PacketAlreadyOpen()
    packet = packets.load(holder.packet_id)
    if lapsed(packet, clock.now()):
        attend(packets=packets, clock=clock, packet_id=packet.id, schedule=None)
    elif packet.ended or packet.status is Status.ACTIVE:
        packets.change(packet.id, lambda over: Change(packet=over, drops=held_places(packets, over)))
    else:
        raise PacketAlreadyOpen(packet_id=packet.id)


def refuse_unknown_level(packet_type: PacketType, invitation: Invitation) -> None:
    """Raises InvalidRequest."""
    if invitation.level not in packet_type.levels:
        message = f"The level is one of {', '.join(sorted(packet_type.levels))}."
        raise InvalidRequest(errors=[{"field": "level", "rule": "level-unknown", "message": message}])


def resend(
    *,
    packets: Packets,
    limits: Limits,
    clock: Clock,
    schedule: Schedule,
    packet_id: str,
    actor: Actor,
    request: Request | None,
) -> Committed:
    """Mail the same link again. Raises TooManyAttempts, InvalidTransition once the packet has ended."""
    now = clock.now()

    @cache
    def count() -> None:
        """Once, and only when there is something to decide: a repeated request gets its answer, not a count."""
        limits.hit(f"resend#{packet_id}", window=timedelta(hours=1), limit=RESENDS_PER_HOUR, now=now)

    def decide(packet: Packet) -> Change:
        count()
        if packet.ended or lapsed(packet, now):
            raise InvalidTransition("The packet has ended; open a new one.", packet_status=packet.status.value)
        after = packet.having(mails_sent=packet.mails_sent + 1, delivery="queued")
        if packet.status is Status.INVITED:
            after = after.having(due_at=next_look(after, schedule, now))
        return Change(
            packet=after,
            events=[Event(type=EventType.INVITATION_RESENT, at=now, actor=actor, data={"mail": after.mails_sent})],
            effects=[send_letter(after.id, Letter.INVITATION, after.mails_sent, now)],
        )

    return packets.change(packet_id, decide, request)


def withdraw(
    *, packets: Packets, clock: Clock, packet_id: str, reason: str, actor: Actor, request: Request | None
) -> Committed:
    """Take the invitation back. Raises InvalidTransition after submission."""
    now = clock.now()

    def decide(packet: Packet) -> Change:
        _refuse_lapsed(packet, now)
        if not packet.before_submission:
            raise InvalidTransition(packet_status=packet.status.value)
        event = Event(type=EventType.INVITATION_WITHDRAWN, at=now, actor=actor, data={"reason": reason})
        return close(packets, packet, Status.WITHDRAWN, now, event, letters=[(Letter.WITHDRAWN, {"reason": reason})])

    return packets.change(packet_id, decide, request)


def extend(
    *,
    packets: Packets,
    clock: Clock,
    schedule: Schedule,
    packet_id: str,
    days: int,
    actor: Actor,
    request: Request | None,
) -> Committed:
    """Let the invitation live `days` longer. Raises InvalidTransition once it is submitted or has ended."""
    now = clock.now()

    def decide(packet: Packet) -> Change:
        _refuse_lapsed(packet, now)
        if not packet.before_submission:
            raise InvalidTransition(packet_status=packet.status.value)
        after = packet.having(expires_at=packet.expires_at + timedelta(days=days))
        after = after.having(due_at=next_look(after, schedule, now))
        data = {"days": days, "expires_at": iso(after.expires_at)}
        event = Event(type=EventType.INVITATION_EXTENDED, at=now, actor=actor, data=data)
        return Change(packet=after, events=[event], answer={"expires_at": iso(after.expires_at)})

    return packets.change(packet_id, decide, request)


def change_states(*, packets: Packets, clock: Clock, packet_id: str, states: Iterable[str], actor: Actor) -> Committed:
    """Replace the states to be appointed beforehand. Raises InvalidTransition once appointments were ordered."""
    now = clock.now()
    wanted = tuple(sorted(set(states)))

    def decide(packet: Packet) -> Change | None:
        _refuse_lapsed(packet, now)
        if packet.ended or Status.APPOINTING.value in packet.reached:
            raise InvalidTransition("Appointments were ordered already.", packet_status=packet.status.value)
        if packet.pre_appointment_states == wanted:
            return None
        data = {"from": list(packet.pre_appointment_states), "to": list(wanted)}
        event = Event(type=EventType.INVITATION_STATES_CHANGED, at=now, actor=actor, data=data)
        return Change(packet=packet.having(pre_appointment_states=wanted), events=[event])

    return packets.change(packet_id, decide)


def visible(*, packets: Packets, packet_id: str, agency_id: str | None) -> Packet:
    """The packet, to staff of its agency or, with None, of the carrier.

    Raises PacketNotFound, for another agency's packet as for one that does not exist.
    """
    packet = packets.load(packet_id)
    if agency_id is not None and packet.agency.id != agency_id:
        raise PacketNotFound()
    return packet


def _refuse_lapsed(packet: Packet, now: datetime) -> None:
    if lapsed(packet, now):
        raise InvalidTransition("The invitation has expired.", packet_status=Status.EXPIRED.value)


def _new_packet(
    packet_id: str, packet_type: PacketType, schedule: Schedule, invitation: Invitation, now: datetime
) -> Packet:
    packet = Packet(
        id=packet_id,
        type=packet_type.name,
        type_version=packet_type.version,
        agent=InvitedAgent(**invitation.agent.model_dump()),
        recruiter=Recruiter(**invitation.recruiter.model_dump()),
        agency=Agency(**invitation.agency.model_dump()),
        level=invitation.level,
        pre_appointment_states=tuple(sorted(set(invitation.pre_appointment_states))),
        created_at=now,
        expires_at=now + schedule.life,
        status_at=now,
        reached={Status.INVITED.value: now},
        mails_sent=1,
    )
    return packet.having(due_at=next_look(packet, schedule, now))


def _created(packet: Packet) -> dict[str, Any]:
    return {
        "packet_type": packet.type,
        "type_version": packet.type_version,
        "agency": packet.agency.id,
        "level": packet.level,
        "states": list(packet.pre_appointment_states),
        "expires_at": iso(packet.expires_at),
    }


def followed(*, packets: Packets, agency_id: str | None, status: Status | None, cursor: str | None, limit: int) -> Page:
    """An agency's packets; without an agency those of a status, across agencies. Raises InvalidRequest without both.

    A packet stands among an agency's where its recruiter is told that it stands.
    """
    if agency_id is not None:
        return packets.by_agency(agency_id, status.value if status else None, cursor, limit)
    if status is not None:
        return packets.by_status(status.value, cursor, limit)
    message = "Ask for a status or for an agency."
    raise InvalidRequest(errors=[{"field": "status", "rule": "required", "message": message}])
