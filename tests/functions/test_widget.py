"""The contracting department's widget: what the console shows, and what a click does."""

from __future__ import annotations

import re
from datetime import timedelta
from html import escape
from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.acts import POSSIBLE, possible
from econtracting.domain.appointing.appointments import Appointment, AppointmentStatus
from econtracting.domain.packet import Agency, InvitedAgent, Status
from econtracting.domain.screening.adverse import AdverseCase, ReportCopy
from econtracting.http import console
from econtracting.ports import Change
from process import widget
from tests.support import journey, stories
from tests.support.records import NOW, effect
from tests.support.world import Context, World

REASON = "Looked at by Carla Winter, all in order."


def standing(world: World, status: Status, **changes: Any) -> str:
    """A packet that stands there, whatever way it came."""
    packet_id = stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False)
    wiring.packets().change(packet_id, lambda packet: Change(packet.having(status=status, due_at=None, **changes)))
    return packet_id


def shown(event: dict[str, Any], **form: str) -> str:
    return widget.lambda_handler({**event, "widgetContext": {"forms": {"all": form}}}, Context())


def test_the_console_is_told_what_the_widget_does() -> None:
    assert "queue" in widget.lambda_handler({"describe": True}, Context())


def test_an_empty_queue_says_so(world: World) -> None:
    assert "No one waits here." in shown({"queue": "review"})


def test_a_packet_is_shown_without_what_identifies_the_agent(world: World) -> None:
    packet_id = journey.invite(world)
    page = shown({"packet_id": packet_id})
    assert packet_id in page
    assert "d***@example.com" in page
    assert "Rivers" not in page


def test_an_appointment_shows_why_it_came_to_nothing(world: World) -> None:
    packet_id = standing(world, Status.APPOINTING)
    refused = Appointment(
        packet_id=packet_id,
        state="FL",
        npn=stories.NPN,
        rule_type="UP_FRONT",
        status=AppointmentStatus.NO_VALID_LICENSE,
        reasons=("LICENSE_INACTIVE", "LOA_MISSING"),
        requested_at=NOW,
    )
    wiring.packets().change(packet_id, lambda packet: Change(packet, puts=[refused]))
    page = shown({"packet_id": packet_id})
    assert "License inactive</span>, <span" in page
    assert "Loa missing" in page


def test_a_packet_is_found_by_the_id_typed_in(world: World) -> None:
    packet_id = journey.invite(world)
    assert "INVITED" in shown({"queue": "review"}, packet_id=f" {packet_id} ")


@pytest.mark.parametrize("status", [status for status in Status if status in POSSIBLE])
def test_every_act_is_confirmed_before_it_is_done(world: World, status: Status) -> None:
    packet_id = standing(world, status)
    buttons = [line for line in shown({"packet_id": packet_id}).split("<cwdb-action")[1:] if '"act": ' in line]
    assert len(buttons) == len(POSSIBLE[status])
    for button in buttons:
        act = str(re.search(r'"act": "([a-z-]+)"', button)[1])  # type: ignore[index]
        assert f'confirmation="{escape(console.BUTTONS[act][1])}"' in button


def test_every_button_has_an_action_and_every_action_a_button() -> None:
    after_news = {act for status in Status for act in possible(status, unclear=True, news=True)}
    everything = {act for acts in POSSIBLE.values() for act in acts} | after_news
    assert set(console.BUTTONS) == set(widget.ACTS) == everything


def test_a_correction_is_asked_for(world: World) -> None:
    packet_id = standing(world, Status.BACKGROUND_CHECK)
    page = shown({"act": "correct", "packet_id": packet_id}, reason=REASON, fields="agent.ssn, agent.birth_date")
    assert "has been asked for a correction" in page
    assert world.status(packet_id) == "CORRECTION_REQUESTED"


def test_a_correction_of_a_field_that_is_none_is_refused(world: World) -> None:
    packet_id = standing(world, Status.BACKGROUND_CHECK)
    assert 'role="alert"' in shown({"act": "correct", "packet_id": packet_id}, reason=REASON, fields="agent.shoe")
    assert world.status(packet_id) == "BACKGROUND_CHECK"


