"""The one address of the local stack: portal at /, the API under /api, every sent mail at /inbox.

On AWS a distribution puts portal and API under one origin; here this process does, and forwards each call byte for
byte to the emulator's REST API. Two things differ on purpose, here and nowhere else: browsers refuse `__Host-` cookies
without TLS, so the session cookie is renamed on its way out and back in; and the caller's address is always the
connection's, never what a client claims.
"""

import json
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local import inbox, portal
from local.config import HOST, ROOT, Config
from local.mail_service import MailService
from local.mails import MailStore
from local.refusals import GatewayRefusals

SECURE_COOKIE, PLAIN_COOKIE = "__Host-session", "session"
HOP_BY_HOP = {
    b"connection", b"content-length", b"host", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te",
    b"trailer", b"transfer-encoding", b"upgrade",
}  # fmt: skip
# Written by the edge alone, so a client's own value never passes.
EDGE_HEADERS = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-port", b"forwarded", b"accept-encoding"}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
API_STAGE = "v1"

Headers = Iterable[tuple[bytes, bytes]]


def outgoing_cookie(value: str) -> str:
    """The Set-Cookie a browser accepts on loopback without TLS."""
    name, equals, rest = value.partition("=")
    if name.strip() != SECURE_COOKIE:
        return value
    attributes = [part.strip() for part in rest.split(";")]
    return PLAIN_COOKIE + equals + "; ".join(part for part in attributes if part.lower() != "secure")


def incoming_cookies(value: str) -> str:
    """The Cookie header with the session under the name that the functions know, and without empty places: a header
    that ends in a space cannot be sent on."""
    pairs = (pair.strip() for pair in value.split(";"))
    return "; ".join(
        SECURE_COOKIE + pair.removeprefix(PLAIN_COOKIE) if pair.startswith(f"{PLAIN_COOKIE}=") else pair
        for pair in pairs
        if pair
    )


def request_headers(headers: Headers, caller: str) -> list[tuple[bytes, bytes]]:
    """What the API gets to see of the caller's headers, with the address that the edge vouches for."""
    kept = [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP | EDGE_HEADERS | {b"cookie"}]
    sent = [value.decode("latin-1") for name, value in headers if name.lower() == b"cookie"]
    if sent:  # one field however many came, as intermediaries do (RFC 9113, 8.2.3)
        kept.append((b"cookie", incoming_cookies("; ".join(sent)).encode("latin-1")))
    return [
        *kept,
        (b"x-forwarded-for", caller.encode()),
        (b"x-forwarded-proto", b"http"),
        (b"accept-encoding", b"identity"),
    ]


def response_headers(headers: Headers) -> list[tuple[bytes, bytes]]:
    """The API's headers, each Set-Cookie on its own line as it came."""
    kept = []
    for name, value in headers:
        if name.lower() == b"set-cookie":
            kept.append((b"set-cookie", outgoing_cookie(value.decode("latin-1")).encode("latin-1")))
        elif name.lower() not in HOP_BY_HOP | {b"date", b"server"}:
            kept.append((name.lower(), value))
    return kept


class ApiProxy:
    """Forwards /api/* to the stage of the deployed API."""

    def __init__(self, config: Config, http: httpx.AsyncClient) -> None:
        self._config, self._http = config, http
        self._refusals = GatewayRefusals(ROOT / "template.yaml")

    async def answer(self, request: Request) -> Response:
        api_id = self._api_id()
        if api_id is None:
            return _unavailable("The stack is still being deployed.")
        raw_path: bytes = request.scope["raw_path"]
        path = raw_path.decode("ascii").partition("?")[0].removeprefix("/api")
        query = request.scope["query_string"].decode("ascii")
        target = f"{self._config.url('emulator')}/_aws/execute-api/{api_id}/{API_STAGE}{path}" + (
            f"?{query}" if query else ""
        )
        caller = request.client.host if request.client else HOST
        try:
            answer = await self._http.request(
                request.method,
                target,
                headers=request_headers(request.headers.raw, caller),
                content=await request.body(),
            )
        except httpx.TransportError as error:
            print(f"{request.method} {target}: {error!r}", file=sys.stderr, flush=True)
            return _unavailable("The emulator does not answer.")
        refusal = self._refusals.of(
            request.method,
            path.removesuffix("/") or "/",
            answer.status_code,
            answer.headers.get("content-type", ""),
            answer.content,
        )
        if refusal is not None:
            return Response(refusal.body, refusal.status, refusal.headers)
        response = Response(answer.content, answer.status_code)
        response.raw_headers = [
            *response_headers(answer.headers.raw), (b"content-length", str(len(answer.content)).encode())
        ]  # fmt: skip
        return response

    def _api_id(self) -> str | None:
        """Read again each time: a deployment with other routes is another API on the emulator."""
        try:
            api_id: str = json.loads((self._config.home / "outputs.json").read_text())["ApiId"]
        except (OSError, ValueError, KeyError):
            return None
        return api_id


class AnyPath(Convertor[str]):
    """What follows, line breaks included: Starlette's own `path` leaves those paths unanswered by the API."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("any", AnyPath())


def _unavailable(detail: str) -> JSONResponse:
    problem = {
        "type": "urn:econtracting:problem:temporarily-unavailable",
        "title": "Please try again in a moment",
        "status": 503,
        "detail": detail,
        "code": "temporarily-unavailable",
    }
    return JSONResponse(problem, 503, {"Retry-After": "1"}, media_type="application/problem+json")


def application(config: Config) -> Starlette:
    """The gateway of one local stack."""
    # No pool limit and a patience beyond API Gateway's 29 seconds: the emulator's answer counts, not this hop's.
    http = httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None))
    mails = MailStore(config.home / "mails")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with http:
            yield

    return Starlette(
        routes=[
            Route("/api/{path:any}", ApiProxy(config, http).answer, methods=METHODS),
            Route(
                "/mail-service/{path:path}", MailService(config.url("emulator"), http, mails).answer, methods=METHODS
            ),
            *inbox.routes(mails),
            *portal.routes(config.url("emulator")),
        ],
        lifespan=lifespan,
    )


def main() -> None:
    config = Config.read()
    # The connection's own address is the truth here, so no proxy header may replace it.
    uvicorn.run(application(config), host=HOST, port=config.ports.portal, log_level="warning", proxy_headers=False)


if __name__ == "__main__":
    main()
