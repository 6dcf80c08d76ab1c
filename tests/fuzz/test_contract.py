"""Whatever is sent to the doors, by whomever: no 5xx, and every answer as the OpenAPI document declares it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case

from tests.support import journey, stages
from tests.support.contract import OPERATIONS, cases, examples, through_doors
from tests.support.world import World

# Who sends: the agent with a session, both groups of staff, the certification site with its key, and no one.
CALLERS = ("agent", "recruiter", "contracting", "site", "nobody")
STAFF = {"recruiter": journey.RECRUITER, "contracting": journey.CONTRACTING}
SITE = {"Authorization": "Bearer site-key"}
# Where the packet stands when an operation is tried: where it has most to do.
ANSWERING = ("/packet/interview", "/packet/attachments", "/packet/email", "/packet/identity", "/packet/agreement")
OWN = {"agent": ["agent"], "staff": ["recruiter", "contracting"], "certification-site": ["site"]}


def stage_of(label: str) -> str:
    path = label.split()[1]
    if path.startswith(ANSWERING):
        return "agreed"
    return "adopted" if path.startswith("/packet/") else "finished"


def callers_of(label: str) -> st.SearchStrategy[str]:
    """Mostly those whom the operation is for, now and then anyone else."""
    own = [who for one in OPERATIONS[label].definition.raw["security"] for name in one for who in OWN[name]]
    return st.sampled_from([*own, *own, *CALLERS])


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


@pytest.mark.parametrize("label", sorted(OPERATIONS, key=stage_of))
def test_answers_are_as_declared(road: stages.Stages, label: str) -> None:
    world = road.at(stage_of(label))
    cookie = world.cookie

    @given(case=cases(label, known(world)), who=callers_of(label))
    @examples(10)
    def played(case: Case, who: str) -> None:
        world.cookie = cookie if who == "agent" else None
        through_doors(case, world, staff=STAFF.get(who), headers=SITE if who == "site" else {})

    played()
