"""The adverse case: what has to happen between a report that was not clear and a decision against the agent.

A person decides every step; the clock only says from when the final notice may be sent. Source: 15 U.S.C. 1681b(b)(3),
copy of report and summary of rights before acting, and a reasonable wait, here the longest of five business days, seven
calendar days and a local rule, after delivery. A notice that did not arrive by mail goes by post, and counts as
received three days after it was posted (as in Federal Rule of Civil Procedure 6(d)).

The copy that goes with a notice is the report as it stands: whenever the report may have changed the copy is asked
for once more, and until it is kept no notice leaves and nobody is refused. A report whose copy changed is another
report: it is weighed again, and its notice begins a whole wait.

Days are those of the recipient, whose zone is known only as far as the state tells, and some states have two. So a day
begins to count where it ends last: the wait is never shorter than the law's, and at most a day longer.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Self

from econtracting.domain.days import DAY, day_ended, posting_day, recipients_day
from econtracting.domain.errors import InvalidRequest, InvalidTransition
from econtracting.domain.moment import Moment, iso
from econtracting.domain.packet import Status
from econtracting.domain.record import Record
from econtracting.domain.screening.calendar import add_business_days, business_days_between
from econtracting.domain.words import words

WHERE_DAYS_END_LAST = timezone(timedelta(hours=-11))  # American Samoa
POSTAL_DAYS = timedelta(days=3)
UNHEARD_BUSINESS_DAYS = 3  # a mailed notice of which nothing was heard for so long may be posted


class Wait(Record):
    """Days that must pass after `since`, which is day 0; all kinds run side by side and the longest decides."""

    since: date
    business_days: int = 5
    calendar_days: int = 7

    @property
    def last_day(self) -> date:
        by_business = add_business_days(self.since, self.business_days)
        return max(by_business, self.since + timedelta(days=self.calendar_days))

    def on_hold(self, day: date) -> Self:
        """What is left when the clock stops on a day; that day no longer counts as waited."""
        if day <= self.since:
            return self
        before = day - DAY
        waited = max(0, (before - self.since).days)
        return self.model_copy(
            update={
                "since": day,
                "business_days": max(0, self.business_days - business_days_between(self.since, before)),
                "calendar_days": max(0, self.calendar_days - waited),
            }
        )

    def resumed(self, day: date) -> Self:
        """The rest begins after a day, and not before the notice counts as received."""
        return self.model_copy(update={"since": max(day, self.since)})


class LocalRule(Record):
    """A place's own minimum wait, where it is longer than the usual one."""

    business_days: int = 0
    calendar_days: int = 0


class AdverseStatus(StrEnum):
    ASSESSING = "ASSESSING"  # a person weighs the report; nothing was sent
    PRE_SENT = "PRE_SENT"  # the pre-adverse notice is on its way
    UNDELIVERABLE = "UNDELIVERABLE"  # the mail came back: the notice goes by post
    WAITING = "WAITING"  # delivered; the agent has time to answer
    DISPUTED = "DISPUTED"  # the agent disputes the report; the clock stands still
    FINAL_SENT = "FINAL_SENT"  # decided against the agent
    CANCELED = "CANCELED"  # released: decided for the agent, or the report was withdrawn


A = AdverseStatus

MOVES: dict[AdverseStatus, frozenset[AdverseStatus]] = {
    A.ASSESSING: frozenset({A.PRE_SENT, A.DISPUTED, A.CANCELED}),
    A.PRE_SENT: frozenset({A.WAITING, A.UNDELIVERABLE, A.DISPUTED, A.ASSESSING, A.CANCELED}),
    A.UNDELIVERABLE: frozenset({A.WAITING, A.DISPUTED, A.ASSESSING, A.CANCELED}),
    A.WAITING: frozenset({A.DISPUTED, A.ASSESSING, A.FINAL_SENT, A.CANCELED}),
    A.DISPUTED: frozenset({A.PRE_SENT, A.UNDELIVERABLE, A.WAITING, A.ASSESSING, A.CANCELED}),
    A.FINAL_SENT: frozenset(),
    A.CANCELED: frozenset(),
}


