"""The agent's own moves are told to the carrier's systems, valid by the published schemas."""

from tests.support import journey, lifecycle
from tests.support.world import World


def test_the_agents_moves_are_told_one_by_one(world: World) -> None:
    packet_id = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world)
    journey.confirm(world)
    journey.expect(world.call("POST", "/packet/summary/reopen"), 200)
    told = lifecycle.published(packet_id)
    statuses = ["INVITED", "IN_PROGRESS", "AWAITING_SIGNATURE", "IN_PROGRESS"]
    assert [detail["status"] for kind, detail in told if kind == "packet.status_changed"] == statuses
    assert len({detail["event_id"] for _, detail in told}) == len(told)
    lifecycle.require_valid()
    assert "Rivers" not in str(told)
