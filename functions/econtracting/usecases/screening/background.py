"""The background check on its way: opened, awaited, ordered. What comes of it is told in background_news.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.interview.person import person
from econtracting.domain.outbox import Effect, OrderCheck, TimerKind, order_check, timer
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.background import Check, OrderReference
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.review import require_current
from econtracting.usecases.commit.waking import wake_check
from econtracting.usecases.interview.opening import open_answers

VENDOR = "background-check"
WORKFLOW = Actor(kind="system", id="onboarding")


def begin(
    *, packets: ports.Packets, clock: ports.Clock, reminders: tuple[timedelta, ...], packet_id: str, attempt: int
) -> Packet:
    """Open the next attempt of the check of a SUBMITTED packet and have it ordered. Raises Superseded."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        require_current(packet, attempt)
        if packet.status is not Status.SUBMITTED:
            return None
        return opened(Change(packet.move(Status.BACKGROUND_CHECK, now)), now, reminders)

    return packets.change(packet_id, decide).packet


def opened(change: Change, now: datetime, reminders: tuple[timedelta, ...]) -> Change:
    """The change that brings a packet into its background check, with a new attempt of it."""
    packet = change.packet.having(check_attempt=change.packet.check_attempt + 1)
    check = Check(packet_id=packet.id, attempt=packet.check_attempt)
    order = order_check(packet.id, check.attempt, now)
    rings = [timer(packet.id, TimerKind.CHECK, str(check.attempt), now + reminders[0], now)] if reminders else []
    return plus(
        Change(packet, events=change.events, effects=change.effects, puts=change.puts, answer=change.answer),
        events=[Event(type=EventType.BGC_REQUESTED, at=now, actor=WORKFLOW, data={"attempt": check.attempt})],
        effects=[order, *rings],
        puts=[check],
        claims=[*change.claims, OrderReference(vendor=VENDOR, reference=check.reference, packet_id=packet.id)],
    )


def await_result(*, packets: ports.Packets, clock: ports.Clock, packet_id: str, attempt: int, task_token: str) -> None:
    """Remember who sleeps; wake at once if there is nothing to wait for any more. Raises Superseded.

    The result may be there already, or a correction may have been asked for between the opening and now.
    """
    now = clock.now()

    def decide(packet: Packet) -> Change:
        require_current(packet, attempt)
        after = current(packets, packet).model_copy(update={"task_token": task_token})
        over = after.outcome is not None or packet.status is not Status.BACKGROUND_CHECK
        return Change(packet, puts=[after], effects=wake_check(packet, after, now) if over else [])

    packets.change(packet_id, decide)


def order(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    envelope: ports.Envelope,
    checks: ports.BackgroundChecks,
    clock: ports.Clock,
    effect: Effect,
) -> None:
    """Place the order with the vendor. Repeating it is one order: the idempotency key is the effect's reference."""
    packet = packets.load(effect.packet_id)
    attempt = effect.asks_for(OrderCheck).attempt
    check = packets.find(Check, packet.id, str(attempt))
    if check is None or check.report_id is not None:
        return
    opened = open_answers(
        packets=packets,
        packet_types=packet_types,
        envelope=envelope,
        clock=clock,
        packet_id=packet.id,
        reader=WORKFLOW,
        purpose="background-check",
        wanted=("ssn", "birth_date"),
    )
    known = person(packet_types(packet.type).interview, opened.answers)
    report = checks.order(_candidate(known, check), effect.reference)
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        current = packets.find(Check, packet.id, str(attempt))
        if current is None or current.report_id is not None:
            return None
        placed, events = ordered(current, report, now)
        status = report.status if current.status == "unordered" else current.status
        return Change(packet, events=events, puts=[placed.model_copy(update={"status": status})])

    packets.change(packet.id, decide)


def ordered(check: Check, report: ports.Report, now: datetime) -> tuple[Check, list[Event]]:
    """The vendor has the order: noted once, by whoever sees it first, the order's answer or news that overtook it."""
    if check.report_id is not None:
        return check, []
    event = Event(
        type=EventType.BGC_ORDERED, at=now, actor=WORKFLOW, data={"attempt": check.attempt, "report": report.id}
    )
    known = {"report_id": report.id, "ordered_at": now, "expected_at": report.expected_at}
    return check.model_copy(update=known), [event]


def current(packets: ports.Packets, packet: Packet) -> Check:
    """The attempt under way. Raises InvalidTransition if there is none."""
    check = packets.find(Check, packet.id, str(packet.check_attempt))
    if check is None:
        raise InvalidTransition("there is no background check to wait for")
    return check


def _candidate(known: Mapping[str, Any], check: Check) -> ports.Candidate:
    missing = {"first_name", "last_name", "email", "birth_date", "ssn", "postal_code"} - set(known)
    if missing:
        raise InvalidTransition("the answers do not say who is to be screened")
    return ports.Candidate(
        reference=check.reference,
        first_name=known["first_name"],
        middle_name=known.get("middle_name"),
        last_name=known["last_name"],
        email=known["email"],
        phone=known.get("phone"),
        birth_date=known["birth_date"],
        ssn=known["ssn"],
        postal_code=known["postal_code"],
    )
