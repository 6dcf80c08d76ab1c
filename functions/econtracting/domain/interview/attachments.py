"""Files that support an answer: what may be uploaded, and how an upload stands.

An upload is quarantined until its content passed; only then can an answer name it. Its keys in storage are ids, never a
name someone gave it. Source of types and limits: OWASP ASVS 5.0, 5.1-5.4; the numbers are the product's own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Self

from econtracting.domain.errors import InvalidRequest
from econtracting.domain.fields.rejections import Findings, Refusal
from econtracting.domain.fields.text import clean
from econtracting.domain.interview.file_kinds import media_type
from econtracting.domain.interview.upload_content import Whole
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record
from econtracting.domain.words import Text, words

LARGEST = 10 * 1024 * 1024  # bytes of one file
MOST = 40  # files of a packet, waiting and passed
LARGEST_TOGETHER = 100 * 1024 * 1024  # bytes of all of them
FILE_NAME_LENGTH = 120
_TOO_LARGE = (
    "A file can have at most 10 megabytes. Please save it smaller: scan it in gray at 200 dots per inch, or print it to"
    " PDF in parts."
)
TIME_TO_UPLOAD = timedelta(minutes=15)
REQUESTS_PER_HOUR = 100


class AttachmentStatus(StrEnum):
    AWAITED = "AWAITED"  # the upload target was given; nothing has been looked at
    PASSED = "PASSED"  # size, type and content agree, and nothing harmful was found
    REJECTED = "REJECTED"  # looked at and refused; the bytes are gone


class Attachment(Record):
    """One upload. `reason` is the rule a rejected one broke, `message` what is wrong with it and what to do.

    What was announced of type and size is corrected by what passed: that alone is kept.
    """

    packet_id: str
    id: str
    file_name: str
    content_type: str
    size: int
    status: AttachmentStatus = AttachmentStatus.AWAITED
    reason: str | None = None
    message: Text | None = None
    sha256: str | None = None
    requested_at: Moment
    checked_at: Moment | None = None

    def pass_(self, kept: Whole, at: datetime) -> Self:
        """It was looked at and nothing is wrong with what is kept of it."""
        found = {
            "content_type": kept.content_type,
            "size": len(kept.content),
            "sha256": sha256(kept.content).hexdigest(),
        }
        return self.model_copy(update={"checked_at": at, "status": AttachmentStatus.PASSED, **found})

    def reject(self, refusal: Refusal, arrived: bytes, at: datetime) -> Self:
        """It was looked at and breaks a rule."""
        judged = {"checked_at": at, "sha256": sha256(arrived).hexdigest(), "status": AttachmentStatus.REJECTED}
        return self.model_copy(update=judged | {"reason": refusal.rule, "message": refusal.message})

    def lapsed(self, now: datetime) -> bool:
        """Whether it was announced so long ago that nothing comes any more."""
        return self.status is AttachmentStatus.AWAITED and now >= self.requested_at + 2 * TIME_TO_UPLOAD

    @property
    def quarantine_key(self) -> str:
        return f"quarantine/{self.packet_id}/{self.id}"

    @property
    def kept_key(self) -> str:
        return f"attachments/{self.packet_id}/{self.id}"


def checked_request(file_name: str, content_type: str, size: int) -> str:
    """The file's name as it is shown and printed; its type is for `media_type` to tell.

    Raises InvalidRequest naming everything for which it cannot be uploaded.
    """
    found = Findings()
    name = file_name
    try:
        name = _file_name(file_name)
    except Refusal as refusal:
        found.error("file_name", refusal)
    try:
        media_type(name, content_type)
    except Refusal as refusal:
        found.error("file_name" if refusal.rule == "type-mismatch" else "content_type", refusal)
    if size < 1:
        message = "This file is empty: nothing was saved in it. Please save or download it again."
        found.error("size", Refusal("empty", message))
    elif size > LARGEST:
        found.error("size", Refusal("too-large", _TOO_LARGE))
    if found.errors:
        raise InvalidRequest(errors=[error.model_dump() for error in found.errors])
    return name


def _file_name(raw: str) -> str:
    name = clean(raw, FILE_NAME_LENGTH)
    if not name.strip(". ") or any(character in '<>:"/\\|?*' for character in name):
        raise Refusal("file-name", "Please give the file a plain name, without slashes and other special signs.")
    return name


def within_limits(others: list[Attachment], size: int) -> None:
    """Raises InvalidRequest if a packet's uploads have become too many or too large."""
    if len(others) >= MOST:
        message = words("At most {most} files can be uploaded. Remove one first.", most=MOST)
        raise _over("file_name", "too-many-attachments", message)
    if sum(one.size for one in others) + size > LARGEST_TOGETHER:
        message = words("All files together can have at most {limit} megabytes.", limit=LARGEST_TOGETHER // 1024**2)
        raise _over("size", "too-large-together", message)


def _over(field: str, rule: str, message: str) -> InvalidRequest:
    return InvalidRequest(errors=[{"field": field, "rule": rule, "message": message}])
