"""How the doors answer: one resolver, refusals as `application/problem+json` (RFC 9457), our headers on everything."""

from __future__ import annotations

import base64
import binascii
import json
import traceback
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from econtracting.domain import errors
from econtracting.domain.words import Words, joined, said, words
from econtracting.http.callers import FILES, MESSAGES, body_limit, too_much
from econtracting.http.edge import seen_through
from econtracting.http.languages import language_of
from econtracting.http.requests import NoSuchAddress, read, said_of
from econtracting.http.routes import methods_of
from econtracting.views.base import speaking, spoken

logger = Logger()

STATUS: dict[type[errors.EContractingError], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    errors.InvalidCredentials: HTTPStatus.UNAUTHORIZED,
    errors.BadSignature: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.StaleVersion: HTTPStatus.PRECONDITION_FAILED,
    errors.NoText: HTTPStatus.BAD_REQUEST,
    errors.InvalidRequest: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; sandbox"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


def status_of(error: errors.EContractingError) -> HTTPStatus:
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def problem(status: int, code: str, title: str, detail: str, /, **facts: Any) -> Response[str]:
    """A problem document in the caller's language. Facts never overwrite the five members every problem has."""
    language = spoken()
    body = {
        **_told(facts, language),
        "type": f"urn:econtracting:problem:{code}",
        "title": said(title, language),
        "status": int(status),
        "detail": said(detail, language),
        "code": code,
    }
    headers: dict[str, Any] = {**HEADERS, "Content-Language": language}
    if "retry_after" in facts:
        headers["Retry-After"] = str(facts["retry_after"])
    if "allow" in facts:
        headers["Allow"] = ", ".join(facts["allow"])
    return Response(int(status), content_type="application/problem+json", body=json.dumps(body), headers=headers)


def _told(fact: Any, language: str) -> Any:
    """A fact with what it says to people in their language: its `message` members, and every text that is Words."""
    match fact:
        case dict():
            return {
                name: said(value, language) if name == "message" and isinstance(value, str) else _told(value, language)
                for name, value in fact.items()
            }
        case list() | tuple():
            return [_told(one, language) for one in fact]
        case Words():
            return said(fact, language)
        case _:
            return fact


def invalid_fields(found: list[dict[str, Any]]) -> list[dict[str, str]]:
    """pydantic's findings as field, rule and message; the input itself, Python's types and file names stay inside."""
    rows = []
    for one in found:
        place = [str(part) for part in one["loc"] if part not in ("body", "query", "path", "header")]
        rows.append({"field": ".".join(place), "rule": one["type"].replace("_", "-"), "message": said_of(one)})
    return rows


def malformed() -> Response[str]:
    return problem(HTTPStatus.BAD_REQUEST, "malformed-json", "The body is not JSON", "Send well-formed JSON.")


def unreadable(event: dict[str, Any]) -> Response[str] | None:
    """The refusal of a body that is too large or no text, before anything looks into it."""
    body = event.get("body") or ""
    encoded = bool(event.get("isBase64Encoded"))
    resource = event.get("resource") or ""
    if (len(body) * 3 // 4 - body[-2:].count("=") if encoded else len(body)) > body_limit(resource):
        title, detail = words("The request is too large"), too_much(resource)
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request-too-large", title, detail)
    if resource.startswith(MESSAGES) or resource == FILES:
        return None  # whoever signed it is heard, whatever it is; a file says by its bytes which letters they are
    try:
        (base64.b64decode(body, validate=True).decode() if encoded else body).encode()
    except (binascii.Error, UnicodeError):
        return problem(HTTPStatus.BAD_REQUEST, "malformed-text", "The body is not text", "Send the body as UTF-8.")
    return None


class Door(APIGatewayRestResolver):
    """A resolver whose every answer, refusals included, has the same shape and headers.

    `from_edge` tells whether what a request shows is what the distribution proves itself with.
    """

    def __init__(self, from_edge: Callable[[str], bool]) -> None:
        super().__init__(enable_validation=True, response_validation_error_http_code=500)
        self._from_edge = from_edge
        self.exception_handler(errors.EContractingError)(self._refused)
        self.exception_handler(RequestValidationError)(self._invalid)
        self.exception_handler(ServiceError)(self._service_error)
        self.exception_handler(RecursionError)(lambda _: malformed())  # JSON nested beyond any honest body
        self.not_found(self._no_route)
        self.exception_handler(Exception)(self._unexpected)

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        logger.append_keys(request_id=getattr(context, "aws_request_id", None), route=event.get("resource"))
        with speaking(language_of(event)):
            return self._answer(event, context)

    def _answer(self, event: Any, context: Any) -> dict[str, Any]:
        if refused := unreadable(event):
            logger.info("refused", status=refused.status_code)
        else:
            try:
                event = read(self, event)
            except errors.EContractingError as refusal:
                refused = self._refused(refusal)
        if refused:
            kept = {name: [str(value)] for name, value in refused.headers.items()}
            kept["Content-Type"] = [str(refused.content_type)]
            answer: dict[str, Any] = {
                "statusCode": refused.status_code,
                "multiValueHeaders": kept,
                "body": refused.body,
                "isBase64Encoded": False,
            }
        else:
            answer = super().resolve(seen_through(event, self._from_edge), context)
        headers = answer.setdefault("multiValueHeaders", {})
        for name, value in HEADERS.items():
            headers.setdefault(name, [value])
        answer["body"] = answer.get("body") or ""
        return answer

    def _refused(self, error: errors.EContractingError) -> Response[str]:
        status = status_of(error)
        logger.info("refused", code=error.code, status=int(status))
        return problem(status, error.code, error.title, error.detail, **error.facts)

    def _invalid(self, error: RequestValidationError) -> Response[str]:
        found = list(error.errors())
        if any(one["type"] == "json_invalid" for one in found):
            return malformed()
        rows = invalid_fields(found)
        logger.info("refused", code="invalid-request", rules=[row["rule"] for row in rows])
        refusal = errors.InvalidRequest
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            refusal.code,
            refusal.title,
            joined((joined((row["field"] or "body", row["message"]), by=": ") for row in rows[:5]), by="; "),
            errors=rows,
        )

    def _service_error(self, error: ServiceError) -> Response[str]:
        phrase = HTTPStatus(error.status_code).phrase
        return problem(error.status_code, phrase.lower().replace(" ", "-"), phrase, phrase)

    def _no_route(self, _: Exception) -> Response[str]:
        allowed = methods_of(self, self.current_event.path)
        if allowed:
            return problem(
                HTTPStatus.METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "This address does not take this method",
                words("Use {methods}.", methods=joined(allowed, by=" or ")),
                allow=allowed,
            )
        return self._refused(NoSuchAddress())

    def _unexpected(self, error: Exception) -> Response[str]:
        # The frames, never the message: it may quote what someone entered.
        frames = traceback.format_tb(error.__traceback__)
        logger.error("unexpected", error_type=type(error).__name__, frames=frames[-8:])
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "internal-error",
            errors.EContractingError.title,
            "We have recorded it. Nothing you saved before is lost; please try again.",
        )
