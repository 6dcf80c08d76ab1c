"""A report that was not clear: notices, the waiting clock, disputes. The deciding is done by people (decisions.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.person import person
from econtracting.domain.moment import iso
from econtracting.domain.outbox import Effect, Letter, TimerKind, fetch_report, send_letter, timer
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.adverse import AdverseCase, AdverseStatus, LocalRule
from econtracting.domain.screening.background import Check, ScreeningResult, ScreeningStatus
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.lifecycle import attention
from econtracting.usecases.commit.review import WATCH, clear, handed_over

SCREENER = Actor(kind="vendor", id="background-check")
REPORT = "BACKGROUND_REPORT"
FINAL_POSSIBLE = "FINAL_NOTICE_POSSIBLE"
DISPUTED = "REPORT_DISPUTED"
NOTICE_UNDELIVERABLE = "NOTICE_UNDELIVERABLE"  # it has to be posted
# Where news that a notice has arrived still count; a bounced one may be read behind the log-in all the same.
UNDELIVERED = frozenset({AdverseStatus.PRE_SENT, AdverseStatus.UNDELIVERABLE, AdverseStatus.DISPUTED})
# Notice by post counts as received three days after it was posted (as in Federal Rule of Civil Procedure 6(d)).
POSTAL_DAYS = timedelta(days=3)


def open_case(packets: ports.Packets, definition: PacketType, packet: Packet, check: Check, now: datetime) -> Change:
    """ADVERSE_REVIEW with its case. One report has one case."""
    public = {one.name: one.public for one in packets.all_of(Section, packet.id)}
    state = str(person(definition.interview, public).get("state", ""))
    case = AdverseCase(
        packet_id=packet.id,
        attempt=check.attempt,
        report_id=check.report_id or "",
        state=state,
        opened_at=now,
        local_rule=definition.screening.local_waits.get(state, LocalRule()),
        worksheet_needed=state in definition.screening.weighing_states,
    )
    handed = handed_over(packet, REPORT, now, to=Status.ADVERSE_REVIEW)
    return plus(handed, effects=[_copy_of(case, packet, now)], puts=[case])


def current(packets: ports.Packets, packet: Packet) -> AdverseCase | None:
    return packets.find(AdverseCase, packet.id, str(packet.check_attempt))


def required(packets: ports.Packets, packet: Packet) -> AdverseCase:
    """Raises InvalidTransition if no report is being weighed."""
    case = current(packets, packet)
    if case is None:
        raise InvalidTransition("No report is being weighed.", status=packet.status.value)
    return case


def send_pre_notice(
    case: AdverseCase, packet: Packet, now: datetime, actor: Actor, posted_at: datetime | None
) -> Change:
    """The pre-adverse notice goes out; or, if it was posted, its presumed delivery is put down.

    While the agent waits, a notice about a corrected report begins the whole wait again.
    """
    if posted_at is not None:
        return _start_wait(case, packet, posted_at + POSTAL_DAYS, now, actor)
    if case.copy_of_report is None:
        detail = "The copy of the report that goes with the notice is not here yet; it is being fetched."
        raise InvalidTransition(detail, status=case.status.value)
    fetched = []
    if case.status is not AdverseStatus.ASSESSING:
        case, fetched = case.report_corrected(), [_copy_of(case, packet, now)]
    after = case.send_pre_notice(now, actor.id)
    letter = send_letter(packet.id, Letter.ADVERSE_PRE, f"{after.attempt}-{after.notices}", now)
    event = Event(type=EventType.ADVERSE_PRE_SENT, at=now, actor=actor, data={"attempt": after.attempt})
    return Change(packet, events=[event], effects=[letter, *fetched], puts=[after])


def refuse(case: AdverseCase, packet: Packet, now: datetime, actor: Actor, day: timedelta) -> Change:
    """The final notice, and with it the packet's end. Raises InvalidTransition before the clock allows it."""
    after = case.send_final_notice(now, actor.id, day)
    rejected = packet.end(Status.REJECTED, now)
    letter = send_letter(packet.id, Letter.ADVERSE_FINAL, str(after.attempt), now)
    event = Event(type=EventType.ADVERSE_FINAL_SENT, at=now, actor=actor, data={"attempt": after.attempt})
    return Change(rejected, events=[event], effects=[letter], puts=[after])


def release(case: AdverseCase, packet: Packet, now: datetime, actor: Actor) -> Change:
    """Decided for the agent: the packet goes on."""
    event = Event(type=EventType.ADVERSE_CANCELED, at=now, actor=actor, data={"attempt": case.attempt})
    return plus(clear(packet, now, restart=True), events=[event], puts=[case.release(now, actor.id)])


