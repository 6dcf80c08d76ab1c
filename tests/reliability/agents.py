"""The agent's road, act by act, as a browser and a recruiter's system walk it: what is sent, and what is sent again.

An act is one attempt of its caller. `retry` is what the same caller does when the first attempt came to nothing.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import boto3

from tests.support import bulk_files, journey, moments, uploads
from tests.support.journey import PASSWORD, RECRUITER, expect
from tests.support.pictures import DRAWN_SIGNATURE
from tests.support.world import Answer, Context, World

NEW_ADDRESS = "dana.new@example.com"
OTHER_NUMBER = {"ssn": "987-65-4329", "ssn_confirm": "987-65-4329"}


@dataclass
class Caller:
    """Whoever acts, and what they remember."""

    world: World
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def packet(self) -> str:
        return str(self.kept["packet"])

    def keyed(self, method: str, path: str, body: Any = None, key: str = "", **more: Any) -> Answer:
        return self.world.call(method, path, body, headers={"Idempotency-Key": key or f"{method} {path}"}, **more)

    def confirm(self, key: str) -> Answer:
        return expect(journey.try_to_confirm(self.world, **{"Idempotency-Key": key}), 200)


def invite(caller: Caller) -> None:
    answer = caller.keyed("POST", "/invitations", journey.invitation(), staff=RECRUITER)
    caller.kept["packet"] = expect(answer, 201).json["packet_id"]


def bulk(caller: Caller) -> None:
    file = bulk_files.table(*map(bulk_files.row, range(3)))
    headers = {"Content-Type": "text/csv", "Idempotency-Key": "file-1"}
    answer = caller.world.call("POST", "/invitations/bulk", file, staff=RECRUITER, headers=headers)
    assert expect(answer, 202).json["created"] == 3, answer.json


def resend(caller: Caller) -> None:
    expect(caller.keyed("POST", f"/invitations/{caller.packet}/resend", {}, staff=RECRUITER), 202)


def extend(caller: Caller) -> None:
    expect(caller.keyed("POST", f"/invitations/{caller.packet}/extend", {"days": 10}, staff=RECRUITER), 200)


def change_states(caller: Caller) -> None:
    path = f"/invitations/{caller.packet}/pre-appointment-states"
    expect(caller.keyed("PUT", path, {"states": ["AL", "GA"]}, staff=RECRUITER), 200)


def withdraw(caller: Caller) -> None:
    expect(caller.keyed("POST", f"/invitations/{caller.packet}/withdraw", {"reason": "left"}, staff=RECRUITER), 200)


def ask_for_password(caller: Caller) -> None:
    secret = journey.link_secret(caller.world)
    expect(caller.world.call("POST", "/access/password-requests", {"invitation": secret}), 202)


def log_in(caller: Caller) -> None:
    expect(_session(caller, journey.temporary_password(caller.world)), 201)


def log_in_again(caller: Caller) -> None:
    """The temporary password may be spent: another one is a click away."""
    if _session(caller, journey.temporary_password(caller.world)).status != 201:
        ask_for_password(caller)
        deliver_outbox()
        log_in(caller)


def log_in_with_own(caller: Caller) -> None:
    expect(_session(caller, PASSWORD), 201)


def set_password(caller: Caller) -> None:
    new = {"new_password": PASSWORD, "confirm_password": PASSWORD}
    expect(caller.world.call("PUT", "/access/password", new), 204)


def set_password_again(caller: Caller) -> None:
    """If the session has ended, the new password stands and lets in."""
    new = {"new_password": PASSWORD, "confirm_password": PASSWORD}
    if caller.world.call("PUT", "/access/password", new).status != 204:
        log_in_with_own(caller)


def log_out(caller: Caller) -> None:
    assert caller.world.call("DELETE", "/access/sessions/current").status in (204, 401)


def agree(caller: Caller) -> None:
    journey.agree(caller.world)


def save(section: str, *, standing: bool = False, **changes: Any) -> Any:
    """Saving at the version that was read, upon the standing answers or again. Told that a newer version stands, the
    page looks whether it is its own."""

    def act(caller: Caller) -> None:
        read = expect(caller.world.call("GET", f"/packet/interview/{section}"), 200).json
        version = caller.kept.setdefault(f"read {section}", read["version"])
        known = read["answers"] if standing else journey.answers_for(caller.world, section)
        answers = {**known, **changes}
        answer = journey.save(caller.world, section, answers, version)
        if answer.status == 412:
            assert answer.json["current_version"] == version + 1
        else:
            expect(answer, 200)
        del caller.kept[f"read {section}"]

    return act


def keep_difference(caller: Caller) -> None:
    shown = expect(caller.world.call("GET", "/packet/identity"), 200).json
    fields = [row["field"] for row in shown["differences"]]
    if fields:
        expect(caller.world.call("POST", "/packet/identity/confirmations", {"fields": fields}), 200)


def ask_for_email_code(caller: Caller) -> None:
    expect(caller.world.call("POST", "/packet/email-confirmations"), 202)


def confirm_email(caller: Caller) -> None:
    import re

    text = next(mail["text"] for mail in reversed(caller.world.outside.post.sent) if "email-code" in mail["reference"])
    code = re.search(r"(?m)^\s*([2-9A-HJ-NP-Z]{6})\s*$", text)
    assert code is not None
    answer = caller.world.call("PUT", "/packet/email-confirmations", {"code": code[1]})
    assert answer.status in (200, 409, 422), answer.body
    if answer.status != 200:  # the page looks where letters go now
        listed = expect(caller.world.call("GET", f"/invitations/{caller.packet}", staff=RECRUITER), 200).json
        assert listed["agent"]["email"] == NEW_ADDRESS


def announce(caller: Caller) -> None:
    body = {"file_name": "order.pdf", "content_type": "application/pdf", "size": len(uploads.pdf())}
    announced = expect(caller.keyed("POST", "/packet/attachments", body), 201).json
    caller.kept["file"], caller.kept["key"] = announced["attachment_id"], announced["upload"]["fields"]["key"]


def upload(caller: Caller) -> None:
    """The browser posts the file straight to storage."""
    boto3.client("s3").put_object(Bucket="uploads", Key=caller.kept["key"], Body=uploads.pdf())


def complete(caller: Caller) -> None:
    answer = expect(caller.world.call("POST", f"/packet/attachments/{caller.kept['file']}/complete"), 200)
    assert answer.json["status"] == "PASSED"


def remove(caller: Caller) -> None:
    assert caller.world.call("DELETE", f"/packet/attachments/{caller.kept['file']}").status in (204, 404)


def confirm(caller: Caller) -> None:
    caller.confirm("confirm")


def confirm_correction(caller: Caller) -> None:
    caller.confirm("confirm the correction")


def reopen(caller: Caller) -> None:
    expect(caller.world.call("POST", "/packet/summary/reopen"), 200)


def look_at_consent(caller: Caller) -> None:
    shown = expect(caller.world.call("GET", "/packet/consent"), 200).json
    page = expect(caller.world.call("GET", shown["access_code_document"]), 200).body
    caller.kept["page"] = page
    caller.kept["disclosure"] = shown["disclosure_version"]


def consent(caller: Caller) -> None:
    import re

    from tests.support.pdf_text import text_of

    if "code" not in caller.kept:
        found = re.search(r"(?m)^\s*((?:[2-9A-HJ-NP-Z] ?){6})\s*$", text_of(caller.kept["page"]))
        assert found is not None
        caller.kept["code"] = found[1]
    given = {"disclosure_version": caller.kept["disclosure"], "access_code": caller.kept["code"]}
    expect(caller.keyed("POST", "/packet/consent", given), 201)


def withdraw_consent(caller: Caller) -> None:
    answer = caller.world.call("POST", "/packet/consent/withdraw", {"reason": "on paper, please"})
    assert answer.status in (200, 401), answer.body  # a packet that has ended admits no session


def paper_copies(caller: Caller) -> None:
    shown = expect(caller.world.call("GET", "/packet/documents"), 200).json
    body = {"documents": [shown[0]["document_id"]]}
    expect(caller.keyed("POST", "/packet/paper-copies", body), 202)


def decline(caller: Caller) -> None:
    assert caller.world.call("POST", "/packet/decline", {"reason": "another carrier"}).status in (200, 401)


def wrong_recipient(caller: Caller) -> None:
    assert caller.world.call("POST", "/packet/wrong-recipient").status in (200, 401)


def adopt(caller: Caller) -> None:
    journey.adopt(caller.world)


def adopt_picture(caller: Caller) -> None:
    given = {
        "full_name": "Dana Lee Rivers",
        "initials": "DLR",
        "image": base64.b64encode(DRAWN_SIGNATURE).decode(),
    }
    expect(caller.world.call("PUT", "/packet/signature", given), 200)


def open_document(caller: Caller) -> None:
    first = expect(caller.world.call("GET", "/packet/documents"), 200).json[0]
    caller.kept["document"] = first["document_id"]
    expect(caller.world.call("GET", f"/packet/documents/{first['document_id']}/content"), 200)


def sign(caller: Caller) -> None:
    shown = expect(caller.world.call("GET", "/packet/documents"), 200).json
    document = next(one for one in shown if one["document_id"] == caller.kept["document"])
    if "box" not in caller.kept:
        caller.kept["box"] = next(one["field_id"] for one in document["fields"] if one["required"])
    path = f"/packet/documents/{document['document_id']}/fields/{caller.kept['box']}"
    expect(caller.keyed("POST", path), 201)


def sign_everything(caller: Caller) -> None:
    journey.sign_everything(caller.world)


def finish(caller: Caller) -> None:
    expect(caller.keyed("POST", "/packet/finish"), 202)


def finish_correction(caller: Caller) -> None:
    expect(caller.keyed("POST", "/packet/finish", key="finish the correction"), 202)


def mail_report(kind: str, letter: str) -> Any:
    """The mail service's notification, which it sends again until it is accepted."""

    def act(caller: Caller) -> None:
        from invite import deliveries

        sent = [mail["reference"] for mail in caller.world.outside.post.sent if f".mail.{letter}." in mail["reference"]]
        about = {
            "messageId": "m-1",
            "destination": ["dana@example.com"],
            "headers": [{"name": "X-Reference-Id", "value": sent[-1]}],
        }
        report = {"eventType": kind, "mail": about, "bounce": {"bounceType": "Permanent", "bounceSubType": "General"}}
        deliveries.lambda_handler({"Records": [{"Sns": {"MessageId": "s", "Message": json.dumps(report)}}]}, Context())

    return act


def deliver_outbox() -> None:
    """Give the relay the stream's news until there is none; what failed is given again, as the stream does."""
    from process import relay

    given = 0
    for _ in range(20):
        records = [one for one in moments.stream_records() if _is_new_row(one)]
        if len(records) == given:
            return
        failed = relay.on_stream({"Records": records[given:]}, Context())["batchItemFailures"]
        if not failed:
            given = len(records)
    raise AssertionError("the stream does not come to an end")


def _is_new_row(record: dict[str, Any]) -> bool:
    """The filter of the event source in template.yaml."""
    return record["eventName"] == "INSERT" and record["dynamodb"]["Keys"]["SK"]["S"].startswith("OUTBOX#")


def _session(caller: Caller, password: str) -> Answer:
    secret = journey.link_secret(caller.world)
    return caller.world.call("POST", "/access/sessions", {"invitation": secret, "password": password})
