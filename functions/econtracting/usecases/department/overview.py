"""What the contracting department and the carrier's systems may look at: masked, and by reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from enum import StrEnum

from econtracting import ports
from econtracting.domain import timeline
from econtracting.domain.appointing import readiness
from econtracting.domain.appointing.appointments import Appointment
from econtracting.domain.appointing.jit import FirstSale
from econtracting.domain.callers import Staff
from econtracting.domain.certification import Feed
from econtracting.domain.corrections import CorrectionRequest
from econtracting.domain.days import states_day
from econtracting.domain.errors import InvalidRequest
from econtracting.domain.interview.answers import Section
from econtracting.domain.late_news import LateNews
from econtracting.domain.need_to_know import Caller, as_seen, check_as_seen, member
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Packet, QueueRow, Status
from econtracting.domain.screening import refusal
from econtracting.domain.screening.background import Check
from econtracting.usecases.appointing.sales import contract_of
from econtracting.usecases.commit.standing import current_case
from econtracting.usecases.news import delays
from econtracting.views.packets import (
    AdverseView,
    AppointmentView,
    CheckView,
    CorrectionRequestView,
    EventsView,
    EventView,
    FirstSaleView,
    LateItemView,
    PacketDetailView,
    PacketRowsView,
    RefusalBy,
    WaitingEffectView,
    row_of,
)
from econtracting.views.producers import ReadyToSellView, ReasonView
from econtracting.views.timeline import StageView

PAGE = 50


class Queue(StrEnum):
    """What the contracting department works through: a status, or what came after a packet had gone on."""

    REVIEW = "review"
    ADVERSE = "adverse"
    CORRECTION = "correction"
    WAITING = "waiting"
    NEWS = "news"
    ATTENTION = "attention"  # what does not get done by itself, in whatever status


QUEUES: dict[Queue, Status] = {
    Queue.REVIEW: Status.NEEDS_REVIEW,
    Queue.ADVERSE: Status.ADVERSE_REVIEW,
    Queue.CORRECTION: Status.CORRECTION_REQUESTED,
    Queue.WAITING: Status.BACKGROUND_CHECK,
}


@dataclass(frozen=True)
class Overview:
    """Packets as the contracting department sees them. `day` is one of the adverse clock."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    breakers: ports.Breakers
    clock: ports.Clock
    day: timedelta

    def rows(self, status: Status | None, queue: Queue | None, cursor: str | None) -> PacketRowsView:
        """Packets of a status or a queue, those that stand in it longest first within each shard.

        Raises InvalidRequest.
        """
        now = self.clock.now()
        page: ports.Page[Packet] | ports.Page[QueueRow]
        if queue is Queue.ATTENTION and status is None:
            page = self.packets.in_trouble(cursor, PAGE)
        elif queue is Queue.NEWS and status is None:
            page = self.packets.with_late_news(cursor, PAGE)
        else:
            wanted = QUEUES.get(queue) if queue is not None else status
            if wanted is None or (queue is not None and status not in (None, wanted)):
                message = "Name a status or a queue."
                raise InvalidRequest(errors=[{"field": "status", "rule": "required", "message": message}])
            page = self.packets.by_status(wanted.value, cursor, PAGE)
        rows = [row_of(as_seen(one, Caller.DEPARTMENT), now) for one in page.packets]
        return PacketRowsView(items=rows, cursor=page.cursor)

    def packet(self, packet_id: str) -> PacketDetailView:
        """All that is shown of a packet. Raises PacketNotFound."""
        packets = self.packets
        found = packets.load(packet_id)
        checks = packets.all_of(Check, packet_id)
        case, news = current_case(packets, found), packets.find(LateNews, packet_id)
        effects = [one for one in packets.all_of(Effect, packet_id) if one.done_at is None]
        return PacketDetailView(
            **dict(row_of(as_seen(found, Caller.DEPARTMENT), self.clock.now())),
            agent=found.agent,
            recruiter=found.recruiter,
            level=found.level,
            flags=list(found.flags),
            approvals=len(found.approvals),
            sections={one.name: one.shown() for one in packets.all_of(Section, packet_id)},
            timeline=self._timeline(found),
            background_checks=[CheckView.of(one) for one in checks],
            refusal_by=RefusalBy.NOTICES if refusal.unclear_report(checks) else RefusalBy.LETTER,
            news=[LateItemView.of(one) for one in news.items] if news is not None else [],
            adverse=AdverseView.of(case, refusal.possible_from(case, checks, self.day)) if case is not None else None,
            corrections=[CorrectionRequestView.of(one) for one in packets.all_of(CorrectionRequest, packet_id)],
            appointments=[AppointmentView.of(one) for one in packets.all_of(Appointment, packet_id)],
            first_sales=[FirstSaleView.of(one) for one in packets.all_of(FirstSale, found.npn or "")],
            waiting_effects=[WaitingEffectView.of(one) for one in effects],
        )

    def events(self, packet_id: str) -> EventsView:
        """The packet's trail. Raises PacketNotFound."""
        self.packets.load(packet_id)
        return EventsView(items=[EventView.of(one) for one in self.packets.events(packet_id)])

    def _timeline(self, packet: Packet) -> list[StageView]:
        stages = timeline.of(packet, self.packet_types(packet.type))
        return [StageView.of(row) for row in delays.told(stages, breakers=self.breakers, clock=self.clock)]


@dataclass(frozen=True)
class Producers:
    """Producers as the carrier's systems ask about them."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    registry: ports.LicenseRegistry
    clock: ports.Clock
    home: tzinfo  # the carrier's zone

    def ready_to_sell(self, staff: Staff, npn: str, state: str, on: date | None) -> ReadyToSellView:
        """The one question, answered for the producer's most recent contract, as far as the caller may know.

        Raises NotFound for an unknown NPN.
        """
        packets, now = self.packets, self.clock.now()
        found = packets.load(contract_of(packets, npn).packet_id)
        definition = self.packet_types(found.type)
        caller, check = member(staff, found.agency.id), packets.find(Check, found.id, str(found.check_attempt))
        producer = readiness.Producer(
            packet=as_seen(found, caller),
            check=check_as_seen(check, found, caller),
            licenses=self.registry.licenses(npn),
            feed=packets.find(Feed, found.id),
            rules=definition.state_rules,
            line_code=definition.line_code,
            carrier=definition.carrier.co_code,
            courses=definition.certification.courses,
            home=self.home,
            appointments=tuple(packets.all_of(Appointment, found.id)),
            sales=tuple(packets.all_of(FirstSale, npn)),
        )
        answer = readiness.ready_to_sell(producer, state, on, now)
        reasons = [ReasonView.model_validate(reason._asdict()) for reason in answer.reasons]
        return ReadyToSellView(
            npn=npn, state=state, on=on or states_day(now, state), as_of=now, ready=answer.ready, reasons=reasons
        )
