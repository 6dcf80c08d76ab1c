"""Days, as the systems outside count them. The carrier's are those of the zone that the template names by default."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CARRIER = ZoneInfo("America/New_York")


def carriers_today() -> date:
    """The day on which the carrier receives an application now."""
    return datetime.now(CARRIER).date()


def utc_today() -> date:
    return datetime.now(UTC).date()
