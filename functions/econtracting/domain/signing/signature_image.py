"""What a signature's picture may be before anything decodes it: size, kind by its first bytes, and honest strokes."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Sequence

from econtracting.domain.errors import InvalidRequest
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview.file_kinds import ANY, other_kind
from econtracting.domain.interview.picture_files import JPEG_FIRST, PNG_FIRST
from econtracting.domain.interview.upload_content import check_content
from econtracting.domain.words import words

LARGEST_IMAGE = 500_000  # bytes
MOST_POINTS = 5_000
MOST_STROKES = 200
PAD = 10_000  # the largest coordinate of a pad
SMALLEST_STROKE = 8  # units of the pad; a dot is no signature

# What a browser calls the file does not matter (RFC 2397); its content does.
_DATA_URL = re.compile(r"data:[^,]{0,1000}?;base64,")
_TOO_LARGE = (
    "The picture may have at most 500 kilobytes. Please crop it to the signature, or save it smaller or as a JPEG."
)

Strokes = Sequence[Sequence[tuple[float, float]]]


def refusal(field: str, rule: str, message: str) -> InvalidRequest:
    return InvalidRequest(errors=[{"field": field, "rule": rule, "message": message}])


def image_bytes(text: str) -> bytes:
    """The bytes of an image sent as base64 or as a data URL, without what stands behind the image.

    Raises InvalidRequest for what is too large, damaged, of too many pixels, or neither PNG nor JPEG, whatever it is
    called.
    """
    encoded = text[match.end() :] if (match := _DATA_URL.match(text)) else text
    if len(encoded) > LARGEST_IMAGE * 4 / 3 + 4:
        raise refusal("image", "size", _TOO_LARGE)
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise refusal("image", "base64", "The image did not arrive whole. Please choose it again.") from None
    if not content:
        raise refusal("image", "image-type", "This file is empty. Please choose a PNG or JPEG picture.")
    if len(content) > LARGEST_IMAGE:
        raise refusal("image", "size", _TOO_LARGE)
    if not content.startswith((PNG_FIRST, JPEG_FIRST)):
        raise refusal("image", "image-type", _what_it_is(content))
    try:
        return check_content(content, ANY).content
    except Refusal as error:
        raise refusal("image", error.rule, error.message) from None


def _what_it_is(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        return "This is a PDF. Please take a photo or a screenshot of your signature and choose that."
    kind = other_kind(content)
    if kind is None:
        return "This is no PNG or JPEG picture. Please choose one that shows your signature."
    return kind.as_signature or kind.message


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
