"""A recruiter's door, request by request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Status
from econtracting.ports import Change
from tests.support import journey
from tests.support.journey import CONTRACTING, RECRUITER, expect, invitation
from tests.support.world import Answer, World

STRANGER = RECRUITER | {"subject": "recruiter-2", "agency_id": "agency-2"}
OTHER_AGENT = {"first_name": "Sam", "last_name": "Field", "email": "sam@example.com", "npn": "7"}


def create(world: World, key: str | None = None, staff: dict[str, str] = RECRUITER, **changes: Any) -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    return world.call("POST", "/invitations", invitation(**changes), staff=staff, headers=headers)


def read(world: World, packet_id: str, staff: dict[str, str] = RECRUITER) -> Answer:
    return world.call("GET", f"/invitations/{packet_id}", staff=staff)


def act(world: World, packet_id: str, verb: str, body: Any = None, **more: Any) -> Answer:
    return world.call("POST", f"/invitations/{packet_id}/{verb}", body, **{"staff": RECRUITER, **more})


def listed(world: World, staff: dict[str, str] = RECRUITER, **query: str) -> list[str]:
    page = expect(world.call("GET", "/invitations", query=query or None, staff=staff), 200).json
    return [item["packet_id"] for item in page["items"]]


@pytest.fixture
def packet_id(world: World) -> str:
    return journey.invite(world)


def test_an_invitation_opens_a_packet_and_mails_its_link(world: World) -> None:
    answer = expect(create(world), 201).json
    assert answer["status"] == "INVITED"
    assert answer["expires_at"] == "2026-12-24T15:00:00.000Z"
    world.settle()
    (mail,) = world.outside.post.sent
    assert mail["to"] == "dana@example.com"
    assert mail["reference"] == f"{answer['packet_id']}.mail.invitation.1"
    assert "https://portal.example.com/#/invitation/" in mail["text"]


def test_the_recruiter_never_sees_the_links_secret(world: World, packet_id: str) -> None:
    secret = journey.link_secret(world).encode()
    answers = [read(world, packet_id), world.call("GET", "/invitations", staff=RECRUITER), create(world)]
    answers.append(act(world, packet_id, "resend"))
    assert not [answer for answer in answers if secret in answer.body]


def test_an_open_packet_for_the_same_mail_or_npn_is_pointed_to(world: World, packet_id: str) -> None:
    same_mail = create(world, agent=OTHER_AGENT | {"email": "DANA@example.com"})
    same_npn = create(world, agent=OTHER_AGENT | {"npn": "1564-5555"})
    for answer in (same_mail, same_npn):
        assert expect(answer, 409).json["code"] == "packet-already-open"
        assert answer.json["packet_id"] == packet_id


def test_another_agency_may_invite_the_same_agent(world: World, packet_id: str) -> None:
    expect(create(world, staff=STRANGER, agency={"id": "agency-2", "name": "Other Agency"}), 201)


@pytest.mark.failure("R01")
def test_the_same_key_and_body_are_answered_with_the_first_packet(world: World) -> None:
    first, second = create(world, "key-1"), create(world, "key-1")
    assert (first.status, first.json) == (second.status, second.json) == (201, first.json)
    world.settle()
    assert len(world.outside.post.sent) == 1


@pytest.mark.failure("R02")
def test_the_same_key_with_another_body_is_refused_and_writes_nothing(world: World) -> None:
    expect(create(world, "key-1"), 201)
    again = expect(create(world, "key-1", agent=OTHER_AGENT), 422)
    assert again.json["code"] == "idempotency-key-reused"
    assert len(listed(world)) == 1


def test_a_key_of_somebody_else_is_no_key_of_mine(world: World) -> None:
    mine = expect(create(world, "key-1"), 201).json["packet_id"]
    other = create(world, "key-1", staff=STRANGER, agency={"id": "agency-2", "name": "Other"})
    assert expect(other, 201).json["packet_id"] != mine


def test_a_key_is_1_to_255_characters(world: World) -> None:
    assert expect(create(world, "k" * 256), 422).json["errors"][0]["field"] == "Idempotency-Key"
    expect(create(world, "k" * 255), 201)


def test_a_bad_invitation_names_field_rule_and_message(world: World) -> None:
    agent = {"first_name": "J0hn", "last_name": "Doe", "email": "not a mail"}
    found = expect(create(world, agent=agent, level="9"), 422).json
    assert [(one["field"], one["rule"]) for one in found["errors"]] == [
        ("agent.first_name", "name-digits"),
        ("agent.email", "email-format"),
    ]
    assert all(one["message"] for one in found["errors"])


def test_a_level_the_packet_type_does_not_have_is_refused(world: World) -> None:
    assert expect(create(world, level="9"), 422).json["errors"][0]["rule"] == "level-unknown"


def test_a_packet_type_that_is_not_offered_is_refused(world: World) -> None:
    for name in ("nothing", "../meridian", "meridian/"):
        assert expect(create(world, packet_type=name), 422).json["errors"][0]["field"] == "packet_type"


def test_a_recruiter_invites_for_the_own_agency_only(world: World) -> None:
    expect(create(world, agency={"id": "agency-2", "name": "Other"}), 403)


def test_a_recruiter_without_an_agency_can_do_nothing(world: World, packet_id: str) -> None:
    nowhere = RECRUITER | {"agency_id": ""}
    expect(create(world, staff=nowhere), 403)
    expect(read(world, packet_id, nowhere), 403)


Call = Callable[[World, str, dict[str, str]], Answer]
ROUTES: dict[str, Call] = {
    "read": lambda world, packet_id, staff: read(world, packet_id, staff),
    "resend": lambda world, packet_id, staff: act(world, packet_id, "resend", staff=staff),
    "withdraw": lambda world, packet_id, staff: act(world, packet_id, "withdraw", {"reason": "no"}, staff=staff),
    "extend": lambda world, packet_id, staff: act(world, packet_id, "extend", {"days": 5}, staff=staff),
    "states": lambda world, packet_id, staff: world.call(
        "PUT", f"/invitations/{packet_id}/pre-appointment-states", {"states": []}, staff=staff
    ),
    "address": lambda world, packet_id, staff: world.call(
        "PUT", f"/invitations/{packet_id}/agent-email", {"email": "d.rivers@example.com"}, staff=staff
    ),
}


@pytest.mark.parametrize("route", ROUTES)
def test_another_agencys_packet_does_not_exist(world: World, packet_id: str, route: str) -> None:
    foreign = expect(ROUTES[route](world, packet_id, STRANGER), 404)
    missing = expect(ROUTES[route](world, "pkt_" + "0" * 26, STRANGER), 404)
    assert foreign.json == missing.json
    assert read(world, packet_id).json["mails_sent"] == 1
    expect(ROUTES[route](world, packet_id, RECRUITER), 202 if route == "resend" else 200)


def test_every_route_about_a_packet_is_among_those_tested_for_foreign_agencies() -> None:
    from tests.support import deployed

    about_one = {(method, path) for method, path, _ in deployed.routes() if path.startswith("/invitations/{")}
    assert len(about_one) == len(ROUTES)


def test_lists_show_the_own_agency_only(world: World, packet_id: str) -> None:
    other = expect(create(world, staff=STRANGER, agency={"id": "agency-2", "name": "Other"}), 201).json["packet_id"]
    assert listed(world) == [packet_id]
    assert listed(world, STRANGER) == [other]
    assert listed(world, RECRUITER, agency_id="agency-2") == [packet_id]


def test_the_carriers_department_sees_every_agency(world: World, packet_id: str) -> None:
    other = expect(create(world, staff=STRANGER, agency={"id": "agency-2", "name": "Other"}), 201).json["packet_id"]
    assert listed(world, CONTRACTING, agency_id="agency-2") == [other]
    assert set(listed(world, CONTRACTING, status="INVITED")) == {packet_id, other}
    expect(read(world, packet_id, CONTRACTING), 200)
    expect(world.call("GET", "/invitations", staff=CONTRACTING), 422)


def test_lists_filter_by_status(world: World, packet_id: str) -> None:
    expect(act(world, packet_id, "withdraw", {"reason": "a mistake"}), 200)
    again = expect(create(world), 201).json["packet_id"]
    assert listed(world, status="INVITED") == [again]
    assert listed(world, status="WITHDRAWN") == [packet_id]
    assert set(listed(world, status="", cursor="")) == {again, packet_id}
    assert expect(world.call("GET", "/invitations", query={"status": "LOST"}, staff=RECRUITER), 422)


def test_lists_are_paged_and_no_packet_is_missed_or_repeated(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import invite.handler

    monkeypatch.setattr(invite.handler, "PAGE", 2)
    created = set()
    for number in range(5):
        agent = OTHER_AGENT | {"email": f"sam{number}@example.com", "npn": str(100 + number)}
        created.add(expect(create(world, agent=agent), 201).json["packet_id"])
    found: list[str] = []
    query: dict[str, str] | None = None
    while True:
        page = expect(world.call("GET", "/invitations", query=query, staff=RECRUITER), 200).json
        found += [item["packet_id"] for item in page["items"]]
        if page["cursor"] is None:
            break
        query = {"cursor": page["cursor"]}
    assert len(found) == 5
    assert set(found) == created


def test_a_cursor_that_was_never_given_out_is_refused(world: World, packet_id: str) -> None:
    for cursor in ("nonsense", "e30=", "bnVsbA==", "x" * 3000):
        expect(world.call("GET", "/invitations", query={"cursor": cursor}, staff=RECRUITER), 422)


def test_another_agencys_cursor_opens_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import invite.handler

    monkeypatch.setattr(invite.handler, "PAGE", 1)
    for number in range(2):
        agent = OTHER_AGENT | {"email": f"sam{number}@example.com", "npn": str(100 + number)}
        expect(create(world, agent=agent), 201)
    cursor = expect(world.call("GET", "/invitations", staff=RECRUITER), 200).json["cursor"]
    expect(world.call("GET", "/invitations", query={"cursor": cursor}, staff=STRANGER), 422)


def test_resend_mails_the_same_link(world: World, packet_id: str) -> None:
    first = journey.link_secret(world)
    expect(act(world, packet_id, "resend"), 202)
    world.settle()
    assert len(world.outside.post.sent) == 2
    assert journey.link_secret(world) == first


def test_resending_too_often_is_refused(world: World, packet_id: str) -> None:
    for _ in range(5):
        expect(act(world, packet_id, "resend"), 202)
    assert int(expect(act(world, packet_id, "resend"), 429).headers["Retry-After"][0]) > 0


def test_a_resend_repeated_at_the_hours_limit_gets_its_answer_again(world: World, packet_id: str) -> None:
    for number in range(5):
        last = expect(act(world, packet_id, "resend", headers={"Idempotency-Key": f"{number}"}), 202)
    assert expect(act(world, packet_id, "resend", headers={"Idempotency-Key": "4"}), 202).json == last.json


def test_a_repeated_resend_with_its_key_mails_once(world: World, packet_id: str) -> None:
    for _ in range(2):
        expect(act(world, packet_id, "resend", headers={"Idempotency-Key": "r"}), 202)
    world.settle()
    assert len(world.outside.post.sent) == 2


def test_withdrawing_tells_the_agent_the_reason_and_frees_the_place(world: World, packet_id: str) -> None:
    answer = expect(act(world, packet_id, "withdraw", {"reason": "joined another agency"}), 200).json
    assert answer["status"] == "WITHDRAWN"
    world.settle()
    assert "joined another agency" in world.outside.post.sent[-1]["text"]
    expect(create(world), 201)


def test_withdrawing_twice_is_a_conflict(world: World, packet_id: str) -> None:
    expect(act(world, packet_id, "withdraw", {"reason": "one"}), 200)
    assert expect(act(world, packet_id, "withdraw", {"reason": "two"}), 409).json["code"] == "invalid-transition"


def test_a_reason_is_needed_and_has_its_limit(world: World, packet_id: str) -> None:
    for body in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 501}, {"reason": 5}, {"reason": "a", "b": 1}):
        expect(act(world, packet_id, "withdraw", body), 422)


@pytest.mark.parametrize("verb", ["withdraw", "extend"])
def test_after_submission_an_invitation_can_neither_be_withdrawn_nor_extended(
    world: World, packet_id: str, verb: str
) -> None:
    stands(packet_id, Status.SEALING)
    body: dict[str, Any] = {"reason": "late"} if verb == "withdraw" else {"days": 5}
    assert expect(act(world, packet_id, verb, body), 409).json["code"] == "invalid-transition"


def stands(packet_id: str, status: Status, **changes: Any) -> None:
    """Put a packet where the other doors would have brought it."""
    wiring.packets().change(packet_id, lambda packet: Change(packet.having(status=status, **changes)))


def test_extending_moves_the_end(world: World, packet_id: str) -> None:
    answer = expect(act(world, packet_id, "extend", {"days": 10}), 200).json
    assert answer["expires_at"] == "2027-01-03T15:00:00.000Z"


def test_days_are_a_whole_number_within_limits(world: World, packet_id: str) -> None:
    for days in (0, -1, 181, 1.5, "5", None, True, 10**30):
        expect(act(world, packet_id, "extend", {"days": days}), 422)


def test_an_expired_invitation_cannot_be_revived(world: World, packet_id: str) -> None:
    world.clock.pass_(days=30)
    for verb, body in (("extend", {"days": 5}), ("resend", None), ("withdraw", {"reason": "late"})):
        expect(act(world, packet_id, verb, body), 409)


def test_the_states_can_be_changed_until_appointments_are_ordered(world: World, packet_id: str) -> None:
    path = f"/invitations/{packet_id}/pre-appointment-states"
    answer = expect(world.call("PUT", path, {"states": ["fl", "AL", "AL"]}, staff=RECRUITER), 200).json
    assert answer["pre_appointment_states"] == ["AL", "FL"]
    expect(world.call("PUT", path, {"states": ["ZZ"]}, staff=RECRUITER), 422)
    stands(packet_id, Status.NEEDS_REVIEW, reached={"APPOINTING": world.clock.now()})
    assert expect(world.call("PUT", path, {"states": []}, staff=RECRUITER), 409).json["code"] == "invalid-transition"


def test_agents_and_strangers_are_no_staff(world: World, packet_id: str) -> None:
    assert expect(world.call("GET", "/invitations"), 401).json["code"] == "not-signed-in"
    journey.come_in(world)
    expect(world.call("GET", "/invitations"), 401)
    expect(read(world, packet_id, RECRUITER | {"groups": "carrier-system"}), 403)
    expect(read(world, packet_id, RECRUITER | {"groups": ""}), 403)


def test_reminders_of_the_invitation_come_on_their_days_and_stop_when_the_agent_comes_in(
    world: World, packet_id: str
) -> None:
    for day in range(1, 9):
        later(world, days=1)
        if day == 7:
            journey.come_in(world)
    later(world, days=20)
    assert reminders(world) == 2


def later(world: World, days: int) -> None:
    """The clock goes on; what is due is looked at, then what that wrote is sent."""
    world.clock.pass_(days=days)
    world.settle()
    world.settle()


def reminders(world: World) -> int:
    return sum("mail.reminder." in mail["reference"] for mail in world.outside.post.sent)


def test_missed_reminders_collapse_into_one(world: World, packet_id: str) -> None:
    later(world, days=15)
    later(world, days=1)
    assert reminders(world) == 1
    later(world, days=11)
    assert reminders(world) == 2


def test_an_invitation_expires_although_nobody_calls(world: World, packet_id: str) -> None:
    later(world, days=30)
    assert world.status(packet_id) == "EXPIRED"
    told = {mail["to"] for mail in world.outside.post.sent if "mail.expired" in mail["reference"]}
    assert told == {"dana@example.com", "robin@agency.example"}
    expect(create(world), 201)


def test_a_lapsed_packet_that_nobody_swept_does_not_block_a_new_one(world: World, packet_id: str) -> None:
    world.clock.pass_(days=30)
    expect(create(world), 201)
    assert world.status(packet_id) == "EXPIRED"


def test_an_agent_who_is_active_may_be_invited_again(world: World, packet_id: str) -> None:
    stands(packet_id, Status.ACTIVE)
    expect(create(world), 201)


def test_every_act_is_on_the_audit_trail_with_who_when_and_whence(world: World, packet_id: str) -> None:
    act(world, packet_id, "resend")
    act(world, packet_id, "extend", {"days": 1})
    world.call("PUT", f"/invitations/{packet_id}/pre-appointment-states", {"states": []}, staff=RECRUITER)
    act(world, packet_id, "withdraw", {"reason": "left"})
    told = wiring.packets().events(packet_id)
    events = [event for event in told if event.type != "invitation.sent"]  # the mail service's word
    assert [event.type for event in events] == [
        "invitation.created",
        "invitation.resent",
        "invitation.extended",
        "invitation.states_changed",
        "invitation.withdrawn",
    ]
    for event in events:
        assert (event.actor.kind, event.actor.id) == ("staff", "recruiter-1")
        assert (event.actor.address, event.actor.user_agent) == ("203.0.113.7", "test browser")


def test_no_outbox_row_holds_a_link_or_a_password(world: World, packet_id: str) -> None:
    journey.come_in(world)
    rows = " ".join(row.model_dump_json() for row in wiring.packets().all_of(Effect, packet_id))
    assert journey.link_secret(world) not in rows
    assert journey.temporary_password(world) not in rows


def rename(world: World, name: str, staff: dict[str, str] = CONTRACTING, agency_id: str = "agency-1") -> Answer:
    return world.call("PUT", f"/agencies/{agency_id}", {"name": name}, staff=staff)


@pytest.mark.law("T22")
@pytest.mark.parametrize("part", ["recruiter", "agency"])
def test_what_a_recruiter_is_called_cannot_become_a_link_in_the_carriers_mail(world: World, part: str) -> None:
    body = invitation()
    body[part] = body[part] | {"name": "Win at prizes.example"}
    problem = expect(world.call("POST", "/invitations", body, staff=RECRUITER), 422).json
    assert [(one["field"], one["rule"]) for one in problem["errors"]] == [(f"{part}.name", "address")]


@pytest.mark.law("T22")
def test_an_agencys_name_belongs_to_its_id(world: World, packet_id: str) -> None:
    other = invitation(agent=OTHER_AGENT, agency={"id": "agency-1", "name": "Another Agency"})
    problem = expect(world.call("POST", "/invitations", other, staff=RECRUITER), 422).json
    assert [(one["field"], one["rule"]) for one in problem["errors"]] == [("agency.name", "agency-name")]
    assert "Harbor Agency" in problem["errors"][0]["message"]
    same = invitation(agent=OTHER_AGENT, agency={"id": "agency-1", "name": "HARBOR AGENCY"})
    answer = expect(world.call("POST", "/invitations", same, staff=RECRUITER), 201).json
    assert expect(read(world, answer["packet_id"]), 200).json["agency"]["name"] == "Harbor Agency"


@pytest.mark.law("T22")
def test_the_department_renames_an_agency_for_its_next_packets(world: World, packet_id: str) -> None:
    expect(rename(world, "Harbor Group", RECRUITER), 403)
    expect(rename(world, "Harbor Group", agency_id="agency-9"), 404)
    expect(rename(world, "harbor.example"), 422)
    assert expect(rename(world, "Harbor Group"), 200).json == {"agency_id": "agency-1", "name": "Harbor Group"}
    assert expect(read(world, packet_id), 200).json["agency"]["name"] == "Harbor Agency"
    expect(create(world, agent=OTHER_AGENT), 422)
    expect(create(world, agent=OTHER_AGENT, agency={"id": "agency-1", "name": "Harbor Group"}), 201)
