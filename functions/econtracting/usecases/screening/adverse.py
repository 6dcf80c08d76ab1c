"""A report that was not clear: notices, the waiting clock, disputes. The deciding is done by people (decisions.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.person import person
from econtracting.domain.moment import iso
from econtracting.domain.outbox import Effect, Letter, TimerKind, fetch_report, send_letter, timer
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening import refusal
from econtracting.domain.screening.adverse import AdverseCase, AdverseStatus, LocalRule, ReportCopy
from econtracting.domain.screening.background import Check, ScreeningResult, ScreeningStatus
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.lifecycle import attention
from econtracting.usecases.commit.review import WATCH, clear, handed_over
from econtracting.usecases.commit.standing import current_case
from econtracting.usecases.corrections import corrections

SCREENER = Actor(kind="vendor", id="background-check")
FETCHER = Actor(kind="system", id="report-copies")
# Codes of why the contracting department has to look.
REPORT = "BACKGROUND_REPORT"
FINAL_POSSIBLE = "FINAL_NOTICE_POSSIBLE"
DISPUTED = "REPORT_DISPUTED"
REOPENED = "REPORT_REOPENED"  # the company looks at it again, whoever asked
CORRECTED = "REPORT_CORRECTED"  # its copy changed after a notice about it had gone out
WITHDRAWN = "REPORT_WITHDRAWN"  # the company took it back while it was weighed
COPY_MISSING = "REPORT_COPY_MISSING"  # asked for in vain for so long that someone should know
NOTICE_UNDELIVERABLE = "NOTICE_UNDELIVERABLE"
NOTICE_UNHEARD = "NOTICE_NOT_DELIVERED"  # no word of it in three business days
COPY_PATIENCE = timedelta(days=1)


def open_case(packets: ports.Packets, definition: PacketType, packet: Packet, check: Check, now: datetime) -> Change:
    """ADVERSE_REVIEW with its case. One report has one case."""
    case = _new_case(packets, definition, packet, check, now).ask_copy(now)
    handed = handed_over(packet, REPORT, now, to=Status.ADVERSE_REVIEW)
    return plus(handed, effects=_fetching(case, packet, now), puts=[case])


def weigh_again(packets: ports.Packets, definition: PacketType, packet: Packet, now: datetime, actor: Actor) -> Change:
    """A packet in another review, or at its agent's, may have to be refused: the report that is not clear is weighed.

    The pre-adverse notice leaves once the report's copy is here. Released, the packet stands again where it stood.

    Raises InvalidTransition if every report on file is clear.
    """
    report = refusal.unclear_report(packets.all_of(Check, packet.id))
    if report is None:
        raise InvalidTransition("No report on file speaks against this agent.", status=packet.status.value)
    before = packets.find(AdverseCase, packet.id, str(report.attempt))
    under_review = packet.status is Status.NEEDS_REVIEW
    found = _new_case(packets, definition, packet, report, now)
    case = found.lead_back(
        reason=(packet.review_reason or REPORT) if under_review else corrections.UNANSWERED,
        came_from=packet.review_from if under_review else packet.status,
    ).after_earlier(before)
    handed = handed_over(packet, REPORT, now, to=Status.ADVERSE_REVIEW, actor=actor)
    ordered = _order_notice(case, packet, now, actor)
    return plus(handed, events=ordered.events, effects=ordered.effects, puts=ordered.puts)


def _new_case(
    packets: ports.Packets, definition: PacketType, packet: Packet, check: Check, now: datetime
) -> AdverseCase:
    public = {one.name: one.public for one in packets.all_of(Section, packet.id)}
    state = str(person(definition.interview, public).get("state", ""))
    return AdverseCase(
        packet_id=packet.id,
        attempt=check.attempt,
        report_id=check.report_id or "",
        state=state,
        opened_at=now,
        local_rule=definition.screening.local_waits.get(state, LocalRule()),
        worksheet_needed=state in definition.screening.weighing_states,
    )


def required(packets: ports.Packets, packet: Packet) -> AdverseCase:
    """Raises InvalidTransition if no report is being weighed."""
    case = current_case(packets, packet)
    if case is None:
        raise InvalidTransition("No report is being weighed.", status=packet.status.value)
    return case


def send_pre_notice(case: AdverseCase, packet: Packet, now: datetime, actor: Actor) -> Change:
    """The pre-adverse notice goes out: at once if the copy of the report is here, else as soon as it is.

    After an earlier notice it is about a corrected report: the copy is fetched first, and the whole wait begins again.
    Raises InvalidTransition while a dispute is open, and before the first copy of a report is here.
    """
    if case.copy_of_report is None and case.ordered_by is None:
        detail = "The copy of the report that goes with the notice is not here yet; it is being fetched."
        raise InvalidTransition(detail, status=case.status.value, copy_refused=case.copy_refused)
    if case.status is AdverseStatus.ASSESSING and not case.copy_due:
        return _notify(case, packet, now, actor)
    return _order_notice(case, packet, now, actor)


def post_pre_notice(case: AdverseCase, packet: Packet, now: datetime, actor: Actor, on: date, day: timedelta) -> Change:
    """The notice that did not arrive by mail was posted; its presumed arrival begins the wait.

    Raises InvalidRequest, InvalidTransition.
    """
    after = case.post(on, now, day)
    data = {"attempt": case.attempt, "posted_on": on.isoformat()}
    event = Event(type=EventType.ADVERSE_POSTED, at=now, actor=actor, data=data)
    return Change(packet, events=[event], effects=_watch(after, packet, now), puts=[after])


def _notify(case: AdverseCase, packet: Packet, now: datetime, actor: Actor) -> Change:
    after = case.send_pre_notice(now, actor.id)
    letter = send_letter(packet.id, Letter.ADVERSE_PRE, f"{after.attempt}-{after.notices}", now)
    event = Event(type=EventType.ADVERSE_PRE_SENT, at=now, actor=actor, data={"attempt": after.attempt})
    return Change(packet, events=[event], effects=[letter, *_watch(after, packet, now)], puts=[after])


def _order_notice(case: AdverseCase, packet: Packet, now: datetime, actor: Actor) -> Change:
    after = case.order_notice(actor.id, now)
    event = Event(type=EventType.ADVERSE_NOTICE_ORDERED, at=now, actor=actor, data={"attempt": after.attempt})
    return Change(packet, events=[event], effects=_fetching(after, packet, now), puts=[after])


def refuse(
    packets: ports.Packets, case: AdverseCase, packet: Packet, now: datetime, actor: Actor, day: timedelta
) -> Change:
    """The final notice, and with it the packet's end. Raises InvalidTransition before the law allows it."""
    done = refusal.refuse(packet, case, packets.all_of(Check, packet.id), now, actor.id, day)
    letter = send_letter(packet.id, Letter.ADVERSE_FINAL, str(case.attempt), now)
    event = Event(type=EventType.ADVERSE_FINAL_SENT, at=now, actor=actor, data={"attempt": case.attempt})
    return Change(done.packet, events=[event], effects=[letter], puts=[done.case])


