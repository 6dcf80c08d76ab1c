from local.mail_service import events
from tests.local.test_gateway import mail


def kinds(to: str) -> list[str]:
    return [event["eventType"] for event in events("m-1", mail(to))]


def test_an_ordinary_mail_is_delivered() -> None:
    assert kinds("dana@example.com") == ["Delivery"]


def test_the_tag_bounce_bounces() -> None:
    (event,) = events("m-1", mail("dana+bounce@example.com"))
    assert event["eventType"] == "Bounce"
    assert event["bounce"]["bouncedRecipients"][0]["emailAddress"] == "dana+bounce@example.com"
    assert event["mail"]["messageId"] == "m-1"


def test_a_complaint_follows_a_delivery() -> None:
    assert kinds("dana+complaint@example.com") == ["Delivery", "Complaint"]


def test_events_carry_the_mails_own_headers() -> None:
    (event,) = events("m-1", mail("dana@example.com"))
    assert {"name": "X-Reference", "value": "pkt_1#invitation#1"} in event["mail"]["headers"]


def test_a_full_mailbox_is_tried_again_and_given_up() -> None:
    delay, last = events("m-1", mail("dana+full@example.com"))
    assert (delay["eventType"], delay["deliveryDelay"]["delayType"]) == ("DeliveryDelay", "MailboxFull")
    assert (last["eventType"], last["bounce"]["bounceType"]) == ("Bounce", "Transient")
