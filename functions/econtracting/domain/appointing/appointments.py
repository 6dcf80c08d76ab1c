"""Appointment orders: one per packet and state, with the state's true answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from econtracting.domain.days import states_day
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record, StoredWord, renamed
from econtracting.domain.webhooks import AppointmentNews


class AppointmentStatus(StoredWord):
    DRAFT = "DRAFT"  # asked for, license not verified yet
    SCHEDULED = "SCHEDULED"  # the state takes no filings now; filed on the first day it does
    SUBMITTED = "SUBMITTED"  # on its way to the gateway
    ACCEPTED_BY_GATEWAY = "ACCEPTED_BY_GATEWAY"  # the gateway has it
    PENDING_STATE = "PENDING_STATE"  # the state takes its time
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    NO_VALID_LICENSE = "NO_VALID_LICENSE"  # never ordered: the license is missing, inactive or of the wrong line
    RECORDED = "RECORDED"  # registry state: the carrier keeps its own register, nothing is filed
    JUST_IN_TIME = "JUST_IN_TIME"  # not filed now: the state is asked after the first sale there
    UNANSWERED = "UNANSWERED"  # the wait ended without an answer; the contracting department follows up


FINAL = frozenset(
    {
        AppointmentStatus.APPROVED,
        AppointmentStatus.REJECTED,
        AppointmentStatus.NO_VALID_LICENSE,
        AppointmentStatus.RECORDED,
        AppointmentStatus.JUST_IN_TIME,
    }
)
# What the onboarding workflow does not wait for any longer; a later answer is still heard.
OUTCOME_KNOWN = FINAL | {AppointmentStatus.SCHEDULED, AppointmentStatus.UNANSWERED}


# What the gateway tells -> how the order stands.
NEWS = {
    "APPROVED": AppointmentStatus.APPROVED,
    "REJECTED": AppointmentStatus.REJECTED,
    "PENDING_STATE": AppointmentStatus.PENDING_STATE,
    "MISSING_LICENSE": AppointmentStatus.NO_VALID_LICENSE,
    "TERMINATED": AppointmentStatus.REJECTED,  # with the reason TERMINATED: it stood, and stands no longer
}
TERMINATED = "TERMINATED"


class Appointment(Record):
    """An appointment the carrier asks a state for."""

    packet_id: str
    state: str
    npn: str
    rule_type: str  # UP_FRONT, JUST_IN_TIME, REGISTRY, ...
    status: AppointmentStatus
    task_token: str | None = None
    transaction_id: str | None = None
    former_transactions: tuple[str, ...] | None = None  # of orders that this one replaced
    license_number: str | None = renamed("license_number", "licence_number", default=None)
    file_on: date | None = None  # of one that is scheduled
    asked_for: date | None = None  # the effective day that was filed
    effective_on: date | None = None
    ended_on: date | None = None  # of one that stood and was taken back
    state_reference: str | None = None
    reasons: tuple[str, ...] = ()
    requested_at: Moment
    filed_at: Moment | None = None
    answered_at: Moment | None = None

    @property
    def reference(self) -> str:
        return f"{self.packet_id}-{self.state}"

    def awaited_by(self, task_token: str | None) -> Self:
        """An execution sleeps until the outcome is known."""
        return self.model_copy(update={"task_token": task_token})

    def replacing(self, known: Appointment | None) -> Self:
        """An order made after another one came to nothing: a late answer to that one is none to this."""
        if known is None or known.transaction_id is None:
            return self
        return self.model_copy(
            update={"former_transactions": (*(known.former_transactions or ()), known.transaction_id)}
        )

    def submitted(self, transaction_id: str, license_number: str | None, asked_for: date, at: datetime) -> Self:
        """The gateway took the filing, for an effective day."""
        filing = {
            "transaction_id": transaction_id,
            "license_number": license_number,
            "asked_for": asked_for,
            "filed_at": at,
            "reasons": (),
        }
        return self.model_copy(update={"status": AppointmentStatus.ACCEPTED_BY_GATEWAY, **filing})

    def filed(self, at: datetime) -> Self:
        """The gateway has the order, as a state's answer shows that came before our own note."""
        return self.model_copy(update={"filed_at": at})

    def scheduled(self, on: date | None) -> Self:
        """Not now: the state takes no filings. It is filed on the first day it does, if that is known."""
        waiting = {"file_on": on, "reasons": ("FREEZE_WINDOW",)}
        return self.model_copy(update={"status": AppointmentStatus.SCHEDULED, **waiting})

    def settled(self, status: AppointmentStatus, reasons: tuple[str, ...], at: datetime) -> Self:
        """What became of the order without the state."""
        return self.model_copy(update={"status": status, "reasons": reasons, "answered_at": at})

    def disagreements(self, news: AppointmentNews) -> tuple[str, ...]:
        """The members of a state's answer that are not those of this order. Empty: it is the answer to this one.

        An answer may be faster than our own note of the gateway's transaction, never than the filing itself.
        """
        parts = []
        if news.external_ref != self.reference or news.state != self.state:
            parts.append("state")
        if news.npn not in (None, self.npn):
            parts.append("npn")
        if self.transaction_id is None:
            agrees = self.status not in FINAL and news.transaction_id not in (self.former_transactions or ())
        else:
            agrees = news.transaction_id == self.transaction_id
        return (*parts,) if agrees else (*parts, "transaction_id")

    def answered(self, news: AppointmentNews, asked_for: date, at: datetime) -> Self:
        """What the state says, or that it takes its time.

        An approval without a day of its own is in force from the day that was filed, `asked_for`.
        """
        status = NEWS[news.status]
        taken_back = self.status is AppointmentStatus.APPROVED and status is not AppointmentStatus.APPROVED
        told = {
            "status": status,
            "transaction_id": news.transaction_id,
            "state_reference": news.state_ref,
            "asked_for": asked_for,
            "effective_on": news.effective_date,
            "ended_on": None,
            "reasons": (*news.reasons, TERMINATED) if news.status == TERMINATED else news.reasons,
            "answered_at": at if status in FINAL else None,
        }
        if status is AppointmentStatus.APPROVED:
            told["effective_on"] = news.effective_date or asked_for
        if taken_back:
            told |= {"effective_on": self.in_force_from, "ended_on": news.effective_date or states_day(at, self.state)}
        return self.model_copy(update=told)

    @property
    def filed_on(self) -> date | None:
        """The state's day on which it was filed, of one whose effective day is not written down."""
        return states_day(self.filed_at, self.state) if self.filed_at else None

    @property
    def in_force_from(self) -> date | None:
        """The first day of an approval; those of earlier releases may have only the time of filing written down."""
        return self.effective_on or self.asked_for or self.filed_on

    def in_force(self, on: date) -> bool:
        """Whether the approval covers a day."""
        stood = self.status is AppointmentStatus.APPROVED or self.ended_on is not None
        starts = self.in_force_from
        return stood and starts is not None and starts <= on and (self.ended_on is None or on < self.ended_on)

    def unanswered(self, at: datetime) -> Self:
        """The wait ended without an answer; no one sleeps for it any more."""
        ended = {"task_token": None, "answered_at": at}
        return self.model_copy(update={"status": AppointmentStatus.UNANSWERED, **ended})