def apply_report(packets: ports.Packets, packet: Packet, check: Check, now: datetime) -> Change | None:
    """What the vendor's news of a weighed report change; None if nothing."""
    case = current(packets, packet)
    if packet.status is not Status.ADVERSE_REVIEW or case is None or case.over:
        return None
    if check.status is ScreeningStatus.DISPUTED and case.status is not AdverseStatus.DISPUTED:
        return disputed(packets, packet, now, SCREENER)
    if check.status is ScreeningStatus.COMPLETE and check.result is ScreeningResult.CLEAR:
        return release(case, packet, now, SCREENER)
    if check.status is ScreeningStatus.COMPLETE and case.status is AdverseStatus.DISPUTED:
        return close_dispute(packets, packet, now, SCREENER)
    return None


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
    data = {"attempt": case.attempt, "grounds": list(grounds)} | ({"reason": reason} if reason else {})
    event = Event(type=EventType.ADVERSE_DISPUTED, at=now, actor=actor, data=data)
    return Change(packet, events=[event], effects=[attention(packet, DISPUTED, now)], puts=[case.disputed(now)])


def close_dispute(
    packets: ports.Packets, packet: Packet, now: datetime, actor: Actor, *, reason: str | None = None
) -> Change:
    """The report stands after all: the rest of the wait begins. What it says now is fetched again.

    Raises InvalidTransition if nothing is disputed.
    """
    case = required(packets, packet)
    if packet.status is not Status.ADVERSE_REVIEW or case.status is not AdverseStatus.DISPUTED:
        raise InvalidTransition("No dispute is open.", status=case.status.value)
    after = case.dispute_answered(now)
    data = {"attempt": case.attempt} | ({"reason": reason} if reason else {})
    event = Event(type=EventType.ADVERSE_DISPUTE_ANSWERED, at=now, actor=actor, data=data)
    effects = [*_final_timer(after, packet, now), _copy_of(case, packet, now)]
    return Change(packet, events=[event], effects=effects, puts=[after])


def notice_delivered(packets: ports.Packets, packet: Packet, now: datetime, actor: Actor) -> Change | None:
    """The mail service says that the notice arrived: the clock begins. None if it runs already."""
    case = current(packets, packet)
    if case is None or case.pre_sent_at is None or case.wait is not None or case.status not in UNDELIVERED:
        return None
    return _start_wait(case, packet, now, now, actor)


def notice_bounced(packets: ports.Packets, packet: Packet, now: datetime, actor: Actor) -> Change | None:
    """The notice did not arrive: someone has to post it."""
    case = current(packets, packet)
    if case is None or case.status is not AdverseStatus.PRE_SENT:
        return None
    event = Event(type=EventType.ADVERSE_UNDELIVERABLE, at=now, actor=actor, data={"attempt": case.attempt})
    tell = attention(packet, NOTICE_UNDELIVERABLE, now)
    return Change(packet, events=[event], effects=[tell], puts=[case.bounced()])


@dataclass(frozen=True)
class AdverseClock:
    """The wait of a case. `day` has 24 hours, but to watch a story play."""

    packets: ports.Packets
    clock: ports.Clock
    day: timedelta

    def on_timer(self, packet_id: str, attempt: int) -> None:
        """The clock has run: tell the contracting department that it may decide. Nothing is decided here."""
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            case = self.packets.find(AdverseCase, packet_id, str(attempt))
            opens = case.final_from(self.day) if case is not None else None
            if opens is None or now < opens or packet.status is not Status.ADVERSE_REVIEW:
                return None
            tell = attention(packet, FINAL_POSSIBLE, now, occasion=f"{attempt}-{iso(opens)}")
            if self.packets.find(Effect, packet_id, tell.id) is not None:
                return None  # whoever told of it died before the timer was done
            event = Event(type=EventType.ADVERSE_FINAL_POSSIBLE, at=now, actor=WATCH, data={"attempt": attempt})
            return Change(packet, events=[event], effects=[tell])

        self.packets.change(packet_id, decide)


def _start_wait(case: AdverseCase, packet: Packet, at: datetime, now: datetime, actor: Actor) -> Change:
    after = case.delivered(at)
    event = Event(type=EventType.ADVERSE_DELIVERED, at=now, actor=actor, data={"attempt": case.attempt})
    return Change(packet, events=[event], effects=_final_timer(after, packet, now), puts=[after])


def _copy_of(case: AdverseCase, packet: Packet, now: datetime) -> Effect:
    """Has the report's copy fetched as it stands now."""
    return fetch_report(packet.id, case.attempt, packet.version + 1, now)


def _final_timer(case: AdverseCase, packet: Packet, now: datetime) -> list[Effect]:
    opens = case.final_from()
    return [timer(packet.id, TimerKind.ADVERSE, f"{case.attempt}#{packet.version + 1}", opens, now)] if opens else []
