"""The road walked far from UTC: answer, screen, paper, certificate and mail show one day for one act."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from econtracting import wiring
from econtracting.domain.days import day_in, states_day
from tests.support import journey
from tests.support.pdf_text import text_of
from tests.support.world import World

pytestmark = pytest.mark.brings("D1", "D4")
DATES = re.compile(r"\b(\d\d)-(\d\d)-2026\b")
WRITTEN = re.compile(r"\bNovember (\d+), 2026")


@dataclass(frozen=True)
class Place:
    """Where someone signs: the residence, the browser's zone, and how the clocks there show one moment."""

    address: dict[str, str]
    zone: str
    at: datetime
    day: int  # of November 2026
    clock: str
    offset: str
    shown: str  # as a mail tells the moment


def place(state: str, city: str, zip_code: str, **there: object) -> Place:
    address = {"line1": "12 Orchard Lane", "city": city, "state": state, "postal_code": zip_code, "county": city}
    return Place(address=address, **there)  # type: ignore[arg-type]


PLACES = {
    "an evening in Hawaii": place(
        "HI",
        "Honolulu",
        "96813",
        zone="Pacific/Honolulu",
        at=datetime(2026, 11, 28, 6, 30, tzinfo=UTC),
        day=27,
        clock="20:30",
        offset="-10:00",
        shown="8:30 p.m. HST on Friday, November 27, 2026",
    ),
    "a morning in Guam": place(
        "GU",
        "Hagatna",
        "96910",
        zone="Pacific/Guam",
        at=datetime(2026, 11, 27, 22, 30, tzinfo=UTC),
        day=28,
        clock="08:30",
        offset="+10:00",
        shown="8:30 a.m. ChST on Saturday, November 28, 2026",
    ),
    "an evening in Nashville": place(
        "TN",
        "Nashville",
        "37210",
        zone="America/Chicago",
        at=datetime(2026, 11, 28, 1, 54, tzinfo=UTC),
        day=27,
        clock="19:54",
        offset="-06:00",
        shown="7:54 p.m. CST on Friday, November 27, 2026",
    ),
}


def signed_at(world: World, there: Place) -> str:
    world.clock.at, world.zone = there.at, there.zone
    packet_id = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world, agent={"residential": there.address})
    for step in (journey.confirm, journey.consent, journey.adopt, journey.sign_everything, journey.finish):
        step(world)
    return packet_id


def days_in(text: str) -> set[int]:
    """The days of November 2026 that a text tells."""
    return {int(day) for month, day in DATES.findall(text) if month == "11"} | {
        int(day) for day in WRITTEN.findall(text)
    }


@pytest.mark.parametrize("there", PLACES.values(), ids=PLACES)
def test_one_act_has_one_day_everywhere(world: World, there: Place) -> None:
    packet_id = signed_at(world, there)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    world.settle(lambda: bool(world.outside.screening.reports))

    documents = journey.expect(world.call("GET", "/packet/documents"), 200).json
    fields = [field for one in documents for field in one["fields"]]
    assert {field["signed_on"] for field in fields if field["signed_at"]} == {f"2026-11-{there.day}"}
    assert {field["mark"]["text"] for field in fields if field["kind"] == "date" and field["mark"]} == {
        f"11-{there.day}-2026"
    }

    for name in ("application", "w9"):
        paper = text_of(world.call("GET", f"/packet/documents/{name}/content", query={"version": "sealed"}).body)
        assert days_in(paper) == {there.day}, name
    certificate = text_of(world.call("GET", "/packet/documents/certificate/content", query={"version": "sealed"}).body)
    assert days_in(certificate) == {there.day}
    assert there.zone in certificate
    assert f"November {there.day}, 2026, {there.clock}:00 UTC{there.offset}" in " ".join(certificate.split())

    acts = [event for event in wiring.packets().events(packet_id) if event.type.startswith("document.tag")]
    assert {(event.data["zone"], event.data["offset"]) for event in acts} == {(there.zone, there.offset)}
    assert {event.at for event in acts} == {there.at}

    mails = {mail["reference"].split(".")[2]: mail["text"] for mail in world.outside.post.sent}
    for name in ("temporary-password", "password-changed"):
        assert there.shown in mails[name]

    if there.address["state"] == "TN":
        return
    journey.expect(journey.background_webhook(world, packet_id, 1, "complete", "clear"), 202)
    world.reaches(packet_id, "APPOINTING")
    world.settle(lambda: len(world.outside.gateway.orders) == 2)
    for state in ("AL", "FL"):
        filed = states_day(world.clock.now(), state).isoformat()
        assert {one["effective_date"] for one in world.outside.gateway.orders.values() if one["state"] == state} == {
            filed
        }
        journey.expect(journey.appointment_webhook(world, packet_id, state, effective_date=None), 202)
    world.reaches(packet_id, "PROCESSED")
    world.settle(lambda: bool(world.outside.site.feeds))
    journey.expect(journey.certification_webhook(world, packet_id, "producer.loaded"), 202)
    world.reaches(packet_id, "CERTIFICATION_OPEN")
    for course in ("medicare-basics", "plan-products"):
        done = journey.certification_webhook(
            world, packet_id, "course.completed", course=course, plan_year=2027, score=95
        )
        journey.expect(done, 202)
    assert world.status(packet_id) == "ACTIVE"
    carriers = day_in(world.clock.now(), wiring.carriers_zone()).isoformat()
    for query in ({"state": "AL"}, {"state": "AL", "on": carriers}):
        answer = world.call("GET", "/producers/15645555/ready-to-sell", query=query, staff=journey.CONTRACTING)
        assert answer.json["ready"], answer.json
        told = " ".join(reason["detail"] for reason in answer.json["reasons"])
        assert f"The contract was sealed on {carriers}." in told
