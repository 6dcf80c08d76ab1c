"""Puts the recording back into a world on moto, so that a later release runs on what release 374283a left.

Everything that the recording's tests take from the product and from the other tests is imported here, and nowhere else:
where a module moves, this is the one place to follow. The data themselves name no module.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import lzma
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.kms.models import Key, kms_backends
from moto.s3.models import s3_backends

from econtracting import ports, wiring
from econtracting.adapters.dynamodb import items as stored_items
from econtracting.adapters.dynamodb import keys as addresses
from econtracting.adapters.pace import EvenPace
from econtracting.domain.access.access import Session, Tries, is_live
from econtracting.domain.audit import Actor, ChainedEvent, verify
from econtracting.domain.breaker import Breaker
from econtracting.domain.callers import Agent
from econtracting.domain.interview.answers import Section
from econtracting.domain.outbox import Effect, EffectKind
from econtracting.domain.packet import Packet, Status
from econtracting.evidence import econtracting_verify as verifier
from tests.support import atomic, moments
from tests.support.world import REGION, Context, World, build

__all__ = [
    "ChainedEvent",
    "Context",
    "Effect",
    "EffectKind",
    "Packet",
    "Section",
    "Status",
    "World",
    "addresses",
    "moments",
    "relay_door",
    "verifier",
    "verify",
    "wiring",
]

HERE = Path(__file__).parent
TABLE = "econtracting"


def relay_door() -> Any:
    """The module with the relay's doors: `on_stream`, `sweep`, `perform`."""
    from process import relay

    return relay


def authorizer_door() -> Any:
    from auth import authorizer

    return authorizer


def lines(name: str) -> list[Any]:
    """The records of a recorded file, one a line."""
    return [json.loads(one) for one in gzip.decompress((HERE / name).read_bytes()).decode().splitlines()]


@cache
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "manifest.json").read_text())
    return found


@cache
def items() -> list[dict[str, Any]]:
    """Every item of the table, in DynamoDB's JSON, by key."""
    return lines("items.jsonl.gz")


def items_of(packet_id: str) -> list[dict[str, Any]]:
    return [one for one in items() if one["PK"]["S"] == f"PACKET#{packet_id}"]


@cache
def objects() -> list[tuple[dict[str, Any], bytes]]:
    """Every stored version of every object: bucket, key, version and type, and the bytes."""
    with tarfile.open(fileobj=io.BytesIO(lzma.decompress((HERE / "objects.tar.xz").read_bytes()))) as archive:
        contents = [archive.extractfile(one).read() for one in archive]  # type: ignore[union-attr]
    return list(zip(lines("objects.jsonl.gz"), contents, strict=True))


@contextmanager
def world() -> Iterator[World]:
    """The world as the recording left it; executions are not run. Give it up by leaving the block."""
    atomic.install()
    config: Any = {"lambda": {"use_docker": False}}
    with mock_aws(config=config), pytest.MonkeyPatch.context() as patch:
        built = build(patch)
        for name, kept in json.loads((HERE / "keys.json").read_text()).items():
            _restore_key(kept)
            patch.setenv(name, kept["arn"])
        _restore_objects()
        _restore_items()
        _restore_outside(built)
        built.clock.at = datetime.fromisoformat(manifest()["at"])
        wiring.forget()
        patch.setattr(wiring, "pace", lambda: EvenPace(0))
        yield built
        wiring.forget()


def _restore_key(kept: dict[str, Any]) -> None:
    """A key of the same id and material: what was wrapped, tagged or signed with it still opens and verifies."""
    how = {"KeySpec": kept["spec"]} | ({"KeyUsage": kept["usage"]} if kept["usage"] else {})
    made = boto3.client("kms").create_key(**how)["KeyMetadata"]["KeyId"]
    known = kms_backends[DEFAULT_ACCOUNT_ID][REGION].keys
    key: Key = known.pop(made)
    key.id, key.arn, key.key_material = kept["id"], kept["arn"], base64.b64decode(kept["material"])
    if kept["private_key"] is not None:
        key.private_key.private_key = load_pem_private_key(kept["private_key"].encode(), None)  # type: ignore[attr-defined]
    known[key.id] = key


