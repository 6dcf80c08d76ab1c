"""Characters that copying brings: taken away or mapped before anything is judged, in every type of field alike."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from econtracting.domain.access.invitation import Invitation
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview import fields
from econtracting.domain.interview.definition import Field, FieldType
from econtracting.domain.interview.fields import FieldContext
from tests.support.journey import invitation

pytestmark = pytest.mark.brings("P11")
CONTEXT = FieldContext(reference_date=date(2026, 11, 23))

HIDDEN = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2066\u2067\u2068"
    "\u2069\u206a\ufe0f\ufeff\ufff9\U000e0020"
)
BLANKS = "\u00a0\u1680\u2000\u2002\u2003\u2007\u2009\u200a\u202f\u205f\u3000\t\n\r\u2028\u2029"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
SLASHES = "\u2044\u2215\uff0f"
VALUES: tuple[tuple[FieldType, str, str], ...] = (
    ("phone", "615-555-0123", "+16155550123"),
    ("phone", "+1 (615) 555-0123", "+16155550123"),
    ("extension", "12", "12"),
    ("ssn", "772-10-1234", "772-10-1234"),
    ("npn", "15645555", "15645555"),
    ("email", "dana.rivers@example.com", "dana.rivers@example.com"),
    ("postal-code", "37210-1234", "37210-1234"),
    ("birth-date", "05-17-1980", "1980-05-17"),
    ("birth-date", "1980-05-17", "1980-05-17"),
    ("birth-date", "05/17/1980", "1980-05-17"),
    ("state", "TN", "TN"),
    ("url-or-none", "https://example.com/a-b", "https://example.com/a-b"),
    ("url-or-none", "None", "None"),
    ("choice", "III", "III"),
    ("whole-number", "1200", "1200"),
    ("name", "Dana", "Dana"),
    ("city", "Nashville", "Nashville"),
    ("address-line", "12 Elm Street", "12 Elm Street"),
    ("text", "Davidson", "Davidson"),
)


def read(kind: FieldType, raw: Any, **more: Any) -> Any:
    return fields.read(Field(name="asked", label="Asked", type=kind, choices=("II", "III"), **more), raw, CONTEXT)


def stored(kind: FieldType, raw: str) -> str:
    return str(read(kind, raw))


@pytest.mark.parametrize(("kind", "typed", "kept"), VALUES)
def test_what_nobody_sees_is_taken_away_wherever_it_stands(kind: FieldType, typed: str, kept: str) -> None:
    for one in HIDDEN:
        for at in (0, 1, len(typed) // 2, len(typed)):
            assert stored(kind, typed[:at] + one + typed[at:]) == kept, f"U+{ord(one):04X} at {at}"


@pytest.mark.parametrize(("kind", "typed", "kept"), VALUES)
def test_every_kind_of_blank_around_a_value_is_taken_away(kind: FieldType, typed: str, kept: str) -> None:
    for one in BLANKS:
        assert stored(kind, f"{one}{typed}{one}{one}") == kept, f"U+{ord(one):04X}"


@pytest.mark.parametrize("dash", DASHES)
def test_every_kind_of_dash_is_a_hyphen_in_a_number(dash: str) -> None:
    assert read("ssn", f"772{dash}10{dash}1234") == "772-10-1234"
    assert read("phone", f"615{dash}555{dash}0123") == "+16155550123"
    assert read("npn", f"1564{dash}5555") == "15645555"
    assert read("postal-code", f"37210{dash}1234") == "37210-1234"
    assert read("birth-date", f"05{dash}17{dash}1980") == "1980-05-17"
    assert read("email", f"dana{dash}rivers@ex{dash}ample.com") == "dana-rivers@ex-ample.com"
    assert read("url-or-none", f"ex{dash}ample.com") == "https://ex-ample.com"


@pytest.mark.parametrize("slash", SLASHES)
def test_every_kind_of_slash_is_one_in_a_date(slash: str) -> None:
    assert read("birth-date", f"05{slash}17{slash}1980") == "1980-05-17"


@pytest.mark.parametrize("blank", "\u00a0\u2007\u2009\u202f\u3000")
def test_every_kind_of_blank_is_one_in_a_number(blank: str) -> None:
    assert read("ssn", f"772{blank}10{blank}1234") == "772-10-1234"
    assert read("phone", f"(615){blank}555{blank}0123") == "+16155550123"
    assert read("npn", f"1564{blank}5555") == "15645555"


def test_the_digits_of_an_input_method_are_digits() -> None:
    assert read("ssn", "７７２－１０－１２３４") == "772-10-1234"
    assert read("phone", "（６１５）５５５－０１２３") == "+16155550123"
    assert read("npn", "１５６４５５５５") == "15645555"
    assert read("postal-code", "３７２１０") == "37210"
    assert read("birth-date", "０５／１７／１９８０") == "1980-05-17"
    assert read("whole-number", "１２００") == 1200


@pytest.mark.parametrize("kind", ["phone", "ssn", "npn", "email", "postal-code", "birth-date", "state", "text", "city"])
def test_a_field_in_which_nothing_is_seen_is_blank(kind: FieldType) -> None:
    assert read(kind, "\u200e\u00a0\ufeff") is None


def test_a_telephones_apostrophe_in_an_address_of_mail_is_the_plain_one() -> None:
    assert read("email", "dana.o’rourke@example.com") == "dana.o'rourke@example.com"
    assert read("email", "dana`x@example.com") == "dana`x@example.com"  # RFC 5322 has it as a character of its own


def test_a_number_copied_from_a_link_is_taken() -> None:
    assert read("phone", "tel:+1-615-555-0123") == "+16155550123"


def test_an_explanation_keeps_what_its_pictures_are_joined_with() -> None:
    family = "👨\u200d👩\u200d👧 ❤\ufe0f"
    assert read("long-text", f"{family}\u200b\u202e") == family
    assert read("long-text", "one\u2028two\u0085three\vfour") == "one\ntwo\nthree\nfour"


@pytest.mark.parametrize("one", ["\x00", "\x07", "\x1b", "\x7f", "\ud800"])
def test_what_no_program_copies_is_still_refused(one: str) -> None:
    for kind in ("name", "text", "long-text", "city", "address-line", "url-or-none"):
        with pytest.raises(Refusal) as refusal:
            read(kind, f"a{one}b")  # type: ignore[arg-type]
        assert refusal.value.rule == "control-character"


def test_an_invitation_is_read_by_the_same_rules() -> None:
    found = Invitation.model_validate(
        invitation(
            agent={
                "first_name": "\u2068Dana\u2069",
                "last_name": "O’Neil\u200b",
                "email": "\u200edana@example.com\u00a0",
                "npn": "1564\u20115555",
            },
            recruiter={
                "name": "Jordan\u00a0Avery",
                "email": "j\u00adordan@example.com",
                "phone": "\u202a615‑555‑0100\u202c",
            },
            agency={"id": "\ufeffagency-1", "name": "Harbor\u00a0Group"},
            level="５\u200b",
            pre_appointment_states=["\u200eTN", "al\u00a0"],
        )
    )
    assert (found.agent.first_name, found.agent.last_name, found.agent.npn) == ("Dana", "O’Neil", "15645555")
    assert (found.agent.email, found.recruiter.email) == ("dana@example.com", "jordan@example.com")
    assert (found.recruiter.phone, found.recruiter.name) == ("+16155550100", "Jordan Avery")
    assert (found.agency.id, found.agency.name) == ("agency-1", "Harbor Group")
    assert (found.level, found.pre_appointment_states) == ("5", ("TN", "AL"))
