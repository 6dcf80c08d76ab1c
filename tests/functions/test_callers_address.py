"""Behind the distribution the trail names the viewer's address; anyone else's claim changes nothing."""

from __future__ import annotations

import importlib

import boto3
import pytest

from econtracting import wiring
from tests.support import journey
from tests.support.world import World

SECRET = "k" * 48


@pytest.mark.parametrize(("secret", "address"), [(SECRET, "192.0.2.44"), ("guessed", "203.0.113.7")])
def test_an_act_is_recorded_with_the_address_the_distribution_saw(
    world: World, monkeypatch: pytest.MonkeyPatch, secret: str, address: str
) -> None:
    boto3.client("secretsmanager").create_secret(Name="edge", SecretString=SECRET)
    monkeypatch.setenv("EDGE_SECRET_ID", "edge")
    packet_id = journey.invite(world)
    journey.come_in(world)
    version = journey.expect(world.call("GET", "/packet/agreement"), 200).json["version"]
    claimed = {"X-Edge-Secret": secret, "X-Viewer-Address": "192.0.2.44"}
    given = {"version": version, "accepted": True}
    journey.expect(world.call("PUT", "/packet/agreement", given, headers=claimed), 200)
    assert wiring.packets().events(packet_id)[-1].actor.address == address


@pytest.mark.law("T15")
@pytest.mark.parametrize(
    "path", ["/invitations", "/access/sessions/current", "/packet/agreement", "/packet/consent", "/packets"], ids=str
)
def test_every_door_reads_the_distributions_secret_by_its_name(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    boto3.client("secretsmanager").create_secret(Name="edge", SecretString=SECRET)
    monkeypatch.setenv("EDGE_SECRET_ID", "edge")
    read: list[str] = []
    known = wiring.from_edge
    for door in ("invite", "auth", "interview", "sign", "process"):
        handler = importlib.import_module(f"{door}.handler")
        monkeypatch.setattr(handler.app, "_from_edge", lambda shown: read.append(shown) or known(shown))
    world.call("GET", path, headers={"X-Edge-Secret": SECRET})
    assert read == [SECRET]
    assert wiring.from_edge(SECRET)
