"""One way to call an outside system: JSON over HTTP, bounded in time and size, tried once.

Whoever calls retries with patience (the outbox, the state machine), so a hidden retry here would only use up the
function's time. What cannot be understood counts as an outage and is never guessed at; nothing a vendor wrote, and
nothing we sent, appears in an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import urllib3
from pydantic import BaseModel, ConfigDict, ValidationError

from econtracting.adapters.secrets import Credential
from econtracting.domain.errors import InvalidRequest, Unavailable

LONGEST_ANSWER = 1024 * 1024
LONGEST_PAUSE = 3600

REFUSED = frozenset({400, 422})
UNKNOWN_KEY = 401
_CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")  # never a sentence, and never a name: those could be about a person


class Answer(BaseModel):
    """Base of what vendors answer: members we do not use are ignored, the others must be as documented."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)


class Timeouts(NamedTuple):
    """Seconds to wait for a connection, and for each part of an answer."""

    connect: float = 2.0
    read: float = 8.0


USUAL = Timeouts()


class Reply(NamedTuple):
    status: int
    body: bytes


class Vendor:
    """An outside system: `name` as people know it, its address, our key there."""

    def __init__(self, name: str, base_url: str, key: str | Credential, patience: Timeouts) -> None:
        self.name = name
        self._base = base_url.rstrip("/")
        self._credential = Credential.fixed(key) if isinstance(key, str) else key
        timeout = urllib3.Timeout(connect=patience.connect, read=patience.read)
        self._pool = urllib3.PoolManager(num_pools=1, timeout=timeout, retries=False)

    @property
    def _key(self) -> str:
        return self._credential.now()

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, idempotency_key: str | None = None
    ) -> Reply:
        """The vendor's answer if it is a 2xx or a 404. A key that is refused is read again, and a new one tried once.

        Raises InvalidRequest (400, 422: `reasons` are the vendor's codes) and Unavailable (everything else).
        """
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        content = None if body is None else json.dumps(body).encode()
        key = self._key
        response, received = self._request(method, path, content, {**headers, "Authorization": f"Bearer {key}"})
        if response.status == UNKNOWN_KEY and (fresh := self._credential.reread()) != key:
            response, received = self._request(method, path, content, {**headers, "Authorization": f"Bearer {fresh}"})
        if response.status in REFUSED:
            raise InvalidRequest(f"{self.name} refused", reasons=_reasons(received))
        if not (200 <= response.status < 300 or response.status == 404):
            raise Unavailable(f"{self.name} does not serve us", retry_after=_pause(response.headers.get("Retry-After")))
        if len(received) > LONGEST_ANSWER:
            raise self.not_understood()
        return Reply(response.status, received)

    def _request(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[urllib3.BaseHTTPResponse, bytes]:
        """Raises Unavailable."""
        try:
            with self._pool.request(
                method, self._base + path, body=content, headers=headers, preload_content=False
            ) as response:
                return response, response.read(LONGEST_ANSWER + 1, decode_content=True)
        except urllib3.exceptions.HTTPError:
            raise Unavailable(f"{self.name} does not answer") from None

    def read[A: Answer](self, model: type[A], reply: Reply) -> A:
        """Raises Unavailable if the answer is a 404 or not as documented."""
        if reply.status == 404:
            raise self.not_understood()
        try:
            return model.model_validate_json(reply.body)
        except ValidationError:
            raise self.not_understood() from None

    def not_understood(self) -> Unavailable:
        return Unavailable(f"{self.name} gave an answer that is not understood", retry_after=60)


def _reasons(body: bytes) -> list[str]:
    try:
        told = json.loads(body)
    except ValueError:
        return []
    if not isinstance(told, dict):
        return []
    words = [word for name in ("messages", "reason_codes") for word in _listed(told.get(name))]
    codes = [word for word in words if isinstance(word, str) and _CODE.fullmatch(word)]
    status = told.get("status")
    return codes or ([status] if isinstance(status, str) and _CODE.fullmatch(status) else [])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _pause(retry_after: str | None) -> int:
    """Seconds of a Retry-After header; its date form is not worth a parser, a minute does as well."""
    if retry_after is None or not retry_after.isdecimal():
        return 60 if retry_after else 5
    return min(max(1, int(retry_after)), LONGEST_PAUSE)
