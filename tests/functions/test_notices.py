"""Notices about a background report: read behind the log-in with what goes with them, disputed, never told before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.packet import Packet, Status
from econtracting.domain.screening.adverse import AdverseCase, AdverseStatus
from econtracting.domain.screening.background import Check, Report, ScreeningCompany, ScreeningResult, ScreeningStatus
from econtracting.ports import Change
from econtracting.usecases.screening import adverse
from econtracting.usecases.screening.notices import LARGEST_ANSWER
from tests.support import journey, lifecycle, stories
from tests.support.journey import expect
from tests.support.world import World

NOTICE = "/packet/notices/pre-adverse-1"


@pytest.fixture
def packet_id(world: World) -> str:
    """A report is weighed; its agent is logged in."""
    found = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    packets, now, check = wiring.packets(), world.clock.now(), Check(packet_id=found, attempt=1, report_id="rep_1")
    world.outside.screening.reports["rep_1"] = Report(
        "rep_1", f"{found}-1", ScreeningStatus.COMPLETE, ScreeningResult.CONSIDER, (), None
    )
    standing = {"status": Status.BACKGROUND_CHECK, "check_attempt": 1, "reached": {"SUBMITTED": now}}
    packets.change(found, lambda packet: Change(packet.having(**standing), puts=[check]))

    def weighed(packet: Packet) -> Change:
        return adverse.open_case(packets, wiring.packet_type(packet.type), packet, check, now)

    packets.change(found, weighed)
    return found


@pytest.fixture
def noticed(world: World, packet_id: str) -> str:
    world.settle()
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    return packet_id


def case(packet_id: str) -> AdverseCase:
    found = wiring.packets().find(AdverseCase, packet_id, "1")
    assert found is not None
    return found


OTHER = ScreeningCompany(name="Other Research", address="1 Elsewhere Road, Reno, NV 89501", phone="(800) 555-0199")


@pytest.mark.law("T3")
@pytest.mark.parametrize("kind", ["pre-adverse", "adverse"])
def test_a_notice_names_the_company_that_made_the_report(world: World, noticed: str, kind: str) -> None:
    """Whichever company the packet type names, and whichever one reports are ordered from by now."""
    made = wiring.packets().find(Check, noticed, "1").model_copy(update={"company": OTHER})  # type: ignore[union-attr]
    ended = {"status": AdverseStatus.FINAL_SENT, "ended_at": world.clock.now()}
    final = case(noticed).model_copy(update=ended if kind == "adverse" else {})
    wiring.packets().change(noticed, lambda packet: Change(packet, puts=[made, final]))
    text = expect(world.call("GET", f"/packet/notices/{kind}-1/content"), 200).body.decode()
    assert "Fairmeadow" not in text
    assert all(part in text for part in (OTHER.name, OTHER.address, OTHER.phone))


def test_a_notice_about_a_report_of_an_earlier_release_names_the_company_of_the_packet_type(
    world: World, noticed: str
) -> None:
    text = expect(world.call("GET", f"{NOTICE}/content"), 200).body.decode()
    assert "Fairmeadow Screening Services" in text


def listed(world: World) -> dict[str, Any]:
    found: dict[str, Any] = expect(world.call("GET", "/packet/notices"), 200).json
    return found


def test_before_a_notice_the_agent_sees_a_check_that_takes_its_time(world: World, packet_id: str) -> None:
    world.settle()
    assert listed(world) == {"items": [], "dispute_possible": False, "disputed_at": None}
    seen = expect(world.call("GET", "/packet"), 200).json
    assert seen["status"] == "BACKGROUND_CHECK"
    for word in ("consider", "adverse", "ADVERSE", "notice"):
        assert word not in json.dumps(seen["timeline"])
    for path in (f"{NOTICE}/content", f"{NOTICE}/report"):
        assert expect(world.call("GET", path), 404).json["code"] == "notice-not-found"


def test_a_recruiter_is_never_told_that_a_report_is_weighed(world: World, noticed: str) -> None:
    def seen(query: dict[str, str]) -> list[tuple[str, str]]:
        found = expect(world.call("GET", "/invitations", staff=journey.RECRUITER, query=query), 200).json["items"]
        return [(one["packet_id"], one["status"]) for one in found]

    told = [(noticed, "BACKGROUND_CHECK")]
    assert (seen({}), seen({"status": "BACKGROUND_CHECK"}), seen({"status": "ADVERSE_REVIEW"})) == (told, told, [])
    one = expect(world.call("GET", f"/invitations/{noticed}", staff=journey.RECRUITER), 200).json
    assert one["status"] == "BACKGROUND_CHECK"


def test_a_notice_comes_with_the_report_and_the_rights(world: World, noticed: str) -> None:
    (row,) = listed(world)["items"]
    assert (row["notice_id"], row["kind"], row["view"]) == ("pre-adverse-1", "pre-adverse", f"{NOTICE}/content")
    copy, rights = row["enclosures"]
    assert copy == {"title": "Copy of the report", "view": f"{NOTICE}/report", "url": None}
    assert rights["title"].startswith("A Summary of Your Rights")
    assert rights["url"].startswith("https://www.consumerfinance.gov/")
    report = expect(world.call("GET", copy["view"]), 200)
    assert report.body == world.outside.screening.copies
    assert report.headers["Content-Type"] == ["application/pdf"]


@pytest.mark.law("T3")
def test_a_report_too_large_for_an_answer_is_had_where_it_is_stored(world: World, packet_id: str) -> None:
    world.outside.screening.copies = b"%PDF-1.7 " + bytes(LARGEST_ANSWER)
    world.settle()
    stories.decided(world, packet_id, "pre-adverse")
    world.settle()
    answer = expect(world.call("GET", f"{NOTICE}/report"), 303)
    assert "X-Amz-Signature" in answer.headers["Location"][0]
    assert answer.headers["Cache-Control"] == ["no-store"]
    world.cookie = None
    expect(world.call("GET", f"{NOTICE}/report"), 401)


def test_a_notice_is_plain_text_that_names_the_company(world: World, noticed: str) -> None:
    answer = expect(world.call("GET", f"{NOTICE}/content"), 200)
    assert answer.headers["Content-Type"] == ["text/plain; charset=utf-8"]
    assert "Fairmeadow Screening Services" in answer.body.decode()
    assert expect(world.call("GET", "/packet"), 200).json["status"] == "ADVERSE_REVIEW"


def test_reading_the_notice_starts_the_clock_whatever_became_of_the_mail(world: World, noticed: str) -> None:
    assert case(noticed).status == "PRE_SENT"
    for _ in range(2):
        expect(world.call("GET", f"{NOTICE}/content"), 200)
    assert case(noticed).status == "WAITING"
    assert stories.events(noticed).count("adverse.read") == 1
    assert stories.events(noticed).count("adverse.delivered") == 1


def test_no_notice_goes_out_before_the_copy_of_the_report_is_there(world: World, packet_id: str) -> None:
    world.outside.screening.down = True
    world.settle()
    refused = expect(stories.decide(world, packet_id, "pre-adverse"), 409)
    assert "copy of the report" in refused.json["detail"]
    world.outside.screening.down = False
    world.clock.pass_(hours=1)
    world.settle()
    stories.decided(world, packet_id, "pre-adverse")


def test_the_agent_disputes_once_and_the_clock_stands_still(world: World, noticed: str) -> None:
    expect(world.call("GET", f"{NOTICE}/content"), 200)
    assert listed(world)["dispute_possible"]
    key = {"Idempotency-Key": "dispute-1"}
    body = {"grounds": ["not-mine", "inaccurate"]}
    first = expect(world.call("POST", f"{NOTICE}/disputes", body, headers=key), 201).json
    assert expect(world.call("POST", f"{NOTICE}/disputes", body, headers=key), 201).json == first
    assert case(noticed).status == "DISPUTED"
    assert stories.told(noticed, "adverse.disputed")[0]["grounds"] == ["inaccurate", "not-mine"]
    assert listed(world) == listed(world) | {"dispute_possible": False, "disputed_at": first["disputed_at"]}
    assert expect(world.call("POST", f"{NOTICE}/disputes", body), 409).json["code"] == "invalid-transition"
    world.clock.pass_(days=60)
    assert stories.decide(world, noticed, "adverse").status == 409
    reasons = [detail["reason"] for kind, detail in lifecycle.published(noticed) if kind == "packet.attention_needed"]
    assert "REPORT_DISPUTED" in reasons


def test_what_is_disputed_is_said_in_the_words_there_are(world: World, noticed: str) -> None:
    for body, field in (({"grounds": []}, "grounds"), ({"grounds": ["unfair"]}, "grounds.0"), ({}, "grounds")):
        refused = expect(world.call("POST", f"{NOTICE}/disputes", body), 422)
        assert refused.json["errors"][0]["field"] == field


def dispute(world: World, packet_id: str, state: str, by: Any = stories.OPS) -> int:
    body = {"state": state, "reason": "told by telephone"}
    return world.call("POST", f"/packets/{packet_id}/disputes", body, staff=by).status


def test_the_contracting_department_puts_down_a_dispute_and_its_answer(world: World, noticed: str) -> None:
    expect(world.call("GET", f"{NOTICE}/content"), 200)
    assert dispute(world, noticed, "answered") == 409
    assert dispute(world, noticed, "raised") == 200
    assert case(noticed).status == "DISPUTED"
    assert dispute(world, noticed, "raised") == 409
    world.clock.pass_(days=3)
    assert dispute(world, noticed, "answered") == 200
    assert case(noticed).status == "WAITING"
    assert [one["reason"] for one in stories.told(noticed, "adverse.dispute_answered")] == ["told by telephone"]


def test_nobody_else_puts_down_disputes_and_none_where_nothing_is_weighed(world: World, noticed: str) -> None:
    assert dispute(world, noticed, "raised", journey.RECRUITER) == 403
    assert dispute(world, stories.submitted(world, started=False), "raised") == 409
    assert dispute(world, "pkt_nowhere", "raised") == 404


def test_the_final_notice_is_read_after_the_end(world: World, noticed: str) -> None:
    expect(world.call("GET", f"{NOTICE}/content"), 200)
    world.clock.pass_(days=20)
    journey.expect(world.call("GET", "/packet"), 401)  # the session has ended meanwhile
    stories.decided(world, noticed, "adverse")
    secret = journey.link_secret(world)
    login = {"invitation": secret, "password": journey.PASSWORD}
    expect(world.call("POST", "/access/sessions", login), 201)
    found = listed(world)
    assert [one["kind"] for one in found["items"]] == ["adverse", "pre-adverse"]
    assert not found["dispute_possible"]
    final = expect(world.call("GET", "/packet/notices/adverse-1/content"), 200).body.decode()
    assert "did not make this decision" in final
    assert expect(world.call("GET", "/packet/notices/adverse-1/report"), 404).json["code"] == "report-not-found"


def test_a_notice_binds_in_english_and_carries_its_reading(world: World, noticed: str) -> None:
    expect(world.call("PUT", "/packet/language", {"language": "es"}), 200)
    (row, *_) = listed(world)["items"]
    assert row["title"] == "Aviso previo a una decisión sobre su verificación de antecedentes"
    assert "Copia del informe" in [one["title"] for one in row["enclosures"]]
    text = expect(world.call("GET", f"/packet/notices/{row['notice_id']}/content"), 200).body.decode()
    binding, _, reading = text.partition("\n* * *\n")
    assert binding.startswith("Notice before a decision about your background check\n\nDear ")
    assert reading.startswith("\nEsta lectura es una cortesía. Solo el texto en inglés es vinculante.\n\nAviso previo")
    assert "Fairmeadow Screening Services" in reading
    assert "$" not in reading
    expect(world.call("PUT", "/packet/language", {"language": "en"}), 200)
    assert expect(world.call("GET", f"/packet/notices/{row['notice_id']}/content"), 200).body.decode() == binding
