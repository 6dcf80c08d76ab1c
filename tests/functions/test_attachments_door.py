"""Supporting files: announced, posted straight to storage, looked at, named in answers, removed."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import boto3
import pytest
from moto.s3.models import s3_backends

from econtracting import wiring
from econtracting.adapters.scanning import PlainFiles
from econtracting.domain.errors import Unavailable
from econtracting.domain.interview import attachments
from econtracting.domain.interview.attachments import REQUESTS_PER_HOUR, Attachment
from econtracting.domain.signing.documents import RenderedDocument
from tests.support import journey, uploads
from tests.support.journey import expect, save
from tests.support.world import Answer, World

PDF = "application/pdf"


@pytest.fixture
def packet_id(world: World) -> str:
    found = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    return found


def announce(
    world: World, content: bytes, name: str = "Court order.pdf", content_type: str = PDF, **more: Any
) -> Answer:
    body = {"file_name": name, "content_type": content_type, "size": len(content)}
    return world.call("POST", "/packet/attachments", body, **more)


def post(announced: dict[str, Any], content: bytes) -> None:
    """What the browser's form does; moto takes the object, the policy is the emulator's and S3's to enforce."""
    boto3.client("s3").put_object(Bucket="uploads", Key=announced["upload"]["fields"]["key"], Body=content)


def complete(world: World, announced: dict[str, Any]) -> Answer:
    return world.call("POST", f"/packet/attachments/{announced['attachment_id']}/complete")


def uploaded(world: World, content: bytes, name: str = "Court order.pdf", content_type: str = PDF) -> dict[str, Any]:
    """A file sent and looked at."""
    announced = expect(announce(world, content, name, content_type), 201).json
    post(announced, content)
    judged: dict[str, Any] = expect(complete(world, announced), 200).json
    return judged


def keys() -> list[str]:
    return [one["Key"] for one in boto3.client("s3").list_objects_v2(Bucket="uploads").get("Contents", [])]


def felony(*names: str) -> dict[str, Any]:
    yes = {"answer": True, "explanation": "long ago", "written_consent_1033": True, "attachments": list(names)}
    return {"BQ1B": yes}


def test_the_target_takes_one_type_one_size_and_a_key_the_server_chose(world: World, packet_id: str) -> None:
    announced = expect(announce(world, uploads.pdf()), 201).json
    assert announced["status"] == "AWAITED"
    fields = announced["upload"]["fields"]
    assert fields["key"] == f"quarantine/{packet_id}/{announced['attachment_id']}"
    assert fields["Content-Type"] == PDF
    assert fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    policy = json.loads(base64.b64decode(fields["policy"]))
    assert ["content-length-range", len(uploads.pdf()), len(uploads.pdf())] in policy["conditions"]
    assert {"Content-Type": PDF} in policy["conditions"]


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (uploads.pdf(), "order.pdf", PDF),
        (uploads.PNG, "scan.png", "image/png"),
        (uploads.jpeg(), "photo.JPG", "image/jpeg"),
    ],
)
def test_a_file_that_is_what_it_claims_passes(
    world: World, packet_id: str, content: bytes, name: str, content_type: str
) -> None:
    judged = uploaded(world, content, name, content_type)
    assert (judged["status"], judged["reason"]) == ("PASSED", None)
    world.settle()
    assert keys() == [f"attachments/{packet_id}/{judged['attachment_id']}"]


def kept(judged: dict[str, Any], packet_id: str) -> tuple[bytes, str]:
    found = boto3.client("s3").get_object(Bucket="uploads", Key=f"attachments/{packet_id}/{judged['attachment_id']}")
    return found["Body"].read(), found["ContentType"]


@pytest.mark.brings("P2", "P3", "P4")
@pytest.mark.parametrize(
    ("content", "name", "declared", "alone", "content_type"),
    [
        (b"\xef\xbb\xbf" + uploads.pdf() + b"\r\n--part--\r\n", "report.pdf", PDF, uploads.pdf(), PDF),
        (uploads.pdf() + bytes(2048), "fax.pdf", "application/x-pdf", uploads.pdf(), PDF),
        (uploads.jpeg() + bytes(64), "IMG_1.JPG", "image/pjpeg", uploads.jpeg(), "image/jpeg"),
        (uploads.jpeg() + uploads.jpeg(), "IMG_1", "", uploads.jpeg(), "image/jpeg"),
        (uploads.jpeg(), "screen.png", "image/png", uploads.jpeg(), "image/jpeg"),
        (uploads.PNG + b"tail", "document", "application/octet-stream", uploads.PNG, "image/png"),
    ],
)
def test_what_is_kept_is_the_file_alone_under_its_true_type(
    world: World, packet_id: str, content: bytes, name: str, declared: str, alone: bytes, content_type: str
) -> None:
    judged = uploaded(world, content, name, declared)
    assert (judged["status"], judged["content_type"], judged["size"]) == ("PASSED", content_type, len(alone))
    assert kept(judged, packet_id) == (alone, content_type)
    stored = wiring.packets().find(Attachment, packet_id, judged["attachment_id"])
    assert stored is not None
    assert stored.sha256 == sha256(alone).hexdigest()


