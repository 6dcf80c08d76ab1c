"""What the screening company says, and what it leads to; and what happens while it says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from econtracting import ports
from econtracting.domain.audit import ONBOARDING, Event, EventType
from econtracting.domain.corrections import CorrectionSchedule, fields_meaning
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.outbox import Effect, Letter, send_letter, sync_check
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.background import FINAL_STATUSES, Check, Report, ScreeningResult, ScreeningStatus
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.late_news import put_before_department
from econtracting.usecases.commit.review import WATCH, clear, handed_over, require_current, resume
from econtracting.usecases.commit.waking import wake_check
from econtracting.usecases.corrections import corrections
from econtracting.usecases.corrections.corrections import Asked
from econtracting.usecases.screening import adverse
from econtracting.usecases.screening.adverse import SCREENER
from econtracting.usecases.screening.background import current

SILENT = "BACKGROUND_CHECK_SILENT"
CANCELED = "BACKGROUND_CHECK_CANCELED"
SUSPENDED = "BACKGROUND_CHECK_SUSPENDED"  # for something no field of the interview can mend
CHANGED = "BACKGROUND_REPORT_CHANGED"  # after its first answer had been acted on
NEW_CHECK = frozenset({CANCELED, SUSPENDED, adverse.WITHDRAWN})  # review reasons after which another check is ordered


@dataclass(frozen=True)
class ScreeningNews:
    """What becomes of a packet by its check, or while the check is silent."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    clock: ports.Clock
    patience: CorrectionSchedule

    def record_result(self, packet_id: str, attempt: int) -> Status:
        """Move the packet as the check's outcome says; answers where it stands.

        Raises Superseded, InvalidTransition.
        """
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            require_current(packet, attempt)
            if packet.status is not Status.BACKGROUND_CHECK:
                return None
            check = current(self.packets, packet)
            event = Event(type=EventType.BGC_RECORDED, at=now, actor=ONBOARDING, data={"attempt": check.attempt})
            return plus(self._follow(packet, check, now), events=[event])

        return self.packets.change(packet_id, decide).packet.status

    def on_timer(self, packet_id: str, attempt: int) -> datetime | None:
        """The company is silent: tell the agent, and ask the company whose word may be lost.

        Answers when to ring next.
        """
        now = self.clock.now()
        again: datetime | None = None

        def decide(packet: Packet) -> Change | None:
            nonlocal again
            check = self.packets.find(Check, packet_id, str(attempt))
            waits = packet.status is Status.BACKGROUND_CHECK and packet.check_attempt == attempt
            if check is None or not waits or check.outcome is not None:
                again = None
                return None
            due = [packet.status_at + offset for offset in self.patience.reminders]
            passed = sum(at <= now for at in due)
            again = due[passed] if passed < len(due) else None
            if passed <= check.reminders:
                return None
            effects = [send_letter(packet_id, Letter.BACKGROUND_DELAY, f"{attempt}-{passed}", now)]
            effects += ask_again(check, f"reminder-{passed}", now)
            data = {"attempt": attempt, "reminder": passed}
            event = Event(type=EventType.BGC_REMINDED, at=now, actor=WATCH, data=data)
            return Change(packet, events=[event], effects=effects, puts=[check.reminded(passed)])

        self.packets.change(packet_id, decide)
        return again

    def _follow(self, packet: Packet, check: Check, now: datetime) -> Change:
        definition = self.packet_types(packet.type)
        match check.outcome:
            case ScreeningResult.CLEAR:
                return clear(packet, now, restart=False)
            case ScreeningResult.CONSIDER:
                return adverse.open_case(self.packets, definition, packet, check, now)
            case ScreeningStatus.SUSPENDED:
                return self._correct(definition, packet, check, now)
            case ScreeningStatus.CANCELED:
                return handed_over(packet, CANCELED, now)
        raise InvalidTransition("the background check has no outcome yet")

    def _correct(self, definition: PacketType, packet: Packet, check: Check, now: datetime) -> Change:
        fields = fields_meaning(definition.interview, check.suspended_fields)
        if not fields:
            return handed_over(packet, SUSPENDED, now)
        asked = Asked(fields, corrections.NOT_CONFIRMED, SCREENER)
        return corrections.ask(definition.interview, packet, asked, now, self.patience)


def ask_again(check: Check, occasion: str, now: datetime) -> list[Effect]:
    """Have the company asked how a report stands, without waiting for its webhook; nothing before there is one."""
    if check.report_id is None:
        return []
    return [sync_check(check.packet_id, check.attempt, check.report_id, f"{check.attempt}#{occasion}", now)]


def apply_news(packets: ports.Packets, packet: Packet, check: Check, report: Report, now: datetime) -> Change | None:
    """What a report as the company tells it now changes; None if it says what it said before.

    It is applied while the packet waits for it, and while a person weighs it. Whatever the company says after its
    answer was acted on is put before the contracting department: the first answer stands until a person looks.
    """
    if check.latest == (report.status, report.result):
        return adverse.confirm_copy(packets, packet, check, now)
    if (
        adverse.weighed(packets, packet, check.attempt) is None
        and check.answered
        and not _unrecorded(packet, check, report)
    ):
        return _put_off(packets, packet, check.told_later(report, now), now)
    after = check.reported(report, now)
    data = {"attempt": check.attempt, "report": report.id}
    told = Event(type=EventType(f"bgc.{report.status}"), at=now, actor=SCREENER, data=data)
    change = plus(_apply(packets, packet, after, now), events=[told], puts=[after])
    if after.result is ScreeningResult.CONSIDER and not _awaited(packet, check):
        unasked = put_before_department(packets, packet, CHANGED, now, _facts(after))
        return plus(change, effects=unasked.effects, puts=unasked.puts)
    return change


def _apply(packets: ports.Packets, packet: Packet, check: Check, now: datetime) -> Change:
    """What a report changes besides its check."""
    if weighed := adverse.apply_report(packets, packet, check, now):
        return weighed
    if packet.check_attempt != check.attempt:
        return Change(packet)
    if packet.status is Status.NEEDS_REVIEW and packet.review_reason == SILENT and check.outcome:
        return resume(packet, Status.BACKGROUND_CHECK, now)  # too late for the execution that waited, not for the next
    return Change(packet, effects=wake_check(packet, check, now) if check.outcome else [])


def _unrecorded(packet: Packet, check: Check, report: Report) -> bool:
    """Whether the execution has yet to act on the answer: until then the newest one counts, if it is an answer."""
    waits = packet.status is Status.BACKGROUND_CHECK and packet.check_attempt == check.attempt
    return waits and report.status in FINAL_STATUSES


def _awaited(packet: Packet, check: Check) -> bool:
    """Whether somebody goes on by the report: an execution, a person who weighs it, or the next execution."""
    if packet.check_attempt != check.attempt:
        return False
    if packet.status is Status.NEEDS_REVIEW:
        return packet.review_from is Status.BACKGROUND_CHECK and packet.review_reason not in NEW_CHECK
    return packet.status in (Status.SUBMITTED, Status.BACKGROUND_CHECK, Status.ADVERSE_REVIEW)


def _put_off(packets: ports.Packets, packet: Packet, after: Check, now: datetime) -> Change:
    facts = _facts(after)
    event = Event(type=EventType.BGC_CHANGED, at=now, actor=SCREENER, data={**facts, "report": after.report_id})
    told = put_before_department(packets, packet, CHANGED, now, facts)
    return plus(told, events=[event], puts=[after])


def _facts(check: Check) -> dict[str, str | int | None]:
    status, result = check.latest
    return {"attempt": check.attempt, "status": status.value, "result": result.value if result else None}
