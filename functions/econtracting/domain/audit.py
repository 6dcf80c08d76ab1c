"""The packet's audit trail: events chained by hash, so that none can be altered, dropped or inserted unnoticed.

Rule (invariant I5): h[n] = SHA-256(h[n-1] || canonical(event[n])), h[0] = 32 zero bytes; the sequence starts at 1 and
grows by one. Personal values never enter an event: `data` holds ids, versions, hashes and codes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from econtracting.domain.moment import Moment

GENESIS = "0" * 64


class Actor(BaseModel):
    """Who acted, and from where as far as known. `id` names a session, a staff account, a vendor or a function."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["agent", "staff", "vendor", "system"]
    id: str = ""
    address: str = ""
    user_agent: str = ""


ONBOARDING = Actor(kind="system", id="onboarding")  # the workflow, and what is done on its behalf


class EventType(StrEnum):
    """Every kind of event on a packet's trail: whom or what it concerns, and what happened."""

    ACCESS_LOCKED = "access.locked"
    ACCESS_LOGGED_OUT = "access.logged_out"
    ACCESS_LOGIN_FAILED = "access.login_failed"
    ACCESS_LOGIN_OK = "access.login_ok"
    ACCESS_PASSWORD_SET = "access.password_set"
    ACCESS_TEMP_PASSWORD_REQUESTED = "access.temp_password_requested"
    ADVERSE_CANCELED = "adverse.canceled"
    ADVERSE_COPY_KEPT = "adverse.copy_kept"
    ADVERSE_COPY_REFUSED = "adverse.copy_refused"
    ADVERSE_DELIVERED = "adverse.delivered"
    ADVERSE_DISPUTE_ANSWERED = "adverse.dispute_answered"
    ADVERSE_DISPUTED = "adverse.disputed"
    ADVERSE_FINAL_POSSIBLE = "adverse.final_possible"
    ADVERSE_FINAL_SENT = "adverse.final_sent"
    ADVERSE_NOTICE_ORDERED = "adverse.notice_ordered"
    ADVERSE_POSTED = "adverse.posted"
    ADVERSE_PRE_SENT = "adverse.pre_sent"
    ADVERSE_READ = "adverse.read"
    ADVERSE_REPORT_CORRECTED = "adverse.report_corrected"
    ADVERSE_REPORT_WITHDRAWN = "adverse.report_withdrawn"
    ADVERSE_UNDELIVERABLE = "adverse.undeliverable"
    AGREEMENT_ACCEPTED = "agreement.accepted"
    APPOINTMENT_ACCEPTED_BY_GATEWAY = "appointment.accepted_by_gateway"
    APPOINTMENT_APPROVED = "appointment.approved"
    APPOINTMENT_DRAFT = "appointment.draft"
    APPOINTMENT_JUST_IN_TIME = "appointment.just_in_time"
    APPOINTMENT_NO_VALID_LICENSE = "appointment.no_valid_license"
    APPOINTMENT_PENDING_STATE = "appointment.pending_state"
    APPOINTMENT_RECORDED = "appointment.recorded"
    APPOINTMENT_REJECTED = "appointment.rejected"
    APPOINTMENT_REQUESTED = "appointment.requested"
    APPOINTMENT_SCHEDULED = "appointment.scheduled"
    APPOINTMENT_SUBMITTED = "appointment.submitted"
    APPOINTMENT_UNANSWERED = "appointment.unanswered"
    ATTACHMENT_ANNOUNCED = "attachment.announced"
    ATTACHMENT_AWAITED = "attachment.awaited"
    ATTACHMENT_PASSED = "attachment.passed"
    ATTACHMENT_REJECTED = "attachment.rejected"
    ATTACHMENT_REMOVED = "attachment.removed"
    BGC_CANCELED = "bgc.canceled"
    BGC_CHANGED = "bgc.changed"
    BGC_COMPLETE = "bgc.complete"
    BGC_DISPUTE = "bgc.dispute"
    BGC_ORDERED = "bgc.ordered"
    BGC_PAUSED = "bgc.paused"
    BGC_PENDING = "bgc.pending"
    BGC_RECORDED = "bgc.recorded"
    BGC_REMINDED = "bgc.reminded"
    BGC_REQUESTED = "bgc.requested"
    BGC_SUSPENDED = "bgc.suspended"
    CERTIFICATION_ACKED = "certification.acked"
    CERTIFICATION_COMPLETED = "certification.completed"
    CERTIFICATION_COURSE_COMPLETED = "certification.course_completed"
    CERTIFICATION_COURSE_FAILED = "certification.course_failed"
    CERTIFICATION_COURSE_REVOKED = "certification.course_revoked"
    CERTIFICATION_FED = "certification.fed"
    CERTIFICATION_OPENED = "certification.opened"
    CERTIFICATION_REMINDED = "certification.reminded"
    CERTIFICATION_REQUESTED = "certification.requested"
    CONTACT_EMAIL_CODE_REQUESTED = "contact.email_code_requested"
    CONTACT_EMAIL_CONFIRMED = "contact.email_confirmed"
    CORRECTION_ANSWERED = "correction.answered"
    CORRECTION_REMINDED = "correction.reminded"
    CORRECTION_REQUESTED = "correction.requested"
    DECISION_MADE = "decision.made"
    DISCLOSURE_ACCEPTED = "disclosure.accepted"
    DISCLOSURE_ACCESS_PROVED = "disclosure.access_proved"
    DISCLOSURE_SHOWN = "disclosure.shown"
    DISCLOSURE_WITHDRAWN = "disclosure.withdrawn"
    DOCUMENT_ACKNOWLEDGED = "document.acknowledged"
    DOCUMENT_COMPLETED = "document.completed"
    DOCUMENT_OPENED = "document.opened"
    DOCUMENT_TAG_SIGNED = "document.tag_signed"
    EFFECT_RECOVERED = "effect.recovered"
    EFFECT_STUCK = "effect.stuck"
    EXCEPTION_OPENED = "exception.opened"
    EXCEPTION_OVERDUE = "exception.overdue"
    FIRST_SALE_ALARM = "first_sale.alarm"
    FIRST_SALE_APPOINTED = "first_sale.appointed"
    FIRST_SALE_RECEIVED = "first_sale.received"
    IDENTITY_CHECKED = "identity.checked"
    IDENTITY_MISMATCH_KEPT = "identity.mismatch_kept"
    INTERVIEW_SECTION_SAVED = "interview.section_saved"
    INVITATION_BOUNCED = "invitation.bounced"
    INVITATION_COMPLAINED = "invitation.complained"
    INVITATION_CREATED = "invitation.created"
    INVITATION_DELAYED = "invitation.delayed"
    INVITATION_DELIVERED = "invitation.delivered"
    INVITATION_EXPIRED = "invitation.expired"
    INVITATION_EXTENDED = "invitation.extended"
    INVITATION_REMINDED = "invitation.reminded"
    INVITATION_EMAIL_CORRECTED = "invitation.email_corrected"
    INVITATION_REFUSED = "invitation.refused"
    INVITATION_RESENT = "invitation.resent"
    INVITATION_SENT = "invitation.sent"
    INVITATION_STATES_CHANGED = "invitation.states_changed"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    INVITATION_WRONG_RECIPIENT = "invitation.wrong_recipient"
    LATE_NEWS_SEEN = "late_news.seen"
    MAIL_BOUNCED = "mail.bounced"
    MAIL_COMPLAINED = "mail.complained"
    MAIL_DELAYED = "mail.delayed"
    MAIL_DELIVERED = "mail.delivered"
    MESSAGE_APPLIED = "message.applied"
    MESSAGE_KEPT = "message.kept"
    MESSAGE_SET_ASIDE = "message.set_aside"
    MAIL_NOTED = "mail.noted"
    MAIL_NOT_SENT = "mail.not_sent"
    MAIL_REFUSED = "mail.refused"
    PACKET_DECLINED = "packet.declined"
    PACKET_ERASED = "packet.erased"
    PACKET_FINISHED = "packet.finished"
    PACKET_FLAGGED = "packet.flagged"
    PACKET_FROZEN = "packet.frozen"
    PACKET_LANGUAGE_CHANGED = "packet.language_changed"
    PACKET_PROCESSED = "packet.processed"
    PACKET_REOPENED = "packet.reopened"
    PACKET_SEALED = "packet.sealed"
    PACKET_TIMESTAMPED = "packet.timestamped"
    PAPER_COPIES_REQUESTED = "paper.copies_requested"
    PII_READ = "pii.read"
    REMINDERS_RESUMED = "reminders.resumed"
    REMINDERS_STOPPED = "reminders.stopped"
    SIGNATURE_ADOPTED = "signature.adopted"
    WORKFLOW_RESTARTED = "workflow.restarted"