@pytest.mark.brings("P4")
def test_a_file_without_a_type_is_announced_by_its_name_alone(world: World, packet_id: str) -> None:
    answer = expect(world.call("POST", "/packet/attachments", {"file_name": "order.pdf", "size": 9}), 201)
    assert answer.json["content_type"] == PDF
    assert answer.json["upload"]["fields"]["Content-Type"] == PDF


@pytest.mark.brings("P5")
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"Dear Sir, the ruling is attached.\r\n", "This is a text file"),
        (b"<!DOCTYPE html><html><title>Sign in</title>", "This is a web page"),
        (uploads.pdf()[:-8], "ends too early"),
        (bytes(3000), "nothing in this file"),
        (uploads.encrypted_pdf("secret"), "asks for a password"),
        (b"MZ\x90\x00 a program", "This is a program"),
    ],
)
def test_a_refused_file_is_told_what_it_is_and_what_to_do_each_time_it_is_asked_for(
    world: World, packet_id: str, content: bytes, told: str
) -> None:
    announced = expect(announce(world, content), 201).json
    assert announced["message"] is None
    post(announced, content)
    judged = expect(complete(world, announced), 200).json
    assert told in judged["message"]
    assert "lease" in judged["message"]
    assert expect(complete(world, announced), 200).json == judged
    assert expect(world.call("GET", "/packet/attachments"), 200).json["items"] == [judged]


@pytest.mark.brings("P5")
def test_a_refused_file_is_told_so_in_the_callers_language(world: World, packet_id: str) -> None:
    judged = uploaded(world, b"Dear Sir, the ruling is attached.\r\n")
    answer = expect(world.call("GET", "/packet/attachments", headers={"Accept-Language": "es-MX"}), 200)
    (told,) = answer.json["items"]
    assert told["message"].startswith("Este es un archivo de texto.")
    assert judged["message"].startswith("This is a text file.")


@pytest.mark.brings("P5")
def test_two_files_of_one_name_are_two_files(world: World, packet_id: str) -> None:
    first, second = uploaded(world, uploads.pdf()), uploaded(world, uploads.pdf_by("typst"))
    assert first["file_name"] == second["file_name"]
    assert kept(first, packet_id) != kept(second, packet_id)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MZ\x90\x00 a program", "type-mismatch"),
        (b"<html><script>alert(1)</script>", "type-mismatch"),
        (uploads.PNG, "type-mismatch"),
        (uploads.pdf()[:-8], "damaged"),
        (uploads.pdf(b"4 0 obj << /S /JavaScript >> endobj"), "active-content"),
        (uploads.pdf(b"4 0 obj << /Encrypt 5 0 R >> endobj"), "encrypted"),
    ],
)
def test_a_file_that_is_not_is_refused_and_its_bytes_go(
    world: World, packet_id: str, content: bytes, reason: str
) -> None:
    judged = uploaded(world, content)
    assert (judged["status"], judged["reason"]) == ("REJECTED", reason)
    world.settle()
    assert keys() == []


def test_a_file_of_another_size_than_announced_is_refused(world: World, packet_id: str) -> None:
    announced = expect(announce(world, uploads.pdf()), 201).json
    post(announced, uploads.pdf() + b"more")
    assert expect(complete(world, announced), 200).json["reason"] == "size-mismatch"


def test_a_file_that_has_not_arrived_can_be_completed_later(world: World, packet_id: str) -> None:
    announced = expect(announce(world, uploads.pdf()), 201).json
    assert expect(complete(world, announced), 409).json["code"] == "upload-missing"
    post(announced, uploads.pdf())
    assert expect(complete(world, announced), 200).json["status"] == "PASSED"


def test_completing_twice_gives_the_first_verdict(world: World, packet_id: str) -> None:
    announced = expect(announce(world, uploads.pdf()), 201).json
    post(announced, uploads.pdf())
    first = expect(complete(world, announced), 200).json
    post(announced, b"MZ something else")
    assert expect(complete(world, announced), 200).json == first
    kept = boto3.client("s3").get_object(Bucket="uploads", Key=f"attachments/{packet_id}/{first['attachment_id']}")
    assert kept["Body"].read() == uploads.pdf()


