"""Drills of secrets that are changed under load, in processes that run on."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from econtracting import wiring
from tests.drills.conftest import Drill
from tests.support import journey, stories

pytestmark = [pytest.mark.law("T15"), pytest.mark.failure("R65")]


class Store:
    """The vendors' secret in Secrets Manager, and how often it was read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._client = boto3.client("secretsmanager")
        self._kept = json.loads(self._client.get_secret_value(SecretId="vendors")["SecretString"])
        self.readings = 0
        client: Any = wiring._client("secretsmanager")
        read = client.get_secret_value

        def counted(**asked: Any) -> Any:
            self.readings += 1
            return read(**asked)

        monkeypatch.setattr(client, "get_secret_value", counted)

    def holds(self, key: str) -> None:
        text = json.dumps({**self._kept, "background_check_key": key})
        self._client.put_secret_value(SecretId="vendors", SecretString=text)


def test_a_webhook_secret_is_changed_while_messages_come(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    world, store = drill.world, Store(monkeypatch)
    packet_id = stories.to_check(world)

    def told(key: str) -> int:
        return journey.background_webhook(world, packet_id, 1, "pending", key=key.encode()).status

    assert told("sim_key_meridian") == 202
    store.holds("sim_key_new sim_key_meridian")
    for _ in range(5):  # the vendor's machines switch one after the other
        world.clock.pass_(seconds=20)
        assert told("sim_key_meridian") == 202
        assert told("sim_key_new") == 202, "read again at once: the first one signed anew is not refused"
    store.holds("sim_key_new")
    world.clock.pass_(minutes=5, seconds=1)
    assert told("sim_key_new") == 202
    assert told("sim_key_meridian") == 401
    assert world.status(packet_id) == "BACKGROUND_CHECK"


def test_a_flood_of_wrong_signatures_reads_the_secret_once_in_ten_seconds(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, store = drill.world, Store(monkeypatch)
    packet_id = stories.to_check(world)
    assert journey.background_webhook(world, packet_id, 1, "pending").status == 202
    before = store.readings
    for _ in range(30):
        assert journey.background_webhook(world, packet_id, 1, "pending", key=b"guessed").status == 401
        world.clock.pass_(seconds=1)
    assert store.readings - before <= 3


def test_the_distributions_secret_is_changed_while_requests_come(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    page, world, store = drill.open("rotation"), drill.world, boto3.client("secretsmanager")
    secret_id = drill.outputs["EdgeSecretId"]
    monkeypatch.setenv("EDGE_SECRET_ID", secret_id)
    old = store.get_secret_value(SecretId=secret_id)
    assert wiring.from_edge("edge-secret-of-before")
    assert not wiring.from_edge("guessed")
    world.clock.pass_(seconds=11)
    store.put_secret_value(SecretId=secret_id, SecretString="edge-secret-of-now")
    assert wiring.from_edge("edge-secret-of-now"), "some edges show the new one before others do"
    assert wiring.from_edge("edge-secret-of-before")
    page.follow("edge", OLD_VERSION=old["VersionId"])
    world.clock.pass_(minutes=5, seconds=1)
    assert wiring.from_edge("edge-secret-of-now")
    assert not wiring.from_edge("edge-secret-of-before")
