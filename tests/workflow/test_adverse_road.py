"""A report that is not clear: notice, wait, dispute, and a person who decides."""

import json
from datetime import UTC, datetime

import pytest

from econtracting import wiring
from econtracting.domain.screening.adverse import AdverseCase
from invite import deliveries
from tests.support import journey, stories
from tests.support.world import Context, World

LAST_DAY_OVER = datetime(2026, 12, 3, 11, tzinfo=UTC)  # delivered on Tue 24 November: Thanksgiving is among the days


def to_review(world: World, **how: object) -> str:
    packet_id = stories.to_check(world, **how)
    stories.report(world, packet_id, "complete", "consider")
    world.reaches(packet_id, "ADVERSE_REVIEW")
    world.settle(lambda: case(packet_id).copy_of_report is not None)
    return packet_id


def case(packet_id: str) -> AdverseCase:
    found = wiring.packets().find(AdverseCase, packet_id, "1")
    assert found is not None
    return found


def mail_report(world: World, outcome: str) -> None:
    """The mail service says what became of the newest pre-adverse notice."""
    world.settle()
    sent = [mail for mail in world.outside.post.sent if "adverse-pre" in mail["reference"]]
    about = {"headers": [{"name": "X-Reference-Id", "value": sent[-1]["reference"]}]}
    report = {"eventType": outcome, "mail": about, "bounce": {"bounceType": "Permanent"}}
    deliveries.lambda_handler({"Records": [{"Sns": {"Message": json.dumps(report), "MessageId": "m"}}]}, Context())


def to_waiting(world: World, **how: object) -> str:
    """The pre-adverse notice is delivered."""
    packet_id = to_review(world, **how)
    stories.decided(world, packet_id, "pre-adverse")
    mail_report(world, "Delivery")
    return packet_id


def test_a_report_to_weigh_waits_for_a_person_and_orders_nothing(world: World) -> None:
    packet_id = to_review(world)
    world.clock.pass_(days=400)
    world.settle()
    assert world.status(packet_id) == "ADVERSE_REVIEW"
    assert not world.outside.gateway.orders
    assert "adverse-pre" not in journey.letters(world)


def test_released_the_packet_goes_on(world: World) -> None:
    packet_id = to_review(world)
    stories.decided(world, packet_id, "proceed")
    world.reaches(packet_id, "APPOINTING")
    assert case(packet_id).over


def test_nobody_is_rejected_past_the_notices(world: World) -> None:
    packet_id = to_review(world)
    for word in ("reject", "adverse", "retry"):
        assert stories.decide(world, packet_id, word).status == 409
    assert world.status(packet_id) == "ADVERSE_REVIEW"


def test_the_mail_about_a_notice_names_nothing(world: World) -> None:
    to_waiting(world)
    mail = next(one for one in world.outside.post.sent if "adverse-pre" in one["reference"])
    assert "Fairmeadow" not in mail["text"]


def test_the_final_notice_has_to_wait_for_the_longest_of_the_clocks(world: World) -> None:
    packet_id = to_waiting(world)
    early = stories.decide(world, packet_id, "adverse")
    assert early.status == 409
    assert early.json["possible_from"] == "2026-12-03T11:00:00.000Z"
    world.clock.at = LAST_DAY_OVER
    stories.decided(world, packet_id, "adverse")
    assert world.status(packet_id) == "REJECTED"
    world.settle()
    assert "adverse-final" in journey.letters(world)


def test_when_the_clock_has_run_the_contracting_department_is_told_and_nothing_else_happens(world: World) -> None:
    packet_id = to_waiting(world)
    world.clock.at = LAST_DAY_OVER
    world.settle()
    assert "adverse.final_possible" in stories.events(packet_id)
    assert world.status(packet_id) == "ADVERSE_REVIEW"


def test_a_dispute_stops_the_clock_and_its_answer_resumes_the_rest(world: World) -> None:
    packet_id = to_waiting(world)
    world.clock.at = datetime(2026, 11, 27, 15, tzinfo=UTC)
    stories.report(world, packet_id, "dispute")
    world.settle()
    world.clock.at = datetime(2026, 12, 20, 15, tzinfo=UTC)
    assert stories.decide(world, packet_id, "adverse").status == 409
    stories.report(world, packet_id, "complete", "consider")
    world.settle()
    # waited: Wed 25 (Thu was Thanksgiving); left: 4 business days and 5 calendar days after Sun 20 December
    assert stories.decide(world, packet_id, "adverse").json["possible_from"].startswith("2026-12-26")


def test_a_report_that_a_dispute_left_as_it_was_is_fetched_anew(world: World) -> None:
    packet_id = to_waiting(world)
    before = case(packet_id).copy_of_report
    stories.report(world, packet_id, "dispute")
    world.settle()
    world.outside.screening.copies = b"%PDF-1.7 corrected"
    stories.report(world, packet_id, "complete", "consider")
    world.settle()
    assert case(packet_id).copy_of_report != before


def test_a_dispute_that_clears_the_report_lets_the_packet_go_on(world: World) -> None:
    packet_id = to_waiting(world)
    stories.report(world, packet_id, "dispute")
    world.settle()
    stories.report(world, packet_id, "complete", "clear")
    world.reaches(packet_id, "APPOINTING")
    assert "adverse.canceled" in stories.events(packet_id)


def test_a_notice_about_a_corrected_report_starts_the_whole_wait_anew(world: World) -> None:
    packet_id = to_waiting(world)
    world.clock.pass_(days=5)
    stories.decided(world, packet_id, "pre-adverse")
    mail_report(world, "Delivery")
    assert stories.decide(world, packet_id, "adverse").json["possible_from"].startswith("2026-12-07")


def test_a_bounced_notice_goes_by_post_and_counts_from_its_presumed_delivery(world: World) -> None:
    packet_id = to_review(world)
    stories.decided(world, packet_id, "pre-adverse")
    mail_report(world, "Bounce")
    assert case(packet_id).status == "UNDELIVERABLE"
    world.clock.pass_(days=1)
    stories.decided(world, packet_id, "pre-adverse", posted_on="2026-11-25")
    assert stories.decide(world, packet_id, "adverse").json["possible_from"].startswith("2026-12-06")


def test_a_notice_still_on_its_way_starts_no_clock(world: World) -> None:
    packet_id = to_review(world)
    stories.decided(world, packet_id, "pre-adverse")
    world.clock.pass_(days=60)
    assert stories.decide(world, packet_id, "adverse").status == 409


def test_a_refusal_in_new_york_needs_the_written_weighing(world: World) -> None:
    packet_id = to_waiting(world, residence="NY")
    world.clock.at = LAST_DAY_OVER
    assert stories.decide(world, packet_id, "adverse").status == 409
    stories.decided(world, packet_id, "adverse", worksheet_sha256="0" * 64)
    assert world.status(packet_id) == "REJECTED"


@pytest.mark.parametrize("outcome", ["Delivery", "Bounce"])
def test_a_repeated_mail_report_changes_nothing(world: World, outcome: str) -> None:
    packet_id = to_waiting(world)
    before = case(packet_id)
    world.clock.pass_(days=1)
    mail_report(world, outcome)
    assert case(packet_id) == before


def test_the_packet_view_says_from_when_a_final_notice_is_possible(world: World) -> None:
    packet_id = to_waiting(world)
    shown = journey.expect(world.call("GET", f"/packets/{packet_id}", staff=stories.OPS), 200).json
    assert shown["adverse"]["final_possible_from"].startswith("2026-12-03")
