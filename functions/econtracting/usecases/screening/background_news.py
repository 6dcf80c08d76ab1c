"""What the background-check vendor says, and what it leads to; and what happens while the vendor says nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from econtracting import ports
from econtracting.domain.audit import Event, EventType
from econtracting.domain.corrections import CorrectionSchedule, fields_of_vendor
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.outbox import Effect, Letter, SyncCheck, send_letter, sync_check
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.background import FINAL_STATUSES, Check
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.review import WATCH, cleared, handed_over, require_current, resumed
from econtracting.usecases.commit.waking import wake_check
from econtracting.usecases.corrections import corrections
from econtracting.usecases.screening import adverse
from econtracting.usecases.screening.adverse import SCREENER
from econtracting.usecases.screening.background import WORKFLOW, current, ordered

SILENT = "BACKGROUND_CHECK_SILENT"
CANCELED = "BACKGROUND_CHECK_CANCELED"
SUSPENDED = "BACKGROUND_CHECK_SUSPENDED"  # for something no field of the interview can mend


def sync(*, packets: ports.Packets, checks: ports.BackgroundChecks, clock: ports.Clock, effect: Effect) -> None:
    """Ask the vendor how the report stands and apply it; what a webhook said was only the occasion."""
    task = effect.asks_for(SyncCheck)
    attempt = task.attempt
    report = checks.report(task.report_id)
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        check = packets.find(Check, packet.id, str(attempt))
        if check is None or not _is_news(packets, packet, check, report):
            return None
        placed, events = ordered(check, report, now)
        after = placed.model_copy(
            update={
                "status": report.status,
                "result": report.result,
                "suspended_fields": report.suspended_fields,
                "expected_at": report.expected_at,
                "completed_at": now if report.status in FINAL_STATUSES else None,
            }
        )
        data = {"attempt": attempt, "report": report.id}
        events.append(Event(type=EventType(f"bgc.{report.status}"), at=now, actor=SCREENER, data=data))
        return plus(_applied(packets, packet, after, now), events=events, puts=[after])

    packets.change(effect.packet_id, decide)


def record(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    clock: ports.Clock,
    patience: CorrectionSchedule,
    packet_id: str,
    attempt: int,
) -> Packet:
    """Move the packet as the check's outcome says. Raises Superseded, InvalidTransition."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        require_current(packet, attempt)
        if packet.status is not Status.BACKGROUND_CHECK:
            return None
        check = current(packets, packet)
        event = Event(type=EventType.BGC_RECORDED, at=now, actor=WORKFLOW, data={"attempt": check.attempt})
        return plus(_led(packets, packet_types(packet.type), packet, check, now, patience), events=[event])

    return packets.change(packet_id, decide).packet


def watch(
    *,
    packets: ports.Packets,
    clock: ports.Clock,
    reminders: tuple[timedelta, ...],
    packet_id: str,
    attempt: int,
) -> datetime | None:
    """The vendor is silent: tell the agent, and ask the vendor whose word may be lost. Answers when to ring next."""
    now = clock.now()
    again: datetime | None = None

    def decide(packet: Packet) -> Change | None:
        nonlocal again
        check = packets.find(Check, packet_id, str(attempt))
        waits = packet.status is Status.BACKGROUND_CHECK and packet.check_attempt == attempt
        if check is None or not waits or check.outcome is not None:
            again = None
            return None
        due = [packet.status_at + offset for offset in reminders]
        passed = sum(at <= now for at in due)
        again = due[passed] if passed < len(due) else None
        if passed <= check.reminders:
            return None
        effects = [send_letter(packet_id, Letter.BACKGROUND_DELAY, f"{attempt}-{passed}", now)]
        effects += ask_again(check, f"reminder-{passed}", now)
        event = Event(type=EventType.BGC_REMINDED, at=now, actor=WATCH, data={"attempt": attempt, "reminder": passed})
        return Change(packet, events=[event], effects=effects, puts=[check.model_copy(update={"reminders": passed})])

    packets.change(packet_id, decide)
    return again


def ask_again(check: Check, occasion: str, now: datetime) -> list[Effect]:
    """Have the vendor asked how a report stands, without waiting for its webhook; nothing before there is one."""
    if check.report_id is None:
        return []
    return [sync_check(check.packet_id, check.attempt, check.report_id, f"{check.attempt}#{occasion}", now)]


def _is_news(packets: ports.Packets, packet: Packet, check: Check, report: ports.Report) -> bool:
    """A final report changes again only while it is weighed: by a dispute, and by what the dispute led to."""
    if report.reference != check.reference or (check.status, check.result) == (report.status, report.result):
        return False
    if check.status not in FINAL_STATUSES:
        return True
    case = adverse.current(packets, packet)
    weighed = packet.status is Status.ADVERSE_REVIEW and case is not None and not case.over
    return weighed and packet.check_attempt == check.attempt and report.status in ("dispute", "complete")


def _applied(packets: ports.Packets, packet: Packet, check: Check, now: datetime) -> Change:
    if packet.check_attempt != check.attempt:
        return Change(packet)
    if packet.status is Status.NEEDS_REVIEW and packet.review_reason == SILENT and check.outcome:
        return resumed(packet, Status.BACKGROUND_CHECK, now)  # too late for the execution that waited, not for the next
    if weighed := adverse.report_news(packets, packet, check, now):
        return weighed
    return Change(packet, effects=wake_check(packet, check, now) if check.outcome else [])


def _led(
    packets: ports.Packets,
    definition: PacketType,
    packet: Packet,
    check: Check,
    now: datetime,
    patience: CorrectionSchedule,
) -> Change:
    match check.outcome:
        case "clear":
            return cleared(packet, now, restart=False)
        case "consider":
            return adverse.opened(packets, definition, packet, check, now)
        case "suspended":
            fields = fields_of_vendor(definition.interview, check.suspended_fields)
            if not fields:
                return handed_over(packet, SUSPENDED, now)
            return corrections.asked(
                definition.interview,
                packet,
                fields,
                corrections.NOT_CONFIRMED,
                now,
                patience=patience,
                actor=SCREENER,
            )
        case "canceled":
            return handed_over(packet, CANCELED, now)
    raise InvalidTransition("the background check has no outcome yet")
