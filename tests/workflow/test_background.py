"""The background check: suspended, canceled, silent, late, down; and answers that stand against an appointment."""

import pytest

from econtracting import wiring
from econtracting.adapters.vendors.background_checks import BackgroundCheckMessages
from econtracting.domain.interview.flags import Flag
from econtracting.domain.outbox import start_workflow
from econtracting.domain.packet import Status
from econtracting.domain.screening.background import Check, Report, ScreeningNews, ScreeningStatus
from econtracting.ports import Change
from tests.support import journey, stories
from tests.support.world import World


def reason(world: World, packet_id: str) -> str | None:
    return journey.expect(world.call("GET", f"/packets/{packet_id}", staff=stories.OPS), 200).json["review_reason"]


def test_a_clear_report_leads_to_the_appointments(world: World) -> None:
    packet_id = stories.to_appointing(world)
    assert "bgc.recorded" in stories.events(packet_id)


@pytest.mark.failure("R18")
def test_a_suspended_report_asks_the_agent_for_the_fields_by_name(world: World) -> None:
    packet_id = stories.to_check(world)
    stories.suspended(world, packet_id, "ssn")
    world.reaches(packet_id, "CORRECTION_REQUESTED")
    world.settle()
    assert stories.told(packet_id, "correction.requested")[0]["fields"] == ["agent.ssn"]
    letter = next(mail for mail in world.outside.post.sent if "correction-requested" in mail["reference"])
    assert "Social Security number" in letter["text"]
    assert "4321" not in letter["text"]


def test_a_suspension_no_field_can_mend_is_for_a_person(world: World) -> None:
    packet_id = stories.to_check(world)
    stories.suspended(world, packet_id, "shoe_size")
    world.reaches(packet_id, "NEEDS_REVIEW")
    assert reason(world, packet_id) == "BACKGROUND_CHECK_SUSPENDED"


def test_a_canceled_check_is_ordered_anew_when_a_person_says_so(world: World) -> None:
    packet_id = stories.to_check(world)
    stories.report(world, packet_id, "canceled")
    world.reaches(packet_id, "NEEDS_REVIEW")
    assert reason(world, packet_id) == "BACKGROUND_CHECK_CANCELED"
    stories.decided(world, packet_id, "retry")
    world.settle(lambda: len(world.outside.screening.orders) == 2)
    stories.report(world, packet_id, "complete", "clear", attempt=2)
    world.reaches(packet_id, "APPOINTING")


@pytest.mark.failure("R17")
def test_a_silent_vendor_is_asked_and_the_agent_told_on_days_3_7_and_14(world: World) -> None:
    packet_id = stories.to_check(world)
    for days in (3, 4, 7):
        world.clock.pass_(days=days)
        world.settle()
    assert journey.letters(world).count("background-delay") == 3
    assert [one["reminder"] for one in stories.told(packet_id, "bgc.reminded")] == [1, 2, 3]


def test_a_lost_webhook_is_found_out_by_the_first_reminder(world: World) -> None:
    packet_id = stories.to_check(world)
    world.outside.screening.ends(f"{packet_id}-1", "complete", "clear")
    world.clock.pass_(days=3)
    world.reaches(packet_id, "APPOINTING")


@pytest.mark.failure("R16", "R17")
def test_silence_for_21_days_is_for_a_person_and_a_late_report_still_counts(world: World) -> None:
    packet_id = stories.to_silence(world)
    assert reason(world, packet_id) == "BACKGROUND_CHECK_SILENT"
    stories.report(world, packet_id, "complete", "clear")
    world.reaches(packet_id, "APPOINTING")
    assert len(world.outside.screening.orders) == 1


def test_a_silent_vendor_can_be_waited_for_again(world: World) -> None:
    packet_id = stories.to_silence(world)
    world.outside.screening.ends(f"{packet_id}-1", "complete", "clear")
    stories.decided(world, packet_id, "retry")
    world.reaches(packet_id, "APPOINTING")
    assert len(world.outside.screening.orders) == 1


@pytest.mark.failure("R22")
def test_a_vendor_that_is_down_gets_the_order_once_it_is_back(world: World) -> None:
    world.outside.screening.down = True
    packet_id = stories.submitted(world)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    world.settle()
    waiting = journey.expect(world.call("GET", f"/packets/{packet_id}", staff=stories.OPS), 200).json
    assert any(one["failure"] for one in waiting["waiting_effects"])
    world.outside.screening.down = False
    stories.decided(world, packet_id, "retry")
    world.settle(lambda: bool(world.outside.screening.reports))
    stories.report(world, packet_id, "complete", "clear")
    world.reaches(packet_id, "APPOINTING")


