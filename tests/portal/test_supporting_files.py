"""A background question answered yes: explained, followed up, and supported by a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.config import Config
from tests.portal.hands import Mouse
from tests.portal.hosts import StackHost
from tests.portal.visitor import Looks, Visitor
from tests.support import foreign_files
from tests.support.pictures import DRAWN_SIGNATURE


@pytest.mark.brings("P4", "P5")
def test_a_yes_takes_an_explanation_and_a_file_and_is_hidden_afterwards(
    window: Callable[..., Any], stack: tuple[Config, dict[str, str]], shots: Path
) -> None:
    page = window()
    looks = Looks(page, shots)
    agent = Visitor(page, Mouse(page), StackHost(stack))
    agent.invited()
    agent.come_in()
    agent.agree()
    agent.heading("About you")
    agent.go("/interview/background")
    agent.heading("Background questions")
    question = page.locator(".question").first
    question.get_by_role("radio", name="Yes").check()
    question.get_by_label("Please explain", exact=False).fill("A fine for fishing without a license in 2009, paid.")
    chooser = question.locator("input[type=file]")
    chooser.set_input_files({"name": "ruling.png", "mimeType": "image/png", "buffer": b"not a picture"})
    question.locator(".field-error").get_by_text("This is a text file").wait_for()
    chooser.set_input_files({"name": "ruling.heic", "mimeType": "", "buffer": foreign_files.HEIC})
    question.locator(".field-error").get_by_text("This is a HEIC photo").wait_for()
    chooser.set_input_files({"name": "ruling.png", "mimeType": "image/png", "buffer": DRAWN_SIGNATURE})
    question.get_by_text("ruling.png", exact=False).first.wait_for()
    looks("28-supporting-file")
    page.get_by_text("Draft saved at").wait_for()
    page.reload()
    page.get_by_text("Answered, hidden for your privacy").wait_for()
    assert "fishing" not in page.content()
    assert looks.faults == []
