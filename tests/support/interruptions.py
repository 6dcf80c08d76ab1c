"""Something goes wrong at the k-th call to the outside, whichever it is: an AWS service or a vendor.

Only calls between `armed()` and its end are counted, so that what a test looks at itself is left alone.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError
from moto.awslambda_simple.models import LambdaSimpleBackend

from econtracting.domain.errors import Unavailable
from tests.support import vendors


class Crash(BaseException):
    """The process dies here: nothing catches it, nothing is cleaned up."""


class Kind(StrEnum):
    DIES_BEFORE = "dies before"  # the process ends, the call was never made
    DIES_AFTER = "dies after"  # the call was carried out, then the process ends
    LOST = "lost"  # carried out, but its answer never comes
    REFUSED = "refused"  # throttled until the SDK gives up
    REPEATED = "repeated"  # the first answer is lost and the SDK makes the call again by itself


PORTS = (
    (vendors.Screening, "order"),
    (vendors.Screening, "report"),
    (vendors.Registry, "licenses"),
    (vendors.Registry, "identity"),
    (vendors.Gateway, "appoint"),
    (vendors.CertificationSite, "feed"),
    (vendors.Post, "send"),
)
PRECONDITIONS = frozenset({"PutObject"})


class Interruptions:
    def __init__(self) -> None:
        self.made: list[str] = []  # the calls counted so far, by name
        self._kind: Kind | None = None
        self._at = 0
        self._on = False
        self._lock = threading.Lock()

    @contextmanager
    def armed(self, kind: Kind | None = None, at: int = 0) -> Iterator[None]:
        """Count; let the `at`-th call go wrong, once."""
        self.made, self._kind, self._at, self._on = [], kind, at, True
        try:
            yield
        finally:
            self._on = False

    @property
    def struck(self) -> bool:
        return len(self.made) >= self._at

    def install(self, patch: pytest.MonkeyPatch) -> None:
        make_call = BaseClient._make_api_call

        def aws(client: Any, operation: str, parameters: Any) -> Any:
            service = client.meta.service_model.service_name
            return self._call(
                f"{service}:{operation}",
                lambda: make_call(client, operation, parameters),
                lost=ReadTimeoutError(endpoint_url="lost"),
                refused=_throttled(operation),
            )

        patch.setattr(BaseClient, "_make_api_call", aws)
        for port, name in PORTS:
            patch.setattr(port, name, self._vendor(port, name))
        invoke = LambdaSimpleBackend.invoke

        def contained(backend: Any, name: str, qualifier: Any, body: Any, headers: Any, response: Any) -> bytes:
            """A function that dies takes no one with it; who invoked it is told."""
            try:
                return invoke(backend, name, qualifier, body, headers, response)
            except Crash:
                response["x-amz-function-error"] = "Unhandled"
                return json.dumps({"errorType": "Runtime.ExitError", "errorMessage": "died"}).encode()

        patch.setattr(LambdaSimpleBackend, "invoke", contained)

    def _vendor(self, port: type, name: str) -> Callable[..., Any]:
        call = getattr(port, name)

        def vendor(outside: Any, *arguments: Any, **named: Any) -> Any:
            return self._call(
                f"vendor:{port.__name__}.{name}",
                lambda: call(outside, *arguments, **named),
                lost=Unavailable(),
                refused=Unavailable(),
                repeats=False,  # the adapters repeat nothing by themselves
            )

        return vendor

    def _call(
        self, name: str, act: Callable[[], Any], *, lost: Exception, refused: Exception, repeats: bool = True
    ) -> Any:
        if not self._on:
            return act()
        with self._lock:
            self.made.append(name)
            kind = self._kind if len(self.made) == self._at else None
        if kind is Kind.DIES_BEFORE:
            raise Crash
        if kind is Kind.REFUSED:
            raise refused
        answer = act()
        if kind is Kind.DIES_AFTER:
            raise Crash
        if kind is Kind.LOST:
            raise lost
        if kind is Kind.REPEATED and repeats:
            answer = act()
        return answer


def _throttled(operation: str) -> ClientError:
    return ClientError(
        {"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation
    )
