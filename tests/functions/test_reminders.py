"""Agents are reminded by where they stand, a few times, and may stop it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from econtracting import wiring
from econtracting.adapters.ses import SesMailer
from econtracting.domain.access.invitation import MOST_REMINDERS
from econtracting.domain.access.reminders import LINK_LIFE, StopLink
from econtracting.domain.corrections import CorrectionRequest
from econtracting.domain.outbox import TimerKind, timer
from econtracting.domain.packet import Status
from econtracting.ports import Change
from tests.functions.access.test_invite import act, later, read
from tests.support import journey
from tests.support.journey import expect
from tests.support.records import NOW, packet
from tests.support.world import World

pytestmark = pytest.mark.brings("P19")


def sent(world: World, kind: str = "reminder") -> list[str]:
    found = (mail["reference"].split(".", 2)[2] for mail in world.outside.post.sent)
    return [name for name in found if kind in name]


def token(world: World) -> str:
    """Of the newest reminder's link, the same in the mail and in its header."""
    mail = next(one for one in reversed(world.outside.post.sent) if "stop" in one)
    found = re.search(r"https://portal\.example\.com/#/reminders/([A-Za-z0-9_-]{43})\n", mail["text"])
    assert found is not None, mail["text"]
    assert f"/#/reminders/{found[1]}" in mail["html"]
    header = urlsplit(mail["stop"])
    assert (header.scheme, header.netloc, header.path) == ("https", "portal.example.com", "/api/reminder-stops")
    assert parse_qs(header.query) == {"token": [found[1]]}
    return found[1]


def stop(world: World, secret: str, body: bytes | None = None, status: int = 200) -> dict[str, object]:
    """As a mail program asks: without cookie and header of ours, with a form that says nothing new."""
    cookie, world.cookie = world.cookie, None
    asked = {"X-Requested-With": "", "Content-Type": "application/x-www-form-urlencoded"}
    form = b"List-Unsubscribe=One-Click" if body is None else body
    answer = world.call("POST", "/reminder-stops", form, query={"token": secret}, headers=asked)
    world.cookie = cookie
    return dict(expect(answer, status).json)


@pytest.fixture
def packet_id(world: World) -> str:
    return journey.invite(world)


@pytest.fixture
def inside(world: World, packet_id: str) -> str:
    journey.come_in(world)
    journey.agree(world)
    return packet_id


def stands(status: Status, world: World, **changes: object) -> None:
    """A packet that came to a status now, and is looked at in three days."""
    world.clock.at = NOW
    usual = {"status": status, "status_at": NOW, "due_at": NOW + timedelta(days=3)}
    wiring.packets().create(Change(packet(**(usual | changes))))


def test_an_interview_that_was_begun_is_reminded_of(world: World, inside: str) -> None:
    later(world, days=2)
    assert sent(world) == []
    later(world, days=1)
    assert sent(world) == ["reminder-interview.1"]
    text = world.outside.post.sent[-1]["text"]
    assert "What you answered is saved" in text
    assert journey.link_secret(world) in text
    later(world, days=4)
    assert sent(world) == ["reminder-interview.1", "reminder-interview.2"]
    reminded = [one.data for one in wiring.packets().events(inside) if one.type == "invitation.reminded"]
    assert reminded == [
        {"reminder": 1, "letter": "reminder-interview"},
        {"reminder": 2, "letter": "reminder-interview"},
    ]


def test_who_was_here_yesterday_is_not_reminded_today(world: World, inside: str) -> None:
    world.clock.pass_(days=2)
    journey.come_in(world)
    expect(journey.save(world, "agent", journey.ANSWERS["agent"]), 200)
    later(world, days=1)
    assert sent(world) == []
    later(world, days=2)
    assert sent(world) == ["reminder-interview.1"]


def test_who_only_tries_passwords_is_not_here(world: World, inside: str) -> None:
    secret = journey.link_secret(world)
    world.clock.pass_(days=2)
    expect(world.call("POST", "/access/sessions", {"invitation": secret, "password": "Wrong7word"}), 401)
    later(world, days=1)
    assert sent(world) == ["reminder-interview.1"]


def test_documents_that_are_not_signed_are_reminded_of(world: World) -> None:
    stands(Status.AWAITING_SIGNATURE, world)
    later(world, days=3)
    assert sent(world) == ["reminder-signing.1"]
    assert "They are not signed yet" in world.outside.post.sent[-1]["text"]


def test_where_the_agent_went_on_to_is_what_is_reminded_of(world: World, inside: str) -> None:
    later(world, days=3)
    journey.come_in(world)
    journey.answer_everything(world)
    journey.confirm(world)
    later(world, days=2)
    later(world, days=2)
    assert sent(world) == ["reminder-interview.1", "reminder-signing.2"]