class Event(BaseModel):
    """One act, before it takes its place on the chain."""

    model_config = ConfigDict(frozen=True)

    type: EventType
    at: Moment
    actor: Actor
    data: dict[str, Any] = {}


class ChainedEvent(BaseModel):
    """An event in its place: `hash` covers everything but `hash` and `prev_hash` themselves, after `prev_hash`.

    `type` is an EventType, or a kind that another release wrote: what is chained keeps its words.
    """

    model_config = ConfigDict(frozen=True)

    type: str
    at: Moment
    actor: Actor
    data: dict[str, Any] = {}
    packet_id: str
    seq: int
    prev_hash: str
    hash: str

    def body(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude={"hash", "prev_hash"})


def canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(prev_hash: str, body: dict[str, Any]) -> str:
    return hashlib.sha256(bytes.fromhex(prev_hash) + canonical(body)).hexdigest()


def chain(packet_id: str, seq: int, head: str, events: Iterable[Event]) -> list[ChainedEvent]:
    """Give each event its place after (`seq`, `head`)."""
    chained: list[ChainedEvent] = []
    for event in events:
        seq += 1
        loose = ChainedEvent(packet_id=packet_id, seq=seq, prev_hash=head, hash="", **event.model_dump())
        head = link(head, loose.body())
        chained.append(loose.model_copy(update={"hash": head}))
    return chained


def verify(events: Iterable[ChainedEvent]) -> str:
    """Return the head of an unbroken chain from its beginning.

    Raises ValueError naming the first event that does not hold.
    """
    head = GENESIS
    for seq, event in enumerate(events, start=1):
        if event.seq != seq or event.prev_hash != head or event.hash != link(head, event.body()):
            raise ValueError(f"audit event {event.seq} of {event.packet_id} breaks the chain")
        head = event.hash
    return head
