"""The screening companies' languages: what each would say of one and the same report.

Tests of the port are written once, in the product's words; a company here says them in its own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from econtracting.adapters.vendors.background_checks import BackgroundCheckMessages, HttpBackgroundChecks
from econtracting.adapters.vendors.http import Timeouts
from econtracting.adapters.vendors.ternfield import HttpTernfield, TernfieldMessages
from econtracting.ports import BackgroundChecks, ScreeningMessages

_OUTCOMES: Mapping[str | None, Sequence[str | None]] = {
    None: [None, None],
    "clear": ["NOTHING_FOUND", "NOTHING_FOUND"],
    "consider": ["NOTHING_FOUND", "RECORD_FOUND"],
}
Answer = tuple[int, Any]  # status, and JSON or bytes


@dataclass(frozen=True)
class Fairmeadow:
    """Candidates and reports; one key for calls and webhooks; no time in its signatures."""

    name = "fairmeadow"
    timed = False
    words: Sequence[tuple[str, str | None, Any]] = (
        ("pending", None, "pending"),
        ("suspended", None, "suspended"),
        ("paused", None, "paused"),
        ("complete", "clear", "complete"),
        ("complete", "consider", "complete"),
        ("canceled", None, "canceled"),
        ("dispute", "consider", "dispute"),
    )
    fields = (("ssn", "ssn"), ("dob", "birth_date"), ("middle_name", "middle_name"), ("zipcode", "residence"))
    order_paths = ("/v1/candidates", "/v1/reports")
    report_path = "/v1/reports/rep_1"
    copy_path = "/v1/reports/rep_1/document"

    def adapter(self, url: str, key: str, patience: Timeouts) -> BackgroundChecks:
        return HttpBackgroundChecks(url, key, patience)

    def report(self, word: str = "pending", result: str | None = None, **told: Any) -> dict[str, Any]:
        body = {
            "id": told.get("id", "rep_1"),
            "custom_id": told.get("reference", "pkt_1-1"),
            "status": word,
            "result": result,
            "suspended_fields": list(told.get("fields", ())),
        }
        expected: datetime | None = told.get("expected")
        return body | ({} if expected is None else {"estimated_completion_at": expected.isoformat()})

    def ordered(self, **told: Any) -> list[Answer]:
        return [(201, {"id": "cand_1"}), (201, self.report(**told))]

    def copied(self, *copies: bytes) -> list[Answer]:
        return [(200, copies[-1])]

    def nonsense(self) -> list[Any]:
        good = self.report()
        return [
            self.report(word="finished"),
            self.report(word="complete", result=None),
            self.report(result="probably"),
            good | {"custom_id": None},
            self.report(id="rep_2"),
            {name: value for name, value in good.items() if name != "result"},
            [],
        ]

    def messages(self, keys: Sequence[str]) -> ScreeningMessages:
        return BackgroundCheckMessages(keys)

    def message(self, type_: str = "report.completed", **told: Any) -> bytes:
        about = {"id": told.get("report", "rep_1"), "custom_id": told.get("reference", "pkt_1-1")}
        return json.dumps({"id": told.get("id", "evt_1"), "type": type_, "data": {"object": about}}).encode()

    def of_no_report(self) -> bytes:
        return b'{"id": "evt_2", "type": "account.credentialed", "data": {}}'

    def broken(self) -> bytes:
        return b'{"id": "evt_3", "type": "report.completed", "data": {"object": {"id": "rep_1"}}}'

    def signed(self, raw: bytes, at: datetime, *keys: str) -> dict[str, str]:
        return {"X-Signature": hmac.new(keys[0].encode(), raw, hashlib.sha256).hexdigest()}


@dataclass(frozen=True)
class Ternfield:
    """Orders of a bundle; notices with an order's number alone, signed with a time, by each active secret."""

    name = "ternfield"
    timed = True
    words: Sequence[tuple[str, str | None, Any]] = (
        ("pending", None, "LOGGED"),
        ("pending", None, "IN_RESEARCH"),
        ("suspended", None, "AWAITING_SUBJECT"),
        ("paused", None, "ON_HOLD"),
        ("complete", "clear", "REPORT_FILED"),
        ("complete", "consider", "REPORT_FILED"),
        ("complete", "clear", "REPORT_REFILED"),
        ("canceled", None, "STRUCK"),
        ("dispute", "consider", "CONTESTED"),
    )
    fields = (
        ("TAX_NUMBER", "ssn"),
        ("BORN_ON", "birth_date"),
        ("ADDITIONAL_NAME", "middle_name"),
        ("GIVEN_NAME", "first_name"),
        ("FAMILY_NAME", "last_name"),
        ("HOME_ADDRESS", "residence"),
    )
    order_paths = ("/2/orders",)
    report_path = "/2/orders/rep_1"
    copy_path = "/2/papers/ppr_1"

    def adapter(self, url: str, key: str, patience: Timeouts) -> BackgroundChecks:
        return HttpTernfield(url, key, patience)

    def report(self, word: str = "LOGGED", result: str | None = None, **told: Any) -> dict[str, Any]:
        order = {
            "number": told.get("id", "rep_1"),
            "your_ref": told.get("reference", "pkt_1-1"),
            "bundle": told.get("package", "producer_standard"),
            "stage": word,
            "searches": [{"search": "county", "outcome": one} for one in _OUTCOMES[result]],
            "asks": list(told.get("fields", ())),
        }
        expected: datetime | None = told.get("expected")
        return {"order": order | ({} if expected is None else {"due": int(expected.timestamp())})}

    def ordered(self, **told: Any) -> list[Answer]:
        return [(202, self.report(**told))]

    def copied(self, *copies: bytes) -> list[Answer]:
        """The newest of several is the last; the company lists them in no order."""
        papers = [
            {"paper": f"ppr_{number}", "kind": "SUBJECT_COPY", "issued": number} for number, _ in enumerate(copies, 1)
        ]
        newest, *older = reversed(papers)
        other = {"paper": "inv_1", "kind": "INVOICE", "issued": 99}
        return [(200, {"papers": [other, *older[:1], newest, *older[1:]]}), (200, copies[-1])]

    def nonsense(self) -> list[Any]:
        order = self.report()["order"]
        return [
            self.report(word="FINISHED"),
            self.report(word="report_filed", result="clear"),
            self.report(word=["REPORT_FILED"], result="clear"),  # type: ignore[arg-type]
            self.report(word=None),  # type: ignore[arg-type]
            self.report(word="REPORT_FILED", result=None),
            {"order": order | {"stage": "REPORT_FILED", "searches": []}},
            {"order": order | {"stage": "REPORT_FILED", "searches": [{"outcome": "NOTHING_FOUND"}, {"outcome": None}]}},
            {"order": order | {"searches": [{"outcome": "PERHAPS_FOUND"}]}},
            {"order": order | {"searches": [{"outcome": True}]}},
            {"order": order | {"searches": None}},
            {"order": order | {"your_ref": None}},
            {"order": order | {"due": "2026-11-25"}},
            {"order": order | {"due": 10**15}},
            self.report(id="rep_2"),
            order,
            [],
        ]

    def messages(self, keys: Sequence[str]) -> ScreeningMessages:
        return TernfieldMessages(keys)

    def message(self, type_: str = "order.filed", **told: Any) -> bytes:
        notice = {"notice": told.get("id", "evt_1"), "topic": type_, "number": told.get("report", "rep_1")}
        return json.dumps(notice).encode()

    def of_no_report(self) -> bytes:
        return b'{"notice": "evt_2", "topic": "account.statement"}'

    def broken(self) -> bytes:
        return b'{"notice": "evt_3", "topic": "order.filed", "number": 7}'

    def signed(self, raw: bytes, at: datetime, *keys: str) -> dict[str, str]:
        seconds = int(at.timestamp())
        told = f"ternfield:{seconds}:".encode() + raw
        signatures = [hmac.new(key.encode(), told, hashlib.sha512).hexdigest() for key in keys]
        return {"Ternfield-Signature": ",".join([f"t={seconds}", *(f"s={one}" for one in signatures)])}


Company = Fairmeadow | Ternfield
COMPANIES: tuple[Company, ...] = (Fairmeadow(), Ternfield())
NAMED: Callable[[Company], str] = lambda company: company.name  # noqa: E731 - pytest's ids
