"""Files as answers. A PDF may be shown by the browser's own viewer, so it goes without the sandbox; archives are only saved."""

from __future__ import annotations

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response


def pdf(content: bytes, name: str) -> Response[bytes]:
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; object-src 'none'",
    }
    return Response(HTTPStatus.OK, content_type="application/pdf", body=content, headers=headers)


def zipped(content: bytes, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(HTTPStatus.OK, content_type="application/zip", body=content, headers=headers)
