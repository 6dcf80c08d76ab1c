"""Days. An instant falls on a day only somewhere; this module says where, and no other takes the date of an instant.

* The carrier's day counts sales, clocks, letters, and until when an invitation lives: that of its own zone, a setting.
* A state's day counts when a license ends, when something is filed there, from when an appointment is in force: that of
  the zone which `zones.json` names for the state, also where it has two.
* The signer's day is that of the place where the agent acts. What the browser says is believed as far as it agrees with
  a zone of the state where the agent lives; else that state's own zone counts. It is written down with its offset, so
  that screen, paper, certificate and mail show one day for one act, whatever a zone's rules become. What was written
  before places were recorded showed UTC, and is read so.

Instants stay UTC. Zones are those of the IANA database; the ones that `zones.json` names load at start, so that a
missing one stops a function before it says anything untrue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from econtracting.domain.record import Record
from econtracting.domain.words import Words, words

DAY = timedelta(days=1)
_AHEAD_OF_UTC = frozenset({"GU", "MP"})


def zone(name: str) -> ZoneInfo:
    """A zone by its name in the IANA database. Raises ZoneInfoNotFoundError, ValueError for what cannot be a name."""
    return ZoneInfo(name)


def _zones_of_states() -> dict[str, tuple[ZoneInfo, ...]]:
    told = json.loads(Path(__file__).with_name("zones.json").read_text(encoding="utf-8"))
    return {state: tuple(map(zone, names)) for state, names in told["zones"].items()}


ZONES: Mapping[str, tuple[ZoneInfo, ...]] = _zones_of_states()  # the first is the one that a state's days count by


class Here(Record):
    """Where an act took place: the zone, and how far its clocks were from UTC then, as `-06:00`."""

    zone: str
    offset: str

    def told(self) -> dict[str, str]:
        """As an event of the trail tells it."""
        return {"zone": self.zone, "offset": self.offset}

    def local(self, at: datetime) -> datetime:
        """The moment as the clocks there showed it."""
        return at.astimezone(datetime.strptime(self.offset, "%z").tzinfo)


def local(at: datetime, here: Here | None) -> datetime:
    """A moment as it was shown where it happened; in UTC, as earlier releases showed it, where no place is recorded."""
    return at.astimezone(UTC) if here is None else here.local(at)


def acts_day(at: datetime, here: Here | None) -> date:
    """The day of an act for the person who acted."""
    return local(at, here).date()


def zone_of(here: Here) -> tzinfo:
    """The zone of a place; UTC where it is not known better."""
    return UTC if here.zone == "UTC" else zone(here.zone)


def at_zone(at: datetime, name: str) -> datetime:
    """A moment as the clocks of a zone show it."""
    return at.astimezone(UTC if name == "UTC" else zone(name))


def day_in(at: datetime, where: tzinfo) -> date:
    """The day that a moment falls on somewhere."""
    return at.astimezone(where).date()


def day_begins(day: date, where: tzinfo) -> datetime:
    """The moment at which a day begins somewhere, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC)


def day_ended(day: date, where: tzinfo) -> datetime:
    """The moment at which a day is over somewhere, in UTC; with a change of the clock that is 23 or 25 hours on."""
    return day_begins(day + DAY, where)


def states_zone(state: str) -> ZoneInfo:
    """The zone that a state's days are counted by. Raises KeyError for what is no state."""
    return ZONES[state][0]


def states_day(at: datetime, state: str) -> date:
    """The day that a moment falls on for a state. Raises KeyError for what is no state."""
    return day_in(at, states_zone(state))


def posting_day(at: datetime, state: str) -> date:
    """The day of a moment where someone living in a state reads the calendar; that of UTC where the state is not known.

    For what is said of a day that has come: neither an earlier one nor a later one, unlike `recipients_day`.
    """
    return day_in(at, states_zone(state) if state in ZONES else UTC)


def recipients_day(at: datetime, state: str) -> date:
    """The day a moment falls on for someone living in a state, or the day after: never an earlier one.

    For waits that the law sets a minimum to: a day begins to count where it ends last.
    """
    return day_in(at, states_zone(state) if state in _AHEAD_OF_UTC else UTC)


def here(told: str | None, state: str | None, at: datetime) -> Here:
    """Where an agent acts, who lives in a state and whose browser told a zone.

    Zones have many names, so they are compared by their clocks: of the state's zones the one counts that shows the same
    time at that moment, else the first. While no state is known any zone of the United States may be told, else UTC
    counts.
    """
    browser = _told(told)
    possible = ZONES.get(state or "") or tuple(one for zones in ZONES.values() for one in zones)
    agreeing = [one for one in possible if browser is not None and _agree(one, browser, at)]
    if not agreeing:
        return _at(at, possible[0]) if state in ZONES else Here(zone="UTC", offset="+00:00")
    return _at(at, next((one for one in agreeing if one == browser), agreeing[0]))


def _told(name: str | None) -> ZoneInfo | None:
    try:
        return zone(name) if name else None
    except (OSError, LookupError, ValueError):
        return None


def _agree(one: ZoneInfo, other: ZoneInfo, at: datetime) -> bool:
    return at.astimezone(one).utcoffset() == at.astimezone(other).utcoffset()


def _at(at: datetime, where: ZoneInfo) -> Here:
    return Here(zone=where.key, offset=f"{at.astimezone(where):%:z}")


_WEEKDAYS = (
    words("Monday"),
    words("Tuesday"),
    words("Wednesday"),
    words("Thursday"),
    words("Friday"),
    words("Saturday"),
    words("Sunday"),
)
_MONTHS = (
    words("January"),
    words("February"),
    words("March"),
    words("April"),
    words("May"),
    words("June"),
    words("July"),
    words("August"),
    words("September"),
    words("October"),
    words("November"),
    words("December"),
)


def day_shown(day: date) -> Words:
    """A day as letters write it: Friday, November 27, 2026."""
    weekday, month = _WEEKDAYS[day.weekday()], _MONTHS[day.month - 1]
    return words("{weekday}, {month} {day}, {year}", weekday=weekday, month=month, day=day.day, year=day.year)


def moment_shown(at: datetime, where: tzinfo) -> Words:
    """A moment as letters write it, with its zone: 7:54 p.m. CST on Friday, November 27, 2026."""
    then = at.astimezone(where)
    half = words("a.m.") if then.hour < 12 else words("p.m.")
    return words(
        "{clock} {half} {zone} on {day}",
        clock=f"{then.hour % 12 or 12}:{then:%M}",
        half=half,
        zone=then.tzname(),
        day=day_shown(then.date()),
    )


def day_marked(at: datetime) -> str:
    """The day of a local time as papers mark it: 11-27-2026."""
    return f"{at:%m-%d-%Y}"


def moment_marked(at: datetime) -> str:
    """A local time as marks on papers tell it: 2026-11-27 19:54:12 UTC-06:00."""
    return f"{at:%Y-%m-%d %H:%M:%S %Z}"


def minute_shown(at: datetime) -> str:
    """A moment for those who run the product, who work by one clock: 2026-11-28 01:54 UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
