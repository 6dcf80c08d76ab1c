"""Following a first sale up: its execution, its alarms, and the timer that sees to both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from econtracting import ports
from econtracting.domain.appointing.appointments import Appointment, AppointmentStatus
from econtracting.domain.appointing.jit import Alarm, FirstSale
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.days import day_in
from econtracting.domain.errors import NotFound
from econtracting.domain.outbox import Effect, StartJustInTime, TimerKind, start_just_in_time, timer
from econtracting.domain.packet import Packet
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.lifecycle import attention, sale_alarm

WORKFLOW = Actor(kind="system", id="just-in-time")
FILED = frozenset(
    {AppointmentStatus.ACCEPTED_BY_GATEWAY, AppointmentStatus.PENDING_STATE, AppointmentStatus.UNANSWERED}
)
SETTLED = frozenset({AppointmentStatus.APPROVED, AppointmentStatus.RECORDED})


@dataclass(frozen=True)
class SaleFollowUp:
    """Sees that first sales are followed up. `every` is how often it looks, `home` the carrier's zone."""

    packets: ports.Packets
    workflow: ports.Workflow
    clock: ports.Clock
    every: timedelta
    home: tzinfo

    def start(self, effect: Effect) -> None:
        """Start the execution that follows a sale up."""
        task = effect.asks_for(StartJustInTime)
        state, attempt = task.state, task.attempt
        references = {"packet_id": effect.packet_id, "state": state, "attempt": attempt}
        self.workflow.start(_execution(effect.packet_id, state, attempt), references)

    def on_timer(self, packet_id: str, state: str) -> datetime | None:
        """See that a first sale is followed up and filed in time. Answers when to look again, None once it is over."""
        packets, now = self.packets, self.clock.now()
        today = day_in(now, self.home)
        packet = packets.load(packet_id)
        looked = sale_of(packets, packet, state)
        gone = not looked.settled and not self.workflow.running(_execution(packet_id, state, looked.attempt))
        again: datetime | None = None

        def decide(packet: Packet) -> Change | None:
            nonlocal again
            again = None
            sale, filed = sale_of(packets, packet, state), _is_filed(packets, packet, state)
            alarm = None if filed else sale.alarm_on(today)
            news = alarm is not None and alarm not in sale.alarms
            over = sale.settled and (filed or sale.due_on is None or today > sale.due_on)
            again = None if over else now + self.every
            change = Change(packet)
            if gone and not over and sale.attempt == looked.attempt:
                sale = sale.next_attempt()
                change = plus(change, effects=[_start(sale, now)])
            if alarm is not None and news:
                sale = sale.with_alarm(alarm)
                change = plus(change, events=[_event(sale, alarm, now)], effects=_alarms(packet, sale, alarm, now))
            return plus(change, puts=[sale]) if change.effects else None

        packets.change(packet_id, decide)
        return again


def follow_up(sale: FirstSale, now: datetime, every: timedelta) -> list[Effect]:
    """The execution that orders the appointment, and the timer that watches both."""
    return [_start(sale, now), timer(sale.packet_id, TimerKind.SALE, f"{sale.state}#{sale.attempt}", now + every, now)]


def retry_sales(packets: ports.Packets, packet: Packet, now: datetime, every: timedelta) -> Change | None:
    """Once more for every sale that ended in an alarm without a filing; None if there is none."""
    change = Change(packet)
    for sale in packets.all_of(FirstSale, packet.npn or ""):
        if sale.packet_id == packet.id and sale.settled and sale.alarms and not _is_filed(packets, packet, sale.state):
            again = sale.reopen()
            change = plus(change, effects=follow_up(again, now, every), puts=[again])
    return change if change.puts else None


def sale_of(packets: ports.Packets, packet: Packet, state: str) -> FirstSale:
    """The producer's first sale in a state. Raises NotFound."""
    sale = packets.find(FirstSale, packet.npn or "", state)
    if sale is None:
        raise NotFound("There was no sale in this state.", code="sale-not-found")
    return sale


def settle_with_alarm(packet: Packet, sale: FirstSale, alarm: Alarm, now: datetime) -> Change:
    """The sale is settled with an alarm: a person goes on from here."""
    after = sale.with_alarm(alarm).settle()
    if alarm in sale.alarms:
        return Change(packet, puts=[after])
    return Change(packet, events=[_event(sale, alarm, now)], effects=_alarms(packet, sale, alarm, now), puts=[after])


def _start(sale: FirstSale, now: datetime) -> Effect:
    """The execution that follows a sale up; its name is fixed by producer's packet, state and attempt."""
    return start_just_in_time(sale.packet_id, sale.state, sale.attempt, now)


def _execution(packet_id: str, state: str, attempt: int) -> str:
    return f"{packet_id}-jit-{state}-{attempt}"


def _is_filed(packets: ports.Packets, packet: Packet, state: str) -> bool:
    order = packets.find(Appointment, packet.id, state)
    return order is not None and order.status in FILED | SETTLED


def _event(sale: FirstSale, alarm: Alarm, now: datetime) -> Event:
    data = {"state": sale.state, "alarm": alarm.value, "missing": list(sale.missing), "due_on": str(sale.due_on)}
    return Event(type=EventType.FIRST_SALE_ALARM, at=now, actor=WORKFLOW, data=data)


def _alarms(packet: Packet, sale: FirstSale, alarm: Alarm, now: datetime) -> list[Effect]:
    return [sale_alarm(packet, sale, alarm.value, now), attention(packet, f"FIRST_SALE_{alarm.value}", now)]
