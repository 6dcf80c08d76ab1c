"""Stopping reminders: by a link in each of them, or in the packet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from econtracting.domain.moment import Moment
from econtracting.domain.outbox import Letter
from econtracting.domain.record import Record

# Well beyond the 30 days for which 15 U.S.C. 7704(a)(3)(A)(ii) wants such a link to work.
LINK_LIFE = timedelta(days=180)

ALWAYS = frozenset({Letter.REMINDER, Letter.REMINDER_INTERVIEW, Letter.REMINDER_SIGNING, Letter.REMINDER_SIGNING_AGAIN})


def reminds(letter: Letter, number: str) -> bool:
    """Whether a letter is a reminder: one of something that was said before, and that the agent may stop.

    `number` tells the first letter of its kind from the second.
    """
    match letter:
        case Letter.CORRECTION_REQUESTED:
            return "-" in number
        case Letter.CERTIFICATION_OPEN:
            return number.startswith("reminder-")
    return letter in ALWAYS


class StopLink(Record):
    """What a reminder's own link to stop them leads to. It acts once; only the fingerprint of its secret is stored."""

    fingerprint: str
    packet_id: str
    expires_at: Moment
    used_at: Moment | None = None

    def use(self, at: datetime) -> Self:
        """It stopped the reminders."""
        return self.model_copy(update={"used_at": at})
