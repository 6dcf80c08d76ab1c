"""Billable units of DynamoDB's operations, by the rules of its pricing."""

from __future__ import annotations

import pytest

from tools.bench import cost, replay
from tools.bench.units import Index, index_units, read_units, size, write_units

BY_DUE = Index("by_due", ("due_pk", "due_at_sk"), whole=False)
BY_STATUS = Index("by_status", ("status_pk", "status_sk"), whole=True)


def item(kilobytes: float = 0.1, **attributes: str) -> dict[str, dict[str, str]]:
    named = {"PK": {"S": "P"}, "SK": {"S": "S"}, **{name: {"S": value} for name, value in attributes.items()}}
    return {**named, "filling": {"S": "x" * int(kilobytes * 1024)}}


def test_an_items_size_is_its_names_and_values() -> None:
    assert size({"PK": {"S": "Ö"}, "count": {"N": "120"}, "on": {"BOOL": True}}) == 2 + 2 + 5 + 3 + 2 + 1


@pytest.mark.parametrize(("kilobytes", "units"), [(0.1, 1), (3.9, 1), (4.1, 2), (20, 6)])
def test_a_consistent_read_costs_a_unit_for_each_4_kb(kilobytes: float, units: int) -> None:
    assert read_units([item(kilobytes)], consistent=True) == units
    assert read_units([item(kilobytes)], consistent=False) == units / 2


def test_a_write_costs_the_larger_of_both_images_and_twice_in_a_transaction() -> None:
    assert write_units(item(2.5), item(0.1), transaction=False) == 3
    assert write_units(None, item(0.1), transaction=True) == 2


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, item(), 0),
        (None, item(due_pk="1", due_at_sk="a"), 1),
        (item(due_pk="1", due_at_sk="a"), item(due_pk="1", due_at_sk="a"), 0),
        (item(due_pk="1", due_at_sk="a"), item(due_pk="1", due_at_sk="b"), 2),
        (item(due_pk="1", due_at_sk="a"), item(), 1),
    ],
    ids=["not in it", "added", "unchanged", "key changed", "removed"],
)
def test_an_index_entry_costs_what_the_write_changes_in_it(before: object, after: object, units: int) -> None:
    assert index_units(BY_DUE, before, after) == units  # type: ignore[arg-type]


def test_an_index_of_whole_items_costs_with_every_change_of_the_item() -> None:
    keys = {"status_pk": "1", "status_sk": "a"}
    assert index_units(BY_STATUS, item(0.1, **keys), item(2.5, **keys)) == 3


ROWS = Index("status_rows", ("status_pk", "status_sk"), whole=False, more=("status", "npn"))


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        ({}, {"version": "2"}, 0),
        ({}, {"npn": "1"}, 1),
        ({"npn": "1"}, {"npn": "2"}, 1),
        ({"npn": "1"}, {}, 1),
        ({"npn": "1"}, {"npn": "1", "status_sk": "b"}, 2),
    ],
    ids=["of what it does not hold", "added", "changed", "gone", "key changed"],
)
def test_an_index_of_some_attributes_costs_with_a_change_of_those(
    before: dict[str, str], after: dict[str, str], units: int
) -> None:
    keys = {"status_pk": "1", "status_sk": "a"}
    assert index_units(ROWS, item(2.5, **keys | before), item(2.5, **keys | after)) == units


def test_nothing_is_free_by_oversight() -> None:
    with pytest.raises(KeyError):
        cost.dollars({"something new": 1})


def test_the_floor_of_a_warm_request_can_be_measured() -> None:
    assert replay.floor_ms() > 0
