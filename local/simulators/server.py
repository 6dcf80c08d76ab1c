"""What every simulator shares: keys, repeatable calls, planned changes and webhooks that are sent until accepted."""

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.simulators.signatures import Signer
from local.simulators.store import Store, Work

log = logging.getLogger(__name__)
TICK_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 8.0

Body = dict[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]
Effect = Callable[[Body], tuple[int, Body]]


class Refusal(Exception):
    """Ends a call with this status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Simulator:
    """A vendor: routes behind its key, a memory, and a background task that does what is due."""

    def __init__(self, store: Store, key: str, webhook_url: str = "", sign: Signer | None = None) -> None:
        self.store, self._key, self._webhook_url, self._sign = store, key, webhook_url, sign
        self._routes: list[Route] = []
        self._http = httpx.AsyncClient(timeout=10)

    def route(self, method: str, path: str, endpoint: Endpoint) -> None:
        """Add a route that answers 401 to anyone without the vendor's key."""

        async def guarded(request: Request) -> Response:
            if request.headers.get("authorization") != f"Bearer {self._key}":
                return JSONResponse({"error": "unauthorized"}, 401)
            try:
                return await endpoint(request)
            except Refusal as refusal:
                return JSONResponse({"error": refusal.message}, refusal.status)

        self._routes.append(Route(path, guarded, methods=[method]))

    def application(self) -> Starlette:
        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            worker = asyncio.create_task(self._work())
            yield
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker
            await self._http.aclose()

        return Starlette(routes=self._routes, lifespan=lifespan)

    async def once(self, request: Request, effect: Effect, key: str | None = None) -> JSONResponse:
        """Do a creating call: the same key, by default the Idempotency-Key, gets the same answer and has one effect.

        The effect, its answer and the work it plans are one transaction.
        """
        raw = await request.body()
        body = json.loads(raw)
        given = key or request.headers.get("idempotency-key")
        name = f"{request.method} {request.url.path} {given}"
        fingerprint = hashlib.sha256(raw).hexdigest()
        with self.store.transaction():
            if given and (known := self.store.answer(name)):
                if known[0] != fingerprint:
                    raise Refusal(422, "idempotency key reused with another body")
                return JSONResponse(known[2], known[1])
            status, answer = effect(body)
            if given:
                self.store.remember(name, fingerprint, status, answer)
        return JSONResponse(answer, status)

    def outage(self, name: str, calls: int) -> None:
        """Refuse the first `calls` calls counted under this name with 503, as a vendor that is down for a while."""
        with self.store.transaction():
            seen = self.store.count(f"outage {name}")
        if seen <= calls:
            raise Refusal(503, "the service is not available at the moment")

    def change(self, kind: str, identifier: str, delay: float, **values: Any) -> None:
        """Plan an update of a record."""
        self.store.plan("change", {"kind": kind, "id": identifier, "values": values}, delay)

    def webhook(self, identifier: str, body: Body, delay: float = 0) -> None:
        """Plan a webhook. `identifier` names the event, so a planned repeat carries the same one."""
        self.store.plan("webhook", {"id": identifier, "body": body}, delay)

    async def _work(self) -> None:
        while True:
            for work in self.store.due():
                if work.kind == "change":
                    self._apply(work)
                else:
                    await self._deliver(work)
            await asyncio.sleep(TICK_SECONDS)

    def _apply(self, work: Work) -> None:
        kind, identifier = work.body["kind"], work.body["id"]
        with self.store.transaction():
            record = self.store.get(kind, identifier) or {}
            self.store.put(kind, identifier, record | work.body["values"])
            self.store.finish(work)

    async def _deliver(self, work: Work) -> None:
        """Send until someone answers 2xx: a webhook is never given up, only postponed."""
        assert self._sign is not None
        raw = json.dumps(work.body["body"]).encode()
        headers = {"Content-Type": "application/json", **self._sign(work.body["id"], raw)}
        try:
            answer = await self._http.post(self._webhook_url, content=raw, headers=headers)
            accepted, outcome = answer.is_success, str(answer.status_code)
        except httpx.TransportError as error:
            accepted, outcome = False, type(error).__name__
        if accepted:
            self.store.finish(work)
            return
        pause = min(LONGEST_PAUSE_SECONDS, 0.5 * 2**work.attempts)
        log.warning("webhook %s: %s, again in %.1f s", work.body["id"], outcome, pause)
        self.store.postpone(work, pause)
