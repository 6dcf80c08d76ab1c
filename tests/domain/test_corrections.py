"""Corrections: what is named may change, what was signed as it is may not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from econtracting.domain.corrections import (
    CorrectionRequest,
    CorrectionSchedule,
    checked_fields,
    fields_meaning,
    next_reminder,
    require_only_requested,
)
from econtracting.domain.errors import InvalidAnswers, InvalidRequest
from econtracting.domain.fields.conditions import ConditionFacts
from econtracting.domain.interview.interview import parse_interview
from econtracting.domain.packet import Agency, InvitedAgent, Packet, Recruiter, SectionState

FILE = Path(__file__).parents[2] / "functions/econtracting/packet_types/meridian/interview.json"
MERIDIAN = parse_interview(FILE.read_bytes())
EVERYTHING = ConditionFacts(level="5")
ASKED_AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
HOME = {"line1": "12 Main St", "city": "Nashville", "state": "TN", "postal_code": "37210"}
ANSWERS = {"first_name": "Ana", "last_name": "King", "residential": HOME}


def request(*fields, **changes):
    values = {
        "packet_id": "pkt_1",
        "number": 1,
        "fields": fields or ("agent.ssn",),
        "reason": "SSN_MISMATCH",
        "requested_by": "background-check",
        "requested_at": ASKED_AT,
        "versions": {"agent": 3},
    }
    return CorrectionRequest(**{**values, **changes})


def packet(**versions):
    return Packet(
        id="pkt_1",
        type="meridian",
        type_version="1",
        agent=InvitedAgent(first_name="Ana", last_name="King", email="ana@example.com"),
        recruiter=Recruiter(name="Robin", email="robin@example.com", phone="615-555-0100"),
        agency=Agency(id="a1", name="Agency"),
        level="4",
        created_at=ASKED_AT,
        expires_at=ASKED_AT,
        status_at=ASKED_AT,
        sections={name: SectionState(version=version, complete=True) for name, version in versions.items()},
    )


def check(asked, after, *retyped, section="agent", before=ANSWERS):
    require_only_requested(MERIDIAN, asked, section, before, after, retyped)


def refused(asked, after, *retyped, **more):
    with pytest.raises(InvalidAnswers) as refusal:
        check(asked, after, *retyped, **more)
    return [row["field"] for row in refusal.value.facts["errors"]]


@pytest.mark.parametrize(
    ("meanings", "paths"),
    [
        (["ssn"], ("agent.ssn",)),
        (["birth_date", "ssn"], ("agent.birth_date", "agent.ssn")),
        (["middle_name"], ("agent.middle_name", "agent.no_middle_name")),
        (["residence"], ("agent.residential",)),
        (["shoe_size"], ()),
        ([], ()),
    ],
)
def test_what_could_not_be_confirmed_leads_to_the_fields_of_the_interview(meanings, paths):
    assert fields_meaning(MERIDIAN, meanings) == paths


@pytest.mark.parametrize("path", ["agent.ssn", "agent.residential", "agent.residential.city", "background.BQ1B"])
def test_any_field_of_the_interview_may_be_named(path):
    assert checked_fields(MERIDIAN, [path, path], EVERYTHING) == (path,)


@pytest.mark.parametrize("path", ["ssn", "agent", "agent.", "agent.shoe_size", "agent.residential.planet", "x.y", ""])
def test_a_field_the_interview_does_not_have_is_refused_by_its_place(path):
    with pytest.raises(InvalidRequest) as refusal:
        checked_fields(MERIDIAN, ["agent.ssn", path], EVERYTHING)
    assert [row["field"] for row in refusal.value.facts["errors"]] == ["fields.1"]


@pytest.mark.law("T13b")
def test_a_part_that_this_agent_is_not_asked_cannot_be_corrected():
    with pytest.raises(InvalidRequest) as refusal:
        checked_fields(MERIDIAN, ["agent.ssn", "direct-deposit.eft"], ConditionFacts(level="4"))
    (error,) = refusal.value.facts["errors"]
    assert (error["field"], error["rule"]) == ("fields.1", "section-not-asked")
    assert checked_fields(MERIDIAN, ["direct-deposit.eft"], EVERYTHING)


def test_a_correction_of_nothing_is_refused():
    with pytest.raises(InvalidRequest):
        checked_fields(MERIDIAN, [], EVERYTHING)


def test_saving_unchanged_answers_is_allowed():
    check(request(), dict(ANSWERS))


def test_a_sensitive_answer_that_was_asked_for_may_come_anew():
    check(request("agent.ssn"), ANSWERS, "ssn")


def test_a_sensitive_answer_nobody_asked_for_may_not():
    assert refused(request("agent.ssn"), ANSWERS, "birth_date") == ["birth_date"]


def test_a_changed_answer_nobody_asked_for_is_named():
    assert refused(request("agent.ssn"), {**ANSWERS, "first_name": "Anna"}) == ["first_name"]


def test_a_dropped_answer_is_a_changed_one():
    assert refused(request("agent.ssn"), {"first_name": "Ana", "residential": HOME}) == ["last_name"]


def test_asking_for_one_member_of_a_group_opens_only_that_member():
    asked = request("agent.residential.postal_code")
    check(asked, {**ANSWERS, "residential": {**HOME, "postal_code": "37211"}})
    assert refused(asked, {**ANSWERS, "residential": {**HOME, "city": "Memphis"}}) == ["residential.city"]


def test_asking_for_a_group_opens_all_of_it():
    check(request("agent.residential"), {**ANSWERS, "residential": {**HOME, "city": "Memphis", "line2": "Apt 4"}})


def test_whoever_may_mend_the_middle_name_may_say_that_there_is_none():
    check(request("agent.middle_name"), {**ANSWERS, "no_middle_name": True})
    check(request("agent.no_middle_name"), {**ANSWERS, "middle_name": "Rae"})


def test_a_question_is_one_answer():
    check(request("background.BQ4"), {}, "BQ4", section="background", before={})
    assert refused(request("background.BQ4"), {}, "BQ1B", section="background", before={}) == ["BQ1B"]


def test_each_named_section_has_to_be_saved_again():
    asked = request("agent.ssn", "background.BQ4", versions={"agent": 3, "background": 1})
    assert asked.untouched(packet(agent=3, background=1)) == ("agent", "background")
    assert asked.untouched(packet(agent=4, background=1)) == ("background",)
    assert asked.untouched(packet(agent=4, background=2)) == ()


def test_reminders_come_in_order_and_then_the_time_is_over():
    patience = CorrectionSchedule((timedelta(days=3), timedelta(days=7)), timedelta(days=30))
    assert next_reminder(request(), patience) == (ASKED_AT + timedelta(days=3), True)
    assert next_reminder(request(reminders=1), patience) == (ASKED_AT + timedelta(days=7), True)
    assert next_reminder(request(reminders=2), patience) == (ASKED_AT + timedelta(days=30), False)


def test_no_reminder_comes_after_the_time_is_over():
    assert next_reminder(request(), CorrectionSchedule((timedelta(days=40),), timedelta(days=30)))[1] is False
