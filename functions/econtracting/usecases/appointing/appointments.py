"""Appointments: each state is asked on its own, and its true answer is kept. What is filed stands in filing.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from econtracting import ports
from econtracting.domain.appointing.appointments import (
    FINAL,
    NEWS,
    OUTCOME_KNOWN,
    TERMINATED,
    Appointment,
    AppointmentStatus,
)
from econtracting.domain.audit import ONBOARDING, Actor, Event, EventType
from econtracting.domain.days import states_day
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.messages import Heard, Objection, Obstacle
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.background import OrderReference
from econtracting.domain.webhooks import AppointmentNews
from econtracting.ports import Change
from econtracting.usecases.appointing.filing import effective_day, filing_effect, note_filing, rule_of
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.lifecycle import announce_answer, attention
from econtracting.usecases.commit.review import require_current
from econtracting.usecases.commit.waking import wake_appointment

VENDOR = "appointments"
GATEWAY = Actor(kind="vendor", id=VENDOR)
UNANSWERED = "APPOINTMENT_UNANSWERED"


@dataclass(frozen=True)
class Appointing:
    """The requested states of a cleared packet, from the order to the outcome."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    clock: ports.Clock

    def order_all(self, packet_id: str, attempt: int) -> list[str]:
        """Have every requested state verified and ordered once; answers whose outcome is not known yet, in their order.

        All of them before anyone sleeps for one: an inline Map runs at most 40 iterations at once, and a state that
        takes its weeks must not keep another from being asked. Raises Superseded, InvalidTransition.
        """
        packet = self.packets.load(packet_id)
        require_current(packet, attempt)
        known = {one.state: one for one in self.packets.all_of(Appointment, packet_id)}
        for state in packet.pre_appointment_states:
            if state not in known:
                self._order(packet_id, attempt, state, task_token=None)
        answered = {one.state for one in known.values() if one.status in OUTCOME_KNOWN}
        return [state for state in packet.pre_appointment_states if state not in answered]

    def await_answer(self, packet_id: str, attempt: int, state: str, task_token: str) -> None:
        """Remember who sleeps for a state; an order that is missing is made. Raises Superseded, InvalidTransition."""
        self._order(packet_id, attempt, state, task_token)

    def record_unanswered(self, packet_id: str, state: str) -> None:
        """The wait for a state ended without an answer: someone is told. A later answer is still heard.

        A state whose order could not even be opened is put down as well, so that no list of outcomes lacks it.
        """
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            order = self.packets.find(Appointment, packet_id, state)
            if order is None:
                order = draft(self.packet_types(packet.type), packet, state, now)
            elif order.status in OUTCOME_KNOWN:
                return None
            event = Event(type=EventType.APPOINTMENT_UNANSWERED, at=now, actor=ONBOARDING, data={"state": state})
            tell = attention(packet, UNANSWERED, now)
            return Change(packet, events=[event], puts=[order.unanswered(now)], effects=[tell])

        self.packets.change(packet_id, decide)

    def record_processed(self, packet_id: str, attempt: int) -> Status:
        """Every requested state has its outcome: the packet is PROCESSED and the agent is told each one as it is.

        Answers where the packet stands. Raises Superseded.
        """
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            require_current(packet, attempt)
            if packet.status is not Status.APPOINTING:
                return None
            outcomes = {one.state: one.status.value for one in self.packets.all_of(Appointment, packet_id)}
            after = packet.move(Status.PROCESSED, now)
            letter = send_letter(packet_id, Letter.PROCESSED, 1, now)
            event = Event(type=EventType.PACKET_PROCESSED, at=now, actor=ONBOARDING, data={"states": outcomes})
            return Change(after, events=[event], effects=[letter])

        return self.packets.change(packet_id, decide).packet.status

    def _order(self, packet_id: str, attempt: int, state: str, task_token: str | None) -> None:
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            require_current(packet, attempt)
            known = self.packets.find(Appointment, packet_id, state)
            if known is not None:
                return None if task_token is None else sleep_for(known, packet, task_token, now)
            if packet.status is not Status.APPOINTING:
                raise InvalidTransition("only a cleared packet is appointed", status=packet.status.value)
            order = draft(self.packet_types(packet.type), packet, state, now).awaited_by(task_token)
            return open_order(self.packets, packet, order, now)

        self.packets.change(packet_id, decide)


def sleep_for(known: Appointment, packet: Packet, task_token: str, now: datetime) -> Change:
    """Someone sleeps for an order that is under way; if its outcome is known they wake at once."""
    after = known.awaited_by(task_token)
    wakes = wake_appointment(packet, after, now) if after.status in OUTCOME_KNOWN else []
    return Change(packet, puts=[after], effects=wakes)


