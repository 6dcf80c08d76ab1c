"""What the contracting department may do with a packet, by where the packet stands.

One table for everyone: what decisions are held against, and which buttons the console shows. Whatever failed may be
tried again wherever a packet stands.
"""

from __future__ import annotations

from enum import StrEnum

from econtracting.domain.packet import Status

CONSENT_MISSING = "CONSENT_1033_MISSING"  # the written consent of 18 U.S.C. 1033
TAKES_TWO = frozenset({CONSENT_MISSING})  # review reasons that two persons have to lift together


class Act(StrEnum):
    """Something the contracting department does."""

    RESEND = "resend"  # the invitation, with the same link
    RETRY = "retry"  # the step that could not be done
    PROCEED = "proceed"  # to the appointments, in spite of what stood against them
    CORRECT = "correct"  # have the agent correct named fields
    NOTE = "note"  # news that came after the packet had gone on: seen, and what was answered first stands
    WEIGH = "weigh"  # stop a packet because its background report changed
    PRE_ADVERSE = "pre-adverse"  # the notice before a decision
    ADVERSE = "adverse"  # the final notice: refused because of the report
    REJECT = "reject"
    ERASE = "erase"  # answers and uploads of a packet that ended without a contract


POSSIBLE: dict[Status, tuple[Act, ...]] = {
    Status.INVITED: (Act.RESEND,),
    Status.IN_PROGRESS: (Act.RESEND,),
    Status.AWAITING_SIGNATURE: (Act.RESEND,),
    Status.BACKGROUND_CHECK: (Act.CORRECT,),
    Status.CORRECTION_REQUESTED: (Act.RESEND, Act.REJECT),
    Status.ADVERSE_REVIEW: (Act.PROCEED, Act.PRE_ADVERSE, Act.ADVERSE),
    Status.NEEDS_REVIEW: (Act.RETRY, Act.PROCEED, Act.CORRECT, Act.REJECT),
    Status.DECLINED: (Act.ERASE,),
    Status.WITHDRAWN: (Act.ERASE,),
    Status.EXPIRED: (Act.ERASE,),
}


STOPPABLE = frozenset({Status.APPOINTING, Status.PROCESSED, Status.CERTIFICATION_OPEN})


def possible(status: Status, *, unclear: bool, news: bool) -> tuple[Act, ...]:
    """What may be done with a packet there, by whether a report on file is not clear and whether news wait to be seen.

    An unclear report takes a refusal from the ordinary letter to the notices (domain/screening/refusal.py).
    """
    acts = [Act.PRE_ADVERSE if unclear and act is Act.REJECT else act for act in POSSIBLE.get(status, ())]
    if news and unclear and status in STOPPABLE:
        acts.append(Act.WEIGH)
    return (*acts, Act.NOTE) if news else tuple(acts)
