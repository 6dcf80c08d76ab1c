"""Filing an appointment: confirm the license, then order; unless the state is not asked, not now, or never (I7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from econtracting import ports
from econtracting.domain.appointing.appointments import FINAL, OUTCOME_KNOWN, Appointment, AppointmentStatus, License
from econtracting.domain.appointing.jit import FirstSale
from econtracting.domain.appointing.state_rules import AppointmentType, StateRule, first_open_day, rule_for
from econtracting.domain.audit import ONBOARDING, Event, EventType
from econtracting.domain.days import day_begins, states_day, states_zone
from econtracting.domain.errors import InvalidRequest
from econtracting.domain.fields.names import as_filed
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.person import person
from econtracting.domain.outbox import Effect, OrderAppointment, order_appointment
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType
from econtracting.ports import Change
from econtracting.usecases.commit.lifecycle import announce_answer
from econtracting.usecases.commit.waking import wake_appointment

A = AppointmentStatus

# Rule types whose states are not asked before a sale, and what stands for them meanwhile.
NOT_ASKED = {
    AppointmentType.REGISTRY: A.RECORDED,
    AppointmentType.INTERNAL: A.RECORDED,
    AppointmentType.AGENCY_COVERS: A.RECORDED,
    AppointmentType.JUST_IN_TIME: A.JUST_IN_TIME,
}
UNFILED = frozenset({A.DRAFT, A.SCHEDULED})

Happen = Callable[[Appointment], Appointment]


@dataclass(frozen=True)
class Filing:
    """The outbox's rows that have an appointment filed."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    registry: ports.LicenseRegistry
    gateway: ports.AppointmentGateway
    clock: ports.Clock

    def order(self, effect: Effect) -> None:
        """Verify and file one state's order. Repeated, it is one filing: the effect's reference is the key."""
        packet = self.packets.load(effect.packet_id)
        task = effect.asks_for(OrderAppointment)
        state, first_sale = task.state, task.first_sale
        appointment = self.packets.find(Appointment, packet.id, state)
        if appointment is None or not _may_be_filed(appointment):
            return
        definition = self.packet_types(packet.type)
        today = states_day(self.clock.now(), state)
        rule = rule_of(definition, state, today)
        not_asked = NOT_ASKED.get(rule.type)
        if not_asked is not None and not (first_sale and not_asked is A.JUST_IN_TIME):
            self._settle(appointment, not_asked)
            return
        open_day = first_open_day(rule, today)
        if open_day is None or open_day > today:
            self._schedule(appointment, open_day, first_sale=first_sale)
            return
        held = self.registry.licenses(appointment.npn)
        defects = held.defects(state, definition.line_code, today) if held else ("NPN_NOT_FOUND",)
        if held is None or defects:
            self._settle(appointment, A.NO_VALID_LICENSE, defects)
            return
        license = held.in_state(state)
        effective = effective_day(self.packets, appointment, rule, today)
        filing = self._filing(packet, definition, appointment, rule, license) | {
            "effective_date": effective.isoformat()
        }
        if rule.county_required and not filing["county"]:
            self._settle(appointment, A.REJECTED, ("COUNTY_REQUIRED",))
            return
        try:
            transaction = self.gateway.appoint(filing, effect.reference)
        except InvalidRequest as refusal:
            self._settle(appointment, A.REJECTED, tuple(refusal.facts.get("reasons", ())) or ("REJECTED_SYNTAX",))
            return
        now, number = self.clock.now(), license.number if license else None
        self._keep(
            appointment, EventType.APPOINTMENT_SUBMITTED, lambda one: one.submitted(transaction, number, effective, now)
        )

    def _settle(self, appointment: Appointment, status: AppointmentStatus, reasons: tuple[str, ...] = ()) -> None:
        now = self.clock.now()
        event_type = EventType(f"appointment.{status.value.lower()}")
        self._keep(appointment, event_type, lambda one: one.settled(status, reasons, now))

    def _schedule(self, appointment: Appointment, on: date | None, *, first_sale: bool) -> None:
        """Not now: the state takes no filings. It is filed on the first day it does."""
        now = self.clock.now()

        def again(packet: Packet) -> list[Effect]:
            day = on or states_day(now, appointment.state) + timedelta(days=366)
            at = day_begins(day, states_zone(appointment.state))
            occasion = f"#{packet.version + 1}"
            return [filing_effect(packet, appointment.state, occasion, at, first_sale=first_sale).written_at(now)]

        self._keep(appointment, EventType.APPOINTMENT_SCHEDULED, lambda one: one.scheduled(on), again)

    def _keep(
        self,
        asked: Appointment,
        event_type: EventType,
        happen: Happen,
        effects: Callable[[Packet], list[Effect]] = lambda _: [],
    ) -> None:
        """Write down what became of an order, unless an answer overtook it."""
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            current = self.packets.find(Appointment, packet.id, asked.state)
            if current is None or not _may_be_filed(current):
                return None
            after = happen(current)
            wakes = wake_appointment(packet, after, now) if after.status in OUTCOME_KNOWN else []
            news = [announce_answer(packet, after.state, after.status.value, now)] if after.status in FINAL else []
            event = _event(event_type, after, after.status, now)
            return Change(packet, events=[event], puts=[after], effects=[*effects(packet), *wakes, *news])

        self.packets.change(asked.packet_id, decide)

    def _filing(
        self,
        packet: Packet,
        definition: PacketType,
        appointment: Appointment,
        rule: StateRule,
        license: License | None,
    ) -> dict[str, Any]:
        """What the gateway is told."""
        public = {one.name: one.public for one in self.packets.all_of(Section, packet.id)}
        known = person(definition.interview, public)
        return {
            "external_ref": appointment.reference,
            "action": "appoint",
            "producer": {
                "npn": appointment.npn,
                "first_name": as_filed(known.get("first_name", packet.agent.first_name)),
                "last_name": as_filed(known.get("last_name", packet.agent.last_name)),
            },
            "company": {"co_code": definition.carrier.co_code, "fein": definition.carrier.fein},
            "state": appointment.state,
            "license_class": license.license_class if license else "",
            "line_codes": [definition.line_code],
            "county": (known.get("residence") or {}).get("county") if rule.county_required else None,
        }