def test_before_the_invitation_expires_everybody_is_reminded(world: World, inside: str) -> None:
    for _ in range(26):
        world.clock.pass_(days=1)
        journey.come_in(world)
    before = len(sent(world))
    later(world, days=1)
    assert len(sent(world)) == before + 1


@pytest.mark.parametrize("status", [Status.INVITED, Status.IN_PROGRESS, Status.AWAITING_SIGNATURE])
def test_reminders_are_few_however_long_it_takes(world: World, status: Status) -> None:
    stands(status, world, expires_at=NOW + timedelta(days=200))
    for _ in range(66):
        later(world, days=3)
    assert 3 <= len(sent(world)) <= 4
    stored = wiring.packets().load("pkt_1")
    assert stored.reminders_sent == len(sent(world))


def test_no_packet_has_more_than_the_most(world: World) -> None:
    stands(Status.IN_PROGRESS, world, reminders_sent=MOST_REMINDERS)
    later(world, days=3)
    assert sent(world) == []


@pytest.mark.parametrize("status", [one for one in Status if one not in (
    Status.INVITED, Status.IN_PROGRESS, Status.AWAITING_SIGNATURE)])  # fmt: skip
def test_nobody_is_reminded_of_a_packet_that_stands_elsewhere(world: World, status: Status) -> None:
    stands(status, world, reached={Status.SUBMITTED.value: NOW})
    wiring.invitation_upkeep().attend("pkt_1")
    later(world, days=4)
    assert sent(world) == []


def test_an_address_that_does_not_work_is_not_reminded(world: World) -> None:
    stands(Status.IN_PROGRESS, world, delivery="undeliverable")
    later(world, days=3)
    assert sent(world) == []


def test_what_was_corrected_and_not_signed_is_reminded_of(world: World) -> None:
    world.clock.at = NOW
    request = CorrectionRequest(
        packet_id="pkt_1", number=1, fields=("agent.ssn",), reason="It does not match.", requested_by="c",
        requested_at=NOW, versions={}, answered_at=NOW,
    )  # fmt: skip
    waiting = packet(
        status=Status.AWAITING_SIGNATURE, correction=1, reached={Status.SUBMITTED.value: NOW}, generation=1
    )
    ring = timer("pkt_1", TimerKind.CORRECTION, "1", NOW + timedelta(days=3), NOW)
    wiring.packets().create(Change(waiting, effects=[ring], puts=[request]))
    later(world, days=3)
    assert sent(world) == ["reminder-signing-again.1-1"]
    stop(world, token(world))
    later(world, days=4)
    assert sent(world) == ["reminder-signing-again.1-1"]
    kept = wiring.packets().find(CorrectionRequest, "pkt_1", "1")
    assert kept is not None
    assert kept.reminders == 2  # its time goes on all the same


# stopping


def test_a_reminder_can_be_stopped_from_the_mail_without_signing_in(world: World, packet_id: str) -> None:
    later(world, days=3)
    secret = token(world)
    assert stop(world, secret)["on"] is False
    later(world, days=4)
    later(world, days=10)
    assert sent(world) == ["reminder.1"]
    assert read(world, packet_id).json["reminders_stopped_at"] is not None
    (event,) = [one for one in wiring.packets().events(packet_id) if one.type == "reminders.stopped"]
    assert event.data == {"by": "link"}
    later(world, days=20)
    assert world.status(packet_id) == "EXPIRED"
    assert sent(world, "expired")


def test_the_portal_sends_no_body(world: World, packet_id: str) -> None:
    later(world, days=3)
    assert stop(world, token(world), body=b"")["on"] is False


def test_looking_at_the_link_stops_nothing(world: World, packet_id: str) -> None:
    """Scanners follow links; only a POST counts."""
    later(world, days=3)
    secret, world.cookie = token(world), None
    answer = world.call("GET", "/reminder-stops", query={"token": secret})
    assert (answer.status, answer.headers["Location"]) == (303, [f"/#/reminders/{secret}"])
    assert answer.body == b""
    later(world, days=4)
    assert len(sent(world)) == 2


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({}, ""),
        ({"token": ""}, ""),
        ({"token": "abc."}, "abc"),
        ({"token": "a>\r\nSet-Cookie: x=y"}, "aSet-Cookiexy"),
        ({"token": "//evil.example/#"}, "evilexample"),
        ({"token": "a" * 5000}, "a" * 200),
        ({"token": ["abc", "abc"]}, "abc"),
        ({"token": "abc", "utm_source": "mail"}, "abc"),
    ],
)
def test_whatever_became_of_the_address_it_leads_to_the_page(
    world: World, query: dict[str, str | list[str]], place: str
) -> None:
    answer = world.call("GET", "/reminder-stops", query=query)
    assert (answer.status, answer.headers["Location"]) == (303, [f"/#/reminders/{place}"])


