"""Each type of field against what it must take and refuse, and what holds for any input at all."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting.domain.fields import identity as identity_rules
from econtracting.domain.fields import us
from econtracting.domain.fields.contact import NO_URL
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.fields.text import no_address, person_name
from econtracting.domain.interview import fields
from econtracting.domain.interview.definition import Field, FieldType
from econtracting.domain.interview.fields import FieldContext

TODAY = date(2026, 11, 23)
CONTEXT = FieldContext(reference_date=TODAY)
TEXT_TYPES: tuple[FieldType, ...] = (
    "name", "text", "long-text", "city", "address-line", "state", "postal-code", "ssn", "birth-date", "phone",
    "extension", "email", "npn", "url-or-none", "choice",
)  # fmt: skip


def a(kind: FieldType, **more: Any) -> Field:
    if kind == "choice":
        more.setdefault("choices", ("JR", "SR", "II", "III", "IV", "V"))
    return Field(name="asked", label="Asked", type=kind, **more)


def read(kind: FieldType, raw: Any, context: FieldContext = CONTEXT, **more: Any) -> Any:
    return fields.read(a(kind, **more), raw, context)


def outcome(kind: FieldType, raw: Any) -> Any:
    """The normal form, or the refusal itself."""
    try:
        return read(kind, raw)
    except Refusal as refusal:
        return refusal


def refused(kind: FieldType, raw: Any, context: FieldContext = CONTEXT, **more: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        read(kind, raw, context, **more)
    assert refusal.value.message
    return refusal.value.rule


@pytest.mark.parametrize("number", ["772-10-1234", "899-99-9999", "001-01-0001", "665-12-3456", "667-12-3456"])
def test_an_ssn_that_could_have_been_assigned_is_accepted(number: str) -> None:
    assert read("ssn", number) == number


@pytest.mark.parametrize("typed", ["772101234", "772 10 1234", " 772-10-1234 "])
def test_an_ssn_is_stored_in_one_form(typed: str) -> None:
    assert read("ssn", typed) == "772-10-1234"


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("000-12-3456", "ssn-area"),
        ("666-12-3456", "ssn-area"),
        ("900-12-3456", "ssn-area"),
        ("987-65-4320", "ssn-area"),
        ("999-70-1234", "ssn-area"),
        ("123-00-4567", "ssn-group"),
        ("123-45-0000", "ssn-serial"),
        ("078-05-1120", "ssn-known-fake"),
        ("219-09-9999", "ssn-known-fake"),
        ("12-345-6789", "ssn-format"),
        ("123-45-678", "ssn-format"),
        ("772-10 1234", "ssn-format"),
        ("772-10-1234\n5", "ssn-format"),
        ("٧٧٢-١٠-١٢٣٤", "ssn-format"),
    ],
)
def test_an_ssn_that_cannot_be_one_is_refused_by_name(number: str, rule: str) -> None:
    assert refused("ssn", number) == rule


def test_a_number_beginning_with_nine_is_explained_as_a_taxpayer_number() -> None:
    with pytest.raises(Refusal) as refusal:
        read("ssn", "999-70-1234")
    assert "ITIN" in refusal.value.message


@pytest.mark.parametrize("number", ["123-45-6789", "111-11-1111"])
def test_an_ssn_that_looks_made_up_is_accepted_with_a_remark(number: str) -> None:
    remark = fields.remark(a("ssn"), read("ssn", number))
    assert remark is not None
    assert remark.rule == "ssn-dummy"


@pytest.mark.parametrize("digit", range(10))
def test_the_numbers_of_test_people_pass_only_behind_the_switch(digit: int) -> None:
    number = f"987-65-432{digit}"
    assert read("ssn", number, FieldContext(reference_date=TODAY, synthetic_people=True)) == number
    assert refused("ssn", number) == "ssn-area"


def test_the_switch_admits_no_other_impossible_number() -> None:
    context = FieldContext(reference_date=TODAY, synthetic_people=True)
    assert refused("ssn", "987-65-4330", context) == "ssn-area"
    assert refused("ssn", "987-65-4319", context) == "ssn-area"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("15645555", "15645555"),
        ("19855109", "19855109"),
        ("7", "7"),
        ("1234567890", "1234567890"),
        ("1564 5555", "15645555"),
        ("1564-5555", "15645555"),
    ],
)
def test_an_npn_is_one_to_ten_digits(typed: str, stored: str) -> None:
    assert read("npn", typed) == stored


@pytest.mark.parametrize(
    ("typed", "rule"),
    [("0", "npn-zero"), ("01234567", "npn-zero"), ("12345678901", "npn-format"), ("ABC", "npn-format")],
)
def test_an_npn_that_cannot_be_one_is_refused(typed: str, rule: str) -> None:
    assert refused("npn", typed) == rule


@pytest.mark.parametrize("kind", TEXT_TYPES)
@pytest.mark.parametrize("blank", [None, "", "   "])
def test_a_blank_is_no_answer_in_any_type(kind: FieldType, blank: str | None) -> None:
    assert read(kind, blank) is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("02-29-2000", "2000-02-29"),
        ("11-23-2008", "2008-11-23"),
        ("05/17/1980", "1980-05-17"),
        ("1980-05-17", "1980-05-17"),
        ("1980/02/29", "1980-02-29"),
    ],
)
def test_a_birth_date_is_shown_month_first_and_stored_in_iso_form(typed: str, stored: str) -> None:
    assert read("birth-date", typed) == stored


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("02-29-1900", "date-real"),
        ("02-30-1990", "date-real"),
        ("13-01-1990", "date-real"),
        ("11-24-2026", "birth-date-future"),
        ("11-24-2008", "birth-date-age"),
        ("01-01-1899", "birth-date-past"),
        ("1-2-1980", "date-format"),
        ("yesterday", "date-format"),
    ],
)
def test_a_birth_date_that_does_not_exist_or_cannot_be_ones_own_is_refused(typed: str, rule: str) -> None:
    assert refused("birth-date", typed) == rule


def test_the_eighteenth_birthday_is_old_enough_and_the_day_before_is_not() -> None:
    assert read("birth-date", "11-23-2008") == "2008-11-23"
    assert refused("birth-date", "11-24-2008") == "birth-date-age"


def test_somebody_born_on_29_february_comes_of_age_on_1_march() -> None:
    assert refused("birth-date", "02-29-2008", FieldContext(reference_date=date(2026, 2, 28))) == "birth-date-age"
    assert read("birth-date", "02-29-2008", FieldContext(reference_date=date(2026, 3, 1))) == "2008-02-29"


def test_the_age_of_majority_is_data() -> None:
    assert refused("birth-date", "11-23-2006", minimum_age=21) == "birth-date-age"


@pytest.mark.parametrize("typed", ["37210", "37210-1234"])
def test_a_zip_code_has_five_or_nine_digits(typed: str) -> None:
    assert read("postal-code", typed) == typed


@pytest.mark.parametrize("typed", ["1234", "372101", "37210-12", "ABCDE", "37210 1234"])
def test_other_zip_codes_are_refused(typed: str) -> None:
    assert refused("postal-code", typed) == "postal-code-format"


@pytest.mark.parametrize(
    ("zip_code", "state", "fits"),
    [
        ("37210", "TN", True),
        ("37210", "AL", False),
        ("06390", "NY", True),
        ("00501", "NY", True),
        ("96799", "AS", True),
        ("73301", "TX", True),
        ("00000", "TN", False),
    ],
)
def test_a_zip_code_tells_its_state_by_three_digits(zip_code: str, state: str, fits: bool) -> None:
    assert us.in_state(zip_code, state) is fits


def test_there_are_fifty_six_states_and_each_has_zip_codes() -> None:
    assert len(us.STATES) == 56
    assert all(any(us.in_state(f"{prefix:03}00", state) for prefix in range(1000)) for state in us.STATES)


@pytest.mark.parametrize(("typed", "stored"), [("AL", "AL"), ("DC", "DC"), ("PR", "PR"), ("al", "AL"), (" tn ", "TN")])
def test_a_state_is_two_letters_in_upper_case(typed: str, stored: str) -> None:
    assert read("state", typed) == stored


@pytest.mark.parametrize("typed", ["XX", "ZZ", "Alabama", "ﬁ"])
def test_what_is_no_state_is_refused(typed: str) -> None:
    assert refused("state", typed) == "state-unknown"


@pytest.mark.parametrize("typed", ["(615) 555-0123", "615.555.0123", "+16155550123", "1 615 555 0123", "6155550123"])
def test_a_phone_number_is_stored_in_e164(typed: str) -> None:
    assert read("phone", typed) == "+16155550123"


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("555", "phone-format"),
        ("115-555-0123", "phone-area"),
        ("911-555-0123", "phone-area"),
        ("615-155-0123", "phone-exchange"),
        ("615-911-0123", "phone-exchange"),
        ("+442079460958", "phone-country"),
        ("615-555-0123 x1234567", "phone-format"),
        ("x5", "phone-format"),
        ("call me", "phone-format"),
    ],
)
def test_what_cannot_be_dialled_in_north_america_is_refused(typed: str, rule: str) -> None:
    assert refused("phone", typed) == rule


@pytest.mark.parametrize(
    "typed", ["O'Neil-Smith", "José", "Nguyễn", "D’Angelo", "St. John", "Łukasz", "Ольга", "Αγγελος", "R"]
)
def test_a_name_may_use_letters_of_any_script_that_the_papers_show(typed: str) -> None:
    assert read("name", typed) == typed


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("J0hn", "name-digits"),
        ("<b>x</b>", "name-characters"),
        ("-", "name-characters"),
        ("Ann\u0000a", "control-character"),
        ("Ann\ud800a", "control-character"),
        ("x" * 61, "too-long"),
        ("x" * 10_000_000, "too-long"),
        ("😀", "name-characters"),
    ],
)
def test_what_is_no_name_is_refused(typed: str, rule: str) -> None:
    assert refused("name", typed) == rule


@pytest.mark.law("T22")
@pytest.mark.parametrize(
    "typed",
    [
        "Visit evil.example",
        "evil.example",
        "Dana.evil.com",
        "www.evil",
        "WWW.Evil.Example",
        "Dana evil\uff0eexample",
        "Dana evil\u3002example",
        "Dana bücher.de",
        "Dana пример.рф",
        "Dana ev-il.co.uk Lee",
    ],
)
def test_a_name_holds_nothing_of_which_a_mail_program_makes_a_link(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        person_name(typed)
    assert refused.value.rule in ("address", "name-characters")
    with pytest.raises(Refusal) as refused:
        no_address(typed)
    assert refused.value.rule == "address"


@pytest.mark.law("T22")
@pytest.mark.parametrize(
    "typed", ["https://evil.example", "mailto:a@b.example", "a@b", "tel:Smith", "//evil", "10.0.0.1"]
)
def test_no_scheme_mail_address_or_number_of_a_host_stands_in_a_name(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        no_address(typed)
    assert refused.value.rule == "address"


@pytest.mark.law("T22")
@pytest.mark.parametrize(
    "typed",
    [
        "J.R. Ewing",
        "A.B.C. Agency",
        "Smith, Jones & Co.",
        "St. John",
        "Dr. Lee Jr.",
        "No. 1 Insurance",
        "Park: Life 2.0",
    ],
)
def test_ordinary_full_stops_stay_in_names(typed: str) -> None:
    assert no_address(typed) == typed


def test_a_name_is_stored_composed_and_with_single_spaces() -> None:
    assert read("name", "  Jose\u0301   Mari\u0301a ") == "José María"


def test_a_name_of_sixty_letters_fits() -> None:
    assert read("name", "x" * 60) == "x" * 60


def test_a_single_letter_is_accepted_as_middle_name_with_a_hint() -> None:
    field = a("name", hint_on_initial=True)
    for initial in ("R", "R."):
        remark = fields.remark(field, fields.read(field, initial, CONTEXT))
        assert remark is not None
        assert remark.rule == "single-letter"
    assert fields.remark(field, "Rae") is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://example.com", "https://example.com"),
        ("example.com", "https://example.com"),
        ("HTTP://Example.COM/Path?q=1#x", "http://example.com/Path?q=1#x"),
        ("example.com:8080/x", "https://example.com:8080/x"),
        ("example.com/?back=http://example.org", "https://example.com/?back=http://example.org"),
        ("https://bücher.example.com", "https://xn--bcher-kva.example.com"),
        ("none", NO_URL),
        ("N/A", NO_URL),
        ("None", NO_URL),
    ],
)
def test_a_web_address_is_public_or_an_explicit_none(typed: str, stored: str) -> None:
    assert read("url-or-none", typed) == stored


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("test@test.com", "url-email"),
        ("javascript:alert(1)", "url-scheme"),
        ("data:text/html,x", "url-scheme"),
        ("ftp://example.com", "url-scheme"),
        ("file:///etc/passwd", "url-scheme"),
        ("http://localhost", "url-host"),
        ("http://printer.local", "url-host"),
        ("http://intranet", "url-host"),
        ("http://169.254.169.254/", "url-ip"),
        ("http://[::1]/", "url-ip"),
        ("http://2130706433/", "url-ip"),
        ("http://0x7f.1/", "url-ip"),
        ("http://127.0.0.0x1/", "url-host"),
        ("https://u:p@example.com", "url-userinfo"),
        ("https://example.com\\@evil.example.com", "url-format"),
        ("https://exa mple.com", "url-format"),
        ("https://example.com:99999", "url-format"),
        ("https://-example.com", "url-host"),
        ("https://example.com/\u0000", "control-character"),
        ("https://", "url-host"),
        ("https://example.com/" + "x" * 2048, "too-long"),
    ],
)
def test_any_other_web_address_is_refused(typed: str, rule: str) -> None:
    assert refused("url-or-none", typed) == rule


@pytest.mark.parametrize(
    ("typed", "stored"), [("a.b+x@example.com", "a.b+x@example.com"), (" Ann@Example.COM ", "Ann@example.com")]
)
def test_an_email_address_keeps_its_local_part_and_lowers_its_host(typed: str, stored: str) -> None:
    assert read("email", typed) == stored


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("a@b", "email-format"),
        ("a@@b.com", "email-format"),
        ("A <a@b.com>", "email-format"),
        ("a@example.com\nBcc: b@example.com", "email-format"),
        (".a@example.com", "email-format"),
        ("x" * 65 + "@example.com", "email-length"),
        ("a@" + "x." * 130 + "com", "email-length"),
    ],
)
def test_what_is_no_bare_email_address_is_refused(typed: str, rule: str) -> None:
    assert refused("email", typed) == rule


@pytest.mark.parametrize("typed", ["PO Box 12", "P.O. Box 12", "p o box 12", "Post Office Box 12", "POB 12", "POBox 9"])
def test_nobody_lives_in_a_po_box(typed: str) -> None:
    assert refused("address-line", typed, po_box=False) == "po-box"
    assert read("address-line", typed, po_box=True) == typed


@pytest.mark.parametrize("typed", ["12 Boxwood Lane", "400 Post Oak Rd", "7 Pobst St", "1 Depot Box Rd"])
def test_a_street_that_sounds_like_a_po_box_is_none(typed: str) -> None:
    assert read("address-line", typed, po_box=False) == typed


def test_an_address_line_has_at_most_64_characters() -> None:
    assert read("address-line", "1" * 64) == "1" * 64
    assert refused("address-line", "1" * 65) == "too-long"


@pytest.mark.parametrize(("typed", "stored"), [("Jr.", "JR"), ("jr", "JR"), ("iii", "III"), ("V", "V")])
def test_a_choice_is_found_whatever_its_case(typed: str, stored: str) -> None:
    assert read("choice", typed) == stored


def test_a_choice_that_is_not_offered_is_refused() -> None:
    assert refused("choice", "PhD") == "choice-unknown"


def test_an_explanation_keeps_its_lines_and_has_at_most_4000_characters() -> None:
    assert read("long-text", "first\r\nsecond") == "first\nsecond"
    assert len(read("long-text", "x" * 4000)) == 4000
    assert refused("long-text", "x" * 4001) == "too-long"
    assert refused("long-text", "bell\u0007") == "control-character"


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        *((kind, raw) for kind in TEXT_TYPES for raw in (1, True, ["x"], {"x": 1})),
        ("yes-no", "yes"),
        ("yes-no", 1),
        ("box", "on"),
        ("whole-number", True),
        ("whole-number", 1.5),
        ("whole-number", "1.5"),
    ],
)
def test_a_wrong_type_is_never_converted(kind: FieldType, raw: object) -> None:
    assert refused(kind, raw) == "wrong-type"


@pytest.mark.parametrize("kind", TEXT_TYPES)
def test_ten_megabytes_are_refused_in_any_type(kind: FieldType) -> None:
    assert refused(kind, "5 " * 5_000_000) == "too-long"


def test_no_is_an_answer_and_an_empty_box_is_none() -> None:
    assert read("yes-no", False) is False
    assert read("box", False) is None
    assert read("box", True) is True


def test_a_whole_number_is_not_negative() -> None:
    assert read("whole-number", "012") == 12
    assert refused("whole-number", -1) == "number-range"
    assert refused("whole-number", 10**12) == "number-range"


def test_masks_show_four_digits_of_an_ssn_and_the_year_of_a_birth() -> None:
    assert fields.mask(a("ssn"), "987-65-4320") == "***-**-4320"
    assert fields.mask(a("birth-date"), "1980-05-17") == "**-**-1980"
    assert fields.mask(a("text"), "anything") == "***"


def test_what_people_read_is_not_what_is_stored() -> None:
    assert fields.shown(a("phone"), "+16155550123") == "(615) 555-0123"
    assert fields.shown(a("yes-no"), True) == "Yes"
    assert fields.shown(a("yes-no"), False) == "No"
    assert fields.shown(a("text"), None) == ""


@given(kind=st.sampled_from(TEXT_TYPES), raw=st.text(max_size=80))
def test_any_text_is_refused_by_name_or_normalized_once_and_for_all(kind: FieldType, raw: str) -> None:
    value = outcome(kind, raw)
    if isinstance(value, Refusal):
        assert value.rule
    elif value is not None:
        assert read(kind, value) == value
        assert unicodedata.is_normalized("NFC", value)
        assert not any(unicodedata.category(each) == "Cc" for each in value.replace("\n", "").replace("\t", ""))


@given(raw=st.from_regex(r"[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}", fullmatch=True))
def test_every_accepted_ssn_obeys_the_assignment_rules(raw: str) -> None:
    number = outcome("ssn", raw)
    if isinstance(number, Refusal):
        return
    area, group, serial = number.split("-")
    assert area not in ("000", "666")
    assert area < "900"
    assert group != "00"
    assert serial != "0000"


@given(born=st.dates(min_value=date(1890, 1, 1), max_value=TODAY + timedelta(days=400)))
def test_every_date_is_accepted_exactly_between_18_and_109_years_of_age(born: date) -> None:
    age = identity_rules.age_on(born, TODAY)
    accepted = outcome("birth-date", born.strftime("%m-%d-%Y")) == born.isoformat()
    assert accepted == (18 <= age < 110)


@given(digits=st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_a_phone_number_is_accepted_exactly_if_the_numbering_plan_has_it(digits: str) -> None:
    planned = digits[0] in "23456789" and digits[3] in "23456789" and digits[1:3] != "11" and digits[4:6] != "11"
    accepted = outcome("phone", digits) == f"+1{digits}"
    assert accepted == planned


@given(raw=st.text(max_size=60))
def test_no_refusal_repeats_what_was_typed(raw: str) -> None:
    secret = f"772-10-1234{raw}772-10-1234"
    for kind in TEXT_TYPES:
        value = outcome(kind, secret)
        if isinstance(value, Refusal):
            assert "772-10-1234" not in value.message
