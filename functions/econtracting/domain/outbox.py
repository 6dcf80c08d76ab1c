"""Outward effects: what must happen outside the table because of a change, written in the same transaction.

One type for each kind of row says what it carries and how its id is made. An id is derived from what the row is for,
never random, so the ledger holds each effect once (invariant I6). The stored form is `kind` and `payload`; members that
a later release adds are ignored by an earlier one, and a kind no one knows is kept (`UnknownEffect`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict

from econtracting.domain.days import Here
from econtracting.domain.errors import EContractingError
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record
from econtracting.domain.words import Language


class EffectKind(StrEnum):
    MAIL = "mail"
    START_WORKFLOW = "start-workflow"
    WAKE_WORKFLOW = "wake-workflow"
    ORDER_CHECK = "order-check"
    SYNC_CHECK = "sync-check"
    FETCH_REPORT = "fetch-report"  # the copy that goes with a notice about it
    ORDER_APPOINTMENT = "order-appointment"
    FEED_PRODUCER = "feed-producer"
    PUBLISH = "publish"
    WATCH = "watch"  # a timer: rings when due, and may ask to ring again
    START_JIT = "start-jit"
    VERIFY_IDENTITY = "verify-identity"
    DROP_UPLOAD = "drop-upload"
    DROP_DOCUMENTS = "drop-documents"
    STAMP_SEALS = "stamp-seals"  # timestamps that could not be had when the packet was sealed
    SIGN_MILESTONE = "sign-milestone"  # the head of the audit trail, by the sealing key


class Letter(StrEnum):
    """Every letter the product sends; the wording of each lies in `econtracting/letters/<name>.txt`."""

    ACTIVE = "active"
    ADVERSE_FINAL = "adverse-final"
    ADVERSE_PRE = "adverse-pre"
    BACKGROUND_DELAY = "background-delay"
    CERTIFICATION_OPEN = "certification-open"
    CORRECTION_REQUESTED = "correction-requested"
    COURSE_FAILED = "course-failed"
    DECLINED = "declined"
    EMAIL_CHANGED = "email-changed"
    EMAIL_CODE = "email-code"
    EXPIRED = "expired"
    EXPIRED_RECRUITER = "expired-recruiter"
    INVITATION = "invitation"
    LOCKED = "locked"
    NOT_DELIVERED = "not-delivered"
    PASSWORD_CHANGED = "password-changed"
    PROCESSED = "processed"
    RECEIVED = "received"
    REJECTED = "rejected"
    REMINDER = "reminder"
    REMINDER_INTERVIEW = "reminder-interview"
    REMINDER_SIGNING = "reminder-signing"
    REMINDER_SIGNING_AGAIN = "reminder-signing-again"
    STATE_ANSWERED = "state-answered"
    TEMPORARY_PASSWORD = "temporary-password"
    UNDELIVERABLE = "undeliverable"
    WITHDRAWN = "withdrawn"
    WRONG_RECIPIENT = "wrong-recipient"


class TimerKind(StrEnum):
    """What a timer looks after."""

    CHECK = "check"  # which: the attempt
    CORRECTION = "correction"  # which: the request's number
    REVIEW = "review"  # which: the review's number
    ADVERSE = "adverse"  # which: the attempt, then the packet's version
    COURSES = "courses"  # which: empty
    SALE = "sale"  # which: the state, then the attempt
    MESSAGE = "message"  # which: empty; the message's id stands where the packet's does


class UnknownEffect(EContractingError):
    """A row of a kind, or with a payload, that this release does not understand. It stays in the outbox."""

    code = "unknown-effect"
    title = "An outbox row is not understood"


class Task(Record):
    """What one row of the outbox asks for."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: ClassVar[EffectKind]


class SendLetter(Task):
    """A letter, with what only this occasion knows; secrets travel encrypted in the row's `sealed`."""

    kind = EffectKind.MAIL

    letter: Letter
    at: Moment  # of the occasion, as the letter tells it
    version: int | None = None  # of the envelope in `sealed`
    seconds: int | None = None  # how long what it carries is good
    address: str | None = None  # network address of whoever acted
    reason: str | None = None
    fields: tuple[str, ...] | None = None  # to correct, by label
    course: str | None = None
    state: str | None = None
    failure: str | None = None  # why a mail did not arrive
    here: Here | None = None  # where the agent was, of an act of the agent's
    language: Language | None = None  # of the page it was asked for on; the packet's stands over it


class StartWorkflow(Task):
    kind = EffectKind.START_WORKFLOW

    attempt: int


class WakeWorkflow(Task):
    """Resume whoever sleeps for a record; the token is read from the record and never in a row."""

    kind = EffectKind.WAKE_WORKFLOW

    record: Literal["check", "appointment", "feed"]
    name: str  # the check's attempt, the appointment's state, or empty


class OrderCheck(Task):
    kind = EffectKind.ORDER_CHECK

    attempt: int


class SyncCheck(Task):
    """Ask the screening vendor how a report stands."""

    kind = EffectKind.SYNC_CHECK

    attempt: int
    report_id: str


