"""The gateway's own refusals, in the words of template.yaml.

API Gateway answers some requests itself: no such route, no session, a function that broke. The template says how
(GatewayResponses), and has an ANY method on every path so that a door answers wrong methods. The emulator knows neither
of both, so its bare messages are replaced here by exactly what the template declares.
"""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

PROBLEM = "application/problem+json"
ANY_METHOD = "x-amazon-apigateway-any-method"


class _Loader(yaml.SafeLoader):
    """Short tags of CloudFormation read as plain values: nothing here looks behind a reference."""


def _plain(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _plain)


@dataclass(frozen=True)
class Refusal:
    status: int
    headers: dict[str, str]
    body: bytes


class GatewayRefusals:
    """The refusals that a template declares for its API."""

    def __init__(self, template: Path) -> None:
        self._template = template

    def of(self, method: str, path: str, status: int, content_type: str, body: bytes) -> Refusal | None:
        """What to answer in place of an emulator's bare message; None for an answer that came from a function."""
        if status < 400 or content_type.startswith(PROBLEM) or not _is_bare(body):
            return None
        if b"Missing Authentication Token" in body:
            allowed = self._methods(path)
            return self._wrong_method(allowed) if allowed and method not in allowed else self.declared(
                "MISSING_AUTHENTICATION_TOKEN", 404
            )  # fmt: skip
        if status == 401:
            return self.declared("UNAUTHORIZED", 401)
        if status == 500:
            return self.declared("AUTHORIZER_FAILURE", 503)
        return self.declared("DEFAULT_5XX" if status > 500 else "DEFAULT_4XX", status)

    def declared(self, kind: str, status: int) -> Refusal:
        """A kind of GatewayResponses; with this status where the template names none."""
        declared = self._responses[kind]
        headers = {
            name: value.strip("'").replace("''", "'")
            for name, value in declared["ResponseParameters"]["Headers"].items()
        }
        body = declared["ResponseTemplates"]["application/json"].encode()
        return Refusal(int(declared.get("StatusCode", status)), headers, body)

    def _wrong_method(self, allowed: list[str]) -> Refusal:
        """What a door's resolver says, as `econtracting.http.problems` does."""
        headers = self.declared("MISSING_AUTHENTICATION_TOKEN", 404).headers | {"Allow": ", ".join(allowed)}
        problem = {
            "allow": allowed,
            "type": "urn:econtracting:problem:method-not-allowed",
            "title": "This address does not take this method",
            "status": 405,
            "detail": f"Use {' or '.join(allowed)}.",
            "code": "method-not-allowed",
        }
        return Refusal(405, headers, json.dumps(problem).encode())

    def _methods(self, path: str) -> list[str]:
        return sorted({method for method, pattern in self._routes if pattern.fullmatch(path)})

    @cached_property
    def _resources(self) -> dict[str, Any]:
        resources: dict[str, Any] = yaml.load(self._template.read_text(), _Loader)["Resources"]
        return resources

    @cached_property
    def _responses(self) -> dict[str, Any]:
        responses: dict[str, Any] = self._resources["Api"]["Properties"]["GatewayResponses"]
        return responses

    @cached_property
    def _routes(self) -> list[tuple[str, re.Pattern[str]]]:
        paths = self._resources["Api"]["Properties"]["DefinitionBody"]["paths"]
        return [
            (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)))
            for path, operations in paths.items()
            for method in operations
            if method != ANY_METHOD
        ]


def _is_bare(body: bytes) -> bool:
    try:
        found = json.loads(body)
    except ValueError:
        return True
    return isinstance(found, dict) and set(found) <= {"message", "Message"}
