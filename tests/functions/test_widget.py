"""The contracting department's widget: what the console shows, and what a click does."""

from __future__ import annotations

from typing import Any

import pytest

from process import widget
from tests import journey
from tests.world import Context, World

REASON = "Looked at by Carla Winter, all in order."


def shown(event: dict[str, Any], **form: str) -> str:
    return widget.lambda_handler({**event, "widgetContext": {"forms": {"all": form}}}, Context())


def test_the_console_is_told_what_the_widget_does() -> None:
    assert "queue" in widget.lambda_handler({"describe": True}, Context())


def test_an_empty_queue_says_so(world: World) -> None:
    assert "Nobody waits here." in shown({"queue": "review"})


def test_a_packet_is_shown_without_what_identifies_the_agent(world: World) -> None:
    packet_id = journey.invite(world)
    page = shown({"packet_id": packet_id})
    assert packet_id in page
    assert "d***@example.com" in page
    assert "Rivers" not in page


def test_a_packet_is_found_by_the_id_typed_in(world: World) -> None:
    packet_id = journey.invite(world)
    assert "INVITED" in shown({"queue": "review"}, packet_id=f" {packet_id} ")


def test_every_act_is_confirmed_before_it_is_done(world: World) -> None:
    page = shown({"packet_id": journey.invite(world)})
    (button,) = [line for line in page.split("<cwdb-action") if '"act": "resend"' in line]
    assert 'confirmation="Mail the same link to the agent again?"' in button


def test_resending_mails_the_link_again(world: World) -> None:
    packet_id = journey.invite(world)
    before = len(world.outside.post.sent)
    assert "on its way again" in shown({"act": "resend", "packet_id": packet_id})
    world.settle()
    assert len(world.outside.post.sent) == before + 1


def test_a_decision_wants_a_reason(world: World) -> None:
    packet_id = journey.invite(world)
    assert "Write a reason" in shown({"act": "retry", "packet_id": packet_id}, reason="ok")


def test_a_decision_that_does_not_fit_is_refused_and_the_packet_shown(world: World) -> None:
    packet_id = journey.invite(world)
    page = shown({"act": "reject", "packet_id": packet_id}, reason=REASON)
    assert "Refused: " in page
    assert "INVITED" in page


@pytest.mark.parametrize("event", [{"packet_id": "pkt_<script>"}, {"act": "<b>", "packet_id": "pkt_<script>"}])
def test_nothing_from_outside_becomes_markup(world: World, event: dict[str, str]) -> None:
    assert "<script>" not in shown(event)
