"""Door 1: a recruiter opens a packet for an agent and follows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from econtracting.domain.access.access import Link, OpenPacket, fingerprint, lapsed
from econtracting.domain.access.invitation import (
    RESENDS_PER_HOUR,
    AgencyName,
    Invitation,
    Schedule,
    email_places,
    next_look,
    places,
)
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Request, Staff
from econtracting.domain.errors import (
    AlreadyExists,
    Forbidden,
    InvalidRequest,
    InvalidTransition,
    NotFound,
    PacketAlreadyOpen,
    PacketNotFound,
)
from econtracting.domain.fields.names import same_name
from econtracting.domain.moment import iso
from econtracting.domain.need_to_know import Caller, as_seen, member, refused_at
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import (
    Agency,
    AgencyRow,
    InvitedAgent,
    Packet,
    Recruiter,
    Status,
)
from econtracting.domain.packet_type import PacketType
from econtracting.domain.words import Words, words
from econtracting.ports import Change, Clock, Committed, Ids, Limits, LinkSecrets, Packets, PacketTypes
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.endings import close
from econtracting.usecases.commit.endings import places as held_places
from econtracting.usecases.invitations.upkeep import expire_lapsed
from econtracting.views.invitations import AgencyView, InvitationAnswer, InvitationPage, InvitationView


@dataclass(frozen=True)
class Inviting:
    """Opening packets. `usual_type` is the packet type of invitations that name none."""

    packets: Packets
    packet_types: PacketTypes
    ids: Ids
    clock: Clock
    link_secrets: LinkSecrets
    schedule: Schedule
    usual_type: str

    def open(self, staff: Staff, invitation: Invitation, packet_type: str | None = None) -> InvitationAnswer:
        """Open a packet for an agent.

        Raises Forbidden for another agency, InvalidRequest for a level the packet type does not have,
        PacketAlreadyOpen, pointing to the open one.
        """
        if invitation.agency.id != (agency_of(staff) or invitation.agency.id):
            raise Forbidden("You invite for your own agency only.")
        wanted = self.packet_types(packet_type or self.usual_type)
        return InvitationAnswer.again(self.create(wanted, invitation, staff.actor, staff.request).answer)

    def create(
        self, packet_type: PacketType, invitation: Invitation, actor: Actor, request: Request | None
    ) -> Committed:
        """Create the packet, its link and its e-vite in one commit, and an agency's name with its first packet.

        Raises InvalidRequest for an unknown level and for another name than the agency's, PacketAlreadyOpen.
        """
        refuse_level(packet_type, invitation.level)
        now = self.clock.now()
        refuse_same_person(self.packets, invitation.agency.id, invitation.agent.invited(), now)
        stands = agency_name(self.packets, invitation)
        agency = stands or AgencyName(
            agency_id=invitation.agency.id, name=invitation.agency.name, named_by=actor.id, named_at=now
        )
        packet = _new_packet(self.ids.packet(), packet_type, self.schedule, invitation, agency, now)
        link = Link(
            fingerprint=fingerprint(self.link_secrets.secret(packet.id, packet.invitation_generation)),
            packet_id=packet.id,
            generation=packet.invitation_generation,
        )
        change = Change(
            packet=packet,
            events=[Event(type=EventType.INVITATION_CREATED, at=now, actor=actor, data=_created(packet))],
            effects=[send_letter(packet.id, Letter.INVITATION, packet.mails_sent, now)],
            claims=[link, *places(packet), *([] if stands else [agency])],
            answer=InvitationAnswer(packet_id=packet.id, status=packet.status, expires_at=packet.expires_at),
        )
        try:
            return self.packets.create(change, request)
        except AlreadyExists as taken:
            if isinstance(taken.facts["holder"], AgencyName):  # the agency's first two packets, at the same moment
                return self.create(packet_type, invitation, actor, request)
            take_place_back(self.packets, self.clock, taken.facts["holder"])
        try:
            return self.packets.create(change, request)
        except AlreadyExists as taken:
            holder = taken.facts["holder"]
            raise (already_open(holder) if holder else PacketAlreadyOpen()) from None


@dataclass(frozen=True)
class Invitations:
    """Following packets that were opened.

    Whatever names a packet raises PacketNotFound, for another agency's packet as for one that does not exist.
    """

    packets: Packets
    limits: Limits
    clock: Clock
    schedule: Schedule

    def page(
        self, staff: Staff, status: Status | None, agency_id: str | None, cursor: str | None, limit: int
    ) -> InvitationPage:
        """An agency's packets; without an agency those of a status, across agencies. A recruiter sees the own agency.

        An agency's packets are listed and shown as its recruiters are told of them, whoever asks. Raises InvalidRequest
        without a status and an agency.
        """
        agency = agency_of(staff) or agency_id
        eyes = Caller.DEPARTMENT if agency is None else Caller.RECRUITER
        listed: Sequence[AgencyRow]
        if agency is not None:
            found = self.packets.by_agency(agency, status.value if status else None, cursor, limit)
            listed, more = found.packets, found.cursor
        elif status is not None:
            across = self.packets.by_status(status.value, cursor, limit)  # which tells nothing of people
            listed, more = self.packets.heads([one.id for one in across.packets]), across.cursor
        else:
            message = "Ask for a status or for an agency."
            raise InvalidRequest(errors=[{"field": "status", "rule": "required", "message": message}])
        # The index lags, and an item of before today's table may lie under another status than it is shown with.
        shown = [one for one in listed if status in (None, as_seen(one, eyes).status)]
        return InvitationPage.of(shown, more, eyes)

    def read(self, staff: Staff, packet_id: str) -> InvitationView:
        packet = visible(self.packets, staff, packet_id)
        return view(staff, packet)

    def resend(self, staff: Staff, packet_id: str) -> InvitationView:
        """Mail the same link again.

        Raises TooManyAttempts; InvalidTransition once the packet is submitted, saying where it stands, or has ended.
        """
        visible(self.packets, staff, packet_id)
        now = self.clock.now()

        @cache
        def count() -> None:
            """Once, and only when there is something to decide: a repeated request gets its answer, not a count."""
            self.limits.hit(f"resend#{packet_id}", window=timedelta(hours=1), limit=RESENDS_PER_HOUR, now=now)

        def decide(packet: Packet) -> Change:
            count()
            if packet.ended or lapsed(packet, now):
                raise refused(staff, packet, "The packet has ended; open a new one.")
            if not packet.before_submission:
                raise _submitted(staff, packet)
            after = packet.mail_invitation()
            if packet.status is Status.INVITED:
                after = after.look_at(next_look(after, self.schedule, now))
            data = {"mail": after.mails_sent}
            return Change(
                packet=after,
                events=[Event(type=EventType.INVITATION_RESENT, at=now, actor=staff.actor, data=data)],
                effects=[send_letter(after.id, Letter.INVITATION, after.mails_sent, now)],
                answer=view(staff, after),
            )

        return _first_answer(staff, self.packets.change(packet_id, decide, staff.request))

    def withdraw(self, staff: Staff, packet_id: str, reason: str) -> InvitationView:
        """Take the invitation back. Raises InvalidTransition after submission."""
        visible(self.packets, staff, packet_id)
        now = self.clock.now()

        def decide(packet: Packet) -> Change:
            refuse_lapsed(packet, now)
            if not packet.before_submission:
                raise refused(staff, packet)
            event = Event(type=EventType.INVITATION_WITHDRAWN, at=now, actor=staff.actor, data={"reason": reason})
            letters = [(Letter.WITHDRAWN, {"reason": reason})]
            change = close(self.packets, packet, Status.WITHDRAWN, now, event, letters=letters)
            return plus(change, answer=view(staff, change.packet))

        return _first_answer(staff, self.packets.change(packet_id, decide, staff.request))

    def extend(self, staff: Staff, packet_id: str, days: int) -> InvitationView:
        """Let the invitation live `days` longer. Raises InvalidTransition once it is submitted or has ended."""
        visible(self.packets, staff, packet_id)
        now = self.clock.now()

        def decide(packet: Packet) -> Change:
            refuse_lapsed(packet, now)
            if not packet.before_submission:
                raise refused(staff, packet)
            after = packet.extend(timedelta(days=days))
            after = after.look_at(next_look(after, self.schedule, now))
            data = {"days": days, "expires_at": iso(after.expires_at)}
            event = Event(type=EventType.INVITATION_EXTENDED, at=now, actor=staff.actor, data=data)
            return Change(packet=after, events=[event], answer=view(staff, after))

        return _first_answer(staff, self.packets.change(packet_id, decide, staff.request))

    def change_states(self, staff: Staff, packet_id: str, states: Iterable[str]) -> InvitationView:
        """Replace the states to be appointed beforehand. Raises InvalidTransition once appointments were ordered."""
        visible(self.packets, staff, packet_id)
        now = self.clock.now()
        wanted = tuple(sorted(set(states)))

        def decide(packet: Packet) -> Change | None:
            refuse_lapsed(packet, now)
            if packet.ended or Status.APPOINTING.value in packet.reached:
                raise refused(staff, packet, "Appointments were ordered already.")
            if packet.pre_appointment_states == wanted:
                return None
            data = {"from": list(packet.pre_appointment_states), "to": list(wanted)}
            event = Event(type=EventType.INVITATION_STATES_CHANGED, at=now, actor=staff.actor, data=data)
            return Change(packet=packet.request_states(wanted), events=[event])

        return view(staff, self.packets.change(packet_id, decide).packet)


def visible(packets: Packets, staff: Staff, packet_id: str) -> Packet:
    """The packet, for who may see it. Raises PacketNotFound, for another agency's as for one that does not exist."""
    agency_id, packet = agency_of(staff), packets.load(packet_id)
    if agency_id is not None and packet.agency.id != agency_id:
        raise PacketNotFound()
    return packet


