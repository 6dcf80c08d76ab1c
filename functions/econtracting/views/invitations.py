"""What staff see of a packet before and after submission: no answers, no secrets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Self

from pydantic import Field

from econtracting.domain.access.invitation import RowOutcome
from econtracting.domain.access.invitation_file import Table
from econtracting.domain.moment import Moment
from econtracting.domain.need_to_know import Caller, as_seen
from econtracting.domain.packet import Agency, AgencyRow, Delivery, InvitedAgent, Recruiter, Status
from econtracting.views.base import View
from econtracting.views.remarks import RemarkView


class InvitationAnswer(View):
    """The packet that an invitation opened."""

    packet_id: str
    status: Status
    expires_at: Moment = Field(description="When the invitation's life ends")


class AgencyView(View):
    """An agency as the carrier calls it."""

    agency_id: str
    name: str


class InvitationView(View):
    """A packet as its recruiter follows it."""

    packet_id: str
    status: Status = Field(
        description="As the caller may know it: for agencies a report that is weighed is a BACKGROUND_CHECK"
    )
    agent: InvitedAgent
    recruiter: Recruiter
    agency: Agency
    level: str = Field(description="The agent's level, a key of the packet type's levels")
    pre_appointment_states: list[str] = Field(description="States to be appointed in beforehand, by postal code")
    created_at: Moment
    status_at: Moment = Field(description="Since when the packet stands there")
    expires_at: Moment = Field(description="When the invitation's life ends")
    delivery: Delivery = Field(description="How the latest e-vite stands")
    mails_sent: int = Field(description="How many e-vites were sent")
    reminders_sent: int

    @classmethod
    def of(cls, packet: AgencyRow, caller: Caller) -> Self:
        seen = as_seen(packet, caller)
        return cls(
            packet_id=packet.id,
            status=seen.status,
            agent=packet.agent,
            recruiter=packet.recruiter,
            agency=packet.agency,
            level=packet.level,
            pre_appointment_states=list(packet.pre_appointment_states),
            created_at=packet.created_at,
            status_at=seen.status_at,
            expires_at=packet.expires_at,
            delivery=Delivery(packet.delivery),
            mails_sent=packet.mails_sent,
            reminders_sent=packet.reminders_sent,
        )


class InvitationPage(View):
    """Some packets, and where to go on."""

    items: list[InvitationView]
    cursor: str | None = Field(description="Asks for the next page; null on the last one")

    @classmethod
    def of(cls, packets: Sequence[AgencyRow], cursor: str | None, caller: Caller) -> Self:
        return cls(items=[InvitationView.of(packet, caller) for packet in packets], cursor=cursor)


class BulkRow(View):
    """What became of a row. Values are never repeated."""

    row: int = Field(description="As a spreadsheet numbers it, blank rows counted")
    outcome: RowOutcome
    packet_id: str | None = Field(description="The packet it opened, or the open one in its way")
    errors: list[RemarkView] = Field(description="Why it was refused")


class BulkReport(View):
    """What became of a file, row by row."""

    dry_run: bool = Field(description="Whether the rows were judged only")
    encoding: str = Field(description="The encoding that the file was read in")
    separator: str = Field(description="What parts its cells: comma, semicolon, tab or bar")
    created: int
    refused: int
    not_attempted: int = Field(description="Rows left when the time of one call was over; send the file again")
    rows: list[BulkRow] = Field(description="In the file's order")

    @classmethod
    def of(cls, table: Table, rows: list[BulkRow], *, dry_run: bool) -> Self:
        outcomes = Counter(row.outcome for row in rows)
        return cls(
            dry_run=dry_run,
            encoding=table.encoding,
            separator=table.separator,
            created=outcomes[RowOutcome.CREATED],
            refused=outcomes[RowOutcome.REFUSED],
            not_attempted=outcomes[RowOutcome.NOT_ATTEMPTED],
            rows=rows,
        )
