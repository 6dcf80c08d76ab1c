"""What is not wrong but worth a look: told where it stands, settled by the person, in no one's way."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.portal.served_world import ServedWorld
from tests.portal.visitor import Looks, Visitor
from tests.support import journey
from tests.support.world import World

Arrived = Callable[..., Visitor]


def differ(world: World, *what: str) -> None:
    """The license registry sees these otherwise."""
    world.outside.registry.disagrees = set(what)


def mailed_code(world: World) -> str:
    world.settle()
    [mail] = [one for one in world.outside.post.sent if "email-code" in one["reference"]]
    assert mail["to"] == "dana.new@example.com"
    found = re.search(r"(?m)^\s*((?:[2-9A-HJ-NP-Z] ?){6})\s*$", mail["text"])
    assert found is not None, mail["text"]
    return found[1]


def addressed_to(world: World) -> str:
    packet_id = world.call("GET", "/packet").json["packet_id"]
    path = f"/packets/{packet_id}"
    return str(journey.expect(world.call("GET", path, staff=journey.CONTRACTING), 200).json["agent"]["email"])


def test_what_the_registry_sees_differently_is_told_before_going_on_and_may_be_kept(
    arrived: Arrived, world: ServedWorld, shots: Path
) -> None:
    agent = arrived("agreed")
    looks = Looks(agent.page, shots)
    try:
        world.do(differ, "ssn")
        agent.about_you()
        told = agent.page.get_by_role("heading", name="The license registry shows something else")
        agent.page.locator("h2:focus", has_text="The license registry").wait_for()
        looks("53-registry-differs")
        agent.press("They are right, keep them")
        agent.heading("Business and mailing addresses")
        agent.follow("About you (done)")
        agent.heading("About you")
        assert told.count() == 0
    finally:
        world.do(differ)
    assert looks.faults == []


def test_another_address_gets_letters_once_its_code_is_typed(arrived: Arrived, world: ServedWorld, shots: Path) -> None:
    agent = arrived("answered", "/interview/agent")
    agent.heading("About you")
    agent.field("E-mail").fill("dana.new@example.com")
    agent.next_section()
    agent.heading("Business and mailing addresses")
    agent.follow("About you (done)")
    agent.press("Send me a code")
    agent.page.get_by_text("A code is on its way").wait_for()
    entry = agent.field("Code from the email")
    entry.fill("222222")
    agent.press("Confirm the address")
    agent.page.get_by_text("This is not the code of our latest mail").wait_for()
    looks = Looks(agent.page, shots)
    looks("54-confirm-email")
    entry.fill(world.do(mailed_code))
    agent.press("Confirm the address")
    entry.wait_for(state="detached")
    assert world.do(addressed_to) == "dana.new@example.com"
    assert looks.faults == []
