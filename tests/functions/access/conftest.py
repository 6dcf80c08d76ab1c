from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from econtracting import wiring
from econtracting.adapters.clock import SystemClock
from econtracting.adapters.pace import EvenPace
from tests.support import atomic, deployed
from tests.support.rewinding import State
from tests.support.vendors import Outside
from tests.support.world import SETTINGS, Clock, Deployed, Pace, World, once, settle_in

atomic.install()

UNUSED = (
    "DOCUMENTS_BUCKET",
    "VENDOR_SECRETS",
    "EVENT_BUS",
    "DEPARTMENT_BUS",
    "ONBOARDING_ARN",
    "MAIL_CONFIGURATION_SET",
)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Table and keys of the deployed product on moto, and a post box: all that inviting and coming in need.

    Refusals are not slowed down, but where a test is about that.
    """
    with mock_aws():
        once(monkeypatch, _deploy)
        built = World(Clock(), Outside(), {}, Pace())
        monkeypatch.setattr(SystemClock, "now", lambda _: built.clock.now())
        monkeypatch.setattr(wiring, "outside", lambda _: built.outside.post)
        monkeypatch.setattr(wiring, "events", Silence)
        monkeypatch.setattr(wiring, "pace", lambda: EvenPace(0))
        yield built


def _deploy(monkeypatch: pytest.MonkeyPatch) -> Deployed:
    boto3.client("dynamodb").create_table(TableName="econtracting", **deployed.table())
    kms = boto3.client("kms")
    mac = {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}
    environment = {
        **SETTINGS,
        **dict.fromkeys(UNUSED, "unused"),
        "TABLE_NAME": "econtracting",
        "DATA_KEY_ID": kms.create_key()["KeyMetadata"]["Arn"],
        "LINK_KEY_ID": kms.create_key(**mac)["KeyMetadata"]["Arn"],
    }
    settle_in(monkeypatch, environment)
    return Deployed({}, environment, State.now())


class Silence:
    """A bus no one listens to."""

    def publish(self, detail_type: str, detail: object, reference: str) -> None:
        pass
