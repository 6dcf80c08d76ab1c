"""The product of tests/support/world.py behind an HTTP port, for screens that need another time or
another turn of events.

It runs in a process of its own: moto takes over every AWS call of its process, and the test moves the clock of its
world. Files, headers and cookies are treated as the local gateway treats them. Executions are not run; call the tasks.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local import portal
from local.config import HOST
from local.gateway import METHODS, PLAIN_COOKIE, SECURE_COOKIE, outgoing_cookie
from local.processes import free_port
from tests.support import journey
from tests.support.stages import Stages, begin_check, notify, seal, stages, suspend_for_ssn, weigh
from tests.support.world import World

PATIENCE_SECONDS = 120
# PORTAL_SLOW=N makes pages N times slower, and the answers of this world come up to N * 100 ms late, in both directions
# of the wire: a test that hurries ahead of what a person can see, and a page that trips over one, fail then.
SLOW = int(os.environ.get("PORTAL_SLOW", "1"))


class ServedWorld:
    """A world in another process, with one packet in it. Use it as a context manager."""

    def __init__(self, port: int | None = None) -> None:
        self._port = port or free_port()
        self.url = f"http://{HOST}:{self._port}"
        spawning = multiprocessing.get_context("spawn")
        self._orders, theirs = spawning.Pipe()
        self._process = spawning.Process(target=_serve, args=(self._port, theirs), daemon=True)

    def __enter__(self) -> ServedWorld:
        self._process.start()
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        self._orders.send(None)
        self._process.join(10)
        if self._process.is_alive():
            self._process.terminate()

    def at(self, stage: str) -> list[dict[str, Any]]:
        """Put the packet where it stood at a stage of tests/support/stages.py; returns the session's cookies."""
        self._order("stage", stage)
        token = self._order("cookie")
        attributes = {"url": self.url, "httpOnly": True, "sameSite": "Strict"}
        return [{"name": PLAIN_COOKIE, "value": token, **attributes}] if token else []

    @property
    def link(self) -> str:
        return f"{self.url}/#/invitation/{self.do(journey.link_secret)}"

    def do(self, act: Callable[..., Any], *values: Any, **named: Any) -> Any:
        """Call a function of a module over there, with the world before these values."""
        return self._order("do", act, values, named)

    def _order(self, *order: Any) -> Any:
        self._orders.send(order)
        return self._answer()

    def _answer(self) -> Any:
        if not self._orders.poll(PATIENCE_SECONDS):
            raise TimeoutError("the served world does not answer")
        worked, answer = self._orders.recv()
        if not worked:
            raise AssertionError(answer)
        return answer


def _serve(port: int, orders: Connection) -> None:
    turn = threading.Lock()
    with stages() as walked:
        walked.go_on("sealed", seal)
        walked.go_on("asked", suspend_for_ssn)
        walked.at("sealed")
        walked.go_on("screened", begin_check)
        walked.go_on("weighed", weigh)
        walked.go_on("noticed", notify)
        options = uvicorn.Config(_application(walked.world, turn), host=HOST, port=port, log_level="warning")
        server = uvicorn.Server(options)
        serving = threading.Thread(target=server.run, daemon=True)
        serving.start()
        orders.send((True, None))
        while (order := orders.recv()) is not None:
            try:
                with turn:
                    orders.send((True, _obey(walked, *order)))
            except Exception:
                orders.send((False, traceback.format_exc()))
        server.should_exit = True
        serving.join(5)


def _obey(walked: Stages, what: str, *more: Any) -> Any:
    if what == "stage":
        walked.at(more[0])
        return None
    if what == "cookie":
        return walked.world.cookie
    act, values, named = more
    return act(walked.world, *values, **named)


def _application(world: World, turn: threading.Lock) -> Starlette:
    async def answer(request: Request) -> Response:
        body = await request.body()
        await _lateness()
        found = await run_in_threadpool(lambda: _call(world, turn, request, body))
        await _lateness()
        return found

    return Starlette(routes=[Route("/api/{path:path}", answer, methods=METHODS), *portal.routes("'self'")])


async def _lateness() -> None:
    await asyncio.sleep(random.uniform(0, (SLOW - 1) * 0.1))


def _call(world: World, turn: threading.Lock, request: Request, body: bytes) -> Response:
    """One request of a browser, whose cookies are its own and not those of the world's agent."""
    caller = replace(world, cookie=request.cookies.get(PLAIN_COOKIE))
    headers = {name.title(): value for name, value in request.headers.items() if name not in ("cookie", "host")}
    with turn:
        found = caller.call(
            request.method,
            request.url.path.removeprefix("/api"),
            body or None,
            headers=headers,
            query=dict(request.query_params),
        )
    response = Response(found.body, found.status)
    for name, values in found.headers.items():
        for value in values:
            shown = outgoing_cookie(value) if value.startswith(SECURE_COOKIE) else value
            if name.lower() != "content-length":
                response.raw_headers.append((name.lower().encode(), shown.encode("latin-1")))
    return response
