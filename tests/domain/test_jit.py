"""First sales: one per producer and state, with the days the state leaves for filing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting.domain.appointing.jit import Alarm, FirstSale, filing_day
from econtracting.domain.appointing.state_rules import AppointmentType, Freeze, StateRule

REPORTED = datetime(2026, 10, 16, 12, tzinfo=UTC)
NEW_YEAR = (Freeze(starts="12-28", ends="01-03"),)


def rule(freeze=(), kind=AppointmentType.JUST_IN_TIME, clock_days=15):
    return StateRule(
        state="IA",
        type=kind,
        clock_days=clock_days,
        freeze=freeze,
        effective_from=date(2020, 1, 1),
        source="made up for this test",
        reviewed_on=date(2026, 11, 1),
        confidence="low",
        synthetic=True,
    )


def sale(received, freeze=(), sale_id="sale_1", **more):
    return FirstSale.reported(
        npn="17293847",
        packet_id="pkt_1",
        sale_id=sale_id,
        received_on=date.fromisoformat(received),
        rule=rule(freeze, **more),
        at=REPORTED,
    )


@pytest.mark.parametrize(
    ("received", "due"),
    [("2026-10-15", "2026-10-30"), ("2026-12-20", "2027-01-04"), ("2028-02-20", "2028-03-06")],
    ids=["plain", "over New Year", "leap year"],
)
def test_the_due_day_is_fifteen_calendar_days_after_the_insurer_received_the_sale(received, due):
    assert sale(received).due_on == date.fromisoformat(due)


def test_before_a_freeze_the_deadline_is_its_eve():
    frozen = sale("2026-12-20", NEW_YEAR)
    assert frozen.file_by == date(2026, 12, 27)
    assert frozen.deadline == date(2026, 12, 27)


def test_inside_a_freeze_only_the_day_after_it_is_left():
    frozen = sale("2026-12-20", NEW_YEAR)
    assert filing_day(rule(NEW_YEAR), frozen, date(2026, 12, 29)) == date(2027, 1, 4)


def test_outside_a_freeze_the_day_to_file_is_today():
    assert filing_day(rule(NEW_YEAR), sale("2026-12-20", NEW_YEAR), date(2026, 12, 21)) == date(2026, 12, 21)


def test_a_freeze_that_outlasts_the_clock_leaves_no_day():
    long_freeze = (Freeze(starts="12-20", ends="01-31"),)
    assert filing_day(rule(long_freeze), sale("2026-12-20", long_freeze), date(2026, 12, 20)) is None


def test_a_clock_that_ran_out_leaves_no_day():
    assert filing_day(rule(), sale("2026-10-15"), date(2026, 10, 31)) is None


@pytest.mark.parametrize(
    ("today", "alarm"),
    [
        ("2026-10-15", None),
        ("2026-10-24", None),
        ("2026-10-25", Alarm.FIVE_DAYS_LEFT),
        ("2026-10-27", Alarm.FIVE_DAYS_LEFT),
        ("2026-10-28", Alarm.TWO_DAYS_LEFT),
        ("2026-10-30", Alarm.TWO_DAYS_LEFT),
        ("2026-10-31", Alarm.CLOCK_BREACHED),
    ],
)
def test_alarms_come_with_five_and_with_two_days_left_and_when_it_is_too_late(today, alarm):
    assert sale("2026-10-15").alarm_on(date.fromisoformat(today)) is alarm


def test_alarms_count_towards_the_eve_of_a_freeze():
    assert sale("2026-12-20", NEW_YEAR).alarm_on(date(2026, 12, 25)) is Alarm.TWO_DAYS_LEFT


def test_a_sale_fourteen_days_ago_leaves_one_day_and_an_alarm():
    late = sale("2026-10-15")
    assert filing_day(rule(), late, date(2026, 10, 29)) == date(2026, 10, 29)
    assert late.alarm_on(date(2026, 10, 29)) is Alarm.TWO_DAYS_LEFT


def test_a_state_without_a_clock_has_neither_due_day_nor_alarm():
    up_front = sale("2026-10-15", kind=AppointmentType.UP_FRONT, clock_days=None)
    assert (up_front.due_on, up_front.alarm_on(date(2027, 10, 15))) == (None, None)
    assert filing_day(rule(), up_front, date(2026, 12, 1)) == date(2026, 12, 1)


def test_an_alarm_is_raised_once():
    raised = sale("2026-10-15").with_alarm(Alarm.TWO_DAYS_LEFT)
    assert raised.with_alarm(Alarm.TWO_DAYS_LEFT) is raised


def test_a_later_sale_changes_nothing():
    first = sale("2026-10-15")
    assert first.joined_by(sale("2026-10-20", sale_id="sale_2")) is first


def test_the_same_sale_reported_again_changes_nothing():
    first = sale("2026-10-15")
    assert first.joined_by(sale("2026-10-15")) is first


def test_an_earlier_sale_reported_later_moves_the_clock_and_keeps_the_alarms():
    first = sale("2026-10-15").with_alarm(Alarm.FIVE_DAYS_LEFT)
    joined = first.joined_by(sale("2026-10-12", sale_id="sale_0"))
    assert (joined.sale_id, joined.due_on, joined.alarms) == ("sale_0", date(2026, 10, 27), (Alarm.FIVE_DAYS_LEFT,))


@given(st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), min_size=1, max_size=6), st.randoms())
def test_whatever_the_order_of_reports_the_earliest_day_counts(days, random):
    reports = [sale(day.isoformat(), sale_id=f"sale_{number}") for number, day in enumerate(days)]
    random.shuffle(reports)
    first, *others = reports
    for other in others:
        first = first.joined_by(other)
    assert first.received_on == min(days)
    assert first.due_on == min(days) + timedelta(days=15)