def view(staff: Staff, packet: Packet) -> InvitationView:
    """The packet as far as the caller may know of it."""
    return InvitationView.of(packet, member(staff, packet.agency.id))


def _first_answer(staff: Staff, done: Committed) -> InvitationView:
    """The answer as it was first given. Earlier releases kept none of these: there the packet is shown as it stands."""
    kept = isinstance(done.answer, InvitationView) or "packet_id" in (done.answer or ())
    return InvitationView.again(done.answer) if kept else view(staff, done.packet)


def agency_of(staff: Staff) -> str | None:
    """The one agency a recruiter sees; None for the carrier's own department. Raises Forbidden without one."""
    if "contracting" in staff.groups:
        return None
    if not staff.agency_id:
        raise Forbidden("Your account belongs to no agency yet.")
    return staff.agency_id


def take_place_back(packets: Packets, clock: Clock, holder: OpenPacket | None) -> None:
    """Free a place whose packet is over. Raises PacketAlreadyOpen if it is not."""
    if holder is None:
        raise PacketAlreadyOpen()
    packet = packets.load(holder.packet_id)
    now = clock.now()
    if lapsed(packet, now):
        expire_lapsed(packets, packet.id, now)
    elif packet.ended or packet.status is Status.ACTIVE:
        packets.change(packet.id, lambda over: Change(packet=over, drops=held_places(packets, over)))
    else:
        raise already_open(holder)


