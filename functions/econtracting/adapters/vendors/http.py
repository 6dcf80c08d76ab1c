"""One way to call an outside system: JSON over HTTP, bounded in time and size, tried once.

What is a file is streamed into one (`save`), so that its size is no matter of memory. Whoever calls retries with
patience (the outbox, the state machine), so a hidden retry here would only use up the function's time. What cannot be
understood counts as an outage and is never guessed at; nothing a vendor wrote, or we sent, appears in an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, BinaryIO, NamedTuple

import urllib3
from pydantic import BaseModel, ConfigDict, ValidationError

from econtracting.adapters.secrets import Credential
from econtracting.domain.errors import InvalidRequest, TooLarge, Unavailable
from econtracting.domain.words import words

LONGEST_ANSWER = 1024 * 1024
PART = 16 * 1024
LONGEST_SAVE = 40.0  # seconds for a file, well within the time of the function that asks and of an outbox row's lease
LONGEST_COPY = 50 * 1024 * 1024  # bytes; a report of many counties has several million
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

    def __init__(
        self,
        name: str,
        base_url: str,
        key: str | Credential,
        patience: Timeouts,
        timer: Callable[[], float] = monotonic,
    ) -> None:
        self._timer = timer
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
            raise InvalidRequest(words("{name} refused", name=self.name), reasons=_reasons(received))
        if not (200 <= response.status < 300 or response.status == 404):
            raise Unavailable(
                words("{name} does not serve us", name=self.name),
                retry_after=_pause(response.headers.get("Retry-After")),
            )
        if len(received) > LONGEST_ANSWER:
            raise self.not_understood()
        return Reply(response.status, received)

    def save(self, path: str, into: BinaryIO, *, most: int) -> None:
        """Write the file that the vendor has under a path into an empty one, part by part.

        Raises TooLarge for one of more than `most` bytes, and Unavailable for everything else that is no whole file.
        """
        # A packed body would have to be unpacked, and nothing tells how large that is: the vendor is asked not to.
        headers = {"Authorization": f"Bearer {self._credential.now()}", "Accept-Encoding": "identity"}
        ends, size = self._timer() + LONGEST_SAVE, 0
        try:
            with self._pool.request("GET", self._base + path, headers=headers, preload_content=False) as response:
                if not 200 <= response.status < 300:
                    told = response.headers.get("Retry-After")
                    raise Unavailable(words("{name} does not serve us", name=self.name), retry_after=_pause(told))
                if response.headers.get("Content-Encoding", "identity") != "identity":
                    raise self.not_understood()
                if (
                    response.headers.get("Content-Length", "").isdecimal()
                    and int(response.headers["Content-Length"]) > most
                ):
                    raise TooLarge(most)
                for part in response.stream(PART, decode_content=False):
                    size += len(part)
                    if size > most:
                        raise TooLarge(most)
                    if self._timer() > ends:
                        raise Unavailable(words("{name} is too slow", name=self.name), retry_after=60)
                    into.write(part)
        except urllib3.exceptions.HTTPError:
            raise Unavailable(words("{name} does not answer", name=self.name)) from None

    def save_copy(self, path: str, into: BinaryIO) -> None:
        """As `save`, for the copy of a report: a PDF, with or without a mark in front of it."""
        self.save(path, into, most=LONGEST_COPY)
        into.seek(0)
        if b"%PDF-" not in into.read(1024):
            raise self.not_understood()

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
            raise Unavailable(words("{name} does not answer", name=self.name)) from None

    def read[A: Answer](self, model: type[A], reply: Reply) -> A:
        """Raises Unavailable if the answer is a 404 or not as documented."""
        if reply.status == 404:
            raise self.not_understood()
        try:
            return model.model_validate_json(reply.body)
        except ValidationError:
            raise self.not_understood() from None

    def not_understood(self) -> Unavailable:
        return Unavailable(words("{name} gave an answer that is not understood", name=self.name), retry_after=60)


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
