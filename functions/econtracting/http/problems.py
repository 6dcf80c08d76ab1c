"""How the doors answer: one resolver with our refusals as `application/problem+json` (RFC 9457) and our headers on everything."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import ValidationError

from econtracting.domain import errors
from econtracting.http.routes import methods_of

logger = Logger()

STATUS: dict[type[errors.EContractingError], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    errors.InvalidCredentials: HTTPStatus.UNAUTHORIZED,
    errors.BadSignature: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.StaleVersion: HTTPStatus.PRECONDITION_FAILED,
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


def problem(status: int, code: str, title: str, detail: str, **facts: Any) -> Response[str]:
    """A problem document. Facts never overwrite the five members every problem has."""
    body = {
        **facts,
        "type": f"urn:econtracting:problem:{code}",
        "title": title,
        "status": int(status),
        "detail": detail,
        "code": code,
    }
    headers: dict[str, Any] = dict(HEADERS)
    if "retry_after" in facts:
        headers["Retry-After"] = str(facts["retry_after"])
    if "allow" in facts:
        headers["Allow"] = ", ".join(facts["allow"])
    return Response(int(status), content_type="application/problem+json", body=json.dumps(body), headers=headers)


def invalid_fields(found: list[dict[str, Any]]) -> list[dict[str, str]]:
    """pydantic's findings as field, rule and message; the input itself, Python's types and file names stay inside."""
    rows = []
    for one in found:
        place = [str(part) for part in one["loc"] if part not in ("body", "query", "path", "header")]
        rows.append({"field": ".".join(place), "rule": one["type"].replace("_", "-"), "message": one["msg"]})
    return rows


class Door(APIGatewayRestResolver):
    """A resolver whose every answer, refusals included, has the same shape and headers."""

    def __init__(self) -> None:
        super().__init__(enable_validation=True)
        self.exception_handler(errors.EContractingError)(self._refused)
        self.exception_handler([RequestValidationError, ValidationError])(self._invalid)
        self.exception_handler(ServiceError)(self._service_error)
        self.not_found(self._no_route)
        self.exception_handler(Exception)(self._unexpected)

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        logger.append_keys(request_id=getattr(context, "aws_request_id", None), route=event.get("resource"))
        answer: dict[str, Any] = super().resolve(event, context)
        headers = answer.setdefault("multiValueHeaders", {})
        for name, value in HEADERS.items():
            headers.setdefault(name, [value])
        answer["body"] = answer.get("body") or ""
        return answer

    def _refused(self, error: errors.EContractingError) -> Response[str]:
        status = status_of(error)
        logger.info("refused", code=error.code, status=int(status))
        return problem(status, error.code, error.title, error.detail, **error.facts)

    def _invalid(self, error: RequestValidationError | ValidationError) -> Response[str]:
        found = list(error.errors())
        if any(one["type"] == "json_invalid" for one in found):
            return problem(HTTPStatus.BAD_REQUEST, "malformed-json", "The body is not JSON", "Send well-formed JSON.")
        rows = invalid_fields(found)
        logger.info("refused", code="invalid-request", rules=[row["rule"] for row in rows])
        refusal = errors.InvalidRequest
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            refusal.code,
            refusal.title,
            "; ".join(f"{row['field'] or 'body'}: {row['message']}" for row in rows[:5]),
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
                f"Use {' or '.join(allowed)}.",
                allow=allowed,
            )
        return problem(HTTPStatus.NOT_FOUND, "route-not-found", "There is no such address", "Check the path.")

    def _unexpected(self, error: Exception) -> Response[str]:
        logger.exception("unexpected", error_type=type(error).__name__)
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "internal-error",
            errors.EContractingError.title,
            "We have recorded it. Nothing you saved before is lost; please try again.",
        )
