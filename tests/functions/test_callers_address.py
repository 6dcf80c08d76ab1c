"""Behind the distribution the trail names the viewer's address; anyone else's claim changes nothing."""

from __future__ import annotations

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
