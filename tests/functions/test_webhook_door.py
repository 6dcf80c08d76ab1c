"""Webhooks at the door: forged, replayed, unknown and repeated ones (failures R12 and R14)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.domain.outbox import Effect, EffectKind
from econtracting.http.callers import MESSAGE_LIMIT
from tests.support import journey, stories
from tests.support.journey import expect
from tests.support.webhooks import SCREENING_KEY, STANDARD_SECRET, screening_headers, standard_headers
from tests.support.world import World

STANDARD = ("/webhooks/appointments", "/webhooks/certifications", "/webhooks/sales")


def signed(world: World, raw: bytes, *, old: timedelta = timedelta(), secret: str = STANDARD_SECRET) -> dict[str, str]:
    return standard_headers(raw, "msg_1", world.clock.now() - old, secret)


def items() -> int:
    return int(boto3.client("dynamodb").scan(TableName="econtracting", Select="COUNT")["Count"])


def report(packet_id: str, **data: Any) -> bytes:
    told = {"id": "rep_1", "custom_id": f"{packet_id}-1", "status": "complete", "result": "clear", **data}
    event = {"id": f"evt_{told['custom_id']}", "object": "event", "type": "report.completed", "data": {"object": told}}
    return json.dumps(event).encode()


def screened(world: World, raw: bytes, key: bytes = SCREENING_KEY) -> int:
    return world.call("POST", "/webhooks/background-checks", raw, headers=screening_headers(raw, key)).status


@pytest.mark.parametrize("path", STANDARD)
@pytest.mark.failure("R14")
def test_a_forged_or_replayed_message_is_refused_and_nothing_is_written(world: World, path: str) -> None:
    raw = b'{"type": "sale.reported"}'
    forgeries: list[dict[str, str]] = [
        {},
        signed(world, raw, secret="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        signed(world, raw + b" "),
        signed(world, raw, old=timedelta(minutes=6)),
        signed(world, raw, old=-timedelta(minutes=6)),
    ]
    before = items()
    for headers in forgeries:
        assert expect(world.call("POST", path, raw, headers=headers), 401).json["code"] == "invalid-signature"
    assert items() == before


@pytest.mark.failure("R14")
def test_a_forged_report_is_refused_and_nothing_is_written(world: World) -> None:
    packet_id = stories.submitted(world, status=stories.Status.BACKGROUND_CHECK, started=False)
    before = items()
    assert screened(world, report(packet_id), key=b"another key") == 401
    assert world.call("POST", "/webhooks/background-checks", report(packet_id)).status == 401
    assert items() == before


@pytest.mark.failure("R14")
def test_a_message_about_something_we_never_asked_for_is_kept_for_a_person(world: World) -> None:
    packet_id = stories.submitted(world, status=stories.Status.BACKGROUND_CHECK, started=False)
    assert screened(world, report("pkt_nowhere")) == 202
    assert screened(world, report(packet_id, custom_id=f"{packet_id}-7")) == 202
    assert journey.appointment_webhook(world, packet_id, "AL").status == 202
    assert journey.certification_webhook(world, packet_id, "producer.loaded").status == 202
    assert stories.sale(world, "TN", npn="99").status == 202
    waiting = expect(world.call("GET", "/messages", staff=journey.CONTRACTING), 200).json["items"]
    vendors = ["appointments", "background-check", "background-check", "certifications", "sales"]
    assert sorted((one["vendor"], one["reason"]) for one in waiting) == [(one, "UNKNOWN_REFERENCE") for one in vendors]


@pytest.mark.parametrize("path", STANDARD)
@pytest.mark.failure("R14")
def test_a_signed_message_that_is_none_is_kept_for_a_person(world: World, path: str) -> None:
    for number, raw in enumerate(
        (b'{"type": "sale.reported", "data": {}}', b"", b"[1", b"\xff\xfe", b'"\\ud800"', b"null")
    ):
        headers = standard_headers(raw, f"msg_{number}", world.clock.now())
        expect(world.call("POST", path, raw, headers=headers), 202)
    waiting = expect(world.call("GET", "/messages", staff=journey.CONTRACTING), 200).json["items"]
    assert [one["reason"] for one in waiting] == ["NOT_UNDERSTOOD"] * 6


@pytest.mark.failure("R26")
def test_a_message_that_is_too_large_is_refused_and_the_largest_is_kept(world: World) -> None:
    for size, status in ((MESSAGE_LIMIT, 202), (MESSAGE_LIMIT + 1, 413)):
        raw = bytes(b % 251 for b in range(size))
        expect(world.call("POST", "/webhooks/sales", raw, headers=signed(world, raw)), status)


@pytest.mark.failure("R12")
def test_a_message_told_a_hundred_times_is_accepted_each_time_and_acted_on_once(world: World) -> None:
    packet_id = stories.submitted(world, status=stories.Status.BACKGROUND_CHECK, started=False)
    assert [screened(world, report(packet_id)) for _ in range(100)] == [202] * 100
    effects = wiring.packets().all_of(Effect, packet_id)
    assert sum(one.kind is EffectKind.SYNC_CHECK for one in effects) == 1
