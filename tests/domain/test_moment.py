"""Days and moments as others tell them: by their text alone."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from econtracting.domain.moment import Day, ToldMoment, compact

pytestmark = pytest.mark.brings("N12")
DAY, MOMENT = TypeAdapter(Day), TypeAdapter(ToldMoment)
NEITHER: list[Any] = [
    0,
    1796083200,
    1796083200.5,
    "0",
    "1796083200",
    "",
    " ",
    True,
    None,
    [],
    "today",
    "2026-W48-6",
    "2026-332",
    "20261128",
    "11/28/2026",
    "2026-11-28 ",
    "2026-11-28\n",
    "\u0662\u0660\u0662\u0666-11-28",
    "2026-02-29",
    "2026-13-01",
    "0001-01-01",
    "1899-12-31",
    "2200-01-01",
    "9999-12-31",
]


@pytest.mark.parametrize(
    "told", [*NEITHER, "2026-11-28T00:00:00Z", "2026-11-28T00:00:00", datetime(2026, 11, 28, tzinfo=UTC)]
)
def test_what_is_not_exactly_a_day_is_none(told: Any) -> None:
    with pytest.raises(ValidationError, match="YYYY-MM-DD, with a year from 1900 to 2199"):
        DAY.validate_python(told)


@pytest.mark.parametrize(
    "told",
    [
        *NEITHER,
        "2026-11-28",
        "2026-11-28T01:54:00",
        "2026-11-28 01:54:00Z",
        "2026-11-28T25:00:00Z",
        "2026-11-28T01:54:00 -06:00",
        "2026-11-28T01:54:00[America/Chicago]",
        "2200-01-01T00:00:00Z",
        "1899-12-31T00:00:00Z",
        "1796083200Z",
    ],
)
def test_what_has_no_time_or_no_zone_is_no_moment(told: Any) -> None:
    with pytest.raises(ValidationError, match="with its zone"):
        MOMENT.validate_python(told)


@pytest.mark.parametrize("told", ["1900-01-01", "2024-02-29", "2026-11-28", "2199-12-31"])
def test_a_day_is_read_as_it_is_written(told: str) -> None:
    assert DAY.validate_python(told) == date.fromisoformat(told)
    assert DAY.dump_json(DAY.validate_python(told)) == f'"{told}"'.encode()


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-11-27T19:54:00-06:00", datetime(2026, 11, 28, 1, 54, tzinfo=UTC)),
        ("2026-11-28T01:54Z", datetime(2026, 11, 28, 1, 54, tzinfo=UTC)),
        ("2026-11-28T01:54:00.123456Z", datetime(2026, 11, 28, 1, 54, 0, 123000, tzinfo=UTC)),
        ("2026-11-28T11:54:00+1000", datetime(2026, 11, 28, 1, 54, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_with_its_zone_and_kept_in_utc(told: str, at: datetime) -> None:
    assert MOMENT.validate_python(told) == at
    assert compact(at).endswith("Z")


def test_a_moment_as_part_of_a_name_keeps_its_order() -> None:
    assert compact(datetime(2026, 11, 28, 1, 54, 0, 7000, tzinfo=UTC)) == "20261128T015400007Z"
