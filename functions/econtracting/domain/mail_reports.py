"""What the mail service's reports mean: one table for every kind and subtype it publishes.

Source: Amazon SES Developer Guide, "Contents of event data that Amazon SES publishes to Amazon SNS"; feedback types are
those of RFC 5965 and the IANA registry of its reports, status codes those of RFC 3463.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NAME = re.compile(r"[A-Za-z][A-Za-z0-9 _-]{0,39}")
ENHANCED = re.compile(r"(?<![\d.])([245])\.\d{1,3}\.\d{1,3}(?!\.?\d)")  # RFC 3463
REPLY = re.compile(r"^\s*(?:smtp;\s*)?([245])\d\d[ -]", re.IGNORECASE)  # RFC 5321, 4.2


class Outcome(StrEnum):
    """What became of a mail. Nothing says that anyone read it."""

    SENT = "sent"  # the mail service took it
    DELIVERED = "delivered"  # the receiving server took it
    DELAYED = "delayed"  # it is tried again; another word follows
    GIVEN_UP = "given-up"  # it did not arrive, after all tries; the address may be good
    BOUNCED = "bounced"  # for good: the address does not exist or refuses
    COMPLAINED = "complained"  # the reader called it unwanted
    REFUSED = "refused"  # it never left the mail service
    NOTED = "noted"  # put on the trail, and nothing else
    UNHEEDED = "unheeded"  # not even that


O = Outcome  # noqa: E741 (the table below is read in columns)

# (kind, type, subtype) as the service names them; the longest row that fits counts.
TABLE: Mapping[tuple[str, ...], Outcome] = {
    ("Send",): O.SENT,
    ("Delivery",): O.DELIVERED,
    ("Reject",): O.REFUSED,  # something harmful was found in it
    ("Rendering Failure",): O.REFUSED,  # a template does not fit its values
    ("DeliveryDelay",): O.DELAYED,
    ("DeliveryDelay", "InternalFailure"): O.DELAYED,
    ("DeliveryDelay", "General"): O.DELAYED,
    ("DeliveryDelay", "MailboxFull"): O.DELAYED,
    ("DeliveryDelay", "SpamDetected"): O.DELAYED,
    ("DeliveryDelay", "RecipientServerError"): O.DELAYED,
    ("DeliveryDelay", "IPFailure"): O.DELAYED,
    ("DeliveryDelay", "TransientCommunicationFailure"): O.DELAYED,
    ("DeliveryDelay", "BYOIPHostNameLookupUnavailable"): O.DELAYED,
    ("DeliveryDelay", "Undetermined"): O.DELAYED,
    ("DeliveryDelay", "SendingDeferral"): O.DELAYED,
    ("Bounce",): O.GIVEN_UP,
    ("Bounce", "Permanent"): O.BOUNCED,
    ("Bounce", "Permanent", "General"): O.BOUNCED,
    ("Bounce", "Permanent", "NoEmail"): O.BOUNCED,
    ("Bounce", "Permanent", "Suppressed"): O.BOUNCED,
    ("Bounce", "Permanent", "OnAccountSuppressionList"): O.BOUNCED,
    ("Bounce", "Permanent", "UnsubscribedRecipient"): O.BOUNCED,
    ("Bounce", "Transient"): O.GIVEN_UP,
    ("Bounce", "Transient", "General"): O.GIVEN_UP,
    ("Bounce", "Transient", "MailboxFull"): O.GIVEN_UP,
    ("Bounce", "Transient", "MessageTooLarge"): O.GIVEN_UP,
    ("Bounce", "Transient", "CustomTimeoutExceeded"): O.GIVEN_UP,
    ("Bounce", "Transient", "ContentRejected"): O.GIVEN_UP,
    ("Bounce", "Transient", "AttachmentRejected"): O.GIVEN_UP,
    ("Bounce", "Undetermined"): O.GIVEN_UP,
    ("Bounce", "Undetermined", "Undetermined"): O.GIVEN_UP,
    ("Complaint",): O.NOTED,  # of a feedback type that no one knows yet
    ("Complaint", ""): O.COMPLAINED,  # providers need not say more
    ("Complaint", "abuse"): O.COMPLAINED,
    ("Complaint", "fraud"): O.COMPLAINED,
    ("Complaint", "virus"): O.COMPLAINED,
    ("Complaint", "other"): O.COMPLAINED,
    ("Complaint", "opt-out"): O.COMPLAINED,
    ("Complaint", "not-spam"): O.NOTED,  # the reader took it out of the junk folder
    ("Complaint", "auth-failure"): O.NOTED,  # a server's word about signatures, not a reader's (RFC 6591)
    ("Complaint", "dmarc"): O.NOTED,
    ("Complaint", "identity"): O.NOTED,
    ("Open",): O.UNHEEDED,  # programs open mails as well, and what people read is theirs
    ("Click",): O.UNHEEDED,  # scanners follow links
    ("Subscription",): O.NOTED,  # to lists of the mail service, which we do not use
}
NOT_SENT = "OnAccountSuppressionList"  # complained before: this mail was not even tried
LIKE_A_REPLY = frozenset({"General", "Undetermined"})  # how an absence notice is reported
FAILED = frozenset({O.BOUNCED, O.COMPLAINED, O.GIVEN_UP, O.REFUSED})


class NoReport(ValueError):
    """Nothing that the mail service says of a mail."""


@dataclass(frozen=True)
class MailReport:
    """One report. `said` is the service's own words, as they may stand on a trail; `to` whom the mail was sent to."""

    outcome: Outcome
    said: str
    message_id: str
    to: tuple[str, ...]
    like_a_reply: bool = False  # after a delivery it is an absence notice

    def is_about(self, email: str) -> bool:
        """Whether the mail was sent to this address, as far as the report says."""
        return not self.to or email.casefold() in (one.casefold() for one in self.to)