def _restore_objects() -> None:
    """Under the same versions: the table's records name them."""
    client, buckets = boto3.client("s3"), s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets
    dict.clear(buckets["documents"].keys)  # the certificate that a new world issues is over another key
    for kept, content in objects():
        more = {"ContentType": kept["content_type"]} if kept["content_type"] else {}
        client.put_object(Bucket=kept["bucket"], Key=kept["key"], Body=content, **more)
        buckets[kept["bucket"]].keys.getlist(kept["key"])[-1]._version_id = kept["version"]


def _restore_items() -> None:
    client = boto3.client("dynamodb")
    for start in range(0, len(items()), 25):
        writes = [{"PutRequest": {"Item": one}} for one in items()[start : start + 25]]
        client.batch_write_item(RequestItems={TABLE: writes})


def _restore_outside(built: World) -> None:
    """What the outside systems know of the packets."""
    (kept,) = lines("outside.jsonl.gz")
    outside = built.outside
    reports = kept["screening"]["reports"]
    outside.screening.reports = {
        name: ports.Report(**{**one, "suspended_fields": tuple(one["suspended_fields"])})
        for name, one in reports.items()
    }
    outside.screening.orders = {name: ports.Candidate(**one) for name, one in kept["screening"]["orders"].items()}
    outside.gateway.orders = kept["gateway"]
    outside.site.feeds = kept["site"]
    outside.post.sent = kept["post"]


# the product's ways to a record


READ_ELSEWHERE: frozenset[type] = frozenset({Tries, Breaker})


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """An item's values without DynamoDB's types."""
    found: dict[str, Any] = stored_items.plain(item)
    return found


def record(kind: type[Any], item: dict[str, Any]) -> Any:
    return stored_items.record(kind, item)


def stored(one: Any) -> dict[str, Any]:
    """What the store would write of a record."""
    return stored_items.item(one, addresses.of(one))


def same(written: dict[str, Any], item: dict[str, Any]) -> bool:
    """Whether a record is written as it lies there, but for what the store adds (indexes, expiry, commit) and names
    that are spelled otherwise today. A counter that the recorded release did not have begins at none.
    """
    today = json.loads(json.dumps(item).replace("licence", "license").replace("LICENCE", "LICENSE"))
    return all(today.get(name, {"N": "0"}) == value for name, value in written.items())


def ids_of(kind: type[Any], item: dict[str, Any]) -> tuple[str, ...] | None:
    """The ids that name a record of this kind, if the item is one; None if it lacks one of them."""
    try:
        return tuple(str(one) for one in addresses._NAMED_BY[kind](SimpleNamespace(**plain(item))))
    except AttributeError:
        return None


def addresses_differ(key: dict[str, str], item: dict[str, Any]) -> bool:
    return (key["PK"], key["SK"]) != (item["PK"]["S"], item["SK"]["S"])


def live(fingerprint: str) -> bool:
    session = wiring.packets().find(Session, fingerprint)
    return session is not None and is_live(session, wiring.clock().now())


def evidence_of(packet_id: str) -> bytes:
    return wiring.printing().evidence(Agent(packet_id, "", wiring.clock().now(), Actor(kind="agent")))


def mail_door() -> Any:
    from invite import deliveries

    return deliveries


def tasks_door() -> Any:
    from process import tasks

    return tasks


def mail_events() -> list[dict[str, Any]]:
    """What the mail service's topic delivered."""
    found: list[dict[str, Any]] = json.loads((HERE / "mail-events.json").read_text())
    return found


def sweep_event() -> Any:
    """What the schedule invokes the sweep with."""
    return json.loads((HERE / "sweep-event.json").read_text())