def effective_day(packets: ports.Packets, appointment: Appointment, rule: StateRule, today: date) -> date:
    """The day of the first sale as far as the state lets an appointment reach back, else the day of filing."""
    sale = packets.find(FirstSale, appointment.npn, appointment.state)
    earliest = today - timedelta(days=rule.backdate_max_days)
    return today if sale is None else max(min(sale.received_on, today), earliest)


def rule_of(definition: PacketType, state: str, on: date) -> StateRule:
    """How the carrier is appointed in a state on a day."""
    return rule_for(definition.state_rules, state, line=definition.line_code, carrier=definition.carrier.co_code, on=on)


def note_filing(appointment: Appointment, now: datetime) -> tuple[Appointment, list[Event]]:
    """The gateway has the order: noted once, also when a state's answer comes before our own note that it was filed."""
    if appointment.filed_at is not None:
        return appointment, []
    event = _event(EventType.APPOINTMENT_SUBMITTED, appointment, A.ACCEPTED_BY_GATEWAY, now)
    return appointment.filed(now), [event]


def filing_effect(packet: Packet, state: str, occasion: str, at: datetime, *, first_sale: bool) -> Effect:
    return order_appointment(packet.id, state, occasion, at, first_sale=first_sale)


def _may_be_filed(appointment: Appointment) -> bool:
    """Whatever overtook an order stands, but a wait that ended before it could be filed: that one goes out late."""
    late = appointment.status is A.UNANSWERED and appointment.filed_at is None
    return appointment.status in UNFILED or late


def _event(event_type: EventType, appointment: Appointment, status: AppointmentStatus, now: datetime) -> Event:
    data = {"state": appointment.state, "status": status.value, "reasons": list(appointment.reasons)}
    return Event(type=event_type, at=now, actor=ONBOARDING, data=data)
