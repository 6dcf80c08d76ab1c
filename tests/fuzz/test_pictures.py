"""Uploads and pictures of signatures: whatever the bytes, they are taken, or refused in words for the agent."""

from __future__ import annotations

import base64
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting.adapters.signature_pictures import LARGEST, PillowPictures
from econtracting.domain.errors import InvalidRequest
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview.upload_content import check_content, check_harmless
from econtracting.domain.signing.signature_image import honest_strokes, image_bytes
from tests.fuzz.values import damaged
from tests.support import uploads
from tests.support.contract import examples

PICTURES = PillowPictures()
FILES = {
    "application/pdf": uploads.pdf(uploads.stream(b"/Type /ObjStm", b"1 0 << /Type /Page >>")),
    "image/png": uploads.PNG,
    "image/jpeg": uploads.jpeg(),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_damaged_upload_is_taken_or_refused(kind: str) -> None:
    @given(content=damaged(FILES[kind]) | st.binary().map(lambda tail: FILES[kind][:12] + tail))
    @examples(100)
    def played(content: bytes) -> None:
        with suppress(Refusal):
            check_content(content, kind)
            check_harmless(content, kind)

    played()


@given(
    text=st.text()
    | st.binary().map(lambda one: base64.b64encode(one).decode())
    | st.text().map("data:image/png;base64,".__add__)
)
@examples(100)
def test_an_image_sent_as_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidRequest):
        assert image_bytes(text)


@given(content=damaged(uploads.PNG) | damaged(uploads.jpeg()) | st.binary())
@examples(100)
def test_a_damaged_picture_is_redrawn_or_refused(content: bytes) -> None:
    """The decoder gets what the first look would stop, because only its own refusal may end the function's work."""
    with suppress(InvalidRequest):
        drawing = PICTURES.redraw(content)
        assert drawing.width <= LARGEST[0]
        assert drawing.height <= LARGEST[1]


NUMBER = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 10_000) | st.integers(0, 10_000).map(float)


@given(strokes=st.lists(st.lists(st.tuples(NUMBER, NUMBER), max_size=6), max_size=6))
@examples(60)
def test_strokes_are_drawn_or_refused(strokes: list[list[tuple[float, float]]]) -> None:
    with suppress(InvalidRequest):
        taken = honest_strokes(strokes)
        assert all(math.isfinite(value) for stroke in taken for point in stroke for value in point)
        drawing = PICTURES.draw(taken)
        assert drawing.width <= LARGEST[0]
        assert drawing.height <= LARGEST[1]
