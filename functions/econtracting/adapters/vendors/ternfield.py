"""Ternfield, another screening company: one order of a bundle of searches, each with an outcome of its own.

Its webhooks know an order by its own number only, so the port's news have no reference of ours.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, BinaryIO
from urllib.parse import quote

from pydantic import BeforeValidator, Field, model_validator

from econtracting.adapters.secrets import Credential
from econtracting.adapters.vendors.http import USUAL, Answer, Timeouts, Vendor
from econtracting.domain.errors import BadSignature
from econtracting.domain.interview.definition import Meaning
from econtracting.domain.screening.background import (
    Report,
    ScreeningCompany,
    ScreeningNews,
    ScreeningResult,
    ScreeningStatus,
)
from econtracting.domain.webhooks import TOLERANCE, Id, Message, read_as
from econtracting.ports import Candidate

COMPANY = ScreeningCompany(
    name="Ternfield Research, Inc.", address="80 Ledger Street, Harrisburg, PA 17101", phone="(800) 555-0177"
)
# The company's words -> ours.
STAGES = {
    "LOGGED": ScreeningStatus.PENDING,
    "IN_RESEARCH": ScreeningStatus.PENDING,
    "AWAITING_SUBJECT": ScreeningStatus.SUSPENDED,
    "ON_HOLD": ScreeningStatus.PAUSED,
    "REPORT_FILED": ScreeningStatus.COMPLETE,
    "REPORT_REFILED": ScreeningStatus.COMPLETE,  # after a contest, whatever came of it
    "STRUCK": ScreeningStatus.CANCELED,
    "CONTESTED": ScreeningStatus.DISPUTED,
}
OUTCOMES = {"NOTHING_FOUND": ScreeningResult.CLEAR, "RECORD_FOUND": ScreeningResult.CONSIDER}
ASKS: dict[str, Meaning] = {
    "GIVEN_NAME": "first_name",
    "ADDITIONAL_NAME": "middle_name",
    "FAMILY_NAME": "last_name",
    "TAX_NUMBER": "ssn",
    "BORN_ON": "birth_date",
    "HOME_ADDRESS": "residence",
}
WITH_RESULT = frozenset({ScreeningStatus.COMPLETE, ScreeningStatus.DISPUTED})
SUBJECT_COPY = "SUBJECT_COPY"
SIGNATURE = "ternfield-signature"

Seconds = Annotated[int, Field(ge=0, le=4102444800)]  # since 1970, until 2100


def _from(table: Mapping[str, StrEnum]) -> BeforeValidator:
    """Reads a word of the company's as ours. One that is not in the table makes the whole answer not understood."""

    def ours(word: object) -> object:
        if word is None:
            return None
        if not isinstance(word, str) or word not in table:
            raise ValueError("not a word of the company's")
        return table[word]

    return BeforeValidator(ours)


class _Search(Answer):
    outcome: Annotated[ScreeningResult | None, _from(OUTCOMES)] = None


class _Order(Answer):
    number: Id
    your_ref: str
    bundle: str
    stage: Annotated[ScreeningStatus, _from(STAGES)]
    searches: tuple[_Search, ...]
    asks: tuple[str, ...] = ()
    due: Seconds | None = None

    @model_validator(mode="after")
    def _filed_means_searched(self) -> _Order:
        if self.stage is ScreeningStatus.COMPLETE and self.result is None:
            raise ValueError("every search of a filed order has an outcome")
        return self

    @property
    def result(self) -> ScreeningResult | None:
        """One record in one search, and a person has to weigh the whole report."""
        outcomes = {one.outcome for one in self.searches}
        if self.stage not in WITH_RESULT or not outcomes or None in outcomes:
            return None
        return ScreeningResult.CONSIDER if ScreeningResult.CONSIDER in outcomes else ScreeningResult.CLEAR

    def report(self) -> Report:
        return Report(
            id=self.number,
            reference=self.your_ref,
            status=self.stage,
            result=self.result,
            suspended_fields=tuple(ASKS.get(one, one) for one in self.asks),
            expected_at=None if self.due is None else datetime.fromtimestamp(self.due, UTC),
            company=COMPANY,
        )


