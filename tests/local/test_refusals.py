"""The local gateway refuses in the words that template.yaml declares for AWS."""

import json

import pytest

from econtracting.domain.words import ENGLISH, LANGUAGES, said
from local.refusals import GatewayRefusals
from tests.support.deployed import ROOT

REFUSALS = GatewayRefusals(ROOT / "template.yaml")
NO_ROUTE = b'{"message": "Missing Authentication Token"}'


def refused(method: str, path: str, status: int, body: bytes, content_type: str = "application/json"):
    return REFUSALS.of(method, path, status, content_type, body)


def test_an_unknown_address_is_not_found() -> None:
    answer = refused("GET", "/nonsense", 403, NO_ROUTE)
    assert (answer.status, json.loads(answer.body)["code"]) == (404, "route-not-found")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_wrong_method_is_told_the_right_ones() -> None:
    answer = refused("DELETE", "/invitations", 403, NO_ROUTE)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")


def test_a_missing_session_is_told_as_not_signed_in() -> None:
    answer = refused("GET", "/packet", 401, b'{"message":"Unauthorized"}')
    assert (answer.status, json.loads(answer.body)["code"]) == (401, "not-signed-in")


def test_a_broken_authorizer_is_told_as_unavailable() -> None:
    assert refused("GET", "/packet", 500, b'{"message":null}').status == 503


def test_a_broken_function_is_told_without_its_words() -> None:
    answer = refused("GET", "/packet", 502, b'{"message":"boom at line 7"}')
    assert b"boom" not in answer.body
    assert json.loads(answer.body)["code"] == "internal-error"


def test_a_functions_own_problem_passes_untouched() -> None:
    assert refused("GET", "/packet", 403, b'{"message": "x"}', "application/problem+json") is None


def test_every_declared_refusal_is_a_problem_document() -> None:
    for kind in REFUSALS._responses:
        problem = json.loads(REFUSALS.declared(kind, 400).body)
        assert {"type", "title", "status", "detail", "code"} <= set(problem)


@pytest.mark.brings("L1")
def test_every_declared_refusal_has_a_reading_in_every_language() -> None:
    for kind in REFUSALS._responses:
        body = REFUSALS.declared(kind, 400).body
        assert body.isascii()
        problem = json.loads(body)
        assert set(problem["readings"]) == set(LANGUAGES) - {ENGLISH}
        for language, reading in problem["readings"].items():
            assert set(reading) == {"title", "detail"}
            for member, text in reading.items():
                doors = said(problem[member], language)  # the doors' own words, where they say the same
                assert text == doors or doors == problem[member] != text
