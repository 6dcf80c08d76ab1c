"""The sequential model: what one packet's history so far lets it be, kept beside the product and compared with it.

It knows what people and vendors did, never what the product stored. `CAUSES` says what has to have happened before a
packet may take a step; a step without its cause is a fault of the product, whatever the graph of statuses allows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from econtracting.domain.packet import BEFORE_SUBMISSION, ENDED, Status

S = Status
DAY = timedelta(days=1)
CHECK_WAIT, FEED_WAIT, CORRECTION_LIFE = 21 * DAY, 7 * DAY, 30 * DAY
NEW_CHECK = frozenset({"BACKGROUND_CHECK_CANCELED", "BACKGROUND_CHECK_SUSPENDED"})
COURSES = frozenset({"medicare-basics", "plan-products"})


@dataclass(frozen=True)
class Person:
    """Someone who may be invited."""

    email: str
    npn: str


@dataclass
class Case:
    """One packet as its people know it."""

    packet_id: str
    number: int
    person: Person
    agency: str
    states: tuple[str, ...]
    opened_at: datetime
    expires_at: datetime
    status: Status = S.INVITED
    since: datetime | None = None
    doing: str = ""  # what someone is just doing with it

    cookie: str | None = None
    signed_in_at: datetime | None = None
    own_password: bool = False
    asked_password: bool = False

    agreed: bool = False
    versions: dict[str, int] = field(default_factory=dict)
    summary: str = "0" * 64  # the version of the summary they looked at last
    consented: bool = False
    adopted: bool = False
    unsigned: dict[tuple[str, str], str] = field(default_factory=dict)  # (document, field) -> act
    signed: set[tuple[str, str]] = field(default_factory=set)
    shown: dict[str, str] = field(default_factory=dict)  # document -> SHA-256 of what the agent saw
    submitted: bool = False
    submitted_at: datetime | None = None

    checks: int = 0  # how often a check was begun
    reports: dict[int, set[str]] = field(default_factory=dict)  # attempt -> what the vendor ever said of it
    reason: str | None = None  # why someone has to look, as they saw it when they decided
    cleared: bool = False  # a report was clear, or people lifted what stood against it
    asked_at: datetime | None = None  # when the open correction was asked for
    mended: bool = False  # whether the section it is about was saved since
    answered: dict[str, str] = field(default_factory=dict)  # state -> the gateway's last word
    sold: set[str] = field(default_factory=set)
    loaded: bool = False
    passed: set[str] = field(default_factory=set)

    def before_submission(self) -> bool:
        """A packet that waits for signatures may be one that is being corrected."""
        return self.status in BEFORE_SUBMISSION and not self.submitted

    def lapsed(self, now: datetime) -> bool:
        return self.before_submission() and now >= self.expires_at

    def over(self) -> bool:
        return self.status in ENDED

    def holds_its_place(self, now: datetime) -> bool:
        return not self.over() and self.status is not S.ACTIVE and not self.lapsed(now)

    def may_come_in(self, now: datetime) -> bool:
        return self.status not in ENDED - {S.REJECTED} and not self.lapsed(now)

    def moved(self, before: Status | None, after: Status, now: datetime) -> None:
        """Take a step over from the product, if it has its cause."""
        if before is None:
            return
        assert before is self.status, f"{self.packet_id} stands at {self.status}, not at {before}"
        cause = CAUSES.get((before, after))
        assert cause is not None, f"{self.packet_id} went from {before} to {after}, which has no cause at all"
        assert cause(self, now), f"{self.packet_id} went from {before} to {after} without its cause"
        self.status, self.since = after, now
        if after is S.SUBMITTED:
            self.submitted, self.submitted_at = True, self.submitted_at or now
        if after is S.CORRECTION_REQUESTED and self.doing != "reopen":
            self.asked_at, self.mended = now, self.mended and self.doing == "decide"
        if after is S.BACKGROUND_CHECK and (before is S.SUBMITTED or self._begins_anew()):
            self.checks += 1
        if after is S.APPOINTING:
            self.cleared = True

    def _begins_anew(self) -> bool:
        return self.doing == "decide" and self.reason in NEW_CHECK

    def said(self, *words: str) -> bool:
        """Whether the vendor ever said one of these of the check that runs: a status, or the result of a whole one."""
        return any(word in words for word in self.reports.get(self.checks, ()))

    def waited(self, now: datetime, how_long: timedelta) -> bool:
        return self.since is not None and now - self.since >= how_long


Cause = Callable[[Case, datetime], bool]


def during(*acts: str) -> Cause:
    return lambda case, _: case.doing in acts


def always(_: Case, __: datetime) -> bool:
    return True


def _expired(case: Case, now: datetime) -> bool:
    return now >= case.expires_at and not case.submitted


def _recalled(*acts: str) -> Cause:
    """Someone takes back what was never submitted."""
    return lambda case, _: case.doing in acts and not case.submitted


def _all_signed(case: Case, _: datetime) -> bool:
    return case.doing == "finish" and case.consented and not case.unsigned


def _given_up(case: Case, now: datetime) -> bool:
    """A correction that no one finishes, or that the agent refuses."""
    overdue = case.asked_at is not None and now - case.asked_at >= CORRECTION_LIFE
    return case.submitted and (overdue or case.doing in ("decline", "withdraw consent"))


def _clear(case: Case, _: datetime) -> bool:
    return case.said("clear")


def _consider(case: Case, _: datetime) -> bool:
    return case.said("consider")


def _mendable(case: Case, _: datetime) -> bool:
    return case.said("suspended") or case.doing == "correct"


def _hopeless(case: Case, now: datetime) -> bool:
    return case.said("canceled", "suspended") or case.waited(now, CHECK_WAIT)


def _late_word(case: Case, _: datetime) -> bool:
    return case.doing == "decide" or case.said("clear", "consider", "suspended", "canceled")


def _lifted(case: Case, now: datetime) -> bool:
    return case.doing == "decide" or _clear(case, now)


CAUSES: dict[tuple[Status, Status], Cause] = {
    (S.INVITED, S.IN_PROGRESS): during("log in"),
    **{(one, S.EXPIRED): _expired for one in BEFORE_SUBMISSION},
    **{(one, S.WITHDRAWN): _recalled("withdraw") for one in BEFORE_SUBMISSION},
    **{(one, S.DECLINED): _recalled("decline", "withdraw consent") for one in BEFORE_SUBMISSION},
    (S.IN_PROGRESS, S.AWAITING_SIGNATURE): during("confirm"),
    (S.AWAITING_SIGNATURE, S.IN_PROGRESS): _recalled("reopen"),
    (S.AWAITING_SIGNATURE, S.SEALING): _all_signed,
    (S.AWAITING_SIGNATURE, S.NEEDS_REVIEW): _given_up,
    (S.AWAITING_SIGNATURE, S.CORRECTION_REQUESTED): lambda case, _: case.doing == "reopen" and case.submitted,
    (S.SEALING, S.SUBMITTED): always,
    (S.SUBMITTED, S.BACKGROUND_CHECK): always,
    (S.BACKGROUND_CHECK, S.APPOINTING): _clear,
    (S.BACKGROUND_CHECK, S.CORRECTION_REQUESTED): _mendable,
    (S.BACKGROUND_CHECK, S.ADVERSE_REVIEW): _consider,
    (S.BACKGROUND_CHECK, S.NEEDS_REVIEW): _hopeless,
    (S.APPOINTING, S.PROCESSED): always,
    (S.PROCESSED, S.CERTIFICATION_OPEN): lambda case, _: case.loaded,
    (S.PROCESSED, S.NEEDS_REVIEW): lambda case, now: case.waited(now, FEED_WAIT),
    (S.CERTIFICATION_OPEN, S.ACTIVE): lambda case, _: case.passed >= COURSES,
    (S.ADVERSE_REVIEW, S.APPOINTING): _lifted,
    (S.ADVERSE_REVIEW, S.REJECTED): during("decide"),
    (S.CORRECTION_REQUESTED, S.AWAITING_SIGNATURE): lambda case, _: case.doing == "confirm" and case.mended,
    (S.CORRECTION_REQUESTED, S.REJECTED): during("decide"),
    (S.CORRECTION_REQUESTED, S.NEEDS_REVIEW): _given_up,
    (S.NEEDS_REVIEW, S.REJECTED): during("decide"),
    (S.NEEDS_REVIEW, S.APPOINTING): during("decide"),
    (S.NEEDS_REVIEW, S.BACKGROUND_CHECK): _late_word,
    (S.NEEDS_REVIEW, S.PROCESSED): lambda case, _: case.doing == "decide" or case.loaded,
    (S.NEEDS_REVIEW, S.CORRECTION_REQUESTED): during("decide", "correct"),
    (S.NEEDS_REVIEW, S.AWAITING_SIGNATURE): during("decide"),
}
