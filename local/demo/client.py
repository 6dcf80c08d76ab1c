"""Callers of the API as the demo's people use it; each answer that is not the expected one ends the play."""

import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import httpx

# Sealing and first calls of functions are slow on a small machine.
PATIENCE_SECONDS = 60
RETURNS = 5


class NotVerified(Exception):
    """Something was not as the product promises."""


def verify(holds: bool, promise: str, found: object = "") -> None:
    """End the play unless the promise holds."""
    if not holds:
        raise NotVerified(f"{promise}: {found}" if found != "" else promise)


class Connection(Protocol):
    """What carries calls to the API and keeps its cookies."""

    def request(
        self, method: str, url: str, *, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response: ...

    def close(self) -> None: ...


# By the portal's address and the headers of every call.
Connect = Callable[[str, dict[str, str]], Connection]


def over_http(portal: str, headers: dict[str, str]) -> Connection:
    return httpx.Client(base_url=f"{portal}/api", headers=headers, timeout=PATIENCE_SECONDS)


class Caller:
    """Someone who speaks to the API with headers of their own."""

    def __init__(self, portal: str, headers: dict[str, str], connect: Connect = over_http) -> None:
        self._http = connect(portal, headers)

    @property
    def http(self) -> httpx.Client:
        """The connection itself, for tools that measure it. Raises TypeError where another kind carries the calls."""
        if not isinstance(self._http, httpx.Client):
            raise TypeError("these calls do not go over plain HTTP")
        return self._http

    def call(
        self, method: str, path: str, body: Any = None, expect: int = 200, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Call and insist on the status; whoever is told to come back in a moment does so, as any client must."""
        for _ in range(RETURNS):
            answer = self._http.request(method, path, json=body, headers=headers)
            if answer.status_code != 503 or "retry-after" not in answer.headers:
                break
            time.sleep(float(answer.headers["retry-after"]))
        verify(
            answer.status_code == expect, f"{method} {path} answers {expect}", (answer.status_code, answer.text[:1500])
        )
        return answer

    def try_call(self, method: str, path: str, body: Any = None) -> int:
        """Call and tell the status, whatever it is."""
        return self.attempt(method, path, body).status_code

    def attempt(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Call and take the answer, whatever it is."""
        return self._http.request(method, path, json=body)

    def get(self, path: str) -> Any:
        return self.call("GET", path).json()

    def create(self, path: str, body: Any = None, expect: int = 201, headers: dict[str, str] | None = None) -> Any:
        """A creating call with an Idempotency-Key, sent twice: the second must get the first one's answer."""
        key = {"Idempotency-Key": uuid.uuid4().hex, **(headers or {})}
        first = self.call("POST", path, body, expect, key)
        again = self.call("POST", path, body, expect, key)
        verify(again.json() == first.json(), f"POST {path} repeated gets the stored answer", again.text)
        return first.json()

    def close(self) -> None:
        self._http.close()


class Agent(Caller):
    """The agent's browser: keeps the session cookie and says that the portal's own script is calling."""

    def __init__(self, portal: str, connect: Connect = over_http) -> None:
        super().__init__(portal, {"X-Requested-With": "econtracting", "User-Agent": "econtracting-demo"}, connect)


class Staff(Caller):
    """A recruiter or the contracting department, by token."""

    def __init__(self, portal: str, token: str, connect: Connect = over_http) -> None:
        super().__init__(portal, {"Authorization": f"Bearer {token}"}, connect)
