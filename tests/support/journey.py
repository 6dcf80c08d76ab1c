"""The agent's road as a test walks it: each step through the doors, each answer checked."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

from econtracting.domain.moment import iso
from tests.support.pdf_text import text_of
from tests.support.webhooks import SCREENING_KEY, screening_headers, standard_headers
from tests.support.world import Answer, World

RECRUITER = {
    "kind": "staff",
    "subject": "recruiter-1",
    "email": "r@agency.example",
    "groups": "recruiter",
    "agency_id": "agency-1",
}
CONTRACTING = {
    "kind": "staff",
    "subject": "ops-1",
    "email": "o@carrier.example",
    "groups": "contracting",
    "agency_id": "",
}
PASSWORD = "Orchid7walk"
SSN = "987-65-4320"
BIRTH_DATE = "02-29-1980"

ADDRESS = {"line1": "12 Orchard Lane", "city": "Nashville", "state": "TN", "postal_code": "37210", "county": "Davidson"}

ANSWERS: dict[str, dict[str, Any]] = {
    "agent": {
        "first_name": "Dana",
        "middle_name": "Lee",
        "last_name": "Rivers",
        "ssn": SSN,
        "ssn_confirm": SSN,
        "birth_date": BIRTH_DATE,
        "mobile_phone": "(615) 555-0123",
        "email": "dana@example.com",
        "npn": "15645555",
        "residential": ADDRESS,
    },
    "addresses": {"business": {"same_as_residential": True}, "commission": {"same_as_business": True}},
    "online-presence": {"website": "none", "facebook": "none", "linkedin": "none", "other": "none"},
    "pre-appointments": {"acknowledged": True},
    "background": {},
}


def invitation(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "agent": {
            "first_name": "Dana",
            "middle_name": "Lee",
            "last_name": "Rivers",
            "email": "dana@example.com",
            "npn": "15645555",
        },
        "recruiter": {"name": "Robin Park", "email": "robin@agency.example", "phone": "(615) 555-0100"},
        "agency": {"id": "agency-1", "name": "Harbor Agency"},
        "level": "4",
        "pre_appointment_states": ["AL", "FL"],
    }
    return body | changes


def expect(answer: Answer, status: int) -> Answer:
    assert answer.status == status, (answer.status, answer.body[:2000])
    return answer


def invite(world: World, **changes: Any) -> str:
    answer = expect(world.call("POST", "/invitations", invitation(**changes), staff=RECRUITER), 201)
    world.settle()
    return str(answer.json["packet_id"])


def link_secret(world: World) -> str:
    """The secret of the link in the newest e-vite."""
    for mail in reversed(world.outside.post.sent):
        if found := re.search(r"/#/invitation/([A-Za-z0-9_-]+)", mail["text"]):
            return found[1]
    raise AssertionError("no mail with a link")


def temporary_password(world: World) -> str:
    """The newest temporary password, as a person reads it off the mail."""
    for mail in reversed(world.outside.post.sent):
        if "temporary-password" in mail["reference"]:
            return str(re.search(r"(?m)^\s*([2-9A-HJ-NP-Za-km-z]{16})\s*$", mail["text"])[1])  # type: ignore[index]
    raise AssertionError("no mail with a temporary password")


def come_in(world: World) -> None:
    secret = link_secret(world)
    expect(world.call("POST", "/access/password-requests", {"invitation": secret}), 202)
    world.settle()
    code = temporary_password(world)
    expect(world.call("POST", "/access/sessions", {"invitation": secret, "password": code}), 201)
    new = {"new_password": PASSWORD, "confirm_password": PASSWORD}
    expect(world.call("PUT", "/access/password", new), 204)


def agree(world: World) -> None:
    version = expect(world.call("GET", "/packet/agreement"), 200).json["version"]
    expect(world.call("PUT", "/packet/agreement", {"version": version, "accepted": True}), 200)


def save(world: World, section: str, answers: Any, version: int | None = None) -> Answer:
    seen = (
        expect(world.call("GET", f"/packet/interview/{section}"), 200).json["version"] if version is None else version
    )
    return world.call("PUT", f"/packet/interview/{section}", answers, headers={"If-Match": f'"{seen}"'})


def answers_for(world: World, section: str) -> dict[str, Any]:
    if section == "background":
        questions = expect(world.call("GET", "/packet/interview/background"), 200).json["questions"]
        return {question["code"]: {"answer": False} for question in questions}
    return ANSWERS.get(section, {"eft": False})


def answer_everything(world: World, **changes: Any) -> None:
    for row in expect(world.call("GET", "/packet"), 200).json["sections"]:
        answers = answers_for(world, row["name"]) | changes.get(row["name"].replace("-", "_"), {})
        expect(save(world, row["name"], answers), 200)


def confirm(world: World) -> None:
    expect(try_to_confirm(world), 200)


def try_to_confirm(world: World, version: str | None = None, **headers: str) -> Answer:
    """Confirm what the summary shows now, or the version of one that was shown before."""
    seen = version or str(expect(world.call("GET", "/packet/summary"), 200).json["version"])
    return world.call("POST", "/packet/summary/confirm", headers={"If-Match": f'"{seen}"', **headers})


def consent(world: World) -> None:
    shown = expect(world.call("GET", "/packet/consent"), 200).json
    page = expect(world.call("GET", shown["access_code_document"]), 200).body
    code = re.search(r"(?m)^\s*((?:[2-9A-HJ-NP-Z] ?){6})\s*$", text_of(page))
    assert code is not None, text_of(page)
    given = {"disclosure_version": shown["disclosure_version"], "access_code": code[1]}
    expect(world.call("POST", "/packet/consent", given), 201)


def adopt(world: World) -> None:
    given = {"full_name": "Dana Lee Rivers", "initials": "DLR", "style": signature_style()}
    expect(world.call("PUT", "/packet/signature", given), 200)


def signature_style() -> str:
    from econtracting.adapters.packet_files import signature_styles

    return signature_styles()[0].id


def sign_everything(world: World) -> None:
    for document in expect(world.call("GET", "/packet/documents"), 200).json:
        expect(world.call("GET", f"/packet/documents/{document['document_id']}/content"), 200)
        for box in document["fields"]:
            if box["required"] and not box["signed_at"]:
                path = f"/packet/documents/{document['document_id']}/fields/{box['field_id']}"
                own = None if document["act"] == "packet" else {"act": document["act"]}
                expect(world.call("POST", path, own), 201)


def finish(world: World) -> None:
    expect(world.call("POST", "/packet/finish"), 202)


def to_signed(world: World, **changes: Any) -> str:
    """From the invitation to Finish."""
    packet_id = invite(world, **changes)
    come_in(world)
    agree(world)
    answer_everything(world)
    confirm(world)
    consent(world)
    adopt(world)
    sign_everything(world)
    finish(world)
    return packet_id


def background_webhook(
    world: World, packet_id: str, attempt: int, status: str, result: str | None = None, *, key: bytes = SCREENING_KEY
) -> Answer:
    """The vendor's report ends, and its webhook, signed with `key`, says so."""
    reference = f"{packet_id}-{attempt}"
    report = world.outside.screening.ends(reference, status, result)
    event = {
        "id": f"evt_{uuid4().hex[:12]}",
        "object": "event",
        "type": f"report.{'completed' if status == 'complete' else status}",
        "data": {"object": {"id": report, "custom_id": reference, "status": status, "result": result}},
    }
    raw = json.dumps(event).encode()
    return world.call("POST", "/webhooks/background-checks", raw, headers=screening_headers(raw, key))


