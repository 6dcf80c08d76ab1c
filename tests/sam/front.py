"""The address that people use in this suite: the API under /api goes to sam, everything else to the stack's gateway.

sam makes a 502 of an authorizer that refuses by exception, as API Gateway's REST APIs want it refused, and it knows no
gateway responses. A refusal is told from a broken function by sam's own log, and answered in the template's words.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.config import HOST, ROOT
from local.gateway import METHODS, request_headers, response_headers
from local.processes import free_port
from local.refusals import GatewayRefusals

REFUSED_BY_AUTHORIZER = b'"errorMessage": "Unauthorized"'


@contextmanager
def standing(api: str, gateway: str, log: Path) -> Iterator[int]:
    """The port of a front that forwards as the local gateway does, cookies and caller's address included."""
    port = free_port()
    http = httpx.Client(timeout=120)
    refusals = GatewayRefusals(ROOT / "template.yaml")
    one_at_a_time = threading.Lock()  # so that what is new in the log belongs to the one call

    def call_api(request: Request, body: bytes) -> Response:
        path = request.url.path.removeprefix("/api")
        with one_at_a_time:
            read = log.stat().st_size
            answer = send(request, api + path, body)
            with log.open("rb") as said:
                said.seek(read)
                refused = answer.status_code == 502 and REFUSED_BY_AUTHORIZER in said.read()
        refusal = refusals.of(
            request.method, path, 401 if refused else answer.status_code, answer.headers.get("content-type", ""),
            answer.content,
        )  # fmt: skip
        return Response(refusal.body, refusal.status, refusal.headers) if refusal else passed_on(answer)

    def send(request: Request, target: str, body: bytes) -> httpx.Response:
        headers = request_headers(request.headers.raw, HOST)
        return http.request(request.method, target, params=request.url.query, headers=headers, content=body)

    def passed_on(answer: httpx.Response) -> Response:
        response = Response(answer.content, answer.status_code)
        size = (b"content-length", str(len(answer.content)).encode())
        response.raw_headers = [*response_headers(answer.headers.raw), size]
        return response

    def forward(request: Request, body: bytes) -> Response:
        if request.url.path.startswith("/api/"):
            return call_api(request, body)
        return passed_on(send(request, gateway + request.url.path, body))

    async def any_path(request: Request) -> Response:
        return await run_in_threadpool(forward, request, await request.body())

    application = Starlette(routes=[Route("/{path:path}", any_path, methods=METHODS)])
    server = uvicorn.Server(uvicorn.Config(application, host=HOST, port=port, log_level="warning", proxy_headers=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join(30)
        http.close()
