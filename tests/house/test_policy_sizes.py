"""Policies have room to grow: what AWS limits is added up as it would be stored, long before a deployment breaks."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

from tests.support import deployed, transformed

FULL = 0.6  # of a limit; what lies above is for the deployment that has to go out before the policy is made smaller
RESOURCE_POLICY_BYTES = 20 * 1024  # of a function, Lambda quotas
INLINE_POLICIES_BYTES = 10_240  # of a role, all inline policies together, without white space, IAM quotas
STACK = "econtracting-dev"  # the longer of the two names in samconfig.toml
SUFFIX = "ABCDEFGHIJKL"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "123456789012",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": STACK,
}


def named(reference: str) -> str:
    """What a reference to something of the stack becomes at the longest: an ARN with the whole of a generated name."""
    if reference in PSEUDO:
        return PSEUDO[reference]
    return f"arn:aws:secretsmanager:us-east-1:123456789012:stateMachine:{STACK}-{reference.partition('.')[0]}-{SUFFIX}"


def resolved(value: Any) -> Any:
    """The value with every intrinsic function replaced by a text as long as what CloudFormation puts there."""
    if isinstance(value, list):
        return [resolved(one) for one in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": name}:
            return named(name)
        case {"Fn::If": [_, one, other]}:
            return max(resolved(one), resolved(other), key=size)
        case {"Fn::GetAtt": attribute}:
            return named(attribute if isinstance(attribute, str) else ".".join(attribute))
        case {"Fn::Sub": [text, given]}:
            known = {name: "abcdefghij" if name == "__ApiId__" else resolved(one) for name, one in given.items()}
            return re.sub(r"\$\{([^}]+)\}", lambda found: known.get(found[1]) or named(found[1]), text)
        case {"Fn::Sub": text}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: named(found[1]), text)
    assert not [name for name in value if name.startswith("Fn::")], value
    return {name: resolved(one) for name, one in value.items()}


def size(document: Any) -> int:
    return len(json.dumps(document, separators=(",", ":")).encode())


def resource_policies(template: dict[str, Any]) -> dict[str, int]:
    """Function -> bytes of the policy that its permissions make up."""
    statements = defaultdict(list)
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Lambda::Permission":
            continue
        permission = resource["Properties"]
        reference = permission["FunctionName"]
        function = reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0]
        statements[function].append({
            "Sid": f"{STACK}-{name}-{SUFFIX}",
            "Effect": "Allow",
            "Principal": {"Service": permission["Principal"]},
            "Action": permission["Action"],
            "Resource": f"arn:aws:lambda:us-east-1:123456789012:function:{STACK}-{function}-{SUFFIX}",
            "Condition": {"ArnLike": {"AWS:SourceArn": resolved(permission["SourceArn"])}},
        })  # fmt: skip
    return {
        function: size({"Version": "2012-10-17", "Id": "default", "Statement": listed})
        for function, listed in statements.items()
    }


def inline_policies(template: dict[str, Any]) -> dict[str, int]:
    """Role -> bytes of its inline policies together."""
    return {
        name: sum(size(resolved(policy["PolicyDocument"])) for policy in resource["Properties"].get("Policies", ()))
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
    }


def test_no_functions_resource_policy_comes_near_lambdas_limit() -> None:
    sizes = resource_policies(transformed.template())
    assert {name for _, _, name in deployed.routes()} <= set(sizes)
    assert {name: bytes_ for name, bytes_ in sizes.items() if bytes_ > FULL * RESOURCE_POLICY_BYTES} == {}


def test_no_roles_inline_policies_come_near_iams_limit() -> None:
    sizes = inline_policies(transformed.template())
    assert max(sizes.values()) > 1000
    assert {name: bytes_ for name, bytes_ in sizes.items() if bytes_ > FULL * INLINE_POLICIES_BYTES} == {}


def test_a_permission_for_each_route_would_be_seen() -> None:
    permission = transformed.template()["Resources"]["SignPermission"]
    crowded = {f"SignFunctionRoute{number}Permissionv1": permission for number in range(40)}
    assert resource_policies({"Resources": crowded})["SignFunction"] > FULL * RESOURCE_POLICY_BYTES
