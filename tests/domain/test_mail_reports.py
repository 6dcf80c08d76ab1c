"""What each kind and subtype of the mail service's reports means, one row each."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting.domain.mail_reports import TABLE, MailReport, NoReport, Outcome, read

pytestmark = pytest.mark.brings("P7", "P8")

O = Outcome  # noqa: E741 (columns)
MAIL = {"messageId": "m-1", "destination": ["dana@example.com"], "headers": []}


def report(kind: str, **more: Any) -> dict[str, Any]:
    return {"eventType": kind, "mail": MAIL, **more}


def bounce(type_: str, subtype: str | None = None, **recipient: str) -> dict[str, Any]:
    detail = {"bounceType": type_, "bouncedRecipients": [{"emailAddress": "dana@example.com", **recipient}]}
    return report("Bounce", bounce=detail | ({"bounceSubType": subtype} if subtype else {}))


def complaint(feedback: str | None, **more: Any) -> dict[str, Any]:
    return report("Complaint", complaint={**({"complaintFeedbackType": feedback} if feedback else {}), **more})


def delay(kind: str) -> dict[str, Any]:
    return report("DeliveryDelay", deliveryDelay={"delayType": kind})


ROWS: dict[tuple[str, ...], tuple[dict[str, Any], Outcome]] = {
    ("Send",): (report("Send", send={}), O.SENT),
    ("Delivery",): (report("Delivery", delivery={}), O.DELIVERED),
    ("Reject",): (report("Reject", reject={"reason": "Bad content"}), O.REFUSED),
    ("Rendering Failure",): (report("Rendering Failure", failure={"templateName": "t"}), O.REFUSED),
    ("DeliveryDelay",): (report("DeliveryDelay"), O.DELAYED),
    ("DeliveryDelay", "InternalFailure"): (delay("InternalFailure"), O.DELAYED),
    ("DeliveryDelay", "General"): (delay("General"), O.DELAYED),
    ("DeliveryDelay", "MailboxFull"): (delay("MailboxFull"), O.DELAYED),
    ("DeliveryDelay", "SpamDetected"): (delay("SpamDetected"), O.DELAYED),
    ("DeliveryDelay", "RecipientServerError"): (delay("RecipientServerError"), O.DELAYED),
    ("DeliveryDelay", "IPFailure"): (delay("IPFailure"), O.DELAYED),
    ("DeliveryDelay", "TransientCommunicationFailure"): (delay("TransientCommunicationFailure"), O.DELAYED),
    ("DeliveryDelay", "BYOIPHostNameLookupUnavailable"): (delay("BYOIPHostNameLookupUnavailable"), O.DELAYED),
    ("DeliveryDelay", "Undetermined"): (delay("Undetermined"), O.DELAYED),
    ("DeliveryDelay", "SendingDeferral"): (delay("SendingDeferral"), O.DELAYED),
    ("Bounce",): (bounce("Regretful"), O.GIVEN_UP),
    ("Bounce", "Permanent"): (bounce("Permanent"), O.BOUNCED),
    ("Bounce", "Permanent", "General"): (bounce("Permanent", "General"), O.BOUNCED),
    ("Bounce", "Permanent", "NoEmail"): (bounce("Permanent", "NoEmail"), O.BOUNCED),
    ("Bounce", "Permanent", "Suppressed"): (bounce("Permanent", "Suppressed"), O.BOUNCED),
    ("Bounce", "Permanent", "OnAccountSuppressionList"): (bounce("Permanent", "OnAccountSuppressionList"), O.BOUNCED),
    ("Bounce", "Permanent", "UnsubscribedRecipient"): (bounce("Permanent", "UnsubscribedRecipient"), O.BOUNCED),
    ("Bounce", "Transient"): (bounce("Transient"), O.GIVEN_UP),
    ("Bounce", "Transient", "General"): (bounce("Transient", "General"), O.GIVEN_UP),
    ("Bounce", "Transient", "MailboxFull"): (bounce("Transient", "MailboxFull", status="4.2.2"), O.GIVEN_UP),
    ("Bounce", "Transient", "MessageTooLarge"): (bounce("Transient", "MessageTooLarge"), O.GIVEN_UP),
    ("Bounce", "Transient", "CustomTimeoutExceeded"): (bounce("Transient", "CustomTimeoutExceeded"), O.GIVEN_UP),
    ("Bounce", "Transient", "ContentRejected"): (bounce("Transient", "ContentRejected"), O.GIVEN_UP),
    ("Bounce", "Transient", "AttachmentRejected"): (bounce("Transient", "AttachmentRejected"), O.GIVEN_UP),
    ("Bounce", "Undetermined"): (bounce("Undetermined"), O.GIVEN_UP),
    ("Bounce", "Undetermined", "Undetermined"): (bounce("Undetermined", "Undetermined"), O.GIVEN_UP),
    ("Complaint",): (complaint("miffed"), O.NOTED),
    ("Complaint", ""): (complaint(None), O.COMPLAINED),
    ("Complaint", "abuse"): (complaint("abuse"), O.COMPLAINED),
    ("Complaint", "fraud"): (complaint("fraud"), O.COMPLAINED),
    ("Complaint", "virus"): (complaint("virus"), O.COMPLAINED),
    ("Complaint", "other"): (complaint("other"), O.COMPLAINED),
    ("Complaint", "opt-out"): (complaint("opt-out"), O.COMPLAINED),
    ("Complaint", "not-spam"): (complaint("not-spam"), O.NOTED),
    ("Complaint", "auth-failure"): (complaint("auth-failure"), O.NOTED),
    ("Complaint", "dmarc"): (complaint("dmarc"), O.NOTED),
    ("Complaint", "identity"): (complaint("identity"), O.NOTED),
    ("Open",): (report("Open", open={}), O.UNHEEDED),
    ("Click",): (report("Click", click={"link": "https://portal.example.com"}), O.UNHEEDED),
    ("Subscription",): (report("Subscription", subscription={"contactList": "l"}), O.NOTED),
}


def test_every_row_of_the_table_has_its_case() -> None:
    assert set(ROWS) == set(TABLE)


@pytest.mark.parametrize("row", ROWS, ids=".".join)
def test_a_report_means_what_its_row_says(row: tuple[str, ...]) -> None:
    said, outcome = ROWS[row]
    assert read(said).outcome is outcome


@pytest.mark.parametrize("subtype", ["General", "MailboxFull", "MessageTooLarge", "ContentRejected", "Newly"])
@pytest.mark.parametrize(
    "recipient",
    [
        {"status": "5.1.1"},
        {"status": " 5.7.1 (refused)"},
        {"diagnosticCode": "smtp; 550 5.1.1 <dana@example.com>: no such user."},
        {"diagnosticCode": "smtp;554 this mailbox is closed"},
        {"diagnosticCode": "550-No such user"},
        {"status": "", "diagnosticCode": "X-Postfix; host said: 5.1.10"},
    ],
)
def test_a_permanent_status_code_makes_a_transient_bounce_permanent(subtype: str, recipient: dict[str, str]) -> None:
    assert read(bounce("Transient", subtype, **recipient)).outcome is O.BOUNCED
    assert read(bounce("Undetermined", subtype, **recipient)).outcome is O.BOUNCED


@pytest.mark.parametrize(
    "recipient",
    [
        {"status": "4.4.7"},
        {"status": "4.2.2", "diagnosticCode": "smtp; 452 4.2.2 mailbox full, 550 of 500 MB"},
        {"diagnosticCode": "smtp; 451 4.4.1 [192.0.2.5] did not answer for 5.2 hours"},
        {"diagnosticCode": "host 5.5.5.5 did not answer"},
        {},
    ],
)
def test_other_codes_and_numbers_do_not(recipient: dict[str, str]) -> None:
    assert read(bounce("Transient", "General", **recipient)).outcome is O.GIVEN_UP


def test_a_complaint_to_an_address_that_complained_before_counts_whatever_its_type() -> None:
    assert read(complaint(None, complaintSubType="OnAccountSuppressionList")).outcome is O.COMPLAINED
    assert read(complaint("not-spam", complaintSubType=None)).outcome is O.NOTED
    assert read(complaint(" NOT-SPAM ")).outcome is O.NOTED


@pytest.mark.parametrize("kind", ["Postponed", "delivery", "", "x" * 500, "Bounce\n"])
def test_a_kind_that_no_one_knows_yet_is_noted(kind: str) -> None:
    if not kind:
        with pytest.raises(NoReport):
            read(report(kind))
        return
    found = read(report(kind))
    assert found.outcome is O.NOTED
    assert found.said == (kind if kind.isalpha() and len(kind) <= 40 else "unknown")


def test_an_absence_notice_is_told_from_a_server_that_gave_up() -> None:
    assert read(bounce("Transient", "General")).like_a_reply
    assert read(bounce("Undetermined", "Undetermined")).like_a_reply
    assert not read(bounce("Transient", "MailboxFull")).like_a_reply
    assert not read(bounce("Transient", "General", status="4.4.7")).like_a_reply
    assert not read(bounce("Permanent", "General")).like_a_reply


def test_a_report_says_in_the_services_words_what_it_was_and_whom_it_was_about() -> None:
    found = read(bounce("Transient", "MailboxFull"))
    assert found == MailReport(
        outcome=O.GIVEN_UP, said="Bounce.Transient.MailboxFull", message_id="m-1", to=("dana@example.com",)
    )
    assert found.is_about("Dana@Example.com")
    assert not found.is_about("dana@example.org")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"mail": MAIL},
        {"eventType": 5, "mail": MAIL},
        {"eventType": "Delivery", "mail": "no"},
        {"eventType": "Bounce", "mail": MAIL},
        {"eventType": "Bounce", "mail": MAIL, "bounce": {"bounceType": None}},
    ],
)
def test_what_is_no_report_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(NoReport):
        read(said)
