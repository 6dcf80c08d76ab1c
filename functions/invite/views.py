"""What staff see of a packet before and after submission: no answers, no secrets."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel

from econtracting.domain.moment import iso
from econtracting.domain.packet import Agency, InvitedAgent, Packet, Recruiter
from econtracting.ports import Page


class InvitationView(BaseModel):
    packet_id: str
    status: str
    agent: InvitedAgent
    recruiter: Recruiter
    agency: Agency
    level: str
    pre_appointment_states: list[str]
    created_at: str
    status_at: str
    expires_at: str
    delivery: str
    mails_sent: int
    reminders_sent: int

    @classmethod
    def of(cls, packet: Packet) -> Self:
        return cls(
            packet_id=packet.id,
            status=packet.status.value,
            agent=packet.agent,
            recruiter=packet.recruiter,
            agency=packet.agency,
            level=packet.level,
            pre_appointment_states=list(packet.pre_appointment_states),
            created_at=iso(packet.created_at),
            status_at=iso(packet.status_at),
            expires_at=iso(packet.expires_at),
            delivery=packet.delivery,
            mails_sent=packet.mails_sent,
            reminders_sent=packet.reminders_sent,
        )


class InvitationPage(BaseModel):
    items: list[InvitationView]
    cursor: str | None

    @classmethod
    def of(cls, page: Page) -> Self:
        return cls(items=[InvitationView.of(packet) for packet in page.packets], cursor=page.cursor)
