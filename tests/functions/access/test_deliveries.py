"""What the mail service reports, as it comes through the topic."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.domain.errors import Unavailable
from invite import deliveries
from tests.functions.access.test_invite import act, later, read, reminders
from tests.support import journey
from tests.support.faults import refuse
from tests.support.world import Context, World


def report(kind: str, reference: str, **more: Any) -> dict[str, Any]:
    mail = {
        "messageId": "m-1",
        "destination": ["dana@example.com"],
        "headers": [{"name": "X-Reference-Id", "value": reference}],
    }
    return {"eventType": kind, "mail": mail, **more}


def hear(*messages: Any) -> None:
    records = [
        {"Sns": {"MessageId": "s", "Message": one if isinstance(one, str) else json.dumps(one)}} for one in messages
    ]
    deliveries.lambda_handler({"Records": records}, Context())


def bounce(reference: str, kind: str = "Permanent") -> dict[str, Any]:
    return report("Bounce", reference, bounce={"bounceType": kind, "bounceSubType": "General"})


def told(world: World) -> list[str]:
    world.settle()
    return [mail["text"] for mail in world.outside.post.sent if "mail.undeliverable" in mail["reference"]]


@pytest.fixture
def packet_id(world: World) -> str:
    return journey.invite(world)


@pytest.fixture
def evite(packet_id: str) -> str:
    return f"{packet_id}.mail.invitation.1"


def standing(world: World, packet_id: str) -> str:
    return str(read(world, packet_id).json["delivery"])


def types(packet_id: str) -> list[str]:
    return [event.type for event in wiring.packets().events(packet_id)]


def test_a_mail_is_sent_when_the_service_took_it_and_delivered_when_the_server_did(
    world: World, packet_id: str, evite: str
) -> None:
    assert standing(world, packet_id) == "sent"
    hear(report("Delivery", evite))
    assert standing(world, packet_id) == "delivered"
    assert types(packet_id)[-1] == "invitation.delivered"


@pytest.mark.failure("R20")
def test_a_hard_bounce_marks_the_invitation_and_tells_the_recruiter(world: World, packet_id: str, evite: str) -> None:
    hear(bounce(evite))
    assert standing(world, packet_id) == "undeliverable"
    (text,) = told(world)
    assert "there is no such mailbox" in text


@pytest.mark.failure("R22")
def test_a_complaint_marks_the_invitation_and_tells_the_recruiter(world: World, packet_id: str, evite: str) -> None:
    hear(report("Complaint", evite, complaint={}))
    assert standing(world, packet_id) == "undeliverable"
    (text,) = told(world)
    assert "unwanted" in text


def test_a_full_mailbox_is_written_down_and_nothing_more(world: World, packet_id: str, evite: str) -> None:
    hear(bounce(evite, "Transient"))
    assert standing(world, packet_id) == "sent"
    assert types(packet_id)[-1] == "invitation.delayed"
    assert told(world) == []


@pytest.mark.failure("R20")
def test_an_undeliverable_invitation_is_not_reminded_but_still_expires(
    world: World, packet_id: str, evite: str
) -> None:
    hear(bounce(evite))
    later(world, days=14)
    assert reminders(world) == 0
    later(world, days=16)
    assert world.status(packet_id) == "EXPIRED"


def test_resending_gives_the_address_another_chance(world: World, packet_id: str, evite: str) -> None:
    hear(bounce(evite))
    act(world, packet_id, "resend")
    assert standing(world, packet_id) == "queued"
    later(world, days=3)
    assert reminders(world) == 1


def test_a_report_that_comes_twice_counts_once(world: World, packet_id: str, evite: str) -> None:
    hear(bounce(evite), bounce(evite))
    hear(bounce(evite))
    assert len(told(world)) == 1
    assert types(packet_id).count("invitation.bounced") == 1


def test_a_delivery_report_that_overtakes_nothing_does_not_undo_a_bounce(
    world: World, packet_id: str, evite: str
) -> None:
    hear(bounce(evite), report("Delivery", evite))
    assert standing(world, packet_id) == "undeliverable"


def test_a_bounced_mail_to_the_recruiter_starts_no_circle(world: World, packet_id: str) -> None:
    hear(bounce(f"{packet_id}.mail.undeliverable.3"))
    assert standing(world, packet_id) == "sent"
    assert told(world) == []


def test_the_older_form_of_a_report_is_understood(world: World, packet_id: str, evite: str) -> None:
    older = report("Delivery", evite)
    older["notificationType"] = older.pop("eventType")
    hear(older)
    assert standing(world, packet_id) == "delivered"


NONSENSE: list[Any] = [
    "no json",
    "null",
    "[]",
    "5",
    {},
    {"eventType": "Delivery"},
    {"eventType": "Delivery", "mail": {"headers": []}},
    {"eventType": "Delivery", "mail": {"headers": [{"name": 5, "value": 5}]}},
    {"eventType": "Open", "mail": {"headers": [{"name": "X-Reference-Id", "value": "x"}]}},
    {"eventType": "Bounce", "mail": {"headers": [{"name": "X-Reference-Id", "value": "x"}]}, "bounce": None},
    report("Delivery", "pkt_00000000000000000000000000.mail.invitation.1"),
    report("Delivery", ""),
]


def test_what_cannot_be_understood_does_not_hold_up_the_rest(world: World, packet_id: str, evite: str) -> None:
    hear(*NONSENSE, report("Delivery", evite))
    assert standing(world, packet_id) == "delivered"


def test_an_outage_makes_the_topic_deliver_again(
    world: World, packet_id: str, evite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = boto3.client("dynamodb")
    refuse(client, "TransactWriteItems", 10, "InternalServerError", 500)
    with monkeypatch.context() as outage:
        outage.setattr(wiring.packets(), "_client", client)
        with pytest.raises(Unavailable):
            hear(bounce(evite))
    hear(bounce(evite))
    assert standing(world, packet_id) == "undeliverable"
