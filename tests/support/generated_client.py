"""A client made from the OpenAPI document by a public generator, and the demo's calls sent through it.

Nothing here knows an operation: the document says which one a call is, the generated function's own types say what it
is given. Whatever the client cannot say, keep or read of a call is a fault of the document.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

from local.config import ROOT
from local.demo.client import PATIENCE_SECONDS, Connection, verify

DOCUMENT = ROOT / "docs/api/openapi.json"
JUDGES = ROOT / ".venv/judges/bin"
SETTINGS = ROOT / "tools/judges/client.yaml"
PACKAGE = "generated_econtracting"
METHODS = ("get", "put", "post", "delete", "patch")


def generate(folder: Path) -> tuple[Generated, str]:
    """Make the client in a folder; answers it with what the generator printed. Raises CalledProcessError."""
    target = folder / PACKAGE
    command = [
        str(JUDGES / "openapi-python-client"), "generate", "--path", str(DOCUMENT), "--config", str(SETTINGS),
        "--meta", "none", "--output-path", str(target), "--fail-on-warning",
    ]  # fmt: skip
    # The generator has ruff, which it finds on PATH, put its code in order.
    environment = {**os.environ, "PATH": f"{JUDGES}{os.pathsep}{os.environ['PATH']}", "TERM": "dumb"}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120)
    told = done.stdout + done.stderr
    verify(done.returncode == 0, "the generator takes the whole document", told)
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        return Generated(importlib.import_module(PACKAGE), json.loads(DOCUMENT.read_text())), told
    finally:
        sys.path.remove(str(folder))


@dataclass(frozen=True)
class Operation:
    """One operation as the document names it, with the module that was generated for it."""

    id: str
    method: str
    path: str
    module: ModuleType

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The path's parameters; None for a call of another operation."""
        ours, theirs = self.path.split("/"), path.split("/")
        if method.lower() != self.method or len(ours) != len(theirs):
            return None
        pairs = list(zip(ours, theirs, strict=True))
        if any(mine != yours for mine, yours in pairs if not mine.startswith("{")):
            return None
        return {mine.strip("{}"): unquote(yours) for mine, yours in pairs if mine.startswith("{")}

    def arguments(self, given: Mapping[str, str], usual: Mapping[str, str], body: Any) -> dict[str, Any]:
        """What the generated function is called with, in the types that it declares; `usual` where it wants it."""
        declared = typing.get_type_hints(self.module.sync_detailed)
        names = {_plain_name(name): name for name in declared}
        wanted = {name: value for name, value in usual.items() if _plain_name(name) in names} | dict(given)
        undeclared = [name for name in wanted if _plain_name(name) not in names]
        verify(not undeclared, f"{self.id} declares every parameter", undeclared)
        found = {
            names[_plain_name(name)]: _made(declared[names[_plain_name(name)]], value) for name, value in wanted.items()
        }
        if body is not None:
            verify("body" in declared, f"{self.id} takes a body")
            found["body"] = _made(declared["body"], body)
        return found


@dataclass
class Generated:
    """The generated package, the operations it must have, and those that have answered with success."""

    package: ModuleType
    document: Mapping[str, Any]
    operations: list[Operation] = field(init=False)
    succeeded: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        found = [
            Operation(one["operationId"], method, path, self._module(one["tags"][0], one["operationId"]))
            for path, operations in self.document["paths"].items()
            for method, one in operations.items()
            if method in METHODS
        ]
        # A path without parameters is meant before one that could be read as such.
        self.operations = sorted(found, key=lambda one: one.path.count("{"))

    def _module(self, tag: str, operation: str) -> ModuleType:
        return importlib.import_module(f"{self.package.__name__}.api.{_snake(tag)}.{_snake(operation)}")

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation that a call is, and its path's parameters. Raises LookupError."""
        for one in self.operations:
            if (parameters := one.match(method, path)) is not None:
                return one, parameters
        raise LookupError(f"the document has no {method} {path}")

    def connect(self, portal: str, headers: dict[str, str]) -> Connection:
        """A caller's connection: `local.demo.client.Connect`."""
        return Through(self, portal, headers)

    def body_bytes(self, method: str, path: str, body: Any) -> bytes:
        """What is sent for a JSON body, for callers who sign it."""
        model = self.find(method, path)[0].arguments({}, {}, body)["body"]
        return httpx.Request("POST", "http://nowhere.example", json=model.to_dict()).content


