"""The certification site: is told which producers may take its courses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

from econtracting.adapters.secrets import Credential
from econtracting.adapters.vendors.http import USUAL, Answer, Timeouts, Vendor


class _Queued(Answer):
    npn: str
    status: Literal["QUEUED"]


class HttpCertificationSite:
    def __init__(self, base_url: str, key: str | Credential, patience: Timeouts = USUAL) -> None:
        self._vendor = Vendor("The certification site", base_url, key, patience)

    def feed(self, producer: Mapping[str, Any], idempotency_key: str) -> None:
        """`producer` holds npn, external_ref, first_name, last_name, email, level, states, plan_year, sent_at."""
        npn = str(producer["npn"])
        path = f"/v1/producers/{quote(npn, safe='')}"
        reply = self._vendor.call("PUT", path, producer, idempotency_key=idempotency_key)
        if self._vendor.read(_Queued, reply).npn != npn:
            raise self._vendor.not_understood()
