"""The sections of the demonstration packet: what may be saved, what is kept of it, and what is said about the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting.domain.errors import InvalidAnswers, NotFound
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.interview import (
    InterviewContext,
    InterviewDefinition,
    Rejection,
    SectionResult,
    check_section,
    followed,
    incomplete_sections,
    parse_interview,
    prefill,
    sections_needed,
    still_complete,
    summary,
)
from econtracting.domain.interview.questions import UNFINISHED, codes_blocking_appointment, yes_codes
from econtracting.domain.packet import InvitedAgent

FILE = Path(__file__).parents[2] / "functions/econtracting/packet_types/meridian/interview.json"
MERIDIAN: InterviewDefinition = parse_interview(FILE.read_bytes())
SSN = "987-65-4320"
HOME = {"line1": "12 Main St", "city": "Nashville", "state": "TN", "postal_code": "37210"}
AGENT: dict[str, Any] = {
    "first_name": "Ana",
    "middle_name": "Rae",
    "last_name": "King",
    "ssn": SSN,
    "ssn_confirm": "987654320",
    "birth_date": "05-17-1980",
    "mobile_phone": "(615) 555-0123",
    "email": "ana@example.com",
    "npn": "1564 5555",
    "residential": HOME,
}
AGENT_MASKS = {"ssn": "***-**-4320", "birth_date": "**-**-1980"}
CODES = [question.code for question in MERIDIAN.section("background").questions]
ALL_NO: dict[str, Any] = {code: {"answer": False} for code in CODES}
NOWHERE = {"website": "none", "facebook": "N/A", "linkedin": "None", "other": "none"}


def around(**more: Any) -> InterviewContext:
    invited = InvitedAgent(first_name="Ana", last_name="King", email="ana@example.com", npn="15645555")
    facts: dict[str, Any] = {
        "reference_date": date(2026, 11, 23), "synthetic_people": True, "invitation": invited, "level": "5",
    }  # fmt: skip
    return InterviewContext(**{**facts, **more})


def check(section: str, answers: Any, *, draft: bool = False, **more: Any) -> SectionResult:
    return check_section(MERIDIAN, section, answers, context=around(**more), draft=draft)


def refused(section: str, answers: Any, *, draft: bool = False, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidAnswers) as refusal:
        check(section, answers, draft=draft, **more)
    assert all(error.message for error in refusal.value.errors)
    return [(error.field, error.rule) for error in refusal.value.errors]


def warned(result: SectionResult) -> list[tuple[str, str]]:
    return [(warning.field, warning.rule) for warning in result.warnings]


def without(answers: Mapping[str, Any], *names: str, **instead: Any) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if name not in names} | instead


def saved(section: str, result: SectionResult) -> Section:
    return Section(
        packet_id="pkt_test", name=section, version=1, complete=result.complete, public=result.public,
        masked=result.masked, saved_at=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip


def test_a_complete_section_is_stored_in_normal_form() -> None:
    result = check("agent", AGENT)
    assert result.complete
    assert result.public == without(
        AGENT, "ssn", "ssn_confirm", "birth_date", mobile_phone="+16155550123", npn="15645555"
    )
    assert result.sensitive == {"ssn": SSN, "birth_date": "1980-05-17"}
    assert result.masked == AGENT_MASKS


def test_sensitive_answers_are_in_nothing_but_the_sensitive_part() -> None:
    result = check("agent", AGENT)
    elsewhere = result.model_dump_json(exclude={"sensitive"})
    assert not any(secret in elsewhere for secret in (SSN, "987654320", "98765", "05-17", "1980-05-17"))


def test_everything_missing_is_named_at_once() -> None:
    assert refused("agent", {}) == [
        *((name, "required") for name in ("first_name", "last_name", "ssn", "birth_date", "email", "npn")),
        *((f"residential.{name}", "required") for name in ("line1", "city", "state", "postal_code")),
        ("middle_name", "exactly-one"),
        ("mobile_phone", "at-least-one"),
    ]


def test_what_is_wrong_is_not_called_missing_as_well() -> None:
    wrong = without(AGENT, first_name="J0hn", mobile_phone="555", middle_name="<b>", ssn="000-12-3456")
    assert refused("agent", wrong) == [
        ("first_name", "name-digits"),
        ("middle_name", "name-characters"),
        ("ssn", "ssn-area"),
        ("mobile_phone", "phone-format"),
    ]


def test_messages_are_the_packets_own_where_it_has_some() -> None:
    with pytest.raises(InvalidAnswers) as refusal:
        check("agent", without(AGENT, "npn"))
    assert (
        refusal.value.errors[0].message
        == "Please enter your National Producer Number; it is needed for every appointment."
    )


def test_an_unknown_field_is_an_error_wherever_it_stands() -> None:
    assert refused("agent", {**AGENT, "sssn": "1"}) == [("sssn", "unknown-field")]
    assert refused("agent", {**AGENT, "residential": {**HOME, "zip": "1"}}) == [("residential.zip", "unknown-field")]
    answers = {**ALL_NO, "BQ2": {"answer": False, "note": "x"}, "BQ99": {"answer": False}}
    assert refused("background", answers) == [("BQ99", "unknown-field"), ("BQ2.note", "unknown-field")]


def test_an_unknown_field_with_an_endless_name_is_answered_shortly() -> None:
    with pytest.raises(InvalidAnswers) as refusal:
        check("agent", {**AGENT, **{f"{number}{'x' * 1000}": 1 for number in range(1000)}})
    assert len(refusal.value.errors) == 20
    assert all(len(error.field) <= 60 for error in refusal.value.errors)


@pytest.mark.parametrize("answers", [[], "text", 3, None])
def test_a_section_that_is_no_set_of_fields_is_refused(answers: object) -> None:
    assert refused("agent", answers) == [("", "wrong-type")]


@pytest.mark.parametrize(
    ("name", "raw"), [("first_name", 3), ("no_middle_name", "yes"), ("residential", "12 Main St"), ("ssn", 987654320)]
)
def test_a_wrong_type_is_refused_even_in_a_draft(name: str, raw: object) -> None:
    assert (name, "wrong-type") in refused("agent", {name: raw}, draft=True)
    assert (name, "wrong-type") in refused("agent", {**AGENT, name: raw})


def test_no_middle_name_is_said_explicitly_and_not_beside_one() -> None:
    assert check("agent", without(AGENT, "middle_name", no_middle_name=True)).complete
    assert refused("agent", without(AGENT, "middle_name")) == [("middle_name", "exactly-one")]
    assert refused("agent", without(AGENT, "middle_name", no_middle_name=False)) == [("middle_name", "exactly-one")]
    assert refused("agent", {**AGENT, "no_middle_name": True}) == [("no_middle_name", "contradiction")]


def test_a_middle_initial_is_accepted_with_a_hint() -> None:
    assert warned(check("agent", {**AGENT, "middle_name": "R"})) == [("middle_name", "single-letter")]


def test_one_telephone_number_of_either_kind_is_enough() -> None:
    assert check("agent", without(AGENT, "mobile_phone", business_phone="615.555.0124")).complete


def test_a_suffix_behind_the_last_name_moves_into_its_field() -> None:
    public = check("agent", {**AGENT, "last_name": "King Jr."}).public
    assert (public["last_name"], public["suffix"]) == ("King", "JR")


def test_a_suffix_that_contradicts_its_field_stays_where_it_is() -> None:
    public = check("agent", {**AGENT, "last_name": "King III", "suffix": "JR"}).public
    assert (public["last_name"], public["suffix"]) == ("King III", "JR")


def test_the_ssn_is_typed_twice_and_the_second_is_never_stored() -> None:
    assert refused("agent", without(AGENT, "ssn_confirm")) == [("ssn_confirm", "unconfirmed")]
    assert refused("agent", {**AGENT, "ssn_confirm": "987-65-4321"}) == [("ssn_confirm", "confirm-mismatch")]
    assert refused("agent", {**AGENT, "ssn_confirm": "rubbish"}) == [("ssn_confirm", "confirm-mismatch")]
    assert "ssn_confirm" not in json.dumps(check("agent", AGENT).model_dump())


def test_a_made_up_ssn_is_saved_with_a_warning() -> None:
    result = check("agent", {**AGENT, "ssn": "123-45-6789", "ssn_confirm": "123456789"})
    assert warned(result) == [("ssn", "ssn-dummy")]


def test_a_test_persons_ssn_is_refused_where_the_switch_is_off() -> None:
    assert refused("agent", AGENT, synthetic_people=False) == [("ssn", "ssn-area")]


@pytest.mark.parametrize(
    "answers", [{**AGENT, **AGENT_MASKS, "ssn_confirm": ""}, without(AGENT, *AGENT_MASKS, "ssn_confirm")]
)
def test_masks_sent_back_or_left_out_keep_what_is_stored(answers: dict[str, Any]) -> None:
    result = check("agent", answers, stored_masked=AGENT_MASKS)
    assert set(result.keep) == {"ssn", "birth_date"}
    assert result.sensitive == {}
    assert result.masked == AGENT_MASKS
    assert result.complete


def test_one_sensitive_answer_can_be_replaced_while_the_other_is_kept() -> None:
    result = check("agent", without(AGENT, "birth_date"), stored_masked={**AGENT_MASKS, "ssn": "***-**-9999"})
    assert result.keep == ("birth_date",)
    assert result.sensitive == {"ssn": SSN}


def test_a_null_clears_what_is_stored() -> None:
    result = check("agent", {"ssn": None}, draft=True, stored_masked=AGENT_MASKS)
    assert result.keep == ("birth_date",)
    assert result.masked == {"birth_date": "**-**-1980"}
    assert ("ssn", "required") in refused("agent", {**AGENT, "ssn": None}, stored_masked=AGENT_MASKS)


def test_a_mask_of_something_else_is_not_taken_for_an_answer() -> None:
    assert refused("agent", {**AGENT, "ssn": "***-**-1111"}, stored_masked=AGENT_MASKS) == [("ssn", "masked-value")]
    assert refused("agent", {**AGENT, "birth_date": "**-**-1980"}) == [("birth_date", "masked-value")]
    assert refused("background", {"BQ2": "***"}, draft=True) == [("BQ2", "masked-value")]


def test_a_draft_keeps_what_there_is_without_being_complete() -> None:
    result = check("agent", {"first_name": " Ana ", "residential": {"city": "Nashville"}}, draft=True)
    assert result.public == {"first_name": "Ana", "residential": {"city": "Nashville"}}
    assert not result.complete


def test_a_draft_is_not_complete_even_if_nothing_is_missing() -> None:
    assert not check("agent", AGENT, draft=True).complete


def test_a_draft_keeps_half_typed_public_answers_with_a_warning() -> None:
    result = check("agent", {"email": "ana@exam", "residential": {"postal_code": "372"}}, draft=True)
    assert result.public == {"email": "ana@exam", "residential": {"postal_code": "372"}}
    assert warned(result) == [("email", "email-format"), ("residential.postal_code", "postal-code-format")]


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"ssn": "772-10", "ssn_confirm": "772-10"}, ("ssn", "ssn-format")),
        ({"birth_date": "02-30-1990"}, ("birth_date", "date-real")),
        ({"ssn": SSN, "ssn_confirm": "987-65-4321"}, ("ssn_confirm", "confirm-mismatch")),
        ({"first_name": "An\u0000a"}, ("first_name", "control-character")),
        ({"first_name": "x" * 10_000_000}, ("first_name", "too-long")),
    ],
)
def test_a_draft_never_keeps_malformed_sensitive_or_unprintable_answers(
    answers: dict[str, Any], error: tuple[str, str]
) -> None:
    assert error in refused("agent", answers, draft=True)


def test_a_draft_does_not_keep_an_ssn_typed_once_and_says_so() -> None:
    result = check("agent", {"ssn": SSN}, draft=True)
    assert result.sensitive == {}
    assert warned(result) == [("ssn_confirm", "unconfirmed")]


def test_another_address_than_the_invited_one_is_pointed_out() -> None:
    assert warned(check("agent", {**AGENT, "email": "other@example.com"})) == [("email", "differs-from-invitation")]
    assert warned(check("agent", {**AGENT, "email": "ANA@EXAMPLE.COM"})) == []


def test_a_zip_code_of_another_state_is_a_warning_and_no_more() -> None:
    result = check("agent", {**AGENT, "residential": {**HOME, "state": "AL"}})
    assert warned(result) == [("residential.postal_code", "postal-code-state")]
    assert result.complete


def test_a_home_is_no_po_box_but_a_business_may_be_one() -> None:
    box = {**HOME, "line1": "PO Box 12"}
    assert refused("agent", {**AGENT, "residential": box}) == [("residential.line1", "po-box")]
    assert check("addresses", {"business": box}).complete


def test_the_county_is_asked_for_florida_only() -> None:
    assert check("agent", AGENT, requested_states=("AL",)).complete
    assert refused("agent", AGENT, requested_states=("FL",)) == [("residential.county", "required")]
    in_county = {**AGENT, "residential": {**HOME, "county": "Davidson"}}
    assert check("agent", in_county, requested_states=("FL",)).complete


SAME = {"business": {"same_as_residential": True}, "commission": {"same_as_business": True}}


def test_ticked_boxes_copy_along_the_chain() -> None:
    result = check("addresses", SAME, other_sections={"agent": {"residential": HOME}})
    assert result.public == {
        "business": {"same_as_residential": True, **HOME},
        "commission": {"same_as_business": True, **HOME},
    }


def test_a_ticked_group_is_read_only() -> None:
    answers = {"business": {"same_as_residential": True, "line1": "9 Other St"}}
    result = check("addresses", answers, other_sections={"agent": {"residential": HOME}})
    assert result.public["business"]["line1"] == "12 Main St"


def test_unticking_keeps_the_values_that_are_sent() -> None:
    result = check("addresses", {"business": {"same_as_residential": False, **HOME}})
    assert result.public == {"business": HOME}


@pytest.mark.parametrize(
    "source", [{}, {"residential": without(HOME, "city")}, {"residential": {**HOME, "state": "XX"}}]
)
def test_copying_an_incomplete_source_is_refused(source: dict[str, Any]) -> None:
    answers = {"business": {"same_as_residential": True}}
    assert refused("addresses", answers, other_sections={"agent": source}) == [
        ("business.same_as_residential", "copy-incomplete")
    ]


def test_a_draft_may_follow_an_incomplete_source() -> None:
    result = check("addresses", {"business": {"same_as_residential": True}}, draft=True)
    assert result.public == {"business": {"same_as_residential": True}}
    assert warned(result) == [("business.same_as_residential", "copy-incomplete")]


def test_a_switch_is_yes_or_no() -> None:
    answers = {"business": {"same_as_residential": "yes", **HOME}}
    assert refused("addresses", answers) == [("business.same_as_residential", "wrong-type")]


def test_what_follows_shows_the_source_as_it_is_now() -> None:
    stored = check("addresses", SAME, other_sections={"agent": {"residential": HOME}}).public
    moved = {**HOME, "line1": "99 New St"}
    now = followed(MERIDIAN, {"agent": {"residential": moved}, "addresses": stored})
    assert now["addresses"]["business"]["line1"] == "99 New St"
    assert now["addresses"]["commission"]["line1"] == "99 New St"
    assert stored["business"]["line1"] == "12 Main St"


def test_the_mailing_address_is_given_whole_or_not_at_all() -> None:
    assert check("addresses", {"business": HOME, "commission": {}}).public == {"business": HOME}
    assert refused("addresses", {"business": HOME, "commission": {"city": "Nashville"}}) == [
        ("commission.line1", "required"),
        ("commission.state", "required"),
        ("commission.postal_code", "required"),
    ]


def test_each_web_page_is_an_address_or_an_explicit_none() -> None:
    assert set(check("online-presence", NOWHERE).public.values()) == {"None"}
    assert refused("online-presence", {**NOWHERE, "facebook": ""}) == [("facebook", "required")]
    assert refused("online-presence", {**NOWHERE, "other": "test@test.com"}) == [("other", "url-email")]


def test_the_list_of_states_is_the_recruiters_and_is_complete_once_read() -> None:
    result = check("pre-appointments", {"requested_states": ["TX"], "acknowledged": True}, requested_states=("AL",))
    assert result.public == {"requested_states": ["AL"], "acknowledged": True}
    assert warned(result) == [("requested_states", "read-only")]
    assert refused("pre-appointments", {"acknowledged": False}) == [("acknowledged", "required")]


def test_every_question_wants_an_answer() -> None:
    assert refused("background", {}) == [(code, "required") for code in CODES]
    assert refused("background", {**ALL_NO, "BQ5": {}}) == [("BQ5.answer", "required")]
    assert check("background", ALL_NO).complete


def test_the_questionnaire_has_all_topics_of_the_uniform_application() -> None:
    assert {"BQ1A", "BQ1B", "BQ1C", "BQ2", "BQ3", "BQ4", "BQ5", "BQ6", "BQ7", "BQ8"} <= set(CODES)


def test_how_a_question_was_answered_is_not_to_be_seen() -> None:
    yes = {"answer": True, "explanation": "long ago"}
    result = check("background", {**ALL_NO, "BQ2": yes})
    assert result.public == {}
    assert set(result.masked.values()) == {"***"}
    assert result.sensitive["BQ2"] == yes


def test_a_yes_is_explained() -> None:
    for explanation in (None, "", "   "):
        answers = {**ALL_NO, "BQ2": {"answer": True, "explanation": explanation}}
        assert refused("background", answers) == [("BQ2.explanation", "required")]
    answers = {**ALL_NO, "BQ2": {"answer": True, "explanation": "x" * 4001}}
    assert refused("background", answers) == [("BQ2.explanation", "too-long")]


def test_a_no_drops_what_was_explained_before() -> None:
    result = check("background", {**ALL_NO, "BQ2": {"answer": False, "explanation": "a mistake"}})
    assert result.sensitive["BQ2"] == {"answer": False}


def test_a_yes_is_followed_up() -> None:
    answers = {**ALL_NO, "BQ7": {"answer": True, "explanation": "x", "months_behind": "two"}}
    assert refused("background", answers) == [
        ("BQ7.months_behind", "wrong-type"),
        ("BQ7.payment_plan", "required"),
        ("BQ7.subpoena_or_warrant", "required"),
    ]


@pytest.mark.parametrize("answer", ["yes", 1, [True]])
def test_a_question_is_answered_with_a_real_yes_or_no(answer: object) -> None:
    assert ("BQ2.answer", "wrong-type") in refused("background", {**ALL_NO, "BQ2": {"answer": answer}})


def felony(**more: Any) -> dict[str, Any]:
    return {**ALL_NO, "BQ1B": {"answer": True, "explanation": "x", "written_consent_1033": True, **more}}


def test_uploads_are_named_by_ids_the_packet_has() -> None:
    known = frozenset({"att_1", "att_2"})
    result = check("background", felony(attachments=["att_1", "att_1"]), attachments=known)
    assert result.sensitive["BQ1B"]["attachments"] == ["att_1"]
    assert refused("background", felony(attachments=["att_3"]), attachments=known) == [
        ("BQ1B.attachments", "attachment-unknown")
    ]
    assert refused("background", felony(attachments=["../x"])) == [("BQ1B.attachments", "attachment-unknown")]
    assert refused("background", felony(attachments="att_1")) == [("BQ1B.attachments", "wrong-type")]
    assert refused("background", felony(attachments=[f"att_{n}" for n in range(6)])) == [
        ("BQ1B.attachments", "too-many-attachments")
    ]


def test_a_felony_without_uploaded_consent_is_saved_but_blocks_the_appointment() -> None:
    result = check("background", felony())
    assert warned(result) == [("BQ1B.attachments", "upload-missing")]
    assert codes_blocking_appointment(MERIDIAN, result.sensitive) == ("BQ1B",)
    uploaded = check("background", felony(attachments=["att_1"])).sensitive
    assert codes_blocking_appointment(MERIDIAN, uploaded) == ()


def test_a_yes_needs_review_unless_it_only_points_to_documents() -> None:
    on_file = {"BQ8": {"answer": True, "explanation": "x", "reference": "123"}}
    assert yes_codes(MERIDIAN, check("background", ALL_NO).sensitive) == ()
    assert yes_codes(MERIDIAN, check("background", {**felony(), **on_file}).sensitive) == ("BQ1B",)


def test_kept_questions_need_not_be_answered_again() -> None:
    stored = dict.fromkeys(CODES, "***")
    result = check("background", {"BQ1A": {"answer": False}}, stored_masked=stored)
    assert result.complete
    assert set(result.keep) == set(CODES) - {"BQ1A"}


def test_a_draft_keeps_an_unfinished_yes_and_remembers_that_it_is_unfinished() -> None:
    result = check("background", {"BQ2": {"answer": True}}, draft=True)
    assert result.sensitive == {"BQ2": {"answer": True}}
    assert result.masked == {"BQ2": UNFINISHED}
    stored = {**dict.fromkeys(CODES, "***"), "BQ2": UNFINISHED}
    assert refused("background", stored, stored_masked=stored) == [("BQ2", "unfinished")]


def test_direct_deposit_is_asked_of_directly_paid_agents_only() -> None:
    assert "direct-deposit" in sections_needed(MERIDIAN, around(level="5"))
    assert "direct-deposit" not in sections_needed(MERIDIAN, around(level="4"))
    with pytest.raises(NotFound) as unknown:
        check("direct-deposit", {"eft": True}, level="4")
    assert unknown.value.code == "section-not-found"
    assert check("direct-deposit", {"eft": False}).public == {"eft": False}
    assert refused("direct-deposit", {}) == [("eft", "required")]


def test_a_section_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound) as refusal:
        check("hobbies", {})
    assert refusal.value.code == "section-not-found"


def test_what_the_recruiter_told_is_filled_in_for_checking() -> None:
    invited = InvitedAgent(first_name="Ana", last_name="King, Jr.", email="ana@example.com")
    assert prefill(MERIDIAN, "agent", around(invitation=invited)) == {
        "first_name": "Ana",
        "last_name": "King",
        "suffix": "JR",
        "email": "ana@example.com",
    }
    assert prefill(MERIDIAN, "pre-appointments", around(requested_states=("AL",))) == {"requested_states": ["AL"]}
    assert prefill(MERIDIAN, "background", around()) == {}


def everything(**more: Any) -> dict[str, Section]:
    others = {"agent": {"residential": HOME}}
    answers: dict[str, Any] = {
        "agent": AGENT, "addresses": SAME, "online-presence": NOWHERE, "pre-appointments": {"acknowledged": True},
        "background": ALL_NO, "direct-deposit": {"eft": True},
    }  # fmt: skip
    return {name: saved(name, check(name, each, other_sections=others, **more)) for name, each in answers.items()}


def test_an_interview_is_complete_when_every_section_is() -> None:
    assert incomplete_sections(MERIDIAN, everything(), around()) == ()


def test_sections_missing_or_drafted_are_named_in_order() -> None:
    sections = everything()
    del sections["online-presence"]
    sections["agent"] = sections["agent"].model_copy(update={"complete": False})
    assert incomplete_sections(MERIDIAN, sections, around()) == ("agent", "online-presence")


def test_a_section_becomes_incomplete_when_the_recruiter_adds_a_state_that_asks_for_more() -> None:
    assert incomplete_sections(MERIDIAN, everything(), around(requested_states=("FL",))) == ("agent",)


def test_a_complete_section_stays_complete_when_it_is_looked_at_again() -> None:
    for section in everything().values():
        assert still_complete(MERIDIAN, section, context=around(other_sections={"agent": {"residential": HOME}}))


def test_a_section_not_needed_is_not_missed() -> None:
    sections = everything()
    del sections["direct-deposit"]
    assert incomplete_sections(MERIDIAN, sections, around(level="4")) == ()


def test_the_summary_shows_every_field_with_blanks_blank_and_secrets_masked() -> None:
    lines = {(line.section, line.field): line.value for line in summary(MERIDIAN, everything(), around())}
    assert lines["agent", "first_name"] == "Ana"
    assert lines["agent", "suffix"] == ""
    assert lines["agent", "ssn"] == "***-**-4320"
    assert lines["agent", "birth_date"] == "**-**-1980"
    assert lines["agent", "mobile_phone"] == "(615) 555-0123"
    assert lines["agent", "residential.line2"] == ""
    assert lines["addresses", "commission.city"] == "Nashville"
    assert lines["online-presence", "other"] == "None"
    assert lines["background", "BQ1B"] == "***"
    assert lines["direct-deposit", "eft"] == "Yes"


def test_the_summary_of_an_empty_interview_is_all_blank() -> None:
    assert {line.value for line in summary(MERIDIAN, {}, around())} == {""}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
SECTIONS = [section.name for section in MERIDIAN.sections]


def _names(section: str) -> list[str]:
    found = MERIDIAN.section(section)
    return [field.name for field in found.fields] + [question.code for question in found.questions] + ["ssn_confirm"]


@st.composite
def any_answers(draw: Callable[..., Any]) -> tuple[str, Any]:
    section = draw(st.sampled_from(SECTIONS))
    group = st.dictionaries(st.sampled_from([*HOME, "same_as_residential", "answer", "attachments"]), JSON, max_size=4)
    return section, draw(st.dictionaries(st.sampled_from(_names(section)), JSON | group, max_size=8) | JSON)


@given(case=any_answers(), draft=st.booleans())
def test_any_json_at_all_is_saved_or_refused_by_field_and_rule(case: tuple[str, Any], draft: bool) -> None:
    section, answers = case
    errors: tuple[Rejection, ...] = ()
    try:
        result = check(section, answers, draft=draft)
    except InvalidAnswers as refusal:
        errors, result = refusal.errors, None
    if result is None:
        assert errors
        assert all(error.rule and error.message for error in errors)
        return
    assert result.complete is not draft
    assert set(result.masked) == set(result.sensitive)
    assert not set(result.public) & set(result.masked)


@given(
    chosen=st.fixed_dictionaries(
        {
            "first_name": st.sampled_from(["Ana", " José ", "D’Angelo", "Ольга"]),
            "last_name": st.sampled_from(["King", "King Jr.", "St. John", "O'Neil-Smith"]),
            "suffix": st.sampled_from([None, "", "jr.", "II"]),
            "business_phone": st.sampled_from([None, "6155550199", "+1 (615) 555-0100"]),
            "email": st.sampled_from(["ana@example.com", "A.b+x@EXAMPLE.com"]),
        }
    )
)
def test_saving_again_what_a_screen_shows_changes_nothing(chosen: dict[str, Any]) -> None:
    first = check("agent", {**AGENT, **chosen})
    again = check("agent", {**first.public, **first.masked}, stored_masked=first.masked)
    assert again.public == first.public
    assert again.masked == first.masked
    assert set(again.keep) == set(first.masked)
