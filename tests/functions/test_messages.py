"""Signed messages that are not applied: about nothing of ours, about something else, or against what stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting import wiring
from econtracting.domain.appointing.appointments import Appointment, AppointmentStatus
from econtracting.domain.appointing.jit import FirstSale
from econtracting.domain.certification import CourseResult, Feed
from econtracting.domain.errors import Unavailable
from econtracting.domain.messages import KEPT_FOR
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Status
from econtracting.domain.record import Record
from econtracting.domain.screening.background import Check, OrderReference, Report, ScreeningResult, ScreeningStatus
from econtracting.ports import Change
from econtracting.usecases.news.replaying import Replaying
from tests.support import bulk_files, journey, stories
from tests.support.contract import examples
from tests.support.journey import CONTRACTING, RECRUITER, expect
from tests.support.webhooks import screening_headers, standard_headers
from tests.support.world import START, Answer, World

DAY = date(2026, 11, 24)
A = AppointmentStatus


def holding(world: World, *records: Record, status: Status = Status.PROCESSED, npn: str = stories.NPN) -> str:
    """A packet that stands there, with the references its vendors were given and what else is on record."""
    packet_id = stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False, npn=npn)
    references = [
        OrderReference(vendor="certifications", reference=packet_id, packet_id=packet_id),
        *(
            OrderReference(vendor="appointments", reference=f"{packet_id}-{one}", packet_id=packet_id)
            for one in ("AL", "FL")
        ),
    ]
    mine = [one.model_copy(update={"packet_id": packet_id}) for one in records]
    wiring.packets().change(
        packet_id,
        lambda packet: Change(packet.having(status=status, due_at=None), puts=mine, claims=references),
    )
    return packet_id


def asked(state: str = "AL", status: AppointmentStatus = A.ACCEPTED_BY_GATEWAY, **more: Any) -> Appointment:
    """An order the gateway has."""
    filed: dict[str, Any] = {"transaction_id": f"txn-{state}", "asked_for": DAY, "filed_at": START}
    known = {"packet_id": "", "state": state, "npn": stories.NPN, "rule_type": "UP_FRONT", "requested_at": START}
    return Appointment.model_validate({**known, "status": status, **filed, **more})


def fed(*passed: str, **more: Any) -> Feed:
    results = tuple(CourseResult(course=one, passed=True, score=92, at=START) for one in passed)
    known = {"packet_id": "", "npn": stories.NPN, "plan_year": 2027, "expected_by": START + timedelta(days=7)}
    return Feed.model_validate({**known, "loaded_at": START, "results": results, **more})


def course(world: World, packet_id: str, kind: str = "course.completed", **more: Any) -> Answer:
    told = {"course": "medicare-basics", "plan_year": 2027, "score": 92, **more}
    return journey.certification_webhook(world, packet_id, kind, **told)


def queue(world: World, status: str = "open") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = expect(
        world.call("GET", "/messages", query={"status": status}, staff=CONTRACTING), 200
    ).json["items"]
    return found


def act(world: World, message_id: str, what: str, note: str = "The desk confirms it.") -> Answer:
    return world.call("POST", f"/messages/{message_id}/{what}", {"note": note}, staff=CONTRACTING)


def appointment(packet_id: str, state: str = "AL") -> Appointment:
    found = wiring.packets().find(Appointment, packet_id, state)
    assert found is not None
    return found


def feed_of(packet_id: str) -> Feed:
    found = wiring.packets().find(Feed, packet_id)
    assert found is not None
    return found


def appointed_since(world: World, npn: str = stories.NPN, state: str = "AL") -> dict[str, Any]:
    answer = world.call("GET", f"/producers/{npn}/ready-to-sell", query={"state": state}, staff=CONTRACTING)
    reasons: list[dict[str, Any]] = expect(answer, 200).json["reasons"]
    return next(one for one in reasons if one["requirement"] == "appointed")


# Parts that disagree


Tell = Callable[[World, str], Answer]
DISAGREEING: dict[str, tuple[Tell, list[str]]] = {
    "an answer for another state": (
        lambda world, packet_id: journey.appointment_webhook(world, packet_id, "FL", external_ref=f"{packet_id}-AL"),
        ["state"],
    ),
    "an answer about another producer": (
        lambda world, packet_id: journey.appointment_webhook(world, packet_id, "AL", npn="99"),
        ["npn"],
    ),
    "an answer to another filing": (
        lambda world, packet_id: journey.appointment_webhook(world, packet_id, "AL", transaction_id="txn-other"),
        ["transaction_id"],
    ),
    "a course of another producer": (lambda world, packet_id: course(world, packet_id, npn="99"), ["npn"]),
    "a course of another year": (lambda world, packet_id: course(world, packet_id, plan_year=2026), ["plan_year"]),
    "a failed course of another producer": (
        lambda world, packet_id: course(world, packet_id, "course.failed", npn="99", plan_year=2028),
        ["npn", "plan_year"],
    ),
    "a result taken back that was never passed": (
        lambda world, packet_id: course(world, packet_id, "course.revoked"),
        ["course"],
    ),
    "a producer loaded under another number": (
        lambda world, packet_id: journey.certification_webhook(world, packet_id, "producer.loaded", npn="99"),
        ["npn"],
    ),
    "a report of another order": (
        lambda world, packet_id: screened(world, f"{packet_id}-1", report="rep_other"),
        ["report"],
    ),
    "a report of no attempt of ours": (
        lambda world, packet_id: screened(world, f"{packet_id}-1", known=f"{packet_id}-x"),
        ["reference"],
    ),
}


def screened(world: World, reference: str, report: str = "rep_1", known: str | None = None) -> Answer:
    if known is not None:  # a reference that leads to the packet and names no attempt of it
        packet_id = reference.rpartition("-")[0]
        place = OrderReference(vendor="background-check", reference=known, packet_id=packet_id)
        wiring.packets().change(packet_id, lambda packet: Change(packet, claims=[place]))
    told = {"id": report, "custom_id": known or reference, "status": "complete", "result": "clear"}
    raw = json.dumps({"id": f"evt_{report}", "type": "report.completed", "data": {"object": told}}).encode()
    return world.call("POST", "/webhooks/background-checks", raw, headers=screening_headers(raw))


@pytest.mark.law("T10")
@pytest.mark.failure("R44")
@pytest.mark.parametrize("case", DISAGREEING)
def test_a_message_whose_parts_disagree_changes_nothing_and_is_told_to_the_department(world: World, case: str) -> None:
    tell, parts = DISAGREEING[case]
    feed = fed(loaded_at=None) if "loaded" in case else fed()
    packet_id = holding(
        world,
        asked(),
        asked("FL"),
        feed,
        Check(packet_id="", attempt=1, report_id="rep_1"),
        status=Status.CERTIFICATION_OPEN,
    )
    before = [wiring.packets().all_of(kind, packet_id) for kind in (Appointment, Check)], feed_of(packet_id)

    expect(tell(world, packet_id), 202)

    assert ([wiring.packets().all_of(kind, packet_id) for kind in (Appointment, Check)], feed_of(packet_id)) == before
    assert wiring.packets().load(packet_id).status is Status.CERTIFICATION_OPEN
    (kept,) = stories.told(packet_id, "message.kept")
    assert (kept["reason"], kept["parts"]) == ("PARTS_DISAGREE", parts)
    (row,) = queue(world)
    assert (row["message_id"], row["packet_id"], row["parts"]) == (kept["message"], packet_id, parts)
    effects = wiring.packets().all_of(Effect, packet_id)
    assert [one.payload["detail"]["reason"] for one in effects if "attention" in one.id] == ["VENDOR_MESSAGE"]
    refused = expect(act(world, row["message_id"], "replay"), 409).json
    assert (refused["code"], refused["reason"], refused["parts"]) == ("message-not-applicable", "PARTS_DISAGREE", parts)


PARTS = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(["AL", "FL", "TX"]),
        "npn": st.sampled_from([stories.NPN, "99", "15645556"]),
        "transaction_id": st.sampled_from(["txn-AL", "txn-FL", "txn-old", "t/9"]),
    },
)


@pytest.mark.law("T10")
def test_an_answer_is_applied_if_and_only_if_all_its_parts_are_ours(world: World) -> None:
    ours = {"state": "AL", "npn": stories.NPN, "transaction_id": "txn-AL"}
    order = asked(former_transactions=("txn-old",))

    @given(told=PARTS, known=st.booleans())
    @examples(100)
    def played(told: dict[str, str], known: bool) -> None:
        from econtracting.domain.webhooks import AppointmentNews

        mine = order if known else order.model_copy(update={"transaction_id": None, "status": A.DRAFT})
        news = AppointmentNews.model_validate({**ours, "external_ref": mine.reference, "status": "APPROVED", **told})
        wrong = {name for name, value in told.items() if value != ours[name]}
        if not known and news.transaction_id != "txn-old":
            wrong -= {"transaction_id"}  # faster than our own note of it
        assert set(mine.disagreements(news)) == wrong

    played()


@pytest.mark.law("T10")
def test_a_late_answer_to_a_replaced_order_is_none_to_the_new_one(world: World) -> None:
    old = asked(status=A.REJECTED)
    new = asked(status=A.DRAFT, transaction_id=None, filed_at=None).replacing(old)
    packet_id = holding(world, new)
    expect(journey.appointment_webhook(world, packet_id, "AL"), 202)
    assert appointment(packet_id).status is A.DRAFT
    assert queue(world)[0]["parts"] == ["transaction_id"]
    expect(journey.appointment_webhook(world, packet_id, "AL", transaction_id="txn-new"), 202)
    assert appointment(packet_id).status is A.APPROVED


@pytest.mark.law("T10")
@pytest.mark.parametrize("never_filed", [A.RECORDED, A.JUST_IN_TIME, A.NO_VALID_LICENSE])
def test_an_answer_to_what_was_never_filed_is_kept(world: World, never_filed: AppointmentStatus) -> None:
    packet_id = holding(world, asked(status=never_filed, transaction_id=None, filed_at=None))
    expect(journey.appointment_webhook(world, packet_id, "AL"), 202)
    assert appointment(packet_id).status is never_filed
    assert queue(world)[0]["parts"] == ["transaction_id"]


@pytest.mark.law("T10")
@pytest.mark.parametrize(
    ("told", "parts"),
    [
        ({"subject_id": "can_2"}, ["candidate"]),
        ({"reference": "pkt_other-1"}, ["reference"]),
        ({"id": "rep_2"}, ["report"]),
    ],
)
def test_a_report_about_somebody_else_is_not_ours(world: World, told: dict[str, Any], parts: list[str]) -> None:
    packet_id = holding(
        world,
        Check(packet_id="", attempt=1, report_id="rep_1", subject_id="can_1", status=ScreeningStatus.PENDING),
        status=Status.BACKGROUND_CHECK,
    )
    report = Report("rep_1", f"{packet_id}-1", ScreeningStatus.COMPLETE, ScreeningResult.CLEAR, (), None, "can_1")
    world.outside.screening.reports["rep_1"] = report._replace(**told)
    expect(screened(world, f"{packet_id}-1"), 202)
    world.settle()
    check = wiring.packets().find(Check, packet_id, "1")
    assert check is not None
    assert check.status is ScreeningStatus.PENDING
    assert stories.told(packet_id, "message.kept")[0]["parts"] == parts
    assert queue(world)[0]["packet_id"] == packet_id


@pytest.mark.law("T10")
@pytest.mark.parametrize(("told", "parts"), [({"npn": "15645556"}, ["npn"]), ({"state": "TX"}, ["state"])])
def test_a_sale_told_before_of_another_producer_or_state_is_kept(
    world: World, told: dict[str, str], parts: list[str]
) -> None:
    packet_id = holding(world)
    stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False, npn="15645556")
    expect(stories.sale(world, "TN"), 202)
    said = {"state": "TN", "npn": stories.NPN, **told}
    expect(stories.sale(world, said["state"], npn=said["npn"]), 202)
    assert [one.state for one in wiring.packets().all_of(FirstSale, stories.NPN)] == ["TN"]
    assert wiring.packets().all_of(FirstSale, "15645556") == []
    assert queue(world)[0]["parts"] == parts
    assert packet_id == queue(world)[0]["packet_id"] or parts == ["npn"]


@pytest.mark.law("T10")
def test_a_sale_under_a_number_that_the_packet_no_longer_has_is_kept(world: World) -> None:
    packet_id = holding(world)
    wiring.packets().change(packet_id, lambda packet: Change(packet.confirm_npn("15645557")))
    expect(stories.sale(world, "TN"), 202)
    assert wiring.packets().all_of(FirstSale, stories.NPN) == []
    assert queue(world)[0]["parts"] == ["npn"]


# News after the outcome


FINAL_STATUSES = (Status.PROCESSED, Status.CERTIFICATION_OPEN, Status.ACTIVE, Status.NEEDS_REVIEW, Status.REJECTED)


@pytest.mark.law("T8")
@pytest.mark.failure("R45")
@pytest.mark.parametrize("status", FINAL_STATUSES)
@pytest.mark.parametrize("told", ["REJECTED", "TERMINATED", "MISSING_LICENSE"])
def test_the_first_answer_stands_until_a_person_has_looked(world: World, status: Status, told: str) -> None:
    packet_id = holding(world, asked(status=A.APPROVED, effective_on=DAY), status=status)
    expect(journey.appointment_webhook(world, packet_id, "AL", told, effective_date=None), 202)

    assert appointment(packet_id).status is A.APPROVED
    (kept,) = stories.told(packet_id, "message.kept")
    assert {name: kept[name] for name in ("reason", "state", "stands", "told")} == {
        "reason": "NEWS_AFTER_FINAL",
        "state": "AL",
        "stands": "APPROVED",
        "told": told,
    }
    (row,) = queue(world)
    assert appointed_since(world)["met"]

    expect(act(world, row["message_id"], "replay"), 200)
    assert appointment(packet_id).status is {"MISSING_LICENSE": A.NO_VALID_LICENSE}.get(told, A.REJECTED)
    assert not appointed_since(world)["met"]
    (applied,) = stories.told(packet_id, "message.applied")
    assert (applied["message"], applied["note"]) == (row["message_id"], "The desk confirms it.")
    assert queue(world) == []
    assert [one["status"] for one in queue(world, "applied")] == ["applied"]


@pytest.mark.law("T8")
def test_a_day_before_the_state_took_it_back_stays_what_it_was(world: World) -> None:
    packet_id = holding(world, asked(status=A.APPROVED, effective_on=DAY, answered_at=START), status=Status.ACTIVE)
    world.clock.pass_(days=10)
    expect(journey.appointment_webhook(world, packet_id, "AL", "TERMINATED", effective_date=None), 202)
    expect(act(world, queue(world)[0]["message_id"], "replay"), 200)
    assert appointment(packet_id).in_force(DAY)
    assert appointment(packet_id).in_force(DAY + timedelta(days=9))
    assert not appointment(packet_id).in_force(DAY + timedelta(days=10))
    assert "TERMINATED" in appointment(packet_id).reasons


@pytest.mark.law("T8")
@pytest.mark.parametrize(
    ("stands", "told"), [(A.REJECTED, "APPROVED"), (A.NO_VALID_LICENSE, "APPROVED"), (A.REJECTED, "MISSING_LICENSE")]
)
def test_no_final_answer_gives_way_by_itself(world: World, stands: AppointmentStatus, told: str) -> None:
    packet_id = holding(world, asked(status=stands))
    expect(journey.appointment_webhook(world, packet_id, "AL", told), 202)
    assert appointment(packet_id).status is stands
    (row,) = queue(world)
    assert row["told"] == {"state": "AL", "stands": stands.value, "told": told}
    expect(act(world, row["message_id"], "set-aside", "The gateway withdrew it by telephone."), 200)
    assert appointment(packet_id).status is stands
    assert stories.told(packet_id, "message.set_aside")[0]["note"] == "The gateway withdrew it by telephone."
    assert expect(act(world, row["message_id"], "replay"), 409).json["message_status"] == "set-aside"


@pytest.mark.law("T8")
def test_older_news_and_repeats_after_the_outcome_are_no_work(world: World) -> None:
    packet_id = holding(world, asked(status=A.APPROVED, effective_on=DAY))
    for status in ("PENDING_STATE", "APPROVED"):
        expect(journey.appointment_webhook(world, packet_id, "AL", status), 202)
    assert queue(world) == []


@pytest.mark.law("T8")
def test_an_approval_that_moves_its_day_is_told(world: World) -> None:
    packet_id = holding(world, asked(status=A.APPROVED, effective_on=DAY))
    expect(journey.appointment_webhook(world, packet_id, "AL", effective_date="2027-01-01"), 202)
    assert queue(world)[0]["told"] == {"state": "AL", "stands": "2026-11-24", "told": "2027-01-01"}
    expect(act(world, queue(world)[0]["message_id"], "replay"), 200)
    assert appointment(packet_id).effective_on == date(2027, 1, 1)


@pytest.mark.law("T8")
@pytest.mark.failure("R45")
@pytest.mark.parametrize("status", FINAL_STATUSES)
@pytest.mark.parametrize("kind", ["course.revoked", "course.failed"])
def test_a_passed_course_stands_until_a_person_has_looked(world: World, status: Status, kind: str) -> None:
    packet_id = holding(world, fed("medicare-basics", "plan-products"), status=status)
    world.clock.pass_(days=1)
    expect(course(world, packet_id, kind, score=None), 202)
    assert feed_of(packet_id).passed() == {"medicare-basics", "plan-products"}
    (kept,) = stories.told(packet_id, "message.kept")
    assert (kept["reason"], kept["course"], kept["stands"]) == ("NEWS_AFTER_FINAL", "medicare-basics", "passed")
    assert [one for one in wiring.packets().all_of(Effect, packet_id) if "course-failed" in one.id] == []

    expect(act(world, queue(world)[0]["message_id"], "replay"), 200)
    assert feed_of(packet_id).passed() == {"plan-products"}
    assert feed_of(packet_id).passed_on(DAY, wiring.carriers_zone()) == {"medicare-basics", "plan-products"}
    assert len(stories.told(packet_id, "certification.course_revoked")) == 1

    world.clock.pass_(days=1)
    expect(course(world, packet_id), 202)
    assert feed_of(packet_id).passed() == {"medicare-basics", "plan-products"}


# The day of an approval


@pytest.mark.law("T9")
@pytest.mark.parametrize(
    ("order", "told", "since", "by"),
    [
        ({"asked_for": DAY - timedelta(days=2)}, None, DAY - timedelta(days=2), "filing"),
        ({"asked_for": None}, None, DAY, "filing"),
        ({"asked_for": None, "transaction_id": None, "filed_at": None, "status": A.DRAFT}, None, DAY, "filing"),
        ({}, "2026-11-20", date(2026, 11, 20), "state"),
    ],
    ids=["the day that was filed", "filed by an earlier release", "faster than our note", "the state's own day"],
)
def test_an_approval_without_a_day_is_in_force_from_the_day_that_was_filed(
    world: World, order: dict[str, Any], told: str | None, since: date, by: str
) -> None:
    packet_id = holding(world, asked(**order))
    expect(journey.appointment_webhook(world, packet_id, "AL", effective_date=told), 202)
    assert appointment(packet_id).effective_on == since
    (event,) = stories.told(packet_id, "appointment.approved")
    assert (event["effective_on"], event["effective_by"]) == (str(since), by)
    assert appointed_since(world) == {
        "requirement": "appointed",
        "met": True,
        "detail": f"Appointed since {since}.",
        "code": None,
    }


@pytest.mark.law("T9")
def test_an_approval_of_an_earlier_release_without_a_day_is_in_force(world: World) -> None:
    holding(world, asked(status=A.APPROVED, asked_for=None, effective_on=None, answered_at=START))
    assert appointed_since(world)["met"]


# The queue


def unknown(world: World, npn: str = "15645558", **more: Any) -> Answer:
    return stories.sale(world, "TN", npn=npn, **more)


@pytest.mark.failure("R46")
def test_a_message_that_was_quicker_than_our_commit_is_applied_by_itself(world: World) -> None:
    expect(unknown(world), 202)
    assert [one["reason"] for one in queue(world)] == ["UNKNOWN_REFERENCE"]
    packet_id = stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False, npn="15645558")
    world.clock.pass_(minutes=1)
    world.settle()
    assert [one.state for one in wiring.packets().all_of(FirstSale, "15645558")] == ["TN"]
    assert queue(world) == []
    (row,) = queue(world, "applied")
    assert (row["packet_id"], row["settled_by"]) == (packet_id, "messages")
    assert stories.told(packet_id, "message.applied")[0]["message"] == row["message_id"]


@pytest.mark.failure("R46")
def test_a_message_that_turns_out_to_disagree_goes_to_the_packet_and_is_not_tried_again(world: World) -> None:
    expect(unknown(world), 202)
    packet_id = stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False, npn="15645558")
    wiring.packets().change(packet_id, lambda packet: Change(packet.confirm_npn("15645559")))
    world.clock.pass_(minutes=1)
    world.settle()
    (row,) = queue(world)
    assert (row["packet_id"], row["reason"]) == (packet_id, "PARTS_DISAGREE")
    world.clock.pass_(days=2)
    world.settle()
    assert len(stories.told(packet_id, "message.kept")) == 1


def test_a_try_that_fails_for_days_is_made_again_although_no_packet_can_be_marked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect(unknown(world), 202)

    def fail(*_: Any) -> None:
        raise Unavailable()

    with monkeypatch.context() as down:
        down.setattr(Replaying, "again", fail)
        for _ in range(40):
            world.clock.pass_(hours=2)
            world.relayed()
    packet_id = stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False, npn="15645558")
    world.clock.pass_(hours=2)
    world.settle()
    assert queue(world) == []
    assert stories.told(packet_id, "message.applied") != []


def test_a_message_that_fits_nothing_is_tried_ever_more_seldom_and_not_for_ever(world: World) -> None:
    expect(unknown(world), 202)
    rings = []
    for hours in [1] * 48 + [24] * (KEPT_FOR.days + 5):
        world.clock.pass_(hours=hours)
        rings.append(world.relayed())
    assert 20 <= sum(rings[:24]) <= 24
    assert sum(rings[24:48]) <= 2
    assert sum(rings[-5:]) == 0
    assert queue(world) == []


def test_a_person_replays_what_a_reference_was_missing_for(world: World) -> None:
    expect(unknown(world), 202)
    (row,) = queue(world)
    refused = expect(act(world, row["message_id"], "replay"), 409).json
    assert (refused["code"], refused["reason"]) == ("message-not-applicable", "UNKNOWN_REFERENCE")
    stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False, npn="15645558")
    done = expect(act(world, row["message_id"], "replay", "The contract was late."), 200).json
    assert (done["status"], done["settled_by"], done["note"]) == ("applied", "ops-1", "The contract was late.")
    again = expect(act(world, row["message_id"], "replay"), 200).json
    assert again["note"] == "The contract was late."
    assert len(wiring.packets().all_of(FirstSale, "15645558")) == 1
    expect(act(world, row["message_id"], "set-aside"), 409)


@pytest.mark.law("T18")
def test_what_a_message_says_is_sealed_shown_to_the_department_alone_and_gone_in_time(world: World) -> None:
    raw = json.dumps({"type": "sale.reported", "data": {"npn": "1", "name": "Dana Rivers"}}).encode()
    expect(world.call("POST", "/webhooks/sales", raw, headers=standard_headers(raw, "msg_1", world.clock.now())), 202)
    packet_id = holding(world, asked())
    expect(journey.appointment_webhook(world, packet_id, "AL", npn="99", state_ref="Dana Rivers"), 202)
    expect(journey.appointment_webhook(world, packet_id, "AL", state_ref="Dana Rivers"), 202)

    stored = boto3.client("dynamodb").scan(TableName="econtracting")["Items"]
    messages = [one for one in stored if one["PK"]["S"].startswith(("RECEIVED#", "MESSAGES#"))]
    assert len(messages) == 5
    assert "Dana" not in json.dumps(messages)
    until = int((world.clock.now() + KEPT_FOR).timestamp())
    assert {int(one["expires"]["N"]) for one in messages} == {until}

    rows = queue(world)
    for row in rows:
        one = f"/messages/{row['message_id']}"
        assert "Dana Rivers" in expect(world.call("GET", one, staff=CONTRACTING), 200).json["body"]
        for path, method in (
            (one, "GET"),
            (f"{one}/replay", "POST"),
            (f"{one}/set-aside", "POST"),
            ("/messages", "GET"),
        ):
            body = {"note": "not mine"} if method == "POST" else None
            expect(world.call(method, path, body, staff=RECRUITER), 403)
            expect(world.call(method, path, body, staff={**CONTRACTING, "groups": "carrier-system"}), 403)
            assert world.call(method, path, body).status == 401
    (read,) = stories.told(packet_id, "pii.read")
    assert read["purpose"] == "vendor-message"

    world.clock.at += KEPT_FOR
    assert queue(world) == []
    expect(world.call("GET", f"/messages/{rows[0]['message_id']}", staff=CONTRACTING), 404)


def test_a_list_goes_on_where_its_page_ended(world: World) -> None:
    for number in range(53):
        expect(unknown(world, number=number, message_id=f"msg_{number}"), 202)
        world.clock.pass_(seconds=1)
    first = expect(world.call("GET", "/messages", staff=CONTRACTING), 200).json
    query = {"cursor": first["cursor"]}
    rest = expect(world.call("GET", "/messages", query=query, staff=CONTRACTING), 200).json
    ids = [one["message_id"] for one in [*first["items"], *rest["items"]]]
    assert (len(first["items"]), len(set(ids)), ids) == (50, 53, sorted(ids))
    assert rest["cursor"] is None
    expect(world.call("GET", "/messages", query={**query, "status": "applied"}, staff=CONTRACTING), 422)


@pytest.mark.parametrize("name", ["nowhere", "msg_1", "a#b", "x" * 3000])
def test_there_is_no_such_message(world: World, name: str) -> None:
    assert expect(act(world, name.replace("#", "%23"), "replay"), 404).json["code"] == "message-not-found"


def test_an_act_on_a_message_has_its_reason(world: World) -> None:
    expect(unknown(world), 202)
    message_id = queue(world)[0]["message_id"]
    for body in ({}, {"note": " "}, {"note": "x" * 501}, {"note": "good", "more": 1}):
        path = f"/messages/{message_id}/set-aside"
        assert expect(world.call("POST", path, body, staff=CONTRACTING), 422).json["errors"]
    expect(act(world, message_id, "set-aside"), 200)
    assert expect(act(world, message_id, "set-aside", "once more"), 200).json["note"] == "The desk confirms it."
    expect(act(world, message_id, "replay"), 409)


# What a message may be


@pytest.mark.law("T20")
@pytest.mark.parametrize("message_id", ["x" * 5000, "a b/c#d", "\u00fc" * 40, "msg.1:2-3_4", "#", "%00"])
def test_an_odd_id_never_breaks_a_key_and_is_still_the_guard_against_repeats(world: World, message_id: str) -> None:
    packet_id = holding(world, asked())
    for _ in range(2):
        expect(stories.sale(world, "TN", message_id=message_id), 202)
    assert len(stories.told(packet_id, "first_sale.received")) == 1
    expect(unknown(world, message_id=f"{message_id}!"), 202)
    assert [one["reason"] for one in queue(world)] == ["UNKNOWN_REFERENCE"]


@pytest.mark.law("T14", "T20")
@pytest.mark.parametrize("state", ["ZZ", "tn", "Tn", "TN ", "T", "TNN", "", "\ufb02", "\uff34\uff2e", 5, None])
def test_a_sale_in_no_state_is_refused_by_field(world: World, state: Any) -> None:
    holding(world)
    assert sold(world, state=state).json["errors"][0]["field"] == "data.state"
    assert queue(world) == []


@pytest.mark.law("T20")
@pytest.mark.parametrize(
    "day",
    [
        0,
        1796083200,
        "0",
        "1796083200",
        "2026-02-30",
        "11/24/2026",
        "20261124",
        "2026-11-24T00:00:00Z",
        "2026-11-26",
        "2027-11-01",
        "0001-01-01",
        "9999-12-31",
        " 2026-11-24",
        "\u0662\u0660\u0662\u0666-11-24",
        None,
        True,
        "2026-W48-2",
    ],
)
def test_a_sale_on_no_day_or_one_to_come_is_refused_by_field(world: World, day: Any) -> None:
    holding(world)
    assert sold(world, received_on=day).json["errors"][0]["field"] == "data.received_on"
    assert queue(world) == []


@pytest.mark.brings("S6", "D2")
@pytest.mark.parametrize(
    ("moment", "tomorrow", "after"),
    [
        ("2026-11-28T04:59:59Z", "2026-11-28", "2026-11-29"),  # the last second of the 27th where the carrier is
        ("2026-11-28T05:00:00Z", "2026-11-29", "2026-11-30"),
        ("2026-11-01T03:59:59Z", "2026-11-01", "2026-11-02"),  # before the day of 25 hours
        ("2026-11-02T04:59:59Z", "2026-11-02", "2026-11-03"),  # in its last hour
        ("2026-03-08T04:59:59Z", "2026-03-08", "2026-03-09"),  # before the day of 23 hours
        ("2026-03-09T04:00:00Z", "2026-03-10", "2026-03-11"),
    ],
)
def test_no_sale_is_later_than_the_carriers_tomorrow(world: World, moment: str, tomorrow: str, after: str) -> None:
    holding(world)
    world.clock.at = datetime.fromisoformat(moment)
    refused = sold(world, received_on=after).json["errors"]
    assert [(one["field"], one["rule"]) for one in refused] == [("data.received_on", "future")]
    assert after in refused[0]["message"]
    assert f"tomorrow is {tomorrow}" in refused[0]["message"]
    assert "month and day may be exchanged" in refused[0]["message"]
    assert queue(world) == []
    sold(world, status=202, received_on=tomorrow)


@pytest.mark.brings("S6")
@pytest.mark.parametrize("swapped", ["2026-12-11", "2027-11-24", "2026-12-01"])
def test_month_and_day_exchanged_are_found_in_both_languages(world: World, swapped: str) -> None:
    holding(world)
    (told,) = sold(world, received_on=swapped, headers={"Accept-Language": "es"}).json["errors"]
    assert told["message"].startswith(f"El {swapped} todav\u00eda no llega")


def sold(world: World, *, status: int = 422, headers: dict[str, str] | None = None, **changes: Any) -> Answer:
    data = {"sale_id": "s1", "npn": stories.NPN, "state": "TN", "received_on": "2026-11-24", "product": "MAPD"}
    body = {"type": "sale.reported", "timestamp": "2026-11-24T15:00:00Z", "data": data | changes}
    raw = json.dumps(body).encode()
    signed = standard_headers(raw, f"msg_{uuid4().hex[:12]}", world.clock.now())
    return expect(world.call("POST", "/webhooks/sales", raw, headers=signed | (headers or {})), status)


@pytest.mark.law("T14")
@pytest.mark.parametrize("state", ["ZZ", "tn", "", "T", "TNN", "\ufb02", "\uff34\uff2e", "\u0131l"])
def test_ready_to_sell_in_no_state_is_refused_by_field(world: World, state: str) -> None:
    stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False)
    path = f"/producers/{stories.NPN}/ready-to-sell"
    refused = expect(world.call("GET", path, query={"state": state}, staff=CONTRACTING), 422).json
    assert refused["errors"][0]["field"] == "state"


@pytest.mark.law("T14")
@pytest.mark.parametrize("code", ["ZZ", "\ufb02", "\uff34\uff2e", "T\u0405"])
def test_an_invitation_for_no_state_is_refused_by_field(world: World, code: str) -> None:
    body = journey.invitation(pre_appointment_states=["AL", code])
    refused = expect(world.call("POST", "/invitations", body, staff=RECRUITER), 422).json
    assert refused["errors"][0]["field"].startswith("pre_appointment_states")
    packet_id = journey.invite(world)
    path = f"/invitations/{packet_id}/pre-appointment-states"
    expect(world.call("PUT", path, {"pre_appointment_states": [code]}, staff=RECRUITER), 422)


@pytest.mark.law("T14")
@pytest.mark.parametrize("code", ["ZZ", "\ufb02", "\uff34\uff2e"])
def test_a_row_of_a_file_for_no_state_is_refused_by_field(world: World, code: str) -> None:
    body = bulk_files.table(bulk_files.row(1, pre_appointment_states=f"AL {code}"))
    answer = world.call("POST", "/invitations/bulk", body, staff=RECRUITER, headers={"Content-Type": "text/csv"})
    (row,) = expect(answer, 202).json["rows"]
    assert row["outcome"] == "refused"
    assert row["errors"][0]["field"].startswith("pre_appointment_states")


@pytest.mark.law("T14")
@pytest.mark.parametrize("code", ["ZZ", "\ufb02", "\uff34\uff2e"])
def test_a_residence_in_no_state_is_refused_by_field(world: World, code: str) -> None:
    journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    home = {**journey.ADDRESS, "state": code}
    refused = expect(journey.save(world, "agent", {**journey.ANSWERS["agent"], "residential": home}), 422).json
    assert refused["errors"][0]["field"] == "residential.state"


@pytest.mark.law("P14")
def test_what_was_odd_about_a_message_is_on_the_trail(world: World) -> None:
    packet_id = holding(world, asked(), fed())
    odd = {"state_ref": "AL/7 \u00e9", "reason_codes": None, "state_fee_cents": "free"}
    expect(journey.appointment_webhook(world, packet_id, "AL", **odd), 202)
    assert appointment(packet_id).status is A.APPROVED
    assert stories.told(packet_id, "appointment.approved")[0]["odd"] == ["state_ref", "state_fee_cents"]
    expect(course(world, packet_id, score=86.67), 202)
    assert feed_of(packet_id).results[0].score == 86.67


@pytest.mark.law("P14")
@pytest.mark.parametrize("fee", [1e300, 3000.5, 10**120, True, [[[3000]]]])
def test_no_fee_is_too_odd_for_an_approval_to_be_kept(world: World, fee: object) -> None:
    packet_id = holding(world, asked(), fed())
    expect(journey.appointment_webhook(world, packet_id, "AL", state_fee_cents=fee, novelty={"deep": [[fee]]}), 202)
    assert appointment(packet_id).status is A.APPROVED


@pytest.mark.failure("R44")
def test_the_queue_is_counted_for_the_alarm(world: World) -> None:
    for number in range(3):
        expect(unknown(world, number=number), 202)
    until = world.clock.now()
    assert wiring.counting().count(until - timedelta(minutes=5), until).messages == 3
