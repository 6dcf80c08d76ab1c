"""Lists, counts and daily heads while narrow indexes take the place of wide ones, one deployment at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from econtracting.adapters.dynamodb import indexes, items
from econtracting.adapters.dynamodb.census import DynamoCensus
from econtracting.adapters.dynamodb.outbox import DynamoOutbox
from econtracting.adapters.dynamodb.packets import DynamoPackets
from econtracting.adapters.dynamodb.trails import DynamoTrails
from econtracting.domain.errors import Unavailable
from econtracting.domain.late_news import LateItem, LateNews
from econtracting.domain.packet import Acceptance, AgencyRow, Packet, QueueRow, SectionState, Status, Trouble
from econtracting.ports import Change
from tests.support import deployed
from tests.support.faults import refuse
from tests.support.records import NOW, effect, event, packet

TABLE = "econtracting"
STEPS = range(5)
TROUBLE = Trouble(about="mail#x", reason="EFFECT_FAILS", failure="unavailable", since=NOW, at=NOW)


@dataclass
class Store:
    """A table at a step of its indexes, and everything that reads them."""

    client: Any
    step: int

    def __post_init__(self) -> None:
        self.packets = DynamoPackets(self.client, TABLE)
        self.census = DynamoCensus(self.client, TABLE)
        self.trails = DynamoTrails(self.client, TABLE)

    def go(self, step: int) -> None:
        """Deploy the steps up to one, each with the one change that a deployment may make."""
        for to in range(self.step + 1, step + 1):
            was = {one["IndexName"]: one for one in deployed.indexes(to - 1)}
            becomes = {one["IndexName"]: one for one in deployed.indexes(to)}
            updates = [{"Create": becomes[name]} for name in becomes.keys() - was.keys()]
            updates += [{"Delete": {"IndexName": name}} for name in was.keys() - becomes.keys()]
            self.client.update_table(
                TableName=TABLE,
                AttributeDefinitions=deployed.table()["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=updates,
            )
        self.step = step

    def stored(self, name: str) -> list[dict[str, Any]]:
        return [items.plain(one) for one in self.client.scan(TableName=TABLE, IndexName=name)["Items"]]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("dynamodb", region_name="us-east-1")


def store_at(client: Any, step: int) -> Store:
    client.create_table(TableName=TABLE, **deployed.table(step))
    return Store(client, step)


def full(packet_id: str, **changes: Any) -> Packet:
    """A packet that has something of everything."""
    agreed = Acceptance(version="1", sha256="0" * 64, at=NOW, address="192.0.2.7", user_agent="Browser")
    known: dict[str, Any] = {
        "reached": {"INVITED": NOW},
        "npn": "15645555",
        "consent": agreed,
        "agreement": agreed,
        "sections": {"agent": SectionState(version=1, complete=True)},
        "flags": ("BACKGROUND_QUESTION",),
        "due_at": NOW + timedelta(days=1),
    }
    return packet(packet_id, **known | changes)


def fill(store: Store) -> None:
    for number in range(6):
        found = full(f"pkt_{number}", created_at=NOW + timedelta(minutes=number))
        store.packets.create(Change(found, events=[event("invitation.created")], effects=[effect(packet_id=found.id)]))
    news = LateNews(packet_id="pkt_1", since=NOW, items=(LateItem(about="BACKGROUND_REPORT_CHANGED", at=NOW),))
    store.packets.change("pkt_1", lambda seen: Change(seen, puts=[news]))
    store.packets.change("pkt_2", lambda seen: Change(seen.in_trouble(TROUBLE)))


def pages(ask: Any, limit: int = 2) -> list[Any]:
    found, cursor = [], None
    while True:
        page = ask(cursor, limit)
        found += page.packets
        cursor = page.cursor
        if cursor is None:
            return found


def everything(store: Store) -> dict[str, Any]:
    """What every reader of an index tells."""
    packets, census = store.packets, store.census
    soon = NOW + timedelta(days=1)
    return {
        "agency": pages(lambda cursor, limit: packets.by_agency("agency-1", None, cursor, limit)),
        "agency, status": pages(lambda cursor, limit: packets.by_agency("agency-1", "INVITED", cursor, limit)),
        "status": pages(lambda cursor, limit: packets.by_status("INVITED", cursor, limit)),
        "news": pages(packets.with_late_news),
        "trouble": pages(packets.in_trouble),
        "counted": (census.packets("INVITED", None), census.packets("INVITED", NOW), census.oldest("INVITED")),
        "in trouble": census.in_trouble(),
        "entered": census.entered("INVITED", NOW, soon),
        "trails": [trail for shard in range(8) for trail in store.trails.standing(shard, [])],
    }


@pytest.mark.law("T18")
def test_every_step_tells_the_same(client: Any) -> None:
    store = store_at(client, 0)
    fill(store)
    first = everything(store)
    assert [one.id for one in first["agency"]] == [f"pkt_{number}" for number in range(6)]
    assert first["counted"] == (6, 0, NOW)
    assert ([one.id for one in first["news"]], [one.id for one in first["trouble"]]) == (["pkt_1"], ["pkt_2"])
    assert len(first["trails"]) == 6
    for step in STEPS[1:]:
        store.go(step)
        assert everything(store) == first, f"step {step}"


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_list_that_was_begun_before_a_step_goes_on_after_it(client: Any, step: int) -> None:
    store = store_at(client, step - 1)
    fill(store)
    agency = store.packets.by_agency("agency-1", None, None, 2)
    status = store.packets.by_status("INVITED", None, 2)
    store.go(step)
    more = store.packets.by_agency("agency-1", None, agency.cursor, 10).packets
    assert [one.id for one in [*agency.packets, *more]] == [f"pkt_{number}" for number in range(6)]
    others = store.packets.by_status("INVITED", status.cursor, 10).packets
    assert sorted(one.id for one in [*status.packets, *others]) == [f"pkt_{number}" for number in range(6)]


@pytest.mark.law("T18")
def test_the_indexes_hold_of_a_packet_what_lists_show_and_nothing_else(client: Any) -> None:
    store = store_at(client, 4)
    fill(store)
    for name, row, key in (
        ("agency_rows", AgencyRow, {"agency_pk", "agency_sk"}),
        ("status_rows", QueueRow, {"status_pk", "status_sk"}),
    ):
        for stored in store.stored(name):
            assert set(stored) <= set(row.model_fields) | key | {"PK", "SK"}, name
    said = str(store.stored("status_rows"))
    assert "BACKGROUND_REPORT_CHANGED" not in said
    assert not any(word in said for word in ("dana@example.com", "Dana", "Robin", "192.0.2.7", "Browser"))
    assert not any(word in str(store.stored("agency_rows")) for word in ("192.0.2.7", "Browser", "BACKGROUND_QUESTION"))


def test_an_index_that_is_not_filled_yet_is_not_read(client: Any) -> None:
    store = store_at(client, 1)
    fill(store)
    asked = []
    client.meta.events.register("provide-client-params.dynamodb.Query", lambda params, **_: asked.append(params))
    refuse(client, "Query", 1, "ValidationException", 400)  # Cannot read from backfilling global secondary index
    assert len(store.packets.by_agency("agency-1", None, None, 10).packets) == 6
    assert [one["IndexName"] for one in asked] == ["agency_rows", "by_agency"]
    asked.clear()
    assert len(store.packets.by_agency("agency-1", None, None, 10).packets) == 6
    assert [one["IndexName"] for one in asked] == ["agency_rows"], "once it is filled it is read"


def test_an_outage_of_the_narrow_index_is_no_reason_to_read_the_wide_one(client: Any) -> None:
    store = store_at(client, 1)
    fill(store)
    asked = []
    client.meta.events.register("provide-client-params.dynamodb.Query", lambda params, **_: asked.append(params))
    refuse(client, "Query", 20, "ThrottlingException", 400)
    with pytest.raises(Unavailable):
        store.packets.by_agency("agency-1", None, None, 10)
    assert {one["IndexName"] for one in asked} == {"agency_rows"}


def test_where_neither_index_can_be_read_the_refusal_names_the_one_to_come(client: Any) -> None:
    store_at(client, 4)
    gone = indexes.BY_AGENCY._replace(name="neither", before="nor")
    asked = {
        "TableName": TABLE,
        "KeyConditionExpression": "agency_pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "1"}},
    }
    with pytest.raises(ClientError, match="neither"):
        indexes.query(client, gone, asked)


def test_a_row_of_the_index_that_lags_behind_is_no_packet(client: Any) -> None:
    """The index still tells of a packet under trouble whose head is gone, as after a restore of one packet."""
    store = store_at(client, 4)
    fill(store)
    client.delete_item(TableName=TABLE, Key=items.attributes({"PK": "PACKET#pkt_2", "SK": "PACKET"}))
    assert pages(store.packets.in_trouble) == []


def test_heads_come_in_the_order_they_were_asked_for_however_many(client: Any) -> None:
    store = store_at(client, 4)
    names = [f"pkt_{number:03d}" for number in range(130)]
    for name in names:
        store.packets.create(Change(packet(name)))
    wanted = [*reversed(names), "pkt_nobody", names[0]]
    assert [one.id for one in store.packets.heads(wanted)] == [*reversed(names), names[0]]
    assert store.packets.heads([]) == []


def test_a_record_that_is_no_packet_stands_in_a_list_by_what_it_writes_for_it(client: Any) -> None:
    """Producers, contracts and appointments have keys of these indexes, and no attribute but `listed` of their own."""
    store = store_at(client, 4)
    row = {"npn": "15645555", "name": "Dana Rivers", "standing": "ACTIVE", "level": "4"}
    written = {
        "PK": "PRODUCER#meridian#15645555",
        "SK": "F#PRODUCER",
        "status_pk": "PRODUCER#meridian#ACTIVE#0",
        "status_sk": "2026-11-24#15645555",
        "agency_pk": "AGENCY#agency-9",
        "agency_sk": "CONTRACT#1#15645555",
        "contact": {"email": "dana@example.com"},
        "dob_mac": "00",
        "listed": row,
    }
    client.put_item(TableName=TABLE, Item=items.attributes(written))
    for name, key in (("status_rows", "status"), ("agency_rows", "agency")):
        (stored,) = store.stored(name)
        assert stored == {part: written[part] for part in ("PK", "SK", f"{key}_pk", f"{key}_sk", "listed")}


def test_the_index_of_what_is_due_holds_keys_alone(client: Any) -> None:
    store = store_at(client, 4)
    fill(store)
    assert {frozenset(one) for one in store.stored("by_due")} == {frozenset({"PK", "SK", "due_pk", "due_at_sk"})}
    due = DynamoOutbox(client, TABLE).due(NOW, 10)
    assert ("pkt_0", "mail#invitation#1") in list(due)
    assert store.packets.load("pkt_0").status == Status.INVITED