def already_open(holder: OpenPacket) -> PacketAlreadyOpen:
    """The refusal that points to the packet that holds a place, and tells a recruiter of people who share an address
    what to do.
    """
    if holder.kind == "email" and "#" not in holder.value:
        return PacketAlreadyOpen(
            "This agency already has an open packet for this e-mail address. If this is another person who uses it "
            "too, send shares_email with the invitation.",
            packet_id=holder.packet_id,
        )
    return PacketAlreadyOpen(packet_id=holder.packet_id)


def refuse_same_person(packets: Packets, agency_id: str, agent: InvitedAgent, now: datetime) -> None:
    """Raises PacketAlreadyOpen where the same person has an open packet for the address, which one of the two
    invitations calls shared and the other does not.
    """
    alone, beside = email_places(agent)
    holder = packets.find(OpenPacket, agency_id, "email", alone if agent.shares_email else beside)
    packet = packets.load(holder.packet_id) if holder else None
    if holder is None or packet is None or packet.ended or packet.status is Status.ACTIVE or lapsed(packet, now):
        return
    if same_name(packet.agent.full_name, agent.full_name):
        raise already_open(holder)


def refuse_level(packet_type: PacketType, level: str) -> None:
    """Raises InvalidRequest for a level that the packet type does not have."""
    if level not in packet_type.levels:
        message = words("The level is one of {levels}.", levels=", ".join(sorted(packet_type.levels)))
        raise InvalidRequest(errors=[{"field": "level", "rule": "level-unknown", "message": message}])


def refused(staff: Staff, packet: Packet, detail: str = "") -> InvalidTransition:
    """Not where the packet stands, as far as the caller may know where that is."""
    return InvalidTransition(detail, packet_status=refused_at(packet, member(staff, packet.agency.id)))


