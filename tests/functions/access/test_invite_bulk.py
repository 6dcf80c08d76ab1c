"""Many invitations from one file."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting import wiring
from tests.functions.access.test_invite import STRANGER
from tests.support import journey
from tests.support.bulk_files import COLUMNS, row, table
from tests.support.journey import CONTRACTING, RECRUITER, expect
from tests.support.world import Answer, Context, World


def send(world: World, body: bytes, *, dry: bool = False, staff: Any = RECRUITER, key: str | None = None) -> Answer:
    headers = {"Content-Type": "text/csv"} | ({"Idempotency-Key": key} if key else {})
    query = {"dry_run": "true"} if dry else None
    return world.call("POST", "/invitations/bulk", body, staff=staff, headers=headers, query=query)


def outcomes(answer: Answer) -> list[tuple[int, str]]:
    return [(one["row"], one["outcome"]) for one in answer.json["rows"]]


def invited(agency: str = "agency-1") -> int:
    return len(wiring.packets().by_agency(agency, None, None, 1000).packets)


def test_every_row_becomes_an_invitation_with_its_own_mail(world: World) -> None:
    answer = expect(send(world, table(row(1), row(2))), 202)
    assert outcomes(answer) == [(2, "created"), (3, "created")]
    assert answer.json["created"] == 2
    world.settle()
    assert {mail["to"] for mail in world.outside.post.sent} == {"sam1@example.com", "sam2@example.com"}
    packet = wiring.packets().load(answer.json["rows"][0]["packet_id"])
    assert packet.pre_appointment_states == ("AL", "TN")
    assert packet.agency.id == "agency-1"


def test_a_dry_run_judges_every_row_and_writes_nothing(world: World) -> None:
    answer = expect(send(world, table(row(1), row(2, email="no mail")), dry=True), 200)
    assert outcomes(answer) == [(2, "valid"), (3, "refused")]
    assert answer.json["dry_run"] is True
    assert invited() == 0


def test_a_dry_run_finds_packets_that_are_open_already(world: World) -> None:
    packet_id = expect(send(world, table(row(1))), 202).json["rows"][0]["packet_id"]
    (found,) = expect(send(world, table(row(9, npn="1001")), dry=True), 200).json["rows"]
    assert (found["outcome"], found["packet_id"]) == ("refused", packet_id)
    assert found["errors"][0]["rule"] == "packet-already-open"


def test_one_bad_row_never_blocks_the_others(world: World) -> None:
    body = table(
        row(1),
        row(2, first_name="=HYPERLINK"),
        row(3, level="99"),
        row(4, recruiter_phone="555"),
        row(5, pre_appointment_states="XX"),
        row(6, email="sam1@example.com"),
        row(7, agency_id="agency-2"),
        row(8, last_name="@sum"),
        row(9),
    )
    answer = expect(send(world, body), 202)
    assert [outcome for _, outcome in outcomes(answer)] == ["created", *["refused"] * 7, "created"]
    rules = [one["errors"][0]["rule"] for one in answer.json["rows"] if one["errors"]]
    assert rules == [
        "name-characters",
        "level-unknown",
        "phone-format",
        "state-unknown",
        "duplicate-in-file",
        "agency",
        "name-characters",
    ]
    assert invited() == 2


def test_a_report_never_repeats_a_cell(world: World) -> None:
    answer = expect(send(world, table(row(1, first_name="=cmd|calc", email="+evil@", npn="x=1"))), 202)
    assert b"calc" not in answer.body
    assert b"evil" not in answer.body


def test_the_same_file_with_its_key_is_answered_with_the_same_packets(world: World) -> None:
    body = table(row(1), row(2))
    first, second = (expect(send(world, body, key="k"), 202) for _ in range(2))
    assert first.json["rows"] == second.json["rows"]
    assert invited() == 2
    world.settle()
    assert len(world.outside.post.sent) == 2


def test_the_same_file_without_a_key_is_refused_row_by_row_with_pointers(world: World) -> None:
    first = expect(send(world, table(row(1))), 202).json["rows"][0]
    (again,) = expect(send(world, table(row(1))), 202).json["rows"]
    assert (again["outcome"], again["packet_id"]) == ("refused", first["packet_id"])


def test_500_rows_go_in_one_call_and_501_do_not(world: World) -> None:
    """Judged only: moto copies its table at every transaction; the journeys invite 500 for real."""
    rows = [row(number) for number in range(501)]
    assert expect(send(world, table(*rows[:500]), dry=True), 200).json["refused"] == 0
    too_many = expect(send(world, table(*rows)), 422)
    assert too_many.json["errors"][0]["rule"] == "too-many-rows"
    assert invited() == 0


def test_rows_are_invited_side_by_side_and_answered_in_their_order(world: World) -> None:
    answer = expect(send(world, table(*(row(number) for number in range(40)))), 202)
    assert outcomes(answer) == [(number, "created") for number in range(2, 42)]
    assert invited() == 40


def test_rows_for_which_the_time_of_one_call_is_over_are_named_and_come_with_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = table(row(1), row(2))
    with monkeypatch.context() as late:
        late.setattr(Context, "get_remaining_time_in_millis", lambda _: 3000)
        answer = expect(send(world, body, key="k"), 202)
    assert answer.json["not_attempted"] == 2
    assert expect(send(world, body, key="k"), 202).json["created"] == 2


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"first_name,last_name\nA,B\n", "columns"),
        (table(row(), columns=[*COLUMNS, "ssn"]), "columns"),
        (table(row(), columns=[*COLUMNS, "email"]), "columns"),
        (b'first_name,"last_name\n', "csv"),
        (b"first_name\x00,last_name\n", "columns"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_whole(world: World, body: bytes, rule: str) -> None:
    assert expect(send(world, body), 422).json["errors"][0]["rule"] == rule


def test_a_file_that_is_no_text_or_too_large_is_refused(world: World) -> None:
    expect(send(world, b"\xff\xfe\x00"), 400)
    expect(send(world, b"x" * 1_000_001), 413)


def test_spreadsheets_byte_order_mark_spaces_and_blank_lines_are_forgiven(world: World) -> None:
    body = (
        b"\xef\xbb\xbf"
        + table(row(1, first_name="  Sam  ")).replace(b"first_name", b" First_Name ", 1)
        + b"\r\n,,,\r\n"
    )
    assert outcomes(expect(send(world, body), 202)) == [(2, "created")]


def test_a_row_with_too_few_or_too_many_cells_is_refused_alone(world: World) -> None:
    body = table(row(1)) + b"Sam\n" + b"," * 30 + b"x\n"
    assert [outcome for _, outcome in outcomes(expect(send(world, body), 202))] == ["created", "refused", "refused"]


def test_a_recruiter_cannot_reach_another_agency_through_a_file(world: World) -> None:
    expect(send(world, table(row(1)), staff=STRANGER), 202)
    assert (invited("agency-1"), invited("agency-2")) == (0, 1)


def test_the_carriers_department_names_the_agency_in_each_row(world: World) -> None:
    answer = expect(send(world, table(row(1, agency_id="agency-9"), row(2)), staff=CONTRACTING), 202)
    assert [outcome for _, outcome in outcomes(answer)] == ["created", "refused"]
    assert invited("agency-9") == 1


def test_a_packet_of_a_file_can_be_entered_like_any_other(world: World) -> None:
    expect(send(world, table(row(1, first_name="Quinn", last_name="Moss"))), 202)
    world.settle()
    journey.come_in(world)


@pytest.mark.law("T22")
def test_a_file_is_judged_by_the_agencys_name_before_anything_is_sent(world: World) -> None:
    journey.invite(world)
    for dry in (True, False):
        (judged,) = send(world, table(row(agency_name="Another Agency")), dry=dry).json["rows"]
        assert (judged["outcome"], judged["errors"][0]["rule"]) == ("refused", "agency-name")


SHORT = ["first_name", "last_name", "email", "level"]
ROBIN = RECRUITER | {"name": "Robin Park", "phone": "+16155550100"}


def refusals(answer: Answer) -> list[tuple[int, str, str]]:
    """Row, column and rule of every remark."""
    rows = answer.json["rows"]
    return [(one["row"], error["field"], error["rule"]) for one in rows for error in one["errors"]]


@pytest.mark.brings("P12")
def test_rows_keep_the_numbers_that_the_spreadsheet_shows(world: World) -> None:
    body = table(row(1)) + b",,,\r\n\r\n" + table(row(2, level="99"), row(3)).split(b"\r\n", 1)[1]
    answer = expect(send(world, body), 202)
    assert outcomes(answer) == [(2, "created"), (5, "refused"), (6, "created")]


@pytest.mark.brings("P12")
def test_recruiter_and_agency_are_the_callers_own_where_a_row_names_none(world: World) -> None:
    first = table(row(1), columns=[*SHORT, "agency_name"])
    expect(send(world, first, staff=ROBIN), 202)  # the agency's first packet names it
    answer = expect(send(world, table(row(2), columns=SHORT), staff=ROBIN), 202)
    assert outcomes(answer) == [(2, "created")], answer.json
    packet = wiring.packets().load(answer.json["rows"][0]["packet_id"])
    assert (packet.recruiter.name, packet.recruiter.email) == ("Robin Park", "r@agency.example")
    assert packet.recruiter.phone == "+16155550100"
    assert (packet.agency.id, packet.agency.name) == ("agency-1", "Harbor Agency")


@pytest.mark.brings("P12")
def test_an_agency_is_named_once_in_a_file(world: World) -> None:
    body = table(row(1), row(2, agency_name=""), columns=[*SHORT, "agency_name"])
    assert outcomes(expect(send(world, body, staff=ROBIN), 202)) == [(2, "created"), (3, "created")]


@pytest.mark.brings("P12")
def test_what_neither_row_nor_token_says_is_asked_for_by_its_column(world: World) -> None:
    answer = expect(send(world, table(row(1, email=""), columns=SHORT), dry=True), 200)
    assert refusals(answer) == [
        (2, "email", "required"),
        (2, "recruiter_name", "required"),
        (2, "recruiter_phone", "required"),
        (2, "agency_name", "required"),
    ]


@pytest.mark.brings("P12")
def test_another_recruiters_row_does_not_borrow_the_callers_name_and_telephone(world: World) -> None:
    columns = [*SHORT, "recruiter_email", "agency_name"]
    answer = expect(send(world, table(row(1), columns=columns), staff=ROBIN, dry=True), 200)
    assert refusals(answer) == [(2, "recruiter_name", "required"), (2, "recruiter_phone", "required")]


@pytest.mark.brings("P12")
def test_each_remark_names_row_column_and_rule(world: World) -> None:
    body = table(
        row(1, npn="1.23457E+09"),
        row(2, level="4-Jan", first_name="Jos?"),
        row(3, recruiter_phone="555"),
        row(4, pre_appointment_states="TN XX"),
        row(5, agency_name="#N/A"),
        row(6, agency_id="agency-2"),
        row(7, level=""),
        row(8, npn="0012345"),
    )
    assert refusals(expect(send(world, body, dry=True), 200)) == [
        (2, "npn", "rounded-number"),
        (3, "first_name", "letters-lost"),
        (3, "level", "became-a-date"),
        (4, "recruiter_phone", "phone-format"),
        (5, "pre_appointment_states", "state-unknown"),
        (6, "agency_name", "spreadsheet-error"),
        (7, "agency_id", "agency"),
        (8, "level", "required"),
        (9, "npn", "npn-zero"),
    ]


@pytest.mark.brings("P12")
def test_a_spreadsheets_guards_around_numbers_are_taken_off(world: World) -> None:
    body = table(row(1, npn='="15645555"', level="4.0", recruiter_phone="'6155550100"))
    report = expect(send(world, body), 202).json
    packet = wiring.packets().load(report["rows"][0]["packet_id"])
    assert (packet.agent.npn, packet.level, packet.recruiter.phone) == ("15645555", "4", "+16155550100")


@pytest.mark.brings("P12")
@pytest.mark.parametrize(
    ("encoding", "read_as"), [("cp1252", "windows-1252"), ("utf-16", "utf-16"), ("utf-8-sig", "utf-8")]
)
def test_a_file_in_another_encoding_is_taken_and_its_key_holds(world: World, encoding: str, read_as: str) -> None:
    body = table(row(1, last_name="Muñoz")).decode().encode(encoding)
    first, second = (expect(send(world, body, key="k"), 202) for _ in range(2))
    assert first.json["encoding"] == read_as
    assert first.json["rows"] == second.json["rows"]
    assert wiring.packets().load(first.json["rows"][0]["packet_id"]).agent.last_name == "Muñoz"


@pytest.mark.brings("P12")
def test_a_file_that_is_too_large_is_told_how_many_rows_go_in_one(world: World) -> None:
    assert "500 rows" in expect(send(world, b"x" * 1_000_001), 413).json["detail"]


@pytest.mark.brings("P12")
def test_the_template_is_a_file_to_download_and_to_send_back(world: World) -> None:
    answer = expect(world.call("GET", "/invitations/template.csv", staff=RECRUITER), 200)
    assert answer.headers["Content-Type"] == ["text/csv; charset=utf-8"]
    assert answer.headers["Content-Disposition"] == ['attachment; filename="invitations.csv"']
    filled = answer.body + table(row(1)).split(b"\r\n", 1)[1]
    assert outcomes(expect(send(world, filled), 202)) == [(2, "created")]
    expect(world.call("GET", "/invitations/template.csv", headers={"Cookie": ""}), 401)