def read(report: Mapping[str, Any]) -> MailReport:
    """What a report means. Raises NoReport for something that is none."""
    mail, kind = report.get("mail"), report.get("eventType") or report.get("notificationType")
    if not isinstance(mail, Mapping) or not isinstance(kind, str):
        raise NoReport
    words = (kind, *_subtypes(report, kind))
    outcome = meaning(words)
    permanent = outcome is O.GIVEN_UP and _permanent(report["bounce"])
    suppressed = kind == "Complaint" and _part(report, "complaint").get("complaintSubType") == NOT_SENT
    return MailReport(
        outcome=O.BOUNCED if permanent else O.COMPLAINED if suppressed else outcome,
        said=".".join(_named(one) for one in words if one),
        message_id=_text(mail.get("messageId"))[:200],
        to=tuple(_text(one) for one in _list(mail.get("destination")) if one),
        like_a_reply=outcome is O.GIVEN_UP and not _coded(report["bounce"]) and words[-1] in LIKE_A_REPLY,
    )


def meaning(words: tuple[str, ...]) -> Outcome:
    """The longest row of the table that fits; what is in no row is noted."""
    fitting = (TABLE[words[:length]] for length in range(len(words), 0, -1) if words[:length] in TABLE)
    return next(fitting, Outcome.NOTED)


def _subtypes(report: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    """Raises NoReport for a bounce that does not say of which type."""
    match kind:
        case "Bounce":
            bounce = report.get("bounce")
            if not isinstance(bounce, Mapping) or not isinstance(bounce.get("bounceType"), str):
                raise NoReport
            subtype = _text(bounce.get("bounceSubType"))
            return (bounce["bounceType"], subtype) if subtype else (bounce["bounceType"],)
        case "Complaint":
            return (_text(_part(report, "complaint").get("complaintFeedbackType")).strip().lower(),)
        case "DeliveryDelay":
            return (_text(_part(report, "deliveryDelay").get("delayType")),)
    return ()


def _codes(bounce: Mapping[str, Any]) -> list[str]:
    """The class (first digit) of each status code in a bounce, wherever the receiving server put it."""
    found = []
    for one in _list(bounce.get("bouncedRecipients")):
        recipient = one if isinstance(one, Mapping) else {}
        status, words = _text(recipient.get("status")).strip(), _text(recipient.get("diagnosticCode"))
        code = ENHANCED.match(status) or ENHANCED.search(words) or REPLY.match(words)
        if code is not None:
            found.append(code[1])
    return found


def _permanent(bounce: Mapping[str, Any]) -> bool:
    return "5" in _codes(bounce)


def _coded(bounce: Mapping[str, Any]) -> bool:
    """Whether a server says that it failed: an absence notice has no status code of failure."""
    return any(code in "45" for code in _codes(bounce))


def _part(report: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = report.get(name)
    return found if isinstance(found, Mapping) else {}


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _text(found: Any) -> str:
    return found if isinstance(found, str) else ""


def _named(word: str) -> str:
    """The service's word for it; one that is no word of a kind is not repeated."""
    return word.replace(" ", "") if NAME.fullmatch(word) else "unknown"