def release(case: AdverseCase, packet: Packet, now: datetime, actor: Actor) -> Change:
    """Decided for the agent: the packet goes on, or stands again in the review out of which the case was opened."""
    event = Event(type=EventType.ADVERSE_CANCELED, at=now, actor=actor, data={"attempt": case.attempt})
    if case.review_reason is None:
        onward = clear(packet, now, restart=True)
    else:
        onward = handed_over(packet, case.review_reason, now, actor=actor, came_from=case.review_from)
    return plus(onward, events=[event], puts=[case.release(now, actor.id)])


def apply_report(packets: ports.Packets, packet: Packet, check: Check, now: datetime) -> Change | None:
    """What the vendor's news of a weighed report change; None if nothing."""
    case = weighed(packets, packet, check.attempt)
    if case is None:
        return None
    if check.status is ScreeningStatus.CANCELED:
        return _withdraw(case, packet, now)
    if check.status is not ScreeningStatus.COMPLETE:
        if case.status is AdverseStatus.DISPUTED:
            return None
        reason = DISPUTED if check.status is ScreeningStatus.DISPUTED else REOPENED
        return _hold(case, packet, now, SCREENER, {"grounds": []}, reason)
    if check.result is ScreeningResult.CLEAR:
        return release(case, packet, now, SCREENER)
    if case.status is AdverseStatus.DISPUTED:
        return close_dispute(packets, packet, now, SCREENER)
    return confirm_copy(packets, packet, check, now)


def weighed(packets: ports.Packets, packet: Packet, attempt: int) -> AdverseCase | None:
    """The open case of a check, while a person weighs its report."""
    if packet.status is not Status.ADVERSE_REVIEW:
        return None
    case = packets.find(AdverseCase, packet.id, str(attempt))
    return None if case is None or case.over else case


