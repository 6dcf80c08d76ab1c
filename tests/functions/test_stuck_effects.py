"""An effect that fails for ever: it ages, its packet asks for attention in any status, and retry never doubles it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.adapters.dynamodb import keys
from econtracting.domain.moment import iso
from econtracting.domain.outbox import LEASE, PATIENCE, TRIES, Effect, EffectKind
from econtracting.domain.packet import Packet, Status
from econtracting.ports import Change
from process import relay
from tests.support import journey
from tests.support.records import effect, packet
from tests.support.world import Context, World

pytestmark = [pytest.mark.law("T7"), pytest.mark.failure("R60")]

MAIL = "mail#received#1"


def begun(world: World, status: Status, **changes: Any) -> Packet:
    """A packet in a status with a letter that waits and that no one can send."""
    now = world.clock.now()
    later = now + timedelta(days=30)
    made = packet(status=status, status_at=now, created_at=now, expires_at=later, **changes)
    row = effect(MAIL, payload={"letter": "password-changed", "at": iso(now)}, created_at=now, due_at=now, born_at=now)
    wiring.packets().create(Change(made, effects=[row]))
    world.outside.post.down = True
    return made


def sweep_for(world: World, **duration: float) -> None:
    end = world.clock.now() + timedelta(**duration)
    while world.clock.now() < end:
        relay.sweep({}, Context())
        world.clock.pass_(hours=1, minutes=1)


def fail_until_stuck(world: World, tries: int = TRIES) -> None:
    """Let the letter be tried, as often as that, each time when it is due."""
    while waiting().attempts < tries:
        world.clock.at = waiting().due_at
        wiring.relay().perform("pkt_1", MAIL)
        forget_breakers()


def waiting() -> Effect:
    found = wiring.packets().find(Effect, "pkt_1", MAIL)
    assert found is not None
    return found


def events(kind: str) -> list[dict[str, Any]]:
    return [one.data for one in wiring.packets().events("pkt_1") if one.type == kind]


def retried(world: World) -> Any:
    body = {"decision": "retry", "reason": "Repaired and tried"}
    return world.call("POST", "/packets/pkt_1/decisions", body, staff=journey.CONTRACTING)


def listed(world: World, **query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = journey.expect(
        world.call("GET", "/packets", staff=journey.CONTRACTING, query=query), 200
    ).json["items"]
    return rows


def test_what_failed_waits_since_it_was_first_to_be_done(world: World) -> None:
    begun(world, Status.ACTIVE)
    sweep_for(world, days=3)
    now = world.clock.now()
    assert waiting().due_at > now - timedelta(hours=2), "the next try lies ahead or has just come"
    assert wiring.counting().count(now, now).oldest_effect >= timedelta(days=3)


def test_an_effect_that_someone_performs_just_now_keeps_its_age(world: World) -> None:
    begun(world, Status.ACTIVE)
    sweep_for(world, hours=5)
    world.clock.at = waiting().due_at
    assert wiring.outbox().claim("pkt_1", MAIL, world.clock.now(), LEASE) is not None
    now = world.clock.now()
    assert wiring.counting().count(now, now).oldest_effect >= timedelta(hours=4)


@pytest.mark.parametrize("status", list(Status))
def test_a_packet_in_any_status_asks_for_attention_and_goes_nowhere(world: World, status: Status) -> None:
    made = begun(world, status)
    fail_until_stuck(world)
    stands = wiring.packets().load("pkt_1")
    assert stands.status is status
    assert [one.about for one in stands.troubles] == [MAIL]
    (told,) = events("effect.stuck")
    assert (told["effect"], told["reason"]) == (MAIL, "EFFECT_STUCK")
    assert told["since"] == iso(made.created_at)
    (row,) = [one for one in listed(world, queue="attention") if one["packet_id"] == "pkt_1"]
    assert [one["reason"] for one in row["troubles"]] == ["EFFECT_STUCK"]
    (row,) = listed(world, status=stands.status.value)
    assert [one["about"] for one in row["troubles"]] == [MAIL]
    details = [one["detail"] for one in published() if one["detail-type"] == "packet.attention_needed"]
    assert [one["reason"] for one in details] == ["EFFECT_STUCK"]


def published() -> list[dict[str, Any]]:
    rows = [one for one in wiring.packets().all_of(Effect, "pkt_1") if one.kind is EffectKind.PUBLISH]
    return [{"detail-type": one.payload["detail_type"], "detail": one.payload["detail"]} for one in rows]


def test_it_asks_after_so_many_tries_and_not_before(world: World) -> None:
    begun(world, Status.ACTIVE)
    fail_until_stuck(world, TRIES - 1)
    assert not wiring.packets().load("pkt_1").troubles
    fail_until_stuck(world)
    assert wiring.packets().load("pkt_1").troubles


def forget_breakers() -> None:
    table = boto3.client("dynamodb")
    table.delete_item(TableName="econtracting", Key={"PK": {"S": "BREAKER#mail"}, "SK": {"S": "BREAKER"}})


def test_what_is_not_even_tried_for_a_day_asks_as_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from econtracting.domain.errors import VendorPaused

    begun(world, Status.ACTIVE)

    def paused(**_: Any) -> None:
        raise VendorPaused(retry_after=3000)

    monkeypatch.setattr(wiring.mailer(), "send", paused, raising=False)
    sweep_for(world, hours=23)
    assert waiting().attempts == 0
    assert not wiring.packets().load("pkt_1").troubles
    sweep_for(world, hours=2)
    assert world.clock.now() - waiting().since >= PATIENCE
    assert wiring.packets().load("pkt_1").troubles


@pytest.mark.parametrize("status", list(Status))
def test_retry_works_wherever_an_effect_waits(world: World, status: Status) -> None:
    begun(world, status, review_reason="ANSWERS_NEED_REVIEW" if status is Status.NEEDS_REVIEW else None)
    fail_until_stuck(world)
    assert wiring.packets().load("pkt_1").troubles
    world.outside.post.down = False
    sent = len(world.outside.post.sent)
    journey.expect(retried(world), 200)
    assert wiring.relay().perform("pkt_1", MAIL) is None
    assert len(world.outside.post.sent) == sent + 1
    assert waiting().done_at is not None
    assert not wiring.packets().load("pkt_1").troubles
    assert events("effect.recovered") == [{"effect": MAIL}]
    assert listed(world, queue="attention") == []


def test_retry_is_refused_where_nothing_failed(world: World) -> None:
    wiring.packets().create(Change(packet(status=Status.ACTIVE)))
    assert retried(world).status == 409


def test_a_row_that_someone_performs_just_now_is_not_pushed(world: World) -> None:
    begun(world, Status.ACTIVE)
    sweep_for(world, hours=2)
    world.clock.at = waiting().due_at
    held = wiring.outbox().claim("pkt_1", MAIL, world.clock.now(), LEASE)
    assert held is not None
    world.outside.post.down = False
    forget_breakers()
    journey.expect(retried(world), 200)
    relay.sweep({}, Context())
    assert world.outside.post.sent == [], "whoever holds it may be sending it: a second letter"
    assert waiting().leased_until == held.leased_until
    world.clock.pass_(minutes=2)
    relay.sweep({}, Context())
    assert len(world.outside.post.sent) == 1


def test_who_lost_the_lease_does_not_give_the_row_back(world: World) -> None:
    begun(world, Status.ACTIVE)
    slow = wiring.outbox().claim("pkt_1", MAIL, world.clock.now(), LEASE)
    world.clock.pass_(minutes=2)
    quick = wiring.outbox().claim("pkt_1", MAIL, world.clock.now(), LEASE)
    assert slow is not None
    assert quick is not None
    for give_back in (wiring.outbox().failed, wiring.outbox().paused):
        give_back(slow, world.clock.now(), "too-late")
    wiring.outbox().later(slow, world.clock.now())
    assert waiting() == quick


def test_a_row_of_an_unknown_kind_ages_marks_its_packet_and_is_told_of_once(world: World) -> None:
    now = world.clock.now()
    row = effect("ring-a-bell#1", created_at=now, due_at=now).model_copy(update={"kind": "ring-a-bell"})
    wiring.packets().create(Change(packet(status=Status.ACTIVE), effects=[row]))
    sweep_for(world, days=2)
    assert [one.reason for one in wiring.packets().load("pkt_1").troubles] == ["OUTBOX_ROW_UNKNOWN"]
    assert len(events("effect.stuck")) == 1
    now = world.clock.now()
    assert wiring.counting().count(now, now).oldest_effect >= timedelta(days=2)
    journey.expect(retried(world), 200)


def test_a_failing_publication_marks_and_publishes_nothing_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wiring.packets().create(Change(packet(status=Status.ACTIVE)))

    def down(*_: Any) -> None:
        raise RuntimeError("the bus is gone")

    monkeypatch.setattr(type(wiring.events()), "publish", down)
    before = len(published())
    sweep_for(world, days=2)
    assert wiring.packets().load("pkt_1").troubles
    assert len(published()) == before


def old_row(**members: str) -> None:
    """A row as a release before wrote it: it did not keep when it was first to be done."""
    client = boto3.client("dynamodb")
    key = {name: {"S": value} for name, value in keys.effect("pkt_1", MAIL).items()}
    names = ", ".join(f"{name} = :{name}" for name in members)
    values = {f":{name}": {"S": value} for name, value in members.items()}
    client.update_item(
        TableName="econtracting",
        Key=key,
        UpdateExpression=f"SET {names} REMOVE born_at",
        ExpressionAttributeValues=values,
    )


def test_a_failed_row_of_a_release_before_is_as_old_as_it_was_written(world: World) -> None:
    begun(world, Status.ACTIVE)
    written = world.clock.now() - timedelta(days=3)
    old_row(created_at=iso(written), failure="temporarily-unavailable")
    assert waiting().since == written
    relay.sweep({}, Context())
    world.clock.pass_(minutes=1)
    now = world.clock.now()
    assert wiring.counting().count(now, now).oldest_effect >= timedelta(days=3)
    assert wiring.packets().load("pkt_1").troubles


def test_a_timer_of_a_release_before_that_never_failed_is_as_old_as_it_is_due(world: World) -> None:
    begun(world, Status.ACTIVE)
    due = world.clock.now() + timedelta(days=3)
    old_row(due_at=iso(due), due_at_sk=iso(due))
    assert waiting().since == due
    assert wiring.counting().count(world.clock.now(), world.clock.now()).oldest_effect == timedelta()


def test_a_timer_that_rings_again_begins_its_age_anew(world: World) -> None:
    begun(world, Status.ACTIVE)
    for one in wiring.packets().all_of(Effect, "pkt_1"):
        if one.kind is EffectKind.PUBLISH:
            wiring.relay().perform("pkt_1", one.id)
    held = wiring.outbox().claim("pkt_1", MAIL, world.clock.now(), LEASE)
    assert held is not None
    next_ring = world.clock.now() + timedelta(days=7)
    wiring.outbox().later(held, next_ring)
    assert waiting().since == next_ring
    world.clock.at = next_ring + timedelta(minutes=3)
    now = world.clock.now()
    assert wiring.counting().count(now, now).oldest_effect == timedelta(minutes=3)
