"""What each function's role allows, by template.yaml, and what its handlers were seen to do while the suites ran."""

from __future__ import annotations

import functools
import importlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.client import BaseClient

from tests import deployed

Rights = dict[str, set[str]]

# A role of its own each, but one list of rights: what one of them was seen to do the other may do as well.
SHARED = {"SweepFunction": "RelayFunction"}

_TRANSACTED = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
# Where the right has another name than the call, or the service another than the client.
_NAMED = {
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("s3", "HeadObject"): "s3:GetObject",
    ("sesv2", "SendEmail"): "ses:SendEmail",
    ("dynamodb", "TransactGetItems"): "dynamodb:GetItem",
}
_PREFIX = {"stepfunctions": "states", "sesv2": "ses"}


def allowed(template: Mapping[str, Any]) -> Rights:
    """Function -> the actions its inline statements name."""
    rights: Rights = {}
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        statements = [one for policy in resource["Properties"].get("Policies", ()) for one in policy["Statement"]]
        rights[name] = {action for one in statements for action in _listed(one["Action"])}
    return rights


def needed(service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """The actions that IAM asks for when this call is made."""
    if (service, operation) == ("dynamodb", "TransactWriteItems"):
        yield from {_TRANSACTED[kind] for item in parameters["TransactItems"] for kind in item}
    elif (service, operation) == ("s3", "GetObject") and parameters.get("VersionId"):
        yield "s3:GetObjectVersion"
    else:
        yield _NAMED.get((service, operation), f"{_PREFIX.get(service, service)}:{operation}")


def refused(template: Mapping[str, Any], seen: Mapping[str, set[str]]) -> Rights:
    """What functions do that their role would not let them."""
    given = allowed(template)
    return _without_empty({name: actions - given.get(name, set()) for name, actions in seen.items()})


def unused(template: Mapping[str, Any], seen: Mapping[str, set[str]]) -> Rights:
    """What roles allow that nothing was seen to need."""
    together = {name: set(actions) for name, actions in seen.items()}
    for one, other in SHARED.items():
        union = together.get(one, set()) | together.get(other, set())
        together[one] = together[other] = union
    return _without_empty({name: actions - together.get(name, set()) for name, actions in allowed(template).items()})


class Observer:
    """Notes every AWS call under the function whose handler is running in this thread."""

    def __init__(self) -> None:
        self.seen: Rights = defaultdict(set)
        self._running = threading.local()

    def install(self) -> None:
        for name, function in deployed.functions().items():
            module_name, _, attribute = function["Handler"].rpartition(".")
            module = importlib.import_module(module_name)
            setattr(module, attribute, self._noting(name, getattr(module, attribute)))
        make_call = BaseClient._make_api_call

        def noted(client: Any, operation: str, parameters: Any) -> Any:
            if name := getattr(self._running, "name", None):
                self.seen[name] |= set(needed(client.meta.service_model.service_name, operation, parameters))
            return make_call(client, operation, parameters)

        BaseClient._make_api_call = noted

    def _noting(self, name: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(handler)
        def run(*arguments: Any) -> Any:
            before = getattr(self._running, "name", None)
            self._running.name = name
            try:
                return handler(*arguments)
            finally:
                self._running.name = before

        return run


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _without_empty(rights: Mapping[str, set[str]]) -> Rights:
    return {name: actions for name, actions in rights.items() if actions}
