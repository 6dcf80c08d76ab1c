"""A correction: asked with its reason, answered where it was asked, signed again only where it shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from local.config import Config
from tests.portal.hands import Mouse
from tests.portal.hosts import StackHost
from tests.portal.prepared import signed_and_finished
from tests.portal.visitor import PASSWORD, Looks, Visitor

TITLE = "We need a correction from you"
ASKED = re.compile("(?i)correct|please check")


@pytest.fixture
def asked(arrived: Callable[..., Visitor]) -> Visitor:
    """An agent who is asked for the Social Security number."""
    agent = arrived("asked")
    agent.heading(TITLE)
    return agent


def correct_ssn(agent: Visitor, look: Looks) -> None:
    look("60-correction")
    assert agent.button("Send the correction").is_disabled()
    agent.page.get_by_role("link", name="Check and correct About you").click()
    agent.heading("About you")
    assert agent.field("First name").is_disabled()
    look("61-correction-section")
    agent.page.get_by_role("button", name="Change Social Security number").click()
    agent.field("Social Security number").fill("987654321")
    agent.field("Social Security number, once more").fill("987654321")
    agent.next_section()
    agent.heading(TITLE)
    look("62-correction-ready")
    agent.press("Send the correction")


def sign_again(agent: Visitor) -> None:
    agent.page.get_by_text("Only documents that show them have to be signed again").wait_for()
    agent.sign_all()
    agent.finish()
    agent.page.get_by_role("heading", level=2, name="The road ahead").wait_for()


def test_a_suspended_check_is_corrected_signed_again_where_it_shows_and_ends_ready_to_sell(
    window: Callable[..., Any], stack: tuple[Config, dict[str, str]], shots: Path
) -> None:
    host = StackHost(stack, "suspended", level="4")
    signed_and_finished(host)
    host.postbox.wait("the question", ASKED, patience=120)
    page = window()
    looks = Looks(page, shots)
    agent = Visitor(page, Mouse(page), host)
    page.goto(host.link)
    agent.log_in(PASSWORD)
    agent.heading(TITLE)
    page.get_by_text("The background-check company could not confirm").wait_for()
    correct_ssn(agent, looks)
    sign_again(agent)
    page.get_by_role("heading", level=1, name="You are ready to sell").wait_for(timeout=120_000)
    assert looks.faults == []


def test_only_documents_that_show_the_corrected_answer_are_signed_again(asked: Visitor, shots: Path) -> None:
    looks = Looks(asked.page, shots)
    correct_ssn(asked, looks)
    lines = asked.page.get_by_text("lines done").first
    lines.wait_for()
    looks("63-correction-sign")
    done, everything = (int(one) for one in re.findall(r"\d+", lines.inner_text()))
    assert 0 < done < everything
    sign_again(asked)
    asked.heading("Signed. We are sealing your documents")
    assert looks.faults == []


def test_nothing_but_what_was_asked_about_can_be_changed(asked: Visitor, shots: Path) -> None:
    asked.go("/interview/addresses")
    asked.heading("Business and mailing addresses")
    asked.page.get_by_text("Nothing is asked about in this section").wait_for()
    assert asked.button("Save and continue").count() == 0
    assert all(box.is_disabled() for box in asked.page.get_by_role("checkbox").all())
    asked.follow("Back to the correction")
    asked.heading(TITLE)


def test_an_answer_that_is_right_is_confirmed_by_saving_it_unchanged(asked: Visitor) -> None:
    asked.page.get_by_role("link", name="Check and correct About you").click()
    asked.heading("About you")
    asked.next_section()
    asked.heading(TITLE)
    asked.page.get_by_text("Looked at", exact=True).wait_for()
    expect(asked.button("Send the correction")).to_be_enabled()  # once the summary has come


def test_a_correction_looks_right_at_320_pixels_and_in_spanish(asked: Visitor, shots: Path) -> None:
    looks = Looks(asked.page, shots, prefix="narrow-")
    asked.page.set_viewport_size({"width": 320, "height": 640})
    asked.press("Español")
    asked.heading("Necesitamos una corrección suya")
    looks("60-correction-es")
    asked.go("/status")
    asked.page.get_by_role("heading", level=2, name="El camino por delante").wait_for()
    looks("64-status-correction-es")
    assert looks.faults == []
