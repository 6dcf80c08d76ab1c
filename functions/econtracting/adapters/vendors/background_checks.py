"""The background-check vendor: a candidate, then a report about them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, BinaryIO, Literal
from urllib.parse import quote

from pydantic import StringConstraints, model_validator

from econtracting.adapters.secrets import Credential
from econtracting.adapters.vendors.http import USUAL, Answer, Timeouts, Vendor
from econtracting.domain.errors import BadSignature
from econtracting.domain.interview.definition import Meaning
from econtracting.domain.moment import ToldMoment
from econtracting.domain.screening.background import (
    Report,
    ScreeningCompany,
    ScreeningNews,
    ScreeningResult,
    ScreeningStatus,
)
from econtracting.domain.webhooks import Id, Message, read_as, type_of
from econtracting.ports import Candidate

COMPANY = ScreeningCompany(
    name="Fairmeadow Screening Services", address="12 Records Plaza, Columbus, OH 43215", phone="(800) 555-0142"
)
# The company's words -> ours.
STATUSES = {
    "pending": ScreeningStatus.PENDING,
    "suspended": ScreeningStatus.SUSPENDED,
    "paused": ScreeningStatus.PAUSED,
    "complete": ScreeningStatus.COMPLETE,
    "canceled": ScreeningStatus.CANCELED,
    "dispute": ScreeningStatus.DISPUTED,
}
FIELDS: dict[str, Meaning] = {"dob": "birth_date", "zipcode": "residence"}  # all others are called the same
RESULTS = {"clear": ScreeningResult.CLEAR, "consider": ScreeningResult.CONSIDER}


class _Candidate(Answer):
    id: str


class _Report(Answer):
    id: str
    custom_id: str
    candidate_id: str | None = None
    status: Literal["pending", "suspended", "paused", "complete", "canceled", "dispute"]
    result: Literal["clear", "consider"] | None
    suspended_fields: tuple[str, ...] = ()
    estimated_completion_at: ToldMoment | None = None

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
            suspended_fields=tuple(FIELDS.get(one, one) for one in self.suspended_fields),
            expected_at=self.estimated_completion_at,
            subject_id=self.candidate_id,
            company=COMPANY,
        )


class HttpBackgroundChecks:
    def __init__(self, base_url: str, key: str | Credential, patience: Timeouts = USUAL) -> None:
        self._vendor = Vendor("The background-check vendor", base_url, key, patience)

    def order(self, candidate: Candidate, package: str, idempotency_key: str) -> Report:
        created = self._vendor.call(
            "POST", "/v1/candidates", _candidate(candidate), idempotency_key=f"{idempotency_key}.candidate"
        )
        person = self._vendor.read(_Candidate, created).id
        body = {
            "candidate_id": person,
            "package": package,
            "custom_id": candidate.reference,
        }
        ordered = self._vendor.call("POST", "/v1/reports", body, idempotency_key=f"{idempotency_key}.report")
        answer = self._vendor.read(_Report, ordered)
        if answer.custom_id != candidate.reference or answer.candidate_id not in (None, person):
            raise self._vendor.not_understood()
        return answer.report()

    def copy(self, report_id: str, into: BinaryIO) -> None:
        self._vendor.save_copy(f"/v1/reports/{quote(report_id, safe='')}/document", into)

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


class _ReportObject(Message):
    """The report an event is about, as it stood when the event was made: only its names are relied upon."""

    id: Id
    custom_id: Id


class _ReportData(Message):
    object: _ReportObject


class _ReportEvent(Message):
    id: Id
    type: Annotated[str, StringConstraints(pattern=r"^report[.][!-~]{1,100}$")]
    data: _ReportData


# What the company tells of besides reports, and what concerns no packet.
BESIDES = ("account.", "candidate.", "invitation.")


class BackgroundCheckMessages:
    """Reads the company's webhooks. They are signed with a lower-case hex HMAC-SHA256 of the raw body.

    There is no timestamp, so whoever receives one keeps its id and asks the company for the truth before acting.
    `keys` are all active ones.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys

    def verify(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> None:
        lowered = {name.lower(): value for name, value in headers.items()}
        given = lowered.get("x-signature", "").encode("utf-8", "surrogatepass")
        expected = [hmac.new(key.encode(), raw, hashlib.sha256).hexdigest().encode() for key in self._keys]
        if not any([hmac.compare_digest(one, given) for one in expected]):  # noqa: C419 - each one is compared
            raise BadSignature()

    def read(self, raw: bytes) -> ScreeningNews | None:
        if type_of(raw).startswith(BESIDES):
            return None
        event = read_as(_ReportEvent, raw)
        report = event.data.object
        return ScreeningNews(event.id, event.type, report.id, report.custom_id)
