"""How the business stands: packets per status and their age, what overstays, how long contracting takes.

Numbers only; no figure names a packet, an agency or a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from econtracting import ports
from econtracting.domain.breaker import Vendor
from econtracting.domain.packet import MOVES, Status
from econtracting.usecases.news import delays

# Longer than this in a status and somebody should look, although nothing has failed.
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
    oldest_effect: timedelta  # how long the outbox's most overdue row is overdue
    paused: tuple[Vendor, ...]  # outside systems that are left alone for now


def count(
    *, census: ports.Census, breakers: ports.Breakers, clock: ports.Clock, since: datetime, until: datetime
) -> Count:
    """Everything as it stands now, and what became ACTIVE in [since, until)."""
    now = clock.now()
    standings = []
    for status in OPEN:
        oldest = census.oldest(status.value)
        usual = USUAL.get(status)
        standings.append(
            Standing(
                status,
                census.packets(status.value, None),
                now - oldest if oldest else timedelta(),
                census.packets(status.value, now - usual) if usual else 0,
            )
        )
    finished = [
        Finished(
            packet.reached.get(Status.PROCESSED.value, packet.status_at) - packet.created_at,
            packet.status_at - packet.created_at,
        )
        for packet in census.entered(Status.ACTIVE.value, since, until)
    ]
    due = census.oldest_due(now)
    return Count(standings, finished, now - due if due else timedelta(), tuple(delays.paused(breakers, now)))
