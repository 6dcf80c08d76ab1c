"""Webhooks of outside systems: is this really theirs, and what does it say?

Standard Webhooks, version v1, an open specification, is what they sign with; a screening company signs in its own way,
which its adapter knows. A signature covers bytes, so it is checked before anything is parsed. Members we do not use are
ignored; one we use and that is not as documented makes the whole message invalid.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from econtracting.domain.errors import BadSignature, InvalidRequest
from econtracting.domain.moment import Moment

TOLERANCE = timedelta(minutes=5)
SECRET_PREFIX = "whsec_"


def verify_standard(raw: bytes, headers: Mapping[str, str], secrets: Iterable[str], now: datetime) -> str:
    """Check a Standard Webhooks message against every active secret ("whsec_" and base64); returns the message id.

    Raises BadSignature: header missing, timestamp more than five minutes off either way, or no v1 signature that fits.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp = lowered.get("webhook-id", ""), lowered.get("webhook-timestamp", "")
    if not message_id or not _is_recent(timestamp, now):
        raise BadSignature()
    signed = f"{message_id}.{timestamp}.".encode() + raw
    expected = (base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode() for secret in secrets)
    given = [part[3:] for part in lowered.get("webhook-signature", "").split() if part.startswith("v1,")]
    if not _any_equal(expected, given):
        raise BadSignature()
    return message_id


def verify_bearer(authorization: str | None, keys: Iterable[str]) -> None:
    """Check an `Authorization: Bearer` header against every active key of a system that calls us.

    Raises BadSignature.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if not _any_equal(keys, [token]) or scheme.lower() != "bearer":
        raise BadSignature("Send the key agreed with this system: Authorization: Bearer ...")


def verify_shown(shown: str, values: Iterable[str]) -> None:
    """Check a shared secret that is shown as it is against every active one. Raises BadSignature."""
    if not _any_equal(values, [shown]):
        raise BadSignature()


def _is_recent(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a webhook secret is configured that is not base64") from error


def _any_equal(expected: Iterable[str], given: Iterable[str]) -> bool:
    """Every pair is compared, in constant time each: nothing tells which secret or signature came close."""
    candidates = [one.encode() for one in given]
    fits = [hmac.compare_digest(one.encode(), candidate) for one in expected for candidate in candidates]
    return any(fits)


class Message(BaseModel):
    """Base of what systems outside tell: members we do not use are ignored, the others must be as documented."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
Npn = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,9}$")]
State = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class AppointmentNews(Message):
    """A state's answer to an appointment, or that it takes its time."""

    transaction_id: Id
    external_ref: Id
    state: State
    status: Literal["APPROVED", "REJECTED", "PENDING_STATE", "MISSING_LICENSE"]
    state_ref: Id | None = None
    effective_date: date | None = None
    reason_codes: tuple[Code, ...] = ()
    state_fee_cents: Annotated[int, Field(ge=0)] | None = None


class AppointmentUpdated(Message):
    type: Literal["appointment.updated"]
    timestamp: Moment
    data: AppointmentNews


class LoadedProducer(Message):
    npn: Npn
    external_ref: Id
    loaded_at: Moment


class ProducerLoaded(Message):
    type: Literal["producer.loaded"]
    timestamp: Moment
    data: LoadedProducer


class FinishedCourse(Message):
    npn: Npn
    external_ref: Id
    course: Id
    plan_year: Annotated[int, Field(ge=2000, le=2200)]
    score: Annotated[int, Field(ge=0, le=100)] | None = None


class CourseFinished(Message):
    type: Literal["course.completed", "course.failed"]
    timestamp: Moment
    data: FinishedCourse

    @property
    def passed(self) -> bool:
        return self.type == "course.completed"


class ReportedSale(Message):
    """A first or later application the carrier received on a day (its own zone's calendar)."""

    sale_id: Id
    npn: Npn
    state: State
    received_on: date
    product: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class SaleReported(Message):
    type: Literal["sale.reported"]
    timestamp: Moment
    data: ReportedSale


class _Typed(Message):
    type: Id


def appointment_event(raw: bytes) -> AppointmentUpdated | None:
    """None for a type we do not know. Raises InvalidRequest."""
    return read_as(AppointmentUpdated, raw) if type_of(raw) == "appointment.updated" else None


def certification_event(raw: bytes) -> ProducerLoaded | CourseFinished | None:
    """None for a type we do not know. Raises InvalidRequest."""
    match type_of(raw):
        case "producer.loaded":
            return read_as(ProducerLoaded, raw)
        case "course.completed" | "course.failed":
            return read_as(CourseFinished, raw)
    return None


def sale_event(raw: bytes) -> SaleReported | None:
    """None for a type we do not know. Raises InvalidRequest."""
    return read_as(SaleReported, raw) if type_of(raw) == "sale.reported" else None


def type_of(raw: bytes) -> str:
    """What kind of message it is. Raises InvalidRequest."""
    return read_as(_Typed, raw).type


def read_as[M: Message](model: type[M], raw: bytes) -> M:
    """Raises InvalidRequest naming each member that is missing or not as documented."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        rows = [
            {
                "field": ".".join(map(str, one["loc"])),
                "rule": one["type"].replace("_", "-"),
                "message": "This member is missing or not as documented.",
            }
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    raise InvalidRequest(errors=rows)
