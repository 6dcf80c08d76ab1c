"""A stranger's PNG or JPEG as a person sees it: every depth and mode, upright, in the colors its maker meant, its ink.

The imaging library alone clips 16 bits to 8, compares the transparent color of a picture before scaling with colors
after it, and takes every CMYK for inverted. Sources: W3C PNG (third edition), ITU-T T.81, ITU-T T.872 (Adobe's marker),
CIPA DC-008 (Exif).
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageChops, ImageCms, ImageFilter

from econtracting.domain.interview.picture_files import MOST_PIXELS, PNG_FIRST

Image.MAX_IMAGE_PIXELS = MOST_PIXELS

_PALETTE, _GRAY_MODES = "P", ("1", "L", "I;16")
# What decides how a PNG looks when it is still; films, texts and chunks that came to harm are left out.
_NEEDED = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"iCCP", b"eXIf"}
_SCREEN = 1 / 2.2  # the gamma of sRGB, nearly
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LOOKED_AT = 1200  # pixels, the longer side of the copy in which ink is looked for
_FAINT = 6  # of 255: less is taken for paper and for noise
_VISIBLE = 9


def seen(content: bytes) -> Image.Image:
    """The picture in RGBA and sRGB, upright; of a film or a series, the first. Raises what the imaging library does."""
    is_png = content.startswith(PNG_FIRST)
    with Image.open(BytesIO(_still(content) if is_png else content), formats=("PNG", "JPEG")) as opened:
        opened.load()
        depth = content[24] if is_png else 8
        colors, alpha = _parted(opened, depth)
        picture = _in_srgb(colors, opened)
        if alpha is not None:
            picture.putalpha(alpha)
        turn = _UPRIGHT.get(_orientation(opened))
    return (picture if turn is None else picture.transpose(turn)).convert("RGBA")


def ink(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """The box of what stands out from the paper around it, with some paper; None if nothing does.

    Paper may be gray, and darker on one side than on the other: what counts is how a place differs from its
    surroundings.
    """
    page = Image.new("RGBA", picture.size, "white")
    page.alpha_composite(picture)
    factor = max(1, -(-max(picture.size) // _LOOKED_AT))
    gray = page.convert("L").reduce(factor)
    around = gray.filter(ImageFilter.GaussianBlur(max(4, max(gray.size) / 60)))
    contrast = ImageChops.difference(gray, around)
    if contrast.getextrema()[1] < _VISIBLE:  # type: ignore[operator]  # of one band: its least and its most
        return None
    box = contrast.point([255 * (value >= _FAINT) for value in range(256)]).getbbox()
    assert box is not None
    margin = factor + max(picture.size) // 100
    left, top, right, bottom = (value * factor for value in box)
    return (
        max(0, left - margin),
        max(0, top - margin),
        min(picture.width, right + margin),
        min(picture.height, bottom + margin),
    )


def _still(content: bytes) -> bytes:
    """A PNG with its whole and needed chunks alone."""
    kept, at = [PNG_FIRST], len(PNG_FIRST)
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        end = at + 12 + length
        kind = content[at + 4 : at + 8]
        whole = zlib.crc32(content[at + 4 : end - 4]) == int.from_bytes(content[end - 4 : end])
        if kind in _NEEDED and (whole or kind.isupper()):
            kept.append(content[at:end])
        at = end
    return b"".join(kept)


def _parted(opened: Image.Image, depth: int) -> tuple[Image.Image, Image.Image | None]:
    """Colors of eight bits (L, RGB or CMYK) and how opaque they are."""
    clear = opened.info.get("transparency")
    if opened.mode == _PALETTE:
        opaque = opened.convert("RGBA")
        return opaque.convert("RGB"), opaque.getchannel("A") if clear is not None else None
    if opened.mode in _GRAY_MODES:
        return _gray(opened, depth, clear if isinstance(clear, int) else None)
    if opened.mode in ("LA", "RGBA"):
        *bands, alpha = opened.split()
        return Image.merge("RGB", bands) if len(bands) == 3 else bands[0], alpha
    if opened.mode == "RGB":
        shift = depth - 8
        return opened.copy(), _but(opened.split(), [one >> shift for one in clear]) if isinstance(
            clear, tuple
        ) else None
    if opened.mode == "CMYK" and "adobe" not in opened.info:  # the library inverts them all; only Adobe's are
        return ImageChops.invert(opened), None
    return opened.copy(), None


def _gray(opened: Image.Image, depth: int, clear: int | None) -> tuple[Image.Image, Image.Image | None]:
    if depth == 16:
        low, high = Image.frombytes("LA", opened.size, opened.tobytes()).split()
        return high, None if clear is None else _but((high, low), [clear >> 8, clear & 0xFF])
    gray = opened.convert("L")
    most = (1 << depth) - 1
    return gray, None if clear is None else _but((gray,), [min(clear, most) * 255 // most])


def _but(bands: tuple[Image.Image, ...], clear: list[int]) -> Image.Image:
    """Opaque everywhere but where each band has its value."""
    hit: Image.Image | None = None
    for band, value in zip(bands, clear, strict=True):
        here = band.point([255 * (one == value) for one in range(256)])
        hit = here if hit is None else ImageChops.multiply(hit, here)
    assert hit is not None
    return ImageChops.invert(hit)


def _in_srgb(colors: Image.Image, opened: Image.Image) -> Image.Image:
    """In the colors that its maker's profile, or else its gamma, means; as they are if the profile is none."""
    profile, gamma = opened.info.get("icc_profile"), opened.info.get("gamma")
    if profile:
        try:
            meant = ImageCms.ImageCmsProfile(BytesIO(profile))
            shown = ImageCms.profileToProfile(colors, meant, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if shown is not None:
                return shown
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    elif gamma and "srgb" not in opened.info and 0.1 < gamma < 4 and abs(gamma - _SCREEN) > 0.05:
        power = _SCREEN / gamma
        table = [round(255 * (value / 255) ** power) for value in range(256)]
        colors = colors.point(table * len(colors.getbands()))
    return colors.convert("RGB")


def _orientation(opened: Image.Image) -> int:
    """How it was held, by its Exif data; 1, upright, if these are none."""
    try:
        found = opened.getexif().get(_ORIENTATION, 1)
    except (SyntaxError, ValueError, LookupError, TypeError, OSError, struct.error):
        return 1
    return found if isinstance(found, int) else 1
