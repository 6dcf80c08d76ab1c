"""Pictures of signatures: uploads decoded and written again, strokes drawn, marks shown as the documents show them.

What decodes a stranger's image runs in a function without any rights (docs/decisions/0026).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from econtracting.adapters.mark_pages import MarkPages
from econtracting.domain.interview.picture_files import MOST_PIXELS
from econtracting.domain.signing.documents import Mark
from econtracting.domain.signing.signature_image import refusal
from econtracting.ports import Drawing

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
LARGEST = (900, 300)  # pixels; a mark is at most 3.2 inches wide
INK = (16, 38, 63, 255)
_FINER = 3  # drawn larger, then reduced, so that lines are smooth
_MARGIN = 12


class PillowPictures:
    def __init__(self) -> None:
        self._pages = MarkPages()

    def redraw(self, image: bytes) -> Drawing:
        """Nothing of the upload but its pixels survives: no metadata, no color profile, no appended bytes."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                with Image.open(BytesIO(image), formats=("PNG", "JPEG")) as opened:
                    upright = ImageOps.exif_transpose(opened)
                    picture = upright.convert("RGBA")
        except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise refusal("image", "image-type", "This image cannot be used. Please choose another one.") from None
        except (OSError, SyntaxError, ValueError, EOFError):
            raise refusal("image", "damaged", "This image is damaged or incomplete. Please save it again.") from None
        if _is_blank(picture):
            raise refusal("image", "blank", "This image is empty. Please choose one that shows your signature.")
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


def _is_blank(picture: Image.Image) -> bool:
    """Whether nothing stands out against white paper."""
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    darkest, lightest = paper.convert("L").getextrema()
    return bool(lightest - darkest < 16)  # type: ignore[operator]


def _drawing(picture: Image.Image) -> Drawing:
    target = BytesIO()
    picture.save(target, "PNG", optimize=True)
    return Drawing(target.getvalue(), picture.width, picture.height)
