"""What a signature's picture may be before anything decodes it: size, kind by its first bytes, and honest strokes."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Sequence

from econtracting.domain.errors import InvalidRequest
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview.upload_content import check_content
from econtracting.domain.words import words

LARGEST_IMAGE = 500_000  # bytes
MOST_POINTS = 5_000
MOST_STROKES = 200
PAD = 10_000  # the largest coordinate of a pad
SMALLEST_STROKE = 8  # units of the pad; a dot is no signature

_DATA_URL = re.compile(r"data:(image/(?:png|jpeg));base64,")
_FIRST_BYTES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}

Strokes = Sequence[Sequence[tuple[float, float]]]


def refusal(field: str, rule: str, message: str) -> InvalidRequest:
    return InvalidRequest(errors=[{"field": field, "rule": rule, "message": message}])


def image_bytes(text: str) -> bytes:
    """The bytes of an image sent as base64 or as a data URL.

    Raises InvalidRequest for what is too large, damaged, of too many pixels, or neither PNG nor JPEG, whatever it is
    called.
    """
    claimed = _DATA_URL.match(text)
    encoded = text[claimed.end() :] if claimed else text
    if len(encoded) > LARGEST_IMAGE * 4 / 3 + 4:
        raise _too_large()
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise refusal("image", "base64", "The image did not arrive whole. Please choose it again.") from None
    if len(content) > LARGEST_IMAGE:
        raise _too_large()
    kind = next((kind for kind, first in _FIRST_BYTES.items() if content.startswith(first)), None)
    if kind is None or (claimed and claimed[1] != kind):
        raise refusal("image", "image-type", "Please choose a PNG or JPEG image.")
    try:
        check_content(content, kind)
    except Refusal as error:
        raise refusal("image", error.rule, error.message) from None
    return content


def honest_strokes(strokes: Strokes) -> Strokes:
    """Strokes that a hand can have drawn. Raises InvalidRequest."""
    points = [point for stroke in strokes for point in stroke]
    if not strokes or not all(strokes) or len(strokes) > MOST_STROKES or len(points) > MOST_POINTS:
        raise refusal("strokes", "strokes", "Please draw your signature.")
    if not all(math.isfinite(value) and 0 <= value <= PAD for point in points for value in point):
        raise refusal("strokes", "strokes", words("Points of a pad are between 0 and {most}.", most=PAD))
    widest = max(x for x, _ in points) - min(x for x, _ in points)
    tallest = max(y for _, y in points) - min(y for _, y in points)
    if max(widest, tallest) < SMALLEST_STROKE:
        raise refusal("strokes", "blank", "Please draw your signature; a dot is too little.")
    return strokes


def _too_large() -> InvalidRequest:
    return refusal("image", "size", words("The image may have at most {most} kilobytes.", most=LARGEST_IMAGE // 1000))
