"""The ledger of outward effects on moto: held by one, done once, found again when it was left behind."""

from datetime import datetime, timedelta

import pytest

from econtracting.domain.errors import TooManyAttempts, Unavailable
from econtracting.domain.outbox import LEASE, Effect, EffectKind, SendLetter
from econtracting.ports import Change
from econtracting.usecases.news.relay import Failure, Relay
from tests.adapters.conftest import TABLE, Store
from tests.support.records import NOW, effect, packet

LATER = NOW + LEASE + timedelta(seconds=1)


class At:
    def __init__(self, now=NOW) -> None:
        self.at = now

    def now(self):
        return self.at


def written(store: Store) -> None:
    store.packets.create(Change(packet(), effects=[effect()]))


def mails(store: Store) -> list[Effect]:
    """The packet's effects, without the news of its status that come with each."""
    return [one for one in store.packets.all_of(Effect, "pkt_1") if one.kind is EffectKind.MAIL]


def due(store: Store, at: datetime) -> list[str | None]:
    found = [effect_id for _, effect_id in store.outbox.due(at, 10)]
    return [one for one in found if one is None or not one.startswith("publish#")]


def test_an_effect_is_held_by_one_at_a_time(store: Store) -> None:
    written(store)
    assert store.outbox.claim("pkt_1", "mail#invitation#1", NOW, LEASE) is not None
    assert store.outbox.claim("pkt_1", "mail#invitation#1", NOW, LEASE) is None


@pytest.mark.failure("R32")
def test_a_lease_that_ran_out_lets_the_next_one_try(store: Store) -> None:
    written(store)
    store.outbox.claim("pkt_1", "mail#invitation#1", NOW, LEASE)
    again = store.outbox.claim("pkt_1", "mail#invitation#1", LATER, LEASE)
    assert again is not None
    assert again.attempts == 2


@pytest.mark.law("T18")
def test_what_was_done_is_forgotten_after_four_hundred_days_and_what_waits_never(store: Store) -> None:
    written(store)
    assert [row for row in store.items() if row["SK"]["S"].startswith("OUTBOX#") and "expires" in row] == []
    held = store.outbox.claim("pkt_1", "mail#invitation#1", NOW, LEASE)
    assert held is not None
    store.outbox.done(held, NOW)
    (done,) = [row for row in store.items() if "expires" in row]
    assert done["SK"]["S"] == "OUTBOX#mail#invitation#1"
    assert int(done["expires"]["N"]) == int((NOW + timedelta(days=400)).timestamp())
    (read,) = mails(store)
    assert read.done_at == NOW


def test_an_effect_that_is_done_is_never_held_again(store: Store) -> None:
    written(store)
    held = store.outbox.claim("pkt_1", "mail#invitation#1", NOW, LEASE)
    assert held is not None
    store.outbox.done(held, NOW)
    assert store.outbox.claim("pkt_1", "mail#invitation#1", LATER, LEASE) is None


def test_what_is_due_is_found_and_what_is_done_is_not(store: Store) -> None:
    written(store)
    assert due(store, NOW) == ["mail#invitation#1"]
    held = store.outbox.claim("pkt_1", "mail#invitation#1", NOW, LEASE)
    assert held is not None
    assert due(store, NOW) == []
    store.outbox.done(held, NOW)
    assert due(store, LATER) == []


def test_a_packet_whose_time_has_come_is_found(store: Store) -> None:
    store.packets.create(Change(packet(due_at=NOW)))
    assert due(store, NOW) == [None]
    assert due(store, NOW - timedelta(seconds=1)) == []


def test_done_forgets_the_sealed_secret(store: Store) -> None:
    sealed = {"wrapped_key": "a", "nonce": "b", "ciphertext": "c"}
    store.packets.create(Change(packet(), effects=[effect(sealed=sealed)]))
    held = store.outbox.claim("pkt_1", "mail#invitation#1", NOW, LEASE)
    assert held is not None
    assert held.sealed == sealed
    store.outbox.done(held, NOW)
    (kept,) = mails(store)
    assert kept.sealed is None


