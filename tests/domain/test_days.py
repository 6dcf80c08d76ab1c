"""Days and zones: which day an instant falls on, for the carrier, a state and a signer."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from econtracting.domain import days
from econtracting.domain.appointing.appointments import License, Line
from econtracting.domain.days import Here
from econtracting.domain.fields.us import STATES
from tests.support.deployed import ROOT

pytestmark = pytest.mark.brings("D4")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    return date.fromisoformat(text)


# Both sides of midnight: the last minute of November 27, and the first of the 28th.
MIDNIGHTS = [
    ("GU", "2026-11-27T13:59:59Z", "2026-11-27T14:00:00Z"),
    ("MP", "2026-11-27T13:59:59Z", "2026-11-27T14:00:00Z"),
    ("PR", "2026-11-28T03:59:59Z", "2026-11-28T04:00:00Z"),
    ("VI", "2026-11-28T03:59:59Z", "2026-11-28T04:00:00Z"),
    ("NY", "2026-11-28T04:59:59Z", "2026-11-28T05:00:00Z"),
    ("KY", "2026-11-28T04:59:59Z", "2026-11-28T05:00:00Z"),
    ("FL", "2026-11-28T04:59:59Z", "2026-11-28T05:00:00Z"),
    ("IN", "2026-11-28T04:59:59Z", "2026-11-28T05:00:00Z"),
    ("MI", "2026-11-28T04:59:59Z", "2026-11-28T05:00:00Z"),
    ("TN", "2026-11-28T05:59:59Z", "2026-11-28T06:00:00Z"),
    ("KS", "2026-11-28T05:59:59Z", "2026-11-28T06:00:00Z"),
    ("NE", "2026-11-28T05:59:59Z", "2026-11-28T06:00:00Z"),
    ("ND", "2026-11-28T05:59:59Z", "2026-11-28T06:00:00Z"),
    ("SD", "2026-11-28T05:59:59Z", "2026-11-28T06:00:00Z"),
    ("TX", "2026-11-28T05:59:59Z", "2026-11-28T06:00:00Z"),
    ("AZ", "2026-11-28T06:59:59Z", "2026-11-28T07:00:00Z"),
    ("ID", "2026-11-28T06:59:59Z", "2026-11-28T07:00:00Z"),
    ("OR", "2026-11-28T07:59:59Z", "2026-11-28T08:00:00Z"),
    ("NV", "2026-11-28T07:59:59Z", "2026-11-28T08:00:00Z"),
    ("AK", "2026-11-28T08:59:59Z", "2026-11-28T09:00:00Z"),
    ("HI", "2026-11-28T09:59:59Z", "2026-11-28T10:00:00Z"),
    ("AS", "2026-11-28T10:59:59Z", "2026-11-28T11:00:00Z"),
]


@pytest.mark.parametrize(("state", "last", "first"), MIDNIGHTS)
def test_a_states_day_turns_at_its_own_midnight(state: str, last: str, first: str) -> None:
    assert (days.states_day(at(last), state), days.states_day(at(first), state)) == (
        day("2026-11-27"),
        day("2026-11-28"),
    )
    assert days.day_begins(day("2026-11-28"), days.states_zone(state)) == at(first)


def test_one_moment_has_up_to_three_days() -> None:
    """From 10:00 to 11:00 UTC American Samoa, Hawaii and Guam are on two days, and far-off zones on a third."""
    moment = at("2026-11-28T10:30:00Z")
    assert [str(days.states_day(moment, state)) for state in ("AS", "HI", "NY", "GU")] == [
        "2026-11-27",
        "2026-11-28",
        "2026-11-28",
        "2026-11-28",
    ]
    assert days.day_in(moment, ZoneInfo("Pacific/Kiritimati")) == day("2026-11-29")


@pytest.mark.parametrize(
    ("state", "on", "begins", "hours"),
    [
        ("NY", "2026-03-08", "2026-03-08T05:00:00Z", 23),
        ("NY", "2026-11-01", "2026-11-01T04:00:00Z", 25),
        ("TN", "2026-03-08", "2026-03-08T06:00:00Z", 23),
        ("TN", "2026-11-01", "2026-11-01T05:00:00Z", 25),
        ("AZ", "2026-03-08", "2026-03-08T07:00:00Z", 24),
        ("AZ", "2026-11-01", "2026-11-01T07:00:00Z", 24),
        ("HI", "2026-03-08", "2026-03-08T10:00:00Z", 24),
        ("PR", "2026-11-01", "2026-11-01T04:00:00Z", 24),
        ("GU", "2026-03-08", "2026-03-07T14:00:00Z", 24),
        ("AS", "2026-11-01", "2026-11-01T11:00:00Z", 24),
    ],
)
def test_a_day_on_which_the_clock_changes_is_shorter_or_longer(state: str, on: str, begins: str, hours: int) -> None:
    zone = days.states_zone(state)
    assert days.day_begins(day(on), zone) == at(begins)
    assert days.day_ended(day(on), zone) - days.day_begins(day(on), zone) == timedelta(hours=hours)
    assert days.day_in(days.day_ended(day(on), zone) - timedelta(seconds=1), zone) == day(on)


@pytest.mark.brings("D3")
@pytest.mark.parametrize(
    ("state", "last_moment"),
    [
        ("KY", "2026-12-01T04:59:59Z"),
        ("TN", "2026-12-01T05:59:59Z"),
        ("HI", "2026-12-01T09:59:59Z"),
        ("GU", "2026-11-30T13:59:59Z"),
        ("AS", "2026-12-01T10:59:59Z"),
        ("PR", "2026-12-01T03:59:59Z"),
        ("AZ", "2026-12-01T06:59:59Z"),
    ],
)
def test_a_license_is_good_through_its_last_day_where_the_state_is(state: str, last_moment: str) -> None:
    license = License(
        state=state,
        number="1",
        residency="R",
        license_class="PRODUCER",
        status="VALID",
        active=True,
        expires_on=day("2026-11-30"),
        lines=(Line(code="16", name="Health", active=True),),
    )
    last = at(last_moment)
    assert license.defects("16", days.states_day(last, state)) == ()
    assert license.defects("16", days.states_day(last + timedelta(seconds=1), state)) == ("LICENSE_EXPIRED",)


def test_every_state_has_its_zone_and_no_other_place_has() -> None:
    assert set(days.ZONES) == set(STATES)
    told = json.loads((Path(days.__file__).parent / "zones.json").read_text())
    assert {"source", "reviewed_on", "synthetic"} <= set(told)


def test_the_zones_load_without_the_systems_own_zone_files() -> None:
    """Neither Lambda's runtime nor a container need have any: the package that the functions bring along is enough."""
    script = "from econtracting.domain import days; days.zone('America/Chicago'); print(len(days.ZONES))"
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONTZPATH": "/nowhere", "PYTHONPATH": str(ROOT / "functions")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stdout.strip() == "56"
    assert "tzdata==" in (ROOT / "functions" / "requirements.in").read_text()


