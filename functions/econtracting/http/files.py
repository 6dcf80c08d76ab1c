"""Files as answers. The browser's own viewer may show a PDF, so it goes without the sandbox; archives are saved."""

from __future__ import annotations

from base64 import b64encode
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse, OpenAPIResponseContentSchema

_BYTES: OpenAPIResponseContentSchema = {"schema": {"type": "string", "format": "binary"}}


def _declared(*media_types: str) -> dict[int, OpenAPIResponse]:
    """The answer of a route that sends a file, as the contract tells it."""
    return {200: {"description": "The file", "content": dict.fromkeys(media_types, _BYTES)}}


PDF = _declared("application/pdf")
PDF_OR_ELSEWHERE = PDF | {
    303: {"description": "The file is large: `Location` has it, for two minutes", "content": {"text/plain": _BYTES}}
}
PNG = _declared("image/png")
ZIP = _declared("application/zip")
PLAIN = _declared("text/plain")
CSV = _declared("text/csv")
ZIP_OR_PDF = _declared("application/zip", "application/pdf")

# Encoded here: the resolver's response models know text only.
File = Response[str]


def pdf(content: bytes, name: str) -> File:
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; object-src 'none'",
    }
    return _file(content, "application/pdf", headers)


def elsewhere(address: str) -> File:
    """A file too large for an answer: the browser gets it where it is stored."""
    return Response(int(HTTPStatus.SEE_OTHER), content_type="text/plain", body="", headers={"Location": address})


def png(content: bytes) -> File:
    return _file(content, "image/png", {"Content-Disposition": "inline"})


def zipped(content: bytes, name: str) -> File:
    return _file(content, "application/zip", {"Content-Disposition": f'attachment; filename="{name}"'})


def csv(content: str, name: str) -> File:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return _file(content.encode(), "text/csv; charset=utf-8", headers)


def plain(content: str) -> File:
    return _file(content.encode(), "text/plain; charset=utf-8", {"Content-Disposition": "inline"})


def _file(content: bytes, content_type: str, headers: dict[str, str]) -> File:
    response: File = Response(
        int(HTTPStatus.OK), content_type=content_type, body=b64encode(content).decode(), headers=dict(headers)
    )
    response.base64_encoded = True
    return response