class FetchReport(Task):
    kind = EffectKind.FETCH_REPORT

    attempt: int
    asking: int = 0  # which asking for the copy this is, as the case counts them


class OrderAppointment(Task):
    kind = EffectKind.ORDER_APPOINTMENT

    state: str
    first_sale: bool = False


class FeedProducer(Task):
    kind = EffectKind.FEED_PRODUCER

    again: bool | None = None  # after a feed that was never loaded


class Bus(StrEnum):
    """Where an event is published."""

    LIFECYCLE = "lifecycle"  # for all of the carrier's systems
    DEPARTMENT = "department"  # for the contracting department's own


class Publish(Task):
    kind = EffectKind.PUBLISH

    detail_type: str
    detail: dict[str, Any]
    bus: Bus | None = None  # None in rows that earlier releases wrote


class Watch(Task):
    kind = EffectKind.WATCH

    what: TimerKind
    which: str

    @property
    def key(self) -> str:
        """The first part of `which`: a number or a state."""
        return self.which.partition("#")[0]


class StartJustInTime(Task):
    kind = EffectKind.START_JIT

    state: str
    attempt: int


class VerifyIdentity(Task):
    kind = EffectKind.VERIFY_IDENTITY

    round: int


class DropUpload(Task):
    kind = EffectKind.DROP_UPLOAD

    key: str


class DropDocuments(Task):
    """Everything of a packet that was made or drawn before anything was sealed."""

    kind = EffectKind.DROP_DOCUMENTS


class StampSeals(Task):
    kind = EffectKind.STAMP_SEALS


class SignMilestone(Task):
    """Have the audit trail signed up to an event."""

    kind = EffectKind.SIGN_MILESTONE

    seq: int


TASKS: dict[EffectKind, type[Task]] = {
    task.kind: task
    for task in (
        SendLetter,
        StartWorkflow,
        WakeWorkflow,
        OrderCheck,
        SyncCheck,
        FetchReport,
        OrderAppointment,
        FeedProducer,
        Publish,
        Watch,
        StartJustInTime,
        VerifyIdentity,
        DropUpload,
        DropDocuments,
        StampSeals,
        SignMilestone,
    )
}


def _known(kind: Any) -> Any:
    return EffectKind(kind) if kind in EffectKind else kind


class Effect(Record):
    """A row of the outbox as it is stored; `task` reads what it asks for."""

    packet_id: str
    id: str
    kind: Annotated[EffectKind | str, BeforeValidator(_known)]  # or one that another release knows
    payload: dict[str, Any] = {}
    sealed: dict[str, str] | None = None
    created_at: Moment
    born_at: Moment | None = None  # when it was first to be done, however often it is tried
    due_at: Moment | None = None  # next time it may be tried; None once done
    leased_until: Moment | None = None  # someone performs it until then
    attempts: int = 0
    done_at: Moment | None = None
    failure: str | None = None  # the class of the last failure, never its text

    @property
    def reference(self) -> str:
        """The stable id the outside sees: a mail's reference header, a vendor's idempotency key."""
        return f"{self.packet_id}.{self.id.replace('#', '.')}"

    @property
    def since(self) -> datetime:
        """When it was first to be done: its age counts from here.

        Rows of a release that did not keep it are as old as they were written, once they have failed.
        """
        return self.born_at or (self.created_at if self.failure else self.due_at or self.created_at)

    def needs_help(self, now: datetime) -> bool:
        """Whether it was tried so often, or waits so long, that a person has to look."""
        return self.attempts >= TRIES or now - self.since >= PATIENCE

    @property
    def task(self) -> Task:
        """What the row asks for. Raises UnknownEffect."""
        if not isinstance(self.kind, EffectKind):
            raise UnknownEffect()
        try:
            return TASKS[self.kind].model_validate(self.payload)
        except ValueError as unreadable:
            raise UnknownEffect() from unreadable

    def asks_for[T: Task](self, kind: type[T]) -> T:
        """The same where its kind is known. Raises UnknownEffect for a payload that does not fit."""
        task = self.task
        if not isinstance(task, kind):
            raise UnknownEffect()
        return task

    def carrying(self, sealed: dict[str, str]) -> Effect:
        """The row with something secret in it that only the letter's receiver may read."""
        return self.model_copy(update={"sealed": sealed})

    def called(self, id: str) -> Effect:
        return self.model_copy(update={"id": id})

    def written_at(self, at: datetime) -> Effect:
        """The row of something that is due later than it is written."""
        return self.model_copy(update={"created_at": at})


def row(packet_id: str, id: str, task: Task, now: datetime, *, due_at: datetime | None = None) -> Effect:
    return Effect(
        packet_id=packet_id,
        id=id,
        kind=task.kind,
        payload=task.model_dump(mode="json", exclude_none=True),
        created_at=now,
        born_at=due_at or now,
        due_at=due_at or now,
    )


