"""Faults on the way to AWS, put into a client: refused before anything happened, or done and the answer lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


def refuse(client: Any, operation: str, times: int, code: str, status: int) -> None:
    """The next `times` calls are answered with an error before anything has happened. For services that speak JSON."""
    left = [times]

    def hook(request: Any, **_: Any) -> AWSResponse | None:
        if left[0] <= 0:
            return None
        left[0] -= 1
        # Every hook is called, whoever answers first: at its own address moto would carry the call out all the same.
        url, request.url = request.url, "https://refused.invalid/"
        body = json.dumps({"__type": code, "message": "injected"}).encode()
        return AWSResponse(url, status, {"x-amzn-errortype": code}, _Raw(body))

    service = client.meta.service_model.service_name
    client.meta.events.register_first(f"before-send.{service}.{operation}", hook)


def lose_response(client: Any, operation: str) -> None:
    """The next call is carried out, but its answer never comes."""
    left = [1]

    def hook(**_: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise ReadTimeoutError(endpoint_url="lost")

    service = client.meta.service_model.service_name
    client.meta.events.register(f"after-call.{service}.{operation}", hook)
