"""Appointments: each requested state is asked on its own, and its true answer is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from econtracting import ports
from econtracting.domain.appointments import OUTCOME_KNOWN, Appointment, AppointmentStatus, Licences
from econtracting.domain.audit import Actor, Event
from econtracting.domain.background import OrderReference
from econtracting.domain.effects import Effect, EffectKind
from econtracting.domain.errors import InvalidRequest, InvalidTransition
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.state_rules import AppointmentType, rule_for
from econtracting.domain.webhooks import AppointmentNews
from econtracting.ports import Change
from econtracting.usecases.endings import mail
from econtracting.usecases.lifecycle import lifecycle_event

VENDOR = "appointments"
WORKFLOW = Actor(kind="system", id="onboarding")
GATEWAY = Actor(kind="vendor", id=VENDOR)
A = AppointmentStatus

NEWS = {
    "APPROVED": A.APPROVED,
    "REJECTED": A.REJECTED,
    "PENDING_STATE": A.PENDING_STATE,
    "MISSING_LICENSE": A.NO_VALID_LICENCE,
}
# Rule types whose states are not asked before a sale, and what stands for them meanwhile.
NOT_ASKED = {
    AppointmentType.REGISTRY: A.RECORDED,
    AppointmentType.INTERNAL: A.RECORDED,
    AppointmentType.AGENCY_COVERS: A.RECORDED,
    AppointmentType.JUST_IN_TIME: A.JUST_IN_TIME,
}


def unanswered(*, packets: ports.Packets, packet_id: str) -> list[str]:
    """The requested states whose outcome is not known yet, in the recruiter's order."""
    packet = packets.load(packet_id)
    known = {one.state for one in packets.all_of(Appointment, packet_id) if one.status in OUTCOME_KNOWN}
    return [state for state in packet.pre_appointment_states if state not in known]


def await_answer(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    clock: ports.Clock,
    packet_id: str,
    state: str,
    task_token: str,
) -> None:
    """Remember who sleeps for this state, and have the appointment verified and ordered once."""
    now = clock.now()

    def decide(packet: Packet) -> Change:
        known = packets.find(Appointment, packet_id, state)
        if known is not None:
            after = known.model_copy(update={"task_token": task_token})
            return Change(packet, puts=[after], effects=[_wake(packet, after, now)] if _answered(after) else [])
        if packet.status is not Status.APPOINTING or packet.npn is None:
            raise InvalidTransition("only a cleared packet with an NPN is appointed", status=packet.status.value)
        definition = packet_types(packet.type)
        rule = rule_for(
            definition.state_rules,
            state,
            line=definition.line_code,
            carrier=definition.carrier.co_code,
            on=now.date(),
        )
        opened = Appointment(
            packet_id=packet_id,
            state=state,
            npn=packet.npn,
            rule_type=rule.type.value,
            status=A.DRAFT,
            task_token=task_token,
            requested_at=now,
        )
        order = Effect(
            packet_id=packet_id,
            id=f"order-appointment#{state}",
            kind=EffectKind.ORDER_APPOINTMENT,
            payload={"state": state},
            created_at=now,
            due_at=now,
        )
        event = Event(type="appointment.requested", at=now, actor=WORKFLOW, data={"state": state})
        reference = OrderReference(vendor=VENDOR, reference=opened.reference, packet_id=packet_id)
        return Change(packet, events=[event], puts=[opened], claims=[reference], effects=[order])

    packets.change(packet_id, decide)


def order(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    registry: ports.LicenceRegistry,
    gateway: ports.AppointmentGateway,
    clock: ports.Clock,
    effect: Effect,
) -> None:
    """Confirm the licence, then file the appointment, unless the state is not asked or the licence does not allow it (I7)."""
    packet = packets.load(effect.packet_id)
    state = str(effect.payload["state"])
    appointment = packets.find(Appointment, packet.id, state)
    if appointment is None or appointment.status is not A.DRAFT:
        return
    definition = packet_types(packet.type)
    today = clock.now().date()
    not_asked = NOT_ASKED.get(AppointmentType(appointment.rule_type))
    if not_asked is not None:
        _told(packets, clock, appointment, {"status": not_asked}, f"appointment.{not_asked.value.lower()}")
        return
    held = registry.licences(appointment.npn)
    defects = held.defects(state, definition.line_code, today) if held else ("NPN_NOT_FOUND",)
    if held is None or defects:
        outcome = {"status": A.NO_VALID_LICENCE, "reasons": defects}
        _told(packets, clock, appointment, outcome, "appointment.no_valid_licence")
        return
    try:
        transaction = gateway.appoint(_filing(appointment, held, definition, today.isoformat()), effect.reference)
    except InvalidRequest as refusal:
        reasons = tuple(refusal.facts.get("reasons", ())) or ("REJECTED_SYNTAX",)
        _told(packets, clock, appointment, {"status": A.REJECTED, "reasons": reasons}, "appointment.rejected")
        return
    licence = held.in_state(state)
    placed = {
        "status": A.ACCEPTED_BY_GATEWAY,
        "transaction_id": transaction,
        "licence_number": licence.number if licence else None,
    }
    _told(packets, clock, appointment, placed, "appointment.submitted")


