"""Pictures of signatures: uploads decoded and written again, strokes drawn, marks shown as the documents show them.

What decodes a stranger's image runs in a function without any rights (docs/decisions/0026).
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, UnidentifiedImageError

from econtracting.adapters.mark_pages import MarkPages
from econtracting.adapters.seen_pictures import ink, seen
from econtracting.domain.signing.documents import Mark
from econtracting.domain.signing.signature_image import refusal
from econtracting.ports import Drawing

LARGEST = (900, 300)  # pixels; a mark is at most 3.2 inches wide
INK = (16, 38, 63, 255)
_FINER = 3  # drawn larger, then reduced, so that lines are smooth
_MARGIN = 12
_BLANK = (
    "Nothing can be seen in this picture on white paper. Please choose one that shows your signature in dark ink, taken"
    " in good light."
)
_DAMAGED = "This picture is damaged or incomplete. Please save it again, or take a screenshot of it."
_TOO_MANY_PIXELS = "This picture has too many pixels. Please crop it to the signature, or save it smaller."


class PillowPictures:
    def __init__(self) -> None:
        self._pages = MarkPages()

    def redraw(self, image: bytes) -> Drawing:
        """What a person sees of the upload, trimmed to its ink; no metadata, no color profile, no appended bytes."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                picture = seen(image)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise refusal("image", "too-many-pixels", _TOO_MANY_PIXELS) from None
        except UnidentifiedImageError:
            raise refusal("image", "image-type", "This image cannot be used. Please choose another one.") from None
        except (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, struct.error):
            raise refusal("image", "damaged", _DAMAGED) from None
        box = ink(picture)
        if box is None:
            raise refusal("image", "blank", _BLANK)
        picture = picture.crop(box)
        picture.thumbnail(LARGEST)
        return _drawing(Image.frombytes("RGBA", picture.size, picture.tobytes()))

    def draw(self, strokes: Sequence[Sequence[tuple[float, float]]]) -> Drawing:
        points = [point for stroke in strokes for point in stroke]
        left, top = min(x for x, _ in points), min(y for _, y in points)
        wide, tall = max(x for x, _ in points) - left, max(y for _, y in points) - top
        room = (LARGEST[0] - 2 * _MARGIN, LARGEST[1] - 2 * _MARGIN)
        scale = min(room[0] / max(wide, 1), room[1] / max(tall, 1)) * _FINER
        edge = _MARGIN * _FINER
        size = (round(wide * scale) + 2 * edge, round(tall * scale) + 2 * edge)
        picture = Image.new("RGBA", size, (INK[0], INK[1], INK[2], 0))
        pen, width = ImageDraw.Draw(picture), 5 * _FINER
        for stroke in strokes:
            placed = [((x - left) * scale + edge, (y - top) * scale + edge) for x, y in stroke]
            pen.line(placed, fill=INK, width=width, joint="curve")
            for x, y in placed:  # round ends and joints; a dot is a stroke of one point
                pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=INK)
        return _drawing(picture.resize((size[0] // _FINER, size[1] // _FINER), Image.Resampling.LANCZOS))

    def preview(self, marks: Sequence[Mark]) -> bytes:
        return self._pages.picture(marks)


def _drawing(picture: Image.Image) -> Drawing:
    target = BytesIO()
    picture.save(target, "PNG", optimize=True)
    return Drawing(target.getvalue(), picture.width, picture.height)