@pytest.mark.brings("D1")
@pytest.mark.parametrize(
    ("told", "state", "zone", "offset"),
    [
        ("America/Chicago", "TN", "America/Chicago", "-06:00"),
        ("America/New_York", "TN", "America/New_York", "-05:00"),  # Knoxville
        ("US/Eastern", "TN", "America/New_York", "-05:00"),  # an old name of the same clock
        ("Asia/Tokyo", "TN", "America/Chicago", "-06:00"),  # traveling: the residence counts
        (None, "TN", "America/Chicago", "-06:00"),
        ("Nowhere/At_All", "TN", "America/Chicago", "-06:00"),
        ("../../etc/passwd", "TN", "America/Chicago", "-06:00"),
        ("America", "TN", "America/Chicago", "-06:00"),  # a folder of the database
        ("\x00", "TN", "America/Chicago", "-06:00"),
        ("x" * 5000, "TN", "America/Chicago", "-06:00"),
        ("Pacific/Honolulu", "HI", "Pacific/Honolulu", "-10:00"),
        ("Pacific/Guam", "GU", "Pacific/Guam", "+10:00"),
        ("Pacific/Pago_Pago", "AS", "Pacific/Pago_Pago", "-11:00"),
        ("America/Denver", "AZ", "America/Denver", "-07:00"),  # the Navajo Nation
        ("America/Edmonton", "AZ", "America/Phoenix", "-07:00"),  # in winter the clocks agree
        ("Pacific/Guam", None, "Pacific/Guam", "+10:00"),
        ("Asia/Tokyo", None, "UTC", "+00:00"),
        (None, None, "UTC", "+00:00"),
        ("America/Chicago", "ZZ", "America/Chicago", "-06:00"),
    ],
)
def test_the_browsers_zone_counts_where_it_agrees_with_the_residence(
    told: str | None, state: str | None, zone: str, offset: str
) -> None:
    assert days.here(told, state, at("2026-11-28T01:54:00Z")) == Here(zone=zone, offset=offset)


def test_the_navajo_nation_keeps_summer_time_and_phoenix_does_not() -> None:
    summer = at("2026-07-01T06:30:00Z")
    assert days.here("America/Denver", "AZ", summer) == Here(zone="America/Denver", offset="-06:00")
    assert days.here("America/Phoenix", "AZ", summer) == Here(zone="America/Phoenix", offset="-07:00")


@pytest.mark.brings("D1")
def test_an_act_keeps_its_day_by_the_offset_it_was_done_under() -> None:
    evening = at("2026-11-28T01:54:00Z")
    assert days.acts_day(evening, days.here("America/Chicago", "TN", evening)) == day("2026-11-27")
    assert days.acts_day(evening, Here(zone="A/Zone_Since_Abolished", offset="-06:00")) == day("2026-11-27")
    assert days.acts_day(evening, None) == day("2026-11-28")  # as earlier releases showed it
    assert days.local(evening, None) == evening.astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "state", "shown"),
    [
        ("2026-11-28T01:54:00Z", "TN", "7:54 p.m. CST on Friday, November 27, 2026"),
        ("2026-07-01T16:00:00Z", "TN", "11:00 a.m. CDT on Wednesday, July 1, 2026"),
        ("2026-11-28T10:00:00Z", "HI", "12:00 a.m. HST on Saturday, November 28, 2026"),
        ("2026-11-28T02:05:00Z", "GU", "12:05 p.m. ChST on Saturday, November 28, 2026"),
        ("2026-11-28T02:05:00Z", "AS", "3:05 p.m. SST on Friday, November 27, 2026"),
    ],
)
def test_letters_write_a_time_with_its_zone(moment: str, state: str, shown: str) -> None:
    assert days.moment_shown(at(moment), days.states_zone(state)) == shown
