"""A suspended screening, corrected by the agent, goes on with an execution and a check of its own."""

import pytest

from tests.support import journey, stories
from tests.support.world import World


@pytest.mark.failure("R18")
def test_a_corrected_packet_is_screened_anew_and_goes_on(world: World) -> None:
    packet_id = journey.to_signed(world)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    world.settle(lambda: bool(world.outside.screening.reports))
    stories.suspended(world, packet_id, "ssn")
    world.reaches(packet_id, "CORRECTION_REQUESTED")
    shown = journey.expect(world.call("GET", "/packet/interview/agent"), 200).json["answers"]
    corrected = {**shown, "ssn": "987-65-4321", "ssn_confirm": "987-65-4321"}
    journey.expect(journey.save(world, "agent", corrected), 200)
    journey.confirm(world)
    journey.sign_everything(world)
    journey.finish(world)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    world.settle(lambda: len(world.outside.screening.orders) == 2)
    assert [one.ssn for one in world.outside.screening.orders.values()] == [journey.SSN, "987-65-4321"]
    stories.report(world, packet_id, "complete", "clear", attempt=2)
    world.reaches(packet_id, "APPOINTING")
    assert sorted(world.histories()) == [f"{packet_id}-1", f"{packet_id}-2"]
