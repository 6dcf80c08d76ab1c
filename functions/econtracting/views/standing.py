"""Where a packet stands, as its agent is told."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from econtracting.domain.packet import Recruiter, Status
from econtracting.domain.words import Language
from econtracting.views.access import RemindersView
from econtracting.views.base import Told, View
from econtracting.views.timeline import StageView


class CarrierView(View):
    """The carrier, and how its contracting department is reached."""

    name: str
    phone: str
    email: str
    hours: Told = Field(description="When someone answers the phone")


class SectionRowView(View):
    """A section that concerns this agent."""

    name: str
    title: Told
    complete: bool = Field(description="Whether it can be confirmed as it stands")
    version: int = Field(description="How often it was saved")


class CorrectedFieldView(View):
    """Something to be mended."""

    field: str = Field(description="Path, section first")
    label: Told


class CorrectionView(View):
    """What the agent is asked to mend."""

    number: int = Field(description="Counts the packet's correction requests")
    reason: str
    requested_at: datetime
    fields: list[CorrectedFieldView]
    untouched: list[str] = Field(description="Sections asked about and not saved since")


class PacketView(View):
    """Where the packet stands, what is left to do, and what comes next."""

    packet_id: str
    status: Status
    carrier: CarrierView
    recruiter: Recruiter
    agreement_accepted: bool = Field(description="Whether today's version of the agreement is accepted")
    sections: list[SectionRowView] = Field(description="In the order they are asked")
    timeline: list[StageView]
    correction: CorrectionView | None = Field(description="Null where nothing is to be mended")
    expires_at: datetime = Field(description="When the invitation's life ends")
    language: Language | None = Field(description="The packet's language; null until someone said it")
    expires_on: date = Field(description="The same as a day of the carrier's, as its letters name it")
    time_zone: str = Field(description="The zone of the carrier's days, by its name in the IANA database")
    reminders: RemindersView
