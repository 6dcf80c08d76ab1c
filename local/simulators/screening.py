"""What becomes of a person who is screened: chosen by the e-mail's tags, the same whichever company is simulated."""

from dataclasses import dataclass
from typing import Literal

from local.scripts import tags_of

USUAL_SECONDS, SLOW_SECONDS, OLD_NEWS_SECONDS = 1.0, 15.0, 1.0
KNOWN_SSN = "987-65-4321"
OUTAGE_CALLS = 3


@dataclass(frozen=True)
class Script:
    """The outcome comes `after` seconds; its webhook is sent so many `times`, that of the order `order_told_after`."""

    outcome: Literal["clear", "consider", "suspended", "canceled"]
    after: float
    times: int
    order_told_after: float


def script_of(email: str, ssn: str) -> Script | None:
    """None if nothing ever comes of it. `ssn` with or without hyphens.

    An SSN mismatch (`suspended`) is gone as soon as someone with the SSN that the company knows is ordered.
    """
    tags = tags_of(email)
    if "silent" in tags:
        return None
    after = SLOW_SECONDS if "slow" in tags else USUAL_SECONDS
    return Script(
        outcome=_outcome(tags, mismatch=ssn.replace("-", "") != KNOWN_SSN.replace("-", "")),
        after=after,
        times=0 if "mute" in tags else 3 if "duplicate" in tags else 1,
        # The very event that matters comes first, the older one after it.
        order_told_after=after + OLD_NEWS_SECONDS if "outoforder" in tags else 0,
    )


def is_down(email: str) -> bool:
    """Whether the company does not answer the first calls about this person."""
    return "outage" in tags_of(email)


def _outcome(tags: frozenset[str], *, mismatch: bool) -> Literal["clear", "consider", "suspended", "canceled"]:
    if "suspended" in tags and mismatch:
        return "suspended"
    if "canceled" in tags:
        return "canceled"
    return "consider" if "consider" in tags else "clear"
