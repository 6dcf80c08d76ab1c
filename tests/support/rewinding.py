"""The emulated AWS put back to what it was: everything that moto keeps, of every service, account and region.

What a state keeps and what the emulator works on never share an object, so nothing that happens later gets into it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from weakref import WeakValueDictionary

import boto3
import pytest
from botocore.client import BaseClient
from moto.core.base_backend import BackendDict
from moto.s3.models import FakeKey, FakeMultipart, s3_backends
from moto.stepfunctions.parser.utils import TMP_THREADS


@dataclass(frozen=True)
class State:
    """Which backends there were, and what was in each."""

    services: list[tuple[Any, dict[str, tuple[Any, dict[str, Any]]]]]
    contents: list[dict[str, Any]]
    buckets: dict[str, tuple[str, str]]

    @classmethod
    def now(cls) -> State:
        """Raises TypeError while an execution runs: a thread cannot be kept."""
        services = [
            (service, {account: (regions, dict(regions)) for account, regions in service.items()})
            for service in BackendDict._instances
        ]
        tracked = [(kind, list(kind.instances_tracked)) for kind in (FakeKey, FakeMultipart)]
        contents = _copies(services, [vars(backend) for backend in _backends(services)])
        for kind, before in tracked:  # moto empties what it tracks whenever it starts again
            kind.instances_tracked = before
        return cls(services, contents, dict(s3_backends.bucket_accounts))

    def put_back(self) -> None:
        for service in BackendDict._instances:
            dict.clear(service)
        BackendDict._instances[:] = [service for service, _ in self.services]
        for service, accounts in self.services:
            for account, (regions, backends) in accounts.items():
                dict.clear(regions)
                dict.update(regions, backends)
                dict.__setitem__(service, account, regions)
        copies = _copies(self.services, self.contents)
        for backend, content in zip(_backends(self.services), copies, strict=True):
            backend.__dict__ = content
        s3_backends.bucket_accounts = dict(self.buckets)


class Clients:
    """SDK clients made once for the process and default session, which a tool may set up with hooks of its own.

    One that someone has put a hook into is not handed out again.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[Any, str], tuple[BaseClient, Any]] = {}
        self._make = boto3.client
        self._one_at_a_time = threading.Lock()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(boto3, "client", self.client)

    def client(self, *arguments: Any, config: Any = None, **named: Any) -> BaseClient:
        told = None if config is None else config._user_provided_options
        caller = [os.environ.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION")]
        key = boto3.DEFAULT_SESSION, repr((arguments, told, sorted(named.items()), caller))
        with self._one_at_a_time:
            client, untouched = self._made.get(key, (None, None))
            if client is None or _hooks(client) is not untouched:
                client = self._make(*arguments, config=config, **named)
                self._made[key] = client, _hooks(client)
            return client


def still(patience: float) -> bool:
    """Whether every thread of every execution has ended within so many seconds."""
    end = time.monotonic() + patience
    while TMP_THREADS:
        thread = TMP_THREADS[-1]
        if time.monotonic() > end:
            return False
        if thread.ident is None:  # kept, but not started yet
            time.sleep(0.001)
            continue
        thread.join(max(0.0, end - time.monotonic()))
        if not thread.is_alive():
            TMP_THREADS.remove(thread)
    return True


def _backends(services: list[Any]) -> Iterator[Any]:
    for _, accounts in services:
        for _, backends in accounts.values():
            yield from backends.values()


def _copies(services: list[Any], contents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Copies of what is in the backends; where that leads to a backend, the copy leads to the same one."""
    themselves = {id(backend): backend for backend in _backends(services)}
    with patch.object(WeakValueDictionary, "__deepcopy__", _copy_of_weak):
        return deepcopy(contents, themselves)


def _copy_of_weak(self: WeakValueDictionary[Any, Any], memo: dict[int, Any]) -> WeakValueDictionary[Any, Any]:
    """Leads to the copies of what it led to; as it comes with Python, it would lead to the same objects."""
    return WeakValueDictionary({deepcopy(name, memo): deepcopy(one, memo) for name, one in self.items()})


def _hooks(client: BaseClient) -> Any:
    """An object that botocore replaces whenever a hook is put in or taken out."""
    return client.meta.events._emitter._lookup_cache
