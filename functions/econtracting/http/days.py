"""Days as requests name them."""

from __future__ import annotations

import re
from datetime import date

FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def exact_day(given: object) -> date:
    """A calendar day written as YYYY-MM-DD; no number and no time of day stands for one. Raises ValueError."""
    if isinstance(given, str) and FORM.fullmatch(given):
        return date.fromisoformat(given)
    raise ValueError("write the day as YYYY-MM-DD")
