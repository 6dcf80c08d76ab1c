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