def standard_webhook(world: World, path: str, body: dict[str, Any], message_id: str | None = None) -> Answer:
    raw = json.dumps(body).encode()
    headers = standard_headers(raw, message_id or f"msg_{uuid4().hex[:12]}", world.clock.now())
    return world.call("POST", path, raw, headers=headers)


def appointment_webhook(world: World, packet_id: str, state: str, status: str = "APPROVED", **more: Any) -> Answer:
    body = {
        "type": "appointment.updated",
        "timestamp": iso(world.clock.now()),
        "data": {
            "transaction_id": f"txn-{state}",
            "external_ref": f"{packet_id}-{state}",
            "state": state,
            "status": status,
            "state_ref": f"{state}-77",
            "effective_date": world.clock.now().date().isoformat(),
            "reason_codes": [],
            "state_fee_cents": 0,
            **more,
        },
    }
    return standard_webhook(world, "/webhooks/appointments", body)


def certification_webhook(world: World, packet_id: str, kind: str, **data: Any) -> Answer:
    now = iso(world.clock.now())
    data = {"npn": "15645555", "external_ref": packet_id, **data}
    if kind == "producer.loaded":
        data["loaded_at"] = now
    return standard_webhook(world, "/webhooks/certifications", {"type": kind, "timestamp": now, "data": data})


def letters(world: World) -> list[str]:
    """Which letters went out, in order, by the names in their references."""
    return [mail["reference"].split(".")[2] for mail in world.outside.post.sent]
