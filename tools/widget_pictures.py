"""Draws docs/pictures/widget-*.png: the widget's own answers about packets made in process, in a browser.

    python -m tools.widget_pictures [CHROMIUM]

What the console puts around a widget (its links, its buttons, the dashboard's frame) is imitated by the style below.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs/pictures"
sys.path.insert(0, str(ROOT / "functions"))

CONSOLE = """<style>
body { margin: 0; padding: 14px; background: #f2f3f3; font: 14px Arial, sans-serif; width: 860px }
main { background: #fff; border: 1px solid #d5dbdb; padding: 12px 16px }
main > h1 { font-size: 16px; margin: 0 0 12px; padding: 0 0 10px; border-bottom: 1px solid #eaeded }
a { color: #0073bb; text-decoration: none; cursor: pointer } cwdb-action { display: none }
.btn { display: inline-block; border: 1px solid #545b64; border-radius: 2px; padding: 4px 16px; color: #545b64;
  font-weight: 700 }
.btn-primary { background: #ec7211; border-color: #ec7211; color: #fff }
input, textarea { font: inherit; border: 1px solid #aab7b8; border-radius: 2px; padding: 4px 8px }
</style>"""


def pages() -> dict[str, str]:
    """The widget's answers that are shown: a queue, a packet that needs review, the same after a click refused."""
    from econtracting import wiring
    from econtracting.domain.outbox import Letter, send_letter
    from econtracting.domain.packet import Agency, Status
    from econtracting.domain.screening.background import Check, ScreeningStatus
    from econtracting.ports import Change
    from process import widget
    from tests.support import atomic, stories
    from tests.support.world import Context, World, build

    def reviewed(world: World, reason: str, agency: str, hours: int, came_from: Status) -> str:
        packet_id = stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False)
        since = world.clock.now() - timedelta(hours=hours)
        wiring.packets().change(
            packet_id,
            lambda packet: Change(
                packet.having(
                    status=Status.NEEDS_REVIEW,
                    review_reason=reason,
                    review_from=came_from,
                    agency=Agency(id="agency-1", name=agency),
                    status_at=since,
                    due_at=None,
                ),
                puts=[
                    Check(
                        packet_id=packet_id,
                        attempt=1,
                        status=ScreeningStatus.PENDING,
                        ordered_at=since - timedelta(days=21),
                    )
                ],
                effects=[send_letter(packet_id, Letter.BACKGROUND_DELAY, 3, since)],
            ),
        )
        return packet_id

    atomic.install()
    shown: dict[str, str] = {}
    with mock_aws(config={"lambda": {"use_docker": False}}), pytest.MonkeyPatch.context() as patch:
        world = build(patch)
        packet_id = reviewed(world, "BACKGROUND_CHECK_SILENT", "Harbor & Sons <Agency>", 7, Status.BACKGROUND_CHECK)
        reviewed(world, "CONSENT_1033_MISSING", "North Star Agency", 75, Status.BACKGROUND_CHECK)
        reviewed(world, "FEED_NOT_LOADED", "Lakeside Brokers", 1, Status.PROCESSED)
        world.outside.post.down = True
        world.settle()
        widgets: dict[str, dict[str, Any]] = {
            "queue": {"queue": "review"},
            "packet": {"packet_id": packet_id},
            "refused": {"packet_id": packet_id},
        }
        widgets["refused"] |= {"act": "reject", "widgetContext": {"forms": {"all": {"reason": "no"}}}}
        shown = {name: widget.lambda_handler(event, Context()) for name, event in widgets.items()}
        wiring.forget()
    return shown


def main() -> None:
    answers = pages()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=sys.argv[1] if sys.argv[1:] else "/usr/bin/chromium")
        page = browser.new_page(viewport={"width": 890, "height": 400}, device_scale_factor=1.5)
        for name, answer in answers.items():
            page.set_content(f"{CONSOLE}<main><h1>Contracting department</h1>{answer}</main>")
            page.screenshot(path=PICTURES / f"widget-{name}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
