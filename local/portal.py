"""The portal's files, or a page that says honestly that they are not built."""

import re
from http import HTTPStatus
from typing import Any

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from local.config import ROOT

BUILT = ROOT / "web/dist"


def security_headers(uploads: str) -> dict[str, str]:
    """The headers of every file. `uploads` is the one foreign origin: supporting files go straight to storage."""
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            f"font-src 'self'; connect-src 'self' {uploads}; base-uri 'none'; object-src 'none'; form-action 'self'; "
            "frame-ancestors 'none'"
        ),
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


PLACEHOLDER = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Meridian Health contracting</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body>
<main>
<h1>Meridian Health contracting</h1>
<p>The portal's pages are not built yet. Links of invitations (<code>#/invitation/…</code>) lead here;
the API behind them is served under <code>/api</code>.</p>
<p>On this machine: <a href="/inbox">every mail that was sent</a>.</p>
</main>
</body>
</html>
"""


# What is a file; the page answers at every other path, as PortalPath in template.yaml has it.
FILE = re.compile(r"assets/.*|[A-Za-z0-9_-]+\.(?:html|json|svg|png|jpg|webp|ico|txt|webmanifest)", re.DOTALL)
PAGE = "index.html"


class AnyPath(Convertor[str]):
    """What follows, line breaks included: Starlette's own `path` leaves those paths unanswered."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("any", AnyPath())


def routes(uploads: str) -> list[Route]:
    """/ and the files beside it, as they are built at the moment they are asked for; the page at every other path.

    A mail scanner may have made a path of what stood behind a link's #: the page moves it back.
    """
    files = _Files(directory=BUILT, check_dir=False, headers=security_headers(uploads))

    async def answer(request: Request) -> Response:
        path = request.path_params["path"]
        return await files.get_response(path if FILE.fullmatch(path) else PAGE, request.scope)

    return [Route("/{path:any}", answer)]


class _Files(StaticFiles):
    """The built files with the portal's headers; the placeholder while there are none."""

    def __init__(self, *, headers: dict[str, str], **options: Any) -> None:
        super().__init__(**options)
        self._headers = headers

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path == PAGE and not (BUILT / PAGE).exists():
            return HTMLResponse(PLACEHOLDER, headers=self._headers)
        response = await super().get_response(path, scope)
        response.headers.update(self._headers)
        # A built asset has its content's hash in its name; everything else is asked for again.
        lasting = path.startswith("assets/") and response.status_code == HTTPStatus.OK
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response
