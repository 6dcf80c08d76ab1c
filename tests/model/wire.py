"""Between the product and what lies outside: every call counted, one of them perhaps broken, every write looked at.

A call is one to AWS or to a vendor. The writes of a packet are kept in the order in which they were made, so that no
step of it is missed, however many steps a request or a sweep makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from boto3.dynamodb.types import TypeDeserializer
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError

from econtracting.domain.errors import Unavailable
from econtracting.domain.packet import MOVES, Status

Kind = Literal["crash", "crash before", "lost", "refused"]
KINDS: tuple[Kind, ...] = ("crash", "crash before", "lost", "refused")
VENDOR_CALLS = {
    "screening": ("order", "report"),
    "registry": ("licenses", "identity"),
    "gateway": ("appoint",),
    "site": ("feed",),
    "post": ("send",),
}
Head = tuple[Status, int, frozenset[str]]  # how a packet stands: status, version, what it ever reached
_plain = TypeDeserializer().deserialize


PASSING_OVER = frozenset({"ADD passed_over :one", "SET due_at_sk = :sort"})


class Crash(BaseException):
    """The process is gone: nothing that handles errors may see it."""


@dataclass
class Fault:
    """What happens at the n-th call from now."""

    kind: Kind
    calls_left: int


@dataclass(frozen=True)
class Move:
    """A packet's step to another status."""

    packet_id: str
    before: Status | None
    after: Status


class Wire:
    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.fired: list[Kind] = []
        self.moves: list[Move] = []
        self.commits = 0
        self.wrong: list[str] = []  # writes that must not be; the product may have swallowed an exception
        self._heads: dict[str, Head] = {}
        self._written: set[tuple[str, str]] = set()
        self._open = False

    def install(self, patch: pytest.MonkeyPatch, outside: Any) -> None:
        call = BaseClient._make_api_call

        def observed(client: Any, operation: str, parameters: Mapping[str, Any]) -> Any:
            def act() -> Any:
                answer = call(client, operation, parameters)
                if client.meta.service_model.service_name == "dynamodb":
                    self._look_at(operation, parameters)
                return answer

            return self._through(act, lost=ReadTimeoutError(endpoint_url="lost"), refused=_throttled(operation))

        patch.setattr(BaseClient, "_make_api_call", observed)
        for vendor, names in VENDOR_CALLS.items():
            for name in names:
                patch.setattr(type(getattr(outside, vendor)), name, self._vendor(type(getattr(outside, vendor)), name))

    @contextmanager
    def product(self) -> Iterator[None]:
        """Inside, calls are the product's own: counted, and broken if that was arranged."""
        self._open = True
        try:
            yield
        finally:
            self._open = False

    def forget(self, heads: Mapping[str, Head], written: set[tuple[str, str]]) -> None:
        """Begin with packets that stand as told."""
        self.fault, self.fired, self.moves, self.commits, self.wrong = None, [], [], 0, []
        self._heads, self._written = dict(heads), set(written)

    def put(self, packet_id: str, status: Status) -> None:
        """A test has put a packet there, in one commit."""
        self._heads[packet_id] = (status, 1, frozenset({status.value}))

    @property
    def known(self) -> tuple[dict[str, Head], set[tuple[str, str]]]:
        return dict(self._heads), set(self._written)

    def _vendor(self, kind: type, name: str) -> Callable[..., Any]:
        usual = getattr(kind, name)

        def called(vendor: Any, *given: Any, **named: Any) -> Any:
            return self._through(lambda: usual(vendor, *given, **named), lost=Unavailable(), refused=Unavailable())

        return called

    def _through(self, act: Callable[[], Any], *, lost: Exception, refused: Exception) -> Any:
        kind = self._due()
        if kind == "crash before":
            raise Crash()
        if kind == "refused":
            raise refused
        answer = act()
        if kind == "crash":
            raise Crash()
        if kind == "lost":
            raise lost
        return answer

    def _due(self) -> Kind | None:
        if not self._open or self.fault is None:
            return None
        self.fault.calls_left -= 1
        if self.fault.calls_left > 0:
            return None
        kind, self.fault = self.fault.kind, None
        self.fired.append(kind)
        return kind

    def _look_at(self, operation: str, parameters: Mapping[str, Any]) -> None:
        if not self._open:
            return
        try:
            self._judge(operation, parameters)
        except AssertionError as wrong:
            self.wrong.append(str(wrong))

    def _judge(self, operation: str, parameters: Mapping[str, Any]) -> None:
        if operation == "TransactWriteItems":
            for member in parameters["TransactItems"]:
                for kind, write in member.items():
                    self._written_by(kind, write.get("Item") or write["Key"])
        elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
            key = parameters.get("Item") or parameters["Key"]
            place = _plain(key["SK"])
            # Passing over what cannot be read moves its place among what is due, and nothing of its own.
            passed_over = operation == "UpdateItem" and parameters["UpdateExpression"] in PASSING_OVER
            assert place != "PACKET" or passed_over, "a packet is written by transactions only (I2)"
            assert not place.startswith("EVENT#"), "an event is written by transactions only (I5)"
            assert operation != "DeleteItem" or not place.startswith("OUTBOX#"), "the ledger loses nothing (I6)"

    def _written_by(self, kind: str, item: Mapping[str, Any]) -> None:
        key = (str(_plain(item["PK"])), str(_plain(item["SK"])))
        if key[1] == "PACKET":
            assert kind == "Put", "a packet is written whole"
            self._moved({name: _plain(value) for name, value in item.items()})
        elif key[1].startswith(("EVENT#", "OUTBOX#")):
            assert kind == "Put", f"{key} is never taken back"
            assert key not in self._written, f"{key} is written once (I5, I6)"
            self._written.add(key)

    def _moved(self, item: Mapping[str, Any]) -> None:
        """One commit may take several steps; each has to be one of the graph's."""
        packet_id, after, reached = str(item["id"]), Status(item["status"]), frozenset(item["reached"])
        before, version, known = self._heads.get(packet_id, (None, 0, frozenset()))
        assert int(item["version"]) == version + 1, f"{packet_id} went from version {version} to {item['version']} (I2)"
        on_the_way = [Status(one) for one in item["reached"] if one not in known and one != after]
        self._heads[packet_id] = (after, version + 1, reached)
        self.commits += 1
        for step in (*on_the_way, after) if after is not before else ():
            if before is None:
                assert step is Status.INVITED, f"{packet_id} began as {step} (I2)"
            else:
                assert step in MOVES[before], f"{packet_id} went from {before} to {step} (I2)"
            self.moves.append(Move(packet_id, before, step))
            before = step


def _throttled(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "injected"}}, operation)
