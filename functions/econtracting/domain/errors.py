"""Every refusal the product knows, as one tree.

EContractingError
├── NotFound                 what a stranger may not know answers as what does not exist
├── NotSignedIn              no session, or one that has ended
├── InvalidCredentials       wrong password, unknown link, ended packet: one answer for all
├── Forbidden                signed in, but a step before this one is missing
│   ├── PasswordChangeRequired
│   ├── AgreementRequired
│   ├── ConsentRequired
│   └── StepUpRequired       the password is too long ago for what is asked
├── Conflict                 right request, wrong moment
│   ├── InvalidTransition
│   ├── PacketAlreadyOpen
│   ├── PacketFrozen
│   ├── InterviewIncomplete
│   ├── SignaturesMissing
│   ├── AlreadySigned
│   ├── MessageNotApplicable
│   └── Superseded           an execution of the workflow after which another one was started
├── StaleVersion             someone saved in between
├── InvalidRequest           names field and rule
│   ├── InvalidAnswers
│   ├── WeakPassword
│   ├── NoText               bytes that are letters in no encoding we know
│   └── IdempotencyKeyReused
├── TooManyAttempts          with the seconds to wait
├── TooLarge                 what an outside system sent is longer than is kept; asking again changes nothing
├── Unavailable              a dependency is down; nothing accepted is lost; with the seconds to wait
│   └── VendorPaused         it was down so often that it is not asked for a while
├── TrailRewritten           the audit trail in the table is not the one that was signed
└── BadSignature             a webhook whose signature does not verify

`code` is the stable word of the HTTP contract; `title` and `detail` are for people, English sentences whose readings in
other languages stand in `econtracting/words/`; `facts` are the extra members of the problem document. None of them ever
carries an input value, but for the summary that goes to the agent whose answers it shows.
The HTTP status belongs to the http package.
"""

from __future__ import annotations

from typing import Any

from econtracting.domain.words import words


class EContractingError(Exception):
    """Root of all refusals. `facts` must be JSON-able and free of input values."""

    code = "internal-error"
    title = "Something went wrong on our side"

    def __init__(self, detail: str = "", *, code: str | None = None, **facts: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.facts = facts
        if code is not None:
            self.code = code


class NotFound(EContractingError):
    """The thing does not exist, or the caller may not know that it does."""

    code = "not-found"
    title = "Not found"


class PacketNotFound(NotFound):
    code = "packet-not-found"
    title = "There is no such packet"


class NotSignedIn(EContractingError):
    code = "not-signed-in"
    title = "Please sign in first"


class InvalidCredentials(EContractingError):
    code = "invalid-credentials"
    title = "The link or the password is not right"


class BadSignature(EContractingError):
    code = "invalid-signature"
    title = "The signature of this message does not verify"


class TrailRewritten(EContractingError):
    code = "trail-rewritten"
    title = "The audit trail is not the one that was signed"


class Forbidden(EContractingError):
    code = "forbidden"
    title = "You may not do this"


class PasswordChangeRequired(Forbidden):
    code = "password-change-required"
    title = "Choose your own password first"


class AgreementRequired(Forbidden):
    code = "agreement-required"
    title = "Accept the user agreement first"


class ConsentRequired(Forbidden):
    code = "consent-required"
    title = "Consent to electronic records first"


class StepUpRequired(Forbidden):
    code = "step-up-required"
    title = "Enter your password again first"


class Conflict(EContractingError):
    code = "conflict"
    title = "This cannot be done at this moment"


class InvalidTransition(Conflict):
    code = "invalid-transition"
    title = "The packet does not stand where this is possible"


class PacketAlreadyOpen(Conflict):
    code = "packet-already-open"
    title = "This agency already has an open packet for this agent"


class PacketFrozen(Conflict):
    code = "packet-frozen"
    title = "The answers are confirmed and can no longer be changed"


class InterviewIncomplete(Conflict):
    code = "interview-incomplete"
    title = "Some sections are not complete"


class SignaturesMissing(Conflict):
    code = "signatures-missing"
    title = "Some required signatures are missing"


class AlreadySigned(Conflict):
    code = "already-signed"
    title = "This has been signed already"


class MessageNotApplicable(Conflict):
    """`facts` are the reason and the members it is about."""

    code = "message-not-applicable"
    title = "This message still cannot be applied"


class Superseded(Conflict):
    code = "superseded"
    title = "A later execution of the workflow has taken over"


class AlreadyExists(Conflict):
    """A record that may exist once exists already; `facts` never leave the use cases."""

    code = "already-exists"


class StaleVersion(EContractingError):
    code = "stale-version"
    title = "Someone saved a newer version in between"


class InvalidRequest(EContractingError):
    """`errors` is a list of {field, rule, message}."""

    code = "invalid-request"
    title = "The request is not valid"


class NoText(InvalidRequest):
    """The body's bytes are letters in no encoding that is known for certain."""

    code = "malformed-text"
    title = "The body is not text"


class InvalidAnswers(InvalidRequest):
    """Answers that break field rules: `errors` are the rejections, each naming field and rule."""

    title = "Some answers need your attention"

    def __init__(self, errors: Any) -> None:
        self.errors = tuple(errors)
        rows = [error.model_dump() if hasattr(error, "model_dump") else dict(error) for error in self.errors]
        super().__init__(errors=rows)


class WeakPassword(InvalidRequest):
    code = "weak-password"
    title = "The password does not meet the rules"


class IdempotencyKeyReused(InvalidRequest):
    code = "idempotency-key-reused"
    title = "This Idempotency-Key was used with another request"


class TooManyAttempts(EContractingError):
    """`retry_after` seconds until the next attempt can succeed."""

    code = "too-many-attempts"
    title = "Too many attempts; please wait"

    def __init__(self, retry_after: int, detail: str = "") -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after


class TooLarge(EContractingError):
    """An outside system sent more than `most` bytes."""

    code = "too-large"
    title = "What was sent is larger than is kept"

    def __init__(self, most: int) -> None:
        super().__init__(words("It is larger than {most:,} bytes.", most=most), most=most)


class Unavailable(EContractingError):
    """A dependency does not answer, or too many writers meet; safe to repeat after `retry_after` seconds."""

    code = "temporarily-unavailable"
    title = "Please try again in a moment; nothing you saved is lost"

    def __init__(self, detail: str = "", *, retry_after: int = 5) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after


class VendorPaused(Unavailable):
    """An outside system failed so often that it is left alone until one request may try again."""

    code = "vendor-paused"
    title = "A system outside does not answer for now; nothing you saved is lost"
