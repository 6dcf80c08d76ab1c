"""News of a report after its answer was acted on: the answer stands, a person looks, and nothing is swallowed."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.late_news import MOST, LateNews
from econtracting.domain.packet import Status
from econtracting.domain.screening.background import Check, Report, ScreeningStatus
from econtracting.ports import Change
from process import widget
from process.widget import CONSOLE
from tests.support import journey, stories
from tests.support.world import Context, World
from tests.workflow.test_adverse_road import LAST_DAY_OVER, attention, case, to_review, to_waiting
from tests.workflow.test_refusals import standing

pytestmark = pytest.mark.law("T8")

S = Status
DECIDED = [one for one in Status if one not in (S.BACKGROUND_CHECK, S.SUBMITTED, S.ADVERSE_REVIEW)]
OTHERWISE = [
    *(("clear", (word, None)) for word in ("canceled", "dispute", "suspended", "pending")),
    *(("consider", (word, None)) for word in ("canceled", "dispute", "suspended", "pending")),
]
TURNED = [("clear", ("complete", "consider")), ("consider", ("complete", "clear"))]
EVERYWHERE = [*((one, *words) for one in DECIDED for words in TURNED), *((S.ACTIVE, *words) for words in OTHERWISE)]


def queue(world: World) -> list[str]:
    """The packets of which news wait to be seen."""
    answer = world.call("GET", "/packets", query={"queue": "news"}, staff=stories.OPS)
    return [one["packet_id"] for one in journey.expect(answer, 200).json["items"]]


def shown(world: World, packet_id: str) -> Any:
    return journey.expect(world.call("GET", f"/packets/{packet_id}", staff=stories.OPS), 200).json


def told(world: World, packet_id: str, status: str, result: str | None) -> None:
    stories.report(world, packet_id, status, result)
    world.settle()


@pytest.mark.parametrize(("status", "before", "word"), EVERYWHERE)
def test_wherever_a_packet_stands_another_answer_is_on_its_trail_and_in_the_queue(
    world: World, status: Status, before: str, word: tuple[str, str | None]
) -> None:
    packet_id = standing(world, status, result=before, review_reason="STEP_FAILED", review_from=S.APPOINTING)
    events = stories.events(packet_id)
    told(world, packet_id, *word)
    assert world.status(packet_id) == status
    assert stories.events(packet_id)[len(events) :] == ["bgc.changed"]
    assert stories.told(packet_id, "bgc.changed")[-1]["status"] == word[0]
    assert attention(packet_id) == ["BACKGROUND_REPORT_CHANGED"]
    assert packet_id in queue(world)
    (check,) = shown(world, packet_id)["background_checks"]
    assert (check["result"], check["later_status"], check["later_result"]) == (before, *word)
    (item,) = shown(world, packet_id)["news"]
    assert item["facts"] == {"attempt": 1, "status": word[0], "result": word[1]}


def test_the_first_answer_stands_until_a_person_has_looked(world: World) -> None:
    packet_id = stories.to_active(world)
    ready = wiring.producers().ready_to_sell(CONSOLE, stories.NPN, "AL", None).ready
    told(world, packet_id, "complete", "consider")
    assert world.status(packet_id) == "ACTIVE"
    assert wiring.producers().ready_to_sell(CONSOLE, stories.NPN, "AL", None).ready is ready is True
    assert queue(world) == [packet_id]
    assert packet_id in widget.lambda_handler({"queue": "news"}, Context())
    assert stories.decided(world, packet_id, "note")["status"] == "ACTIVE"
    assert queue(world) == []
    assert shown(world, packet_id)["news"] == []
    assert stories.told(packet_id, "late_news.seen") == [{"about": ["BACKGROUND_REPORT_CHANGED"]}]
    assert stories.decide(world, packet_id, "note").status == 409


def test_the_same_news_again_are_no_news(world: World) -> None:
    packet_id = standing(world, S.ACTIVE, result="clear")
    for _ in range(3):
        told(world, packet_id, "complete", "consider")
    assert stories.events(packet_id).count("bgc.changed") == 1
    told(world, packet_id, "complete", "clear")
    assert stories.events(packet_id).count("bgc.changed") == 2
    assert len(shown(world, packet_id)["news"]) == 2


def test_news_that_a_person_has_not_seen_keep_their_place_however_many_follow(world: World) -> None:
    packet_id = standing(world, S.ACTIVE, result="clear")
    since = world.clock.now()
    told(world, packet_id, "complete", "consider")
    world.clock.pass_(days=1)
    told(world, packet_id, "complete", "clear")
    news = wiring.packets().find(LateNews, packet_id)
    assert news is not None
    assert (news.since, len(news.items)) == (since, 2)
    for number in range(MOST):
        news = news.with_item(news.items[-1].model_copy(update={"about": f"N{number}"}))
    assert len(news.items) == MOST


@pytest.mark.parametrize("stop", [stories.to_appointing, stories.to_processed, stories.to_open])
def test_a_packet_on_its_road_goes_on_unless_a_person_stops_it(world: World, stop: Any) -> None:
    packet_id = stop(world)
    where = world.status(packet_id)
    told(world, packet_id, "complete", "consider")
    assert world.status(packet_id) == where
    page = widget.lambda_handler({"packet_id": packet_id}, Context())
    assert '"act": "weigh"' in page
    assert stories.decided(world, packet_id, "weigh")["review_reason"] == "BACKGROUND_REPORT_CHANGED"
    assert queue(world) == []
    assert stories.decide(world, packet_id, "reject").status == 409
    stories.decided(world, packet_id, "retry")
    assert world.status(packet_id) == where


def test_a_stopped_packet_is_refused_by_notices_and_wait(world: World) -> None:
    packet_id = stories.to_appointing(world)
    told(world, packet_id, "complete", "consider")
    stories.decided(world, packet_id, "weigh")
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    stories.decided(world, packet_id, "proceed")
    packet = wiring.packets().load(packet_id)
    assert (packet.status, packet.review_reason) == (S.NEEDS_REVIEW, "BACKGROUND_REPORT_CHANGED")
    assert packet.review_from is S.APPOINTING


def test_only_a_report_that_is_not_clear_stops_a_packet(world: World) -> None:
    packet_id = stories.to_appointing(world)
    assert stories.decide(world, packet_id, "weigh").status == 409
    told(world, packet_id, "canceled", None)
    assert stories.decide(world, packet_id, "weigh").status == 409


def test_a_refusal_stands_although_the_report_turns_clear_and_a_person_hears_of_it(world: World) -> None:
    packet_id = to_waiting(world)
    world.clock.at = LAST_DAY_OVER
    stories.decided(world, packet_id, "adverse")
    told(world, packet_id, "complete", "clear")
    assert (world.status(packet_id), queue(world)) == ("REJECTED", [packet_id])


def test_a_report_corrected_after_the_refusal_is_kept_beside_the_one_it_rested_on(world: World) -> None:
    packet_id = to_waiting(world)
    world.clock.at = LAST_DAY_OVER
    stories.decided(world, packet_id, "adverse")
    world.settle()
    before = case(packet_id).copy_of_report
    world.outside.screening.copies = b"%PDF-1.7 corrected"
    told(world, packet_id, "complete", "consider")
    assert case(packet_id).copy_of_report == before
    corrected = case(packet_id).corrected_copy
    assert corrected is not None
    assert wiring.documents().read(corrected.key, corrected.version) == b"%PDF-1.7 corrected"
    assert attention(packet_id)[-1] == "REPORT_CORRECTED"
    assert queue(world) == [packet_id]
    told(world, packet_id, "complete", "consider")
    assert len(shown(world, packet_id)["news"]) == 1


def test_a_released_packet_whose_report_was_corrected_to_clear_may_be_refused_by_letter(world: World) -> None:
    packet_id = to_review(world, flags=("ANSWERS_NEED_REVIEW",))
    stories.decided(world, packet_id, "proceed")
    assert stories.decide(world, packet_id, "reject").status == 409
    told(world, packet_id, "complete", "clear")
    assert queue(world) == [packet_id]
    stories.decided(world, packet_id, "reject")
    assert world.status(packet_id) == "REJECTED"


def test_a_report_of_an_earlier_check_that_turns_out_not_clear_is_told_and_bars_the_ordinary_letter(
    world: World,
) -> None:
    packet_id = stories.to_check(world)
    stories.suspended(world, packet_id, "employer")
    world.reaches(packet_id, "NEEDS_REVIEW")
    stories.decided(world, packet_id, "retry")
    world.settle(lambda: len(world.outside.screening.reports) == 2)
    stories.report(world, packet_id, "canceled", attempt=2)
    world.reaches(packet_id, "NEEDS_REVIEW")
    told(world, packet_id, "complete", "consider")
    assert (world.status(packet_id), queue(world)) == ("NEEDS_REVIEW", [packet_id])
    assert stories.decide(world, packet_id, "reject").status == 409
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    assert case(packet_id).status == "PRE_SENT"


def test_an_answer_that_was_not_acted_on_yet_gives_way_to_the_newest(world: World) -> None:
    packet_id = stories.submitted(world, status=S.BACKGROUND_CHECK, started=False)
    check = Check(packet_id=packet_id, attempt=1, report_id="rep_1")
    pending = Report("rep_1", check.reference, ScreeningStatus.PENDING, None, (), None)
    world.outside.screening.reports["rep_1"] = pending
    wiring.packets().change(packet_id, lambda packet: Change(packet, puts=[check]))
    told(world, packet_id, "complete", "clear")
    told(world, packet_id, "complete", "consider")
    assert queue(world) == []
    assert wiring.screening_news().record_result(packet_id, 1) is S.ADVERSE_REVIEW


def test_the_queue_is_told_page_by_page(world: World) -> None:
    packets = {standing_of(world, number) for number in range(3)}
    for packet_id in packets:
        news = LateNews(packet_id=packet_id, since=world.clock.now(), items=())
        wiring.packets().change(packet_id, lambda packet, news=news: Change(packet, puts=[news]))
    found, cursor = [], None
    while True:
        page = wiring.packets().with_late_news(cursor, 1)
        found += [one.id for one in page.packets]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(found) == sorted(packets)


def standing_of(world: World, number: int) -> str:
    return stories.submitted(world, status=S.ACTIVE, started=False, npn=f"1564556{number}")
