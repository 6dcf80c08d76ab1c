"""The portal's files, or a page that says honestly that they are not built."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from local.config import ROOT

BUILT = ROOT / "web/dist"
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
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


async def _index(_: Request) -> Response:
    index: Path = BUILT / "index.html"
    if index.exists():
        return FileResponse(index, headers={**SECURITY_HEADERS, "Cache-Control": "no-cache"})
    return HTMLResponse(PLACEHOLDER, headers=SECURITY_HEADERS)


def routes() -> list[Route | Mount]:
    """/ and, once the portal is built, its files beside it."""
    files = [Mount("/", _Files(directory=BUILT))] if BUILT.is_dir() else []
    return [Route("/", _index), *files]


class _Files(StaticFiles):
    """The built files with the portal's security headers."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update(SECURITY_HEADERS)
        return response
