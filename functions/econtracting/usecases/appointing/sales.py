"""First sales: heard of once, judged, ordered just in time, proven.

A sale that comes too early, or where the producer was not ready to sell, is an alarm for the contracting department:
the order is not made behind its back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from econtracting import ports
from econtracting.domain.appointing.appointments import Appointment, AppointmentStatus
from econtracting.domain.appointing.jit import Alarm, FirstSale, Sale, filing_day
from econtracting.domain.appointing.readiness import APPOINTED, LICENSED, Producer, ready_to_sell
from econtracting.domain.appointing.state_rules import AppointmentType
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.certification import Contract, Feed
from econtracting.domain.days import day_begins, states_day, states_zone
from econtracting.domain.errors import NotFound
from econtracting.domain.messages import Heard, Objection, Obstacle
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.background import Check
from econtracting.domain.webhooks import ReportedSale
from econtracting.ports import Change
from econtracting.usecases.appointing import appointments
from econtracting.usecases.appointing.filing import rule_of
from econtracting.usecases.appointing.sale_follow_up import (
    FILED,
    SETTLED,
    WORKFLOW,
    follow_up,
    sale_of,
    settle_with_alarm,
)
from econtracting.usecases.commit.changes import plus
from econtracting.views.workflow import JudgedView, OutcomeView, Verdict

VENDOR = "sales"
SELLER = Actor(kind="vendor", id=VENDOR)


@dataclass(frozen=True)
class FirstSales:
    """First sales and the steps of the execution that follows one up.

    `every` is how often a timer looks after both, `home` the carrier's zone.
    """

    packets: ports.Packets
    packet_types: ports.PacketTypes
    clock: ports.Clock
    every: timedelta
    home: tzinfo

    def judge(self, packet_id: str, state: str) -> JudgedView:
        """What is to be done about a first sale now."""
        now = self.clock.now()
        judged = JudgedView(verdict=Verdict.DONE)

        def decide(packet: Packet) -> Change | None:
            nonlocal judged
            judged, change = self._judge(packet, sale_of(self.packets, packet, state), now)
            return change

        self.packets.change(packet_id, decide)
        return judged

    def _judge(self, packet: Packet, sale: FirstSale, now: datetime) -> tuple[JudgedView, Change | None]:
        definition = self.packet_types(packet.type)
        order = self.packets.find(Appointment, packet.id, sale.state)
        if order is not None and order.status in SETTLED:
            return JudgedView(verdict=Verdict.DONE), Change(packet, puts=[sale.settle()])
        alarm = JudgedView(verdict=Verdict.ALARM)
        if missing := self._missing(definition, packet, sale, now):
            return alarm, settle_with_alarm(packet, sale.lacking(missing), Alarm.NOT_READY_TO_SELL, now)
        today = states_day(now, sale.state)
        rule = rule_of(definition, sale.state, today)
        if rule.type is AppointmentType.UP_FRONT:
            return alarm, settle_with_alarm(packet, sale, Alarm.SOLD_WITHOUT_APPOINTMENT, now)
        day = filing_day(rule, sale, today)
        if day is None:
            return alarm, settle_with_alarm(packet, sale, Alarm.NO_FILING_DAY_LEFT, now)
        if day > today:
            opens = day_begins(day, states_zone(sale.state))
            return JudgedView(verdict=Verdict.WAIT, wait_seconds=int((opens - now).total_seconds()) + 1), None
        return JudgedView(verdict=Verdict.FILE), None

    def _missing(self, definition: PacketType, packet: Packet, sale: FirstSale, now: datetime) -> tuple[str, ...]:
        """What the producer lacked on the day of the sale. The license is confirmed with the order, by the relay."""
        producer = Producer(
            packet=packet,
            check=self.packets.find(Check, packet.id, str(packet.check_attempt)),
            licenses=None,
            feed=self.packets.find(Feed, packet.id),
            rules=definition.state_rules,
            line_code=definition.line_code,
            carrier=definition.carrier.co_code,
            courses=definition.certification.courses,
            home=self.home,
        )
        return ready_to_sell(producer, sale.state, sale.received_on, now).missing(LICENSED, APPOINTED)

    def await_answer(self, packet_id: str, state: str, task_token: str) -> None:
        """Have the order made once, and remember who sleeps for the state's answer."""
        packets, now = self.packets, self.clock.now()

        def decide(packet: Packet) -> Change:
            order = packets.find(Appointment, packet.id, state)
            under_way = order is not None and order.status in {*FILED, AppointmentStatus.DRAFT}
            if order is not None and (under_way or order.status in SETTLED):
                return appointments.sleep_for(order, packet, task_token, now)
            draft = appointments.draft(self.packet_types(packet.type), packet, state, now)
            draft = draft.replacing(order).awaited_by(task_token)
            return appointments.open_order(packets, packet, draft, now, first_sale=True)

        packets.change(packet_id, decide)

    def record(self, packet_id: str, state: str) -> OutcomeView:
        """The proof that the appointment stands, or an alarm if the order came to nothing."""
        packets, now = self.packets, self.clock.now()
        outcome = OutcomeView(verdict=Verdict.DONE)

        def decide(packet: Packet) -> Change | None:
            nonlocal outcome
            sale = sale_of(packets, packet, state)
            order = packets.find(Appointment, packet.id, state)
            if order is None or order.status not in SETTLED:
                outcome = OutcomeView(verdict=Verdict.ALARM)
                reasons = order.reasons if order else ()
                return settle_with_alarm(packet, sale.lacking(reasons), Alarm.NOT_APPOINTED, now)
            outcome = OutcomeView(verdict=Verdict.DONE)
            if sale.settled:
                return None
            data = {"state": state, "status": order.status.value, "reference": order.state_reference}
            event = Event(type=EventType.FIRST_SALE_APPOINTED, at=now, actor=WORKFLOW, data=data)
            return Change(packet, events=[event], puts=[sale.settle()])

        packets.change(packet_id, decide)
        return outcome

    def raise_alarm(self, packet_id: str, state: str) -> None:
        """An execution gave up: the sale carries an alarm."""
        now = self.clock.now()

        def decide(packet: Packet) -> Change:
            return settle_with_alarm(packet, sale_of(self.packets, packet, state), Alarm.STEP_FAILED, now)

        self.packets.change(packet_id, decide)


