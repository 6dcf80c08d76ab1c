"""The policy linter of `make audit`: what it must find if someone writes it into template.yaml."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import deployed
from tools import wildcards

TABLE = {"GetAtt": "Table.Arn"}
Doctor = Callable[[dict[str, Any]], None]


def given(statement: dict[str, Any]) -> Doctor:
    """One statement more for the sign door."""

    def doctor(template: dict[str, Any]) -> None:
        policies = template["Resources"]["SignFunction"]["Properties"]["Policies"]
        policies[0]["Statement"].append({"Effect": "Allow", **statement})

    return doctor


def policy(one: Any) -> Doctor:
    return lambda template: template["Resources"]["SignFunction"]["Properties"]["Policies"].append(one)


def on_key(statement: dict[str, Any]) -> Doctor:
    return lambda template: template["Resources"]["SealKey"]["Properties"]["KeyPolicy"]["Statement"].append(
        {"Effect": "Allow", "Resource": "*", **statement}
    )


WIDE: dict[str, Doctor] = {
    "every action": given({"Action": "*", "Resource": TABLE}),
    "everything": given({"Action": "*", "Resource": "*"}),
    "every action of a service": given({"Action": "dynamodb:*", "Resource": TABLE}),
    "a family of actions": given({"Action": ["dynamodb:Get*"], "Resource": TABLE}),
    "actions with a gap": given({"Action": "dynamodb:?etItem", "Resource": TABLE}),
    "all actions but some": given({"NotAction": "iam:*", "Resource": TABLE}),
    "every resource": given({"Action": "dynamodb:GetItem", "Resource": "*"}),
    "every resource among others": given({"Action": "dynamodb:GetItem", "Resource": [TABLE, "*"]}),
    "every resource but some": given({"Action": "dynamodb:GetItem", "NotResource": TABLE}),
    "every bucket": given({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::*"}),
    "every table of the account": given(
        {"Action": "dynamodb:GetItem", "Resource": {"Sub": "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"}}
    ),
    "a policy of AWS": policy("AmazonDynamoDBFullAccess"),
    "a policy template of SAM": policy({"DynamoDBCrudPolicy": {"TableName": {"Ref": "Table"}}}),
    "a role from elsewhere": lambda template: template["Resources"]["SignFunction"]["Properties"].update(
        Role="arn:aws:iam::123456789012:role/admin"
    ),
    "a key that anyone may use": on_key({"Principal": {"AWS": "*"}, "Action": "kms:Sign"}),
    "a key with a family of actions": on_key({"Principal": {"AWS": "arn"}, "Action": "kms:Re*"}),
}


def test_no_policy_of_the_template_is_wide() -> None:
    assert wildcards.complaints(deployed.template()) == []


@pytest.mark.parametrize("what", WIDE)
def test_a_template_with_more_in_it_is_refused(what: str) -> None:
    template = copy.deepcopy(deployed.template())
    WIDE[what](template)
    found = wildcards.complaints(template)
    assert [one for one in found if one.startswith(("SignFunction: ", "SealKey: "))] == found
    assert found


def test_what_lies_below_something_of_the_stack_is_not_wide() -> None:
    template = copy.deepcopy(deployed.template())
    given({"Action": "s3:GetObject", "Resource": {"Sub": "${DocumentsBucket.Arn}/sealed/*"}})(template)
    assert wildcards.complaints(template) == []
