"""Requests made up from the API's own description, and what every answer must keep to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.world import World
from tools import openapi

ELSEWHERE = "http://door.example"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))

SCHEMA = schemathesis.openapi.from_dict({**openapi.document(), "servers": [{"url": "/"}]})
OPERATIONS = {one.ok().label: one.ok() for one in SCHEMA.get_all_operations()}


def examples(usual: int) -> settings:
    """The same requests in every run, as many as the suite can afford; FUZZ_EXAMPLES asks for more, and new ones."""
    return settings(
        max_examples=EXAMPLES or usual,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None if EXAMPLES else timedelta(seconds=20),
        suppress_health_check=list(HealthCheck),
    )


def cases(label: str, known: Mapping[str, Sequence[str]]) -> st.SearchStrategy[Case]:
    """Good and bad requests of an operation. Where a path names something, half of them name what really exists."""
    operation = OPERATIONS[label]
    kinds = [operation.as_strategy(generation_mode=GenerationMode.POSITIVE)]
    if operation.body or operation.query or operation.headers:
        kinds.append(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    names = [name for name in known if f"{{{name}}}" in operation.path]

    @st.composite
    def drawn(draw: Any) -> Case:
        case: Case = draw(st.one_of(kinds))
        for name in names:
            if draw(st.booleans()):
                case.path_parameters[name] = draw(st.sampled_from(known[name]))
        return case

    return drawn()


def through_doors(case: Case, world: World, *, staff: Mapping[str, str] | None, headers: Mapping[str, str]) -> None:
    """Send a request to the doors in process and hold the answer against the contract."""
    sent = requests.Request(**case.as_transport_kwargs(base_url=ELSEWHERE)).prepare()
    parts, body = urlsplit(sent.url), sent.body or b""
    query = dict(pair.partition("=")[::2] for pair in parts.query.split("&")) if parts.query else None
    kept = {name: value for name, value in sent.headers.items() if name.lower() not in ("cookie", "user-agent")}
    try:
        answer = world.call(
            sent.method or "",
            parts.path,
            body if isinstance(body, bytes) else body.encode(),
            staff=staff,
            headers={**{name: _text(value) for name, value in kept.items()}, **headers},
            query={unquote(name): unquote(value) for name, value in query.items()} if query else None,
        )
    except LookupError:
        return  # the gateway has no such route, so no door is asked
    response = Response(answer.status, dict(answer.headers), answer.body, sent, 0.0, False)
    case.validate_response(response, checks=CHECKS)


def over_http(case: Case, base_url: str, session: requests.Session, headers: Mapping[str, str]) -> None:
    """Send a request to a running stack and hold the answer against the contract."""
    response = case.call(base_url=base_url, session=session, headers=dict(headers), cookies={})
    case.validate_response(response, checks=CHECKS)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
