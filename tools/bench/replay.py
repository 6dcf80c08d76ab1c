"""A journey's own requests, played again with AWS's answers off a tape: what the product's code costs per request."""

from __future__ import annotations

import copy
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.response import StreamingBody

import tests.support.world
from econtracting.http.problems import Door
from tests.support import deployed
from tests.support.world import Context
from tools.bench.processor import median_ms
from tools.bench.rows import Row

BUDGET_MS = 2.0
RUNS = 15
STREAMS = {"Body", "Payload"}
# Their cost is wanted: a password's hash is slow on purpose. They are reported apart.
HASHING = frozenset({"/access/sessions", "/access/password", "/access/password-requests"})


@dataclass
class Request:
    """A request as a door got it, and what AWS answered to each of its calls, in order."""

    function: str
    event: dict[str, Any]
    answers: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def route(self) -> str:
        return f"{self.event['httpMethod']} {self.event['resource']}"

    def play(self) -> None:
        """Raises AssertionError when the request asks something else than it did."""
        with _stubbed(iter(self.answers)):
            answer = tests.support.world.handler_of(self.function)(self.event, Context())
        assert answer["statusCode"] < 300, (self.route, answer)


class Tape:
    """Records the requests of doors and the answers they get from AWS."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.requests: list[Request] = []
        self.running = True
        self._here = threading.local()
        handler, call = tests.support.world.handler_of, BaseClient._make_api_call
        doors = {function for _, _, function in deployed.routes()}

        def recorded(function: str) -> Callable[[Any, Any], Any]:
            inner = handler(function)
            return (
                (lambda event, context: self._record(function, inner, event, context))
                if self.running and function in doors
                else inner
            )

        def noted(client: Any, operation: str, parameters: Any) -> Any:
            request = getattr(self._here, "request", None)
            if request is None:
                return call(client, operation, parameters)
            self._here.request = None  # a function invoked in here has requests of its own
            try:
                answer = call(client, operation, parameters)
            except Exception as error:
                request.answers.append((operation, error))
                raise
            finally:
                self._here.request = request
            for stream in STREAMS & answer.keys():
                answer[stream] = answer[stream].read()
            request.answers.append((operation, copy.deepcopy(answer)))
            return _readable(answer)

        patch.setattr(tests.support.world, "handler_of", recorded)
        patch.setattr(BaseClient, "_make_api_call", noted)

    def _record(self, function: str, inner: Callable[[Any, Any], Any], event: Any, context: Any) -> Any:
        self._here.request = Request(function, copy.deepcopy(event))
        try:
            answer = inner(event, context)
        finally:
            request, self._here.request = self._here.request, None
        if answer["statusCode"] < 300:
            self.requests.append(request)
        return answer


def measure(requests: list[Request]) -> tuple[list[Row], dict[str, float]]:
    """Rows for the table, and milliseconds per route. Each request is played several times on one thread."""
    by_route: dict[str, list[float]] = defaultdict(list)
    for request in requests:
        by_route[request.route].append(_milliseconds(request))
    routes = {route: statistics.median(found) for route, found in by_route.items()}
    plain = [one for route, found in by_route.items() if route.split(" ")[1] not in HASHING for one in found]
    hashing = [one for route, found in by_route.items() if route.split(" ")[1] in HASHING for one in found]
    floor = f"{floor_ms():.2f} ms"
    middle = statistics.median(plain)
    slowest = max((route for route in routes if route.split(" ")[1] not in HASHING), key=lambda route: routes[route])
    return [
        Row(f"warm request, median of {len(plain)}", f"{middle:.2f} ms", floor, "<= 2 ms", middle <= BUDGET_MS),
        Row(f"warm request, slowest route ({slowest})", f"{routes[slowest]:.2f} ms", floor),
        Row("warm request that hashes a password", f"{statistics.median(hashing):.1f} ms", floor),
    ], routes


def _milliseconds(request: Request) -> float:
    request.play()
    found = []
    for _ in range(RUNS):
        before = time.thread_time()
        request.play()
        found.append(time.thread_time() - before)
    return statistics.median(found) * 1000


def floor_ms() -> float:
    """The resolver alone: a door with one route that answers a constant."""
    door = Door(lambda _: False)

    @door.get("/constant")
    def constant() -> dict[str, str]:
        return {"constant": "answer"}

    event = {
        "resource": "/constant",
        "path": "/constant",
        "httpMethod": "GET",
        "headers": {},
        "multiValueHeaders": {},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"identity": {"sourceIp": "203.0.113.7"}},
        "body": None,
        "isBase64Encoded": False,
    }
    door.resolve(event, Context())
    return median_ms(lambda: door.resolve(event, Context()), 200)


@contextmanager
def _stubbed(answers: Iterator[tuple[str, Any]]) -> Iterator[None]:
    call = BaseClient._make_api_call

    def answered(_: Any, operation: str, __: Any) -> Any:
        expected, answer = next(answers)
        assert expected == operation, (expected, operation)
        if isinstance(answer, Exception):
            raise answer
        return _readable(dict(answer))

    BaseClient._make_api_call = answered
    try:
        yield
    finally:
        BaseClient._make_api_call = call


def _readable(answer: dict[str, Any]) -> dict[str, Any]:
    for stream in STREAMS & answer.keys():
        answer[stream] = StreamingBody(BytesIO(answer[stream]), len(answer[stream]))
    return answer
