"""Drills of the pages about the seal: its key, its certificate, what is refused, and what old seals are worth."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.adapters import seal_certificate
from econtracting.evidence import econtracting_verify
from sign import certificate
from tests.drills.conftest import Drill
from tests.support import faults, journey
from tests.support.world import Context, World

REASON = "Mended by the new deployment, Carla Winter"


def new_key(**usage: str) -> str:
    return str(boto3.client("kms").create_key(**usage)["KeyMetadata"]["Arn"])


def seal_key() -> str:
    return new_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")


def deployed_with(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    """A deployment: other settings, and processes that begin again."""
    outputs = {"SEAL_KEY_ID": "SEALING_KEY", "SEAL_CERTIFICATE": "SEAL_CERTIFICATE_KEY"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
        if name in outputs:
            monkeypatch.setenv(outputs[name], value)
    wiring.forget()


def certified(monkeypatch: pytest.MonkeyPatch, key: str) -> str:
    """What the deployment's custom resource does for a new sealing key; answers the certificate's place."""
    answers: list[dict[str, Any]] = []

    class Pool:
        def request(self, *_: Any, body: str, **__: Any) -> None:
            answers.append(json.loads(body))

    monkeypatch.setattr(certificate.urllib3, "PoolManager", Pool)
    deployed_with(monkeypatch, SEAL_KEY_ID=key)
    event = {
        "RequestType": "Create",
        "ResourceProperties": {"KeyArn": key},
        "StackId": "s",
        "RequestId": "r",
        "LogicalResourceId": "SealCertificate",
        "ResponseURL": "https://cloudformation.invalid/",
    }
    certificate.lambda_handler(event, Context())
    assert answers[0]["Status"] == "SUCCESS", answers
    return str(answers[0]["Data"]["Key"])


def verifies(world: World, folder: Path, *certificates: Path) -> bool:
    """The packet's evidence, looked at offline with the carrier's certificates, if they are given."""
    journey.expect(world.call("GET", "/packet"), 200)
    path = folder / "evidence.zip"
    path.write_bytes(journey.expect(world.call("GET", "/packet/evidence"), 200).body)
    return econtracting_verify.verify(path, *certificates) == 0


def published(path: Path) -> Path:
    """Today's sealing certificate, as the carrier publishes it."""
    path.write_bytes(wiring.documents().read(wiring.only("SEAL_CERTIFICATE")))
    return path


def sealed(world: World, packet_id: str) -> None:
    world.reaches(packet_id, "BACKGROUND_CHECK")


def test_seal_refused_and_later_the_key_rotated(drill: Drill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page, world = drill.open(drill.rings("SealRefusedAlarm")), drill.world
    right = wiring.only("SEAL_KEY_ID")
    deployed_with(monkeypatch, SEAL_KEY_ID=seal_key())
    packet_id = journey.to_signed(world)
    world.reaches(packet_id, "NEEDS_REVIEW")

    looked = page.follow("look", PACKET=packet_id)
    assert "SEAL_REFUSED" in looked.said
    assert "the certificate does NOT belong to it" in looked.said
    assert f"documents/{packet_id}/" in page.follow("versions", PACKET=packet_id).said
    deployed_with(monkeypatch, SEAL_KEY_ID=right)
    assert not page.follow("retry", PACKET=packet_id, REASON=REASON).wrong
    sealed(world, packet_id)
    assert not page.follow("look", PACKET=packet_id).wrong
    assert verifies(world, tmp_path)

    page, key = drill.open("rotation"), seal_key()
    old = published(tmp_path / "old.pem")
    deployed_with(monkeypatch, SEAL_CERTIFICATE=certified(monkeypatch, key), SEAL_KEY_ID=key)
    assert not page.follow("look").wrong
    assert not verifies(world, tmp_path), "nothing in the package vouches for the new key"
    assert verifies(world, tmp_path, old, published(tmp_path / "new.pem")), "what the old key sealed stays good"


def test_certificate_expiry(drill: Drill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page, world = drill.open(drill.rings("SealCertificateAlarm")), drill.world
    short = seal_certificate.issue(
        boto3.client("kms"),
        wiring.only("SEAL_KEY_ID"),
        common_name="Meridian Health document seal",
        organization="Meridian Health",
        not_before=world.clock.now() - timedelta(days=31),
        valid_for=timedelta(days=30),
    )
    wiring.documents().keep("certificates/ended.pem", short, "application/x-pem-file")
    deployed_with(monkeypatch, SEAL_CERTIFICATE="certificates/ended.pem")
    packet_id = journey.to_signed(world)
    world.reaches(packet_id, "NEEDS_REVIEW")

    looked = page.follow("look")
    assert looked.wrong
    assert "holds -" in looked.said
    assert page.follow("public-key").said
    key = seal_key()
    deployed_with(monkeypatch, SEAL_CERTIFICATE=certified(monkeypatch, key), SEAL_KEY_ID=key)
    assert not page.follow("retry", PACKET=packet_id, REASON=REASON).wrong
    sealed(world, packet_id)
    assert not page.follow("look").wrong
    assert verifies(world, tmp_path)


def test_rotation_of_the_link_key_leaves_old_links_and_mails_new_ones(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, world = drill.open("rotation"), drill.world
    packet_id = journey.invite(world)
    old = journey.link_secret(world)
    deployed_with(monkeypatch, LINK_KEY_ID=new_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC"))
    assert not page.follow("resend", PACKET=packet_id).wrong
    world.settle()
    assert journey.link_secret(world) != old
    journey.come_in(world)
    journey.expect(world.call("POST", "/access/password-requests", {"invitation": old}), 202)
    world.settle()
    assert sum("temporary-password" in mail["reference"] for mail in world.outside.post.sent) == 2


def test_seal_age(drill: Drill, tmp_path: Path) -> None:
    """Someone has scheduled the key for deletion."""
    page, world = drill.open(drill.rings("SealAgeAlarm")), drill.world
    boto3.client("kms").schedule_key_deletion(KeyId=drill.outputs["SealingKey"], PendingWindowInDays=30)
    faults.refuse(wiring._client("kms"), "Sign", 7, "KMSInvalidStateException", 400)  # moto goes on signing
    packet_id = journey.to_signed(world)
    world.reaches(packet_id, "NEEDS_REVIEW")

    looked = page.follow("look", PACKET=packet_id)
    assert looked.wrong
    assert "the key is pendingdeletion" in looked.said
    page.follow("enable")
    assert not page.follow("retry", PACKET=packet_id, REASON=REASON).wrong
    sealed(world, packet_id)
    assert not page.follow("look", PACKET=packet_id).wrong
    assert verifies(world, tmp_path)
