"""Two ways to use a page: with a mouse, and with nothing but a keyboard."""

from __future__ import annotations

from typing import Any, Protocol

FARTHEST = 250  # presses of Tab after which something cannot be reached


class Hands(Protocol):
    def press(self, target: Any) -> None:
        """Press a button, follow a link, tick a box, choose a radio button."""

    def type(self, target: Any, text: str) -> None:
        """Replace what a field holds."""

    def choose(self, target: Any, label: str) -> None:
        """Choose an option of a list."""


class Mouse:
    def __init__(self, page: Any) -> None:
        self._page = page

    def press(self, target: Any) -> None:
        target.click()

    def type(self, target: Any, text: str) -> None:
        target.fill(text)

    def choose(self, target: Any, label: str) -> None:
        target.select_option(label=label)


class Keyboard:
    """Reaches everything by Tab and acts by keys; a thing that Tab does not reach fails the test."""

    def __init__(self, page: Any) -> None:
        self._page = page

    def press(self, target: Any) -> None:
        target.wait_for()
        if target.get_attribute("type") == "radio":
            return self._choose_radio(target)
        self._reach(target)
        self._page.keyboard.press("Space" if target.get_attribute("type") == "checkbox" else "Enter")
        return None

    def type(self, target: Any, text: str) -> None:
        target.wait_for()
        self._reach(target)
        self._page.keyboard.press("Control+A")
        self._page.keyboard.type(text)

    def choose(self, target: Any, label: str) -> None:
        target.wait_for()
        self._reach(target)
        self._page.keyboard.type(label)

    def _reach(self, target: Any) -> None:
        for _ in range(FARTHEST):
            if target.evaluate("element => element === document.activeElement"):
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {target}")

    def _choose_radio(self, target: Any) -> None:
        group = target.get_attribute("name")
        for _ in range(FARTHEST):
            if self._page.evaluate("document.activeElement.name") == group:
                break
            self._page.keyboard.press("Tab")
        if target.is_checked():
            return
        for _ in range(10):
            if target.evaluate("element => element === document.activeElement"):
                self._page.keyboard.press("Space")
                assert target.is_checked()
                return
            self._page.keyboard.press("ArrowDown")
        raise AssertionError(f"arrow keys do not reach {target}")
