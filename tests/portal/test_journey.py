"""The whole road at the portal, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.config import Config
from tests.portal.hands import Keyboard, Mouse
from tests.portal.hosts import StackHost, WorldHost
from tests.portal.served_world import ServedWorld
from tests.portal.visitor import Looks, Visitor


def test_a_packet_is_finished_by_mouse_and_every_screen_is_accessible(
    window: Callable[..., Any], stack: tuple[Config, dict[str, str]], shots: Path
) -> None:
    page = window()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    looks = Looks(page, shots)
    agent = Visitor(page, Mouse(page), StackHost(stack), looks)
    agent.invited()
    agent.to_signing()
    agent.sign_all()
    agent.finish()
    page.get_by_role("heading", level=2, name="The road ahead").wait_for()
    looks("18-status-sealing")
    page.get_by_role("link", name="Open my documents").click(timeout=120_000)
    agent.heading("Your documents")
    looks("19-print")
    assert page.locator(".print-rows > li").count() >= 14
    page.get_by_role("link", name="Individual Agent Application").first.click()
    page.locator("canvas[data-drawn]").first.wait_for()
    looks("20-read-document")
    agent.go("/status")
    agent.heading("You are ready to sell")
    looks("21-status-active")
    assert looks.faults == []
    assert wrong == []


def test_a_packet_is_finished_by_keyboard_alone(window: Callable[..., Any], world: ServedWorld) -> None:
    page = window(reduced_motion="reduce")
    agent = Visitor(page, Keyboard(page), WorldHost(world))
    agent.invited()
    agent.to_signing()
    agent.sign_all()
    agent.finish()
    page.get_by_role("heading", level=2, name="The road ahead").wait_for()


def test_a_narrow_window_loses_nothing(window: Callable[..., Any], world: ServedWorld, shots: Path) -> None:
    """320 CSS pixels, as a small phone has and as 1280 pixels at 400 % come to (WCAG 2.2, 1.4.10)."""
    page = window(width=320, height=640)
    looks = Looks(page, shots, prefix="narrow-")
    agent = Visitor(page, Mouse(page), WorldHost(world), looks)
    agent.invited()
    agent.to_signing()
    agent.sign_all()
    agent.finish()
    page.get_by_role("heading", level=2, name="The road ahead").wait_for()
    looks("18-status-sealing")
    assert looks.faults == []
