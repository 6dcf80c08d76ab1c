"""The adverse case: people decide, in order, and the clock gives the agent the time the law does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting.domain.days import recipients_day
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.screening.adverse import MOVES, AdverseCase, AdverseStatus, LocalRule, Wait

OPENED = datetime(2026, 3, 1, 15, tzinfo=UTC)
OFFICER = "staff-17"

CASE = AdverseCase(packet_id="pkt_1", attempt=1, report_id="rep_1", state="TN", opened_at=OPENED)
SENT = CASE.send_pre_notice(OPENED, OFFICER)
AFTER_THE_CLOCK = datetime(2026, 3, 10, 11, tzinfo=UTC)  # midnight of 10 March where days end last


def day(text):
    return date.fromisoformat(text)


def noon(text):
    return datetime.fromisoformat(f"{text}T18:00:00Z")


WAITING = SENT.delivered(noon("2026-03-02"))


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
    waiting = waiting.send_pre_notice(OPENED, OFFICER).delivered(noon("2026-03-02"))
    assert waiting.wait.last_day == day("2026-03-16")


def test_a_shorter_local_rule_shortens_nothing():
    waiting = CASE.model_copy(update={"local_rule": LocalRule(business_days=3)})
    assert waiting.send_pre_notice(OPENED, OFFICER).delivered(noon("2026-03-02")).wait == WAITING.wait


def test_the_final_notice_is_possible_once_the_next_day_has_begun_everywhere():
    assert WAITING.final_from() == AFTER_THE_CLOCK
    assert not WAITING.final_ready(AFTER_THE_CLOCK - timedelta(seconds=1))
    assert WAITING.final_ready(AFTER_THE_CLOCK)


@pytest.mark.parametrize(
    ("state", "at", "on"),
    [
        ("TN", "2026-03-02T23:59:00Z", "2026-03-02"),
        ("TN", "2026-03-03T04:00:00Z", "2026-03-03"),
        ("GU", "2026-03-02T13:59:00Z", "2026-03-02"),
        ("GU", "2026-03-02T14:00:00Z", "2026-03-03"),
    ],
    ids=["evening in Tennessee", "late evening counts as the next day", "before midnight on Guam", "midnight on Guam"],
)
def test_a_delivery_never_counts_for_an_earlier_day_than_the_recipients(state, at, on):
    assert recipients_day(datetime.fromisoformat(at), state) == day(on)


def test_a_story_may_be_played_faster_than_it_happens():
    second = timedelta(seconds=1)
    opens = WAITING.final_from(second)
    assert timedelta(seconds=7) < opens - noon("2026-03-02") < timedelta(seconds=9)
    assert WAITING.send_final_notice(opens, OFFICER, second).over


def test_a_final_notice_before_its_time_is_refused_and_says_from_when():
    with pytest.raises(InvalidTransition) as refusal:
        WAITING.send_final_notice(AFTER_THE_CLOCK - timedelta(seconds=1), OFFICER)
    assert refusal.value.facts["possible_from"] == "2026-03-10T11:00:00.000Z"


def test_after_the_clock_a_person_may_decide_against_the_agent():
    final = WAITING.send_final_notice(AFTER_THE_CLOCK, OFFICER)
    assert (final.status, final.decided_by, final.over) == (AdverseStatus.FINAL_SENT, OFFICER, True)


def test_time_alone_decides_nothing():
    assert WAITING.final_ready(AFTER_THE_CLOCK + timedelta(days=400))
    assert not WAITING.over


def test_the_agent_may_be_released_while_waiting():
    assert WAITING.release(OPENED, OFFICER).status is AdverseStatus.CANCELED


def test_without_a_delivered_notice_no_clock_runs():
    assert SENT.final_from() is None
    with pytest.raises(InvalidTransition):
        SENT.send_final_notice(AFTER_THE_CLOCK, OFFICER)


def test_a_bounced_notice_goes_by_post_and_waits_from_presumed_delivery():
    posted = SENT.bounced().delivered(noon("2026-03-09"))
    assert posted.wait.last_day == day("2026-03-16")


def test_a_second_delivery_receipt_does_not_restart_the_clock():
    assert WAITING.delivered(noon("2026-03-05")) == WAITING


def test_a_dispute_stops_the_clock_and_its_answer_resumes_the_rest():
    # waited: Tue 3 and Wed 4 March; left: 3 business days, 5 calendar days
    stopped = WAITING.disputed(noon("2026-03-05"))
    assert (stopped.wait.business_days, stopped.wait.calendar_days) == (3, 5)
    assert not stopped.final_ready(AFTER_THE_CLOCK)
    assert stopped.dispute_answered(noon("2026-03-26")).wait.last_day == day("2026-03-31")


def test_a_dispute_on_the_day_of_delivery_has_used_nothing_up():
    assert WAITING.disputed(noon("2026-03-02")).wait == WAITING.wait


def test_a_dispute_after_the_wait_still_holds_the_decision():
    late = WAITING.disputed(noon("2026-03-20"))
    with pytest.raises(InvalidTransition):
        late.send_final_notice(noon("2026-03-21"), OFFICER)
    assert late.dispute_answered(noon("2026-03-25")).wait.last_day == day("2026-03-25")


def test_a_dispute_before_delivery_returns_to_where_it_was():
    assert SENT.disputed(noon("2026-03-02")).dispute_answered(noon("2026-03-20")).status is AdverseStatus.PRE_SENT


def test_a_corrected_report_is_weighed_anew_and_restarts_the_wait():
    anew = WAITING.disputed(noon("2026-03-05")).report_corrected()
    assert (anew.status, anew.wait, anew.pre_sent_at) == (AdverseStatus.ASSESSING, None, None)
    again = anew.send_pre_notice(OPENED, OFFICER).delivered(noon("2026-03-26"))
    assert again.wait.last_day == day("2026-04-02")


def test_where_new_york_asks_for_a_worksheet_no_refusal_goes_without():
    in_new_york = WAITING.model_copy(update={"worksheet_needed": True})
    with pytest.raises(InvalidTransition):
        in_new_york.send_final_notice(AFTER_THE_CLOCK, OFFICER)
    with_worksheet = in_new_york.model_copy(update={"worksheet_sha256": "0" * 64})
    assert with_worksheet.send_final_notice(AFTER_THE_CLOCK, OFFICER).over


def test_every_status_has_its_row():
    assert set(MOVES) == set(AdverseStatus)


@pytest.mark.parametrize("ended", [WAITING.release(OPENED, OFFICER), CASE.release(OPENED, OFFICER)])
def test_what_is_over_stays_over(ended):
    with pytest.raises(InvalidTransition):
        ended.send_pre_notice(OPENED, OFFICER)


def test_an_assessed_report_needs_its_pre_adverse_notice_before_the_final_one():
    with pytest.raises(InvalidTransition):
        CASE.send_final_notice(AFTER_THE_CLOCK, OFFICER)


days = st.dates(date(2024, 1, 1), date(2040, 12, 31))


@given(days, st.integers(0, 30), st.integers(0, 60))
def test_a_dispute_never_shortens_the_wait(delivered, until_dispute, until_answer):
    wait = Wait(since=delivered)
    stopped_on = delivered + timedelta(days=until_dispute)
    answered_on = stopped_on + timedelta(days=until_answer)
    assert wait.on_hold(stopped_on).resumed(answered_on).last_day >= min(wait.last_day, answered_on)
    if stopped_on <= wait.last_day:
        assert wait.on_hold(stopped_on).resumed(answered_on).last_day >= wait.last_day


def test_a_report_can_be_disputed_before_any_notice_and_is_weighed_again_afterwards():
    disputed = CASE.disputed(OPENED)
    assert disputed.status is AdverseStatus.DISPUTED
    assert disputed.dispute_answered(noon("2026-03-02")).status is AdverseStatus.ASSESSING


def test_a_notice_that_arrives_while_the_report_is_disputed_keeps_the_whole_wait_for_later():
    arrived = SENT.disputed(OPENED).delivered(noon("2026-03-02"))
    assert arrived.status is AdverseStatus.DISPUTED
    resumed = arrived.dispute_answered(noon("2026-04-01"))
    assert resumed.status is AdverseStatus.WAITING
    assert resumed.wait.last_day == Wait(since=day("2026-04-01")).last_day
