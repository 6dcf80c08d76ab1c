"""What staff see of a packet before and after submission: no answers, no secrets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel

from econtracting.domain.moment import iso
from econtracting.domain.packet import Agency, InvitedAgent, Packet, Recruiter
from econtracting.usecases.invitations.bulk import RowReport


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
            status=packet.status_for_agency.value,
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


class BulkRow(BaseModel):
    row: int
    outcome: str
    packet_id: str | None
    errors: list[dict[str, str]]


class BulkReport(BaseModel):
    dry_run: bool
    created: int
    refused: int
    not_attempted: int
    rows: list[BulkRow]

    @classmethod
    def of(cls, reports: Sequence[RowReport], *, dry_run: bool) -> Self:
        outcomes = Counter(report.outcome for report in reports)
        return cls(
            dry_run=dry_run,
            created=outcomes["created"],
            refused=outcomes["refused"],
            not_attempted=outcomes["not-attempted"],
            rows=[BulkRow(**vars(report)) for report in reports],
        )


class InvitationPage(BaseModel):
    items: list[InvitationView]
    cursor: str | None

    @classmethod
    def of(cls, packets: Sequence[Packet], cursor: str | None) -> Self:
        return cls(items=[InvitationView.of(packet) for packet in packets], cursor=cursor)
