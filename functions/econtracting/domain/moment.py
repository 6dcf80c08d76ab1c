"""Points in time: aware, UTC, written in one fixed-width form, so that they sort as text wherever they are stored.

What comes from outside is read by its text alone: a number, or a text that holds one, is neither a day nor a moment.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer
from pydantic_core import PydanticCustomError


def iso(moment: datetime) -> str:
    """ISO 8601 with milliseconds and Z. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def compact(moment: datetime) -> str:
    """The same as a part of a name: 20261128T015400123Z."""
    return re.sub("[-:.]", "", iso(moment))


def _exact(moment: datetime) -> datetime:
    """To the millisecond, so that a value reads back as it was written."""
    return datetime.fromisoformat(iso(moment))


Moment = Annotated[datetime, AfterValidator(_exact), PlainSerializer(iso, when_used="json")]


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TOLD = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})"
)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def _day(raw: Any) -> date:
    told = raw.isoformat() if type(raw) is date else raw
    try:
        if (
            isinstance(told, str)
            and _DAY.fullmatch(told)
            and FIRST_DAY <= (day := date.fromisoformat(told)) <= LAST_DAY
        ):
            return day
    except ValueError:
        pass
    raise PydanticCustomError("day", "Write a day as YYYY-MM-DD, with a year from 1900 to 2199.")


def _told(raw: Any) -> datetime:
    try:
        if (
            isinstance(raw, str)
            and _TOLD.fullmatch(raw)
            and FIRST_DAY.year <= (at := datetime.fromisoformat(raw)).year <= LAST_DAY.year
        ):
            return _exact(at)
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError(
        "moment", "Write a time as YYYY-MM-DDThh:mm:ss with its zone, as Z or -06:00, with a year from 1900 to 2199."
    )


# A day of the calendar as others tell it: exactly YYYY-MM-DD, of this era.
Day = Annotated[date, BeforeValidator(_day)]
# A point in time as others tell it: RFC 3339, with its T and its zone.
ToldMoment = Annotated[datetime, BeforeValidator(_told), PlainSerializer(iso, when_used="json")]