@pytest.mark.parametrize(
    ("act", "reason_code", "end"),
    [
        ("reject", "ANSWERS_NEED_REVIEW", "REJECTED"),
        ("proceed", "ANSWERS_NEED_REVIEW", "APPOINTING"),
        ("retry", "STEP_FAILED", "BACKGROUND_CHECK"),
    ],
)
def test_a_packet_under_review_is_decided(world: World, act: str, reason_code: str, end: str) -> None:
    packet_id = standing(world, Status.NEEDS_REVIEW, review_reason=reason_code, review_from=Status.BACKGROUND_CHECK)
    assert f"Decided: {act}. The packet stands at {end}." in shown({"act": act, "packet_id": packet_id}, reason=REASON)
    assert world.status(packet_id) == end


@pytest.mark.parametrize("act", ["pre-adverse", "adverse", "proceed"])
def test_a_report_is_weighed(world: World, act: str) -> None:
    packet_id = standing(world, Status.ADVERSE_REVIEW)
    copy = ReportCopy(key="reports/rep_1.pdf", version="1", sha256="0" * 64)
    case = AdverseCase(
        packet_id=packet_id, attempt=1, report_id="rep_1", state="TN", opened_at=NOW, copy_of_report=copy
    )
    wiring.packets().change(packet_id, lambda packet: Change(packet, puts=[case]))
    page = shown({"act": act, "packet_id": packet_id}, reason=REASON, worksheet="a" * 64)
    assert ("Decided: " in page) == (act != "adverse"), "no one is refused before the notice"


def test_what_two_have_to_agree_to_is_not_done_here(world: World) -> None:
    packet_id = standing(world, Status.NEEDS_REVIEW, review_reason="CONSENT_1033_MISSING")
    assert '"act": "proceed"' not in shown({"packet_id": packet_id})
    assert "Two persons have to agree" in shown({"act": "proceed", "packet_id": packet_id}, reason=REASON)
    assert world.status(packet_id) == "NEEDS_REVIEW"


def test_the_answers_of_an_ended_packet_are_erased(world: World) -> None:
    packet_id = standing(world, Status.WITHDRAWN, reached={})
    world.settle()
    assert "are erased" in shown({"act": "erase", "packet_id": packet_id}, reason=REASON)
    assert "E*** E***" in shown({"packet_id": packet_id})


def test_who_waits_longest_stands_first(world: World) -> None:
    packet_ids = [standing(world, Status.NEEDS_REVIEW, status_at=NOW - timedelta(hours=hours)) for hours in (1, 9, 4)]
    page = shown({"queue": "review"})
    assert sorted(packet_ids, key=page.index) == [packet_ids[1], packet_ids[2], packet_ids[0]]


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


HOSTILE = """"><script>alert(1)</script><cwdb-action action="call">{"act": "reject"}</cwdb-action>'&"""


def test_no_value_of_a_packet_becomes_markup(world: World) -> None:
    packet_id = standing(
        world,
        Status.NEEDS_REVIEW,
        review_reason=HOSTILE,
        npn=HOSTILE,
        agency=Agency(id="agency-1", name=HOSTILE),
        agent=InvitedAgent(first_name=HOSTILE, last_name=HOSTILE, email=HOSTILE),
    )
    failing = effect(f"mail#{HOSTILE}", packet_id, failure=HOSTILE)
    wiring.packets().change(packet_id, lambda packet: Change(packet, effects=[failing]))
    for page in (shown({"packet_id": packet_id}), shown({"queue": "review"})):
        assert escape(HOSTILE)[:20] in page
        assert "<script" not in page
        assert '<cwdb-action action="call">' not in page


def test_what_a_page_shows_needs_no_script_and_no_style_of_the_console(world: World) -> None:
    pages = [shown({"queue": "review"}), shown({"packet_id": standing(world, Status.NEEDS_REVIEW)})]
    assert [page for page in pages if re.search(r"<script|<style|<link|\son[a-z]+=|javascript:", page)] == []
