"""Many invitations, some of them sent again as impatient callers do, and what the store then holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from tests.support import journey, stream
from tests.support.world import REGION, World

FIRST = 50_000_000  # producer numbers of the crowd begin here


@dataclass(frozen=True)
class Answered:
    number: int
    packet_id: str


def invite(world: World, count: int, first: int = 0) -> list[Answered]:
    """Invite so many people, from a number on; every third request is sent twice with its key."""

    def send(number: int) -> list[Answered]:
        agent = journey.invitation()["agent"] | {"npn": str(FIRST + number), "email": f"crowd{number}@example.com"}
        headers, found = {"Idempotency-Key": f"crowd-{number}"}, []
        for _ in range(2 if number % 3 == 0 else 1):
            answer = world.call(
                "POST", "/invitations", journey.invitation(agent=agent), staff=journey.RECRUITER, headers=headers
            )
            found.append(Answered(number, journey.expect(answer, 201).json["packet_id"]))
        return found

    return [one for number in range(first, first + count) for one in send(number)]


def stored() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Partition, name and attributes of every item, straight from the emulator: no query is counted for it."""
    table = dynamodb_backends[stream.ACCOUNT][REGION].tables[stream.TABLE]
    for partition, items in table.items.items():
        for name, item in items.items():
            yield partition.value, name.value, item.to_json()["Attributes"]


def outbox() -> Counter[tuple[str, bool]]:
    """(kind, done) -> how many rows there are of outward effects that are due at once."""
    return Counter(
        (attributes["kind"]["S"], "done_at" in attributes)
        for _, name, attributes in stored()
        if name.startswith("OUTBOX#") and attributes["kind"]["S"] != "watch"
    )


def fingerprint(packets: set[str]) -> str:
    """One hash over everything that belongs to these packets."""
    found = sha256()
    for partition, name, attributes in sorted(stored(), key=lambda one: one[:2]):
        if partition.removeprefix("PACKET#") in packets:
            found.update(f"{partition}/{name}/{sorted(attributes.items())}".encode())
    return found.hexdigest()
