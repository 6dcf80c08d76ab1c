"""Ready to sell: every requirement on its own, every way a state wants its appointment, and the day that is asked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from econtracting.domain.appointing.appointments import Appointment, AppointmentStatus, License, Licenses, Line
from econtracting.domain.appointing.jit import FirstSale
from econtracting.domain.appointing.readiness import Producer, ready_to_sell
from econtracting.domain.appointing.state_rules import AppointmentType, StateRule
from econtracting.domain.certification import CourseResult, Feed
from econtracting.domain.packet import Agency, InvitedAgent, Packet, Recruiter, Status
from econtracting.domain.screening.background import Check, ScreeningResult, ScreeningStatus

NPN = "17293847"
COURSES = ("medicare-basics", "plan-products")
TODAY = date(2026, 11, 23)
HOME = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def at(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def rule(state, kind, clock_days=None):
    return StateRule(
        state=state,
        type=kind,
        clock_days=clock_days,
        effective_from=date(2020, 1, 1),
        source="made up for this test",
        reviewed_on=date(2026, 11, 1),
        confidence="low",
        synthetic=True,
    )


RULES = (
    rule("AL", AppointmentType.UP_FRONT),
    rule("TN", AppointmentType.JUST_IN_TIME, 15),
    rule("CO", AppointmentType.REGISTRY),
    rule("MD", AppointmentType.AGENCY_COVERS),
    rule("KS", AppointmentType.UP_FRONT),
    rule("KS", AppointmentType.JUST_IN_TIME, 15).model_copy(update={"effective_from": TODAY}),
)


def license(state, **changes):
    values = {
        "state": state,
        "number": f"{state}-1",
        "residency": "RESIDENT",
        "license_class": "Producer",
        "status": "VALID",
        "active": True,
        "expires_on": date(2027, 12, 31),
        "lines": (Line(code="16", name="Accident and Health", active=True),),
    }
    return License(**{**values, **changes})


def licenses(*changed, as_of=NOW):
    states = {one: license(one) for one in ("AL", "TN", "CO", "MD", "KS", "VT")} | {one.state: one for one in changed}
    return Licenses(npn=NPN, first_name="Dana", last_name="Rivera", as_of=as_of, licenses=tuple(states.values()))


def order(
    state, status=AppointmentStatus.APPROVED, *, effective=date(2026, 11, 10), requested=date(2026, 11, 9), **more
):
    values = {
        "packet_id": "pkt_1",
        "state": state,
        "npn": NPN,
        "rule_type": "UP_FRONT",
        "status": status,
        "effective_on": effective if status is AppointmentStatus.APPROVED else None,
        "requested_at": at(requested),
        "answered_at": at(effective),
    }
    return Appointment(**{**values, **more})


def sale(state="TN", received=date(2026, 11, 12)):
    return FirstSale.reported(
        npn=NPN,
        packet_id="pkt_1",
        sale_id="sale_1",
        received_on=received,
        rule=rule(state, AppointmentType.JUST_IN_TIME, 15),
        at=at(received),
    )


def results(on, courses=COURSES):
    return tuple(CourseResult(course=course, passed=True, at=at(on)) for course in courses)


FEED = Feed(packet_id="pkt_1", npn=NPN, plan_year=2027, expected_by=NOW, results=results(date(2026, 11, 11)))
CHECK = Check(packet_id="pkt_1", attempt=1, status="complete", result="clear", completed_at=at(date(2026, 11, 8)))
PACKET = Packet(
    id="pkt_1",
    type="meridian",
    type_version="1",
    status=Status.ACTIVE,
    agent=InvitedAgent(first_name="Dana", last_name="Rivera", email="dana@example.com"),
    recruiter=Recruiter(name="Ray", email="ray@example.com", phone="615-555-0100"),
    agency=Agency(id="a1", name="Agency"),
    level="5",
    created_at=at(date(2026, 11, 1)),
    expires_at=at(date(2026, 12, 1)),
    status_at=at(date(2026, 11, 11)),
    reached={
        "SUBMITTED": at(date(2026, 11, 5)),
        "APPOINTING": at(date(2026, 11, 9)),
        "ACTIVE": at(date(2026, 11, 11)),
    },
)
PRODUCER = Producer(
    packet=PACKET,
    check=CHECK,
    licenses=licenses(),
    feed=FEED,
    rules=RULES,
    line_code="16",
    carrier="meridian",
    courses=COURSES,
    home=HOME,
    appointments=(order("AL"),),
)


def asked(producer=PRODUCER, state="AL", on=TODAY):
    return ready_to_sell(producer, state, on, NOW)


def missing(state="AL", on=TODAY, **changes):
    return asked(replace(PRODUCER, **changes), state, on).missing()


def held(status):
    return PACKET.model_copy(update={"status": status, "status_at": at(TODAY)})


def test_a_producer_with_everything_is_ready_and_every_requirement_is_named():
    answer = asked()
    assert answer.ready
    assert [reason.requirement for reason in answer.reasons] == [
        "contracted",
        "background",
        "certified",
        "licensed",
        "appointed",
    ]
    assert all(reason.met and reason.code is None and reason.detail for reason in answer.reasons)


def test_before_the_contract_was_sealed_nothing_may_be_sold():
    assert "NOT_CONTRACTED" in missing(on=date(2026, 11, 4))


def test_on_the_day_everything_came_together_the_answer_turns():
    assert asked(on=date(2026, 11, 11)).ready
    assert asked(on=date(2026, 11, 10)).missing() == ("NOT_CERTIFIED",)


@pytest.mark.parametrize("status", [Status.CORRECTION_REQUESTED, Status.NEEDS_REVIEW, Status.REJECTED])
def test_a_packet_held_up_since_today_did_not_hold_up_yesterday(status):
    assert missing(packet=held(status)) == ("NOT_CONTRACTED",)
    assert missing(packet=held(status), on=YESTERDAY) == ()


@pytest.mark.parametrize("status", [Status.INVITED, Status.AWAITING_SIGNATURE, Status.SEALING])
def test_an_unsealed_packet_is_no_contract(status):
    packet = PACKET.model_copy(update={"status": status, "reached": {}})
    assert "NOT_CONTRACTED" in missing(packet=packet)


@pytest.mark.parametrize(
    "check",
    [
        None,
        CHECK.model_copy(update={"status": ScreeningStatus.PENDING, "result": None, "completed_at": None}),
        CHECK.model_copy(update={"status": ScreeningStatus.SUSPENDED, "result": None, "completed_at": None}),
        CHECK.model_copy(update={"status": ScreeningStatus.CANCELED, "result": None}),
        CHECK.model_copy(update={"completed_at": at(TOMORROW)}),
    ],
    ids=["none", "pending", "suspended", "canceled", "finished tomorrow"],
)
def test_without_a_finished_background_check_nothing_may_be_sold(check):
    assert missing(check=check) == ("BGC_PENDING",)


def test_a_report_that_was_not_clear_counts_once_the_contracting_department_accepted_it():
    considered = CHECK.model_copy(update={"result": ScreeningResult.CONSIDER})
    weighed = PACKET.model_copy(update={"reached": {"SUBMITTED": at(date(2026, 11, 5))}})
    assert missing(check=considered, packet=weighed) == ("BGC_ADVERSE",)
    assert missing(check=considered) == ()


@pytest.mark.parametrize(
    "feed",
    [
        None,
        FEED.model_copy(update={"results": ()}),
        FEED.model_copy(update={"results": results(TODAY, COURSES[:1])}),
        FEED.model_copy(update={"results": results(TOMORROW)}),
        FEED.model_copy(
            update={"results": (*results(TODAY, COURSES[:1]), CourseResult(course=COURSES[1], passed=False, at=NOW))}
        ),
    ],
    ids=["not fed", "no course", "one course", "passed tomorrow", "failed"],
)
def test_every_required_course_has_to_be_passed_by_the_day(feed):
    assert missing(feed=feed) == ("NOT_CERTIFIED",)


def test_a_certification_ends_with_its_plan_year():
    last_day = date(2027, 12, 31)
    assert asked(on=last_day).ready
    assert missing(on=last_day + timedelta(days=1), licenses=licenses(license("AL", expires_on=None))) == (
        "CERT_EXPIRED",
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"active": False}, "LICENSE_INACTIVE"),
        ({"status": "NOT_ACTIVE"}, "LICENSE_INACTIVE"),
        ({"expires_on": YESTERDAY}, "LICENSE_EXPIRED"),
        ({"lines": ()}, "LOA_MISSING"),
        ({"lines": (Line(code="16", name="Accident and Health", active=False),)}, "LOA_INACTIVE"),
        ({"lines": (Line(code="11", name="Life", active=True),)}, "LOA_MISSING"),
    ],
)
def test_the_license_has_to_be_in_order_with_the_health_line(changes, code):
    assert missing(licenses=licenses(license("AL", **changes))) == (code,)


def test_a_license_that_ends_today_is_good_today_and_not_tomorrow():
    ending = licenses(license("AL", expires_on=TODAY))
    assert missing(licenses=ending) == ()
    assert missing(licenses=ending, on=TOMORROW) == ("LICENSE_EXPIRED",)


def test_a_state_without_license_is_told():
    assert missing(state="OR", licenses=licenses())[0] == "LICENSE_NOT_FOUND"


def test_an_npn_the_registry_does_not_know_is_told():
    assert missing(licenses=None) == ("NPN_NOT_FOUND",)


def test_licenses_older_than_two_registry_cycles_are_not_relied_upon():
    assert missing(licenses=licenses(as_of=NOW - timedelta(days=2))) == ()
    assert missing(licenses=licenses(as_of=NOW - timedelta(days=2, seconds=1))) == ("DATA_STALE",)


def test_an_up_front_state_wants_the_appointment_in_force_on_the_day():
    starting = (order("AL", effective=TODAY),)
    assert missing(appointments=starting) == ()
    assert missing(appointments=starting, on=YESTERDAY) == ("APPOINTMENT_PENDING",)


def test_an_approval_without_a_date_is_not_taken_for_one_in_force():
    assert missing(appointments=(order("AL", effective_on=None),)) == ("APPOINTMENT_PENDING",)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (AppointmentStatus.DRAFT, "APPOINTMENT_PENDING"),
        (AppointmentStatus.SUBMITTED, "APPOINTMENT_PENDING"),
        (AppointmentStatus.ACCEPTED_BY_GATEWAY, "APPOINTMENT_PENDING"),
        (AppointmentStatus.PENDING_STATE, "APPOINTMENT_PENDING"),
        (AppointmentStatus.UNANSWERED, "APPOINTMENT_PENDING"),
        (AppointmentStatus.REJECTED, "NOT_APPOINTED"),
        (AppointmentStatus.NO_VALID_LICENSE, "NOT_APPOINTED"),
    ],
)
def test_in_an_up_front_state_only_an_approval_counts(status, code):
    assert missing(appointments=(order("AL", status),)) == (code,)


def test_in_an_up_front_state_nothing_ordered_is_not_appointed():
    assert missing(appointments=()) == ("NOT_APPOINTED",)


def test_a_state_without_a_rule_counts_as_up_front_and_says_so():
    assert missing(state="VT") == ("RULE_UNKNOWN",)
    assert missing(state="VT", appointments=(order("VT"),)) == ()
    assert missing(state="VT", appointments=(order("VT", AppointmentStatus.SUBMITTED),)) == ("APPOINTMENT_PENDING",)


def test_a_just_in_time_state_needs_no_appointment_before_the_first_sale():
    assert missing(state="TN") == ()
    assert missing(state="TN", sales=(sale(received=TODAY),), on=YESTERDAY) == ()


def test_after_the_first_sale_a_just_in_time_state_needs_an_order():
    assert missing(state="TN", sales=(sale(),)) == ("NOT_APPOINTED",)
    assert missing(state="TN", sales=(sale(),), appointments=(order("TN", AppointmentStatus.REJECTED),)) == (
        "NOT_APPOINTED",
    )


def test_an_order_inside_its_clock_is_enough_until_the_due_day():
    sold = sale(received=TODAY - timedelta(days=15))
    waiting = (order("TN", AppointmentStatus.ACCEPTED_BY_GATEWAY),)
    assert missing(state="TN", sales=(sold,), appointments=waiting) == ()
    assert missing(state="TN", sales=(sold,), appointments=waiting, on=TOMORROW) == ("CLOCK_BREACHED",)


def test_an_appointment_in_force_ends_the_clock():
    sold = sale(received=date(2026, 10, 1))
    assert missing(state="TN", sales=(sold,), appointments=(order("TN"),)) == ()


def test_a_sale_elsewhere_starts_no_clock_here():
    assert missing(state="TN", sales=(sale("KS"),)) == ()


@pytest.mark.parametrize("state", ["CO", "MD"])
def test_where_nothing_is_filed_the_carriers_own_record_is_needed(state):
    recorded = (order(state, AppointmentStatus.RECORDED),)
    assert missing(state=state) == ("NOT_APPOINTED",)
    assert missing(state=state, appointments=recorded) == ()
    assert missing(state=state, appointments=recorded, on=date(2026, 11, 8))[-1] == "NOT_APPOINTED"


def test_the_rule_of_the_day_asked_decides():
    assert missing(state="KS") == ()
    assert missing(state="KS", on=YESTERDAY) == ("NOT_APPOINTED",)


def test_an_answer_that_came_today_was_pending_yesterday():
    rejected = (order("AL", AppointmentStatus.REJECTED, answered_at=NOW),)
    assert missing(appointments=rejected) == ("NOT_APPOINTED",)
    assert missing(appointments=rejected, on=YESTERDAY) == ("APPOINTMENT_PENDING",)


def test_one_requirement_can_be_left_aside():
    assert asked(replace(PRODUCER, appointments=(), feed=None)).missing("appointed") == ("NOT_CERTIFIED",)


def test_all_that_is_missing_is_told_at_once():
    bare = replace(PRODUCER, check=None, feed=None, licenses=None, appointments=())
    assert asked(bare).missing() == ("BGC_PENDING", "NOT_CERTIFIED", "NPN_NOT_FOUND", "NOT_APPOINTED")


@pytest.mark.brings("D3")
@pytest.mark.parametrize(
    ("moment", "ready"), [("2026-12-01T04:59:00+00:00", True), ("2026-12-01T05:00:00+00:00", False)]
)
def test_a_license_of_a_state_with_two_zones_ends_by_its_capitals_clock(moment, ready):
    """Kentucky: its last day is over with midnight in Frankfort, wherever the carrier is."""
    now = datetime.fromisoformat(moment)
    held = licenses(license("KY", expires_on=date(2026, 11, 30)), as_of=now)
    known = (StateRule(**{**RULES[0].model_dump(), "state": "KY"}),)
    asking = replace(PRODUCER, licenses=held, rules=known, appointments=(order("KY"),))
    for home in ("America/Chicago", "America/New_York", "Pacific/Honolulu", "Pacific/Guam"):
        answer = ready_to_sell(replace(asking, home=ZoneInfo(home)), "KY", None, now)
        assert [one.code for one in answer.reasons if one.requirement == "licensed"] == [
            None if ready else "LICENSE_EXPIRED"
        ]


@pytest.mark.brings("D2")
def test_what_the_carrier_did_counts_by_the_carriers_day():
    """A contract sealed at 7 p.m. in Chicago covers a sale of that day, though it was the next day in UTC already."""
    sealed = datetime(2026, 11, 6, 1, 0, tzinfo=UTC)
    packet = PACKET.model_copy(update={"reached": {**PACKET.reached, "SUBMITTED": sealed}})
    on = date(2026, 11, 5)

    def contracted(zone):
        answer = ready_to_sell(replace(PRODUCER, packet=packet, home=ZoneInfo(zone)), "AL", on, NOW)
        return next((one.met, one.detail) for one in answer.reasons if one.requirement == "contracted")

    assert contracted("America/Chicago") == (True, "The contract was sealed on 2026-11-05.")
    assert contracted("UTC")[0] is False