def confirm_copy(packets: ports.Packets, packet: Packet, check: Check, now: datetime) -> Change | None:
    """The company spoke of a report of which a copy is kept: fetched once more, for it may have been corrected."""
    case = packets.find(AdverseCase, packet.id, str(check.attempt))
    if case is None or case.copy_of_report is None or case.copy_due:
        return None
    after = case.ask_copy(now)
    return Change(packet, effects=_fetching(after, packet, now), puts=[after])


def keep_copy(case: AdverseCase, packet: Packet, copy: ReportCopy, asking: int, now: datetime) -> Change:
    """The copy of the report as it stood when it was fetched. A notice that waited for it leaves in the same commit.

    A copy that differs from the one that went with a notice is that of a corrected report: it is weighed again.
    """
    before = case.copy_of_report
    data = {"attempt": case.attempt, "sha256": copy.sha256}
    kept = case.keep_copy(copy, asking)
    events = []
    if kept.copy_of_report != before:
        events.append(Event(type=EventType.ADVERSE_COPY_KEPT, at=now, actor=FETCHER, data=data))
    tell: list[Effect] = []
    if case.pre_sent_at is not None and kept.pre_sent_at is None:
        events.append(Event(type=EventType.ADVERSE_REPORT_CORRECTED, at=now, actor=FETCHER, data=data))
        tell = [attention(packet, CORRECTED, now)]
    if kept.ordered_by is not None and kept.status is AdverseStatus.ASSESSING and not kept.copy_due:
        sent = _notify(kept, packet, now, Actor(kind="staff", id=kept.ordered_by))
        return plus(
            Change(packet, events=events, effects=tell), events=sent.events, effects=sent.effects, puts=sent.puts
        )
    return Change(packet, events=events, effects=[*tell, *_watch(kept, packet, now)], puts=[kept])


def refuse_copy(case: AdverseCase, packet: Packet, code: str, now: datetime) -> Change:
    """The copy cannot be kept, and asking again changes nothing: the contracting department is told the reason."""
    data = {"attempt": case.attempt, "reason": code}
    event = Event(type=EventType.ADVERSE_COPY_REFUSED, at=now, actor=FETCHER, data=data)
    return Change(packet, events=[event], effects=[attention(packet, code, now)], puts=[case.refuse_copy(code)])


def fetch_again(packets: ports.Packets, packet: Packet, now: datetime) -> Change | None:
    """The copy of a weighed report is asked for once more, after it could not be kept. None if that is not so."""
    case = current_case(packets, packet)
    if packet.status is not Status.ADVERSE_REVIEW or case is None or case.over or case.copy_refused is None:
        return None
    after = case.ask_copy(now)
    return Change(packet, effects=_fetching(after, packet, now), puts=[after])


def disputed(
    packets: ports.Packets,
    packet: Packet,
    now: datetime,
    actor: Actor,
    *,
    grounds: Sequence[str] = (),
    reason: str | None = None,
) -> Change:
    """The report is disputed, by whoever says so first: the clock stands still. Raises InvalidTransition."""
    case = required(packets, packet)
    if packet.status is not Status.ADVERSE_REVIEW:
        raise InvalidTransition("No decision is open that a dispute could hold up.", status=packet.status.value)
    return _hold(
        case, packet, now, actor, {"grounds": list(grounds)} | ({"reason": reason} if reason else {}), DISPUTED
    )


def _hold(
    case: AdverseCase, packet: Packet, now: datetime, actor: Actor, data: dict[str, object], reason: str
) -> Change:
    facts = {"attempt": case.attempt, **data}
    event = Event(type=EventType.ADVERSE_DISPUTED, at=now, actor=actor, data=facts)
    return Change(packet, events=[event], effects=[attention(packet, reason, now)], puts=[case.disputed(now)])


def _withdraw(case: AdverseCase, packet: Packet, now: datetime) -> Change:
    """The company took the report back: there is nothing to weigh, and a person says how to go on."""
    event = Event(type=EventType.ADVERSE_REPORT_WITHDRAWN, at=now, actor=SCREENER, data={"attempt": case.attempt})
    handed = handed_over(packet, WITHDRAWN, now, actor=SCREENER)
    return plus(handed, events=[event], puts=[case.release(now, SCREENER.id)])