def open_order(
    packets: ports.Packets, packet: Packet, order: Appointment, now: datetime, *, first_sale: bool = False
) -> Change:
    """An order, to be verified and filed by the relay. One made after a first sale replaces the old."""
    known = packets.find(OrderReference, VENDOR, order.reference)
    occasion = f"#{packet.version + 1}" if first_sale else ""
    event = Event(type=EventType.APPOINTMENT_REQUESTED, at=now, actor=ONBOARDING, data={"state": order.state})
    reference = OrderReference(vendor=VENDOR, reference=order.reference, packet_id=packet.id)
    return Change(
        packet,
        events=[event],
        puts=[order],
        claims=[] if known else [reference],
        effects=[filing_effect(packet, order.state, occasion, now, first_sale=first_sale)],
    )


def apply_news(
    packets: ports.Packets,
    definition: PacketType,
    packet: Packet,
    news: AppointmentNews,
    heard: Heard,
) -> Change | Objection | None:
    """What a state's answer changes; None if nothing is new.

    An objection if it is not the answer to our order, or says otherwise than the outcome that stands: that one stands
    until a person has looked.
    """
    now = heard.at
    appointment = packets.find(Appointment, packet.id, news.state)
    if appointment is None:
        return Objection(Obstacle.PARTS_DISAGREE, ("state",))
    if parts := appointment.disagreements(news):
        return Objection(Obstacle.PARTS_DISAGREE, parts)
    status, final = NEWS[news.status], appointment.status in FINAL
    if final and (objection := _against(appointment, news)) and not heard.accepted:
        return objection
    if final and (status not in FINAL or not _against(appointment, news)):
        return None
    if not final and news.status == TERMINATED:
        return Objection(Obstacle.PARTS_DISAGREE, ("status",))
    if not final and (status is appointment.status or (status not in FINAL and appointment.status in OUTCOME_KNOWN)):
        return None
    today = states_day(now, news.state)
    filed = appointment.asked_for or appointment.filed_on
    day = filed or effective_day(packets, appointment, rule_of(definition, news.state, today), today)
    after, events = note_filing(appointment.answered(news, day, now), now)
    data: dict[str, Any] = {"state": news.state, "status": status.value, "reasons": list(after.reasons)}
    if status is AppointmentStatus.APPROVED:
        told_by = "state" if news.effective_date else "filing"
        data |= {"effective_on": str(after.effective_on), "effective_by": told_by}
    if heard.odd:
        data["odd"] = list(heard.odd)
    events.append(Event(type=EventType(f"appointment.{status.value.lower()}"), at=now, actor=GATEWAY, data=data))
    change = Change(packet, events=events, puts=[after])
    if status not in FINAL:
        return change
    effects = [announce_answer(packet, after.state, status.value, now), *wake_appointment(packet, after, now)]
    if Status.PROCESSED.value in packet.reached:  # the agent was told that it is open; now it is not
        effects.append(
            send_letter(packet.id, Letter.STATE_ANSWERED, f"{after.state}-{packet.version + 1}", now, state=after.state)
        )
    return plus(change, effects=effects)


def _against(appointment: Appointment, news: AppointmentNews) -> Objection | None:
    """What news after the outcome says against it; None for what is known, or only older."""
    status = NEWS[news.status]
    if status not in FINAL:
        return None
    stands, told = appointment.status.value, news.status
    if status is not appointment.status or (told == TERMINATED and TERMINATED not in appointment.reasons):
        said = {"state": appointment.state, "stands": stands, "told": told}
        return Objection(Obstacle.NEWS_AFTER_FINAL, ("status",), said)
    approved, day = status is AppointmentStatus.APPROVED, news.effective_date
    if approved and day not in (None, appointment.in_force_from):
        said = {"state": appointment.state, "stands": str(appointment.in_force_from), "told": str(day)}
        return Objection(Obstacle.NEWS_AFTER_FINAL, ("effective_date",), said)
    return None


def draft(definition: PacketType, packet: Packet, state: str, now: datetime) -> Appointment:
    """An order for a state, before anything is verified. Raises InvalidTransition for a packet without an NPN."""
    if packet.npn is None:
        raise InvalidTransition("a producer without an NPN cannot be appointed")
    return Appointment(
        packet_id=packet.id,
        state=state,
        npn=packet.npn,
        rule_type=rule_of(definition, state, states_day(now, state)).type.value,
        status=AppointmentStatus.DRAFT,
        requested_at=now,
    )
