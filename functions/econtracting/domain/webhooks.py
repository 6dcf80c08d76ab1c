"""Webhooks of outside systems: is this really theirs, and what does it say?

Standard Webhooks, version v1, an open specification, is what they sign with; a screening company signs in its own way,
which its adapter knows. A signature covers bytes, so it is checked before anything is parsed. Strict on the members
that decide: one that is not as documented makes the message one that is not understood. The others are kept if they can
be read and noted as odd if they cannot; what we do not know is ignored.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from econtracting.domain.errors import BadSignature, InvalidRequest
from econtracting.domain.fields.us import State
from econtracting.domain.moment import Day, ToldMoment

TOLERANCE = timedelta(minutes=5)
SECRET_PREFIX = "whsec_"
SHORTEST_KEY = 14  # bytes


def verify_standard(raw: bytes, headers: Mapping[str, str], secrets: Iterable[str], now: datetime) -> str:
    """Check a Standard Webhooks message against every active secret ("whsec_" and base64); returns the message id.

    Raises BadSignature: header missing, timestamp more than five minutes off either way, or no v1 signature that fits.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp = lowered.get("webhook-id", ""), lowered.get("webhook-timestamp", "")
    if not message_id or not _is_recent(timestamp, now):
        raise BadSignature()
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "surrogatepass") + raw
    keys = [key for secret in secrets if (key := key_of(secret))]
    expected = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
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


def key_of(secret: str) -> bytes:
    """The key a secret stands for, empty if it is void: no base64, or shorter than HMAC wants (NIST SP 800-131A: 112
    bits). Padding may be missing, as public libraries write it. A void secret voids only itself.
    """
    text = secret.removeprefix(SECRET_PREFIX)
    try:
        key = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return key if len(key) >= SHORTEST_KEY else b""


def _any_equal(expected: Iterable[str], given: Iterable[str]) -> bool:
    """Every pair is compared, in constant time each: nothing tells which secret or signature came close."""
    candidates = [one.encode("utf-8", "surrogatepass") for one in given]
    fits = [hmac.compare_digest(one.encode(), candidate) for one in expected for candidate in candidates]
    return any(fits)


class Message(BaseModel):
    """Base of what systems outside tell: members we do not use are ignored, those that decide must be as documented."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)

    _odd: tuple[str, ...] = PrivateAttr(())

    @property
    def odd(self) -> tuple[str, ...]:
        """Names of members that could not be read and decide nothing."""
        return self._odd


def _kept_if_read(raw: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    try:
        return read(raw)
    except ValidationError:
        if info.context is not None and info.field_name is not None:
            info.context[info.field_name] = None
        return None


# Of a member that decides nothing: its value if it is as documented, else None, and its name among the odd ones.
Kept = WrapValidator(_kept_if_read)

Id = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
Npn = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,9}$")]


class AppointmentNews(Message):
    """A state's answer to an appointment, that it takes its time, or that it ended one."""

    transaction_id: Id
    external_ref: Id
    state: State
    status: Literal["APPROVED", "REJECTED", "PENDING_STATE", "MISSING_LICENSE", "TERMINATED"]
    npn: Npn | None = None
    effective_date: Day | None = None
    state_ref: Annotated[Annotated[str, StringConstraints(pattern=r"^[ -~]{1,128}$")] | None, Kept] = None
    reason_codes: Annotated[list[Annotated[Code | None, Kept]] | None, Kept] = None
    state_fee_cents: Annotated[Annotated[float, Field(ge=0, allow_inf_nan=False)] | None, Kept] = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """The state's codes, as far as they are codes."""
        return tuple(one for one in self.reason_codes or () if one)


class AppointmentUpdated(Message):
    type: Literal["appointment.updated"]
    timestamp: Annotated[ToldMoment | None, Kept] = None
    data: AppointmentNews


class LoadedProducer(Message):
    npn: Npn
    external_ref: Id
    loaded_at: Annotated[ToldMoment | None, Kept] = None


class ProducerLoaded(Message):
    type: Literal["producer.loaded"]
    timestamp: Annotated[ToldMoment | None, Kept] = None
    data: LoadedProducer


class FinishedCourse(Message):
    npn: Npn
    external_ref: Id
    course: Id
    plan_year: Annotated[int, Field(ge=2000, le=2200)]
    score: Annotated[Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None, Kept] = None


class CourseFinished(Message):
    """A course was passed or failed, or a result of it was taken back."""

    type: Literal["course.completed", "course.failed", "course.revoked"]
    timestamp: ToldMoment
    data: FinishedCourse

    @property
    def passed(self) -> bool:
        return self.type == "course.completed"


class ReportedSale(Message):
    """A first or later application the carrier received on a day (its own zone's calendar)."""

    sale_id: Id
    npn: Npn
    state: State
    received_on: Day
    product: Annotated[Annotated[str, StringConstraints(min_length=1, max_length=64)] | None, Kept] = None


class SaleReported(Message):
    type: Literal["sale.reported"]
    timestamp: Annotated[ToldMoment | None, Kept] = None
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
        case "course.completed" | "course.failed" | "course.revoked":
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
    odd: dict[str, None] = {}
    try:
        message = model.model_validate_json(raw, context=odd)
    except ValidationError as error:
        rows = [
            {
                "field": ".".join(map(str, one["loc"])),
                "rule": one["type"].replace("_", "-"),
                "message": "This member is missing or not as documented.",
            }
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise InvalidRequest(errors=rows) from None
    message._odd = tuple(odd)
    return message