def close_dispute(
    packets: ports.Packets, packet: Packet, now: datetime, actor: Actor, *, reason: str | None = None
) -> Change:
    """The report stands after all: the rest of the wait begins. What it says now is fetched again.

    Raises InvalidTransition if nothing is disputed.
    """
    case = required(packets, packet)
    if packet.status is not Status.ADVERSE_REVIEW or case.status is not AdverseStatus.DISPUTED:
        raise InvalidTransition("No dispute is open.", status=case.status.value)
    after = case.dispute_answered(now).ask_copy(now)
    data = {"attempt": case.attempt} | ({"reason": reason} if reason else {})
    event = Event(type=EventType.ADVERSE_DISPUTE_ANSWERED, at=now, actor=actor, data=data)
    return Change(packet, events=[event], effects=_fetching(after, packet, now), puts=[after])


def notice_delivered(
    packets: ports.Packets, packet: Packet, now: datetime, actor: Actor, notice: str | None = None
) -> Change | None:
    """The notice arrived: the clock begins. None if it runs already.

    `notice` is the number that its letter bears; news of an earlier letter than the latest begin nothing.
    """
    case = current_case(packets, packet)
    if case is None or not case.awaits_delivery or not _is_latest(case, notice):
        return None
    after = case.delivered(now)
    event = Event(type=EventType.ADVERSE_DELIVERED, at=now, actor=actor, data={"attempt": case.attempt})
    return Change(packet, events=[event], effects=_watch(after, packet, now), puts=[after])


def notice_bounced(
    packets: ports.Packets, packet: Packet, now: datetime, actor: Actor, notice: str | None = None
) -> Change | None:
    """The notice did not arrive: someone has to post it."""
    case = current_case(packets, packet)
    if case is None or not case.awaits_delivery or case.bounced_at is not None or not _is_latest(case, notice):
        return None
    if case.status is AdverseStatus.UNDELIVERABLE:
        return None
    event = Event(type=EventType.ADVERSE_UNDELIVERABLE, at=now, actor=actor, data={"attempt": case.attempt})
    tell = attention(packet, NOTICE_UNDELIVERABLE, now)
    return Change(packet, events=[event], effects=[tell], puts=[case.bounced(now)])


def _is_latest(case: AdverseCase, notice: str | None) -> bool:
    return notice is None or notice == f"{case.attempt}-{case.notices}"


@dataclass(frozen=True)
class AdverseClock:
    """The times of a case. `day` has 24 hours, but to watch a story play."""

    packets: ports.Packets
    clock: ports.Clock
    day: timedelta

    def on_timer(self, packet_id: str, attempt: int) -> None:
        """Tell the contracting department what it may do, or should know, by now. Nothing is decided here."""
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            case = weighed(self.packets, packet, attempt)
            told = self._due(case, now) if case is not None else None
            if told is None:
                return None
            code, occasion = told
            tell = attention(packet, code, now, occasion=f"{attempt}-{occasion}")
            if self.packets.find(Effect, packet_id, tell.id) is not None:
                return None  # whoever told of it died before the timer was done
            possible = Event(type=EventType.ADVERSE_FINAL_POSSIBLE, at=now, actor=WATCH, data={"attempt": attempt})
            return Change(packet, events=[possible] if code == FINAL_POSSIBLE else [], effects=[tell])

        self.packets.change(packet_id, decide)

    def _due(self, case: AdverseCase, now: datetime) -> tuple[str, str] | None:
        """The code of what has come due, and which occasion it is."""
        opens, unheard = case.final_from(self.day), case.posting_from(self.day)
        if opens is not None and now >= opens:
            return FINAL_POSSIBLE, iso(opens)
        if case.copy_due and case.copy_refused is None and case.asked_at and now >= case.asked_at + COPY_PATIENCE:
            return COPY_MISSING, str(case.asked)
        if case.status is AdverseStatus.PRE_SENT and unheard is not None and now >= unheard:
            return NOTICE_UNHEARD, str(case.notices)
        return None


def _fetching(case: AdverseCase, packet: Packet, now: datetime) -> list[Effect]:
    """Has the report's copy fetched as it stands now, and someone told if that takes long."""
    fetch = fetch_report(packet.id, case.attempt, case.asked, packet.version + 1, now)
    return [fetch, _timer(case, packet, now + COPY_PATIENCE, now)]


def _watch(case: AdverseCase, packet: Packet, now: datetime) -> list[Effect]:
    """Rings when the case can go on, or when something should have been heard."""
    at = case.final_from() or (case.posting_from() if case.status is AdverseStatus.PRE_SENT else None)
    return [_timer(case, packet, at, now)] if at is not None else []


def _timer(case: AdverseCase, packet: Packet, at: datetime, now: datetime) -> Effect:
    return timer(packet.id, TimerKind.ADVERSE, f"{case.attempt}#{packet.version + 1}", at, now)
