"""Who needs to know that a background report is being weighed; everyone else sees a check that takes its time.

One table for everyone: each caller (column of docs/security.md) and each fact. Every answer, letter, event and log line
about a packet passes one of the functions below, which look nowhere else. Source: 15 U.S.C. 1681b(f), a consumer report
is used by who has a permissible purpose; 1681b(b)(3), the agent hears of it by the notice, with copy and rights.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from econtracting.domain.acts import CONSENT_MISSING
from econtracting.domain.audit import ChainedEvent, EventType
from econtracting.domain.callers import Staff
from econtracting.domain.outbox import Letter
from econtracting.domain.packet import Listed, Packet, Status
from econtracting.domain.screening.background import Check, ScreeningResult, ScreeningStatus


class Caller(StrEnum):
    """Who is told something about a packet."""

    AGENT_BEFORE = "the agent before a notice"
    AGENT_AFTER = "the agent after a notice"
    RECRUITER = "recruiters of the packet's agency"
    OTHER_RECRUITER = "recruiters of other agencies"
    SYSTEM = "the carrier's systems"
    DEPARTMENT = "the contracting department, by token or in the console"
    BUS = "listeners on the lifecycle bus"
    DEPARTMENT_BUS = "listeners on the department's bus"
    OPERATIONS = "readers of logs and metrics"
    VENDOR = "vendors, by what their webhooks are answered"


class Fact(StrEnum):
    """Something by which a weighed report could be seen."""

    STATUS = "status"
    SINCE = "since when"
    REFUSAL = "status in a refusal"
    REPORT = "the report's outcome"
    NOTICE_MAIL = "a notice that did not arrive"
    TRAIL = "the audit trail"
    ATTENTION = "that someone has to look"
    EFFECT = "names of outbox rows"


class Sight(StrEnum):
    """What of a fact is told."""

    TRUE = "as it is"
    SLOW = "as of a slow check"
    NONE = "never told"


T, S, N = Sight.TRUE, Sight.SLOW, Sight.NONE

TABLE: dict[Caller, dict[Fact, Sight]] = {
    caller: dict(zip(Fact, sights, strict=True))
    for caller, sights in {
        #                       STATUS SINCE REFUSAL REPORT NOTICE_MAIL TRAIL ATTENTION EFFECT
        Caller.AGENT_BEFORE:    (S,    N,    N,      N,     N,          S,    N,        N),
        Caller.AGENT_AFTER:     (T,    N,    N,      N,     N,          T,    N,        N),
        Caller.RECRUITER:       (S,    S,    S,      S,     S,          N,    N,        N),
        Caller.OTHER_RECRUITER: (N,    N,    N,      S,     N,          N,    N,        N),
        Caller.SYSTEM:          (N,    N,    N,      S,     N,          N,    N,        N),
        Caller.DEPARTMENT:      (T,    T,    T,      T,     T,          T,    T,        T),
        Caller.BUS:             (S,    N,    N,      N,     N,          N,    S,        N),
        Caller.DEPARTMENT_BUS:  (T,    N,    N,      N,     N,          N,    T,        N),
        Caller.OPERATIONS:      (N,    N,    N,      N,     N,          N,    N,        S),
        Caller.VENDOR:          (N,    N,    N,      N,     N,          N,    N,        N),
    }.items()
}  # fmt: skip

NOTICES = frozenset({Letter.ADVERSE_PRE, Letter.ADVERSE_FINAL})  # letters that only a weighed report leads to
# From the check on: where a packet may stand while its report is weighed, and is told to stand meanwhile.
ROAD = (Status.BACKGROUND_CHECK, Status.APPOINTING, Status.PROCESSED, Status.CERTIFICATION_OPEN, Status.ACTIVE)
ABOUT_ANSWERS = frozenset({"ANSWERS_NEED_REVIEW", CONSENT_MISSING})  # what a clear report leads to as well
ABOUT_REPORTS = ("BACKGROUND_", "REPORT_")  # how reasons of a review begin that a check has led to
SCREENED = frozenset({Status.BACKGROUND_CHECK, Status.ADVERSE_REVIEW})


class Standing(NamedTuple):
    """Where a packet is told to stand, and since when."""

    status: Status
    since: datetime


def sees(caller: Caller, fact: Fact) -> bool:
    """Whether a caller is told a fact as it is."""
    return TABLE[caller][fact] is Sight.TRUE


def member(staff: Staff, agency_id: str) -> Caller:
    """Who of the staff asks about a packet of an agency."""
    if "contracting" in staff.groups:
        return Caller.DEPARTMENT
    if "recruiter" in staff.groups:
        return Caller.RECRUITER if staff.agency_id == agency_id else Caller.OTHER_RECRUITER
    return Caller.SYSTEM


def hides(packet: Listed) -> bool:
    """Whether where the packet stands tells of its report: it is weighed, or the check has come to nothing.

    A check that was canceled, suspended or silent for too long is hidden with the others: who saw those would know a
    weighed report by its not being among them.
    """
    if packet.status is not Status.NEEDS_REVIEW:
        return packet.status is Status.ADVERSE_REVIEW
    reason = packet.review_reason or ""
    return reason.startswith(ABOUT_REPORTS) or (packet.review_from in SCREENED and reason not in ABOUT_ANSWERS)


def covered(packet: Listed) -> Standing:
    """Where a slow check would let the packet stand."""
    if not hides(packet):
        return Standing(packet.status, packet.told_at or packet.status_at)
    status = packet.told_as or (packet.review_from if packet.review_from in ROAD else None) or Status.BACKGROUND_CHECK
    before = packet.reached.get(status.value) or packet.reached.get(Status.SUBMITTED.value)
    return Standing(status, packet.told_at or before or packet.created_at)


def carried(before: Packet | None, after: Packet) -> Packet:
    """The packet after a commit, with what is told of it meanwhile: no status that was told already comes again."""
    told = None if before is None else covered(before)
    if hides(after):
        status = told.status if told is not None and told.status in ROAD else covered(after).status
        begun = told.since if told is not None and told.status is status else after.status_at
        return after.having(told_as=status, told_at=begun)
    was_covered = before is not None and (hides(before) or before.told_at is not None)
    since = told.since if told is not None and was_covered and told.status is after.status else None
    return after.having(told_as=None, told_at=since)


def as_seen[L: Listed](packet: L, caller: Caller) -> L:
    """The packet, or a row of a list, as a caller may see it."""
    told = covered(packet)
    changes: dict[str, object] = {}
    if not sees(caller, Fact.STATUS):
        reached = {name: at for name, at in packet.reached.items() if name != Status.ADVERSE_REVIEW.value}
        changes |= {"status": told.status, "reached": reached}
        changes |= {"review_reason": None, "review_from": None} if hides(packet) else {}
    if not sees(caller, Fact.SINCE):
        changes["status_at"] = told.since
    return packet.having(**changes)


def refused_at(packet: Packet, caller: Caller) -> str:
    """The status that a refusal names as the reason."""
    return (packet.status if sees(caller, Fact.REFUSAL) else covered(packet).status).value


def check_as_seen(check: Check | None, packet: Packet, caller: Caller) -> Check | None:
    """A background check as a caller may see it: one whose report was accepted is one that finished then."""
    weighed = (
        check is not None and check.status is ScreeningStatus.COMPLETE and check.result is not ScreeningResult.CLEAR
    )
    if check is None or not weighed or sees(caller, Fact.REPORT):
        return check
    return check.accepted(packet.reached.get(Status.APPOINTING.value))


def tells_of_bounce(letter: str, caller: Caller) -> bool:
    """Whether a caller is told that a letter to the agent did not arrive."""
    return letter not in NOTICES or sees(caller, Fact.NOTICE_MAIL)


def trail_as_seen(events: Sequence[ChainedEvent], packet: Packet, caller: Caller) -> list[ChainedEvent]:
    """The trail as a caller may see it: its beginning, up to where the first check since the last sealing was opened.

    Not the latest: what came of an earlier one would be told between them.

    Of a check that was answered, up to where the company said something else, until a person has looked at that.
    """
    if sees(caller, Fact.TRAIL):
        return list(events)
    if covered(packet).status is Status.BACKGROUND_CHECK:
        return _until_ordered(events)
    shown = _until(events, EventType.EXCEPTION_OPENED, within=0) if hides(packet) else list(events)
    seen = [n for n, event in enumerate(shown) if event.type == EventType.LATE_NEWS_SEEN and not hides(packet)]
    news = (n for n, event in enumerate(shown) if event.type == EventType.BGC_CHANGED and n > max(seen, default=-1))
    return shown[: next(news, len(shown))]


def tells_the_bus(before: Packet | None, after: Packet, status: Status) -> bool:
    """Whether that a packet came to a status is told on the lifecycle bus; the department's bus is told all."""
    if sees(Caller.BUS, Fact.STATUS):
        return True
    passed = status is not after.status and status is not Status.ADVERSE_REVIEW
    new = before is None or covered(before).status is not status
    return new and (passed or covered(after).status is status)


def name_in_logs(effect_id: str) -> str:
    """What a log calls a row of the outbox: its fingerprint, since kinds and letters tell what becomes of a packet."""
    return effect_id if sees(Caller.OPERATIONS, Fact.EFFECT) else sha256(effect_id.encode()).hexdigest()[:16]


def _until_ordered(events: Sequence[ChainedEvent]) -> list[ChainedEvent]:
    sealed = max((n for n, event in enumerate(events) if event.type == EventType.PACKET_SEALED), default=-1)
    ordered = [n for n, event in enumerate(events) if event.type == EventType.BGC_REQUESTED and n > sealed]
    last = ordered[0] if ordered else sealed if sealed >= 0 else len(events)
    return list(events[: last + 1])


def _until(events: Sequence[ChainedEvent], *kinds: EventType, within: int) -> list[ChainedEvent]:
    last = max((n for n, event in enumerate(events) if event.type in kinds), default=len(events))
    return list(events[: last + within])
