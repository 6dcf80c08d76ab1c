"""What the mail service reports, as it comes through the topic."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.domain.errors import Unavailable
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Status
from econtracting.domain.screening.adverse import AdverseCase, AdverseStatus
from econtracting.ports import Change
from invite import deliveries
from tests.functions.access.test_invite import act, later, read, reminders
from tests.support import journey
from tests.support.faults import refuse
from tests.support.records import NOW, packet
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


def bounce_of(kind: str, subtype: str) -> dict[str, Any]:
    return {"eventType": "Bounce", "bounce": {"bounceType": kind, "bounceSubType": subtype}}


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


def not_arrived(world: World) -> list[str]:
    world.settle()
    return [mail["text"] for mail in world.outside.post.sent if "mail.not-delivered" in mail["reference"]]


@pytest.mark.brings("P8")
@pytest.mark.parametrize(
    "last_word",
    [
        bounce_of("Transient", "General"),
        bounce_of("Transient", "MailboxFull"),
        bounce_of("Undetermined", "Undetermined"),
        {"eventType": "Reject", "reject": {"reason": "Bad content"}},
    ],
    ids=lambda one: one["eventType"] + one.get("bounce", {}).get("bounceSubType", ""),
)
def test_an_invitation_that_never_arrived_is_told_to_the_recruiter_and_reminding_goes_on(
    world: World, packet_id: str, evite: str, last_word: dict[str, Any]
) -> None:
    hear(report("DeliveryDelay", evite, deliveryDelay={"delayType": "MailboxFull"}), {**report("", evite), **last_word})
    assert standing(world, packet_id) == "sent"
    assert types(packet_id)[-1] in ("invitation.delayed", "invitation.refused")
    (text,) = not_arrived(world)
    assert "did not arrive" in text
    assert told(world) == []
    later(world, days=3)
    assert reminders(world) == 1


@pytest.mark.brings("P8")
def test_a_reminder_that_does_not_arrive_either_is_not_told_again_and_a_new_invitation_is(
    world: World, packet_id: str, evite: str
) -> None:
    hear(bounce(evite, "Transient"))
    later(world, days=3)
    hear(bounce(f"{packet_id}.mail.reminder.1", "Transient"))
    assert len(not_arrived(world)) == 1
    act(world, packet_id, "resend")
    hear(bounce(f"{packet_id}.mail.invitation.2", "Transient"))
    assert len(not_arrived(world)) == 2


@pytest.mark.brings("P8")
def test_an_absence_notice_after_the_delivery_says_nothing(world: World, packet_id: str, evite: str) -> None:
    hear(report("Delivery", evite), bounce(evite, "Transient"))
    assert standing(world, packet_id) == "delivered"
    assert not_arrived(world) == told(world) == []
    assert types(packet_id)[-1] == "mail.noted"


@pytest.mark.brings("P8")
def test_a_mailbox_that_refuses_what_its_server_took_is_told(world: World, packet_id: str, evite: str) -> None:
    hear(report("Delivery", evite), {**report("", evite), **bounce_of("Transient", "MailboxFull")})
    assert len(not_arrived(world)) == 1


@pytest.mark.brings("P8")
def test_a_reminder_that_does_not_arrive_where_the_invitation_did_is_written_down_only(
    world: World, packet_id: str, evite: str
) -> None:
    hear(report("Delivery", evite))
    later(world, days=3)
    hear(bounce(f"{packet_id}.mail.reminder.1", "Transient"))
    assert standing(world, packet_id) == "delivered"
    assert not_arrived(world) == []
    assert types(packet_id)[-1] == "invitation.delayed"


@pytest.mark.brings("P8")
def test_a_permanent_code_in_a_transient_bounce_marks_the_invitation(world: World, packet_id: str, evite: str) -> None:
    said = bounce_of("Transient", "General")
    said["bounce"]["bouncedRecipients"] = [{"emailAddress": "dana@example.com", "status": "5.1.1"}]
    hear({**report("", evite), **said})
    assert standing(world, packet_id) == "undeliverable"
    assert len(told(world)) == 1


@pytest.mark.brings("P8")
def test_a_delay_is_written_down_once_for_each_reason_and_nothing_more(
    world: World, packet_id: str, evite: str
) -> None:
    for reason in ("MailboxFull", "MailboxFull", "IPFailure"):
        hear(report("DeliveryDelay", evite, deliveryDelay={"delayType": reason}))
    found = [event.data for event in wiring.packets().events(packet_id) if event.type == "invitation.delayed"]
    assert [one["report"] for one in found] == ["DeliveryDelay.MailboxFull", "DeliveryDelay.IPFailure"]
    assert standing(world, packet_id) == "sent"
    assert not_arrived(world) == told(world) == []


@pytest.mark.brings("P7")
@pytest.mark.parametrize("feedback", ["not-spam", "auth-failure", "miffed"])
def test_a_complaint_that_is_none_is_noted_and_nothing_else(
    world: World, packet_id: str, evite: str, feedback: str
) -> None:
    hear(report("Delivery", evite), report("Complaint", evite, complaint={"complaintFeedbackType": feedback}))
    assert standing(world, packet_id) == "delivered"
    assert types(packet_id)[-1] == "mail.noted"
    assert told(world) == not_arrived(world) == []
    later(world, days=3)
    assert reminders(world) == 1


@pytest.mark.brings("P7")
@pytest.mark.parametrize("feedback", ["abuse", "fraud", "virus", "other"])
def test_a_complaint_of_a_reader_stops_the_reminders(world: World, packet_id: str, evite: str, feedback: str) -> None:
    hear(report("Delivery", evite), report("Complaint", evite, complaint={"complaintFeedbackType": feedback}))
    assert standing(world, packet_id) == "undeliverable"
    assert len(told(world)) == 1


@pytest.mark.brings("P7", "P8")
def test_a_kind_that_no_one_knows_is_kept_on_the_trail_and_a_reader_is_not_watched(
    world: World, packet_id: str, evite: str
) -> None:
    before = types(packet_id)
    hear(report("Open", evite, open={}), report("Click", evite, click={}))
    assert types(packet_id) == before
    hear(report("Postponed", evite), report("Postponed", evite))
    assert types(packet_id) == [*before, "mail.noted"]
    assert standing(world, packet_id) == "sent"


@pytest.mark.brings("P8")
def test_what_happens_to_a_mail_to_another_address_says_nothing_of_this_one(world: World, packet_id: str) -> None:
    """Such as the code that is mailed to a new address before that counts."""
    elsewhere = bounce(f"{packet_id}.mail.email-code.1")
    elsewhere["mail"]["destination"] = ["danna@example.com"]
    hear(elsewhere)
    assert types(packet_id)[-1] == "mail.bounced"
    assert standing(world, packet_id) == "sent"
    assert told(world) == []


@pytest.mark.brings("P8")
def test_a_letter_to_the_recruiter_that_bounces_marks_no_invitation(world: World, packet_id: str, evite: str) -> None:
    hear(bounce(f"{packet_id}.mail.not-delivered.1-given-up"), bounce(f"{packet_id}.mail.undeliverable.invitation.1-x"))
    assert standing(world, packet_id) == "sent"
    assert told(world) == []


@pytest.mark.brings("P13")
def test_an_invitation_is_sent_when_the_mail_service_says_so_under_its_own_id(
    world: World, packet_id: str, evite: str
) -> None:
    (sent,) = [event for event in wiring.packets().events(packet_id) if event.type == "invitation.sent"]
    accepted = [mail["reference"] for mail in world.outside.post.sent].index(evite) + 1
    assert sent.data == {"mail": "mail.invitation.1", "message_id": f"mail-{accepted}"}
    hear(report("Send", evite, send={}))
    assert types(packet_id).count("invitation.sent") == 1


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


NOTICE = "pkt_1.mail.adverse-pre.1-1"


def noticed(world: World) -> None:
    """A packet whose notice before a decision is on its way."""
    world.clock.at = NOW
    case = AdverseCase(
        packet_id="pkt_1", attempt=1, report_id="rep_1", state="TN", status=AdverseStatus.PRE_SENT, opened_at=NOW,
        notices=1, pre_sent_at=NOW,
    )  # fmt: skip
    weighed = packet(status=Status.ADVERSE_REVIEW, check_attempt=1, reached={"SUBMITTED": NOW}, delivery="delivered")
    wiring.packets().create(Change(weighed, puts=[case]))


def case_stands() -> AdverseStatus:
    found = wiring.packets().find(AdverseCase, "pkt_1", "1")
    assert found is not None
    return found.status


@pytest.mark.brings("P8")
@pytest.mark.parametrize(
    "last_word",
    [
        bounce_of("Transient", "General"),
        bounce_of("Transient", "MailboxFull"),
        bounce_of("Undetermined", "Undetermined"),
        bounce_of("Permanent", "Suppressed"),
        {"eventType": "Reject", "reject": {}},
        {"eventType": "Rendering Failure", "failure": {}},
    ],
    ids=lambda one: one["eventType"] + one.get("bounce", {}).get("bounceSubType", ""),
)
def test_a_notice_that_did_not_arrive_is_for_the_department_to_post(world: World, last_word: dict[str, Any]) -> None:
    noticed(world)
    hear({**report("", NOTICE), **last_word})
    assert case_stands() is AdverseStatus.UNDELIVERABLE
    effects = [one.id for one in wiring.packets().all_of(Effect, "pkt_1")]
    assert any("NOTICE_UNDELIVERABLE" in one for one in effects)
    assert standing(world, "pkt_1") == "delivered"
    assert told(world) == not_arrived(world) == []


@pytest.mark.brings("P7", "P8")
@pytest.mark.parametrize(
    "word",
    [
        {"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}},
        {"eventType": "DeliveryDelay", "deliveryDelay": {"delayType": "MailboxFull"}},
        {"eventType": "Open", "open": {}},
        {"eventType": "Postponed"},
    ],
    ids=lambda one: one["eventType"],
)
def test_a_notice_waits_for_a_last_word(world: World, word: dict[str, Any]) -> None:
    noticed(world)
    hear({**report("", NOTICE), **word})
    assert case_stands() is AdverseStatus.PRE_SENT
    hear(report("Delivery", NOTICE))
    assert case_stands() is AdverseStatus.WAITING


@pytest.mark.brings("P8")
def test_a_final_notice_that_was_given_up_is_told_to_the_department(world: World) -> None:
    world.clock.at = NOW
    wiring.packets().create(Change(packet(status=Status.REJECTED, check_attempt=1)))
    hear({**report("", "pkt_1.mail.adverse-final.1"), **bounce_of("Transient", "MailboxFull")})
    effects = [one.id for one in wiring.packets().all_of(Effect, "pkt_1")]
    assert any("NOTICE_UNDELIVERABLE" in one for one in effects)
    assert not_arrived(world) == []
