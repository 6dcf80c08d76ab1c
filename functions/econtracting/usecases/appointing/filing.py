"""Filing an appointment: confirm the license, then order; unless the state is not asked, not now, or never (I7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from econtracting import ports
from econtracting.domain.appointing.appointments import FINAL, OUTCOME_KNOWN, Appointment, AppointmentStatus, Licenses
from econtracting.domain.appointing.jit import FirstSale
from econtracting.domain.appointing.state_rules import AppointmentType, StateRule, first_open_day, rule_for
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import InvalidRequest
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.person import person
from econtracting.domain.outbox import Effect, OrderAppointment, order_appointment
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType
from econtracting.ports import Change
from econtracting.usecases.commit.lifecycle import state_answered
from econtracting.usecases.commit.waking import wake_appointment

WORKFLOW = Actor(kind="system", id="onboarding")
A = AppointmentStatus

# Rule types whose states are not asked before a sale, and what stands for them meanwhile.
NOT_ASKED = {
    AppointmentType.REGISTRY: A.RECORDED,
    AppointmentType.INTERNAL: A.RECORDED,
    AppointmentType.AGENCY_COVERS: A.RECORDED,
    AppointmentType.JUST_IN_TIME: A.JUST_IN_TIME,
}
SUBMITTED = EventType.APPOINTMENT_SUBMITTED
UNFILED = frozenset({A.DRAFT, A.SCHEDULED})


def order(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    registry: ports.LicenseRegistry,
    gateway: ports.AppointmentGateway,
    clock: ports.Clock,
    effect: Effect,
) -> None:
    """Verify and file one state's order. Repeating it is one filing: the idempotency key is the effect's reference."""
    packet = packets.load(effect.packet_id)
    task = effect.asks_for(OrderAppointment)
    state, first_sale = task.state, task.first_sale
    appointment = packets.find(Appointment, packet.id, state)
    if appointment is None or not _may_be_filed(appointment):
        return
    definition = packet_types(packet.type)
    today = clock.now().date()
    rule = rule_of(definition, state, today)
    kept = _Keeping(packets, clock, appointment)
    not_asked = NOT_ASKED.get(rule.type)
    if not_asked is not None and not (first_sale and not_asked is A.JUST_IN_TIME):
        kept.outcome(not_asked)
        return
    open_day = first_open_day(rule, today)
    if open_day is None or open_day > today:
        kept.scheduled(open_day, first_sale=first_sale)
        return
    held = registry.licenses(appointment.npn)
    defects = held.defects(state, definition.line_code, today) if held else ("NPN_NOT_FOUND",)
    if held is None or defects:
        kept.outcome(A.NO_VALID_LICENSE, reasons=defects)
        return
    filing = _filing(packets, packet, definition, appointment, rule, held, today)
    if rule.county_required and not filing["county"]:
        kept.outcome(A.REJECTED, reasons=("COUNTY_REQUIRED",))
        return
    try:
        transaction = gateway.appoint(filing, effect.reference)
    except InvalidRequest as refusal:
        kept.outcome(A.REJECTED, reasons=tuple(refusal.facts.get("reasons", ())) or ("REJECTED_SYNTAX",))
        return
    license = held.in_state(state)
    kept.submitted(transaction, license.number if license else None)


def _may_be_filed(appointment: Appointment) -> bool:
    """Whatever overtook an order stands, but a wait that ended before it could be filed: that one goes out late."""
    late = appointment.status is A.UNANSWERED and appointment.filed_at is None
    return appointment.status in UNFILED or late


def rule_of(definition: PacketType, state: str, on: date) -> StateRule:
    """How the carrier is appointed in a state on a day."""
    return rule_for(definition.state_rules, state, line=definition.line_code, carrier=definition.carrier.co_code, on=on)


class _Keeping:
    """Writes down what became of an order, unless an answer overtook it."""

    def __init__(self, packets: ports.Packets, clock: ports.Clock, appointment: Appointment) -> None:
        self._packets, self._now, self._asked = packets, clock.now(), appointment

    def outcome(self, status: AppointmentStatus, reasons: tuple[str, ...] = ()) -> None:
        self._keep(
            EventType(f"appointment.{status.value.lower()}"), status=status, reasons=reasons, answered_at=self._now
        )

    def submitted(self, transaction: str, license_number: str | None) -> None:
        self._keep(
            SUBMITTED,
            status=A.ACCEPTED_BY_GATEWAY,
            transaction_id=transaction,
            license_number=license_number,
            filed_at=self._now,
            reasons=(),
        )

    def scheduled(self, on: date | None, *, first_sale: bool) -> None:
        """Not now: the state takes no filings. It is filed on the first day it does."""

        def again(packet: Packet) -> list[Effect]:
            at = datetime.combine(on or self._now.date() + timedelta(days=366), time.min, UTC)
            effect = filing_effect(packet, self._asked.state, f"#{packet.version + 1}", at, first_sale=first_sale)
            return [effect.model_copy(update={"created_at": self._now})]

        self._keep(EventType.APPOINTMENT_SCHEDULED, again, status=A.SCHEDULED, file_on=on, reasons=("FREEZE_WINDOW",))

    def _keep(
        self, event_type: EventType, effects: Callable[[Packet], list[Effect]] = lambda _: [], **update: Any
    ) -> None:
        def decide(packet: Packet) -> Change | None:
            current = self._packets.find(Appointment, packet.id, self._asked.state)
            if current is None or not _may_be_filed(current):
                return None
            after = current.model_copy(update=update)
            event = _event(event_type, after, after.status, self._now)
            wakes = wake_appointment(packet, after, self._now) if after.status in OUTCOME_KNOWN else []
            told_ = (
                [state_answered(packet, after.state, after.status.value, self._now)] if after.status in FINAL else []
            )
            return Change(packet, events=[event], puts=[after], effects=[*effects(packet), *wakes, *told_])

        self._packets.change(self._asked.packet_id, decide)


def filed(appointment: Appointment, now: datetime) -> tuple[Appointment, list[Event]]:
    """The gateway has the order: noted once, also when a state's answer comes before our own note that it was filed."""
    if appointment.filed_at is not None:
        return appointment, []
    return appointment.model_copy(update={"filed_at": now}), [
        _event(SUBMITTED, appointment, A.ACCEPTED_BY_GATEWAY, now)
    ]