@pytest.mark.failure("R12")
def test_a_report_told_of_a_hundred_times_moves_the_packet_once(world: World) -> None:
    packet_id = stories.to_check(world)
    for _ in range(100):
        stories.report(world, packet_id, "complete", "clear")
    world.reaches(packet_id, "APPOINTING")
    assert stories.events(packet_id).count("bgc.complete") == 1
    assert stories.events(packet_id).count("bgc.recorded") == 1


def test_a_felony_answer_without_consent_stops_the_packet_until_two_persons_agree(world: World) -> None:
    flags = (Flag.ANSWERS_NEED_REVIEW, Flag.APPOINTMENT_NEEDS_UPLOAD)
    packet_id = stories.to_check(world, flags=flags)
    stories.report(world, packet_id, "complete", "clear")
    world.reaches(packet_id, "NEEDS_REVIEW")
    assert reason(world, packet_id) == "CONSENT_1033_MISSING"
    assert not world.outside.gateway.orders
    assert stories.decided(world, packet_id, "proceed")["approvals"] == 1
    assert world.status(packet_id) == "NEEDS_REVIEW"
    assert stories.decide(world, packet_id, "proceed").status == 409
    stories.decided(world, packet_id, "proceed", by=stories.OTHER_OPS)
    world.reaches(packet_id, "APPOINTING")


def test_a_yes_that_a_person_has_to_read_waits_for_one(world: World) -> None:
    packet_id = stories.to_check(world, flags=(Flag.ANSWERS_NEED_REVIEW,))
    stories.report(world, packet_id, "complete", "clear")
    world.reaches(packet_id, "NEEDS_REVIEW")
    assert reason(world, packet_id) == "ANSWERS_NEED_REVIEW"
    stories.decided(world, packet_id, "proceed")
    world.reaches(packet_id, "APPOINTING")


def test_a_review_nobody_decides_is_told_of_again(world: World) -> None:
    packet_id = stories.to_check(world)
    stories.report(world, packet_id, "canceled")
    world.reaches(packet_id, "NEEDS_REVIEW")
    for _ in range(2):
        world.clock.pass_(days=3)
        world.settle()
    assert stories.events(packet_id).count("exception.overdue") == 2
    stories.decided(world, packet_id, "reject")
    world.clock.pass_(days=3)
    world.settle()
    assert stories.events(packet_id).count("exception.overdue") == 2


@pytest.mark.failure("R15")
def test_a_result_that_comes_before_anybody_waits_for_it_is_found_by_whoever_comes_to_wait(world: World) -> None:
    """Failure R15."""
    packet_id = stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False)
    reference = f"{packet_id}-1"
    world.outside.screening.reports["rep_1"] = Report("rep_1", reference, ScreeningStatus.PENDING, None, (), None)
    stories.report(world, packet_id, "complete", "clear")
    world.settle()
    assert world.status(packet_id) == "BACKGROUND_CHECK"
    started = start_workflow(packet_id, 1, world.clock.now())
    wiring.packets().change(packet_id, lambda packet: Change(packet, effects=[started]))
    world.reaches(packet_id, "APPOINTING")


def test_the_package_of_the_packet_type_is_ordered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    load = wiring.packet_type
    basic = {"screening_package": "harbor_basic"}
    monkeypatch.setattr(wiring, "packet_type", lambda name: load(name).model_copy(update=basic))
    stories.to_check(world)
    assert world.outside.screening.packages == ["harbor_basic"]


def test_a_company_that_does_not_tell_our_reference_is_understood_by_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet_id = stories.to_check(world)
    report = world.outside.screening.ends(f"{packet_id}-1", "complete", "clear")
    news = ScreeningNews("evt_1", "report.completed", report, None)
    monkeypatch.setattr(BackgroundCheckMessages, "read", lambda _, raw: news)
    for _ in range(2):
        wiring.webhooks().receive("background-check", None, b"{}")
    world.reaches(packet_id, "APPOINTING")
    assert stories.events(packet_id).count("bgc.complete") == 1


def test_what_was_stored_in_a_companys_words_is_read_in_ours() -> None:
    stored = {"packet_id": "pkt_1", "attempt": 1, "status": "suspended", "suspended_fields": ["dob", "zipcode", "ssn"]}
    assert Check.model_validate(stored).suspended_fields == ("birth_date", "residence", "ssn")