class Through:
    """A connection over the generated client."""

    def __init__(self, generated: Generated, portal: str, headers: Mapping[str, str]) -> None:
        self._generated = generated
        self._usual = {name: value for name, value in headers.items() if name not in ("Authorization", "User-Agent")}
        settings: dict[str, Any] = {
            "base_url": f"{portal}/api",
            "headers": {"User-Agent": headers["User-Agent"]} if "User-Agent" in headers else {},
            "timeout": httpx.Timeout(PATIENCE_SECONDS),
            "raise_on_unexpected_status": True,
        }
        kinds = generated.package
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        self._client = (
            kinds.AuthenticatedClient(token=token, prefix=scheme, **settings) if token else kinds.Client(**settings)
        )

    def request(
        self, method: str, url: str, *, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Call the operation that `method` and `url` are; the answer is held against what the client made of it."""
        parts = urlsplit(url)
        operation, parameters = self._generated.find(method, parts.path)
        given = {**(headers or {}), **parameters, **dict(parse_qsl(parts.query))}
        answer = operation.module.sync_detailed(client=self._client, **operation.arguments(given, self._usual, json))
        response = httpx.Response(
            answer.status_code,
            headers=answer.headers,
            content=answer.content,
            request=httpx.Request(method, f"http://nowhere.example{url}"),
        )
        _verify_read(f"{method} {url}", response, answer.parsed)
        if response.is_success or response.is_redirect:
            self._generated.succeeded.add(operation.id)
        return response

    def close(self) -> None:
        self._client.get_httpx_client().close()


def _verify_read(call: str, response: httpx.Response, parsed: Any) -> None:
    """The client read the whole answer: every member of JSON, every byte of a file, nothing of nothing."""
    if not response.content:
        verify(parsed is None, f"{call} answers nothing", parsed)
    elif "json" in response.headers["content-type"]:
        verify(parsed is not None, f"{call} is read by a model of the client")
        kept = _plain(parsed)
        verify(_same(response.json(), kept), f"{call} is read without loss", (response.json(), kept))
    else:
        verify(parsed.payload.read() == response.content, f"{call} is read as a file", type(parsed))


def _plain(parsed: Any) -> Any:
    if isinstance(parsed, list):
        return [_plain(one) for one in parsed]
    return parsed.to_dict() if hasattr(parsed, "to_dict") else parsed


def _same(sent: Any, kept: Any) -> bool:
    """Whether two JSON values say the same; a moment may be written in another way."""
    if isinstance(sent, dict) and isinstance(kept, dict):
        return sent.keys() == kept.keys() and all(_same(sent[name], kept[name]) for name in sent)
    if isinstance(sent, list) and isinstance(kept, list):
        return len(sent) == len(kept) and all(map(_same, sent, kept))
    if isinstance(sent, str) and isinstance(kept, str) and sent != kept:
        return _moment(sent) is not None and _moment(sent) == _moment(kept)
    return bool(sent == kept)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _made(hint: Any, value: Any) -> Any:
    """The value in the one of a parameter's declared types that fits it."""
    kinds = [kind for kind in typing.get_args(hint) or (hint,) if getattr(kind, "__name__", "") != "Unset"]
    (kind,) = [kind for kind in kinds if kind is not type(None)]
    if hasattr(kind, "from_dict"):
        made = kind.from_dict(value)
        verify(_same(value, made.to_dict()), "the client sends what it is given", (value, made.to_dict()))
        return made
    if kind.__name__ == "File":
        return kind(payload=BytesIO(value))
    if kind is bool:
        return value == "true"
    conversions: dict[Any, Callable[[str], Any]] = {date: date.fromisoformat}
    return conversions.get(kind, kind)(value)


def _plain_name(name: str) -> str:
    return name.lower().replace("-", "_").rstrip("_")


def _snake(name: str) -> str:
    return name.lower().replace("-", "_")
