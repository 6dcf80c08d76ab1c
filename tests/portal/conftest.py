"""A real browser on the portal of a local stack. Without a browser or the built portal the tests are skipped."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.config import HOST, ROOT, Config, Ports
from local.processes import free_port
from local.stack import Stack, outputs_file
from tests.portal.hands import Mouse
from tests.portal.hosts import WorldHost
from tests.portal.served_world import SLOW, ServedWorld
from tests.portal.visitor import Visitor

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without them the browser looks for its maker's servers; nothing here leaves the machine.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SHOTS = ROOT / "build/portal"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.allow_hosts([HOST]))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """While Playwright is up, an event loop runs in the thread of all tests: what seals in process runs in another one
    (scripts/test)."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not (ROOT / "web/dist/index.html").exists():
        pytest.skip("the portal is not built (npm run build in web/)")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser found: looked for {', '.join(BROWSERS)}")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def stack(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Config, dict[str, str]]]:
    """A stack of its own; PORTAL_TESTS=running takes the one that the environment describes."""
    if os.environ.get("PORTAL_TESTS") == "running":
        config = Config.read()
        httpx.get(config.url("portal"), timeout=5).raise_for_status()
        yield config, json.loads(outputs_file(config).read_text())
        return
    ports = Ports(**{name: free_port() for name in Ports.__dataclass_fields__})
    config = Config(tmp_path_factory.mktemp("stack"), ports, {})
    with Stack(config) as started:
        yield config, started.outputs


@pytest.fixture(scope="session")
def world(browser: Any) -> Iterator[ServedWorld]:
    with ServedWorld() as served:
        yield served


@pytest.fixture
def window(browser: Any, request: pytest.FixtureRequest, shots: Path) -> Iterator[Callable[..., Any]]:
    """Opens a window of a browser profile of its own; what it showed last is kept as a picture."""
    opened: list[Any] = []

    def open_window(width: int = 1280, height: int = 900, **options: Any) -> Any:
        page = browser.new_context(viewport={"width": width, "height": height}, **options).new_page()
        opened.append(page)
        if SLOW > 1:
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
        return page

    yield open_window
    for number, page in enumerate(opened):
        page.screenshot(path=shots / f"last-{request.node.name}-{number}.png", full_page=True)
        page.context.close()


@pytest.fixture
def arrived(window: Callable[..., Any], world: ServedWorld) -> Callable[..., Visitor]:
    """An agent of the served world, signed in where their packet stands at a stage of tests/support/stages.py."""

    def arrive(stage: str, place: str = "", **options: Any) -> Visitor:
        page = window(**options)
        page.context.add_cookies(world.at(stage))
        visitor = Visitor(page, Mouse(page), WorldHost(world))
        visitor.link = world.link
        page.set_default_timeout(20_000)
        page.goto(f"{world.url}/#{place}" if place else visitor.link)
        return visitor

    return arrive


@pytest.fixture
def shots() -> Path:
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS
