"""What the contracting department is shown of packets and of their trails: masked, and by reference."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from econtracting.domain.appointing.appointments import Appointment, AppointmentStatus
from econtracting.domain.appointing.jit import Alarm, FirstSale
from econtracting.domain.audit import Actor, ChainedEvent
from econtracting.domain.corrections import CorrectionRequest
from econtracting.domain.late_news import LateItem
from econtracting.domain.moment import Moment
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Agency, InvitedAgent, QueueRow, Recruiter, Status, Trouble
from econtracting.domain.screening.adverse import AdverseCase, AdverseStatus
from econtracting.domain.screening.background import Check
from econtracting.views.base import View
from econtracting.views.timeline import StageView

# Groups have a name of their own: makers of clients follow a cycle through an object, and through nothing else.
type ShownGroup = Annotated[dict[str, ShownAnswer], Field(description="A group's answers by field, masked")]
type ShownAnswer = Annotated[
    str | int | float | bool | list[str | int | float | bool | ShownGroup | None] | ShownGroup | None,
    Field(description="An answer as any screen may show it: plain, masked, or a group of answers by name"),
]
type EventFacts = Annotated[dict[str, EventFact], Field(description="Facts by name")]
type EventFact = Annotated[
    str | int | float | bool | list[str | int | float | bool | EventFacts | None] | EventFacts | None,
    Field(description="A fact of an event: an id, a version, a hash, a code, or several of them"),
]


class TroubleView(View):
    """Something that does not get done by itself."""

    about: str = Field(description="Id of the outbox row, or sweep")
    reason: str = Field(description="Code of what is the matter")
    failure: str = Field(description="Code of what the last try failed with when this was told")
    since: Moment = Field(description="When it was first to be done")
    at: Moment = Field(description="When the contracting department was told")

    @classmethod
    def of(cls, trouble: Trouble) -> TroubleView:
        return cls(**trouble.model_dump())


class PacketRowView(View):
    """A packet in a list."""

    packet_id: str
    status: Status
    since: datetime = Field(description="When it came into the status")
    age_seconds: int = Field(description="How long it has been in the status")
    agency: Agency
    npn: str | None = Field(description="National Producer Number, once the agent has confirmed it")
    review_reason: str | None = Field(description="Code of why the contracting department has to look")
    attempt: int = Field(description="Of the workflow's execution")
    troubles: list[TroubleView] = Field(description="What does not get done by itself, whatever the status")


class PacketRowsView(View):
    """Packets of a status or a queue, those that stand in it longest first within each shard."""

    items: list[PacketRowView]
    cursor: str | None = Field(description="Leads to the next page; null on the last one")


class CheckView(View):
    """A background check as far as the contracting department follows it."""

    attempt: int
    ordered_at: Moment | None
    status: str = Field(description="Where the screening stands")
    result: str | None = Field(description="Of a screening that is complete")
    suspended_fields: list[str] = Field(description="What the screening company could not confirm")
    expected_at: Moment | None
    completed_at: Moment | None
    later_status: str | None = Field(
        description="What the company said after this answer had been acted on, if anything"
    )
    later_result: str | None
    later_at: Moment | None

    @classmethod
    def of(cls, check: Check) -> CheckView:
        return cls(
            attempt=check.attempt,
            ordered_at=check.ordered_at,
            status=check.status,
            result=check.result,
            suspended_fields=list(check.suspended_fields),
            expected_at=check.expected_at,
            completed_at=check.completed_at,
            later_status=check.later.status if check.later else None,
            later_result=check.later.result if check.later else None,
            later_at=check.later.at if check.later else None,
        )


class RefusalBy(StrEnum):
    """How a packet can lawfully be refused."""

    LETTER = "letter"  # an ordinary letter
    NOTICES = "notices"  # pre-adverse notice, wait, final notice: a report on file is not clear


class LateItemView(View):
    """News that came after the packet had gone on; what was answered first stands until a person has looked."""

    about: str = Field(description="Code of what it is about")
    at: Moment
    facts: dict[str, EventFact] = Field(description="Facts by name; never a personal value")

    @classmethod
    def of(cls, item: LateItem) -> LateItemView:
        return cls(about=item.about, at=item.at, facts=dict(item.facts))


class AdverseView(View):
    """The weighing of a report that was not clear."""

    attempt: int = Field(description="Of the background check")
    state: str = Field(description="Where the agent lives")
    status: AdverseStatus
    opened_at: Moment
    pre_sent_at: Moment | None = Field(description="When the pre-adverse notice was sent")
    notice_ordered: bool = Field(description="Whether it is decided on, and waits for the copy of the report")
    posted_on: date | None = Field(description="When a notice that did not arrive by mail was posted")
    copy_awaited: bool = Field(description="Whether the copy of the report as it stands now is being fetched")
    copy_refused: str | None = Field(description="Code of why the copy cannot be kept")
    disputed_at: Moment | None
    ended_at: Moment | None
    final_possible_from: datetime | None = Field(
        description="When the final notice may first be sent, if that is known"
    )
    worksheet_needed: bool = Field(description="Whether a refusal needs the written weighing of factors")

    @classmethod
    def of(cls, case: AdverseCase, final_possible_from: datetime | None) -> AdverseView:
        return cls(
            attempt=case.attempt,
            state=case.state,
            status=case.status,
            opened_at=case.opened_at,
            pre_sent_at=case.pre_sent_at,
            notice_ordered=case.ordered_by is not None,
            posted_on=case.posted_on,
            copy_awaited=case.copy_due,
            copy_refused=case.copy_refused,
            disputed_at=case.disputed_at,
            ended_at=case.ended_at,
            final_possible_from=final_possible_from,
            worksheet_needed=case.worksheet_needed,
        )


class CorrectionRequestView(View):
    """What an agent was asked to correct."""

    number: int
    fields: list[str] = Field(description="Dotted paths, section first")
    reason: str = Field(description="As the agent reads it")
    requested_by: str
    requested_at: Moment
    reminders: int = Field(description="How often the agent was reminded")
    answered_at: Moment | None

    @classmethod
    def of(cls, request: CorrectionRequest) -> CorrectionRequestView:
        return cls.model_validate(request.model_dump(exclude={"packet_id", "versions"}))


class AppointmentView(View):
    """An appointment the carrier asks a state for, with the state's true answer."""

    state: str
    npn: str
    rule_type: str = Field(description="How the state wants producers appointed")
    status: AppointmentStatus
    transaction_id: str | None = Field(description="The gateway's")
    license_number: str | None
    file_on: date | None = Field(description="Of one that is scheduled")
    asked_for: date | None = Field(description="The effective day that was filed")
    effective_on: date | None
    ended_on: date | None = Field(description="Of one that stood and was taken back")
    state_reference: str | None
    reasons: list[str] = Field(description="Codes of why it stands so")
    requested_at: Moment
    filed_at: Moment | None
    answered_at: Moment | None

    @classmethod
    def of(cls, appointment: Appointment) -> AppointmentView:
        return cls.model_validate(appointment.model_dump(exclude={"packet_id", "task_token", "former_transactions"}))