class _Ordered(Answer):
    order: _Order


class _Paper(Answer):
    paper: Id
    kind: str
    issued: Seconds


class _Papers(Answer):
    papers: tuple[_Paper, ...]


class HttpTernfield:
    def __init__(self, base_url: str, key: str | Credential, patience: Timeouts = USUAL) -> None:
        self._vendor = Vendor("The background-check vendor", base_url, key, patience)

    def order(self, candidate: Candidate, package: str, idempotency_key: str) -> Report:
        """The company lets each client name its bundles, so a package's name is a bundle's."""
        body = {"once": idempotency_key, "your_ref": candidate.reference, "bundle": package}
        reply = self._vendor.call("POST", "/2/orders", {**body, "subject": _subject(candidate)})
        order = self._vendor.read(_Ordered, reply).order
        if (order.your_ref, order.bundle) != (candidate.reference, package):
            raise self._vendor.not_understood()
        return order.report()

    def report(self, report_id: str) -> Report:
        reply = self._vendor.call("GET", f"/2/orders/{quote(report_id, safe='')}")
        order = self._vendor.read(_Ordered, reply).order
        if order.number != report_id:
            raise self._vendor.not_understood()
        return order.report()

    def copy(self, report_id: str, into: BinaryIO) -> None:
        listed = self._vendor.call("GET", f"/2/orders/{quote(report_id, safe='')}/papers")
        copies = [one for one in self._vendor.read(_Papers, listed).papers if one.kind == SUBJECT_COPY]
        if not copies:
            raise self._vendor.not_understood()
        newest = max(copies, key=lambda one: one.issued)  # a refiled order has one for each filing
        self._vendor.save_copy(f"/2/papers/{quote(newest.paper, safe='')}", into)


def _subject(candidate: Candidate) -> dict[str, object]:
    return {
        "name": {
            "given": candidate.first_name,
            "additional": candidate.middle_name or "",
            "family": candidate.last_name,
        },
        "born_on": candidate.birth_date.replace("-", ""),
        "tax_number": candidate.ssn.replace("-", ""),
        "home": {"country": "US", "postcode": candidate.postal_code},
        "reach": {"mail": candidate.email, "mobile": candidate.phone or ""},
    }


class _Notice(Message):
    """Something happened to an order, or to our account, which has no number."""

    notice: Id
    topic: Id
    number: Id | None = None


class TernfieldMessages:
    """Reads the company's webhooks.

    They carry `Ternfield-Signature: t=<seconds since 1970>,s=<signature>,s=<signature>`, where a signature is the
    lower-case hex HMAC-SHA512 of "ternfield:", the seconds, ":" and the raw body. While a secret is changed each
    message is signed with both; `secrets` are all active ones here. A time of more than five minutes ago or ahead is
    refused, so an old message cannot be sent again by whoever saw it.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    def read(self, raw: bytes) -> ScreeningNews | None:
        notice = read_as(_Notice, raw)
        return None if notice.number is None else ScreeningNews(notice.notice, notice.topic, notice.number, None)

    def verify(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> None:
        given = {name.lower(): value for name, value in headers.items()}.get(SIGNATURE, "")
        parts = [part.strip().partition("=") for part in given.split(",")]
        times = [value for name, _, value in parts if name == "t"]
        signatures = [value.encode() for name, _, value in parts if name == "s"]
        if len(times) != 1 or not _is_recent(times[0], now):
            raise BadSignature()
        signed = f"ternfield:{times[0]}:".encode() + raw
        expected = [hmac.new(one.encode(), signed, "sha512").hexdigest().encode() for one in self._secrets]
        fits = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in signatures]
        if not any(fits):
            raise BadSignature()


def _is_recent(seconds: str, now: datetime) -> bool:
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 12):
        return False
    return abs(now.timestamp() - int(seconds)) <= TOLERANCE.total_seconds()
