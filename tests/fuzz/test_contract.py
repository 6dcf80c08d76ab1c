"""Whatever is sent to the doors, by whomever: no 5xx, and every answer as the OpenAPI document declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from schemathesis import Case

from tests import journey, stages
from tests.contract import OPERATIONS, cases, examples, through_doors
from tests.world import World

SITE = {"Authorization": "Bearer site-key"}
STAFF = [label for label, one in OPERATIONS.items() if {"staff": []} in one.definition.raw.get("security", [])]
AGENT = [label for label, one in OPERATIONS.items() if {"agent": []} in one.definition.raw.get("security", [])]


def known(world: World) -> dict[str, list[str]]:
    """What the paths of this world can name."""
    found: dict[str, list[str]] = {
        "packet_id": [stages.packet_id()],
        "npn": ["15645555"],
        "section": list(journey.ANSWERS),
    }
    documents = world.call("GET", "/packet/documents")
    if documents.status == 200:
        found["document_id"] = [one["document_id"] for one in documents.json]
        found["field_id"] = [box["field_id"] for one in documents.json for box in one["fields"]]
    return found


@pytest.mark.parametrize("label", AGENT)
@pytest.mark.parametrize("stage", ["agreed", "adopted"])
def test_an_agent_gets_answers_as_declared(road: stages.Stages, stage: str, label: str) -> None:
    world = road.at(stage)
    names, cookie = known(world), world.cookie

    @given(case=cases(label, names))
    @examples(6)
    def played(case: Case) -> None:
        world.cookie = cookie
        through_doors(case, world)

    played()


@pytest.mark.parametrize("label", STAFF)
@pytest.mark.parametrize("who", [journey.RECRUITER, journey.CONTRACTING], ids=["recruiter", "contracting"])
def test_staff_get_answers_as_declared(road: stages.Stages, who: Mapping[str, str], label: str) -> None:
    world = road.at("finished")
    names: dict[str, Any] = known(world)

    @given(case=cases(label, names))
    @examples(8)
    def played(case: Case) -> None:
        through_doors(case, world, staff=who)

    played()


@pytest.mark.parametrize("label", OPERATIONS)
def test_nobody_in_particular_gets_answers_as_declared(road: stages.Stages, label: str) -> None:
    world = road.at("agreed")
    names = known(world)

    @given(case=cases(label, names))
    @examples(3)
    def played(case: Case) -> None:
        world.cookie = None
        through_doors(case, world)

    played()


def test_the_certification_site_gets_answers_as_declared(road: stages.Stages) -> None:
    world = road.at("finished")

    @given(case=cases("GET /producers/{npn}/certification-status", known(world)))
    @examples(20)
    def played(case: Case) -> None:
        through_doors(case, world, **SITE)

    played()
