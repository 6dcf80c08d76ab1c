"""Files that support an answer: what may be uploaded, and how an upload stands.

An upload is quarantined until its content passed; only then can an answer name it. Its keys in storage are ids, never a
name someone gave it. Source of types and limits: OWASP ASVS 5.0, 5.1-5.4; the numbers are the product's own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from econtracting.domain.errors import InvalidRequest
from econtracting.domain.fields.rejections import Findings, Refusal
from econtracting.domain.fields.text import clean
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record
from econtracting.domain.words import joined, words

LARGEST = 10 * 1024 * 1024  # bytes of one file
MOST = 40  # files of a packet, waiting and passed
LARGEST_TOGETHER = 100 * 1024 * 1024  # bytes of all of them
FILE_NAME_LENGTH = 120
TIME_TO_UPLOAD = timedelta(minutes=15)
REQUESTS_PER_HOUR = 100

ENDINGS = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
}


class AttachmentStatus(StrEnum):
    AWAITED = "AWAITED"  # the upload target was given; nothing has been looked at
    PASSED = "PASSED"  # size, type and content agree, and nothing harmful was found
    REJECTED = "REJECTED"  # looked at and refused; the bytes are gone


class Attachment(Record):
    """One upload. `reason` is the rule a rejected one broke."""

    packet_id: str
    id: str
    file_name: str
    content_type: str
    size: int
    status: AttachmentStatus = AttachmentStatus.AWAITED
    reason: str | None = None
    sha256: str | None = None
    requested_at: Moment
    checked_at: Moment | None = None

    def pass_(self, sha256: str, at: datetime) -> Self:
        """It was looked at and nothing is wrong with it."""
        return self.model_copy(update={"checked_at": at, "sha256": sha256, "status": AttachmentStatus.PASSED})

    def reject(self, rule: str, sha256: str, at: datetime) -> Self:
        """It was looked at and breaks a rule."""
        judged = {"checked_at": at, "sha256": sha256, "status": AttachmentStatus.REJECTED, "reason": rule}
        return self.model_copy(update=judged)

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
    """The file's name as it is shown and printed. Raises InvalidRequest naming everything that cannot be uploaded."""
    found = Findings()
    name = file_name
    try:
        name = _file_name(file_name)
    except Refusal as refusal:
        found.error("file_name", refusal)
    endings = ENDINGS.get(content_type)
    if endings is None:
        found.error("content_type", Refusal("type-unknown", "Only PDF, PNG and JPEG files can be uploaded."))
    elif not name.casefold().endswith(endings):
        message = words("The name of such a file ends in {endings}.", endings=joined(endings, by=" or "))
        found.error("file_name", Refusal("type-mismatch", message))
    if size < 1:
        found.error("size", Refusal("empty", "This file is empty."))
    elif size > LARGEST:
        found.error(
            "size", Refusal("too-large", words("A file can have at most {limit} megabytes.", limit=LARGEST // 1024**2))
        )
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
