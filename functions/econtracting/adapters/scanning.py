"""The scanner that comes with the product refuses what could run; where the account scans for malware, it hears that
verdict too.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject, read_object

from econtracting.adapters.failures import translated
from econtracting.domain.errors import Unavailable
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview.file_kinds import PDF
from econtracting.domain.interview.upload_content import (
    MOST_INFLATED,
    cannot_be_checked,
    check_content,
    check_harmless,
    check_unpacked,
    plain_names,
)

_SLACK = 100_000  # bytes that overlapping objects may share

_OBJECT = re.compile(rb"(?<![0-9])[0-9]{1,10}[\0\t\n\f\r ]+[0-9]{1,5}[\0\t\n\f\r ]+obj")
_FILTERS = {"/FlateDecode", "/LZWDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/RunLengthDecode"}
_BLANK = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*)*")
# What the library raises for a file that it cannot follow, besides its own errors.
_UNREADABLE = (
    PyPdfError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RecursionError,
    OSError,
)


class PlainFiles:
    def scan(self, key: str, content: bytes, content_type: str) -> None:
        """Raises Refusal as `check_harmless`, also for what lies in a PDF's object streams, however they are packed.

        Looked at is what is kept of the content.
        """
        if content_type == PDF:
            kept = check_content(content, PDF).content
            check_harmless(kept, PDF)
            left = MOST_INFLATED
            for part in _object_streams(kept):
                left -= len(part)
                if left <= 0:
                    raise cannot_be_checked()
                check_unpacked(part)


class MalwareVerdicts:
    """Amazon GuardDuty's Malware Protection for S3 writes its verdict as a tag of the object it has scanned.

    https://docs.aws.amazon.com/guardduty/latest/ug/monitoring-malware-protection-s3-scans-gdu.html
    """

    TAG = "GuardDutyMalwareScanStatus"
    _CLEAN, _FOUND, _UNSUPPORTED = "NO_THREATS_FOUND", "THREATS_FOUND", "UNSUPPORTED"

    def __init__(self, client: Any, bucket: str, first: PlainFiles) -> None:
        self._client = client
        self._bucket = bucket
        self._first = first

    @translated
    def scan(self, key: str, content: bytes, content_type: str) -> None:
        """As PlainFiles, then as the verdict says. Raises Refusal: malware, unreadable; Unavailable until then."""
        self._first.scan(key, content, content_type)
        verdict = self._verdict(key, content)
        if verdict == self._FOUND:
            raise Refusal("malware", "This file holds harmful software. Please upload one from another device.")
        if verdict == self._UNSUPPORTED:
            raise cannot_be_checked()
        if verdict != self._CLEAN:
            raise Unavailable("The file is still being scanned. Please ask again in a few seconds.", retry_after=5)

    def _verdict(self, key: str, content: bytes) -> str | None:
        """The tag belongs to what lies there now. That has to be what was looked at, before the tag is read and after:
        whoever may upload may upload again.
        """
        where = {"Bucket": self._bucket, "Key": key}
        stored = self._client.get_object(**where)
        tags = self._client.get_object_tagging(**where)["TagSet"]
        after = self._client.head_object(**where)
        same = all(stored[name] == after[name] for name in ("ETag", "LastModified"))
        if not same or stored["Body"].read() != content:
            return None
        return next((tag["Value"] for tag in tags if tag["Key"] == self.TAG), None)


def _object_streams(content: bytes) -> Iterator[bytes]:
    """What each object stream holds (ISO 32000-2, 7.5.7), wherever in the file it lies: readers that mend a file find
    objects to which no table leads. Raises Refusal: unreadable.
    """
    plain = plain_names(content)
    if b"/ObjStm" not in plain and b"/First" not in plain:
        return
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = PdfReader(BytesIO(content), strict=False)
    except _UNREADABLE:
        raise cannot_be_checked() from None
    source, left = BytesIO(content), 2 * len(content) + _SLACK
    for found in _OBJECT.finditer(content):
        source.seek(_BLANK.match(content, found.end()).end())  # type: ignore[union-attr]  # matches nothing too
        try:
            one = read_object(source, reader)
            left -= source.tell() - found.end()
            if isinstance(one, DictionaryObject) and (one.get("/Type") == "/ObjStm" or {"/N", "/First"} <= one.keys()):
                yield _unpacked(one)
        except _UNREADABLE:
            end = content.find(b"endobj", found.end())
            unread = content[found.end() : end if end >= 0 else None]
            left -= len(unread)
            if b"/ObjStm" in plain_names(unread):
                raise cannot_be_checked() from None
        # Objects overlap only in a file that was made to be misread.
        if left < 0:
            raise cannot_be_checked()


def _unpacked(stream: DictionaryObject) -> bytes:
    if not isinstance(stream, StreamObject):
        raise ValueError("objects are packed in a stream")
    named = stream.get("/Filter", ArrayObject())
    filters = named if isinstance(named, ArrayObject) else ArrayObject([named])
    if not {one.get_object() for one in filters} <= _FILTERS:
        raise ValueError("objects are packed by no filter for pictures")
    unpacked = stream.get_data()
    if not unpacked:
        raise ValueError("nothing could be unpacked")
    return unpacked
