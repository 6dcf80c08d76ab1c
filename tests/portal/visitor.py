"""An agent at the portal: every step by what a person sees, reads and presses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.config import ROOT
from tests.portal.hosts import Host

PASSWORD = "Copper-Kettle-27"
PATIENCE_MS = 60_000
ACCESS_CODE = re.compile(r"(?<![A-Z2-9])((?:[2-9A-HJ-NP-Z] ?){6})(?![A-Z2-9a-z])")
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Visitor:
    """`hands` says how they use the page; `look`, if given, is called with the name of each screen they come to."""

    def __init__(self, page: Any, hands: Any, host: Host, look: Callable[[str], None] | None = None) -> None:
        self.page, self.hands, self.host = page, hands, host
        self.look = look or (lambda screen: None)
        self.link = ""
        page.set_default_timeout(PATIENCE_MS)

    def invited(self) -> None:
        self.link = self.host.invite()

    def go(self, place: str) -> None:
        self.page.goto(f"{self.host.url}/#{place}")

    # What is on the page, by the name a screen reader says.
    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name)

    def field(self, name: str, exact: bool = True) -> Any:
        return self.page.get_by_label(name, exact=exact)

    def heading(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("heading", level=1, name=name).wait_for()

    def press(self, name: str) -> None:
        self.hands.press(self.button(name))

    def follow(self, name: str) -> None:
        self.hands.press(self.page.get_by_role("link", name=name))

    def come_in(self) -> None:
        self.page.goto(self.link)
        self.heading("Your contracting packet")
        self.look("01-open-link")
        self.host.ask_for_password()
        self.press("Get my password")
        self.page.get_by_text("Please check your email").wait_for()
        self.look("02-password-sent")
        self.hands.type(self.field("Temporary password from the email"), self.host.temporary_password())
        self.press("Log in")
        self.heading("Choose your password")
        self.hands.type(self.field("New password"), PASSWORD)
        self.look("03-choose-password")
        self.hands.type(self.field("New password once more"), PASSWORD)
        self.press("Save password")
        self.heading("Getting started")
        self.look("04-getting-started")

    def log_in(self, password: str = PASSWORD) -> None:
        self.heading(re.compile("Your contracting packet|Please log in again"))
        if self.button("I have a password").count():
            self.press("I have a password")
        self.hands.type(self.field("Password"), password)
        self.press("Log in")

    def agree(self) -> None:
        self.follow("Continue")
        self.heading("User agreement")
        self.look("05-agreement")
        self.hands.press(self.field("I have read the user agreement and I agree to it"))
        self.press("Continue")

    def about_you(self) -> None:
        self.heading("About you")
        self.look("06-about-you")
        self.hands.type(self.field("Social Security number"), "987654320")
        self.hands.type(self.field("Social Security number, once more"), "987654320")
        self.hands.type(self.field("Birth date"), "04121985")
        self.hands.type(self.field("Mobile phone"), "(615) 555-0123")
        self.hands.type(self.field("Street and number"), "12 Orchard Lane")
        self.hands.type(self.field("City"), "Nashville")
        self.hands.choose(self.field("State"), "Tennessee")
        self.hands.type(self.field("ZIP code"), "37210")
        self.hands.type(self.field("County", exact=False), "Davidson")
        self.next_section()

    def next_section(self) -> None:
        self.press("Save and continue")

    def addresses(self) -> None:
        self.heading("Business and mailing addresses")
        self.hands.press(self.field("Same as my residential address"))
        self.hands.press(self.field("Same as my business address"))
        self.page.get_by_text("12 Orchard Lane").first.wait_for()
        self.look("07-addresses")
        self.next_section()

    def online(self) -> None:
        self.heading("Your pages on the web")
        for name in ("Website", "Facebook page", "LinkedIn profile", "Another page"):
            self.hands.press(self.page.get_by_role("checkbox", name=name))
        self.look("08-online")
        self.next_section()

    def states(self) -> None:
        self.heading("States requested for you")
        self.look("09-states")
        self.hands.press(self.field("I have read this list"))
        self.next_section()

    def background(self) -> None:
        self.heading("Background questions")
        questions = self.page.locator(".question")
        questions.first.wait_for()
        self.look("10-background")
        for number in range(questions.count()):
            self.hands.press(questions.nth(number).get_by_role("radio", name="No"))
        self.next_section()

    def direct_deposit(self) -> None:
        """Asked of agents who are paid directly only."""
        self.heading("Direct deposit")
        self.hands.press(self.page.get_by_role("radio", name="Yes"))
        self.look("11-direct-deposit")
        self.next_section()

    def answer_everything(self) -> None:
        self.about_you()
        self.addresses()
        self.online()
        self.states()
        self.background()
        if self.host.paid_directly:
            self.direct_deposit()

    def confirm(self) -> None:
        self.heading("Summary")
        self.page.get_by_text("***-**-4320").wait_for()
        self.look("12-summary")
        self.press("Everything is right, continue to sign")

    def consent(self) -> None:
        self.heading("Before you sign")
        self.press("Open the document")
        self.hands.press(self.button("Text version"))
        text = self.page.locator(".text-version")
        text.wait_for()
        code = ACCESS_CODE.search(text.inner_text())
        assert code is not None, text.inner_text()
        self.look("13-consent")
        self.hands.type(self.field("Code from the document"), code[1])
        self.hands.press(self.field("I agree to use electronic records and signatures"))
        self.press("Agree and continue")

    def adopt(self) -> None:
        self.heading("Adopt your signature")
        self.page.get_by_role("radio", name="Style", exact=False).first.wait_for()
        assert self.field("Full name").input_value() == self.host.full_name
        self.look("14-adopt")
        self.press("Adopt and go on")

    def sign_all(self) -> None:
        """Next, sign, sign, next, until Finish is there. The page leads the focus from line to line."""
        bar = self.page.locator(".sign-bar button")
        bar.wait_for()
        shown: set[str] = set()
        while not self.button("Finish").count():
            self.hands.press(bar)
            line = self._focus(lambda place: place.startswith("line-"))
            while line.startswith("line-"):
                self._look_at_first_lines(shown)
                self.hands.press(self.page.locator(f"#{line}"))
                line = self._focus(lambda place, before=line: place not in ("", before))
        self.look("17-all-signed")

    def _look_at_first_lines(self, shown: set[str]) -> None:
        """The first document with lines, and the taxpayer form, which is signed on its own."""
        document = self.page.get_by_role("heading", level=1).inner_text()
        screen = "16-sign-w9" if "W-9" in document else "" if shown else "15-sign"
        if screen and screen not in shown:
            self.page.locator(".page").first.scroll_into_view_if_needed()  # pages far from the window are not drawn
            self.page.locator("canvas[data-drawn]").first.wait_for()
            self.look(screen)
            shown.add(screen)

    def _focus(self, wanted: Callable[[str], bool]) -> str:
        """The line or button that the page has put the focus on, once it is a `wanted` one."""
        place = ""
        for _ in range(PATIENCE_MS // 50):
            place = self.page.evaluate(
                "(e => !e ? '' : e.id.startsWith('line-') ? e.id : e.closest('.sign-bar') ? 'bar' : '')"
                "(document.activeElement)"
            )
            if wanted(place):
                return place
            self.page.wait_for_timeout(50)
        raise AssertionError(f"the focus stays at {place!r}")

    def finish(self) -> None:
        self.press("Finish")

    def to_signing(self) -> None:
        self.come_in()
        self.agree()
        self.answer_everything()
        self.confirm()
        self.consent()
        self.adopt()


def violations(page: Any) -> list[str]:
    """What axe finds wrong on the page as it stands, by WCAG 2.2 A and AA."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}}).then(r => r.violations)", RULES
    )
    return [
        f"{one['id']}: {one['help']} at {json.dumps([node['target'] for node in one['nodes'][:4]])}" for one in found
    ]


class Looks:
    """Looks at each screen: a picture of it, and what axe says. Found faults are kept, so that all of them are told."""

    def __init__(self, page: Any, folder: Path, prefix: str = "") -> None:
        self._page, self._folder, self._prefix = page, folder, prefix
        self.faults: list[str] = []

    def __call__(self, screen: str) -> None:
        self._page.wait_for_timeout(250)
        self._page.screenshot(path=self._folder / f"{self._prefix}{screen}.png", full_page=True)
        self.faults += [f"{screen}: {fault}" for fault in violations(self._page)]
        overflow = self._page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0:
            self.faults.append(f"{screen}: {overflow} pixels wider than the window")