class Line(Record):
    """A line of authority on a license."""

    code: str
    name: str
    active: bool


class License(Record):
    """A state's license of a producer as the registry shows it."""

    state: str
    number: str
    residency: str
    license_class: str = renamed("license_class", "licence_class")
    status: str
    active: bool
    expires_on: date | None
    lines: tuple[Line, ...]

    def defects(self, line_code: str, on: date) -> tuple[str, ...]:
        """Why it does not allow selling `line_code` on a day; empty if it does."""
        found: list[str] = []
        if not self.active or self.status != "VALID":
            found.append("LICENSE_INACTIVE")
        if self.expires_on is not None and self.expires_on < on:
            found.append("LICENSE_EXPIRED")
        line = next((line for line in self.lines if line.code == line_code), None)
        if line is None:
            found.append("LOA_MISSING")
        elif not line.active:
            found.append("LOA_INACTIVE")
        return tuple(found)


class Licenses(Record):
    """What the registry holds on an NPN."""

    npn: str
    first_name: str
    last_name: str
    as_of: Moment
    licenses: tuple[License, ...] = renamed("licenses", "licences")

    def in_state(self, state: str) -> License | None:
        return next((license for license in self.licenses if license.state == state), None)

    def defects(self, state: str, line_code: str, on: date) -> tuple[str, ...]:
        license = self.in_state(state)
        return license.defects(line_code, on) if license else ("LICENSE_NOT_FOUND",)
