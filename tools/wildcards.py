"""What no policy of template.yaml may be: wide. Linters let much of it pass, each something else (docs/decisions/0065).

Read on the template as it is written, before references become names, so that "everything below this bucket of ours"
can be told from "every bucket". Holds for roles and for policies on resources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

# Services whose actions know no resource: IAM takes nothing but a star for these.
WITHOUT_RESOURCE = {
    # what API Gateway asks of the role that writes its logs
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",

    "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
}  # fmt: skip
# Statements of key policies that AWS documents in this form; in them the resource can only be a star: the key itself.
KEY_STATEMENTS = {
    "Administer": "kms:* for the account's own administrators, or no one could ever change the key again",
    "UseThroughStorage": "the families of actions that S3 and DynamoDB use, and only through them",
}


class Statement(NamedTuple):
    """A statement, the resource of the template that carries it, and whether that is a role or a thing."""

    owner: str
    body: Mapping[str, Any]
    of_role: bool


def statements(template: Mapping[str, Any]) -> Iterator[Statement]:
    """Every policy statement that is written out in the template."""
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        for policy in _listed(properties.get("Policies", ())):
            if isinstance(policy, Mapping):
                document = policy.get("PolicyDocument", policy)
                yield from (Statement(name, one, True) for one in document.get("Statement", ()))
        for document in (properties.get("KeyPolicy"), properties.get("PolicyDocument")):
            if document is not None:
                yield from (Statement(name, one, False) for one in document["Statement"])


def complaints(template: Mapping[str, Any]) -> list[str]:
    """Everything that is wider than it says, in words."""
    found = [
        f"{name}: takes over {policy if isinstance(policy, str) else ', '.join(policy)}, which is not written out here"
        for name, resource in template["Resources"].items()
        for policy in _listed(resource.get("Properties", {}).get("Policies", ()))
        if isinstance(policy, str) or not {"Statement", "PolicyDocument"} & set(policy)
        if resource["Type"] != "AWS::Cognito::UserPool"
    ]
    found += [
        f"{name}: has {what} of its own, which no one reads here"
        for name, resource in template["Resources"].items()
        for what in ("Role", "ManagedPolicyArns")
        if what in resource.get("Properties", {})
    ]
    for one in statements(template):
        found += [f"{one.owner}: {complaint}" for complaint in _wide(one)]
    return found


def _wide(statement: Statement) -> Iterator[str]:
    body = statement.body
    if body.get("Effect") == "Deny":
        return
    yield from (
        f"{part} allows all but what it names" for part in ("NotAction", "NotResource", "NotPrincipal") if part in body
    )
    if body.get("Sid") in KEY_STATEMENTS and not statement.of_role:
        return
    actions = [str(action) for action in _listed(body.get("Action", ()))]
    yield from (f"{action} is more than one action" for action in actions if "*" in action or "?" in action)
    if not statement.of_role and _anybody(body.get("Principal")) and "Condition" not in body:
        yield "anyone may"
    for resource in _listed(body.get("Resource", ())):
        if _unbound(resource) and not set(actions) <= WITHOUT_RESOURCE:
            yield f"{resource if isinstance(resource, str) else resource.get('Sub')} is more than this stack's own"


def _unbound(resource: Any) -> bool:
    """Whether a star stands where no reference to something of this template has narrowed it down."""
    text = resource if isinstance(resource, str) else resource.get("Sub", "") if isinstance(resource, Mapping) else ""
    before, star, _ = str(text).partition("*")
    return bool(star) and not any(not name.startswith("AWS::") for name in _references(before))


def _references(text: str) -> list[str]:
    return [part.partition("}")[0] for part in text.split("${")[1:]]


def _anybody(principal: Any) -> bool:
    return principal == "*" or (isinstance(principal, Mapping) and "*" in _listed(principal.get("AWS", ())))


def _listed(value: Any) -> list[Any]:
    if isinstance(value, Mapping | str):
        return [value]
    return list(value)
