"""What the table's indexes hold of an item beside its key: what lists show, and no more; changed one at a time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from econtracting.adapters.dynamodb import indexes
from econtracting.domain.packet import AgencyRow, Packet, QueueRow
from tests.support import deployed

pytestmark = pytest.mark.law("T18")

STEPS = deployed.template()["Parameters"]["IndexStep"]["AllowedValues"]
MOST = 100  # attributes in all projections of a table together, Amazon DynamoDB quotas
TO_COME = "listed"  # what records that are no packets write for the lists they stand in


def at(step: int | None = None) -> dict[str, dict[str, Any]]:
    return {one["IndexName"]: one for one in deployed.indexes(step)}


def held(name: str) -> set[str]:
    return set(at()[name]["Projection"].get("NonKeyAttributes", ()))


def test_each_step_adds_or_drops_one_index_and_alters_none() -> None:
    for before, after in pairwise(STEPS):
        was, becomes = at(before), at(after)
        assert len(set(was) ^ set(becomes)) == 1, f"step {after}"
        assert all(was[name] == becomes[name] for name in set(was) & set(becomes)), f"step {after}"


@pytest.mark.parametrize("index", [indexes.BY_AGENCY, indexes.BY_STATUS])
def test_an_index_and_the_one_before_have_the_same_key_and_one_stands_at_every_step(index: indexes.Index) -> None:
    (key,) = {str(at(step)[name]["KeySchema"]) for step in STEPS for name in index[2:] if name in at(step)}
    assert all(part in key for part in index[:2])
    assert all({index.name, index.before} & set(at(step)) for step in STEPS)
    assert {name for name in index[2:] if name in at(STEPS[0])} == {index.before}
    assert {name for name in index[2:] if name in at(STEPS[-1])} == {index.name}


def test_a_new_stack_has_no_index_of_whole_items() -> None:
    assert {name: one["Projection"]["ProjectionType"] for name, one in at().items()} == {
        "agency_rows": "INCLUDE",
        "status_rows": "INCLUDE",
        "by_due": "KEYS_ONLY",
    }


@pytest.mark.parametrize(("name", "row"), [("agency_rows", AgencyRow), ("status_rows", QueueRow)])
def test_an_index_holds_the_fields_of_its_row(name: str, row: type[AgencyRow | QueueRow]) -> None:
    assert held(name) == set(row.model_fields) | {TO_COME}


def test_people_stand_in_the_list_of_their_agency_alone() -> None:
    assert held("agency_rows") & {"agent", "recruiter"}
    assert not held("status_rows") & {"agent", "recruiter"}


def test_what_no_list_shows_is_in_no_index() -> None:
    shown = held("agency_rows") | held("status_rows")
    hidden = {"consent", "agreement", "access_code", "sections", "flags", "approvals", "event_head", "commit_id"}
    assert not shown & hidden
    assert hidden - {"commit_id"} <= set(Packet.model_fields), "a packet has these"


def test_projections_leave_room() -> None:
    for step in STEPS:
        assert sum(len(one["Projection"].get("NonKeyAttributes", ())) for one in deployed.indexes(step)) <= MOST
