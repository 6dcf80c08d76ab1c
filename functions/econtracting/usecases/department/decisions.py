"""What the contracting department decides. Every decision is on the packet's trail, with its author.

Two persons have to agree before a producer is appointed against a missing consent under 18 U.S.C. 1033. Whether a
packet may be refused, and how, is decided in one place (domain/screening/refusal.py): with a report on file that is not
clear only by pre-adverse notice, wait and final notice, wherever the packet stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from econtracting import ports
from econtracting.domain.acts import CONSENT_MISSING, POSSIBLE, Act, possible
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Staff
from econtracting.domain.corrections import CorrectionSchedule
from econtracting.domain.errors import InvalidRequest, InvalidTransition
from econtracting.domain.late_news import LateNews
from econtracting.domain.outbox import Effect, Letter, send_letter
from econtracting.domain.packet import MOVES, Packet, Status
from econtracting.domain.screening import refusal
from econtracting.domain.screening.background import Check
from econtracting.ports import Change
from econtracting.usecases.appointing import sale_follow_up
from econtracting.usecases.certification import certification
from econtracting.usecases.commit import review, troubles
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.review import handed_over
from econtracting.usecases.corrections import corrections
from econtracting.usecases.screening import adverse, background, background_news
from econtracting.views.department import DecisionView

# The acts that are decisions.
Word = Literal["proceed", "pre-adverse", "adverse", "reject", "retry", "note", "weigh"]
TO_BE_JUDGED = frozenset({review.ANSWERS, CONSENT_MISSING})  # no step failed that could be gone back to


class Decision(NamedTuple):
    """`worksheet_sha256` names the written weighing of factors where one is needed; `posted_on` the day a notice that
    could not be mailed was posted."""

    word: Word
    reason: str
    worksheet_sha256: str | None = None
    posted_on: date | None = None


@dataclass(frozen=True)
class Decisions:
    """`every` is how often timers look after a first sale; `day` is one of the adverse clock."""

    packets: ports.Packets
    outbox: ports.Outbox
    packet_types: ports.PacketTypes
    clock: ports.Clock
    patience: CorrectionSchedule
    every: timedelta
    day: timedelta

    def decide(self, staff: Staff, packet_id: str, decision: Decision) -> DecisionView:
        """Raises InvalidTransition for a decision that does not fit where the packet stands."""
        now = self.clock.now()

        def change(packet: Packet) -> Change:
            follows = self._follow(packet, decision, staff.actor, now)
            data = {"decision": decision.word, "reason": decision.reason[:500], "from": packet.status.value}
            event = Event(type=EventType.DECISION_MADE, at=now, actor=staff.actor, data=data)
            return plus(follows, events=[event], answer=DecisionView.of(follows.packet))

        done = self.packets.change(packet_id, change, staff.request)
        if decision.word == "retry":  # a repeat as well: whoever was asked first may have died before this
            for effect in self._failed(packet_id):
                self.outbox.push(effect, now)
            self._settle_what_is_done(done.packet, now)
        return DecisionView.again(done.answer)

    def dispute(self, staff: Staff, packet_id: str, reason: str, *, answered: bool) -> DecisionView:
        """Put down a dispute that reached the contracting department, or its answer. Raises InvalidTransition."""
        now = self.clock.now()

        def change(packet: Packet) -> Change:
            step = adverse.close_dispute if answered else adverse.disputed
            follows = step(self.packets, packet, now, staff.actor, reason=reason[:500])
            return plus(follows, answer=DecisionView.of(packet))

        return DecisionView.again(self.packets.change(packet_id, change, staff.request).answer)

    def _follow(self, packet: Packet, decision: Decision, actor: Actor, now: datetime) -> Change:
        act = Act(decision.word)
        if decision.posted_on is not None and act is not Act.PRE_ADVERSE:
            message = "Only a pre-adverse notice is posted: decide pre-adverse."
            raise InvalidRequest(errors=[{"field": "posted_on", "rule": "pre-adverse-only", "message": message}])
        if act is Act.NOTE:
            return self._note(packet, actor, now)
        if act is Act.RETRY:
            return adverse.fetch_again(self.packets, packet, now) or self._retry(packet, now)
        if packet.status is Status.ADVERSE_REVIEW:
            return self._decide_on_report(packet, decision, actor, now)
        return self._decide(packet, decision, actor, now)

    def _decide(self, packet: Packet, decision: Decision, actor: Actor, now: datetime) -> Change:
        unclear = refusal.unclear_report(self.packets.all_of(Check, packet.id)) is not None
        act = Act(decision.word)
        if act not in {*POSSIBLE.get(packet.status, ()), *possible(packet.status, unclear=unclear, news=True)}:
            raise _unfit(packet)
        match act:
            case Act.REJECT:
                rejected = refusal.reject(packet, self.packets.all_of(Check, packet.id), now)
                return Change(rejected, effects=[send_letter(packet.id, Letter.REJECTED, 1, now)])
            case Act.PRE_ADVERSE if decision.posted_on is not None:
                raise _unfit(packet, "No pre-adverse notice is on its way that could be posted.")
            case Act.PRE_ADVERSE:
                return adverse.weigh_again(self.packets, self.packet_types(packet.type), packet, now, actor)
            case Act.WEIGH:
                return self._stop(packet, actor, now)
        return _lift(packet, actor, now)

    def _stop(self, packet: Packet, actor: Actor, now: datetime) -> Change:
        """Under review because of what the screening company said after its answer; the news count as seen."""
        seen = self._note(packet, actor, now)
        stopped = handed_over(packet, background_news.CHANGED, now, actor=actor)
        return replace(plus(stopped, events=seen.events), drops=seen.drops)

    def _note(self, packet: Packet, actor: Actor, now: datetime) -> Change:
        """What came after the packet had gone on was looked at; what was answered first stands."""
        news = self.packets.find(LateNews, packet.id)
        if news is None:
            raise _unfit(packet, "No news of this packet wait to be looked at.")
        data = {"about": [one.about for one in news.items]}
        event = Event(type=EventType.LATE_NEWS_SEEN, at=now, actor=actor, data=data)
        return Change(packet, events=[event], drops=[news])

    def _decide_on_report(self, packet: Packet, decision: Decision, actor: Actor, now: datetime) -> Change:
        case = adverse.required(self.packets, packet)
        if decision.worksheet_sha256 is not None:
            case = case.keep_worksheet(decision.worksheet_sha256)
        act = Act(decision.word)
        if act not in POSSIBLE[packet.status]:
            raise _unfit(packet, "A background report is weighed: send the notices, or proceed.")
        if act is Act.PRE_ADVERSE and decision.posted_on is not None:
            return adverse.post_pre_notice(case, packet, now, actor, decision.posted_on, self.day)
        if act is Act.PRE_ADVERSE:
            return adverse.send_pre_notice(case, packet, now, actor)
        if act is Act.ADVERSE:
            return adverse.refuse(self.packets, case, packet, now, actor, self.day)
        return adverse.release(case, packet, now, actor)

    def _retry(self, packet: Packet, now: datetime) -> Change:
        failed = bool(self._failed(packet.id))
        if packet.status is Status.NEEDS_REVIEW and not (failed and packet.review_reason in TO_BE_JUDGED):
            return self._go_back(packet, now)
        sales = sale_follow_up.retry_sales(self.packets, packet, now, self.every)
        if sales is not None or failed or packet.troubles:
            return sales or Change(packet)  # nothing moves; what failed is tried now instead of later
        raise _unfit(packet, "No step of this packet has failed.")

    def _go_back(self, packet: Packet, now: datetime) -> Change:
        """Back to the step that could not be done."""
        if packet.review_reason in TO_BE_JUDGED:
            raise _unfit(packet, "The answers have to be looked at: proceed, ask for a correction, or reject.")
        if packet.review_reason == corrections.UNANSWERED or packet.review_from is Status.AWAITING_SIGNATURE:
            definition = self.packet_types(packet.type).interview
            return corrections.ask_again(self.packets, definition, packet, now, self.patience)
        if packet.review_reason in background_news.NEW_CHECK:
            resumed = review.resume(packet, Status.BACKGROUND_CHECK, now)
            return background.open_check(resumed, now, self.patience.reminders)
        resumed = review.resume(packet, packet.review_from or Status.BACKGROUND_CHECK, now)
        return plus(resumed, effects=self._ask_outside(packet, now))

    def _ask_outside(self, packet: Packet, now: datetime) -> list[Effect]:
        """Whoever did not answer is asked once more."""
        if packet.review_reason == background_news.SILENT:
            check = self.packets.find(Check, packet.id, str(packet.check_attempt))
            if check is not None:
                return background_news.ask_again(check, f"retry-{packet.reviews}", now)
        if packet.review_reason == certification.NOT_LOADED:
            return [certification.feed_again(packet, now)]
        return []

    def _settle_what_is_done(self, packet: Packet, now: datetime) -> None:
        """Unmark what was done, but by someone who died before saying so."""
        for trouble in packet.troubles:
            effect = self.packets.find(Effect, packet.id, trouble.about)
            if effect is None or effect.done_at is not None:
                troubles.settle(self.packets, packet.id, trouble.about, now)

    def _failed(self, packet_id: str) -> list[Effect]:
        """Effects that failed at least once and are not done; those that someone performs just now among them."""
        return [one for one in self.packets.all_of(Effect, packet_id) if one.done_at is None and one.failure]


def _lift(packet: Packet, actor: Actor, now: datetime) -> Change:
    """To the appointments in spite of what stood against them; a missing consent takes two persons."""
    if packet.review_reason == review.ANSWERS:
        return review.resume(packet, Status.APPOINTING, now)
    if packet.review_reason != CONSENT_MISSING:
        raise _unfit(packet, "Nothing stands against this packet that could be lifted; retry, or reject.")
    if actor.id in packet.approvals:
        raise _unfit(packet, "A second person has to agree.")
    if packet.approvals:
        return review.resume(packet, Status.APPOINTING, now)
    return Change(packet.approve(actor.id))


def _unfit(packet: Packet, detail: str = "") -> InvalidTransition:
    possible = sorted(status.value for status in MOVES[packet.status])
    return InvalidTransition(detail, status=packet.status.value, review_reason=packet.review_reason, possible=possible)
