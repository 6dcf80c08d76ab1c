"""The packet: one contracting case of one agent with the carrier, and the graph of its statuses."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import Field

from econtracting.domain.audit import GENESIS
from econtracting.domain.days import Here
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record
from econtracting.domain.words import Language


class Status(StrEnum):
    """Where a packet stands. The order of the first ten is the road from invitation to selling."""

    INVITED = "INVITED"  # the e-vite is on its way or unopened
    IN_PROGRESS = "IN_PROGRESS"  # the agent has come in and answers
    AWAITING_SIGNATURE = "AWAITING_SIGNATURE"  # answers frozen, documents prepared
    SEALING = "SEALING"  # everything signed; the seals are being made
    SUBMITTED = "SUBMITTED"  # all seals stand
    BACKGROUND_CHECK = "BACKGROUND_CHECK"  # the vendor screens
    APPOINTING = "APPOINTING"  # states are being asked
    PROCESSED = "PROCESSED"  # every state answered or is recorded; the producer is being fed
    CERTIFICATION_OPEN = "CERTIFICATION_OPEN"  # the certification site knows the producer
    ACTIVE = "ACTIVE"  # every required course is complete
    CORRECTION_REQUESTED = "CORRECTION_REQUESTED"  # the agent must mend named fields
    ADVERSE_REVIEW = "ADVERSE_REVIEW"  # the contracting department weighs a report
    NEEDS_REVIEW = "NEEDS_REVIEW"  # the contracting department must look
    DECLINED = "DECLINED"  # the agent said no, or is not the person meant
    WITHDRAWN = "WITHDRAWN"  # the recruiter took the invitation back
    EXPIRED = "EXPIRED"  # the invitation's life ended
    REJECTED = "REJECTED"  # the contracting department said no


S = Status

MOVES: dict[Status, frozenset[Status]] = {
    S.INVITED: frozenset({S.IN_PROGRESS, S.DECLINED, S.WITHDRAWN, S.EXPIRED}),
    S.IN_PROGRESS: frozenset({S.AWAITING_SIGNATURE, S.DECLINED, S.WITHDRAWN, S.EXPIRED}),
    S.AWAITING_SIGNATURE: frozenset(
        {S.IN_PROGRESS, S.CORRECTION_REQUESTED, S.SEALING, S.NEEDS_REVIEW, S.DECLINED, S.WITHDRAWN, S.EXPIRED}
    ),
    S.SEALING: frozenset({S.SUBMITTED, S.NEEDS_REVIEW}),
    S.SUBMITTED: frozenset({S.BACKGROUND_CHECK, S.NEEDS_REVIEW}),
    S.BACKGROUND_CHECK: frozenset({S.APPOINTING, S.CORRECTION_REQUESTED, S.ADVERSE_REVIEW, S.NEEDS_REVIEW}),
    S.APPOINTING: frozenset({S.PROCESSED, S.NEEDS_REVIEW}),
    S.PROCESSED: frozenset({S.CERTIFICATION_OPEN, S.NEEDS_REVIEW}),
    S.CERTIFICATION_OPEN: frozenset({S.ACTIVE, S.NEEDS_REVIEW}),
    S.ACTIVE: frozenset(),
    S.CORRECTION_REQUESTED: frozenset({S.AWAITING_SIGNATURE, S.ADVERSE_REVIEW, S.NEEDS_REVIEW, S.REJECTED}),
    S.ADVERSE_REVIEW: frozenset({S.APPOINTING, S.NEEDS_REVIEW, S.REJECTED}),
    S.NEEDS_REVIEW: frozenset(
        {
            S.AWAITING_SIGNATURE,
            S.SEALING,
            S.SUBMITTED,
            S.BACKGROUND_CHECK,
            S.APPOINTING,
            S.PROCESSED,
            S.CERTIFICATION_OPEN,
            S.CORRECTION_REQUESTED,
            S.ADVERSE_REVIEW,
            S.REJECTED,
        }
    ),
    S.DECLINED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.EXPIRED: frozenset(),
    S.REJECTED: frozenset(),
}

ENDED = frozenset({S.DECLINED, S.WITHDRAWN, S.EXPIRED, S.REJECTED})
BEFORE_SUBMISSION = frozenset({S.INVITED, S.IN_PROGRESS, S.AWAITING_SIGNATURE})
DRIVEN_BY_WORKFLOW = frozenset({S.SEALING, S.SUBMITTED, S.BACKGROUND_CHECK, S.APPOINTING, S.PROCESSED})
AFTER_SUBMISSION = frozenset(S) - BEFORE_SUBMISSION - ENDED


class Delivery(StrEnum):
    """How the latest e-vite stands."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"


