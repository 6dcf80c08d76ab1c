"""Names as people bring them: suffixes, look-alikes, letters that no paper shows, and nothing to see."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting.domain.access.invitation import AgencyName
from econtracting.domain.fields.names import as_filed, folded, known_suffix, same_name, split_suffix
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.fields.text import city, person_name
from econtracting.domain.interview import fields
from econtracting.domain.interview.definition import Field
from econtracting.domain.interview.fields import FieldContext
from tests.support.world import START

SUFFIXES = ("JR", "SR", "II", "III", "IV", "V")
CONTEXT = FieldContext(reference_date=date(2026, 11, 23))


def refused(raw: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        person_name(raw)
    return refusal.value


@pytest.mark.brings("P9")
@pytest.mark.parametrize(
    ("typed", "name", "suffix"),
    [
        ("King, Jr.", "King", "JR"),
        ("King,Jr", "King", "JR"),
        ("King , jr.", "King", "JR"),
        ("King Jr.", "King", "JR"),
        ("King JUNIOR", "King", "JR"),
        ("King, J.R.", "King", "JR"),
        ("de la Cruz III", "de la Cruz", "III"),
        ("O’Rourke, iii", "O’Rourke", "III"),
        ("King 3rd", "King", "III"),
        ("King, Sr,", "King", "SR"),
        ("Ｋｉｎｇ，Ｊｒ．", "Ｋｉｎｇ", "JR"),
        ("Jr.", "Jr.", None),
        ("King, MD", "King, MD", None),
        ("Smith-Jr", "Smith-Jr", None),
        ("", "", None),
    ],
)
def test_a_suffix_behind_a_last_name_is_split_off_however_it_is_written(
    typed: str, name: str, suffix: str | None
) -> None:
    assert split_suffix(typed.replace("，", ","), SUFFIXES) == (name, suffix)


@pytest.mark.brings("P9")
@pytest.mark.parametrize("typed", ["Jr.", "jr", "JUNIOR", "J.R.", " Jr ", "Ｊｒ", "Jr\u200b"])
def test_a_suffix_is_known_in_its_own_field_too(typed: str) -> None:
    field = Field(name="suffix", label="Suffix", type="choice", choices=SUFFIXES, takes_suffix_from="last_name")
    assert fields.read(field, typed, CONTEXT) == "JR"
    assert known_suffix("PhD", SUFFIXES) is None


@pytest.mark.brings("P9")
@pytest.mark.parametrize(
    "name",
    ["King, Jr.", "Smith, MD", "King 3rd", "O’Rourke", "O‘Rourke", "OʼRourke", "O`Rourke", "O´Rourke", "Kahoʻolawe",
     "O′Rourke", "Smith‐Jones", "Smith–Jones", "Smith‑Jones", "Smith−Jones", "ﬁona", "St. John", "D.J."],
)  # fmt: skip
def test_a_name_is_kept_as_it_was_typed(name: str) -> None:
    assert person_name(name) == name


@pytest.mark.brings("P9")
@pytest.mark.parametrize(
    ("typed", "of_record"),
    [
        *((f"Dana O{mark}Rourke", "Dana O'Rourke") for mark in "’‘ʼ`´′‛＇"),
        *((f"Dana Smith{dash}Jones", "Dana Smith-Jones") for dash in "‐‑‒–—−－"),
        ("Dana King, Jr.", "Dana King JR"),
        ("dana  king jr", "Dana King JR"),
        ("Dana St John", "Dana St. John"),
        ("Dana St.John", "Dana St. John"),
        ("Dana Q Rivers", "Dana Q. Rivers"),
        ("J. R. Ewing", "JR Ewing"),
        ("Ｄａｎａ　Ｒｉｖｅｒｓ", "Dana Rivers"),
        ("Jose\u0301 Nguye\u0302\u0303n", "José Nguyễn"),
        ("Dana\u00a0Rivers\u200e", "Dana Rivers"),
        ("\u2068Dana Rivers\u2069\n", "Dana Rivers"),
        ("Da\u00adna Ri\u200bvers\ufeff", "Dana Rivers"),
        ("Fiona Rivers", "ﬁona Rivers"),
        ("Dana STRASSE", "Dana Straße"),
        ("Dana O'Neil - Smith", "Dana O’Neil-Smith"),
        ("Dana O’ Neil", "Dana O'Neil"),
    ],
)
def test_look_alikes_are_the_same_name(typed: str, of_record: str) -> None:
    assert same_name(typed, of_record)
    assert same_name(of_record, typed)


@pytest.mark.brings("P9")
@pytest.mark.parametrize(
    ("typed", "of_record"),
    [
        ("Dana Rivers", "Dana Q Rivers"),
        ("Jose Rivers", "José Rivers"),
        ("Dana King", "Dana King JR"),
        ("Dana King II", "Dana King III"),
        ("Dana ORourke", "Dana O'Rourke"),
        ("Dana Smith Jones", "Dana Smith-Jones"),
        ("Dаna Rivers", "Dana Rivers"),
        ("", "Dana Rivers"),
        ("\u3164", "Dana Rivers"),
    ],
)
def test_what_only_resembles_a_name_is_another_one(typed: str, of_record: str) -> None:
    assert not same_name(typed, of_record)


@given(name=st.text(max_size=40))
def test_a_name_is_the_same_as_itself_however_it_is_composed(name: str) -> None:
    assert folded(folded(name)) == folded(name)
    assert same_name(unicodedata.normalize("NFD", name), unicodedata.normalize("NFC", name))


@pytest.mark.brings("P9")
def test_an_agency_is_the_same_whatever_its_apostrophe() -> None:
    on_file = AgencyName(agency_id="a", name="Smith’s Agency, Inc.", named_by="x", named_at=START)
    assert on_file.means("SMITH'S AGENCY INC")
    assert not on_file.means("Smith Agency Inc")


@pytest.mark.brings("P9")
def test_other_systems_are_told_plain_apostrophes_and_hyphens() -> None:
    assert as_filed("O’Neil‑Nguyễn") == "O'Neil-Nguyễn"


@pytest.mark.brings("P10")
@pytest.mark.parametrize("name", ["小", "Dana 小", "محمد", "דנה", "Դանա", "ดาน่า", "다나", "दाना", "Dana ꟺ"])
def test_a_letter_that_no_paper_shows_is_refused_with_the_way_out(name: str) -> None:
    refusal = refused(name)
    assert refusal.rule == "name-unshowable"
    assert "Latin letters" in refusal.message
    assert "license" in refusal.message


@pytest.mark.brings("P10")
def test_a_city_that_no_paper_shows_is_refused_too() -> None:
    with pytest.raises(Refusal) as refusal:
        city("東京")
    assert refusal.value.rule == "unshowable"


@pytest.mark.brings("P10")
def test_letters_of_an_input_method_are_shown_in_their_ordinary_width() -> None:
    assert person_name("Ｄａｎａ　Ｏ＇Ｎｅｉｌ") == "Dana O'Neil"


NOTHING = {
    "Hangul fillers": "\u3164\u115f\u1160\uffa0",
    "variation selectors": "\ufe0f\U000e0100",
    "combining marks": "\u0301\u0302",
    "braille blanks": "\u2800\u2800",
    "zero widths": "\u200b\u200c\u200d\u2060\ufeff",
    "Khmer vowels of nothing": "\u17b4\u17b5",
    "direction marks": "\u200e\u200f\u202a\u202c\u2066\u2069\u061c",
    "soft hyphens": "\u00ad",
    "Mongolian separators": "\u180b\u180e",
    "tags": "\U000e0041\U000e007f",
    "full stops": "...",
    "hyphens": "- -",
    "apostrophes": "’'",
    "commas": ",",
    "a grapheme joiner": "\u034f",
    "object and replacement characters": "\ufffc\ufffd",
    "a modifier alone": "ʼ",
}


@pytest.mark.brings("P10b")
@pytest.mark.parametrize("name", NOTHING.values(), ids=NOTHING.keys())
def test_a_name_has_something_to_see(name: str) -> None:
    assert refused(name).rule == "name-characters"
    field = Field(name="middle_name", label="Middle name", type="name")
    with pytest.raises(Refusal):
        fields.read(field, name, CONTEXT)


@pytest.mark.brings("P10b")
@pytest.mark.parametrize("between", ["\u3164", "\ufe0f", "\u200b", "\u2060", "\u00ad", "\U000e0100"])
def test_what_shows_nothing_does_not_stay_in_a_name(between: str) -> None:
    assert person_name(f"Da{between}na") == "Dana"


@pytest.mark.brings("P10b")
@pytest.mark.parametrize("digits", ["J0hn", "Joh１", "Joh٣", "Joh²", "Joh①", "King 6th", "3rd"])
def test_digits_of_any_kind_stand_in_no_name(digits: str) -> None:
    assert refused(digits).rule == "name-digits"


CODES: tuple[tuple[str, list[Any]], ...] = (
    ("state", ["ﬁ", "ﬂ", "ＡＬ", "Ａl", "АL", "ŦN", "T\u0338N", "ᴬᴸ"]),
    ("npn", ["١٥٦٤٥٥٥٥", "१५६४", "¹²³", "①②", "𝟏𝟐𝟑", "12３٤"]),
    ("postal-code", ["٣٧٢١٠", "𝟑𝟕𝟐𝟏𝟎", "3721⁰", "３７２１O"]),
    ("ssn", ["٧٧٢-١٠-١٢٣٤", "772-10-123④", "𝟕𝟕𝟐101234"]),
    ("birth-date", ["٠٥-١٧-١٩٨٠", "05-17-198𝟎"]),
    ("phone", ["٦١٥٥٥٥٠١٢٣", "615555012³"]),
    ("extension", ["١٢", "²"]),
    ("whole-number", ["١٢", "²", "Ⅳ"]),
)


@pytest.mark.brings("P10b")
@pytest.mark.parametrize(("kind", "raw"), [(kind, raw) for kind, many in CODES for raw in many])
def test_codes_and_numbers_are_of_ascii(kind: Any, raw: str) -> None:
    with pytest.raises(Refusal):
        fields.read(Field(name="asked", label="Asked", type=kind), raw, CONTEXT)