def told(*, packets: ports.Packets, clock: ports.Clock, packet: Packet, news: AppointmentNews) -> Change | None:
    """What a state's answer changes; None if its outcome is known already or nothing is new."""
    now = clock.now()
    appointment = packets.find(Appointment, packet.id, news.state)
    if appointment is None or _answered(appointment):
        return None
    status = NEWS[news.status]
    if status is appointment.status:
        return None
    after = appointment.model_copy(
        update={
            "status": status,
            "transaction_id": news.transaction_id,
            "state_reference": news.state_ref,
            "effective_on": news.effective_date,
            "reasons": news.reason_codes,
            "answered_at": now,
        }
    )
    data = {"state": news.state, "status": status.value, "reasons": list(news.reason_codes)}
    event = Event(type=f"appointment.{status.value.lower()}", at=now, actor=GATEWAY, data=data)
    return Change(packet, events=[event], puts=[after], effects=_wakes(packet, after, now))


def unanswered_in_time(*, packets: ports.Packets, clock: ports.Clock, packet_id: str, state: str) -> None:
    """The wait for a state ended without an answer."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        appointment = packets.find(Appointment, packet_id, state)
        if appointment is None or _answered(appointment):
            return None
        after = appointment.model_copy(update={"status": A.UNANSWERED, "task_token": None, "answered_at": now})
        event = Event(type="appointment.unanswered", at=now, actor=WORKFLOW, data={"state": state})
        return Change(packet, events=[event], puts=[after])

    packets.change(packet_id, decide)


def record_processed(*, packets: ports.Packets, clock: ports.Clock, packet_id: str) -> Packet:
    """Every requested state has its outcome: the packet is PROCESSED and the agent is told each one as it is."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        if packet.status is not Status.APPOINTING:
            return None
        outcomes = {one.state: one.status.value for one in packets.all_of(Appointment, packet_id)}
        after = packet.move(Status.PROCESSED, now)
        letter = mail(packet_id, "processed", 1, now)
        event = Event(type="packet.processed", at=now, actor=WORKFLOW, data={"states": outcomes})
        return Change(after, events=[event], effects=[letter, lifecycle_event(after, now)])

    return packets.change(packet_id, decide).packet


def _told(
    packets: ports.Packets, clock: ports.Clock, appointment: Appointment, update: dict[str, Any], event_type: str
) -> None:
    """Keep what became of an order, unless an answer overtook it."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        current = packets.find(Appointment, packet.id, appointment.state)
        if current is None or current.status is not A.DRAFT:
            return None
        after = current.model_copy(update={**update, "answered_at": now if update["status"] in OUTCOME_KNOWN else None})
        data = {"state": after.state, "status": after.status.value, "reasons": list(after.reasons)}
        event = Event(type=event_type, at=now, actor=WORKFLOW, data=data)
        return Change(packet, events=[event], puts=[after], effects=_wakes(packet, after, now))

    packets.change(appointment.packet_id, decide)


def _answered(appointment: Appointment) -> bool:
    return appointment.status in OUTCOME_KNOWN


def _wakes(packet: Packet, appointment: Appointment, now: datetime) -> list[Effect]:
    return [_wake(packet, appointment, now)] if _answered(appointment) and appointment.task_token else []


def _wake(packet: Packet, appointment: Appointment, now: datetime) -> Effect:
    return Effect(
        packet_id=packet.id,
        id=f"wake#appointment#{appointment.state}#{packet.version + 1}",
        kind=EffectKind.WAKE_WORKFLOW,
        payload={"record": "appointment", "name": appointment.state},
        created_at=now,
        due_at=now,
    )


def _filing(appointment: Appointment, held: Licences, definition: PacketType, effective: str) -> dict[str, Any]:
    licence = held.in_state(appointment.state)
    return {
        "external_ref": appointment.reference,
        "action": "appoint",
        "producer": {"npn": appointment.npn, "first_name": held.first_name, "last_name": held.last_name},
        "company": {"co_code": definition.carrier.co_code, "fein": definition.carrier.fein},
        "state": appointment.state,
        "licence_class": licence.licence_class if licence else "",
        "line_codes": [definition.line_code],
        "effective_date": effective,
    }
