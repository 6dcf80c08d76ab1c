"""The background check of a packet, one record per attempt."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator

from econtracting.domain.moment import Moment
from econtracting.domain.record import Record


class ScreeningStatus(StrEnum):
    """Where a screening stands, whichever company does it."""

    UNORDERED = "unordered"  # the company has not got the order yet
    PENDING = "pending"
    SUSPENDED = "suspended"  # the company could not confirm something, and waits for the agent
    PAUSED = "paused"
    COMPLETE = "complete"
    CANCELED = "canceled"
    DISPUTED = "dispute"  # the agent disputes the report with the company


class ScreeningResult(StrEnum):
    """What a complete report comes to."""

    CLEAR = "clear"
    CONSIDER = "consider"  # something is in it that a person has to weigh


S = ScreeningStatus
FINAL_STATUSES = frozenset({S.COMPLETE, S.CANCELED})


class ScreeningCompany(Record):
    """A consumer reporting agency as notices must name it (15 U.S.C. 1681m(a)(3)(A))."""

    name: str
    address: str
    phone: str


class Report(NamedTuple):
    """A report as the company tells of it. `reference` is our own id of the order.

    `suspended_fields` say what could not be confirmed: by what a field of the interview means, or in the company's own
    word for what no field is about.
    """

    id: str
    reference: str
    status: ScreeningStatus
    result: ScreeningResult | None
    suspended_fields: tuple[str, ...]
    expected_at: datetime | None
    subject_id: str | None = None  # whom the company says it is about
    company: ScreeningCompany | None = None  # who makes it


class ScreeningNews(NamedTuple):
    """A message of the company: something happened to a report; what, the company is asked.

    `reference` is our own id of the order, None where the company does not tell it.
    """

    message_id: str
    type: str
    report_id: str
    reference: str | None


def _meanings(fields: Any) -> Any:
    """Earlier releases stored two fields under the words of the first company."""
    if not isinstance(fields, (list, tuple)):
        return fields
    return tuple({"dob": "birth_date", "zipcode": "residence"}.get(one, one) for one in fields)


class LaterWord(Record):
    """What the company said of a report after its first answer had been acted on."""

    status: ScreeningStatus
    result: ScreeningResult | None = None
    at: Moment


class Check(Record):
    """An ordered screening and what is known of it. `status` and `result` are the answer that was acted on.

    `task_token` is the sleeping workflow's; it never leaves the table but to the workflow service.
    """

    packet_id: str
    attempt: int
    task_token: str | None = None
    report_id: str | None = None
    subject_id: str | None = None
    ordered_at: Moment | None = None
    status: ScreeningStatus = S.UNORDERED
    result: ScreeningResult | None = None
    # What the company could not confirm: by what a field of the interview means, or in its own word for anything else.
    suspended_fields: Annotated[tuple[str, ...], BeforeValidator(_meanings)] = ()
    expected_at: Moment | None = None
    completed_at: Moment | None = None
    reminders: int = 0  # how often the agent was told that it takes longer
    found: ScreeningResult | None = None  # the newest result that was ever told, whether or not it was acted on
    later: LaterWord | None = None
    company: ScreeningCompany | None = None  # who was asked; earlier releases knew one company alone

    @property
    def reference(self) -> str:
        """What the vendor is given as our own id of the order."""
        return f"{self.packet_id}-{self.attempt}"

    def disagreements(self, report: Report) -> tuple[str, ...]:
        """The parts of a report that are not those of this order."""
        parts = {
            "reference": report.reference != self.reference,
            "report": report.id != (self.report_id or report.id),
            "candidate": self.subject_id is not None and report.subject_id not in (None, self.subject_id),
        }
        return tuple(name for name, differs in parts.items() if differs)

    def awaited_by(self, task_token: str) -> Self:
        """An execution sleeps until there is an outcome."""
        return self.model_copy(update={"task_token": task_token})

    def ordered(self, report: Report, at: datetime) -> Self:
        """The vendor has the order. A status that overtook this note stands."""
        status = report.status if self.status is S.UNORDERED else self.status
        return self._ordered(report, at).model_copy(update={"status": status})

    def reported(self, report: Report, at: datetime) -> Self:
        """What the vendor says now. If it is the first that is heard, the vendor has the order too."""
        told = {
            "status": report.status,
            "result": report.result,
            "suspended_fields": report.suspended_fields,
            "expected_at": report.expected_at or self.expected_at,
            "completed_at": at if report.status in FINAL_STATUSES else None,
            "found": report.result or self.found or self.result,
            "later": None,
            "company": self.company or report.company,
        }
        known = self if self.report_id is not None else self._ordered(report, at)
        return known.model_copy(update=told)

    def told_later(self, report: Report, at: datetime) -> Self:
        """The company says something else than what was acted on: the first answer stands until a person looks."""
        later = LaterWord(status=report.status, result=report.result, at=at)
        return self.model_copy(update={"later": later, "found": report.result or self.found or self.result})

    def accepted(self, at: datetime | None) -> Self:
        """As it is told to whoever may not know that its report was weighed: clear since then, or not finished yet."""
        if at is None:
            return self.model_copy(update={"status": S.PENDING, "result": None, "completed_at": None})
        return self.model_copy(update={"result": ScreeningResult.CLEAR, "completed_at": at})

    def reminded(self, times: int) -> Self:
        """The agent has been told so often that it takes longer."""
        return self.model_copy(update={"reminders": times})

    def _ordered(self, report: Report, at: datetime) -> Self:
        known = {"report_id": report.id, "ordered_at": at, "expected_at": report.expected_at}
        known |= {"subject_id": report.subject_id, "company": report.company}
        return self.model_copy(update=known)

    @property
    def answered(self) -> bool:
        """Whether the company has said how the screening ended."""
        return self.status in FINAL_STATUSES

    @property
    def latest(self) -> tuple[ScreeningStatus, ScreeningResult | None]:
        """The company's newest word of the report, whether or not it was acted on."""
        return (self.later.status, self.later.result) if self.later else (self.status, self.result)

    @property
    def not_clear(self) -> bool:
        """Whether its report has to be weighed by a person. One that is disputed or withdrawn is on file still."""
        return self.latest[0] is S.DISPUTED or (self.found or self.result) is ScreeningResult.CONSIDER

    @property
    def outcome(self) -> ScreeningResult | Literal[S.SUSPENDED, S.CANCELED] | None:
        """The result, or that there will be none, once the workflow can go on; None while it must wait."""
        if self.status is S.COMPLETE:
            return self.result
        return self.status if self.status is S.SUSPENDED or self.status is S.CANCELED else None


class OrderReference(Record):
    """Leads from a vendor's (or our own outward) reference back to the packet."""

    vendor: str
    reference: str
    packet_id: str
