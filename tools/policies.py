"""Has a policy linter read every statement of template.yaml: unknown actions, stars, resources an action cannot take.

The linter lets a bare star pass, and whatever an ARN hides: tools/wildcards.py finds those, and is asked as well. Runs
in the environment of `requirements/tools.in`. References become names of the right form, which is all it looks at.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import parliament
import yaml

from tools import wildcards

ROOT = Path(__file__).resolve().parent.parent
# Findings that stand, each with its reason.
ACCEPTED = {
    ("RESOURCE_STAR", "OnboardingStateMachine"): "log delivery knows no resources",
    ("RESOURCE_STAR", "JitStateMachine"): "log delivery knows no resources",
    ("RESOURCE_STAR", "ApiLoggingRole"): "the setting is the account's: API Gateway takes no role with less",
    # Its table knows no resource for SendTaskSuccess; the service refuses and allows by the state machine's ARN. Of
    # DescribeExecution's two forms it compares with the one for express workflows only.
    ("RESOURCE_MISMATCH", "RelayFunction"): "states:SendTaskSuccess, states:DescribeExecution",
    ("RESOURCE_MISMATCH", "SweepFunction"): "states:SendTaskSuccess, states:DescribeExecution",
}
ARNS = {
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:us-east-1:123456789012:table/Table",
    "AWS::S3::Bucket": "arn:aws:s3:::bucket",
    "AWS::KMS::Key": "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:Vendor-AbCdEf",
    "AWS::Events::EventBus": "arn:aws:events:us-east-1:123456789012:event-bus/lifecycle",
    "AWS::Cognito::UserPool": "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool",
    "AWS::SQS::Queue": "arn:aws:sqs:us-east-1:123456789012:queue",
    "AWS::SNS::Topic": "arn:aws:sns:us-east-1:123456789012:topic",
    "AWS::Serverless::Function": "arn:aws:lambda:us-east-1:123456789012:function:function",
    "AWS::Serverless::StateMachine": "arn:aws:states:us-east-1:123456789012:stateMachine:machine",
}
PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "123456789012"}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags kept as {tag: value}."""


def _tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    return {suffix: loader.construct_mapping(node, deep=True)}  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _tag)


def resolved(value: Any, resources: dict[str, Any]) -> Any:
    """The value with every reference replaced by a name of the right form."""
    if isinstance(value, list):
        return [resolved(one, resources) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"If"}:
        _, on_aws, _ = value["If"]
        return resolved(on_aws, resources)
    if set(value) <= {"Ref", "GetAtt", "Sub"}:
        ((kind, inner),) = value.items()
        return (
            re.sub(r"\$\{([^}]+)\}", lambda m: _named(m[1], resources), inner)
            if kind == "Sub"
            else _named(inner, resources)
        )
    return {name: resolved(one, resources) for name, one in value.items()}


def _named(reference: str, resources: dict[str, Any]) -> str:
    name, _, attribute = reference.partition(".")
    if reference in PSEUDO:
        return PSEUDO[reference]
    arn = ARNS.get(resources.get(name, {}).get("Type", ""), name)
    return name if attribute not in ("", "Arn") else arn


def statements(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What roles may do, with every reference as the linter can read it."""
    for one in wildcards.statements(template):
        if one.of_role:
            yield one.owner, resolved(dict(one.body), template["Resources"])


def findings(template: dict[str, Any]) -> list[str]:
    found = wildcards.complaints(template)
    for name, statement in statements(template):
        if "NotResource" in statement or "NotAction" in statement:
            continue  # told already; the linter knows only what is named
        found += [
            f"{name}: {issue}: {detail}"
            for issue, detail in _issues(statement).items()
            if (issue, name) not in ACCEPTED
        ]
    return found


def blind() -> list[str]:
    """Which of the faults that the linter is here for it does not see any more."""
    table = ARNS["AWS::DynamoDB::Table"]
    faults = {
        "UNKNOWN_ACTION": {"Action": "dynamodb:GetItems", "Resource": table},
        "RESOURCE_STAR": {"Action": "dynamodb:GetItem", "Resource": "*"},
        "RESOURCE_MISMATCH": {"Action": "s3:GetObject", "Resource": table},
    }
    return [issue for issue, fault in faults.items() if issue not in _issues({"Effect": "Allow", **fault})]


def _issues(statement: dict[str, Any]) -> dict[str, str]:
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return {finding.issue: finding.detail for finding in parliament.analyze_policy_string(policy).findings}


def main() -> int:
    if unseen := blind():
        print(f"the linter does not see {', '.join(unseen)} any more")
        return 1
    path = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "template.yaml"
    found = findings(yaml.load(path.read_text(), _Loader))
    print("\n".join(found) or "every policy statement is in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