def report(
    packets: ports.Packets,
    definition: PacketType,
    packet: Packet,
    told: ReportedSale,
    heard: Heard,
    every: timedelta,
) -> Change | Objection | None:
    """What it changes that a sale is heard of; the earliest day in a state counts.

    An objection if the carrier's id of the sale was told before of another producer or state, or the contract's
    packet is another producer's by now.
    """
    now = heard.at
    if packet.npn != told.npn:
        return Objection(Obstacle.PARTS_DISAGREE, ("npn",))
    before = packets.find(Sale, told.sale_id)
    if before is not None and (parts := before.disagreements(told.npn, told.state)):
        return Objection(Obstacle.PARTS_DISAGREE, parts)
    rule = rule_of(definition, told.state, told.received_on)
    sale = FirstSale.reported(
        npn=told.npn,
        packet_id=packet.id,
        sale_id=told.sale_id,
        received_on=told.received_on,
        rule=rule,
        at=now,
    )
    noted = Sale(sale_id=told.sale_id, npn=told.npn, state=told.state, packet_id=packet.id)
    known = packets.find(FirstSale, told.npn, told.state)
    first = known.joined_by(sale) if known else sale
    kept = Change(packet, puts=[noted])
    if first is known:
        return kept
    data: dict[str, Any] = {
        "state": first.state,
        "received_on": first.received_on.isoformat(),
        "due_on": str(first.due_on),
    }
    if heard.odd:
        data["odd"] = list(heard.odd)
    event = Event(type=EventType.FIRST_SALE_RECEIVED, at=now, actor=SELLER, data=data)
    kept = plus(kept, events=[event], puts=[first])
    return kept if known is not None else plus(kept, effects=follow_up(first, now, every))


def contract_of(packets: ports.Packets, npn: str) -> Contract:
    """The producer's latest contract. Raises NotFound."""
    contracts = sorted(packets.all_of(Contract, npn), key=lambda one: one.since)
    if not contracts:
        raise NotFound("There is no contract with this NPN.", code="producer-not-found")
    return contracts[-1]
