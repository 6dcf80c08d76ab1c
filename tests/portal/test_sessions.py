"""Sessions that end, in the middle of anything: the same place comes back, and what was typed is still there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.portal.served_world import ServedWorld
from tests.portal.visitor import Looks, Visitor
from tests.support import journey
from tests.support.world import World

Arrived = Callable[..., Visitor]


def pass_time(world: World, **duration: float) -> None:
    world.clock.pass_(**duration)


def test_typing_that_a_lost_session_left_unsaved_is_there_after_log_in(arrived: Arrived) -> None:
    agent = arrived("agreed")
    agent.heading("About you")
    agent.page.context.clear_cookies()
    agent.field("City").fill("Knoxville")
    agent.heading("Please log in again")
    agent.log_in(journey.PASSWORD)
    agent.heading("About you")
    assert agent.field("City").input_value() == "Knoxville"
    agent.page.get_by_text("Draft saved at").wait_for()


def test_what_was_typed_just_before_a_log_out_is_saved(arrived: Arrived) -> None:
    agent = arrived("agreed")
    agent.heading("About you")
    agent.field("City").fill("Knoxville")
    agent.press("Log out")
    agent.heading("You are logged out")
    agent.follow("Log in again")
    agent.log_in(journey.PASSWORD)
    agent.heading("About you")
    assert agent.field("City").input_value() == "Knoxville"


def test_a_log_out_that_does_not_reach_the_server_is_not_claimed(arrived: Arrived) -> None:
    agent = arrived("agreed", "/start")
    agent.heading("Getting started")
    agent.page.context.set_offline(True)
    agent.press("Log out")
    agent.page.get_by_role("alert").get_by_text("you are still logged in").wait_for()
    agent.heading("Getting started")
    agent.page.context.set_offline(False)
    agent.press("Log out")
    agent.heading("You are logged out")


def test_a_session_that_ends_while_signing_comes_back_to_the_same_document(arrived: Arrived) -> None:
    agent = arrived("adopted")
    agent.page.get_by_role("link", name="Authorization to Conduct").click()
    agent.heading("Authorization to Conduct a Background Investigation")
    agent.page.locator("canvas[data-drawn]").first.wait_for()
    agent.page.context.clear_cookies()
    agent.press("Start")
    agent.page.locator(".tag-open:focus").click()
    agent.heading("Please log in again")
    agent.log_in(journey.PASSWORD)
    agent.heading("Authorization to Conduct a Background Investigation")
    agent.press("Start")
    agent.page.locator(".tag-open:focus").click()
    agent.page.locator(".tag-signed").first.wait_for()


def test_finishing_long_after_the_log_in_asks_for_the_password_once_more(
    arrived: Arrived, world: ServedWorld, shots: Path
) -> None:
    agent = arrived("signed")
    looks = Looks(agent.page, shots)
    agent.button("Finish").wait_for()
    world.do(pass_time, seconds=601)
    agent.press("Finish")
    dialog = agent.page.get_by_role("dialog", name="Your password, please")
    dialog.wait_for()
    looks("34-step-up")
    password = dialog.get_by_label("Password", exact=True)
    password.fill("Not-my-password-1")
    dialog.get_by_role("button", name="Continue").click()
    dialog.get_by_text("This password is not right").wait_for()
    assert password.get_attribute("aria-invalid") == "true"
    password.fill(journey.PASSWORD)
    dialog.get_by_role("button", name="Continue").click()
    agent.heading("Signed. We are sealing your documents")
    assert looks.faults == []


def test_a_page_without_the_link_says_how_the_password_can_be_given(arrived: Arrived, world: ServedWorld) -> None:
    agent = arrived("signed", "/sign")
    agent.button("Finish").wait_for()
    world.do(pass_time, seconds=601)
    agent.press("Finish")
    agent.page.get_by_role("dialog").get_by_text("open the link in your invitation again").wait_for()


def test_a_quiet_page_warns_before_its_session_ends(arrived: Arrived, world: ServedWorld, shots: Path) -> None:
    agent = arrived("agreed")
    agent.heading("About you")
    agent.page.clock.install()
    agent.page.reload()
    agent.heading("About you")
    agent.page.clock.fast_forward("28:30")
    dialog = agent.page.get_by_role("dialog", name="Are you still there?")
    dialog.wait_for()
    looks = Looks(agent.page, shots)
    agent.page.clock.resume()
    looks("35-still-there")
    dialog.get_by_role("button", name="Stay logged in").click()
    dialog.wait_for(state="detached")
    agent.heading("About you")
    assert looks.faults == []
