"""How the business stands: packets per status and their age, what overstays, how long contracting takes.

Numbers only; no figure names a packet, an agency or a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from econtracting import ports
from econtracting.domain.breaker import Vendor
from econtracting.domain.messages import MessageStatus
from econtracting.domain.packet import MOVES, Listed, Status
from econtracting.usecases.news import delays

# Longer than this in a status and someone should look, although nothing has failed.
USUAL: dict[Status, timedelta] = {
    Status.SEALING: timedelta(minutes=15),
    Status.SUBMITTED: timedelta(minutes=15),
    Status.BACKGROUND_CHECK: timedelta(days=14),
    Status.APPOINTING: timedelta(days=14),
    Status.PROCESSED: timedelta(days=7),
    Status.CORRECTION_REQUESTED: timedelta(days=21),
    Status.ADVERSE_REVIEW: timedelta(days=21),
    Status.NEEDS_REVIEW: timedelta(days=3),
}
OPEN = tuple(status for status in Status if MOVES[status])


class Standing(NamedTuple):
    """Packets of one status: how many, since when the oldest stands there, how many overstay the usual time."""

    status: Status
    packets: int
    oldest: timedelta
    overdue: int


class Finished(NamedTuple):
    """One packet that became ACTIVE: from the invitation to contracted, and to ready to sell."""

    to_contract: timedelta
    to_active: timedelta


class Count(NamedTuple):
    standings: list[Standing]
    finished: list[Finished]
    oldest_effect: timedelta  # how long the row that waits longest has had to be done, its next try aside
    messages: int  # vendors' messages that wait for a person
    in_trouble: int  # packets with something that does not get done by itself
    paused: tuple[Vendor, ...]  # outside systems that are left alone for now


@dataclass(frozen=True)
class Counting:
    """Counts the business."""

    census: ports.Census
    breakers: ports.Breakers
    clock: ports.Clock

    def count(self, since: datetime, until: datetime) -> Count:
        """Everything as it stands now, and what became ACTIVE in [since, until)."""
        now = self.clock.now()
        due = self.census.oldest_due(now)
        return Count(
            standings=[self._standing(status, now) for status in OPEN],
            finished=[_finished(one) for one in self.census.entered(Status.ACTIVE.value, since, until)],
            oldest_effect=now - due if due else timedelta(),
            messages=self.census.messages(MessageStatus.OPEN.value),
            in_trouble=self.census.in_trouble(),
            paused=tuple(delays.paused(self.breakers, now)),
        )

    def _standing(self, status: Status, now: datetime) -> Standing:
        oldest, usual = self.census.oldest(status.value), USUAL.get(status)
        return Standing(
            status=status,
            packets=self.census.packets(status.value, None),
            oldest=now - oldest if oldest else timedelta(),
            overdue=self.census.packets(status.value, now - usual) if usual else 0,
        )


def _finished(packet: Listed) -> Finished:
    contracted = packet.reached.get(Status.PROCESSED.value, packet.status_at)
    return Finished(to_contract=contracted - packet.created_at, to_active=packet.status_at - packet.created_at)
