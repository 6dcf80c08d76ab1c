"""The same request again, later or at the same moment: it gets the first answer, and nothing happens twice."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting import wiring
from tests.support import bulk_files, journey, uploads
from tests.support.journey import CONTRACTING, RECRUITER, expect, invitation
from tests.support.overlap import Overlap
from tests.support.world import Answer, World

pytestmark = pytest.mark.law("T11")

KEY = {"Idempotency-Key": "once"}


@pytest.fixture
def overlap(world: World, monkeypatch: pytest.MonkeyPatch) -> Overlap:
    return Overlap(world, monkeypatch)


def events(packet_id: str) -> list[str]:
    return [one.type for one in wiring.packets().events(packet_id)]


@pytest.mark.failure("R50")
def test_every_act_of_the_road_that_overlaps_itself_happens_once(world: World, overlap: Overlap) -> None:
    made = overlap.twice("POST", "/invitations", invitation(), 201, staff=RECRUITER)
    packet_id = made["packet_id"]
    assert overlap.twice("POST", f"/invitations/{packet_id}/resend", None, 202, staff=RECRUITER)["mails_sent"] == 2
    overlap.twice("POST", f"/invitations/{packet_id}/extend", {"days": 3}, staff=RECRUITER)
    world.settle()
    journey.come_in(world)
    journey.agree(world)
    file = {"file_name": "order.pdf", "content_type": "application/pdf", "size": len(uploads.pdf())}
    announced = overlap.twice("POST", "/packet/attachments", file, 201)
    assert [one["attachment_id"] for one in world.call("GET", "/packet/attachments").json["items"]] == [
        announced["attachment_id"]
    ]
    journey.answer_everything(world)
    seen = {"If-Match": world.call("GET", "/packet/summary").json["version"]}
    assert overlap.twice("POST", "/packet/summary/confirm", headers=seen) == {"status": "AWAITING_SIGNATURE"}
    assert overlap.twice("POST", "/packet/summary/reopen") == {"status": "IN_PROGRESS"}
    journey.confirm(world)
    journey.consent(world)
    overlap.twice("POST", "/packet/paper-copies", {}, 202)
    journey.adopt(world)
    document = next(one for one in world.call("GET", "/packet/documents").json if one["act"] == "packet")
    expect(world.call("GET", f"/packet/documents/{document['document_id']}/content"), 200)
    box = next(one for one in document["fields"] if one["required"])
    overlap.twice("POST", f"/packet/documents/{document['document_id']}/fields/{box['field_id']}", None, 201)
    journey.sign_everything(world)
    assert overlap.twice("POST", "/packet/finish", None, 202) == {"status": "SEALING"}
    overlap.twice("POST", "/packet/consent/withdraw", {"reason": "paper is fine"})
    found = events(packet_id)
    once = ("invitation.created", "invitation.resent", "invitation.extended", "attachment.announced", "packet.reopened")
    for kind in (*once, "paper.copies_requested", "packet.finished", "disclosure.withdrawn"):
        assert found.count(kind) == 1, kind


def test_consent_that_overlaps_itself_is_given_once(
    world: World, overlap: Overlap, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet_id = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world)
    journey.confirm(world)
    call = world.call

    def twice(method: str, path: str, body: Any = None, **more: Any) -> Answer:
        answer = call(method, path, body, **({**more, "headers": KEY} if path == "/packet/consent" else more))
        if (method, path) == ("POST", "/packet/consent"):
            overlap.early = True
            again = call(method, path, body, **{**more, "headers": KEY})
            assert (again.status, again.json, overlap.early) == (201, answer.json, False)
        return answer

    monkeypatch.setattr(world, "call", twice)
    journey.consent(world)
    assert events(packet_id).count("disclosure.accepted") == 1


def test_a_code_that_is_asked_for_once_more_under_its_key_is_mailed_once(world: World) -> None:
    journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world, agent={"email": "dana.new@example.com"})
    for _ in range(2):
        expect(world.call("POST", "/packet/email-confirmations", headers=KEY), 202)
    world.settle()
    assert journey.letters(world).count("email-code") == 1


def test_a_reopening_repeated_after_the_answers_were_confirmed_again_opens_nothing(world: World) -> None:
    packet_id = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world)
    journey.confirm(world)
    first = expect(world.call("POST", "/packet/summary/reopen", headers=KEY), 200).json
    journey.confirm(world)
    assert expect(world.call("POST", "/packet/summary/reopen", headers=KEY), 200).json == first
    assert world.status(packet_id) == "AWAITING_SIGNATURE"


def test_a_withdrawal_that_overlaps_itself_is_answered_as_the_first_one(world: World, overlap: Overlap) -> None:
    packet_id = journey.invite(world)
    told = overlap.twice("POST", f"/invitations/{packet_id}/withdraw", {"reason": "left"}, staff=RECRUITER)
    assert told["status"] == "WITHDRAWN"
    assert events(packet_id).count("invitation.withdrawn") == 1


def test_a_first_answer_stands_whatever_became_of_the_packet(world: World) -> None:
    packet_id = journey.invite(world)
    acts: list[tuple[str, Any, int]] = [("resend", None, 202), ("extend", {"days": 3}, 200)]
    first = {}
    for verb, body, status in acts:
        headers = {"Idempotency-Key": verb}
        path = f"/invitations/{packet_id}/{verb}"
        first[verb] = expect(world.call("POST", path, body, staff=RECRUITER, headers=headers), status).json
    world.settle()
    reason = {"reason": "left"}
    path = f"/invitations/{packet_id}/withdraw"
    first["withdraw"] = expect(world.call("POST", path, reason, staff=RECRUITER, headers=KEY), 200).json
    assert (first["resend"]["status"], first["withdraw"]["status"]) == ("INVITED", "WITHDRAWN")
    for verb, body, status in acts:
        again = world.call(
            "POST", f"/invitations/{packet_id}/{verb}", body, staff=RECRUITER, headers={"Idempotency-Key": verb}
        )
        assert expect(again, status).json == first[verb]
    assert expect(world.call("POST", path, reason, staff=RECRUITER, headers=KEY), 200).json == first["withdraw"]


def test_what_an_earlier_release_kept_of_a_resend_is_answered_with_the_packet_as_it_stands(world: World) -> None:
    packet_id = journey.invite(world)
    path = f"/invitations/{packet_id}/resend"
    expect(world.call("POST", path, staff=RECRUITER, headers=KEY), 202)
    client = wiring._client("dynamodb")
    table = wiring.settings().table
    (kept,) = [one for one in client.scan(TableName=table)["Items"] if one["SK"] == {"S": "REQUEST"}]
    client.put_item(TableName=table, Item=kept | {"answer": {"S": "null"}})
    assert expect(world.call("POST", path, staff=RECRUITER, headers=KEY), 202).json["packet_id"] == packet_id


def test_a_file_that_is_announced_again_keeps_its_time_and_its_first_state(world: World) -> None:
    journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    file = {"file_name": "order.pdf", "content_type": "application/pdf", "size": 100}
    first = expect(world.call("POST", "/packet/attachments", file, headers=KEY), 201).json
    expect(world.call("DELETE", f"/packet/attachments/{first['attachment_id']}"), 204)
    world.clock.pass_(minutes=1)
    again = expect(world.call("POST", "/packet/attachments", file, headers=KEY), 201).json
    assert {**again, "upload": None} == {**first, "upload": None}
    assert again["upload"]["expires_at"] == first["upload"]["expires_at"]
    assert again["upload"]["fields"]["key"] == first["upload"]["fields"]["key"]


def test_a_confirmation_is_answered_the_same_after_everything_is_signed(world: World) -> None:
    journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world)
    seen = world.call("GET", "/packet/summary").json["version"]
    first = expect(journey.try_to_confirm(world, seen, **KEY), 200).json
    for step in (journey.consent, journey.adopt, journey.sign_everything, journey.finish):
        step(world)
    assert expect(journey.try_to_confirm(world, seen, **KEY), 200).json == first
    assert expect(journey.try_to_confirm(world, seen), 409).json["code"] == "invalid-transition"


def test_one_key_belongs_to_one_route_one_body_and_one_version(world: World) -> None:
    packet_id = journey.invite(world)
    expect(world.call("POST", f"/invitations/{packet_id}/extend", {"days": 3}, staff=RECRUITER, headers=KEY), 200)
    others = [
        ("/invitations", invitation()),
        (f"/invitations/{packet_id}/extend", {"days": 4}),
        (f"/invitations/{packet_id}/resend", None),
        (f"/invitations/{packet_id}/withdraw", {"reason": "left"}),
        ("/invitations/bulk", bulk_files.table(bulk_files.row(1))),
    ]
    for path, body in others:
        refused = expect(world.call("POST", path, body, staff=RECRUITER, headers=KEY), 422).json
        assert refused["code"] == "idempotency-key-reused", path
    assert events(packet_id).count("invitation.extended") == 1
    assert "invitation.withdrawn" not in events(packet_id)


def test_another_callers_key_is_another_request(world: World) -> None:
    packet_id = journey.invite(world)
    path = f"/invitations/{packet_id}/extend"
    expect(world.call("POST", path, {"days": 3}, staff=RECRUITER, headers=KEY), 200)
    expect(world.call("POST", path, {"days": 4}, staff=CONTRACTING, headers=KEY), 200)
    assert events(packet_id).count("invitation.extended") == 2


def test_another_file_under_the_same_key_is_refused_before_anyone_is_invited(world: World) -> None:
    def send(*rows: int) -> Answer:
        file = bulk_files.table(*map(bulk_files.row, rows))
        headers = {"Content-Type": "text/csv", **KEY}
        return world.call("POST", "/invitations/bulk", file, staff=RECRUITER, headers=headers)

    first = expect(send(1, 2), 202).json
    refused = expect(send(1, 2, 3), 422).json
    assert refused["code"] == "idempotency-key-reused"
    assert len(world.call("GET", "/invitations", staff=RECRUITER).json["items"]) == 2
    assert expect(send(1, 2), 202).json == first


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("", "length"),
        ("k" * 256, "length"),
        ("ключ", "characters"),
        ("a\tb", "characters"),
        ("a\u00a0b", "characters"),
        ("a\x7f", "characters"),
        (" ", "characters"),
        (" a", "characters"),
    ],
)
def test_a_key_that_is_none_is_refused_and_named(world: World, key: str, rule: str) -> None:
    headers = {"Idempotency-Key": key}
    refused = expect(world.call("POST", "/invitations", invitation(), staff=RECRUITER, headers=headers), 422).json
    assert [(one["field"], one["rule"]) for one in refused["errors"]] == [("Idempotency-Key", rule)]


@pytest.mark.parametrize("key", ["a", "k" * 255, "order 17", '~!"#{}|'])
def test_any_printable_key_is_taken(world: World, key: str) -> None:
    headers = {"Idempotency-Key": key}
    expect(world.call("POST", "/invitations", invitation(), staff=RECRUITER, headers=headers), 201)


@pytest.mark.law("T13b")
def test_a_section_that_this_agent_is_not_asked_is_not_found(world: World) -> None:
    packet_id = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    for name in ("direct-deposit", "no-such-section"):
        path = f"/packet/interview/{name}"
        answers = [
            world.call("GET", path),
            world.call("PUT", path, {"eft": True}, headers={"If-Match": "0"}),
            world.call("PUT", path, {"eft": True}, headers={"If-Match": "7"}),
            world.call("PUT", path, {"eft": True}, headers={"If-Match": "0"}, query={"draft": "true"}),
        ]
        assert {(expect(one, 404).json["code"]) for one in answers} == {"section-not-found"}
    assert "direct-deposit" not in wiring.packets().load(packet_id).sections
    summary = expect(world.call("GET", "/packet/summary"), 200).json
    assert "direct-deposit" not in {line["section"] for line in summary["lines"]}


@pytest.mark.law("T13b")
def test_ids_that_are_not_this_packets_are_not_found(world: World) -> None:
    journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world)
    journey.confirm(world)
    journey.consent(world)
    journey.adopt(world)
    document = world.call("GET", "/packet/documents").json[0]["document_id"]
    calls: list[tuple[str, str, Any, str]] = [
        ("GET", "/packet/documents/no-such/content", None, "document-not-found"),
        ("POST", "/packet/documents/no-such/fields/sign", None, "document-not-found"),
        ("POST", f"/packet/documents/{document}/fields/no-such", None, "field-not-found"),
        ("POST", "/packet/paper-copies", {"documents": ["no-such"]}, "document-not-found"),
        ("GET", "/packet/notices/no-such/content", None, "notice-not-found"),
    ]
    for method, path, body, code in calls:
        assert expect(world.call(method, path, body), 404).json["code"] == code, path
