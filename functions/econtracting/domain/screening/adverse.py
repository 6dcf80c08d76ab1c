"""The adverse case: what has to happen between a report that was not clear and a decision against the agent.

A person decides every step; the clock only says from when the final notice may be sent. Source: 15 U.S.C. 1681b(b)(3),
copy of report and summary of rights before acting, and a reasonable wait, here the longest of five business days, seven
calendar days and a local rule, after delivery.

Days are those of the recipient, whose zone is known only as far as the state tells, and some states have two. So a day
begins to count where it ends last: the wait is never shorter than the law's, and at most a day longer.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Self

from econtracting.domain.errors import InvalidTransition
from econtracting.domain.moment import Moment, iso
from econtracting.domain.record import Record
from econtracting.domain.screening.calendar import add_business_days, business_days_between

DAY = timedelta(days=1)
AHEAD_OF_UTC = {"GU": timezone(timedelta(hours=10)), "MP": timezone(timedelta(hours=10))}
WHERE_DAYS_END_LAST = timezone(timedelta(hours=-11))  # American Samoa


def recipients_day(at: datetime, state: str) -> date:
    """The day a moment falls on for someone living in a state, or the day after: never an earlier one."""
    return at.astimezone(AHEAD_OF_UTC.get(state, UTC)).date()


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
        """The rest begins after a day."""
        return self.model_copy(update={"since": day})


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
    A.DISPUTED: frozenset({A.PRE_SENT, A.WAITING, A.ASSESSING, A.CANCELED}),
    A.FINAL_SENT: frozenset(),
    A.CANCELED: frozenset(),
}


class ReportCopy(Record):
    """The copy of the report that goes with a notice: where it lies, and its fingerprint."""

    key: str
    version: str | None = None
    sha256: str


class AdverseCase(Record):
    """The case of one report; a packet has at most one that is not over.

    `state` is where the agent lives. `wait` is set once the pre-adverse notice was delivered, `counts_from` when its
    count began or went on; while the case is disputed it holds the days that are left. `worksheet_needed` asks for the
    written weighing of factors that New York wants before a refusal (Correction Law 753); `worksheet_sha256` is that of
    the one on file.
    """

    packet_id: str
    attempt: int
    report_id: str
    state: str
    status: AdverseStatus = A.ASSESSING
    opened_at: Moment
    local_rule: LocalRule = LocalRule()
    pre_sent_at: Moment | None = None
    disputed_at: Moment | None = None
    copy_of_report: ReportCopy | None = None
    notices: int = 0  # pre-adverse notices sent; a corrected report needs a new one
    wait: Wait | None = None
    counts_from: Moment | None = None
    worksheet_needed: bool = False
    worksheet_sha256: str | None = None
    decided_by: str | None = None
    ended_at: Moment | None = None

    def send_pre_notice(self, at: datetime, by: str) -> Self:
        return self._to(A.PRE_SENT, pre_sent_at=at, notices=self.notices + 1, decided_by=by)

    def delivered(self, at: datetime) -> Self:
        """The notice reached the agent (by post: when that is presumed). A repeat changes nothing.

        One that arrives while the case is disputed is put down; the whole wait is still to come.
        """
        if self.wait is not None and self.status in (A.WAITING, A.DISPUTED):
            return self
        local = self.local_rule
        usual = Wait(since=recipients_day(at, self.state))
        wait = Wait(
            since=usual.since,
            business_days=max(usual.business_days, local.business_days),
            calendar_days=max(usual.calendar_days, local.calendar_days),
        )
        if self.status is A.DISPUTED:
            return self.model_copy(update={"wait": wait, "counts_from": at})
        return self._to(A.WAITING, wait=wait, counts_from=at)

    def bounced(self) -> Self:
        return self._to(A.UNDELIVERABLE)

    def keep_copy(self, copy: ReportCopy) -> Self:
        """The copy of the report that goes with the notice was fetched."""
        return self.model_copy(update={"copy_of_report": copy})

    def disputed(self, at: datetime) -> Self:
        held = self.wait.on_hold(recipients_day(at, self.state)) if self.wait else None
        return self._to(A.DISPUTED, wait=held, disputed_at=at)

    def dispute_answered(self, at: datetime) -> Self:
        """The report stands as it was: the rest of the wait begins, if it had begun before."""
        if self.wait is None:
            return self._to(A.PRE_SENT if self.pre_sent_at is not None else A.ASSESSING)
        return self._to(A.WAITING, wait=self.wait.resumed(recipients_day(at, self.state)), counts_from=at)

    def report_corrected(self) -> Self:
        """Another report is another question: it is weighed again, and a notice begins a whole new wait."""
        return self._to(A.ASSESSING, wait=None, counts_from=None, pre_sent_at=None, decided_by=None)

    def keep_worksheet(self, sha256: str) -> Self:
        """The factors were weighed in writing."""
        return self.model_copy(update={"worksheet_sha256": sha256})

    def release(self, at: datetime, by: str) -> Self:
        return self._to(A.CANCELED, decided_by=by, ended_at=at)

    def final_from(self, day: timedelta = DAY) -> datetime | None:
        """When the final notice may first be sent: the start of the day after the last of waiting. None if unknown.

        A `day` of another length is for watching a story play; in earnest it has 24 hours.
        """
        if self.status is not A.WAITING or self.wait is None or self.counts_from is None:
            return None
        opens = datetime.combine(self.wait.last_day + DAY, time.min, WHERE_DAYS_END_LAST)
        return self.counts_from + (opens - self.counts_from) * (day / DAY)

    def final_ready(self, now: datetime, day: timedelta = DAY) -> bool:
        opens = self.final_from(day)
        return opens is not None and now >= opens

    def send_final_notice(self, at: datetime, by: str, day: timedelta = DAY) -> Self:
        """Raises InvalidTransition before the clock allows it, and without the worksheet where one is needed."""
        if A.FINAL_SENT not in MOVES[self.status]:
            raise self._impossible(A.FINAL_SENT)
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
    def can_be_disputed(self) -> bool:
        return A.DISPUTED in MOVES[self.status]

    def _to(self, status: AdverseStatus, **changes: object) -> Self:
        if status not in MOVES[self.status]:
            raise self._impossible(status)
        return self.model_copy(update={"status": status, **changes})

    def _impossible(self, wanted: AdverseStatus) -> InvalidTransition:
        return InvalidTransition(status=self.status.value, wanted=wanted.value)
