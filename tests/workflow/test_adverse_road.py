"""A report that is not clear: notice, wait, dispute, and a person who decides."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from econtracting import wiring
from econtracting.domain.audit import Actor
from econtracting.domain.callers import Agent
from econtracting.domain.moment import iso
from econtracting.domain.outbox import Effect
from econtracting.domain.screening.adverse import AdverseCase
from invite import deliveries
from tests.support import journey, lifecycle, stories
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


def mail_report(world: World, outcome: str, *, lasting: str = "Permanent", which: int = -1) -> None:
    """The mail service says what became of a pre-adverse notice, the newest by default."""
    world.settle()
    about = {"headers": [{"name": "X-Reference-Id", "value": notices(world)[which]}]}
    report = {"eventType": outcome, "mail": about, "bounce": {"bounceType": lasting}}
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


POSTED = (
    ("2020-01-02", "not-before-notice"),
    ("2026-11-23", "not-before-notice"),
    ("2026-11-26", "not-after-today"),
    ("2027-11-25", "not-after-today"),
    ("9999-12-31", "day"),
    ("0001-01-01", "day"),
)


@pytest.mark.law("T1")
@pytest.mark.parametrize(("on", "rule"), POSTED)
def test_a_day_on_which_no_notice_can_have_been_posted_is_refused_by_name(world: World, on: str, rule: str) -> None:
    packet_id = to_review(world)
    stories.decided(world, packet_id, "pre-adverse")
    mail_report(world, "Bounce")
    world.clock.pass_(days=1)
    before = case(packet_id)
    refused = journey.expect(stories.decide(world, packet_id, "pre-adverse", posted_on=on), 422).json
    assert [(one["field"], one["rule"]) for one in refused["errors"]] == [("posted_on", rule)]
    assert case(packet_id) == before
    assert stories.decide(world, packet_id, "adverse").status == 409


@pytest.mark.law("T1")
@pytest.mark.parametrize(
    "on",
    [
        "0",
        0,
        1796083200,
        "1796083200",
        "2026-11-25T00:00:00",
        "2026-11-25T00:00:00Z",
        "11/25/2026",
        "2026-02-30",
        "",
        " 2026-11-25",
    ],
)
def test_what_is_no_day_is_refused_by_name(world: World, on: object) -> None:
    packet_id = to_review(world)
    refused = journey.expect(stories.decide(world, packet_id, "pre-adverse", posted_on=on), 422).json
    assert [one["field"] for one in refused["errors"]] == ["posted_on"]


@pytest.mark.law("T1")
@pytest.mark.parametrize("word", ["proceed", "adverse", "reject", "retry", "note", "weigh"])
def test_a_day_of_posting_goes_with_the_notice_before_a_decision_only(world: World, word: str) -> None:
    packet_id = to_review(world)
    refused = journey.expect(stories.decide(world, packet_id, word, posted_on="2026-11-24"), 422).json
    assert [one["field"] for one in refused["errors"]] == ["posted_on"]


@pytest.mark.law("T1")
def test_the_notice_that_may_still_arrive_is_not_posted_and_nobody_is_refused_within_the_minute(world: World) -> None:
    packet_id = to_review(world)
    stories.decided(world, packet_id, "pre-adverse")
    assert stories.decide(world, packet_id, "pre-adverse", posted_on="2020-01-02").status == 422
    early = journey.expect(stories.decide(world, packet_id, "pre-adverse", posted_on="2026-11-24"), 409).json
    assert early["possible_from"] == "2026-12-01T11:00:00.000Z"
    assert stories.decide(world, packet_id, "adverse").status == 409
    assert world.status(packet_id) == "ADVERSE_REVIEW"


@pytest.mark.law("T1")
def test_a_notice_of_which_nothing_is_heard_is_told_of_and_posted_after_three_business_days(world: World) -> None:
    packet_id = to_review(world)
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    world.clock.at = datetime(2026, 12, 1, 11, 1, tzinfo=UTC)
    world.settle()
    assert "NOTICE_NOT_DELIVERED" in attention(packet_id)
    stories.decided(world, packet_id, "pre-adverse", posted_on="2026-12-01")
    assert stories.told(packet_id, "adverse.posted") == [{"attempt": 1, "posted_on": "2026-12-01"}]
    # received on Friday 4 December as the law presumes; 5 business days end on the 11th, 7 calendar days as well
    assert stories.decide(world, packet_id, "adverse").json["possible_from"] == "2026-12-12T11:00:00.000Z"
    world.clock.at = datetime(2026, 12, 12, 11, tzinfo=UTC)
    stories.decided(world, packet_id, "adverse")


@pytest.mark.law("T1")
def test_a_notice_that_arrived_is_not_posted_and_one_that_was_posted_not_once_more(world: World) -> None:
    packet_id = to_waiting(world)
    assert stories.decide(world, packet_id, "pre-adverse", posted_on="2026-11-24").status == 409
    other = to_review(world, npn="15645556")
    assert stories.decide(world, other, "pre-adverse", posted_on="2026-11-24").status == 409


@pytest.mark.law("T1")
def test_a_notice_given_up_by_the_mail_service_goes_by_post(world: World) -> None:
    packet_id = to_review(world)
    stories.decided(world, packet_id, "pre-adverse")
    mail_report(world, "Bounce", lasting="Transient")
    assert case(packet_id).status == "UNDELIVERABLE"
    assert "NOTICE_UNDELIVERABLE" in attention(packet_id)
    stories.decided(world, packet_id, "pre-adverse", posted_on="2026-11-24")


@pytest.mark.law("T1", "T3")
@pytest.mark.parametrize("outcome", ["Delivery", "Bounce"])
def test_news_of_an_earlier_notice_say_nothing_of_the_latest(world: World, outcome: str) -> None:
    packet_id = to_review(world)
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    assert case(packet_id).notices == 2
    mail_report(world, outcome, which=0)
    assert case(packet_id).status == "PRE_SENT"
    mail_report(world, "Delivery")
    assert case(packet_id).status == "WAITING"


@pytest.mark.law("T3")
def test_a_notice_about_a_corrected_report_leaves_with_its_copy_or_not_at_all(world: World) -> None:
    packet_id = to_waiting(world)
    before = case(packet_id)
    world.outside.screening.copies = b"%PDF-1.7 corrected"
    world.outside.screening.copies_down = True
    stories.decided(world, packet_id, "pre-adverse")
    world.clock.pass_(days=40)
    world.settle()
    assert len(notices(world)) == 1
    assert stories.decide(world, packet_id, "adverse").status == 409
    assert stories.decide(world, packet_id, "pre-adverse").status == 409
    assert "REPORT_COPY_MISSING" in attention(packet_id)
    shown = journey.expect(world.call("GET", f"/packets/{packet_id}", staff=stories.OPS), 200).json["adverse"]
    assert (shown["notice_ordered"], shown["copy_awaited"], shown["final_possible_from"]) == (True, True, None)
    world.outside.screening.copies_down = False
    world.clock.pass_(hours=2)
    world.settle()
    after = case(packet_id)
    assert len(notices(world)) == 2
    assert after.copy_of_report != before.copy_of_report
    assert (after.status, after.wait) == ("PRE_SENT", None)
    assert stories.decide(world, packet_id, "adverse").status == 409
    mail_report(world, "Delivery")
    assert stories.decide(world, packet_id, "adverse").json["possible_from"] > iso(world.clock.now())


@pytest.mark.law("T3")
@pytest.mark.parametrize("disputed", [True, False], ids=["after a dispute", "without one"])
def test_a_report_corrected_during_the_wait_starts_it_anew(world: World, disputed: bool) -> None:
    packet_id = to_waiting(world)
    if disputed:
        stories.report(world, packet_id, "dispute")
        world.settle()
    world.outside.screening.copies = b"%PDF-1.7 corrected"
    stories.report(world, packet_id, "complete", "consider")
    world.settle()
    assert (case(packet_id).status, case(packet_id).wait) == ("ASSESSING", None)
    assert "REPORT_CORRECTED" in attention(packet_id)
    world.clock.pass_(days=60)
    assert stories.decide(world, packet_id, "adverse").status == 409
    stories.decided(world, packet_id, "pre-adverse")
    mail_report(world, "Delivery")
    assert stories.decide(world, packet_id, "adverse").status == 409
    world.clock.pass_(days=20)
    stories.decided(world, packet_id, "adverse")


@pytest.mark.law("T3")
def test_nobody_is_refused_while_the_copy_of_a_report_that_was_spoken_of_is_awaited(world: World) -> None:
    packet_id = to_waiting(world)
    world.outside.screening.copies_down = True
    stories.report(world, packet_id, "complete", "consider")
    world.settle()
    world.clock.at = LAST_DAY_OVER
    assert "copy of the report" in journey.expect(stories.decide(world, packet_id, "adverse"), 409).json["detail"]
    world.outside.screening.copies_down = False
    world.clock.pass_(hours=2)
    world.settle()
    assert "adverse.final_possible" in stories.events(packet_id), "the department is told again once it is here"
    stories.decided(world, packet_id, "adverse")


@pytest.mark.law("T3")
def test_a_first_notice_waits_for_its_copy_and_the_department_hears_that_it_takes_long(world: World) -> None:
    packet_id = stories.to_check(world)
    world.outside.screening.copies_down = True
    stories.report(world, packet_id, "complete", "consider")
    world.reaches(packet_id, "ADVERSE_REVIEW")
    assert stories.decide(world, packet_id, "pre-adverse").status == 409
    world.clock.pass_(days=1)
    world.settle()
    assert attention(packet_id).count("REPORT_COPY_MISSING") == 1


@pytest.mark.law("T3")
def test_a_copy_of_many_megabytes_is_kept_and_read_where_it_is_stored(world: World) -> None:
    world.outside.screening.copies = b"%PDF-1.7 " + bytes(9 * 1024 * 1024)
    packet_id = to_review(world)
    kept = case(packet_id).copy_of_report
    assert kept is not None
    assert wiring.documents().read(kept.key, kept.version) == world.outside.screening.copies
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    agent = Agent(packet_id, "session", world.clock.now(), Actor(kind="agent", id="session"))
    link = wiring.notices().report(agent, "pre-adverse-1").link
    assert link is not None
    assert {"X-Amz-Signature", "X-Amz-Expires", "response-cache-control"} <= set(parse_qs(urlsplit(link).query))
    assert unquote(urlsplit(link).path).endswith(kept.key)


@pytest.mark.law("T3")
def test_a_copy_too_large_to_keep_is_work_for_the_department_with_its_reason(world: World) -> None:
    world.outside.screening.most = 10
    packet_id = stories.to_check(world)
    stories.report(world, packet_id, "complete", "consider")
    world.reaches(packet_id, "ADVERSE_REVIEW")
    world.settle()
    assert attention(packet_id).count("REPORT_COPY_TOO_LARGE") == 1
    shown = journey.expect(world.call("GET", f"/packets/{packet_id}", staff=stories.OPS), 200).json
    assert shown["adverse"]["copy_refused"] == "REPORT_COPY_TOO_LARGE"
    assert not [one for one in shown["waiting_effects"] if one["kind"] == "fetch-report"], "no use in asking for ever"
    refused = journey.expect(stories.decide(world, packet_id, "pre-adverse"), 409).json
    assert refused["copy_refused"] == "REPORT_COPY_TOO_LARGE"
    world.outside.screening.most = 1000
    stories.decided(world, packet_id, "retry")
    world.settle()
    assert case(packet_id).copy_refused is None
    stories.decided(world, packet_id, "pre-adverse")


@pytest.mark.law("T3")
def test_a_copy_that_was_asked_for_before_a_correction_does_not_pass_for_the_corrected_one(world: World) -> None:
    packet_id = to_waiting(world)
    first = [one for one in wiring.packets().all_of(Effect, packet_id) if one.kind == "fetch-report"]
    world.outside.screening.copies_down = True
    stories.report(world, packet_id, "complete", "consider")
    world.settle()
    world.outside.screening.copies_down = False
    wiring.copies().fetch(first[0])
    assert case(packet_id).copy_due


@pytest.mark.law("T3")
def test_a_report_that_turns_clear_while_its_notice_is_held_up_sends_none(world: World) -> None:
    packet_id = to_waiting(world)
    world.outside.screening.copies_down = True
    stories.decided(world, packet_id, "pre-adverse")
    stories.report(world, packet_id, "complete", "clear")
    world.reaches(packet_id, "APPOINTING")
    world.outside.screening.copies_down = False
    world.clock.pass_(hours=2)
    world.settle()
    assert len(notices(world)) == 1


@pytest.mark.law("T19")
def test_a_notice_that_waits_for_the_mail_service_is_not_sent_about_a_report_that_turned_clear(world: World) -> None:
    packet_id = to_review(world)
    world.outside.post.down = True
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    stories.report(world, packet_id, "complete", "clear")
    world.reaches(packet_id, "APPOINTING")
    world.outside.post.down = False
    world.clock.pass_(hours=2)
    world.settle()
    assert notices(world) == []
    assert {"mail": "mail.adverse-pre.1-1", "reason": "case-closed"} in stories.told(packet_id, "mail.not_sent")


@pytest.mark.law("T19")
def test_a_notice_that_waits_for_the_mail_service_is_not_sent_about_a_report_that_was_corrected(world: World) -> None:
    """The notice is void with its copy; another one is for a person to decide on."""
    packet_id = to_review(world)
    world.outside.post.down = True
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    world.outside.screening.copies = b"%PDF-1.7 corrected"
    stories.report(world, packet_id, "complete", "consider")
    world.settle(lambda: case(packet_id).pre_sent_at is None)
    world.outside.post.down = False
    world.clock.pass_(hours=2)
    world.settle()
    assert notices(world) == []
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    assert [one.rpartition(".")[2] for one in notices(world)] == ["1-2"]


def notices(world: World) -> list[str]:
    return [mail["reference"] for mail in world.outside.post.sent if "adverse-pre" in mail["reference"]]


def attention(packet_id: str) -> list[str]:
    """What the contracting department was told to look at, by code."""
    return [detail["reason"] for kind, detail in lifecycle.published(packet_id) if kind == "packet.attention_needed"]
