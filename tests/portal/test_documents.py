"""Documents in view: loaded when they are opened, readable as text, printed one by one and together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from tests.portal.served_world import ServedWorld
from tests.portal.visitor import Looks, Visitor
from tests.support.stages import seal

Arrived = Callable[..., Visitor]


def test_the_reader_of_documents_is_loaded_with_the_first_one_that_is_opened(arrived: Arrived) -> None:
    agent = arrived("frozen")
    asked: list[str] = []
    agent.page.on("request", lambda request: asked.append(request.url))
    agent.page.reload()
    agent.heading("Before you sign")
    agent.page.wait_for_load_state("networkidle")
    assert [one for one in asked if "pdf" in one] == []
    agent.press("Open the document")
    agent.page.locator("canvas[data-drawn]").first.wait_for()
    assert any("pdf.worker" in one for one in asked)


def test_every_document_can_be_read_as_text(arrived: Arrived) -> None:
    agent = arrived("adopted", "/sign")
    titles = agent.page.locator("nav ol a > span:nth-child(2)")
    titles.first.wait_for()
    for title in titles.all_inner_texts():
        agent.page.locator("nav ol").get_by_role("link", name=title).click()
        agent.heading(title)
        agent.press("Text version")
        text = agent.page.locator(".text-version")
        text.get_by_role("heading").first.wait_for()
        assert len(text.inner_text()) > 300, title
        agent.press("Pages")


def test_the_print_packet_is_read_row_by_row_and_fetched_together(
    arrived: Arrived, world: ServedWorld, shots: Path
) -> None:
    agent = arrived("finished")
    agent.heading("Signed. We are sealing your documents")
    world.do(seal)
    agent.heading("We have received your packet")
    looks = Looks(agent.page, shots)
    looks("48-status-received")
    agent.follow("Open my documents")
    agent.heading("Your documents")
    looks("49-print")
    rows = agent.page.locator(".print-rows > li")
    rows.first.wait_for()
    assert rows.count() == 13
    for row in rows.all():
        answer = fetched(agent, row.get_by_role("link", name="View or print"))
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.body().startswith(b"%PDF")
    together = fetched(agent, agent.page.get_by_role("link", name="Print all together"))
    assert together.body().startswith(b"%PDF")
    for name in ("Download all", "Download with evidence"):
        assert fetched(agent, agent.page.get_by_role("link", name=name)).body().startswith(b"PK")
    agent.page.get_by_role("link", name="Certificate of Completion", exact=True).click()
    agent.heading("Certificate of Completion")
    agent.page.locator("canvas[data-drawn]").first.wait_for()
    agent.press("Text version")
    agent.page.locator(".text-version").get_by_text("Dana Lee Rivers").first.wait_for()
    looks("50-certificate-as-text")
    assert looks.faults == []


def fetched(agent: Visitor, link: Any) -> Any:
    answer = agent.page.context.request.get(urljoin(agent.host.url, link.get_attribute("href")))
    assert answer.ok, answer.status
    return answer


def test_paper_copies_are_asked_for_once(arrived: Arrived, shots: Path) -> None:
    agent = arrived("adopted", "/paper")
    looks = Looks(agent.page, shots)
    agent.heading("Paper copies")
    looks("51-paper")
    agent.press("Send me paper copies")
    agent.page.get_by_text("The contracting department has been told").wait_for()
    assert agent.button("Send me paper copies").count() == 0
    looks("52-paper-asked")
    assert looks.faults == []