def _event(event_type: EventType, appointment: Appointment, status: AppointmentStatus, now: datetime) -> Event:
    data = {"state": appointment.state, "status": status.value, "reasons": list(appointment.reasons)}
    return Event(type=event_type, at=now, actor=WORKFLOW, data=data)


def filing_effect(packet: Packet, state: str, occasion: str, at: datetime, *, first_sale: bool) -> Effect:
    return order_appointment(packet.id, state, occasion, at, first_sale=first_sale)


def _filing(
    packets: ports.Packets,
    packet: Packet,
    definition: PacketType,
    appointment: Appointment,
    rule: StateRule,
    held: Licenses,
    today: date,
) -> dict[str, Any]:
    known = person(definition.interview, {one.name: one.public for one in packets.all_of(Section, packet.id)})
    license = held.in_state(appointment.state)
    return {
        "external_ref": appointment.reference,
        "action": "appoint",
        "producer": {
            "npn": appointment.npn,
            "first_name": known.get("first_name", packet.agent.first_name),
            "last_name": known.get("last_name", packet.agent.last_name),
        },
        "company": {"co_code": definition.carrier.co_code, "fein": definition.carrier.fein},
        "state": appointment.state,
        "license_class": license.license_class if license else "",
        "line_codes": [definition.line_code],
        "county": (known.get("residence") or {}).get("county") if rule.county_required else None,
        "effective_date": _effective(packets, appointment, rule, today).isoformat(),
    }


def _effective(packets: ports.Packets, appointment: Appointment, rule: StateRule, today: date) -> date:
    """The day of the first sale as far as the state lets an appointment reach back, else the day of filing."""
    sale = packets.find(FirstSale, appointment.npn, appointment.state)
    return today if sale is None else max(min(sale.received_on, today), today - timedelta(days=rule.backdate_max_days))
