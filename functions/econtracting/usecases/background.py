"""The background check: opened, awaited, ordered, told about, recorded. Token and result may come in either order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from econtracting import ports
from econtracting.domain.audit import Actor, Event
from econtracting.domain.background import FINAL_STATUSES, Check, OrderReference
from econtracting.domain.effects import Effect, EffectKind
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.interview_person import person
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.ports import Change
from econtracting.usecases.endings import mail
from econtracting.usecases.lifecycle import lifecycle_event
from econtracting.usecases.opening import open_answers

VENDOR = "background-check"
WORKFLOW = Actor(kind="system", id="onboarding")
SCREENER = Actor(kind="vendor", id=VENDOR)

# what the check came to -> where the packet goes
LEADS_TO = {
    "clear": Status.APPOINTING,
    "consider": Status.ADVERSE_REVIEW,
    "suspended": Status.CORRECTION_REQUESTED,
    "canceled": Status.NEEDS_REVIEW,
}


def begin(*, packets: ports.Packets, clock: ports.Clock, packet_id: str) -> Packet:
    """Open the next attempt of the check of a SUBMITTED packet and have it ordered."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        if packet.status is not Status.SUBMITTED:
            return None
        attempt = packet.check_attempt + 1
        after = packet.move(Status.BACKGROUND_CHECK, now).having(check_attempt=attempt)
        check = Check(packet_id=packet_id, attempt=attempt)
        order = Effect(
            packet_id=packet_id,
            id=f"order-check#{attempt}",
            kind=EffectKind.ORDER_CHECK,
            payload={"attempt": attempt},
            created_at=now,
            due_at=now,
        )
        reference = OrderReference(vendor=VENDOR, reference=check.reference, packet_id=packet_id)
        return Change(
            after,
            events=[Event(type="bgc.requested", at=now, actor=WORKFLOW, data={"attempt": attempt})],
            effects=[order, lifecycle_event(after, now)],
            puts=[check],
            claims=[reference],
        )

    return packets.change(packet_id, decide).packet


def await_result(*, packets: ports.Packets, clock: ports.Clock, packet_id: str, task_token: str) -> None:
    """Remember who sleeps; wake at once if the result is there already."""
    now = clock.now()

    def decide(packet: Packet) -> Change:
        check = _current(packets, packet)
        after = check.model_copy(update={"task_token": task_token})
        effects = [_wake(packet, after, now)] if after.outcome else []
        return Change(packet, puts=[after], effects=effects)

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
    attempt = int(effect.payload["attempt"])
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
        placed = current.model_copy(
            update={
                "report_id": report.id,
                "ordered_at": now,
                "status": report.status if current.status == "unordered" else current.status,
                "expected_at": report.expected_at,
            }
        )
        event = Event(type="bgc.ordered", at=now, actor=WORKFLOW, data={"attempt": attempt, "report": report.id})
        return Change(packet, events=[event], puts=[placed])

    packets.change(packet.id, decide)


def sync(*, packets: ports.Packets, checks: ports.BackgroundChecks, clock: ports.Clock, effect: Effect) -> None:
    """Ask the vendor how the report stands and apply it; what a webhook said was only the occasion."""
    attempt = int(effect.payload["attempt"])
    report = checks.report(effect.payload["report_id"])
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        check = packets.find(Check, packet.id, str(attempt))
        if check is None or check.status in FINAL_STATUSES or (check.status, check.result) == _said(report):
            return None
        after = check.model_copy(
            update={
                "report_id": report.id,
                "status": report.status,
                "result": report.result,
                "suspended_fields": report.suspended_fields,
                "expected_at": report.expected_at,
                "completed_at": now if report.status in FINAL_STATUSES else None,
            }
        )
        event = Event(
            type=f"bgc.{report.status}", at=now, actor=SCREENER, data={"attempt": attempt, "report": report.id}
        )
        effects = [_wake(packet, after, now)] if after.outcome and after.task_token else []
        return Change(packet, events=[event], puts=[after], effects=effects)

    packets.change(effect.packet_id, decide)


def record(*, packets: ports.Packets, clock: ports.Clock, packet_id: str) -> Packet:
    """Move the packet as the check's outcome says."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        if packet.status is not Status.BACKGROUND_CHECK:
            return None
        check = _current(packets, packet)
        if check.outcome is None:
            raise InvalidTransition("the background check has no outcome yet")
        after = packet.move(LEADS_TO[check.outcome], now)
        effects = [lifecycle_event(after, now)]
        data: dict[str, object] = {"attempt": check.attempt}
        if after.status is Status.CORRECTION_REQUESTED:
            data["fields"] = list(check.suspended_fields)
            effects.append(mail(packet_id, "correction-requested", check.attempt, now))
        if after.status is Status.NEEDS_REVIEW:
            after = after.having(review_reason="BACKGROUND_CHECK_CANCELED")
        event = Event(type="bgc.recorded", at=now, actor=WORKFLOW, data=data)
        return Change(after, events=[event], effects=effects)

    return packets.change(packet_id, decide).packet


def _said(report: ports.Report) -> tuple[str, str | None]:
    return report.status, report.result


def _current(packets: ports.Packets, packet: Packet) -> Check:
    check = packets.find(Check, packet.id, str(packet.check_attempt))
    if check is None:
        raise InvalidTransition("there is no background check to wait for")
    return check


def _wake(packet: Packet, check: Check, now: datetime) -> Effect:
    return Effect(
        packet_id=packet.id,
        id=f"wake#check#{check.attempt}#{packet.version + 1}",
        kind=EffectKind.WAKE_WORKFLOW,
        payload={"record": "check", "name": str(check.attempt)},
        created_at=now,
        due_at=now,
    )


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
