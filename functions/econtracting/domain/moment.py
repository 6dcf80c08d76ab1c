"""Points in time: aware, UTC, written in one fixed-width form, so that they sort as text wherever they are stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer


def iso(moment: datetime) -> str:
    """ISO 8601 with milliseconds and Z. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _exact(moment: datetime) -> datetime:
    """To the millisecond, so that a value reads back as it was written."""
    return datetime.fromisoformat(iso(moment))


Moment = Annotated[datetime, AfterValidator(_exact), PlainSerializer(iso, when_used="json")]
