"""Whether a packet may be refused today, and by which letter: the one place that decides it.

A packet with a report on file that is not clear is refused only after a pre-adverse notice and the agent's time to
answer it, with the final notice (15 U.S.C. 1681b(b)(3) and 1681m(a)), whatever the refusal is said to rest on, wherever
the packet stands, and however the report was weighed before: that a refusal did not rest on the report in any part
cannot be shown afterward. Nothing else moves a packet to REJECTED.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from econtracting.domain.days import DAY
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.packet import Packet, Status
from econtracting.domain.screening.adverse import AdverseCase
from econtracting.domain.screening.background import Check, ScreeningStatus

NOTICES_FIRST = (
    "A background report of this packet is not clear: it is refused only after the pre-adverse notice and its wait,"
    " with the final notice. Send the pre-adverse notice first."
)


class Refusal(NamedTuple):
    """A packet and its case after a lawful refusal."""

    packet: Packet
    case: AdverseCase


def unclear_report(checks: Iterable[Check]) -> Check | None:
    """The newest report on file that is not clear. None if a packet may be refused by an ordinary letter."""
    return max((one for one in checks if one.not_clear), key=lambda one: one.attempt, default=None)


def reject(packet: Packet, checks: Iterable[Check], at: datetime) -> Packet:
    """Refused by an ordinary letter. Raises InvalidTransition if a report on file is not clear."""
    report = unclear_report(checks)
    if report is not None:
        raise InvalidTransition(
            NOTICES_FIRST, status=packet.status.value, review_reason=packet.review_reason, report=report.attempt
        )
    return packet.end(Status.REJECTED, at)


def refuse(
    packet: Packet, case: AdverseCase, checks: Iterable[Check], at: datetime, by: str, day: timedelta = DAY
) -> Refusal:
    """Refused because of a report, with the final notice.

    Raises InvalidTransition before the agent's time is over, without the worksheet where one is needed, while the
    screening company looks at the report again, and if a newer report is not clear either.
    """
    known = list(checks)
    unclear = unclear_report(known)
    if unclear is not None and unclear.attempt > case.attempt:
        raise InvalidTransition(
            "A newer report is not clear: the notices are about that one.", status=case.status.value
        )
    if any(one.attempt == case.attempt and _open_again(one) for one in known):
        raise InvalidTransition("The screening company looks at the report again.", status=case.status.value)
    after = case.send_final_notice(at, by, day)
    return Refusal(packet.end(Status.REJECTED, at), after)


def possible_from(case: AdverseCase, checks: Iterable[Check], day: timedelta = DAY) -> datetime | None:
    """When the final notice may first be sent. None if that is not known, or not foreseen."""
    if any(one.attempt == case.attempt and _open_again(one) for one in checks):
        return None
    return case.final_from(day)


def _open_again(check: Check) -> bool:
    """Whether a report that had been complete is under way once more, or was withdrawn."""
    return check.found is not None and check.latest[0] is not ScreeningStatus.COMPLETE
