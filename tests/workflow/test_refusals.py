"""No way past the notices: whoever refuses, wherever the packet stands, whatever the reason is said to be."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.audit import Actor
from econtracting.domain.callers import Agent
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Status
from econtracting.domain.screening.adverse import AdverseCase
from econtracting.domain.screening.background import Check, Report, ScreeningResult, ScreeningStatus
from econtracting.ports import Change
from process import widget
from tests.support import journey, stories
from tests.support.world import Context, World
from tests.workflow.test_adverse_road import LAST_DAY_OVER, case, mail_report, to_review, to_waiting

S = Status
REASONS = (
    ("ANSWERS_NEED_REVIEW", S.BACKGROUND_CHECK),
    ("ANSWERS_NEED_REVIEW", S.ADVERSE_REVIEW),
    ("CONSENT_1033_MISSING", S.ADVERSE_REVIEW),
    ("CORRECTION_UNANSWERED", S.CORRECTION_REQUESTED),
    ("BACKGROUND_CHECK_CANCELED", S.BACKGROUND_CHECK),
    ("BACKGROUND_CHECK_SILENT", S.BACKGROUND_CHECK),
    ("BACKGROUND_CHECK_SUSPENDED", S.BACKGROUND_CHECK),
    ("STEP_FAILED", S.BACKGROUND_CHECK),
    ("STEP_FAILED", S.APPOINTING),
    ("FEED_NOT_ACKED", S.PROCESSED),
    ("SOMETHING_NEW", S.CERTIFICATION_OPEN),
)


def standing(world: World, status: Status, *, result: str = "consider", **changes: Any) -> str:
    """A packet that stands there with its report on file, whatever way it came."""
    packet_id = stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False)
    found = ScreeningResult(result)
    check = Check(packet_id=packet_id, attempt=1, report_id="rep_1", status=ScreeningStatus.COMPLETE, result=found)
    report = Report("rep_1", check.reference, ScreeningStatus.COMPLETE, found, (), None)
    world.outside.screening.reports["rep_1"] = report
    moved = {"status": status, "due_at": None, **changes}
    wiring.packets().change(packet_id, lambda packet: Change(packet.having(**moved), puts=[check]))
    return packet_id


def letters(packet_id: str) -> set[str]:
    """The letters in the packet's ledger, sent or not."""
    rows = wiring.packets().all_of(Effect, packet_id)
    return {one.payload["letter"] for one in rows if one.kind == "mail"}


@pytest.mark.law("T2")
@pytest.mark.parametrize(("reason", "came_from"), REASONS)
def test_in_no_review_an_ordinary_letter_refuses_over_a_report(world: World, reason: str, came_from: Status) -> None:
    packet_id = standing(world, S.NEEDS_REVIEW, review_reason=reason, review_from=came_from)
    refused = journey.expect(stories.decide(world, packet_id, "reject"), 409).json
    assert refused["code"] == "invalid-transition"
    assert "pre-adverse notice" in refused["detail"]
    assert (world.status(packet_id), letters(packet_id)) == ("NEEDS_REVIEW", set())


@pytest.mark.law("T2")
def test_no_status_lets_a_packet_with_such_a_report_be_rejected_at_once(world: World) -> None:
    for status in Status:
        packet_id = standing(world, status, review_reason="ANSWERS_NEED_REVIEW", review_from=S.BACKGROUND_CHECK)
        for word in ("reject", "adverse"):
            assert stories.decide(world, packet_id, word).status == 409, (status, word)
        event = {"act": "reject", "packet_id": packet_id}
        form = {"forms": {"all": {"reason": "Looked at by Carla Winter."}}}
        assert "Decided" not in widget.lambda_handler({**event, "widgetContext": form}, Context())
        assert world.status(packet_id) == status
        assert letters(packet_id) == set()


@pytest.mark.law("T2")
def test_the_console_offers_the_notice_where_it_would_offer_the_refusal(world: World) -> None:
    for result, offered, not_offered in (("consider", "pre-adverse", "reject"), ("clear", "reject", "pre-adverse")):
        packet_id = standing(world, S.NEEDS_REVIEW, result=result, review_reason="STEP_FAILED")
        page = widget.lambda_handler({"packet_id": packet_id}, Context())
        assert f'"act": "{offered}"' in page
        assert f'"act": "{not_offered}"' not in page
        shown = journey.expect(world.call("GET", f"/packets/{packet_id}", staff=stories.OPS), 200).json
        assert shown["refusal_by"] == ("notices" if result == "consider" else "letter")


