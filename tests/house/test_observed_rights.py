"""Least privilege by observation; last in a run, because it judges what all other tests made the handlers do."""

from __future__ import annotations

import copy
import os
from typing import Any

import pytest

from tests import deployed, rights
from tests.rights import Observer

_VENDORS = "vendors and mail are in memory in these suites; tests/adapters and the local stack call them"
_ONCE = "runs once at deployment; the local stack and tests/sam call it"
# Allowed although the suites in process may not need it, each with what does.
JUSTIFIED: dict[tuple[str, str], str] = {
    ("InterviewFunction", "secretsmanager:GetSecretValue"): _VENDORS,
    (
        "InterviewFunction",
        "s3:ListBucket",
    ): "needed for no call of its own: without it a missing upload reads as forbidden",
    ("RelayFunction", "secretsmanager:GetSecretValue"): _VENDORS,
    ("RelayFunction", "ses:SendEmail"): _VENDORS,
    (
        "RelayFunction",
        "lambda:InvokeFunction",
    ): "asks for the seals' later timestamps, only with an authority configured",
    ("SweepFunction", "secretsmanager:GetSecretValue"): _VENDORS,
    ("SweepFunction", "ses:SendEmail"): _VENDORS,
    ("SweepFunction", "lambda:InvokeFunction"): "as the relay",
    ("RenderFunction", "s3:GetObject"): "the loser of a race looks at the first writer's object",
    ("SealCertificateFunction", "kms:GetPublicKey"): _ONCE,
    ("SealCertificateFunction", "kms:Sign"): _ONCE,
    ("SealCertificateFunction", "s3:GetObject"): _ONCE,
    ("SealCertificateFunction", "s3:PutObject"): _ONCE,
}

EVERYTHING: dict[str, set[str]] = {name: set(actions) for name, actions in rights.allowed(deployed.template()).items()}


def whole(session: pytest.Session) -> bool:
    """Whether everything ran and passed; a part of the suites sees a part of the calls."""
    options = session.config.option
    chosen = session.config.args != session.config.getini("testpaths") or options.keyword or options.markexpr
    return not chosen and not session.testsfailed and "JUDGE_RIGHTS" in os.environ


def doctored(function: str, action: str) -> dict[str, Any]:
    """The template with one action more for a function."""
    template = copy.deepcopy(deployed.template())
    statement = template["Resources"][function]["Properties"]["Policies"][0]["Statement"][0]
    given = statement["Action"]
    statement["Action"] = [*([given] if isinstance(given, str) else given), action]
    return template


def test_an_action_that_nothing_needs_is_told() -> None:
    assert rights.unused(doctored("SignFunction", "dynamodb:Scan"), EVERYTHING) == {"SignFunction": {"dynamodb:Scan"}}


def test_a_star_is_an_action_that_nothing_needs() -> None:
    assert rights.unused(doctored("AuthFunction", "kms:*"), EVERYTHING) == {"AuthFunction": {"kms:*"}}


def test_a_call_that_the_role_refuses_is_told() -> None:
    seen = {"InterviewFunction": {"kms:Decrypt", "dynamodb:GetItem"}}
    assert rights.refused(deployed.template(), seen) == {"InterviewFunction": {"kms:Decrypt"}}


def test_a_transaction_needs_the_right_to_each_of_its_parts() -> None:
    parts = {"TransactItems": [{"Put": {}}, {"Delete": {}}, {"ConditionCheck": {}}]}
    assert set(rights.needed("dynamodb", "TransactWriteItems", parts)) == {
        "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem",
    }  # fmt: skip


def test_reading_a_version_is_another_right_than_reading() -> None:
    assert set(rights.needed("s3", "GetObject", {"VersionId": "1"})) == {"s3:GetObjectVersion"}


def test_no_handler_did_what_its_role_would_refuse(observer: Observer) -> None:
    assert rights.refused(deployed.template(), observer.seen) == {}


def test_no_role_allows_what_no_handler_was_seen_to_need(observer: Observer, request: pytest.FixtureRequest) -> None:
    if not whole(request.session):
        pytest.skip("only a whole run that passed has seen every call; JUDGE_RIGHTS=1 asks for the judgement")
    found = rights.unused(deployed.template(), observer.seen)
    assert {(name, action) for name, actions in found.items() for action in actions} <= set(JUSTIFIED)


def test_every_justification_is_of_a_right_that_is_given() -> None:
    given = rights.allowed(deployed.template())
    assert [(name, action) for name, action in JUSTIFIED if action not in given[name]] == []
