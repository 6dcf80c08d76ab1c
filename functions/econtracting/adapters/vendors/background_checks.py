"""The background-check vendor: a candidate, then a report about them."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from pydantic import AwareDatetime, model_validator

from econtracting.adapters.vendors.http import USUAL, Answer, Timeouts, Vendor
from econtracting.domain.screening.background import Report, ScreeningResult, ScreeningStatus
from econtracting.ports import Candidate

# The company's words -> ours.
STATUSES = {
    "pending": ScreeningStatus.PENDING,
    "suspended": ScreeningStatus.SUSPENDED,
    "paused": ScreeningStatus.PAUSED,
    "complete": ScreeningStatus.COMPLETE,
    "canceled": ScreeningStatus.CANCELED,
    "dispute": ScreeningStatus.DISPUTED,
}
RESULTS = {"clear": ScreeningResult.CLEAR, "consider": ScreeningResult.CONSIDER}


class _Candidate(Answer):
    id: str


class _Report(Answer):
    id: str
    custom_id: str
    status: Literal["pending", "suspended", "paused", "complete", "canceled", "dispute"]
    result: Literal["clear", "consider"] | None
    suspended_fields: tuple[str, ...] = ()
    estimated_completion_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _complete_means_decided(self) -> _Report:
        if self.status == "complete" and self.result is None:
            raise ValueError("a complete report has a result")
        return self

    def report(self) -> Report:
        return Report(
            id=self.id,
            reference=self.custom_id,
            status=STATUSES[self.status],
            result=None if self.result is None else RESULTS[self.result],
            suspended_fields=self.suspended_fields,
            expected_at=self.estimated_completion_at,
        )


class HttpBackgroundChecks:
    def __init__(self, base_url: str, key: str, patience: Timeouts = USUAL) -> None:
        self._vendor = Vendor("The background-check vendor", base_url, key, patience)

    def order(self, candidate: Candidate, package: str, idempotency_key: str) -> Report:
        created = self._vendor.call(
            "POST", "/v1/candidates", _candidate(candidate), idempotency_key=f"{idempotency_key}.candidate"
        )
        body = {
            "candidate_id": self._vendor.read(_Candidate, created).id,
            "package": package,
            "custom_id": candidate.reference,
        }
        ordered = self._vendor.call("POST", "/v1/reports", body, idempotency_key=f"{idempotency_key}.report")
        answer = self._vendor.read(_Report, ordered)
        if answer.custom_id != candidate.reference:
            raise self._vendor.not_understood()
        return answer.report()

    def copy(self, report_id: str) -> bytes:
        reply = self._vendor.call("GET", f"/v1/reports/{quote(report_id, safe='')}/document")
        if reply.status == 404 or not reply.body.startswith(b"%PDF-"):
            raise self._vendor.not_understood()
        return reply.body

    def report(self, report_id: str) -> Report:
        reply = self._vendor.call("GET", f"/v1/reports/{quote(report_id, safe='')}")
        answer = self._vendor.read(_Report, reply)
        if answer.id != report_id:
            raise self._vendor.not_understood()
        return answer.report()


def _candidate(candidate: Candidate) -> dict[str, object]:
    return {
        "custom_id": candidate.reference,
        "first_name": candidate.first_name,
        "middle_name": candidate.middle_name,
        "no_middle_name": candidate.middle_name is None,
        "last_name": candidate.last_name,
        "email": candidate.email,
        "phone": candidate.phone,
        "dob": candidate.birth_date,
        "ssn": candidate.ssn,
        "zipcode": candidate.postal_code,
    }