class ReportCopy(Record):
    """The copy of the report that goes with a notice: where it lies, and its fingerprint."""

    key: str
    version: str | None = None
    sha256: str
    size: int | None = None  # bytes; earlier releases did not count them


class AdverseCase(Record):
    """The case of one report; a packet has at most one that is not over.

    `state` is where the agent lives. `wait` is set once the pre-adverse notice was delivered, `counts_from` when its
    count began or went on; while the case is disputed it holds the days that are left. `worksheet_needed` asks for the
    written weighing of factors that New York wants before a refusal (Correction Law 753); `worksheet_sha256` is that of
    the one on file. `ordered_by` decided that a notice leaves as soon as the copy of the report is kept. `asked` and
    `kept` count how often the copy was asked for, and which asking the kept one answers. A case that was opened out of
    a review leads back into it (`review_reason`, `review_from`) when the agent is released.
    """

    packet_id: str
    attempt: int
    report_id: str
    state: str
    status: AdverseStatus = A.ASSESSING
    opened_at: Moment
    local_rule: LocalRule = LocalRule()
    pre_sent_at: Moment | None = None
    earlier_sent_at: Moment | None = None  # of the notice before, about the report as it was
    bounced_at: Moment | None = None
    posted_on: date | None = None
    disputed_at: Moment | None = None
    copy_of_report: ReportCopy | None = None
    corrected_copy: ReportCopy | None = None  # as the report reads since it was decided on
    asked: int = 0
    asked_at: Moment | None = None
    kept: int = 0
    copy_refused: str | None = None  # code of why the copy cannot be kept; a person has to see to it
    ordered_by: str | None = None
    notices: int = 0  # pre-adverse notices sent; a corrected report needs a new one
    wait: Wait | None = None
    counts_from: Moment | None = None
    worksheet_needed: bool = False
    worksheet_sha256: str | None = None
    decided_by: str | None = None
    ended_at: Moment | None = None
    review_reason: str | None = None
    review_from: Status | None = None

    @property
    def copy_due(self) -> bool:
        """Whether the report may have changed since the kept copy was made, or there is none yet that was asked for."""
        return self.asked > self.kept

    @property
    def noticed_at(self) -> datetime | None:
        """When the agent was last sent a notice before a decision, whichever form of the report it was about."""
        return self.pre_sent_at or self.earlier_sent_at

    def ask_copy(self, at: datetime) -> Self:
        """The report's copy is fetched as it stands now."""
        return self.model_copy(update={"asked": self.asked + 1, "asked_at": at, "copy_refused": None})

    def order_notice(self, by: str, at: datetime) -> Self:
        """A person decides that the notice leaves once the copy of the report as it stands now is kept.

        Whatever wait there was is void. Raises InvalidTransition for a case that is over or disputed, and if it is
        ordered already.
        """
        if self.over or self.status is A.DISPUTED:
            raise self._impossible(A.PRE_SENT)
        if self.ordered_by is not None:
            detail = "The notice is decided on; it leaves as soon as the copy of the report is here."
            raise InvalidTransition(detail, status=self.status.value)
        fresh = self if self.status is A.ASSESSING else self.report_corrected()
        return fresh.ask_copy(at).model_copy(update={"ordered_by": by})

    def send_pre_notice(self, at: datetime, by: str) -> Self:
        """The notice goes out with the copy of the report. Raises InvalidTransition while that is awaited."""
        if self.copy_due:
            raise self._without_copy()
        return self._to(A.PRE_SENT, pre_sent_at=at, notices=self.notices + 1, decided_by=by, ordered_by=None)

    def delivered(self, at: datetime) -> Self:
        """The notice reached the agent. A repeat changes nothing.

        One that arrives while the case is disputed is put down; the whole wait is still to come.
        """
        if self.wait is not None and self.status in (A.WAITING, A.DISPUTED):
            return self
        wait = self._wait(recipients_day(at, self.state))
        if self.status is A.DISPUTED:
            return self.model_copy(update={"wait": wait, "counts_from": at})
        return self._to(A.WAITING, wait=wait, counts_from=at)

    def _wait(self, since: date) -> Wait:
        usual, local = Wait(since=since), self.local_rule
        return Wait(
            since=since,
            business_days=max(usual.business_days, local.business_days),
            calendar_days=max(usual.calendar_days, local.calendar_days),
        )

    def bounced(self, at: datetime | None = None) -> Self:
        """The mailed notice came back. While the case is disputed that is only put down."""
        if self.status is A.DISPUTED:
            return self.model_copy(update={"bounced_at": at})
        return self._to(A.UNDELIVERABLE, bounced_at=at)

    def post(self, on: date, now: datetime, day: timedelta = DAY) -> Self:
        """The notice that did not arrive by mail was posted on a day: the wait counts from its presumed arrival.

        Raises InvalidRequest naming `posted_on` for a day before the notice was made or after today, as the recipient
        counts them; InvalidTransition for a notice that was not sent, that arrived, or that may still arrive.
        """
        if self.pre_sent_at is not None:
            made, today = posting_day(self.pre_sent_at, self.state), posting_day(now, self.state)
            if on < made:
                message = words("The notice was made on {made}; it was not posted before.", made=made)
                raise _impossible_day("not-before-notice", message)
            if on > today:
                message = words("Today is {today}; say when the notice has been posted.", today=today)
                raise _impossible_day("not-after-today", message)
        opens = self.posting_from(day)
        if opens is None:
            raise InvalidTransition("Only a notice that was not delivered is posted.", status=self.status.value)
        if now < opens:
            detail = "The mailed notice may still arrive: it is posted when it came back, or after three business days."
            raise InvalidTransition(detail, status=self.status.value, possible_from=iso(opens))
        return self._to(A.WAITING, wait=self._wait(on + POSTAL_DAYS), counts_from=now, posted_on=on)

    def posting_from(self, day: timedelta = DAY) -> datetime | None:
        """From when the notice may be posted: once it came back, or when three business days brought no word of it.

        None if no mailed notice is on its way.
        """
        if self.pre_sent_at is None or self.status not in (A.PRE_SENT, A.UNDELIVERABLE):
            return None
        if self.status is A.UNDELIVERABLE:
            return self.bounced_at or self.pre_sent_at
        last = add_business_days(recipients_day(self.pre_sent_at, self.state), UNHEARD_BUSINESS_DAYS)
        opens = day_ended(last, WHERE_DAYS_END_LAST)
        return self.pre_sent_at + (opens - self.pre_sent_at) * (day / DAY)

    def keep_copy(self, copy: ReportCopy, asking: int = 0) -> Self:
        """The copy of the report was fetched, as the answer to an asking.

        If a notice with another copy went out, the report was corrected since: the case is weighed again.
        """
        before = self.copy_of_report
        same = before is not None and before.sha256 == copy.sha256
        now = {"copy_of_report": before if same else copy, "kept": max(self.kept, asking), "copy_refused": None}
        kept = self.model_copy(update=now)
        if same or before is None or self.pre_sent_at is None:
            return kept
        return kept.report_corrected() if self.status is not A.DISPUTED else kept._void_notice()

    def keep_corrected(self, copy: ReportCopy) -> Self:
        """The report was corrected after the decision; the copy that went with the notice stays what it was."""
        return self.model_copy(update={"corrected_copy": copy})

    def refuse_copy(self, code: str) -> Self:
        """The copy cannot be kept, and asking again changes nothing: a person has to see to it."""
        return self.model_copy(update={"copy_refused": code})

    def disputed(self, at: datetime) -> Self:
        held = self.wait.on_hold(recipients_day(at, self.state)) if self.wait else None
        return self._to(A.DISPUTED, wait=held, disputed_at=at)

    def dispute_answered(self, at: datetime) -> Self:
        """The report stands as it was: the rest of the wait begins, if it had begun before."""
        if self.wait is None and self.pre_sent_at is None:
            return self._to(A.ASSESSING)
        if self.wait is None:
            return self._to(A.PRE_SENT if self.bounced_at is None else A.UNDELIVERABLE)
        return self._to(A.WAITING, wait=self.wait.resumed(recipients_day(at, self.state)), counts_from=at)

    def report_corrected(self) -> Self:
        """Another report is another question: it is weighed again, and a notice begins a whole new wait."""
        return self._to(A.ASSESSING)._void_notice()

    def _void_notice(self) -> Self:
        gone = dict.fromkeys(("wait", "counts_from", "pre_sent_at", "bounced_at", "posted_on", "decided_by"))
        return self.model_copy(update={**gone, "earlier_sent_at": self.noticed_at})

    def lead_back(self, *, reason: str, came_from: Status | None) -> Self:
        """The case was opened out of a review: released, the packet stands there again."""
        return self.model_copy(update={"review_reason": reason, "review_from": came_from})

    def after_earlier(self, before: Self | None) -> Self:
        """The report was weighed before: its notices go on being counted, and the agent keeps the one they have."""
        if before is None:
            return self
        known = {
            "notices": before.notices,
            "earlier_sent_at": before.noticed_at,
            "copy_of_report": before.copy_of_report,
        }
        counted = {"asked": before.asked, "kept": before.asked}
        return self.model_copy(update={**known, **counted})

    def keep_worksheet(self, sha256: str) -> Self:
        """The factors were weighed in writing."""
        return self.model_copy(update={"worksheet_sha256": sha256})

    def release(self, at: datetime, by: str) -> Self:
        return self._to(A.CANCELED, decided_by=by, ended_at=at)

    def final_from(self, day: timedelta = DAY) -> datetime | None:
        """When the final notice may first be sent: the start of the day after the last of waiting. None if unknown, as
        while the copy of the report is asked for once more.

        A `day` of another length is for watching a story play; in earnest it has 24 hours.
        """
        if self.status is not A.WAITING or self.wait is None or self.counts_from is None or self.copy_due:
            return None
        opens = day_ended(self.wait.last_day, WHERE_DAYS_END_LAST)
        return self.counts_from + (opens - self.counts_from) * (day / DAY)

    def final_ready(self, now: datetime, day: timedelta = DAY) -> bool:
        opens = self.final_from(day)
        return opens is not None and now >= opens

    def send_final_notice(self, at: datetime, by: str, day: timedelta = DAY) -> Self:
        """Raises InvalidTransition before the clock allows it, and without the worksheet where one is needed."""
        if A.FINAL_SENT not in MOVES[self.status]:
            raise self._impossible(A.FINAL_SENT)
        if self.copy_due:
            raise self._without_copy()
        if not self.final_ready(at, day):
            opens = self.final_from(day)
            raise InvalidTransition(
                "The agent's time to answer the pre-adverse notice is not over.",
                status=self.status.value,
                possible_from=iso(opens) if opens else None,
            )
        if self.worksheet_needed and self.worksheet_sha256 is None:
            raise InvalidTransition(
                "The factors of New York Correction Law 753 must be weighed in writing first.",
                status=self.status.value,
            )
        return self._to(A.FINAL_SENT, decided_by=by, ended_at=at)

    @property
    def over(self) -> bool:
        return not MOVES[self.status]

    @property
    def awaits_delivery(self) -> bool:
        """Whether a notice is on its way of which news still count: a bounced one may be read all the same."""
        under_way = self.status in (A.PRE_SENT, A.UNDELIVERABLE, A.DISPUTED)
        return under_way and self.pre_sent_at is not None and self.wait is None

    @property
    def can_be_disputed(self) -> bool:
        return A.DISPUTED in MOVES[self.status]

    def _to(self, status: AdverseStatus, **changes: object) -> Self:
        if status not in MOVES[self.status]:
            raise self._impossible(status)
        return self.model_copy(update={"status": status, **changes})

    def _impossible(self, wanted: AdverseStatus) -> InvalidTransition:
        return InvalidTransition(status=self.status.value, wanted=wanted.value)

    def _without_copy(self) -> InvalidTransition:
        detail = "The copy of the report as it stands now is not here yet; it is being fetched."
        return InvalidTransition(detail, status=self.status.value, copy_refused=self.copy_refused)


def _impossible_day(rule: str, message: str) -> InvalidRequest:
    return InvalidRequest(errors=[{"field": "posted_on", "rule": rule, "message": message}])
