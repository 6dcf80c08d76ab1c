"""May this producer sell in this state on this day, and if not, why? A pure answer over what is on record.

What the carrier did counts by the carrier's days, what a state did by the state's; a day that is asked for is both, and
without one each counts by its own today. For a day gone by, only what had happened by then counts; licenses are as the
registry shows them now, which knows when they end but not when someone lost one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from econtracting.domain.appointing.appointments import FINAL, Appointment, AppointmentStatus, Licenses
from econtracting.domain.appointing.jit import FirstSale
from econtracting.domain.appointing.state_rules import AppointmentType, StateRule, rule_for
from econtracting.domain.certification import Feed
from econtracting.domain.days import day_in, states_day
from econtracting.domain.packet import Packet, Status
from econtracting.domain.screening.background import Check, ScreeningResult, ScreeningStatus

STALE_AFTER = timedelta(days=2)  # the registry publishes once a day: two of its cycles

CONTRACTED, BACKGROUND, CERTIFIED, LICENSED, APPOINTED = (
    "contracted",
    "background",
    "certified",
    "licensed",
    "appointed",
)

_HELD_UP = {
    Status.CORRECTION_REQUESTED: "The packet waits for corrections.",
    Status.NEEDS_REVIEW: "The packet is under review.",
    Status.DECLINED: "The agent declined the packet.",
    Status.WITHDRAWN: "The invitation was withdrawn.",
    Status.EXPIRED: "The invitation expired.",
    Status.REJECTED: "The carrier did not accept the packet.",
}

_DEFECTS = {
    "LICENSE_NOT_FOUND": "the registry shows no license in this state",
    "LICENSE_INACTIVE": "the license is not active",
    "LICENSE_EXPIRED": "the license has expired",
    "LOA_MISSING": "the license lacks the line of authority",
    "LOA_INACTIVE": "the line of authority is not active",
}


class Reason(NamedTuple):
    """A requirement and how it stands; `code` is the stable word for why it is not met, None if it is."""

    requirement: str
    met: bool
    detail: str
    code: str | None = None


class Readiness(NamedTuple):
    """The answer, with one reason per requirement."""

    ready: bool
    reasons: tuple[Reason, ...]

    def missing(self, *but: str) -> tuple[str, ...]:
        """Codes of what is not met, some requirements left aside."""
        return tuple(reason.code for reason in self.reasons if reason.code and reason.requirement not in but)


@dataclass(frozen=True)
class Producer:
    """Everything on record. `check` is the latest one; `licenses` is None if the registry does not know the NPN.

    `home` is the carrier's zone.
    """

    packet: Packet
    check: Check | None
    licenses: Licenses | None
    feed: Feed | None
    rules: tuple[StateRule, ...]
    line_code: str
    carrier: str
    courses: tuple[str, ...]
    home: tzinfo
    appointments: tuple[Appointment, ...] = ()
    sales: tuple[FirstSale, ...] = ()


def ready_to_sell(producer: Producer, state: str, on: date | None, now: datetime) -> Readiness:
    """The answer for a state and a day, given at `now`; for the moment itself without a day."""
    carriers, states = on or day_in(now, producer.home), on or states_day(now, state)
    reasons = (
        _contracted(producer, carriers),
        _background(producer, carriers),
        _certified(producer, carriers),
        _licensed(producer, state, states, now),
        _appointed(producer, state, states),
    )
    return Readiness(all(reason.met for reason in reasons), reasons)


def _contracted(producer: Producer, on: date) -> Reason:
    packet, home = producer.packet, producer.home
    if day_in(packet.status_at, home) <= on and (why := _HELD_UP.get(packet.status)):
        return Reason(CONTRACTED, False, why, "NOT_CONTRACTED")
    sealed = packet.reached.get(Status.SUBMITTED)
    if sealed is None or day_in(sealed, home) > on:
        return Reason(CONTRACTED, False, "The contract is not signed and sealed.", "NOT_CONTRACTED")
    return Reason(CONTRACTED, True, f"The contract was sealed on {day_in(sealed, home)}.")


def _background(producer: Producer, on: date) -> Reason:
    check, home = producer.check, producer.home
    done = day_in(check.completed_at, home) if check and check.completed_at else None
    if check is None or check.status is not ScreeningStatus.COMPLETE or done is None or done > on:
        return Reason(BACKGROUND, False, "The background check is not finished.", "BGC_PENDING")
    if check.result is ScreeningResult.CLEAR:
        return Reason(BACKGROUND, True, f"The background check finished on {done}.")
    accepted = producer.packet.reached.get(Status.APPOINTING)
    if accepted is None or day_in(accepted, home) > on:
        return Reason(BACKGROUND, False, "The background check is being reviewed.", "BGC_ADVERSE")
    return Reason(BACKGROUND, True, f"The background check was accepted on {day_in(accepted, home)}.")


def _certified(producer: Producer, on: date) -> Reason:
    feed = producer.feed
    passed = feed.passed_on(on, producer.home) if feed else frozenset()
    if feed is None or not passed.issuperset(producer.courses):
        return Reason(CERTIFIED, False, "Not all required courses are passed.", "NOT_CERTIFIED")
    if on.year > feed.plan_year:
        return Reason(CERTIFIED, False, f"The certification was for plan year {feed.plan_year}.", "CERT_EXPIRED")
    return Reason(CERTIFIED, True, f"Certified for plan year {feed.plan_year}.")


def _licensed(producer: Producer, state: str, on: date, now: datetime) -> Reason:
    licenses = producer.licenses
    if licenses is None:
        return Reason(LICENSED, False, "The license registry does not know this NPN.", "NPN_NOT_FOUND")
    shown = f"as the registry showed on {states_day(licenses.as_of, state)}"
    if licenses.as_of < now - STALE_AFTER:
        return Reason(LICENSED, False, f"The licenses on file are too old to rely on, {shown}.", "DATA_STALE")
    if defects := licenses.defects(state, producer.line_code, on):
        told = "; ".join(_DEFECTS.get(code, code) for code in defects)
        return Reason(LICENSED, False, f"{told[0].upper()}{told[1:]}, {shown}.", defects[0])
    return Reason(LICENSED, True, f"Licensed for the line of authority, {shown}.")


def _appointed(producer: Producer, state: str, on: date) -> Reason:
    rule = rule_for(producer.rules, state, line=producer.line_code, carrier=producer.carrier, on=on)
    order = next((one for one in producer.appointments if one.state == state), None)
    sale = next((one for one in producer.sales if one.state == state and one.received_on <= on), None)
    if order is not None and order.in_force(on):
        return Reason(APPOINTED, True, f"Appointed since {order.in_force_from}.")
    status = _stood(order, on)
    match rule.type:
        case AppointmentType.JUST_IN_TIME:
            return _just_in_time(sale, status, on)
        case AppointmentType.UP_FRONT:
            return _up_front(rule, status)
    if status is AppointmentStatus.RECORDED:
        return Reason(APPOINTED, True, "The state takes no filing; the carrier has recorded the producer.")
    return Reason(APPOINTED, False, "The carrier has not recorded the producer for this state.", "NOT_APPOINTED")


def _up_front(rule: StateRule, status: AppointmentStatus | None) -> Reason:
    if status is not None and status not in FINAL:
        return Reason(APPOINTED, False, "The state has not answered yet.", "APPOINTMENT_PENDING")
    if status is AppointmentStatus.APPROVED:
        return Reason(APPOINTED, False, "The appointment is not in force on this day.", "APPOINTMENT_PENDING")
    if not rule.known:
        told = "This state's rule is not on file, so an appointment is needed first; there is none."
        return Reason(APPOINTED, False, told, "RULE_UNKNOWN")
    return Reason(APPOINTED, False, "This state wants the appointment before the first sale.", "NOT_APPOINTED")


def _just_in_time(sale: FirstSale | None, status: AppointmentStatus | None, on: date) -> Reason:
    if sale is None:
        return Reason(APPOINTED, True, "Just in time: no appointment is needed before the first sale.")
    ordered = status is not None and (status not in FINAL or status is AppointmentStatus.APPROVED)
    if not ordered:
        return Reason(APPOINTED, False, "There was a first sale, but no appointment is ordered.", "NOT_APPOINTED")
    if sale.due_on is None or on > sale.due_on:
        return Reason(APPOINTED, False, "The time to appoint after the first sale is over.", "CLOCK_BREACHED")
    return Reason(APPOINTED, True, f"Just in time: the appointment is ordered, due by {sale.due_on}.")


def _stood(order: Appointment | None, on: date) -> AppointmentStatus | None:
    """How an order stood at the end of a day; one answered later was pending then."""
    if order is None or states_day(order.requested_at, order.state) > on:
        return None
    if order.answered_at is not None and states_day(order.answered_at, order.state) > on:
        return AppointmentStatus.PENDING_STATE
    return order.status
