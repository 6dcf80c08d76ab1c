"""Days, as the systems outside count them. The carrier's are those of the zone that the template names by default."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

CARRIER = ZoneInfo("America/New_York")
TENNESSEE = ZoneInfo("America/Chicago")  # as the product counts its days


def carriers_today() -> date:
    """The day on which the carrier receives an application now."""
    return datetime.now(CARRIER).date()


def agents_today() -> date:
    """The day where the people of the demo live, who all live in Tennessee."""
    return datetime.now(TENNESSEE).date()
