"""Appointments: each state is asked on its own, and its true answer is kept. What is filed stands in filing.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from econtracting import ports
from econtracting.domain.appointing.appointments import FINAL, OUTCOME_KNOWN, Appointment, AppointmentStatus
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.background import OrderReference
from econtracting.domain.webhooks import AppointmentNews
from econtracting.ports import Change
from econtracting.usecases.appointing.filing import filed, filing_effect, rule_of
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.lifecycle import attention, state_answered
from econtracting.usecases.commit.review import require_current
from econtracting.usecases.commit.waking import wake_appointment

VENDOR = "appointments"
WORKFLOW = Actor(kind="system", id="onboarding")
GATEWAY = Actor(kind="vendor", id=VENDOR)
A = AppointmentStatus
UNANSWERED = "APPOINTMENT_UNANSWERED"

NEWS = {
    "APPROVED": A.APPROVED,
    "REJECTED": A.REJECTED,
    "PENDING_STATE": A.PENDING_STATE,
    "MISSING_LICENSE": A.NO_VALID_LICENSE,
}


def order_all(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    clock: ports.Clock,
    packet_id: str,
    attempt: int,
) -> list[str]:
    """Have every requested state verified and ordered once, and tell whose outcome is not known yet, in their order.

    All of them before anybody sleeps for one: an inline Map runs at most 40 iterations at once, and a state that takes
    its weeks must not keep another from being asked. Raises Superseded, InvalidTransition.
    """
    packet = packets.load(packet_id)
    require_current(packet, attempt)
    known = {one.state: one for one in packets.all_of(Appointment, packet_id)}
    for state in packet.pre_appointment_states:
        if state not in known:
            _order(packets, packet_types, clock.now(), packet_id, attempt, state, task_token=None)
    answered = {one.state for one in known.values() if one.status in OUTCOME_KNOWN}
    return [state for state in packet.pre_appointment_states if state not in answered]


def await_answer(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    clock: ports.Clock,
    packet_id: str,
    attempt: int,
    state: str,
    task_token: str,
) -> None:
    """Remember who sleeps for this state; an order that is missing is made. Raises Superseded, InvalidTransition."""
    _order(packets, packet_types, clock.now(), packet_id, attempt, state, task_token)


def _order(
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    now: datetime,
    packet_id: str,
    attempt: int,
    state: str,
    task_token: str | None,
) -> None:
    def decide(packet: Packet) -> Change | None:
        require_current(packet, attempt)
        known = packets.find(Appointment, packet_id, state)
        if known is not None:
            return None if task_token is None else slept_for(known, packet, task_token, now)
        if packet.status is not Status.APPOINTING:
            raise InvalidTransition("only a cleared packet is appointed", status=packet.status.value)
        return opened(packets, packet_types(packet.type), packet, state, now, task_token)

    packets.change(packet_id, decide)


def slept_for(known: Appointment, packet: Packet, task_token: str, now: datetime) -> Change:
    """Somebody sleeps for an order that is under way; if its outcome is known they wake at once."""
    after = known.model_copy(update={"task_token": task_token})
    wakes = wake_appointment(packet, after, now) if after.status in OUTCOME_KNOWN else []
    return Change(packet, puts=[after], effects=wakes)


def opened(
    packets: ports.Packets,
    definition: PacketType,
    packet: Packet,
    state: str,
    now: datetime,
    task_token: str | None,
    *,
    first_sale: bool = False,
) -> Change:
    """An order for a state, to be verified and filed by the relay. One made after a first sale replaces the old."""
    order = _drafted(definition, packet, state, now).model_copy(update={"task_token": task_token})
    known = packets.find(OrderReference, VENDOR, order.reference)
    occasion = f"#{packet.version + 1}" if first_sale else ""
    event = Event(type=EventType.APPOINTMENT_REQUESTED, at=now, actor=WORKFLOW, data={"state": state})
    reference = OrderReference(vendor=VENDOR, reference=order.reference, packet_id=packet.id)
    return Change(
        packet,
        events=[event],
        puts=[order],
        claims=[] if known else [reference],
        effects=[filing_effect(packet, state, occasion, now, first_sale=first_sale)],
    )


def told(
    *,
    packets: ports.Packets,
    clock: ports.Clock,
    packet: Packet,
    news: AppointmentNews,
) -> Change | None:
    """What a state's answer changes; None if its outcome is final already or nothing is new."""
    now = clock.now()
    appointment = packets.find(Appointment, packet.id, news.state)
    if appointment is None or appointment.status in FINAL:
        return None
    status = NEWS[news.status]
    if status is appointment.status or (status not in FINAL and appointment.status in OUTCOME_KNOWN):
        return None
    after = appointment.model_copy(
        update={
            "status": status,
            "transaction_id": news.transaction_id,
            "state_reference": news.state_ref,
            "effective_on": news.effective_date,
            "reasons": news.reason_codes,
            "answered_at": now if status in FINAL else None,
        }
    )
    after, events = filed(after, now)
    data = {"state": news.state, "status": status.value, "reasons": list(news.reason_codes)}
    events.append(Event(type=EventType(f"appointment.{status.value.lower()}"), at=now, actor=GATEWAY, data=data))
    change = Change(packet, events=events, puts=[after])
    if status not in FINAL:
        return change
    effects = [state_answered(packet, after.state, status.value, now), *wake_appointment(packet, after, now)]
    if Status.PROCESSED.value in packet.reached:  # the agent was told that it is open; now it is not
        effects.append(
            send_letter(packet.id, Letter.STATE_ANSWERED, f"{after.state}-{packet.version + 1}", now, state=after.state)
        )
    return plus(change, effects=effects)


