"""Webhooks of outside systems: is this really theirs, and what does it say?

Two ways of signing are spoken: a bare hex HMAC of the raw body (background checks: no timestamp, so the receiver keeps
event ids and asks the vendor for the truth before it acts), and Standard Webhooks, version v1 (all others). A signature
covers bytes, so it is checked before anything is parsed. Members we do not use are ignored; one we use and that is not
as documented makes the whole message invalid. Standard Webhooks is an open specification.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from econtracting.domain.errors import BadSignature, InvalidRequest
from econtracting.domain.moment import Moment

TOLERANCE = timedelta(minutes=5)
SECRET_PREFIX = "whsec_"


def verify_hex_hmac(raw: bytes, signature: str | None, keys: Iterable[str]) -> None:
    """Check the lower-case hex HMAC-SHA256 of the raw body against every active key.

    Raises BadSignature.
    """
    expected = (hmac.new(key.encode(), raw, hashlib.sha256).hexdigest() for key in keys)
    if not _any_equal(expected, [signature or ""]):
        raise BadSignature()


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


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
Npn = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,9}$")]
State = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class ReportObject(_Message):
    """The report an event is about, as it stood when the event was made: only its names are relied upon."""

    id: Id
    custom_id: Id


class _ReportData(_Message):
    object: ReportObject


class ReportEvent(_Message):
    """Something happened to a background report; what, the vendor is asked."""

    id: Id
    type: Id
    data: _ReportData

    @property
    def reference(self) -> str:
        return self.data.object.custom_id


class AppointmentNews(_Message):
    """A state's answer to an appointment, or that it takes its time."""

    transaction_id: Id
    external_ref: Id
    state: State
    status: Literal["APPROVED", "REJECTED", "PENDING_STATE", "MISSING_LICENSE"]
    state_ref: Id | None = None
    effective_date: date | None = None
    reason_codes: tuple[Code, ...] = ()
    state_fee_cents: Annotated[int, Field(ge=0)] | None = None


class AppointmentUpdated(_Message):
    type: Literal["appointment.updated"]
    timestamp: Moment
    data: AppointmentNews


class LoadedProducer(_Message):
    npn: Npn
    external_ref: Id
    loaded_at: Moment


class ProducerLoaded(_Message):
    type: Literal["producer.loaded"]
    timestamp: Moment
    data: LoadedProducer


class FinishedCourse(_Message):
    npn: Npn
    external_ref: Id
    course: Id
    plan_year: Annotated[int, Field(ge=2000, le=2200)]
    score: Annotated[int, Field(ge=0, le=100)] | None = None


class CourseFinished(_Message):
    type: Literal["course.completed", "course.failed"]
    timestamp: Moment
    data: FinishedCourse

    @property
    def passed(self) -> bool:
        return self.type == "course.completed"


class ReportedSale(_Message):
    """A first or later application the carrier received on a day (its own zone's calendar)."""

    sale_id: Id
    npn: Npn
    state: State
    received_on: date
    product: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class SaleReported(_Message):
    type: Literal["sale.reported"]
    timestamp: Moment
    data: ReportedSale


class _Typed(_Message):
    type: Id


def report_event(raw: bytes) -> ReportEvent | None:
    """None for an event about something other than a report. Raises InvalidRequest."""
    return _read(ReportEvent, raw) if _type(raw).startswith("report.") else None


def appointment_event(raw: bytes) -> AppointmentUpdated | None:
    """None for a type we do not know. Raises InvalidRequest."""
    return _read(AppointmentUpdated, raw) if _type(raw) == "appointment.updated" else None


def certification_event(raw: bytes) -> ProducerLoaded | CourseFinished | None:
    """None for a type we do not know. Raises InvalidRequest."""
    match _type(raw):
        case "producer.loaded":
            return _read(ProducerLoaded, raw)
        case "course.completed" | "course.failed":
            return _read(CourseFinished, raw)
    return None


def sale_event(raw: bytes) -> SaleReported | None:
    """None for a type we do not know. Raises InvalidRequest."""
    return _read(SaleReported, raw) if _type(raw) == "sale.reported" else None


def _type(raw: bytes) -> str:
    return _read(_Typed, raw).type


def _read[M: _Message](model: type[M], raw: bytes) -> M:
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