def _is_false(value: object) -> bool:
    return value is False


class InvitedAgent(Record):
    """The producer as the recruiter named them; the interview validates it."""

    first_name: str
    middle_name: str | None = None
    last_name: str
    email: str
    npn: str | None = None
    # The recruiter said that somebody else uses the address too; what was not said is not written.
    shares_email: bool = Field(default=False, exclude_if=_is_false)

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name) if part)


class Recruiter(Record):
    name: str
    email: str
    phone: str


class Agency(Record):
    id: str
    name: str


class Acceptance(Record):
    """A versioned text the agent accepted: what exactly (hash), when, from where."""

    version: str
    sha256: str
    at: Moment
    address: str = ""
    user_agent: str = ""


class AccessCode(Record):
    """The code printed in the document that proves access to electronic records: where it lies, and its fingerprint."""

    fingerprint: str
    sha256: str


class SectionState(Record):
    version: int
    complete: bool


class Trouble(Record):
    """What does not get done by itself, so that someone has to look, wherever the packet stands.

    `about` is the id of an outbox row, or SWEEP for the packet's own turn in the sweep; `reason` is our code of what is
    the matter, `failure` that of the last try.
    """

    about: str
    reason: str
    failure: str
    since: Moment  # it was first to be done
    at: Moment  # it was told


SWEEP = "sweep"


class Listed(Record):
    """What every list knows of a packet: where it stands, and by what is judged who is told so (need_to_know.py).

    Rows come from indexes, which hold their fields of an item and no others (template.yaml); a row lags behind its
    packet, and nothing is decided on one.
    """

    id: str
    status: Status = Status.INVITED
    status_at: Moment
    created_at: Moment
    reached: dict[str, Moment] = {}  # status -> first time it was reached
    agency: Agency
    review_reason: str | None = None
    review_from: Status | None = None  # where it stood before someone had to look
    told_as: Status | None = None  # where those are told that it stands who need not know of a review
    told_at: Moment | None = None  # since when they are told so, where that is not `status_at`

    def having(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)


class QueueRow(Listed):
    """A packet in a list of the contracting department's."""

    npn: str | None = None  # as the agent confirmed it
    attempt: int = 0  # of the workflow's execution
    stuck: tuple[Trouble, ...] | None = None  # not stored where there is none: packets keep their form

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What a person has to look at, in any status."""
        return self.stuck or ()


class AgencyRow(Listed):
    """A packet in the list of its agency's."""

    agent: InvitedAgent
    recruiter: Recruiter
    level: str
    pre_appointment_states: tuple[str, ...] = ()
    expires_at: Moment
    mails_sent: int = 0  # e-vites, so that each has its own outbox row
    reminders_sent: int = 0
    reminders_stopped_at: Moment | None = None  # the agent wants no more of them
    delivery: str = Delivery.QUEUED.value