def test_what_a_program_adds_to_the_address_does_not_keep_reminders_going(world: World, packet_id: str) -> None:
    later(world, days=3)
    query = {"token": token(world), "utm_source": "mail"}
    assert expect(world.call("POST", "/reminder-stops", query=query), 200).json["on"] is False


def test_the_link_acts_once(world: World, inside: str) -> None:
    later(world, days=3)
    secret = token(world)
    stop(world, secret)
    journey.come_in(world)
    assert expect(world.call("GET", "/packet"), 200).json["reminders"]["on"] is False
    assert expect(world.call("PUT", "/packet/reminders", {"on": True}), 200).json == {"on": True, "stopped_at": None}
    assert stop(world, secret)["on"] is True
    kinds = [one.type for one in wiring.packets().events(inside) if one.type.startswith("reminders.")]
    assert kinds == ["reminders.stopped", "reminders.resumed"]
    later(world, days=4)
    newer = token(world)
    assert newer != secret
    assert stop(world, newer)["on"] is False


def test_a_link_of_none_of_ours_and_an_old_one_stop_nothing(world: World, packet_id: str) -> None:
    later(world, days=3)
    secret = token(world)
    for unknown in ("x", secret[:-1], secret + "x"):
        assert stop(world, unknown, status=404)["code"] == "link-unknown"
    expect(act(world, packet_id, "extend", {"days": 180}), 200)
    world.clock.pass_(days=LINK_LIFE.days)
    assert stop(world, secret, status=404)["code"] == "link-unknown"


@pytest.mark.parametrize("query", [{}, {"token": ""}, {"token": "x" * 201}])
def test_a_link_without_its_secret_is_refused_by_name(world: World, query: dict[str, str]) -> None:
    errors = expect(world.call("POST", "/reminder-stops", query=query), 422).json["errors"]
    assert [one["field"] for one in errors] == ["token"]


def test_the_secret_of_the_link_is_not_stored(world: World, packet_id: str) -> None:
    later(world, days=3)
    secret = token(world)
    assert wiring.packets().find(StopLink, secret) is None


def test_they_are_stopped_for_one_packet_only(world: World, packet_id: str) -> None:
    other = journey.invitation(agency={"id": "agency-2", "name": "Hill Agency"})
    stranger = {**journey.RECRUITER, "subject": "recruiter-2", "agency_id": "agency-2"}
    expect(world.call("POST", "/invitations", other, staff=stranger), 201)
    world.settle()
    later(world, days=3)
    assert len(sent(world)) == 2
    stop(world, token(world))
    later(world, days=4)
    assert len(sent(world)) == 3


def test_the_switch_in_the_packet_stops_and_resumes(world: World, inside: str) -> None:
    off = expect(world.call("PUT", "/packet/reminders", {"on": False}), 200).json
    assert off["on"] is False
    assert expect(world.call("PUT", "/packet/reminders", {"on": False}), 200).json == off
    later(world, days=14)
    assert sent(world) == []
    journey.come_in(world)
    expect(world.call("PUT", "/packet/reminders", {"on": True}), 200)
    later(world, days=3)
    assert sent(world) == ["reminder-interview.1"]


@pytest.mark.parametrize("wanted", [{}, {"on": "no"}, {"on": 0}, {"on": None}, {"off": True}])
def test_the_switch_takes_yes_and_no(world: World, inside: str, wanted: dict[str, object]) -> None:
    expect(world.call("PUT", "/packet/reminders", wanted), 422)


def test_the_switch_is_the_agents_alone(world: World, packet_id: str) -> None:
    expect(world.call("PUT", "/packet/reminders", {"on": False}), 401)
    assert world.call("PUT", "/packet/reminders", {"on": False}, staff=journey.RECRUITER).status == 401


class Ses:
    """Keeps what the mail service is asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, object]] = []

    def send_email(self, **request: object) -> dict[str, str]:
        self.asked.append(request)
        return {"MessageId": "m-1"}


@pytest.mark.parametrize("stop", ["", "https://portal.example.com/api/reminder-stops?token=t"])
def test_a_mail_program_is_told_how_to_stop_them(stop: str) -> None:
    ses = Ses()
    mail = {"to": "d@example.com", "subject": "s", "html": "h", "text": "t", "reference": "r"}
    SesMailer(ses, "c@example.com").send(**mail, stop=stop)
    headers = {one["Name"]: one["Value"] for one in ses.asked[0]["Content"]["Simple"]["Headers"]}  # type: ignore[index]
    wanted = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert headers == {"X-Reference-Id": "r"} | (wanted if stop else {})
