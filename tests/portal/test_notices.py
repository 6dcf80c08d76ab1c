"""Notices about a background report: read with what goes with them, disputed, and the honest end of a packet."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from econtracting.domain.breaker import Vendor
from tests.portal.served_world import ServedWorld
from tests.portal.visitor import Looks, Visitor
from tests.support import journey, stages, stories
from tests.support.journey import expect
from tests.support.world import World

Arrived = Callable[..., Visitor]

NOTICE = "Notice before a decision about your background check"
PLACE = "/notices/pre-adverse-1"


def paused(world: World, vendor: Vendor) -> None:
    stories.pause(vendor)


def refused(world: World) -> None:
    """The agent reads the notice, the time to answer passes, and the contracting department decides against them."""
    expect(world.call("GET", f"/packet{PLACE}/content"), 200)
    packet_id = stages.of(world)
    world.clock.pass_(days=20)
    stories.decided(world, packet_id, "adverse")


def rejected_for_another_reason(world: World) -> None:
    stories.decided(world, stages.of(world), "reject")


def disputed_by_telephone(world: World) -> None:
    body = {"state": "raised", "reason": "told by telephone"}
    expect(world.call("POST", f"/packets/{stages.of(world)}/disputes", body, staff=journey.CONTRACTING), 200)


def trail(world: World) -> list[str]:
    return stories.events(stages.of(world))


def has_focus(target: Any) -> bool:
    return bool(target.evaluate("element => element === document.activeElement"))


@pytest.fixture
def reader(arrived: Arrived) -> Visitor:
    """An agent in front of the notice before a decision."""
    agent = arrived("noticed", PLACE)
    agent.heading(NOTICE)
    return agent


def test_a_notice_is_read_with_the_report_and_the_rights(arrived: Arrived, world: ServedWorld, shots: Path) -> None:
    agent = arrived("noticed")
    looks = Looks(agent.page, shots)
    agent.heading("Your packet is being looked at")
    agent.page.get_by_role("heading", name="A notice about your background report").wait_for()
    assert agent.page.get_by_text("Expected by").count() == 0
    looks("70-status-notice")
    agent.follow("Read the notice")
    agent.heading(NOTICE)
    agent.page.get_by_text("Fairmeadow Screening Services").first.wait_for()
    assert agent.page.get_by_text("Sent on Nov 24, 2026").count() == 1
    looks("71-notice")
    copy = agent.page.get_by_role("link", name="Copy of the report")
    rights = agent.page.get_by_role("link", name="A Summary of Your Rights")
    assert [one.get_attribute("target") for one in (copy, rights)] == ["_blank", "_blank"]
    assert str(rights.get_attribute("href")).startswith("https://www.consumerfinance.gov/")
    report = agent.page.context.request.get(urljoin(world.url, copy.get_attribute("href")))
    assert (report.headers["content-type"], report.body()[:4]) == ("application/pdf", b"%PDF")
    assert world.do(trail).count("adverse.read") == 1
    agent.follow("Your notices")
    agent.heading("Your notices")
    agent.page.get_by_role("link", name=f"Read the notice {NOTICE}").wait_for()
    looks("72-notices")
    assert looks.faults == []


def test_a_report_is_disputed_once_something_is_ticked(reader: Visitor, world: ServedWorld, shots: Path) -> None:
    looks = Looks(reader.page, shots)
    reader.press("Dispute the report")
    reader.page.get_by_role("link", name="Please tick what is wrong with the report.").click()
    assert has_focus(reader.field("Something in it is not correct"))
    looks("73-dispute-refused")
    assert "adverse.disputed" not in world.do(trail)
    reader.hands.press(reader.field("Something in it is not correct"))
    reader.hands.press(reader.field("It is about someone else"))
    reader.press("Dispute the report")
    reader.page.get_by_text("We received your dispute on Nov 24, 2026").wait_for()
    assert has_focus(reader.page.get_by_role("heading", level=2, name="The report is disputed"))
    looks("74-disputed")
    assert world.do(trail).count("adverse.disputed") == 1
    reader.page.reload()
    reader.page.get_by_text("The report was disputed on Nov 24, 2026").wait_for()
    assert reader.button("Dispute the report").count() == 0
    reader.follow("Where my packet stands")
    reader.page.get_by_text("The report was disputed on Nov 24, 2026").wait_for()
    assert looks.faults == []


def test_who_was_quicker_by_telephone_sees_the_dispute_that_stands(reader: Visitor, world: ServedWorld) -> None:
    world.do(disputed_by_telephone)
    reader.hands.press(reader.field("Something is missing from it"))
    reader.press("Dispute the report")
    reader.page.get_by_text("The report was disputed on").wait_for()
    assert has_focus(reader.page.get_by_role("heading", level=2, name="The report is disputed"))
    assert world.do(trail).count("adverse.disputed") == 1


def test_after_a_rejection_the_status_leads_to_the_final_notice(
    reader: Visitor, world: ServedWorld, shots: Path
) -> None:
    looks = Looks(reader.page, shots)
    link = world.link
    world.do(refused)
    reader.page.goto(link)
    reader.log_in(journey.PASSWORD)
    reader.heading("We will not be contracting with you")
    reader.page.get_by_role("heading", name="The notice of our decision").wait_for()
    assert reader.page.get_by_text("Background check", exact=True).count() == 0
    looks("75-status-rejected")
    reader.follow("All notices (2)")
    reader.heading("Your notices")
    looks("76-notices-both")
    reader.page.get_by_role("link", name="Read the notice Notice of our decision").click()
    reader.heading("Notice of our decision")
    reader.page.get_by_text("did not make this decision").wait_for()
    reader.page.get_by_text("You may still dispute the report with the screening company").wait_for()
    assert reader.button("Dispute the report").count() == 0
    looks("77-final-notice")
    assert looks.faults == []


def test_a_rejection_for_another_reason_speaks_of_no_notice(arrived: Arrived, world: ServedWorld) -> None:
    agent = arrived("asked", "/status")
    agent.heading("We need a correction from you")
    world.do(rejected_for_another_reason)
    agent.page.reload()
    agent.heading("We will not be contracting with you")
    agent.page.get_by_role("link", name="Open my documents").wait_for()
    assert agent.page.get_by_text(re.compile("notice", re.IGNORECASE)).count() == 0


def test_before_the_notice_the_status_speaks_of_a_check_that_takes_its_time(arrived: Arrived) -> None:
    agent = arrived("weighed")
    agent.heading("Your background check is under way")
    agent.page.get_by_text("Expected by").first.wait_for()
    assert agent.page.get_by_text(re.compile("notice", re.IGNORECASE)).count() == 0
    agent.go(PLACE)
    agent.heading("There is no such page")


def test_who_is_waited_for_is_said_on_the_road_in_both_languages(
    arrived: Arrived, world: ServedWorld, shots: Path
) -> None:
    agent = arrived("screened", "/status")
    agent.heading("Your background check is under way")
    world.do(paused, Vendor.BACKGROUND_CHECK)
    agent.page.reload()
    agent.page.get_by_text("We are waiting for the background-check company.").wait_for()
    looks = Looks(agent.page, shots)
    looks("78-status-delay")
    agent.press("Español")
    agent.page.get_by_text("la empresa de verificación de antecedentes").wait_for()
    assert looks.faults == []


def test_notices_look_right_at_320_pixels_and_in_spanish(reader: Visitor, shots: Path) -> None:
    looks = Looks(reader.page, shots, prefix="narrow-")
    reader.page.set_viewport_size({"width": 320, "height": 640})
    looks("71-notice")
    reader.press("Español")
    reader.page.get_by_role("heading", name="¿Hay algo equivocado en el informe?").wait_for()
    reader.press("Impugnar el informe")
    reader.page.locator(".error-summary").wait_for()
    looks("73-dispute-refused-es")
    reader.go("/status")
    reader.page.get_by_role("link", name="Leer el aviso").wait_for()
    looks("70-status-notice-es")
    assert looks.faults == []