@pytest.mark.law("T2")
def test_after_a_report_was_weighed_the_packet_is_refused_by_the_same_road(world: World) -> None:
    packet_id = to_review(world, flags=("ANSWERS_NEED_REVIEW",))
    stories.decided(world, packet_id, "proceed")
    assert world.status(packet_id) == "NEEDS_REVIEW"
    assert stories.decide(world, packet_id, "reject").status == 409
    stories.decided(world, packet_id, "pre-adverse")
    assert world.status(packet_id) == "ADVERSE_REVIEW"
    assert stories.decide(world, packet_id, "adverse").status == 409
    mail_report(world, "Delivery")
    assert stories.decide(world, packet_id, "adverse").status == 409
    world.clock.at = LAST_DAY_OVER
    stories.decided(world, packet_id, "adverse")
    assert world.status(packet_id) == "REJECTED"
    assert {"adverse-pre", "adverse-final"} == letters(packet_id) & {"adverse-pre", "adverse-final", "rejected"}


@pytest.mark.law("T2")
@pytest.mark.parametrize(
    ("status", "reason"), [(S.NEEDS_REVIEW, "FEED_NOT_ACKED"), (S.CORRECTION_REQUESTED, "CORRECTION_UNANSWERED")]
)
def test_released_once_more_it_stands_where_it_stood(world: World, status: Status, reason: str) -> None:
    packet_id = standing(world, status, review_reason="FEED_NOT_ACKED", review_from=S.PROCESSED)
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    assert "adverse-pre" in letters(packet_id)
    stories.decided(world, packet_id, "proceed")
    packet = wiring.packets().load(packet_id)
    came_from = S.PROCESSED if status is S.NEEDS_REVIEW else S.CORRECTION_REQUESTED
    assert (packet.status, packet.review_reason, packet.review_from) == (S.NEEDS_REVIEW, reason, came_from)


@pytest.mark.law("T2")
def test_weighed_again_while_the_copy_cannot_be_had_nothing_is_sent(world: World) -> None:
    packet_id = standing(world, S.NEEDS_REVIEW, review_reason="STEP_FAILED", review_from=S.APPOINTING)
    world.outside.screening.copies_down = True
    stories.decided(world, packet_id, "pre-adverse")
    world.clock.pass_(days=40)
    world.settle()
    assert "adverse-pre" not in letters(packet_id)
    assert stories.decide(world, packet_id, "adverse").status == 409
    world.outside.screening.copies_down = False
    world.clock.pass_(hours=2)
    world.settle()
    assert "adverse-pre" in letters(packet_id)


@pytest.mark.law("T2")
def test_the_refusal_and_its_letter_stand_in_one_commit(world: World) -> None:
    packet_id = to_waiting(world)
    world.clock.at = LAST_DAY_OVER
    world.outside.post.down = True
    stories.decided(world, packet_id, "adverse")
    final = wiring.packets().find(Effect, packet_id, "mail#adverse-final#1")
    assert final is not None
    assert final.created_at == wiring.packets().load(packet_id).status_at == case(packet_id).ended_at
    assert letters(packet_id).isdisjoint({"rejected"})


@pytest.mark.law("T2")
def test_a_report_taken_back_by_the_company_is_for_a_person_and_not_for_an_ordinary_letter(world: World) -> None:
    packet_id = to_waiting(world)
    stories.report(world, packet_id, "canceled")
    world.settle()
    packet = wiring.packets().load(packet_id)
    assert (packet.status, packet.review_reason) == (S.NEEDS_REVIEW, "REPORT_WITHDRAWN")
    assert case(packet_id).over
    assert stories.decide(world, packet_id, "reject").status == 409
    stories.decided(world, packet_id, "retry")
    assert (world.status(packet_id), wiring.packets().load(packet_id).check_attempt) == ("BACKGROUND_CHECK", 2)


@pytest.mark.law("T2", "T3")
@pytest.mark.parametrize("word", ["pending", "suspended", "paused"])
def test_a_report_that_the_company_opens_again_holds_the_clock(world: World, word: str) -> None:
    packet_id = to_waiting(world)
    stories.report(world, packet_id, word)
    world.settle()
    assert case(packet_id).status == "DISPUTED"
    world.clock.pass_(days=60)
    assert stories.decide(world, packet_id, "adverse").status == 409
    stories.report(world, packet_id, "complete", "consider")
    world.settle()
    assert case(packet_id).status == "WAITING"


@pytest.mark.law("T2")
def test_an_old_notice_that_is_read_begins_no_wait_for_another_report(world: World) -> None:
    packet_id = to_review(world)
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    other = AdverseCase(packet_id=packet_id, attempt=2, report_id="rep_2", state="TN", opened_at=world.clock.now())
    other = other.send_pre_notice(world.clock.now(), "ops-1")
    wiring.packets().change(
        packet_id,
        lambda packet: Change(packet.next_check(), puts=[other, case(packet_id).release(world.clock.now(), "ops-1")]),
    )
    agent = Agent(packet_id, "session", world.clock.now(), Actor(kind="agent", id="session"))
    wiring.notices().text(agent, "pre-adverse-1")
    found = wiring.packets().find(AdverseCase, packet_id, "2")
    assert found is not None
    assert found.status == "PRE_SENT"