def test_only_what_passed_can_be_named_in_an_answer(world: World, packet_id: str) -> None:
    answers = journey.answers_for(world, "background")
    waiting = expect(announce(world, uploads.pdf()), 201).json["attachment_id"]
    refused = uploaded(world, b"MZ")["attachment_id"]
    for name in (waiting, refused):
        answer = expect(save(world, "background", answers | felony(name)), 422)
        assert answer.json["errors"] == [
            {
                "field": "BQ1B.attachments",
                "rule": "attachment-unknown",
                "message": answer.json["errors"][0]["message"],
            }
        ]
    passed = uploaded(world, uploads.pdf())["attachment_id"]
    assert expect(save(world, "background", answers | felony(passed)), 200).json["warnings"] == []


def test_an_uploaded_consent_lifts_the_need_for_it_and_is_named_in_the_questionnaire(
    world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[Any] = []
    real = wiring.renderer()

    class Watched:
        def render(self, packet_type: str, template: str, facts: Any, frozen_at: Any) -> RenderedDocument:
            rendered.append(facts)
            return real.render(packet_type, template, facts, frozen_at)

    monkeypatch.setattr(wiring, "renderer", Watched)
    wiring.preparing.cache_clear()
    passed = uploaded(world, uploads.pdf(), "Consent of the regulator.pdf")["attachment_id"]
    journey.answer_everything(world, background=felony(passed))
    journey.confirm(world)
    assert wiring.packets().load(packet_id).flags == ("ANSWERS_NEED_REVIEW",)
    told = rendered[0]["answers"]["background"]["questions"]["BQ1B"]
    assert told["attachments"] == ["Consent of the regulator.pdf"]


def test_a_removed_file_is_gone_and_its_answer_has_to_be_mended(world: World, packet_id: str) -> None:
    passed = uploaded(world, uploads.pdf())["attachment_id"]
    journey.answer_everything(world, background=felony(passed))
    expect(world.call("DELETE", f"/packet/attachments/{passed}"), 204)
    world.settle()
    assert keys() == []
    assert expect(world.call("GET", "/packet/attachments"), 200).json == {"items": []}
    answer = expect(journey.try_to_confirm(world), 409)
    assert (answer.json["code"], answer.json["sections"]) == ("interview-incomplete", ["background"])
    assert answer.json["errors"][0]["field"] == "background.BQ1B.attachments"
    expect(save(world, "background", {"BQ1B": {"answer": False}}), 200)
    journey.confirm(world)


def test_a_file_of_another_packet_does_not_exist(world: World, packet_id: str) -> None:
    announced = expect(announce(world, uploads.pdf()), 201).json
    post(announced, uploads.pdf())
    person = {"first_name": "Ben", "last_name": "Ochoa", "email": "ben@example.com", "npn": "17000002"}
    journey.invite(world, agent=person)
    journey.come_in(world)
    journey.agree(world)
    for answer in (
        complete(world, announced),
        world.call("DELETE", f"/packet/attachments/{announced['attachment_id']}"),
    ):
        assert expect(answer, 404).json["code"] == "attachment-not-found"


def test_a_repeated_announcement_is_one(world: World, packet_id: str) -> None:
    again = {"headers": {"Idempotency-Key": "k1"}}
    first = expect(announce(world, uploads.pdf(), **again), 201).json
    assert expect(announce(world, uploads.pdf(), **again), 201).json["attachment_id"] == first["attachment_id"]
    answer = expect(announce(world, uploads.pdf(), "other.pdf", **again), 422)
    assert answer.json["code"] == "idempotency-key-reused"


def test_announcements_nobody_followed_make_room(world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST", 3)
    for _ in range(3):
        expect(announce(world, uploads.pdf()), 201)
    answer = expect(announce(world, uploads.pdf()), 422)
    assert answer.json["errors"][0]["rule"] == "too-many-attachments"
    for _ in range(2):
        world.clock.pass_(minutes=16)
        expect(world.call("GET", "/packet/attachments"), 200)
    expect(announce(world, uploads.pdf()), 201)
    assert len(wiring.packets().all_of(Attachment, packet_id)) == 1


def test_announcing_is_limited_in_time(world: World, packet_id: str) -> None:
    name, now = f"attachments#{packet_id}", world.clock.now()
    for _ in range(REQUESTS_PER_HOUR):
        wiring.limits().hit(name, window=timedelta(hours=1), limit=REQUESTS_PER_HOUR, now=now)
    answer = expect(announce(world, uploads.pdf()), 429)
    assert answer.headers["Retry-After"]


def test_an_announcement_repeated_at_the_hours_limit_gets_its_answer_again(world: World, packet_id: str) -> None:
    headers = {"Idempotency-Key": "once"}
    first = expect(announce(world, uploads.pdf(), headers=headers), 201).json
    name, now = f"attachments#{packet_id}", world.clock.now()
    for _ in range(REQUESTS_PER_HOUR - 1):
        wiring.limits().hit(name, window=timedelta(hours=1), limit=REQUESTS_PER_HOUR, now=now)
    again = expect(announce(world, uploads.pdf(), headers=headers), 201).json
    assert again["attachment_id"] == first["attachment_id"]


def test_storage_that_is_down_loses_nothing(world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    announced = expect(announce(world, uploads.pdf()), 201).json
    post(announced, uploads.pdf())

    def down(*_: Any) -> None:
        raise Unavailable()

    with monkeypatch.context() as patch:
        patch.setattr(type(wiring.uploads()), "keep", down)
        expect(complete(world, announced), 503)
    assert expect(complete(world, announced), 200).json["status"] == "PASSED"


def test_each_step_is_on_the_trail_without_the_files_name(world: World, packet_id: str) -> None:
    passed = uploaded(world, uploads.pdf(), "Court order of Dana.pdf")["attachment_id"]
    expect(world.call("DELETE", f"/packet/attachments/{passed}"), 204)
    events = [event for event in wiring.packets().events(packet_id) if event.type.startswith("attachment.")]
    assert [event.type for event in events] == ["attachment.announced", "attachment.passed", "attachment.removed"]
    assert "Court" not in str([event.data for event in events])


@pytest.fixture
def scanned(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that scans uploads for malware."""
    monkeypatch.setenv("MALWARE_SCANNING", "guardduty")
    wiring.forget()


def found(announced: dict[str, Any], verdict: str) -> None:
    """What the account's scanner does some seconds after an upload; no function asks for it."""
    stored = s3_backends["123456789012"]["aws"]
    key = stored.get_object("uploads", announced["upload"]["fields"]["key"])
    assert key is not None
    stored.put_object_tagging(key, {"GuardDutyMalwareScanStatus": verdict})


@pytest.mark.law("T21")
@pytest.mark.parametrize(
    ("verdict", "status", "reason"),
    [
        ("NO_THREATS_FOUND", "PASSED", None),
        ("THREATS_FOUND", "REJECTED", "malware"),
        ("UNSUPPORTED", "REJECTED", "unreadable"),
    ],
)
def test_where_the_account_scans_for_malware_its_verdict_decides(
    world: World, scanned: None, packet_id: str, verdict: str, status: str, reason: str | None
) -> None:
    announced = expect(announce(world, uploads.pdf()), 201).json
    post(announced, uploads.pdf())
    found(announced, verdict)
    judged = expect(complete(world, announced), 200).json
    assert (judged["status"], judged["reason"]) == (status, reason)


@pytest.mark.law("T21")
@pytest.mark.parametrize("verdict", [None, "FAILED", "ACCESS_DENIED", "A_NEW_WORD"])
def test_nothing_is_kept_before_there_is_a_verdict(
    world: World, scanned: None, packet_id: str, verdict: str | None
) -> None:
    announced = expect(announce(world, uploads.pdf()), 201).json
    post(announced, uploads.pdf())
    if verdict:
        found(announced, verdict)
    answer = expect(complete(world, announced), 503)
    assert answer.headers["Retry-After"] == ["5"]
    found(announced, "NO_THREATS_FOUND")
    assert expect(complete(world, announced), 200).json["status"] == "PASSED"


@pytest.mark.law("T21")
def test_the_verdict_on_a_file_that_was_sent_again_is_not_taken_for_the_one_looked_at(
    world: World, scanned: None, packet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced = expect(announce(world, uploads.pdf()), 201).json
    post(announced, uploads.pdf())
    judge = PlainFiles.scan

    def exchanged(self: PlainFiles, key: str, content: bytes, content_type: str) -> None:
        post(announced, uploads.pdf().replace(b"100 100", b"200 200"))
        found(announced, "NO_THREATS_FOUND")
        judge(self, key, content, content_type)

    monkeypatch.setattr(PlainFiles, "scan", exchanged)
    expect(complete(world, announced), 503)
