"""What the screening company says, and what it leads to; and what happens while it says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from econtracting import ports
from econtracting.domain.audit import ONBOARDING, Event, EventType
from econtracting.domain.corrections import CorrectionSchedule, fields_meaning
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.need_to_know import covered
from econtracting.domain.outbox import Effect, Letter, send_letter, sync_check
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.background import FINAL_STATUSES, Check, Report, ScreeningResult, ScreeningStatus
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.review import WATCH, clear, handed_over, require_current, resume
from econtracting.usecases.commit.standing import as_agent_sees
from econtracting.usecases.commit.waking import wake_check
from econtracting.usecases.corrections import corrections
from econtracting.usecases.corrections.corrections import Asked
from econtracting.usecases.screening import adverse
from econtracting.usecases.screening.adverse import SCREENER
from econtracting.usecases.screening.background import current

SILENT = "BACKGROUND_CHECK_SILENT"
CANCELED = "BACKGROUND_CHECK_CANCELED"
SUSPENDED = "BACKGROUND_CHECK_SUSPENDED"  # for something no field of the interview can mend
OVER = frozenset({ScreeningResult.CLEAR, ScreeningStatus.SUSPENDED})  # outcomes that the agent hears of otherwise


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

        An agent who may not know yet that a report is weighed is told what a silent company would have them told.
        Answers when to ring next.
        """
        now = self.clock.now()
        again: datetime | None = None

        def decide(packet: Packet) -> Change | None:
            nonlocal again
            check = self.packets.find(Check, packet_id, str(attempt))
            told = as_agent_sees(self.packets, packet)
            waits = told.status is Status.BACKGROUND_CHECK and packet.check_attempt == attempt
            if check is None or not waits or check.outcome in OVER:
                again = None
                return None
            due = [covered(packet).since + offset for offset in self.patience.reminders]
            passed = sum(at <= now for at in due)
            again = due[passed] if passed < len(due) else None
            if passed <= check.reminders:
                return None
            effects = [send_letter(packet_id, Letter.BACKGROUND_DELAY, f"{attempt}-{passed}", now)]
            effects += ask_again(check, f"reminder-{passed}", now) if check.outcome is None else []
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


def is_news(packets: ports.Packets, packet: Packet, check: Check, report: Report) -> bool:
    """A final report changes again only while it is weighed: by a dispute, and by what the dispute led to."""
    if report.reference != check.reference or (check.status, check.result) == (report.status, report.result):
        return False
    if check.status not in FINAL_STATUSES:
        return True
    case = adverse.current(packets, packet)
    weighed = packet.status is Status.ADVERSE_REVIEW and case is not None and not case.over
    after_all = report.status in (ScreeningStatus.DISPUTED, ScreeningStatus.COMPLETE)
    return weighed and packet.check_attempt == check.attempt and after_all


def apply_report(packets: ports.Packets, packet: Packet, check: Check, now: datetime) -> Change:
    """What a report changes besides its check."""
    if packet.check_attempt != check.attempt:
        return Change(packet)
    if packet.status is Status.NEEDS_REVIEW and packet.review_reason == SILENT and check.outcome:
        return resume(packet, Status.BACKGROUND_CHECK, now)  # too late for the execution that waited, not for the next
    if weighed := adverse.apply_report(packets, packet, check, now):
        return weighed
    return Change(packet, effects=wake_check(packet, check, now) if check.outcome else [])