def perform(store: Store, clock: At, act) -> Failure | None:
    performers = {EffectKind.MAIL: act}
    relay = Relay(store.outbox, store.packets, clock, performers, retry_base=timedelta(seconds=30))
    return relay.perform("pkt_1", "mail#invitation#1")


@pytest.mark.failure("R37")
def test_an_effect_seen_twice_happens_once(store: Store) -> None:
    written(store)
    done: list[Effect] = []
    perform(store, At(), done.append)
    perform(store, At(LATER), done.append)
    assert len(done) == 1


def test_a_failed_effect_waits_and_comes_back(store: Store) -> None:
    written(store)

    def down(_: Effect) -> None:
        raise Unavailable

    failure = perform(store, At(), down)
    assert failure is not None
    assert failure.error == "temporarily-unavailable"
    done: list[Effect] = []
    perform(store, At(NOW + timedelta(seconds=29)), done.append)
    assert done == []
    perform(store, At(NOW + timedelta(seconds=31)), done.append)
    assert len(done) == 1


def test_pauses_double_up_to_an_hour(store: Store) -> None:
    written(store)
    clock = At()

    def down(_: Effect) -> None:
        raise Unavailable

    pauses = []
    for _ in range(10):
        perform(store, clock, down)
        (row,) = mails(store)
        assert row.due_at is not None
        pauses.append((row.due_at - clock.at).total_seconds())
        clock.at = row.due_at
    assert pauses[:4] == [30, 60, 120, 240]
    assert pauses[-1] == 3600


def test_attempts_are_counted_within_their_window(store: Store) -> None:
    hour = timedelta(hours=1)
    for _ in range(5):
        store.limits.hit("mails", window=hour, limit=5, now=NOW)
    with pytest.raises(TooManyAttempts) as refused:
        store.limits.hit("mails", window=hour, limit=5, now=NOW)
    assert 0 < refused.value.retry_after <= 3600
    store.limits.hit("mails", window=hour, limit=5, now=NOW + hour)


def a_strange_row(store: Store) -> None:
    """A row as a later release might write it, in the place of one of ours."""
    store.packets.create(Change(packet(), effects=[effect().model_copy(update={"kind": "ring-a-bell"})]))


def test_a_row_of_an_unknown_kind_is_kept_and_tried_again(store: Store) -> None:
    a_strange_row(store)
    failed = perform(store, At(), lambda _: pytest.fail("no one performs it"))
    assert failed is not None
    assert failed.error == "unknown-effect"
    (kept,) = [one for one in store.packets.all_of(Effect, "pkt_1") if one.id == "mail#invitation#1"]
    assert (kept.kind, kept.done_at, kept.failure) == ("ring-a-bell", None, "unknown-effect")
    assert kept.due_at is not None


def test_a_row_of_an_unknown_kind_is_told_of_once(store: Store) -> None:
    a_strange_row(store)
    for at in (At(), At(LATER), At(LATER + timedelta(hours=2))):
        perform(store, at, lambda _: None)
    told = [one for one in store.packets.all_of(Effect, "pkt_1") if "attention_needed" in one.id]
    assert [one.payload["detail"]["reason"] for one in told] == ["OUTBOX_ROW_UNKNOWN"]


def test_a_row_whose_payload_is_not_understood_is_kept_as_well(store: Store) -> None:
    row = effect().model_copy(update={"payload": {"letter": "a-letter-of-tomorrow", "at": "2026-11-24T15:00:00Z"}})
    store.packets.create(Change(packet(), effects=[row]))
    failed = perform(store, At(), lambda one: one.asks_for(SendLetter) and None)
    assert failed is not None
    assert failed.error == "unknown-effect"


def test_a_record_of_an_unknown_kind_is_in_nobodys_way(store: Store) -> None:
    written(store)
    store.client.put_item(
        TableName=TABLE, Item={"PK": {"S": "PACKET#pkt_1"}, "SK": {"S": "WONDER#1"}, "what": {"S": "a wonder"}}
    )
    done: list[Effect] = []
    perform(store, At(), done.append)
    assert len(done) == 1
    assert store.packets.load("pkt_1").id == "pkt_1"
