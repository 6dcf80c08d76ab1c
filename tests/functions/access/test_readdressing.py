"""The invited address is corrected, as long as nobody has come in by it."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.access.access import Access, Link, OpenPacket, fingerprint
from econtracting.domain.packet import Status
from econtracting.ports import Change
from tests.functions.access.test_deliveries import bounce, hear, report
from tests.functions.access.test_invite import act, later, read, reminders
from tests.support import journey
from tests.support.journey import CONTRACTING, RECRUITER, expect
from tests.support.records import NOW, packet
from tests.support.world import Answer, World

pytestmark = pytest.mark.brings("P18")

RIGHT = "dana@gmail.example"
STRANGER = {**RECRUITER, "subject": "recruiter-2", "agency_id": "agency-2"}


def correct(world: World, packet_id: str, email: Any = RIGHT, staff: dict[str, str] = RECRUITER) -> Answer:
    return world.call("PUT", f"/invitations/{packet_id}/agent-email", {"email": email}, staff=staff)


def mailed(world: World, to: str) -> list[str]:
    world.settle()
    return [mail["reference"].split(".", 1)[1] for mail in world.outside.post.sent if mail["to"] == to]


@pytest.fixture
def packet_id(world: World) -> str:
    return journey.invite(world, agent=wrongly())


def wrongly(**changes: str) -> dict[str, Any]:
    usual = {"first_name": "Dana", "last_name": "Rivers", "email": "dana@gmial.example", "npn": "15645555"}
    return {**usual, **changes}


@pytest.mark.parametrize("staff", [RECRUITER, CONTRACTING])
def test_the_invitation_goes_to_the_right_address_with_another_link(
    world: World, packet_id: str, staff: dict[str, str]
) -> None:
    old = journey.link_secret(world)
    shown = expect(correct(world, packet_id, staff=staff), 200).json
    assert (shown["agent"]["email"], shown["delivery"], shown["mails_sent"]) == (RIGHT, "queued", 2)
    assert mailed(world, RIGHT) == ["mail.invitation.2"]
    assert mailed(world, "dana@gmial.example") == ["mail.invitation.1"]
    assert journey.link_secret(world) != old
    corrected = [one for one in wiring.packets().events(packet_id) if one.type == "invitation.email_corrected"]
    assert [one.data for one in corrected] == [{"mail": 2, "generation": 2}]
    assert corrected[0].actor.id == staff["subject"]
    journey.come_in(world)
    assert world.status(packet_id) == "IN_PROGRESS"


def test_the_old_link_is_void_and_so_is_every_password_mailed_for_it(world: World, packet_id: str) -> None:
    old = journey.link_secret(world)
    expect(world.call("POST", "/access/password-requests", {"invitation": old}), 202)
    world.settle()
    password = journey.temporary_password(world)
    expect(correct(world, packet_id), 200)
    world.settle()
    new = journey.link_secret(world)
    for secret in (old, new):
        refused = world.call("POST", "/access/sessions", {"invitation": secret, "password": password})
        assert expect(refused, 401).json["code"] == "invalid-credentials"
    before = len(world.outside.post.sent)
    expect(world.call("POST", "/access/password-requests", {"invitation": old}), 202)
    world.settle()
    assert len(world.outside.post.sent) == before
    journey.come_in(world)


def test_a_link_of_an_earlier_key_is_void_as_well(world: World, packet_id: str) -> None:
    """After a change of the link key a packet has several links of one generation."""
    earlier = Link(fingerprint=fingerprint("earlier"), packet_id=packet_id, generation=1)
    wiring.packets().change(packet_id, lambda current: Change(current, puts=[earlier]))
    expect(correct(world, packet_id), 200)
    world.settle()
    journey.come_in(world)
    refused = world.call("POST", "/access/sessions", {"invitation": "earlier", "password": journey.PASSWORD})
    assert refused.status == 401
    before = wiring.packets().find(Access, packet_id)
    expect(world.call("POST", "/access/password-requests", {"invitation": "earlier"}), 202)
    assert wiring.packets().find(Access, packet_id) == before


def test_letters_that_wait_for_the_old_address_are_not_sent(world: World) -> None:
    world.outside.post.down = True
    answer = world.call("POST", "/invitations", journey.invitation(agent=wrongly()), staff=RECRUITER)
    packet_id = expect(answer, 201).json["packet_id"]
    world.settle()
    expect(correct(world, packet_id), 200)
    world.outside.post.down = False
    later(world, days=1)
    assert [mail["to"] for mail in world.outside.post.sent] == [RIGHT]


def test_the_marks_of_the_old_address_are_gone_and_its_late_reports_say_nothing(world: World, packet_id: str) -> None:
    def gone(number: int, kind: str = "Permanent") -> dict[str, Any]:
        said = bounce(f"{packet_id}.mail.invitation.{number}", kind)
        said["mail"]["destination"] = ["dana@gmial.example"]
        return said

    hear(gone(1))
    assert read(world, packet_id).json["delivery"] == "undeliverable"
    expect(correct(world, packet_id), 200)
    world.settle()
    late = report("Complaint", f"{packet_id}.mail.invitation.1", complaint={"complaintFeedbackType": "abuse"})
    late["mail"]["destination"] = ["dana@gmial.example"]
    hear(late)
    assert read(world, packet_id).json["delivery"] == "sent"
    later(world, days=3)
    assert reminders(world) == 1
    assert mailed(world, RIGHT) == ["mail.invitation.2", "mail.reminder.1"]


def test_the_same_address_again_is_no_change(world: World, packet_id: str) -> None:
    first = expect(correct(world, packet_id), 200).json
    assert expect(correct(world, packet_id), 200).json == first
    assert expect(correct(world, packet_id, f"  {RIGHT} "), 200).json == first
    assert mailed(world, RIGHT) == ["mail.invitation.2"]


def test_a_repeat_after_the_agent_has_come_in_is_no_change_either(world: World, packet_id: str) -> None:
    """Whose first answer was lost is not told that it was too late."""
    expect(correct(world, packet_id), 200)
    assert mailed(world, RIGHT) == ["mail.invitation.2"]
    journey.come_in(world)
    again = expect(correct(world, packet_id), 200).json
    assert (again["agent"]["email"], again["mails_sent"], again["status"]) == (RIGHT, 2, "IN_PROGRESS")
    expect(correct(world, packet_id, "someone@else.example"), 409)


def test_a_correction_of_capitals_alone_is_one(world: World, packet_id: str) -> None:
    expect(correct(world, packet_id, "Dana@gmial.example"), 200)
    assert mailed(world, "Dana@gmial.example") == ["mail.invitation.2"]


def test_the_place_moves_with_the_address(world: World, packet_id: str) -> None:
    expect(correct(world, packet_id), 200)
    find = wiring.packets().find
    assert find(OpenPacket, "agency-1", "email", "dana@gmial.example") is None
    held = find(OpenPacket, "agency-1", "email", RIGHT)
    assert held is not None
    assert held.packet_id == packet_id
    journey.invite(world, agent=wrongly(first_name="Kim", npn="16645555"))


def test_an_address_of_another_open_packet_of_the_agency_is_refused_with_that_packet(
    world: World, packet_id: str
) -> None:
    other = journey.invite(world, agent=wrongly(first_name="Kim", email=RIGHT, npn="16645555"))
    taken = expect(correct(world, packet_id, RIGHT.upper()), 409).json
    assert (taken["code"], taken["packet_id"]) == ("packet-already-open", other)
    assert read(world, packet_id).json["agent"]["email"] == "dana@gmial.example"
    expect(act(world, other, "withdraw", {"reason": "sent twice"}), 200)
    expect(correct(world, packet_id), 200)


def test_an_address_whose_packet_has_lapsed_is_free(world: World) -> None:
    journey.invite(world, agent=wrongly(first_name="Kim", email=RIGHT, npn="16645555"))
    world.clock.pass_(days=31)
    packet_id = journey.invite(world, agent=wrongly())
    expect(correct(world, packet_id), 200)


def test_another_agency_may_invite_the_same_address(world: World, packet_id: str) -> None:
    elsewhere = journey.invitation(agent=wrongly(email=RIGHT), agency={"id": "agency-2", "name": "Hill Agency"})
    expect(world.call("POST", "/invitations", elsewhere, staff=STRANGER), 201)
    expect(correct(world, packet_id), 200)


def test_a_recruiter_of_another_agency_finds_no_such_packet(world: World, packet_id: str) -> None:
    missing = correct(world, "pkt_00000000000000000000000000", staff=STRANGER)
    found = correct(world, packet_id, staff=STRANGER)
    assert (found.status, found.json["code"]) == (missing.status, missing.json["code"]) == (404, "packet-not-found")


def test_after_the_first_log_in_it_is_the_agents_own(world: World, packet_id: str) -> None:
    journey.come_in(world)
    refused = expect(correct(world, packet_id), 409).json
    assert (refused["code"], refused["packet_status"]) == ("invalid-transition", "IN_PROGRESS")
    assert "The agent has signed in already" in refused["detail"]
    assert "withdraw the invitation" in refused["detail"]


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.INVITED])
def test_only_an_invitation_that_nobody_has_opened_is_corrected(world: World, status: Status) -> None:
    submitted = {} if status in (Status.IN_PROGRESS, Status.AWAITING_SIGNATURE) else {Status.SUBMITTED.value: NOW}
    world.clock.at = NOW
    wiring.packets().create(Change(packet(status=status, status_at=NOW, reached=submitted)))
    refused = expect(correct(world, "pkt_1", staff=CONTRACTING), 409).json
    assert refused["code"] == "invalid-transition"
    assert refused["detail"].endswith(".")


def test_an_invitation_that_has_lapsed_is_not_corrected(world: World, packet_id: str) -> None:
    world.clock.pass_(days=30)
    assert expect(correct(world, packet_id), 409).json["packet_status"] == "EXPIRED"


@pytest.mark.parametrize("email", ["", "dana", "dana@", "dana@gmial", 5, None, "dana@x.example, kim@x.example"])
def test_what_is_no_address_is_refused_by_name(world: World, packet_id: str, email: Any) -> None:
    errors = expect(correct(world, packet_id, email), 422).json["errors"]
    assert [one["field"] for one in errors] == ["email"]


def test_corrections_count_with_the_repeated_invitations(world: World, packet_id: str) -> None:
    for number in range(5):
        expect(correct(world, packet_id, f"dana{number}@gmail.example"), 200)
    assert int(expect(correct(world, packet_id), 429).headers["Retry-After"][0]) > 0
    assert expect(act(world, packet_id, "resend"), 429)


@pytest.mark.brings("P16")
@pytest.mark.parametrize(
    "status",
    [
        Status.AWAITING_SIGNATURE, Status.SEALING, Status.SUBMITTED, Status.BACKGROUND_CHECK, Status.APPOINTING,
        Status.PROCESSED, Status.CERTIFICATION_OPEN, Status.ACTIVE, Status.CORRECTION_REQUESTED, Status.NEEDS_REVIEW,
        Status.ADVERSE_REVIEW,
    ],
)  # fmt: skip
def test_a_submitted_packet_is_not_invited_to_again_and_the_refusal_says_where_it_stands(
    world: World, status: Status
) -> None:
    world.clock.at = NOW
    wiring.packets().create(Change(packet(status=status, status_at=NOW, reached={Status.SUBMITTED.value: NOW})))
    refused = expect(act(world, "pkt_1", "resend"), 409).json
    told = Status.BACKGROUND_CHECK if status is Status.ADVERSE_REVIEW else status
    assert (refused["code"], refused["packet_status"]) == ("invalid-transition", told)
    assert "was submitted" in refused["detail"]
    assert ("background check is under way" in refused["detail"]) == (told is Status.BACKGROUND_CHECK)
    assert world.outside.post.sent == []


@pytest.mark.brings("P16")
@pytest.mark.parametrize("status", [Status.INVITED, Status.IN_PROGRESS, Status.AWAITING_SIGNATURE])
def test_before_submission_the_link_is_sent_again(world: World, status: Status) -> None:
    world.clock.at = NOW
    wiring.packets().create(Change(packet(status=status, status_at=NOW)))
    expect(act(world, "pkt_1", "resend"), 202)
    world.settle()
    assert [mail["reference"] for mail in world.outside.post.sent] == ["pkt_1.mail.invitation.1"]


@pytest.mark.brings("P16")
@pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED, Status.REJECTED])
def test_an_ended_packet_is_not_sent_again(world: World, status: Status) -> None:
    world.clock.at = NOW
    wiring.packets().create(Change(packet(status=status, status_at=NOW)))
    assert "open a new one" in expect(act(world, "pkt_1", "resend"), 409).json["detail"]
