"""Coming back, losing things, two places at once: nothing entered is lost, and nothing stays in the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.config import Config
from local.demo.postbox import TEMPORARY_PASSWORD
from tests.portal.hands import Mouse
from tests.portal.visitor import PASSWORD, Looks, Visitor

Window = Callable[..., Any]
Running = tuple[Config, dict[str, str]]


@pytest.fixture
def agent(window: Window, stack: Running) -> Visitor:
    """Somebody who has agreed and looks at the first section."""
    page = window()
    agent = Visitor(page, Mouse(page), stack)
    agent.invited()
    agent.come_in()
    agent.agree()
    agent.heading("About you")
    return agent


def same_person(agent: Visitor, page: Any, stack: Running) -> Visitor:
    """The same agent at another window."""
    other = Visitor(page, Mouse(page), stack)
    other.email, other.link, other.postbox = agent.email, agent.link, agent.postbox
    return other


def saved(agent: Visitor) -> None:
    agent.page.get_by_text("Draft saved at").wait_for()


def test_what_was_typed_is_there_on_another_device_without_anybody_pressing_save(
    agent: Visitor, window: Window, stack: Running
) -> None:
    agent.field("City").fill("Knoxville")
    saved(agent)
    other = same_person(agent, window(width=390, height=800), stack)
    other.page.goto(agent.link)
    other.log_in()
    other.heading("About you")
    assert other.field("City").input_value() == "Knoxville"


def test_a_session_that_ends_comes_back_to_the_same_place(agent: Visitor) -> None:
    agent.page.goto(f"{agent.portal}/#/interview/addresses")
    agent.heading("Business and mailing addresses")
    agent.page.context.clear_cookies()
    agent.next_section()
    agent.heading("Please log in again")
    agent.log_in()
    agent.heading("Business and mailing addresses")


def test_a_reloaded_page_stays_where_it_was_and_back_goes_back(agent: Visitor) -> None:
    agent.page.get_by_role("link", name="Your pages on the web").click()
    agent.heading("Your pages on the web")
    agent.page.reload()
    agent.heading("Your pages on the web")
    agent.page.go_back()
    agent.heading("About you")


def test_nothing_somebody_entered_is_stored_in_the_browser(agent: Visitor) -> None:
    agent.hands.type(agent.field("Social Security number"), "987654320")
    agent.hands.type(agent.field("Social Security number, once more"), "987654320")
    agent.hands.type(agent.field("City"), "Knoxville")
    saved(agent)
    kept = agent.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert kept == '[{"language":"en"},{},""]'
    agent.page.reload()
    agent.page.get_by_text("***-**-4320").wait_for()
    assert "987" not in agent.page.content().replace(agent.npn, "")


def test_errors_are_told_on_top_and_at_the_field_and_lead_there(agent: Visitor, shots: Path) -> None:
    agent.field("First name").fill("D4na")
    agent.next_section()
    summary = agent.page.locator(".error-summary")
    summary.wait_for()
    assert summary.evaluate("element => element === document.activeElement")
    looks = Looks(agent.page, shots)
    looks("22-errors")
    summary.get_by_role("link", name="Social Security number").first.click()
    field = agent.field("Social Security number")
    assert field.evaluate("element => element === document.activeElement")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby")
    assert looks.faults == []


def test_two_tabs_that_change_the_same_answer_are_asked_with_both_values(
    agent: Visitor, stack: Running, shots: Path
) -> None:
    tab = agent.page.context.new_page()
    other = same_person(agent, tab, stack)
    tab.goto(f"{agent.portal}/#/interview/agent")
    other.heading("About you")
    agent.field("City").fill("Memphis")
    agent.field("Street and number").fill("9 Beale Street")
    saved(agent)
    other.field("City").fill("Knoxville")
    conflict = tab.get_by_role("heading", name="Changed in two places")
    conflict.wait_for()
    looks = Looks(tab, shots)
    looks("23-conflict")
    tab.get_by_role("radio", name="Memphis").check()
    tab.get_by_role("button", name="Keep my choice").click()
    saved(other)
    assert other.field("City").input_value() == "Memphis"
    assert other.field("Street and number").input_value() == "9 Beale Street"
    assert looks.faults == []


def test_without_a_network_typing_goes_on_and_is_saved_later(agent: Visitor) -> None:
    agent.page.context.set_offline(True)
    agent.page.get_by_text("You are offline").wait_for()
    agent.field("City").fill("Jackson")
    agent.page.get_by_text("Not saved yet").wait_for()
    agent.page.context.set_offline(False)
    saved(agent)


def test_a_lost_password_is_replaced_and_the_old_one_is_void(agent: Visitor, window: Window, stack: Running) -> None:
    other = same_person(agent, window(), stack)
    other.page.goto(agent.link)
    other.press("I have a password")
    before = agent.postbox.last()
    other.press("I lost my password")
    other.page.get_by_text("Please check your email").wait_for()
    _, temporary = agent.postbox.wait("a new temporary password", TEMPORARY_PASSWORD, after=before)
    entry = other.field("Temporary password from the email")
    entry.fill(PASSWORD)
    other.press("Log in")
    other.page.get_by_text("The link or the password is not right").wait_for()
    entry.fill(temporary)
    other.press("Log in")
    other.heading("Choose your password")
    other.field("New password", exact=True).fill("Harbor-Light-38")
    other.field("New password once more").fill("Harbor-Light-38")
    other.press("Save password")
    other.heading("About you")


def test_declining_says_what_it_means_asks_why_and_ends(agent: Visitor, shots: Path) -> None:
    looks = Looks(agent.page, shots)
    agent.page.goto(f"{agent.portal}/#/decline")
    agent.heading("Decline this packet?")
    agent.press("Decline the packet")
    agent.page.locator(".error-summary").wait_for()
    agent.field("Your reason").fill("I found another carrier.")
    looks("24-decline")
    agent.press("Decline the packet")
    agent.heading("You have declined")
    looks("25-declined")
    agent.page.goto(f"{agent.portal}/#/interview/agent")
    agent.heading("Your contracting packet")
    assert looks.faults == []


def test_a_page_without_its_link_says_what_to_do(window: Window, stack: Running, shots: Path) -> None:
    page = window()
    looks = Looks(page, shots)
    page.goto(stack[0].url("portal"))
    page.get_by_role("heading", level=1, name="Please open the link in your invitation").wait_for()
    looks("26-no-link")
    page.get_by_role("button", name="Español").click()
    page.get_by_role("heading", level=1, name="Abra el enlace de su invitación").wait_for()
    assert page.evaluate("document.documentElement.lang") == "es"
    looks("27-no-link-es")
    assert looks.faults == []
