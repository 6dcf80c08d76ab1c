"""Coming back, losing things, two places at once: nothing entered is lost, and nothing stays in the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.config import Config
from tests.portal.hands import Mouse
from tests.portal.hosts import StackHost
from tests.portal.served_world import ServedWorld
from tests.portal.visitor import PASSWORD, Looks, Visitor
from tests.support import journey
from tests.support.world import World

Window = Callable[..., Any]


@pytest.fixture
def agent(arrived: Callable[..., Visitor]) -> Visitor:
    """Someone who has agreed and looks at the first section."""
    visitor = arrived("agreed")
    visitor.heading("About you")
    return visitor


def same_person(agent: Visitor, page: Any) -> Visitor:
    """The same agent at another window."""
    other = Visitor(page, Mouse(page), agent.host)
    other.link = agent.link
    return other


def saved(agent: Visitor) -> None:
    agent.page.get_by_text("Draft saved at").wait_for()


def test_another_device_with_a_new_password_finds_what_was_typed_without_anybody_pressing_save(
    window: Window, stack: tuple[Config, dict[str, str]]
) -> None:
    page = window()
    agent = Visitor(page, Mouse(page), StackHost(stack))
    agent.invited()
    agent.come_in()
    agent.agree()
    agent.heading("About you")
    agent.field("City").fill("Knoxville")
    saved(agent)
    other = same_person(agent, window(width=390, height=800))
    other.page.goto(agent.link)
    other.press("I have a password")
    other.host.ask_for_password()
    other.press("I lost my password")
    other.page.get_by_text("Please check your email").wait_for()
    temporary = other.host.temporary_password()
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
    assert other.field("City").input_value() == "Knoxville"


def test_a_session_that_ends_comes_back_to_the_same_place(agent: Visitor) -> None:
    agent.go("/interview/addresses")
    agent.heading("Business and mailing addresses")
    agent.page.context.clear_cookies()
    agent.next_section()
    agent.heading("Please log in again")
    agent.log_in(journey.PASSWORD)
    agent.heading("Business and mailing addresses")


def test_a_reloaded_page_stays_where_it_was_and_back_goes_back(agent: Visitor) -> None:
    agent.follow("Your pages on the web")
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
    assert "987" not in agent.page.content()


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


def test_two_tabs_that_change_the_same_answer_are_asked_with_both_values(agent: Visitor, shots: Path) -> None:
    tab = agent.page.context.new_page()
    other = same_person(agent, tab)
    other.go("/interview/agent")
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
    other.press("Keep my choice")
    saved(other)
    assert other.field("City").input_value() == "Memphis"
    assert other.field("Street and number").input_value() == "9 Beale Street"
    assert looks.faults == []


def test_a_page_without_its_link_says_what_to_do(window: Window, world: ServedWorld, shots: Path) -> None:
    page = window()
    looks = Looks(page, shots)
    page.goto(world.url)
    page.get_by_role("heading", level=1, name="Please open the link in your invitation").wait_for()
    looks("26-no-link")
    page.get_by_role("button", name="Español").click()
    page.get_by_role("heading", level=1, name="Abra el enlace de su invitación").wait_for()
    assert page.evaluate("document.documentElement.lang") == "es"
    looks("27-no-link-es")
    assert looks.faults == []


def test_another_language_changes_the_words_and_nothing_that_was_typed(agent: Visitor, shots: Path) -> None:
    agent.field("City").fill("Knoxville")
    agent.press("Español")
    agent.page.get_by_role("button", name="Guardar y continuar").wait_for()
    assert agent.field("Ciudad").input_value() == "Knoxville"
    assert agent.page.get_by_role("heading", level=1).get_attribute("lang") is None  # as the page's, Spanish
    agent.page.reload()
    agent.page.get_by_role("button", name="Guardar y continuar").wait_for()
    looks = Looks(agent.page, shots)
    looks("46-interview-es")
    agent.press("English")
    agent.button("Save and continue").wait_for()
    assert looks.faults == []


def publish(world: World, version: str, words: str) -> None:
    """The carrier has another user agreement from now on."""
    from econtracting import packet_types, wiring

    def load(name: str) -> Any:
        known = packet_types.load(name)
        return known.model_copy(
            update={"agreement": known.agreement.model_copy(update={"version": version, "text": words})}
        )

    wiring.packet_type = load
    wiring.forget()  # families hold the definitions they were built with


def publish_nothing_new(world: World) -> None:
    from econtracting import packet_types, wiring

    wiring.packet_type = packet_types.load
    wiring.forget()


def test_an_agreement_that_changes_is_read_again_before_anything_else(
    arrived: Callable[..., Visitor], world: ServedWorld, shots: Path
) -> None:
    agent = arrived("entered", "/agreement")
    agent.heading("User agreement")
    try:
        world.do(publish, "2027-01", "This text is new.")
        agent.hands.press(agent.field("I have read the user agreement and I agree to it"))
        agent.press("Continue")
        agent.page.get_by_text("The agreement has changed since you opened it").wait_for()
        agent.page.get_by_text("This text is new.").wait_for()
        looks = Looks(agent.page, shots)
        looks("47-agreement-changed")
        assert not agent.field("I have read the user agreement and I agree to it").is_checked()
        agent.hands.press(agent.field("I have read the user agreement and I agree to it"))
        agent.press("Continue")
        agent.heading("About you")
        world.do(publish, "2027-02", "This text is newer still.")
        agent.field("City").fill("Knoxville")
        agent.heading("User agreement")
        agent.page.get_by_text("This text is newer still.").wait_for()
        assert looks.faults == []
    finally:
        world.do(publish_nothing_new)
