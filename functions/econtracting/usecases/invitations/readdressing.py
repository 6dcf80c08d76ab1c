"""Correcting the address of an invitation, as long as nobody has come in by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from econtracting.domain.access.access import Access, Link, fingerprint
from econtracting.domain.access.invitation import RESENDS_PER_HOUR, Schedule, next_look
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Staff
from econtracting.domain.errors import AlreadyExists, InvalidTransition, PacketAlreadyOpen
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Packet, Status
from econtracting.domain.record import Record
from econtracting.ports import Change, Clock, Limits, LinkSecrets, Packets
from econtracting.usecases.invitations import places
from econtracting.usecases.invitations.invite import (
    refuse_lapsed,
    refuse_same_person,
    refused,
    take_place_back,
    view,
    visible,
)
from econtracting.views.invitations import InvitationView


@dataclass(frozen=True)
class Readdressing:
    """Sending an invitation to the address that was meant."""

    packets: Packets
    limits: Limits
    clock: Clock
    link_secrets: LinkSecrets
    schedule: Schedule

    def correct(self, staff: Staff, packet_id: str, email: str) -> InvitationView:
        """Invite at another address. The link and every password that went to the one before are void, and nothing is
        written to it: whose it is was never meant. The address that stands is no change.

        Raises PacketNotFound; InvalidTransition once the agent has come in, saying who changes it then;
        PacketAlreadyOpen, pointing to the agency's open packet for the new address; TooManyAttempts.
        """
        visible(self.packets, staff, packet_id)
        now = self.clock.now()

        @cache
        def count() -> None:
            """With the repeated invitations: each of them is a mail to somebody."""
            self.limits.hit(f"resend#{packet_id}", window=timedelta(hours=1), limit=RESENDS_PER_HOUR, now=now)

        def decide(packet: Packet) -> Change | None:
            refuse_lapsed(packet, now)
            if packet.before_submission and packet.agent.email == email:
                return None
            if packet.status is not Status.INVITED:
                raise _too_late(staff, packet)
            count()
            after = packet.readdress(email)
            refuse_same_person(self.packets, after.agency.id, after.agent, now)
            after = after.look_at(next_look(after, self.schedule, now))
            claims, drops = places.moves(self.packets, packet, after)
            access = self.packets.find(Access, packet.id)
            gone: list[Record] = [*drops, self._link(packet)]
            data = {"mail": after.mails_sent, "generation": after.invitation_generation}
            return Change(
                after,
                events=[Event(type=EventType.INVITATION_EMAIL_CORRECTED, at=now, actor=staff.actor, data=data)],
                effects=[send_letter(after.id, Letter.INVITATION, after.mails_sent, now)],
                puts=[access.void()] if access else [],
                claims=[self._link(after), *claims],
                drops=gone,
            )

        try:
            return view(staff, self.packets.change(packet_id, decide).packet)
        except AlreadyExists as taken:
            take_place_back(self.packets, self.clock, taken.facts["holder"])
        try:
            return view(staff, self.packets.change(packet_id, decide).packet)
        except AlreadyExists as taken:
            holder = taken.facts["holder"]
            raise PacketAlreadyOpen(**({"packet_id": holder.packet_id} if holder else {})) from None

    def _link(self, packet: Packet) -> Link:
        secret = self.link_secrets.secret(packet.id, packet.invitation_generation)
        return Link(fingerprint=fingerprint(secret), packet_id=packet.id, generation=packet.invitation_generation)


def _too_late(staff: Staff, packet: Packet) -> InvalidTransition:
    if packet.ended:
        return refused(staff, packet, "The packet has ended; open a new one.")
    detail = (
        "The agent has signed in already, so the address is theirs to change: in the packet, where they give it, "
        "with a code that is mailed to the new one. If it was the wrong person, withdraw the invitation and send "
        "a new one."
        if packet.before_submission
        else "The packet was submitted. The contracting department asks the agent to correct the address."
    )
    return refused(staff, packet, detail)