class Packet(AgencyRow, QueueRow):
    """The head record of a packet. `version` counts its commits; it carries the audit chain's end."""

    type: str
    type_version: str
    version: int = 0
    event_count: int = 0
    event_head: str = GENESIS

    due_at: Moment | None = None  # when someone has to look at it, if nothing happens before

    language: Language | None = None  # the agent's; not stored where no one has said it: packets keep their form
    invitation_generation: int = 1
    reminded_at: Moment | None = None

    agreement: Acceptance | None = None
    consent: Acceptance | None = None
    sections: dict[str, SectionState] = {}
    generation: int = 0  # how often the answers were frozen
    frozen_at: Moment | None = None
    frozen_here: Here | None = None  # where the agent was then; earlier releases did not ask
    lives_in: str | None = None  # the state of the agent's residence, as far as it is told
    access_code: AccessCode | None = None
    summary: str | None = None  # the version of the summary that was confirmed; earlier releases named none
    check_attempt: int = 0  # of the background check
    reviews: int = 0  # how often someone had to look
    approvals: tuple[str, ...] = ()  # who of the staff agreed so far to go on, where two have to
    correction: int = 0  # the number of the latest correction request
    flags: tuple[
        str, ...
    ] = ()  # what the contracting department has to know of the frozen answers (domain/interview/flags.py)

    def move(self, to: Status, at: datetime) -> Self:
        """The packet one step further.

        Raises InvalidTransition if the graph has no such edge.
        """
        if to not in MOVES[self.status]:
            raise InvalidTransition(status=self.status.value, wanted=to.value)
        return self.model_copy(
            update={
                "status": to,
                "status_at": at,
                "reached": {**self.reached, to.value: self.reached.get(to.value, at)},
            }
        )

    def end(self, to: Status, at: datetime) -> Self:
        """The packet at a last status, where no one has to look at it any more. Raises InvalidTransition."""
        return self.move(to, at).model_copy(update={"due_at": None})

    def send_to_review(
        self, reason: str, at: datetime, *, to: Status = S.NEEDS_REVIEW, came_from: Status | None = None
    ) -> Self:
        """The contracting department has to look, for a reason code. Raises InvalidTransition.

        `came_from` is where the packet stood before, if that is not where it stands.
        """
        review = {"review_reason": reason, "review_from": came_from or self.status, "reviews": self.reviews + 1}
        return self.move(to, at).model_copy(update={**review, "approvals": (), "due_at": None})

    def close_review(self) -> Self:
        """Nothing stands against the packet any more."""
        return self.model_copy(update={"review_reason": None, "review_from": None, "approvals": ()})

    def approve(self, by: str) -> Self:
        """One of the staff agrees to go on, where two have to."""
        return self.model_copy(update={"approvals": (*self.approvals, by)})

    def next_attempt(self, due_at: datetime) -> Self:
        """The next execution of the workflow drives the packet; at `due_at` someone sees that it runs."""
        return self.model_copy(update={"attempt": self.attempt + 1, "due_at": due_at})

    def next_check(self) -> Self:
        """The background check once more, or for the first time."""
        return self.model_copy(update={"check_attempt": self.check_attempt + 1})

    def ask_correction(self, at: datetime) -> Self:
        """The agent has to mend answers; whatever review there was is over. Raises InvalidTransition."""
        asked = self.move(Status.CORRECTION_REQUESTED, at).close_review()
        return asked.model_copy(update={"correction": self.correction + 1, "due_at": None})

    def look_again(self, at: datetime | None) -> Self:
        """When someone has to look at the packet next; None if no one has to."""
        return self.model_copy(update={"due_at": at})

    def mail_sent(self) -> Self:
        """The mail service took the invitation."""
        return self.model_copy(update={"delivery": "sent"})

    def mail_delivered(self) -> Self:
        """The agent's mail server took the invitation."""
        return self.model_copy(update={"delivery": "delivered"})

    def mail_undeliverable(self) -> Self:
        """Mail does not reach the agent: no one is reminded, and an invitation only waits for its end."""
        due_at = self.expires_at if self.before_submission else self.due_at
        return self.model_copy(update={"delivery": "undeliverable", "due_at": due_at})

    def erase(self, nobody: InvitedAgent) -> Self:
        """Who it was for, and what they agreed to, are gone."""
        gone = dict.fromkeys(("npn", "access_code", "agreement", "consent", "language", "lives_in"))
        return self.model_copy(update={"agent": nobody, **gone})

    def in_trouble(self, trouble: Trouble) -> Self:
        """Something more does not get done by itself."""
        return self.having(stuck=(*self.troubles, trouble))

    def out_of_trouble(self, about: str) -> Self:
        """That was done after all."""
        return self.having(stuck=tuple(one for one in self.troubles if one.about != about) or None)

    def look_at(self, at: datetime) -> Self:
        """Someone has to look at it then, if nothing happens before."""
        return self.having(due_at=at)

    def mail_invitation(self) -> Self:
        """Another e-vite is to be sent."""
        return self.having(mails_sent=self.mails_sent + 1, delivery=Delivery.QUEUED.value)

    def remind(self, at: datetime) -> Self:
        """Another reminder is to be sent."""
        return self.having(reminders_sent=self.reminders_sent + 1, reminded_at=at)

    def stop_reminders(self, at: datetime) -> Self:
        """The agent wants no reminders. What the law or their safety wants said is none."""
        return self.having(reminders_stopped_at=at)

    def resume_reminders(self) -> Self:
        """The agent wants them again."""
        return self.having(reminders_stopped_at=None)

    def extend(self, longer: timedelta) -> Self:
        """The invitation lives longer."""
        return self.having(expires_at=self.expires_at + longer)

    def request_states(self, states: tuple[str, ...]) -> Self:
        """The recruiter wants the producer appointed in these states beforehand."""
        return self.having(pre_appointment_states=states)

    def begin(self, at: datetime) -> Self:
        """The agent has come in, if it was not before."""
        if self.status is not Status.INVITED:
            return self
        return self.move(Status.IN_PROGRESS, at)

    def accept_agreement(self, accepted: Acceptance) -> Self:
        """The agent accepted the agreement, which is also a beginning."""
        return self.having(agreement=accepted).begin(accepted.at)

    def save_section(self, name: str, state: SectionState) -> Self:
        """A section of the interview was saved."""
        return self.having(sections={**self.sections, name: state})

    def confirm_npn(self, npn: str) -> Self:
        """The agent told the NPN in a complete section."""
        return self.having(npn=npn)

    def settle(self, state: str) -> Self:
        """The agent told in which state the residence is."""
        return self.having(lives_in=state)

    def change_email(self, email: str) -> Self:
        """The agent showed that letters reach this address."""
        return self.having(agent=self.agent.model_copy(update={"email": email}))

    def readdress(self, email: str) -> Self:
        """The invitation goes to another address, with another link: who had the old one has nothing."""
        return self.change_email(email).mail_invitation().having(invitation_generation=self.invitation_generation + 1)

    def speak(self, language: Language) -> Self:
        """The agent reads and writes in this language."""
        return self.having(language=language)

    def freeze(
        self, at: datetime, here: Here, summary: str, flags: tuple[str, ...], access_code: AccessCode | None
    ) -> Self:
        """The answers are confirmed as the summary showed them, and the documents made. Raises InvalidTransition.

        A corrected packet keeps the access code it has.
        """
        return self.move(Status.AWAITING_SIGNATURE, at).having(
            generation=self.generation + 1,
            frozen_at=at,
            frozen_here=here,
            summary=summary,
            flags=flags,
            access_code=access_code or self.access_code,
        )

    def reopen(self, at: datetime) -> Self:
        """Back to the answers. What was made from them is void, unless it was submitted before.

        Raises InvalidTransition.
        """
        if self.submitted:
            return self.move(Status.CORRECTION_REQUESTED, at)
        back = self.move(Status.IN_PROGRESS, at)
        return back.having(frozen_at=None, frozen_here=None, access_code=None, consent=None, flags=())

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def submitted(self) -> bool:
        """Whether it was sealed before: a packet that waits for signatures may be one that is being corrected."""
        return Status.SUBMITTED.value in self.reached

    def give_consent(self, given: Acceptance) -> Self:
        """The agent agreed to electronic records."""
        return self.model_copy(update={"consent": given})

    def withdraw_consent(self) -> Self:
        """The agent took the consent to electronic records back."""
        return self.model_copy(update={"consent": None})

    def finish(self, at: datetime) -> Self:
        """Everything is signed; the seals are made by the next execution. Raises InvalidTransition."""
        return self.move(Status.SEALING, at).model_copy(update={"attempt": self.attempt + 1, "due_at": at})

    @property
    def before_submission(self) -> bool:
        """Whether it is an invitation still: what is corrected after submission neither expires nor is withdrawn."""
        return self.status in BEFORE_SUBMISSION and not self.submitted
