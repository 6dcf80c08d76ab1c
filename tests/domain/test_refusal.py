"""Whether a refusal is lawful today: one place decides it, over whatever is on file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from econtracting.domain.errors import InvalidRequest, InvalidTransition
from econtracting.domain.packet import Status
from econtracting.domain.screening import refusal
from econtracting.domain.screening.adverse import AdverseCase, AdverseStatus, ReportCopy
from econtracting.domain.screening.background import Check, Report, ScreeningResult, ScreeningStatus
from tests.support.records import packet

pytestmark = pytest.mark.law("T1", "T2", "T3")

SENT_AT = datetime(2026, 11, 24, 15, tzinfo=UTC)  # a Tuesday; Thursday is Thanksgiving
DAY = timedelta(days=1)
LATER = SENT_AT + 60 * DAY
CASE = AdverseCase(packet_id="pkt_1", attempt=1, report_id="rep_1", state="TN", opened_at=SENT_AT)
SENT = CASE.send_pre_notice(SENT_AT, "ops-1")
BACK = SENT.bounced(SENT_AT)
COPY = ReportCopy(key="reports/1.pdf", sha256="1" * 64)
ANOTHER = ReportCopy(key="reports/2.pdf", sha256="2" * 64)


def report(status: str, result: str | None = None, attempt: int = 1) -> Report:
    found = ScreeningResult(result) if result else None
    return Report(f"rep_{attempt}", f"pkt_1-{attempt}", ScreeningStatus(status), found, (), None)


def check(*words: tuple[str, str | None], attempt: int = 1) -> Check:
    """What the company said of a report before anything was done about it."""
    found = Check(packet_id="pkt_1", attempt=attempt)
    for word in words:
        found = found.reported(report(*word, attempt), SENT_AT)
    return found


CLEAR, CONSIDER = check(("complete", "clear")), check(("complete", "consider"))
UNCLEAR = {
    "consider": CONSIDER,
    "disputed": check(("complete", "consider"), ("dispute", None)),
    "opened again": check(("complete", "consider"), ("pending", None)),
    "withdrawn": check(("complete", "consider"), ("canceled", None)),
    "turned after it was decided on": CLEAR.told_later(report("complete", "consider"), LATER),
    "disputed when decided on by an earlier release": Check(packet_id="pkt_1", attempt=1, status="dispute"),
    "consider before it was complete": check(("pending", "consider")),
}
NO_REASON = {
    "no check": None,
    "never told": Check(packet_id="pkt_1", attempt=1),
    "clear": CLEAR,
    "canceled": check(("canceled", None)),
    "suspended": check(("suspended", None)),
    "corrected to clear": check(("complete", "consider"), ("dispute", None), ("complete", "clear")),
    "corrected to clear after it was decided on": CONSIDER.told_later(report("complete", "clear"), LATER),
}
REFUSABLE = (Status.NEEDS_REVIEW, Status.CORRECTION_REQUESTED)


@pytest.mark.parametrize(("status", "found"), list(product(REFUSABLE, UNCLEAR.values())), ids=str)
def test_an_ordinary_letter_never_refuses_a_packet_with_a_report_that_is_not_clear(
    status: Status, found: Check
) -> None:
    with pytest.raises(InvalidTransition) as refused:
        refusal.reject(packet(status=status), [found], LATER)
    assert "pre-adverse" in refused.value.detail


@pytest.mark.parametrize(("status", "found"), list(product(REFUSABLE, NO_REASON.values())), ids=str)
def test_without_such_a_report_a_letter_does(status: Status, found: Check | None) -> None:
    refused = refusal.reject(packet(status=status), [found] if found else [], LATER)
    assert refused.status is Status.REJECTED


def test_a_clear_check_on_top_of_a_report_that_is_not_clear_hides_nothing() -> None:
    with pytest.raises(InvalidTransition):
        refusal.reject(packet(status=Status.NEEDS_REVIEW), [CONSIDER, check(("complete", "clear"), attempt=2)], LATER)


def weighed(case: AdverseCase, *checks: Check) -> refusal.Refusal:
    return refusal.refuse(packet(status=Status.ADVERSE_REVIEW), case, checks, LATER, "ops-1")


def test_after_notice_and_wait_a_person_refuses() -> None:
    done = weighed(SENT.delivered(SENT_AT), CONSIDER)
    assert (done.packet.status, done.case.status) == (Status.REJECTED, AdverseStatus.FINAL_SENT)


@pytest.mark.parametrize(
    "case",
    [
        CASE,
        SENT,
        BACK,
        SENT.delivered(SENT_AT).disputed(LATER),
        SENT.delivered(LATER),
        SENT.delivered(SENT_AT).ask_copy(LATER),
    ],
    ids=["no notice", "on its way", "came back", "disputed", "just delivered", "its copy asked for once more"],
)
def test_nobody_is_refused_before_the_wait_is_over(case: AdverseCase) -> None:
    with pytest.raises(InvalidTransition):
        weighed(case, CONSIDER)


@pytest.mark.parametrize("word", ["dispute", "pending", "suspended", "paused", "canceled"])
def test_nobody_is_refused_over_a_report_that_is_looked_at_again(word: str) -> None:
    again = check(("complete", "consider"), (word, None))
    with pytest.raises(InvalidTransition):
        weighed(SENT.delivered(SENT_AT), again)
    assert refusal.possible_from(SENT.delivered(SENT_AT), [again]) is None


def test_nobody_is_refused_over_an_old_report_while_a_newer_one_is_not_clear_either() -> None:
    with pytest.raises(InvalidTransition):
        weighed(SENT.delivered(SENT_AT), CONSIDER, check(("complete", "consider"), attempt=2))


@pytest.mark.parametrize(
    ("on", "rule"),
    [
        ("0001-01-01", "not-before-notice"),
        ("2020-01-02", "not-before-notice"),
        ("2026-11-23", "not-before-notice"),
        ("2026-11-28", "not-after-today"),
        ("2027-11-27", "not-after-today"),
        ("9999-12-31", "not-after-today"),
    ],
)
@pytest.mark.parametrize("case", [SENT, BACK], ids=["on its way", "came back"])
def test_a_notice_is_posted_on_no_day_before_it_was_made_and_on_none_to_come(
    case: AdverseCase, on: str, rule: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        case.post(date.fromisoformat(on), SENT_AT + 3 * DAY)
    assert [(one["field"], one["rule"]) for one in refused.value.facts["errors"]] == [("posted_on", rule)]


@pytest.mark.parametrize(("on", "last"), [("2026-11-24", "2026-12-04"), ("2026-11-27", "2026-12-07")])
def test_the_wait_of_a_posted_notice_counts_from_its_presumed_arrival(on: str, last: str) -> None:
    posted = BACK.post(date.fromisoformat(on), SENT_AT + 3 * DAY)
    assert posted.wait is not None
    assert (posted.wait.last_day.isoformat(), posted.posted_on) == (last, date.fromisoformat(on))


@pytest.mark.parametrize(
    ("made", "now", "on", "taken"),
    [
        ("2026-11-25T13:59:00Z", "2026-11-25T13:59:30Z", "2026-11-25", True),
        ("2026-11-25T14:01:00Z", "2026-11-25T14:02:00Z", "2026-11-25", False),
        ("2026-11-25T14:01:00Z", "2026-11-25T14:02:00Z", "2026-11-26", True),
        ("2026-11-25T13:58:00Z", "2026-11-25T13:59:00Z", "2026-11-26", False),
    ],
    ids=["before midnight", "after midnight the day before", "after midnight", "before midnight the day after"],
)
def test_the_days_of_posting_are_the_recipients(made: str, now: str, on: str, taken: bool) -> None:
    on_guam = CASE.model_copy(update={"state": "GU"})
    sent = on_guam.send_pre_notice(datetime.fromisoformat(made), "ops-1").bounced(datetime.fromisoformat(made))
    if taken:
        assert sent.post(date.fromisoformat(on), datetime.fromisoformat(now)).posted_on == date.fromisoformat(on)
        return
    with pytest.raises(InvalidRequest):
        sent.post(date.fromisoformat(on), datetime.fromisoformat(now))


@pytest.mark.parametrize(
    ("state", "made", "now", "on", "rule"),
    [
        ("TN", "2026-11-25T03:00:00Z", "2026-11-25T15:00:00Z", "2026-11-24", None),
        ("TN", "2026-11-25T06:00:00Z", "2026-11-25T15:00:00Z", "2026-11-24", "not-before-notice"),
        ("TN", "2026-11-24T15:00:00Z", "2026-11-27T05:59:00Z", "2026-11-27", "not-after-today"),
        ("TN", "2026-11-24T15:00:00Z", "2026-11-27T06:00:00Z", "2026-11-27", None),
        ("HI", "2026-11-24T15:00:00Z", "2026-11-27T09:59:00Z", "2026-11-27", "not-after-today"),
        ("HI", "2026-11-24T15:00:00Z", "2026-11-27T10:00:00Z", "2026-11-27", None),
        ("PR", "2026-11-24T15:00:00Z", "2026-11-27T03:59:00Z", "2026-11-27", "not-after-today"),
        ("PR", "2026-11-24T15:00:00Z", "2026-11-27T04:00:00Z", "2026-11-27", None),
        ("TN", "2026-03-05T15:00:00Z", "2026-03-09T05:00:00Z", "2026-03-09", None),
        ("TN", "2026-03-05T15:00:00Z", "2026-03-09T04:59:00Z", "2026-03-09", "not-after-today"),
        ("", "2026-11-24T15:00:00Z", "2026-11-27T00:00:00Z", "2026-11-27", None),
    ],
)
def test_a_day_of_posting_is_one_that_has_come_where_the_recipient_lives(
    state: str, made: str, now: str, on: str, rule: str | None
) -> None:
    case = CASE.model_copy(update={"state": state})
    back = case.send_pre_notice(datetime.fromisoformat(made), "ops-1").bounced(datetime.fromisoformat(made))
    if rule is None:
        posted = back.post(date.fromisoformat(on), datetime.fromisoformat(now))
        assert posted.wait is not None
        assert posted.wait.since == date.fromisoformat(on) + 3 * DAY
        return
    with pytest.raises(InvalidRequest) as refused:
        back.post(date.fromisoformat(on), datetime.fromisoformat(now))
    assert [one["rule"] for one in refused.value.facts["errors"]] == [rule]


def test_a_notice_of_which_nothing_is_heard_is_posted_after_three_business_days_and_not_before() -> None:
    # Wednesday 25, Friday 27 and Monday 30 are business days; Tuesday 1 December begins last where it is 11:00 UTC
    opens = datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert SENT.posting_from() == opens
    with pytest.raises(InvalidTransition) as refused:
        SENT.post(date(2026, 11, 30), opens - timedelta(seconds=1))
    assert refused.value.facts["possible_from"] == "2026-12-01T11:00:00.000Z"
    assert SENT.post(date(2026, 12, 1), opens).status is AdverseStatus.WAITING


@pytest.mark.parametrize(
    "case",
    [
        CASE,
        SENT.delivered(SENT_AT),
        SENT.disputed(SENT_AT),
        BACK.post(date(2026, 11, 24), SENT_AT),
        CASE.release(SENT_AT, "x"),
    ],
    ids=["no notice", "delivered", "disputed", "posted", "released"],
)
def test_nothing_else_is_posted(case: AdverseCase) -> None:
    with pytest.raises(InvalidTransition):
        case.post(date(2026, 11, 24), SENT_AT + 30 * DAY)


def test_a_dispute_before_a_posted_notice_counts_as_received_shortens_nothing() -> None:
    posted = BACK.post(date(2026, 11, 24), SENT_AT)
    answered = posted.disputed(SENT_AT).dispute_answered(SENT_AT + DAY)
    assert answered.wait == posted.wait


def test_a_notice_that_came_back_during_a_dispute_has_to_be_posted_after_it() -> None:
    after = SENT.disputed(SENT_AT).bounced(SENT_AT).dispute_answered(SENT_AT + DAY)
    assert after.status is AdverseStatus.UNDELIVERABLE


def test_a_notice_that_was_decided_on_waits_for_the_copy_that_was_asked_for_last() -> None:
    waiting = CASE.ask_copy(SENT_AT).keep_copy(COPY, 1).send_pre_notice(SENT_AT, "ops-1").delivered(SENT_AT)
    ordered = waiting.order_notice("ops-1", LATER)
    assert (ordered.status, ordered.wait, ordered.copy_due) == (AdverseStatus.ASSESSING, None, True)
    asked_again = ordered.ask_copy(LATER)
    assert asked_again.keep_copy(COPY, 2).copy_due, "an answer to an earlier asking may be the report as it was"
    with pytest.raises(InvalidTransition):
        asked_again.keep_copy(COPY, 2).send_pre_notice(LATER, "ops-1")
    assert asked_again.keep_copy(ANOTHER, 3).send_pre_notice(LATER, "ops-1").copy_of_report == ANOTHER


@pytest.mark.parametrize("case", [SENT, BACK, SENT.delivered(SENT_AT)], ids=["on its way", "came back", "waiting"])
def test_another_copy_after_a_notice_is_another_report(case: AdverseCase) -> None:
    had = case.model_copy(update={"copy_of_report": COPY})
    assert had.keep_copy(COPY.model_copy(update={"key": "again"})) == had
    corrected = had.keep_copy(ANOTHER)
    assert (corrected.status, corrected.pre_sent_at, corrected.wait) == (AdverseStatus.ASSESSING, None, None)
    assert corrected.noticed_at == SENT_AT, "the agent keeps the notice they have"


def test_another_copy_during_a_dispute_voids_the_wait_and_leaves_the_dispute_open() -> None:
    had = SENT.delivered(SENT_AT).disputed(LATER).model_copy(update={"copy_of_report": COPY})
    corrected = had.keep_copy(ANOTHER)
    assert (corrected.status, corrected.wait) == (AdverseStatus.DISPUTED, None)
    assert corrected.dispute_answered(LATER).status is AdverseStatus.ASSESSING
