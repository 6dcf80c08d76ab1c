"""What holds on every screen: room at 200 % zoom, stillness for who wants it, a name for everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.portal.served_world import ServedWorld
from tests.portal.visitor import Looks

SCREENS = {
    "invited": [""],
    "entered": ["/start", "/agreement"],
    "answered": [
        "/interview/agent",
        "/interview/addresses",
        "/interview/online-presence",
        "/interview/pre-appointments",
        "/interview/background",
        "/summary",
    ],
    "frozen": ["/consent"],
    "adopted": ["/signature", "/sign/application", "/sign/w9", "/withdraw-consent", "/ended/later", "/nowhere"],
    "noticed": ["/notices", "/notices/pre-adverse-1"],
    "asked": ["/correction", "/status", "/print", "/print/certificate"],
}


def visited(page: Any, world: ServedWorld) -> Iterator[str]:
    """Comes to each screen in turn and tells its name."""
    for stage, places in SCREENS.items():
        page.context.clear_cookies()
        page.context.add_cookies(world.at(stage))
        page.goto("about:blank")
        for place in places:
            page.goto(f"{world.url}/#{place}" if place else world.link)
            page.get_by_role("heading", level=1).wait_for()
            page.locator(".spinner").first.wait_for(state="detached")
            yield place.strip("/").replace("/", "-") or "link"


@pytest.fixture
def page(window: Callable[..., Any]) -> Any:
    """1280 by 900 pixels at 200 %, for someone who wants nothing to move."""
    page = window(width=640, height=450, device_scale_factor=2, reduced_motion="reduce")
    page.set_default_timeout(20_000)
    return page


def test_at_twice_the_size_every_screen_has_room_and_stands_still(page: Any, world: ServedWorld, shots: Path) -> None:
    looks = Looks(page, shots, prefix="zoom-")
    moving: list[str] = []
    for screen in visited(page, world):
        looks(screen)
        if page.evaluate("document.getAnimations().some(one => one.playState === 'running')"):
            moving.append(screen)
    assert looks.faults == []
    assert moving == []


def test_everything_that_can_be_used_has_a_name_that_tells_it_from_the_others(page: Any, world: ServedWorld) -> None:
    wrong: list[str] = []
    reader = page.context.new_cdp_session(page)
    for screen in visited(page, world):
        places: dict[str, set[str]] = {}
        for node in reader.send("Accessibility.getFullAXTree")["nodes"]:
            role, name = node.get("role", {}).get("value"), node.get("name", {}).get("value", "").strip()
            if node["ignored"] or role not in ("link", "button", "textbox", "checkbox", "radio", "combobox", "image"):
                continue
            if not name:
                wrong.append(f"{screen}: a {role} without a name")
            if role == "link":
                urls = [one["value"]["value"] for one in node.get("properties", ()) if one["name"] == "url"]
                places.setdefault(name, set()).update(urls)
        wrong += [f"{screen}: {name!r} leads to {sorted(urls)}" for name, urls in places.items() if len(urls) > 1]
    assert wrong == []