# Where a submitted packet is told to stand.
STANDS: dict[Status, Words] = {
    Status.AWAITING_SIGNATURE: words(
        "The packet was submitted. The agent has to sign what was corrected, and is reminded by mail."
    ),
    Status.SEALING: words(
        "The packet was submitted. The agent has signed everything, and the documents are being sealed."
    ),
    Status.SUBMITTED: words("The packet was submitted. The agent has signed everything."),
    Status.BACKGROUND_CHECK: words("The packet was submitted. The background check is under way."),
    Status.APPOINTING: words("The packet was submitted. The states are being asked for the agent's appointments."),
    Status.PROCESSED: words("The packet was submitted. The states have answered, and certification is being opened."),
    Status.CERTIFICATION_OPEN: words(
        "The packet was submitted. The agent has to take the courses, and is reminded by mail."
    ),
    Status.ACTIVE: words("The packet was submitted. The agent is contracted and certified."),
    Status.CORRECTION_REQUESTED: words(
        "The packet was submitted. The agent has to correct answers, and is reminded by mail."
    ),
    Status.NEEDS_REVIEW: words("The packet was submitted. The contracting department has to look at it."),
}


def _submitted(staff: Staff, packet: Packet) -> InvalidTransition:
    """There is nothing left to invite to; the way back in is in the letters that came since."""
    told = Status(refused_at(packet, member(staff, packet.agency.id)))
    where = STANDS.get(told, STANDS[Status.NEEDS_REVIEW])
    detail = words(
        "{where} There is no invitation to send again; the agent's link still opens the packet, and every mail about "
        "it has the link.",
        where=where,
    )
    return refused(staff, packet, detail)


def agency_name(packets: Packets, invitation: Invitation) -> AgencyName | None:
    """The agency's name on file; None before its first packet. Raises InvalidRequest for an invitation with another."""
    found = packets.find(AgencyName, invitation.agency.id)
    if found is not None and not found.means(invitation.agency.name):
        message = words(
            "The agency {agency_id} is on file as “{name}”. Please write that name, "
            "or ask the contracting department to change it.",
            agency_id=found.agency_id,
            name=found.name,
        )
        raise InvalidRequest(errors=[{"field": "agency.name", "rule": "agency-name", "message": message}])
    return found


def refuse_lapsed(packet: Packet, now: datetime) -> None:
    if lapsed(packet, now):
        raise InvalidTransition("The invitation has expired.", packet_status=Status.EXPIRED.value)


def _new_packet(
    packet_id: str,
    packet_type: PacketType,
    schedule: Schedule,
    invitation: Invitation,
    agency: AgencyName,
    now: datetime,
) -> Packet:
    packet = Packet(
        id=packet_id,
        type=packet_type.name,
        type_version=packet_type.version,
        agent=invitation.agent.invited(),
        recruiter=Recruiter(**invitation.recruiter.model_dump()),
        agency=Agency(id=agency.agency_id, name=agency.name),
        level=invitation.level,
        pre_appointment_states=tuple(sorted(set(invitation.pre_appointment_states))),
        language=invitation.language,
        created_at=now,
        expires_at=now + schedule.life,
        status_at=now,
        reached={Status.INVITED.value: now},
        mails_sent=1,
    )
    return packet.look_at(next_look(packet, schedule, now))


def _created(packet: Packet) -> dict[str, Any]:
    return {
        "packet_type": packet.type,
        "type_version": packet.type_version,
        "agency": packet.agency.id,
        "level": packet.level,
        "states": list(packet.pre_appointment_states),
        "expires_at": iso(packet.expires_at),
    }


@dataclass(frozen=True)
class Agencies:
    """What agencies are called."""

    packets: Packets
    clock: Clock

    def rename(self, staff: Staff, agency_id: str, name: str) -> AgencyView:
        """Change the name that the agency's next packets bear; those that are open keep theirs. Raises NotFound."""
        if self.packets.find(AgencyName, agency_id) is None:
            raise NotFound("No agency of this id has invited anyone.", code="agency-not-found")
        self.packets.refresh(
            AgencyName(agency_id=agency_id, name=name, named_by=staff.subject, named_at=self.clock.now())
        )
        return AgencyView(agency_id=agency_id, name=name)
