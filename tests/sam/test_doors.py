"""What sam's own server proves of the doors: packaging, handler paths, routing and proxy mapping in Lambda's runtime.

Limits of `sam local start-api` that these tests work around, each said where it matters: it knows no gateway responses,
no throttling, no web ACL and no IAM; a path's ANY method would be served before its own methods and without the
authorizer, so the routes for wrong methods are left out; one container of each function answers one call at a time.
"""

import uuid

import pytest

from local import staff
from tests.sam.conftest import Hosted

CLOSED = [
    ("GET", "/invitations"),
    ("GET", "/access/sessions/current"),
    ("GET", "/packet"),
    ("GET", "/packet/documents"),
    ("GET", "/packets"),
]
OPEN = [
    ("POST", "/access/sessions", {"invitation": "nobody-has-this-secret", "password": "Wrong-Password-1"}, 401),
    ("POST", "/access/password-requests", {"invitation": "nobody-has-this-secret"}, 202),
    ("GET", "/producers/15000000/certification-status", None, 401),
]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_every_door_is_closed_to_strangers(hosted: Hosted, method: str, path: str) -> None:
    """The authorizer refuses in a container of its own (front.py says what sam makes of it)."""
    answer = hosted.call(method, path)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


@pytest.mark.parametrize(("method", "path", "body", "status"), OPEN)
def test_open_routes_answer_for_themselves(hosted: Hosted, method: str, path: str, body: object, status: int) -> None:
    assert hosted.call(method, path, json=body).status_code == status


def test_staff_get_in_by_token(hosted: Hosted) -> None:
    """A real token of the user pool, checked by the authorizer against the pool's key set."""
    token = hosted.staff_token(staff.RECRUITER)
    answer = hosted.call("GET", "/invitations", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert set(answer.json()) == {"items", "cursor"}


def test_a_forged_token_stays_outside(hosted: Hosted) -> None:
    head, body, _ = hosted.staff_token(staff.RECRUITER).split(".")
    answer = hosted.call("GET", "/invitations", headers={"Authorization": f"Bearer {head}.{body}.{'A' * 86}"})
    assert answer.status_code == 401


def test_a_refusal_is_a_problem_document_that_names_field_and_rule(hosted: Hosted) -> None:
    token = hosted.staff_token(staff.RECRUITER)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
    answer = hosted.call("POST", "/invitations", headers=headers, json={"level": "5"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    problem = answer.json()
    assert problem["code"] == "invalid-request"
    assert "agent" in {error["field"] for error in problem["errors"]}


def test_a_webhook_without_signature_is_refused_by_the_process_door(hosted: Hosted) -> None:
    answer = hosted.call("POST", "/webhooks/background-checks", json={"id": "evt_1", "type": "report.completed"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-signature")


def test_answers_say_that_nobody_may_keep_them(hosted: Hosted) -> None:
    answer = hosted.call("POST", "/access/password-requests", json={"invitation": "nobody-has-this-secret"})
    assert answer.headers["cache-control"] == "no-store"
