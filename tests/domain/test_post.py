"""Addresses and telephones of ordinary lives: boxes, routes, the military's post, extensions, shared mail."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from econtracting.domain.access.invitation import places
from econtracting.domain.errors import InvalidAnswers
from econtracting.domain.fields import us
from econtracting.domain.fields.contact import phone_shown, split_extension
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview import fields
from econtracting.domain.interview.definition import Field, FieldType, InterviewDefinition
from econtracting.domain.interview.fields import FieldContext
from econtracting.domain.interview.interview import InterviewContext, SectionResult, check_section
from econtracting.domain.packet import InvitedAgent
from econtracting.packet_types import load
from tests.domain.test_passwords import packet

CONTEXT = FieldContext(reference_date=date(2026, 11, 23))
MERIDIAN = load("meridian").interview


def read(kind: FieldType, raw: Any, **more: Any) -> Any:
    return fields.read(Field(name="asked", label="Asked", type=kind, **more), raw, CONTEXT)


def rule(kind: FieldType, raw: Any, **more: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        read(kind, raw, **more)
    return refusal.value.rule


def saved(
    definition: InterviewDefinition, section: str, answers: dict[str, Any], *, draft: bool = True
) -> SectionResult:
    agent = InvitedAgent(first_name="Dana", last_name="Rivers", email="dana@example.com", npn="15645555")
    context = InterviewContext(reference_date=date(2026, 11, 23), invitation=agent, level="5")
    return check_section(definition, section, answers, context=context, draft=draft)


def said(result: SectionResult) -> set[tuple[str, str]]:
    return {(one.field, one.rule) for one in result.warnings}


@pytest.mark.brings("P17")
@pytest.mark.parametrize(
    "line",
    ["PO Box 12", "P.O. Box 12", "P. O. Box 12", "p o box 12", "P O Box 12", "PO Box12", "POBox 9", "POB 12",
     "P.O.B. 12", "PO B 12", "P O Bx 12", "P.O.Box #12", "P.0. Box 12", "P0 Box 12", "P/O Box 12", "P-O-Box 12",
     "Po. Box 12A", "Post Office Box 12", "Post Box 12", "Postal Box 12", "POST OFFICE BX 12", "PO Box A-12",
     "PO Box Nº 12", "PO 12", "P.O. 12", "PO Drawer 12", "P.O. Drawer A", "Drawer 12", "Lock Box 12", "Lockbox 12",
     "Call Box 12", "Caller 12", "Firm Caller 12", "Bin 12", "Apartado 12", "Apartado Postal 12", "Apdo. 12", "Apdo 12",
     "Caller Box 12", "Casilla 12",
     "12 Elm Street, PO Box 5", "Elm Street P.O. Box 5", "ＰＯ　Ｂｏｘ　１２", "P\u200b.O.\u00a0Box 12",
     "PO\u2011Box 12"],
)  # fmt: skip
def test_nobody_lives_in_a_po_box_however_it_is_spelled(line: str) -> None:
    assert rule("address-line", line, po_box=False) == "po-box"
    assert read("address-line", line, po_box=True)


@pytest.mark.brings("P17")
@pytest.mark.parametrize(
    "line",
    ["12 Boxwood Lane", "400 Post Oak Blvd", "100 Poboy St", "7 Pobst St", "1 Depot Box Rd", "5 Box Elder Court",
     "Box Canyon Road 12", "12 Post Office Road", "9 Old Post Road", "3 Boxer Street", "14 Poe Box Hill",
     "8 Popo Boxley", "12 Apartado Lane", "6 Drawer Lane", "2 Binney Street", "77 Caller Street", "9 Lockbox Lane",
     "12 P Street", "1 Polo Bay Drive", "3 Postal Way", "RR 2 Box 152", "HC 68 Box 23A", "Rural Route 4 Box 9",
     "RFD 1 Box 7", "PSC 3 Box 9", "CMR 415 Box 2", "Unit 2050 Box 4190", "123 Main St PMB 12",
     "Company B, 2nd Box Company", "12 O Box Street", "500 Pobox Lane"],
)  # fmt: skip
def test_what_only_sounds_like_a_po_box_is_a_place_to_live(line: str) -> None:
    assert read("address-line", line, po_box=False) == line


def residence(**lines: str) -> dict[str, Any]:
    home = {"city": "Nashville", "state": "TN", "postal_code": "37210", **lines}
    return {"residential": home}


@pytest.mark.brings("P17")
@pytest.mark.parametrize("line", ["Box 12", "Box #12", "BX 12", "Box 12-A", "box no. 12"])
def test_a_box_alone_is_a_po_box_unless_a_route_stands_beside_it(line: str) -> None:
    assert ("residential.line1", "po-box") in said(saved(MERIDIAN, "agent", residence(line1=line)))
    street = saved(MERIDIAN, "agent", residence(line1="12 Elm Street", line2=line))
    assert ("residential.line2", "po-box") in said(street)
    for route in ("RR 2", "HC 68", "Rural Route 3", "Star Route 1"):
        assert "po-box" not in {one for _, one in said(saved(MERIDIAN, "agent", residence(line1=route, line2=line)))}
    mailing = saved(MERIDIAN, "addresses", {"commission": {"line1": line}})
    assert "po-box" not in {one for _, one in said(mailing)}


@pytest.mark.brings("P17")
def test_a_box_alone_is_refused_when_the_section_is_saved_whole() -> None:
    with pytest.raises(InvalidAnswers) as refusal:
        saved(MERIDIAN, "agent", residence(line1="Box 12"), draft=False)
    (found,) = [one for one in refusal.value.errors if one.field == "residential.line1"]
    assert found.rule == "po-box"
    assert "street and number" in found.message


@pytest.mark.brings("P17", "N14")
@pytest.mark.parametrize(
    ("line", "city", "state", "code"),
    [
        ("PSC 3 Box 9", "APO", "AE", "09012"),
        ("CMR 415 Box 2", "APO", "AE", "09114-0002"),
        ("Unit 2050 Box 4190", "APO", "AP", "96278-2050"),
        ("USS Example (CVN 70)", "FPO", "AP", "96620"),
        ("Unit 3400", "DPO", "AA", "34025"),
        ("PO Box 12", "Majuro", "MH", "96960"),
        ("PO Box 12", "Pohnpei", "FM", "96941"),
        ("PO Box 12", "Koror", "PW", "96940"),
    ],
)
def test_a_mailing_address_is_wherever_the_mail_goes(line: str, city: str, state: str, code: str) -> None:
    address = {"line1": line, "city": city, "state": state, "postal_code": code}
    result = saved(MERIDIAN, "addresses", {"commission": address})
    assert result.public["commission"] == address
    assert result.warnings == ()


@pytest.mark.brings("N14")
@pytest.mark.parametrize("state", sorted(us.MAIL_ONLY))
def test_nobody_lives_or_trades_where_only_mail_goes(state: str) -> None:
    result = saved(MERIDIAN, "addresses", {"business": {"state": state}})
    assert said(result) == {("business.state", "state-unknown")}
    assert ("residential.state", "state-unknown") in said(saved(MERIDIAN, "agent", residence(state=state)))
    with pytest.raises(Refusal, match="state-unknown") as refusal:
        us.state(state.lower())
    assert "mailing addresses only" in refusal.value.message


@pytest.mark.brings("N14")
@pytest.mark.parametrize(
    ("code", "states"),
    [
        ("87654", {"NM"}),
        ("20505", {"DC", "MD", "VA"}),
        ("20101", {"VA"}),
        ("06390", {"CT", "NY"}),
        ("09012", {"AE"}),
        ("34025", {"AA"}),
        ("96278", {"AP"}),
        ("96799", {"AS", "HI"}),
        ("96910", {"GU", "MP", "FM", "MH", "PW"}),
        ("72643", {"AR", "MO"}),
        ("56901", {"DC"}),
        ("00000", set()),
        ("51700", set()),
    ],
)
def test_three_digits_tell_every_state_they_serve(code: str, states: set[str]) -> None:
    assert {state for state in us.STATES | us.MAIL_ONLY if us.in_state(code, state)} == states


@pytest.mark.brings("N14")
def test_a_zip_code_of_another_place_is_remarked_on_for_mail_only_codes_too() -> None:
    result = saved(MERIDIAN, "addresses", {"commission": {"state": "AE", "postal_code": "37210"}})
    assert said(result) == {("commission.postal_code", "postal-code-state")}


@pytest.mark.brings("P17")
@pytest.mark.parametrize(
    "typed",
    ["(615) 555-0123 ext. 12", "615-555-0123 x12", "615.555.0123 X 12", "6155550123ext12", "615 555 0123 extension 12",
     "615-555-0123, ext 12", "615-555-0123 #12", "6155550123,12", "6155550123;ext=12", "+16155550123;ext=12",
     "tel:+1-615-555-0123;ext=12", "615-555-0123 extensión 12", "615-555-0123 xtn. 12", "615-555-0123 Ext: 12",
     "(615) 555-0123 (ext. 12)", "615-555-0123 (x12)", "615-555-0123 ex. 12"],
)  # fmt: skip
def test_an_extension_is_kept_with_its_number_however_it_is_written(typed: str) -> None:
    stored = read("phone", typed)
    assert stored == "+16155550123;ext=12"
    assert read("phone", stored) == stored
    assert read("phone", phone_shown(stored)) == stored
    assert phone_shown(stored) == "(615) 555-0123, extension 12"
    assert split_extension(stored) == ("+16155550123", "12")


@pytest.mark.brings("P17")
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("615-555-0123 x1234567", "phone-format"),
        ("615-555-0123 ext", "phone-format"),
        ("ext 12", "phone-format"),
        ("615-555-0123 x12 x13", "phone-format"),
        ("115-555-0123 x12", "phone-area"),
        ("+44 20 7946 0958 x12", "phone-country"),
        (",;" * 5_000 + "x", "phone-format"),
    ],
)
def test_an_extension_does_not_make_a_number_of_what_is_none(typed: str, why: str) -> None:
    assert rule("phone", typed) == why


@pytest.mark.brings("P17")
@pytest.mark.parametrize("typed", ["12", "x12", "ext. 12", "#12", "Extension 12", "012"])
def test_an_extension_of_its_own_field_is_its_digits(typed: str) -> None:
    assert read("extension", typed) in ("12", "012")


@pytest.mark.brings("P17")
def test_an_extension_typed_behind_the_number_goes_into_its_own_field() -> None:
    both = saved(MERIDIAN, "agent", {"business_phone": "615-555-0123 x12"}).public
    assert (both["business_phone"], both["business_phone_extension"]) == ("+16155550123", "12")
    alike = saved(MERIDIAN, "agent", {"business_phone": "615-555-0123 x12", "business_phone_extension": "12"}).public
    assert (alike["business_phone"], alike["business_phone_extension"]) == ("+16155550123", "12")
    mobile = saved(MERIDIAN, "agent", {"mobile_phone": "615-555-0123 x12"}).public
    assert mobile["mobile_phone"] == "+16155550123;ext=12"


@pytest.mark.brings("P17")
def test_two_people_who_share_an_address_take_a_place_each() -> None:
    def place(first_name: str, *, shares: bool) -> str:
        agent = InvitedAgent(first_name=first_name, last_name="Rivers", email="Home@example.com", shares_email=shares)
        return next(one.value for one in places(packet(npn=None).having(agent=agent)) if one.kind == "email")

    assert place("Dana", shares=False) == "home@example.com"
    assert place("Sam", shares=True) not in (place("Dana", shares=False), place("Dana", shares=True))
    assert place("Sam", shares=True) == place(" SAM", shares=True)
    assert "sam" not in place("Sam", shares=True)