class FirstSaleView(View):
    """The first sale of a producer in a state."""

    npn: str
    state: str
    sale_id: str
    received_on: date = Field(description="The day on which the carrier received the application")
    due_on: date | None = Field(description="The last lawful day to file the appointment")
    file_by: date | None = Field(description="The last day before a freeze of the state shuts filing off")
    reported_at: Moment
    attempt: int = Field(description="Of the execution that follows the sale up")
    settled: bool = Field(description="Whether that execution came to its end")
    missing: list[str] = Field(description="Codes of what the producer lacked")
    alarms: list[Alarm]

    @classmethod
    def of(cls, sale: FirstSale) -> FirstSaleView:
        return cls.model_validate(sale.model_dump(exclude={"packet_id"}))


class WaitingEffectView(View):
    """A row of the outbox that is not done yet."""

    id: str
    kind: str
    due_at: Moment | None = Field(description="When it is tried next")
    attempts: int
    failure: str | None = Field(description="Code of the last failure")

    @classmethod
    def of(cls, effect: Effect) -> WaitingEffectView:
        return cls(
            id=effect.id,
            kind=str(effect.kind),
            due_at=effect.due_at,
            attempts=effect.attempts,
            failure=effect.failure,
        )


class PacketDetailView(PacketRowView):
    """All that the contracting department is shown of a packet."""

    agent: InvitedAgent
    recruiter: Recruiter
    level: str = Field(description="The producer's level in the agency's hierarchy, as the carrier numbers them")
    flags: list[str] = Field(description="What the contracting department has to know of the answers, by code")
    approvals: int = Field(description="How many of the staff agreed to go on, where two have to")
    sections: dict[str, dict[str, ShownAnswer]] = Field(description="Answers by section and name, masked")
    timeline: list[StageView]
    background_checks: list[CheckView]
    refusal_by: RefusalBy
    news: list[LateItemView] = Field(description="What waits to be looked at, oldest first")
    adverse: AdverseView | None = Field(description="The weighing that is open, or else the latest")
    corrections: list[CorrectionRequestView]
    appointments: list[AppointmentView]
    first_sales: list[FirstSaleView]
    waiting_effects: list[WaitingEffectView]


class EventView(View):
    """An event on a packet's trail. Its `hash` covers all but `hash` and `prev_hash`, after `prev_hash`."""

    type: str = Field(description="What it concerns, and what happened")
    at: Moment
    actor: Actor
    data: dict[str, EventFact] = Field(description="Facts of the event by name; never a personal value")
    packet_id: str
    seq: int = Field(description="Its place on the trail, from 1")
    prev_hash: str
    hash: str

    @classmethod
    def of(cls, event: ChainedEvent) -> EventView:
        return cls(**event.model_dump(exclude={"actor"}), actor=event.actor)


class EventsView(View):
    """A packet's trail from its beginning."""

    items: list[EventView]


def row_of(packet: QueueRow, now: datetime) -> PacketRowView:
    return PacketRowView(
        packet_id=packet.id,
        status=packet.status,
        since=packet.status_at,
        age_seconds=int((now - packet.status_at).total_seconds()),
        agency=packet.agency,
        npn=packet.npn,
        review_reason=packet.review_reason,
        attempt=packet.attempt,
        troubles=[TroubleView.of(one) for one in packet.troubles],
    )
