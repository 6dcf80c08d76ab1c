"""The appointment gateway: takes filings for the states; their answers come later, by webhook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from econtracting.adapters.secrets import Credential
from econtracting.adapters.vendors.http import USUAL, Answer, Timeouts, Vendor


class _Accepted(Answer):
    transaction_id: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$")
    status: Literal["ACCEPTED"]


class HttpAppointmentGateway:
    def __init__(self, base_url: str, key: str | Credential, patience: Timeouts = USUAL) -> None:
        self._vendor = Vendor("The appointment gateway", base_url, key, patience)

    def appoint(self, order: Mapping[str, Any], idempotency_key: str) -> str:
        """`order` holds external_ref, producer, company, state, license_class, line_codes, effective_date, county."""
        body = {"action": "appoint", **order}
        reply = self._vendor.call("POST", "/v1/appointments", body, idempotency_key=idempotency_key)
        return self._vendor.read(_Accepted, reply).transaction_id