def unanswered_in_time(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    clock: ports.Clock,
    packet_id: str,
    state: str,
) -> None:
    """The wait for a state ended without an answer: somebody is told. A later answer is still heard.

    A state whose order could not even be opened is put down as well, so that no list of outcomes lacks it.
    """
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        order = packets.find(Appointment, packet_id, state)
        if order is None:
            order = _drafted(packet_types(packet.type), packet, state, now)
        elif order.status in OUTCOME_KNOWN:
            return None
        after = order.model_copy(update={"status": A.UNANSWERED, "task_token": None, "answered_at": now})
        event = Event(type=EventType.APPOINTMENT_UNANSWERED, at=now, actor=WORKFLOW, data={"state": state})
        return Change(packet, events=[event], puts=[after], effects=[attention(packet, UNANSWERED, now)])

    packets.change(packet_id, decide)


def record_processed(*, packets: ports.Packets, clock: ports.Clock, packet_id: str, attempt: int) -> Packet:
    """Every requested state has its outcome: the packet is PROCESSED and the agent is told each one as it is.

    Raises Superseded.
    """
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        require_current(packet, attempt)
        if packet.status is not Status.APPOINTING:
            return None
        outcomes = {one.state: one.status.value for one in packets.all_of(Appointment, packet_id)}
        after = packet.move(Status.PROCESSED, now)
        letter = send_letter(packet_id, Letter.PROCESSED, 1, now)
        event = Event(type=EventType.PACKET_PROCESSED, at=now, actor=WORKFLOW, data={"states": outcomes})
        return Change(after, events=[event], effects=[letter])

    return packets.change(packet_id, decide).packet


def _drafted(definition: PacketType, packet: Packet, state: str, now: datetime) -> Appointment:
    if packet.npn is None:
        raise InvalidTransition("a producer without an NPN cannot be appointed")
    return Appointment(
        packet_id=packet.id,
        state=state,
        npn=packet.npn,
        rule_type=rule_of(definition, state, now.date()).type.value,
        status=A.DRAFT,
        requested_at=now,
    )
