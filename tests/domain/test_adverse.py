"""The adverse case: people decide, in order, and the clock gives the agent the time the law does."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting.domain.adverse import MOVES, AdverseCase, AdverseStatus, LocalRule, Wait
from econtracting.domain.errors import InvalidTransition

CENTRAL = timezone(timedelta(hours=-6))
OPENED = datetime(2026, 3, 1, 15, tzinfo=UTC)
OFFICER = "staff-17"

CASE = AdverseCase(packet_id="pkt_1", attempt=1, report_id="rep_1", opened_at=OPENED)
SENT = CASE.send_pre_notice(OPENED, OFFICER)
WAITING = SENT.delivered(date(2026, 3, 2))
AFTER_THE_CLOCK = datetime(2026, 3, 10, tzinfo=CENTRAL)


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("delivered", "last"),
    [
        ("2026-03-02", "2026-03-09"),
        ("2026-11-24", "2026-12-02"),
        ("2026-12-23", "2026-12-31"),
        ("2026-06-29", "2026-07-07"),
        ("2027-12-29", "2028-01-06"),
    ],
    ids=["plain", "Thanksgiving", "Christmas", "4 July", "New Year"],
)
def test_the_last_day_of_waiting_is_the_later_of_both_counts(delivered, last):
    assert Wait(since=day(delivered)).last_day == day(last)


def test_a_longer_local_rule_decides():
    waiting = CASE.model_copy(update={"local_rule": LocalRule(calendar_days=14)})
    waiting = waiting.send_pre_notice(OPENED, OFFICER).delivered(day("2026-03-02"))
    assert waiting.wait.last_day == day("2026-03-16")


def test_a_shorter_local_rule_shortens_nothing():
    waiting = CASE.model_copy(update={"local_rule": LocalRule(business_days=3)})
    assert waiting.send_pre_notice(OPENED, OFFICER).delivered(day("2026-03-02")).wait == WAITING.wait


def test_the_final_notice_is_possible_from_the_start_of_the_next_day_where_the_agent_lives():
    assert WAITING.final_from(CENTRAL) == datetime(2026, 3, 10, 6, tzinfo=UTC)
    assert not WAITING.final_ready(AFTER_THE_CLOCK - timedelta(seconds=1), CENTRAL)
    assert WAITING.final_ready(AFTER_THE_CLOCK, CENTRAL)


def test_a_final_notice_before_its_time_is_refused_and_says_from_when():
    with pytest.raises(InvalidTransition) as refusal:
        WAITING.send_final_notice(AFTER_THE_CLOCK - timedelta(seconds=1), CENTRAL, OFFICER)
    assert refusal.value.facts["possible_from"] == "2026-03-10T00:00:00-06:00"


def test_after_the_clock_a_person_may_decide_against_the_agent():
    final = WAITING.send_final_notice(AFTER_THE_CLOCK, CENTRAL, OFFICER)
    assert (final.status, final.decided_by, final.over) == (AdverseStatus.FINAL_SENT, OFFICER, True)


def test_time_alone_decides_nothing():
    assert WAITING.final_ready(AFTER_THE_CLOCK + timedelta(days=400), CENTRAL)
    assert not WAITING.over


def test_the_agent_may_be_released_while_waiting():
    assert WAITING.release(OPENED, OFFICER).status is AdverseStatus.CANCELED


def test_without_a_delivered_notice_no_clock_runs():
    assert SENT.final_from(CENTRAL) is None
    with pytest.raises(InvalidTransition):
        SENT.send_final_notice(AFTER_THE_CLOCK, CENTRAL, OFFICER)


def test_a_bounced_notice_goes_by_post_and_waits_from_presumed_delivery():
    posted = SENT.bounced().delivered(day("2026-03-09"))
    assert posted.wait.last_day == day("2026-03-16")


def test_a_second_delivery_receipt_does_not_restart_the_clock():
    assert WAITING.delivered(day("2026-03-05")) == WAITING


def test_a_dispute_stops_the_clock_and_its_answer_resumes_the_rest():
    # waited: Tue 3 and Wed 4 March; left: 3 business days, 5 calendar days
    stopped = WAITING.disputed(day("2026-03-05"))
    assert (stopped.wait.business_days, stopped.wait.calendar_days) == (3, 5)
    assert not stopped.final_ready(AFTER_THE_CLOCK, CENTRAL)
    assert stopped.dispute_answered(day("2026-03-26")).wait.last_day == day("2026-03-31")


def test_a_dispute_on_the_day_of_delivery_has_used_nothing_up():
    assert WAITING.disputed(day("2026-03-02")).wait == WAITING.wait


def test_a_dispute_after_the_wait_still_holds_the_decision():
    late = WAITING.disputed(day("2026-03-20"))
    with pytest.raises(InvalidTransition):
        late.send_final_notice(datetime(2026, 3, 21, tzinfo=CENTRAL), CENTRAL, OFFICER)
    assert late.dispute_answered(day("2026-03-25")).wait.last_day == day("2026-03-25")


def test_a_dispute_before_delivery_returns_to_where_it_was():
    assert SENT.disputed(day("2026-03-02")).dispute_answered(day("2026-03-20")).status is AdverseStatus.PRE_SENT


def test_a_corrected_report_is_weighed_anew_and_restarts_the_wait():
    anew = WAITING.disputed(day("2026-03-05")).report_corrected()
    assert (anew.status, anew.wait, anew.pre_sent_at) == (AdverseStatus.ASSESSING, None, None)
    again = anew.send_pre_notice(OPENED, OFFICER).delivered(day("2026-03-26"))
    assert again.wait.last_day == day("2026-04-02")


def test_where_new_york_asks_for_a_worksheet_no_refusal_goes_without():
    in_new_york = WAITING.model_copy(update={"worksheet_needed": True})
    with pytest.raises(InvalidTransition):
        in_new_york.send_final_notice(AFTER_THE_CLOCK, CENTRAL, OFFICER)
    with_worksheet = in_new_york.model_copy(update={"worksheet_sha256": "0" * 64})
    assert with_worksheet.send_final_notice(AFTER_THE_CLOCK, CENTRAL, OFFICER).over


def test_every_status_has_its_row():
    assert set(MOVES) == set(AdverseStatus)


@pytest.mark.parametrize("ended", [WAITING.release(OPENED, OFFICER), CASE.release(OPENED, OFFICER)])
def test_what_is_over_stays_over(ended):
    with pytest.raises(InvalidTransition):
        ended.send_pre_notice(OPENED, OFFICER)


def test_an_assessed_report_needs_its_pre_adverse_notice_before_the_final_one():
    with pytest.raises(InvalidTransition):
        CASE.send_final_notice(AFTER_THE_CLOCK, CENTRAL, OFFICER)


days = st.dates(date(2024, 1, 1), date(2040, 12, 31))


@given(days, st.integers(0, 30), st.integers(0, 60))
def test_a_dispute_never_shortens_the_wait(delivered, until_dispute, until_answer):
    wait = Wait(since=delivered)
    stopped_on = delivered + timedelta(days=until_dispute)
    answered_on = stopped_on + timedelta(days=until_answer)
    assert wait.on_hold(stopped_on).resumed(answered_on).last_day >= min(wait.last_day, answered_on)
    if stopped_on <= wait.last_day:
        assert wait.on_hold(stopped_on).resumed(answered_on).last_day >= wait.last_day