def send_letter(packet_id: str, letter: Letter, number: int | str, now: datetime, **facts: Any) -> Effect:
    """The row of a letter. `number` tells the first of its kind from the second, so the ledger holds each once.

    `facts` are further members of SendLetter.
    """
    return row(packet_id, f"mail#{letter}#{number}", SendLetter(letter=letter, at=now, **facts), now)


def start_workflow(packet_id: str, attempt: int, now: datetime) -> Effect:
    """The execution's name is fixed by packet and attempt, so it exists once (I3)."""
    return row(packet_id, f"workflow#{attempt}", StartWorkflow(attempt=attempt), now)


def execution_name(packet_id: str, attempt: int) -> str:
    """One execution per packet and attempt, however often it is started (I3)."""
    return f"{packet_id}-{attempt}"


def wake(
    packet_id: str, record: Literal["check", "appointment", "feed"], name: str, version: int, now: datetime
) -> Effect:
    """`version` is the one the packet will have with this commit."""
    return row(packet_id, f"wake#{record}#{name}#{version}", WakeWorkflow(record=record, name=name), now)


def timer(packet_id: str, what: TimerKind, which: str, at: datetime, now: datetime) -> Effect:
    """A timer that first rings at a time. Its id is its name, so each exists once."""
    name = f"watch#{what}#{which}" if which else f"watch#{what}"
    return row(packet_id, name, Watch(what=what, which=which), now, due_at=at)


def order_check(packet_id: str, attempt: int, now: datetime) -> Effect:
    return row(packet_id, f"order-check#{attempt}", OrderCheck(attempt=attempt), now)


def sync_check(packet_id: str, attempt: int, report_id: str, occasion: str, now: datetime) -> Effect:
    """Has the vendor asked how a report stands; `occasion` is the vendor's message, or what we ask because of."""
    return row(packet_id, f"sync-check#{occasion}", SyncCheck(attempt=attempt, report_id=report_id), now)


def fetch_report(packet_id: str, attempt: int, asking: int, version: int, now: datetime) -> Effect:
    """Has the copy of a report fetched; `version` is the one the packet will have with this commit."""
    return row(packet_id, f"fetch-report#{attempt}#{version}", FetchReport(attempt=attempt, asking=asking), now)


def order_appointment(packet_id: str, state: str, occasion: str, at: datetime, *, first_sale: bool) -> Effect:
    return row(
        packet_id, f"order-appointment#{state}{occasion}", OrderAppointment(state=state, first_sale=first_sale), at
    )


def feed_producer(packet_id: str, now: datetime, *, review: int | None = None) -> Effect:
    """The feed to the certification site; `review` numbers the one after which it is sent once more."""
    if review is None:
        return row(packet_id, "feed-producer", FeedProducer(), now)
    return row(packet_id, f"feed-producer#{review}", FeedProducer(again=True), now)


def start_just_in_time(packet_id: str, state: str, attempt: int, now: datetime) -> Effect:
    """The execution that follows a first sale up; its name is fixed by packet, state and attempt."""
    return row(packet_id, f"start-jit#{state}#{attempt}", StartJustInTime(state=state, attempt=attempt), now)


def verify_identity(packet_id: str, round: int, now: datetime) -> Effect:
    return row(packet_id, f"verify-identity#{round}", VerifyIdentity(round=round), now)


def drop_upload(packet_id: str, attachment_id: str, place: str, key: str, now: datetime) -> Effect:
    return row(packet_id, f"drop-upload#{attachment_id}#{place}", DropUpload(key=key), now)


def drop_documents(packet_id: str, now: datetime) -> Effect:
    return row(packet_id, "drop-documents", DropDocuments(), now)


def stamp_seals(packet_id: str, generation: int, now: datetime) -> Effect:
    """Asks for the times a packet lacks; the relay repeats it until an authority answers."""
    return row(packet_id, f"stamp#{generation}", StampSeals(), now)


def sign_milestone(packet_id: str, seq: int, now: datetime) -> Effect:
    """Has the trail signed up to its event `seq`, once."""
    return row(packet_id, f"sign-milestone#{seq:06d}", SignMilestone(seq=seq), now)


def publish(packet_id: str, task: Publish, what: str, version: int, now: datetime) -> Effect:
    """The row that publishes an event; `version` is the one the packet has with the commit it tells of."""
    return row(packet_id, f"publish#{task.detail_type}#{what}#{version}", task, now)


LEASE = timedelta(seconds=90)
BACKOFF_CEILING = timedelta(hours=1)
LONGEST_PAUSE = BACKOFF_CEILING + LEASE  # whatever was to be done before now is due by then, or done
TRIES = 10  # some four hours, with the pauses between
PATIENCE = timedelta(days=1)  # also for what is not tried, because its vendor is left alone


def retry_at(now: datetime, attempts: int, *, base: timedelta) -> datetime:
    """When to try again after `attempts` failures: doubling from `base`, one hour at most, for as long as it takes."""
    return now + min(base * 2 ** min(attempts - 1, 20), BACKOFF_CEILING)
