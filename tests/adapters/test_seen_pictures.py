"""Pictures of signatures in every depth and mode, by other hands than the reader's, are seen as people see them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from econtracting.adapters.seen_pictures import ink, seen
from econtracting.adapters.signature_pictures import LARGEST, PillowPictures
from econtracting.domain.errors import InvalidRequest
from econtracting.domain.interview.file_kinds import ANY
from econtracting.domain.interview.upload_content import check_content
from tests.support import byte_pictures as made
from tests.support import foreign_files as foreign
from tests.support.byte_pictures import GRAY, GRAY_ALPHA, INKED, PALETTE, PAPER, RGB, RGBA, bar, chunk, jpeg, png

pytestmark = pytest.mark.brings("P1")


def on_paper(content: bytes) -> Image.Image:
    """What a person sees of it on a white page, once it was looked at as an upload."""
    picture = seen(check_content(content, ANY).content)
    page = Image.new("RGBA", picture.size, "white")
    page.alpha_composite(picture)
    return page.convert("RGB")


def near(found: object, wanted: tuple[int, int, int], by: int = 3) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


def shows(content: bytes, ink_color: tuple[int, int, int], paper: tuple[int, int, int] = (255, 255, 255)) -> bool:
    page = on_paper(content)
    assert page.size == (made.WIDE, made.TALL)
    found = page.getpixel(INKED), page.getpixel(PAPER)
    assert (near(found[0], ink_color), near(found[1], paper)) == (True, True), found
    return True


def gray(depth: int, part: float) -> int:
    return round(part * ((1 << depth) - 1))


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_gray_of_every_depth(depth: int, interlaced: bool) -> None:
    paper = gray(depth, 1)
    assert shows(png(bar([0], [paper]), GRAY, depth, interlaced=interlaced), (0, 0, 0))
    if depth > 1:
        third = gray(depth, 1 / 3)
        assert shows(png(bar([third], [paper]), GRAY, depth, interlaced=interlaced), (85, 85, 85))


def test_ink_between_light_values_of_sixteen_bits_is_seen() -> None:
    """Clipped to eight bits, all of it is white."""
    assert shows(png(bar([0x4000], [0xF000]), GRAY, 16), (64, 64, 64), (240, 240, 240))


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_the_transparent_color_of_gray_is_compared_in_its_own_depth(depth: int) -> None:
    paper = gray(depth, 1) if depth == 1 else gray(depth, 2 / 3)
    clear = chunk(b"tRNS", paper.to_bytes(2))
    assert shows(png(bar([0], [paper]), GRAY, depth, clear), (0, 0, 0), (255, 255, 255))
    assert seen(png(bar([0], [paper]), GRAY, depth, clear)).getchannel("A").getpixel(PAPER) == 0


def test_ink_that_differs_from_the_transparent_color_in_its_lower_byte_stays() -> None:
    content = png(bar([0x0001], [0x0000]), GRAY, 16, chunk(b"tRNS", b"\0\0"))
    assert shows(content, (0, 0, 0), (255, 255, 255))


@pytest.mark.parametrize(("depth", "unit"), [(8, 1), (16, 257)])
def test_the_transparent_color_of_rgb(depth: int, unit: int) -> None:
    clear = chunk(b"tRNS", b"".join((value * unit).to_bytes(2) for value in (10, 20, 30)))
    picture = bar([200 * unit, 20 * unit, 30 * unit], [10 * unit, 20 * unit, 30 * unit])
    assert shows(png(picture, RGB, depth, clear), (200, 20, 30), (255, 255, 255))


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_palettes_of_every_depth_with_and_without_transparency(depth: int, interlaced: bool) -> None:
    colors = chunk(b"PLTE", bytes([255, 255, 240, 20, 30, 90]))
    content = png(bar([1], [0]), PALETTE, depth, colors, interlaced=interlaced)
    assert shows(content, (20, 30, 90), (255, 255, 240))
    content = png(bar([1], [0]), PALETTE, depth, colors, chunk(b"tRNS", b"\0"), interlaced=interlaced)
    assert shows(content, (20, 30, 90), (255, 255, 255))


@pytest.mark.parametrize(("depth", "most"), [(8, 255), (16, 65535)])
def test_gray_and_colors_with_transparency(depth: int, most: int) -> None:
    assert shows(png(bar([0, most], [0, 0]), GRAY_ALPHA, depth), (0, 0, 0))
    assert shows(png(bar([0, most // 2], [0, 0]), GRAY_ALPHA, depth), (127, 127, 127))
    assert shows(png(bar([most, 0, 0, most], [0, 0, 0, 0]), RGBA, depth), (255, 0, 0))
    assert shows(png(bar([most, 0, 0], [most, most, most]), RGB, depth), (255, 0, 0))


@pytest.mark.parametrize("progressive", [False, True])
def test_jpegs_of_gray_and_of_colors(progressive: bool) -> None:
    assert shows(jpeg(bar([10], [250]), progressive=progressive), (10, 10, 10), (250, 250, 250))
    blue = jpeg(bar([29, 255, 107], [255, 128, 128]), made.JFIF, parts=3, progressive=progressive)
    assert shows(blue, (0, 0, 254), (255, 255, 255))
    plain = jpeg(bar([200, 10, 20], [255, 255, 255]), made.adobe(0), parts=3, progressive=progressive)
    assert shows(plain, (200, 10, 20))


def test_cmyk_of_adobe_is_inverted_and_other_cmyk_is_not() -> None:
    inverted = jpeg(bar([255, 255, 255, 0], [255, 255, 255, 255]), made.adobe(0), parts=4)
    assert shows(inverted, (0, 0, 0))
    assert shows(jpeg(bar([0, 0, 0, 255], [0, 0, 0, 0]), parts=4), (0, 0, 0))


def test_ycck_of_adobe() -> None:
    """Cyan, magenta and yellow are inverted and then turned into luminance and colors as if they were light."""
    paper, black, red = [0, 128, 128, 255], [0, 128, 128, 0], [179, 171, 0, 255]
    assert shows(jpeg(bar(black, paper), made.adobe(2), parts=4), (0, 0, 0))
    assert shows(jpeg(bar(red, paper), made.adobe(2), parts=4), (255, 0, 0))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_picture_stands_upright_however_the_telephone_was_held(kind: str, orientation: int) -> None:
    """The ink is in the upper left as the telephone stored it; Exif says where row 0 and column 0 are on the screen."""

    def corner(x: int, y: int) -> list[int]:
        return [0] if x < 16 and y < 8 else [255]

    if kind == "jpeg":
        content = jpeg(corner, made.exif(orientation))
    else:
        content = png(corner, GRAY, 8, chunk(b"eXIf", made.oriented(orientation)))
    page = on_paper(content)
    right, bottom = orientation in (2, 3, 6, 7), orientation in (3, 4, 7, 8)
    assert page.size == ((made.WIDE, made.TALL) if orientation < 5 else (made.TALL, made.WIDE))
    place = (page.width - 3 if right else 2, page.height - 3 if bottom else 2)
    assert near(page.getpixel(place), (0, 0, 0))
    assert near(page.getpixel((page.width // 2, page.height // 2)), (255, 255, 255))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize(
    "harm", [b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0", b"Exif\0\0II*\0\x08\0\0\0\xff\xff", made.oriented(99)]
)
def test_exif_data_that_came_to_harm_are_passed_over(harm: bytes) -> None:
    assert shows(jpeg(bar([0], [255]), made.segment(0xE1, harm)), (0, 0, 0))


def test_colors_are_those_that_the_profile_means() -> None:
    """Under a profile that exchanges red and blue, red samples are blue ink."""
    red = bar([255, 0, 0], [255, 255, 255])
    content = png(red, RGB, 8, made.icc_chunk(made.swapped_profile()))
    assert near(on_paper(content).getpixel(INKED), (0, 0, 255), by=12)
    content = jpeg(red, made.adobe(0), made.icc_segment(made.swapped_profile()), parts=3)
    assert near(on_paper(content).getpixel(INKED), (0, 0, 255), by=12)


@pytest.mark.parametrize("how", ["profile", "gamma"])
def test_linear_scans_are_as_light_as_they_look(how: str) -> None:
    says = made.icc_chunk(made.linear_profile()) if how == "profile" else chunk(b"gAMA", (100_000).to_bytes(4))
    content = png(bar([0x4000], [0xFFFF]), GRAY, 16, says)
    assert near(on_paper(content).getpixel(INKED), (137, 137, 137), by=4)


def test_a_profile_that_is_none_or_of_other_colors_is_passed_over() -> None:
    for content in (b"nonsense", made.linear_profile()):
        assert shows(png(bar([255, 0, 0], [255, 255, 255]), RGB, 8, made.icc_chunk(content)), (255, 0, 0))


def test_of_an_animation_the_first_picture_is_seen_and_of_several_pictures_the_main_one() -> None:
    control = chunk(b"acTL", bytes([0, 0, 0, 2, 0, 0, 0, 0]))
    first = chunk(b"fcTL", bytes(3) + b"\0" + bytes([0, 0, 0, 64, 0, 0, 0, 32]) + bytes(8) + b"\0\x01\0\x0a\0\0")
    second = chunk(b"fcTL", bytes(3) + b"\1" + bytes([0, 0, 0, 64, 0, 0, 0, 32]) + bytes(8) + b"\0\x01\0\x0a\0\0")
    content = png(bar([0], [255]), GRAY, 8, control, first, behind=[second, chunk(b"fdAT", b"\0\0\0\x02 harm")])
    assert shows(content, (0, 0, 0))
    several = jpeg(bar([0], [255]), made.multi_picture()) + jpeg(bar([90], [10]))
    assert shows(several, (0, 0, 0))


def test_notes_that_came_to_harm_do_not_hide_a_picture() -> None:
    note = chunk(b"tEXt", b"Software\0scanner")
    assert shows(png(bar([0], [255]), GRAY, 8, note[:-1] + b"\0"), (0, 0, 0))
    unpacked = chunk(b"zTXt", b"note\0\0" + zlib.compress(bytes(80_000_000)))
    assert shows(png(bar([0], [255]), GRAY, 8, unpacked), (0, 0, 0))


@pytest.mark.parametrize(
    "name", ["PROGRESSIVE_JPEG", "CMYK_JPEG", "GRAY_16_PNG", "INTERLACED_PALETTE_PNG", "RGBA_16_PNG"]
)
def test_what_another_program_wrote(name: str) -> None:
    page = on_paper(getattr(foreign, name))
    assert near(page.getpixel((24, 12)), (0, 0, 0), by=25)
    assert near(page.getpixel((3, 3)), (255, 255, 255), by=12)


def drawn(size: tuple[int, int], paper: int, pen: int, width: int) -> Image.Image:
    """A loop of a pen in the middle of a page."""
    page = Image.new("L", size, paper)
    x, y = size[0] // 2, size[1] // 2
    line = [(x - 60, y + 20), (x - 20, y - 25), (x + 10, y + 18), (x + 60, y - 10)]
    ImageDraw.Draw(page).line([(a, b) for a, b in line], fill=pen, width=width, joint="curve")
    return page


def shaded(page: Image.Image, least: float) -> Image.Image:
    """In the shadow of a hand: from full light on the left to `least` of it on the right."""
    light = (
        Image.linear_gradient("L").rotate(90).resize(page.size).point(lambda v: round(255 * least + v * (1 - least)))
    )
    return ImageChops.multiply(page, light)


def noisy(page: Image.Image) -> Image.Image:
    grain = Image.frombytes("L", page.size, Random(7).randbytes(page.width * page.height))
    return ImageChops.add(page, grain.point(lambda value: value // 32), offset=-4)


def written(page: Image.Image, kind: str = "PNG") -> bytes:
    target = BytesIO()
    page.save(target, kind)
    return target.getvalue()


KEPT: dict[str, Callable[[], Image.Image]] = {
    "a pale pencil": lambda: drawn((600, 400), 250, 236, 3),
    "gray paper": lambda: drawn((600, 400), 150, 60, 3),
    "in a shadow": lambda: shaded(drawn((800, 600), 235, 60, 4), 0.45),
    "a pencil in a shadow": lambda: shaded(drawn((800, 600), 235, 190, 4), 0.6),
    "almost black": lambda: drawn((600, 400), 30, 5, 4),
    "almost white": lambda: drawn((600, 400), 255, 243, 4),
    "a photograph's grain": lambda: noisy(drawn((800, 600), 225, 70, 4)),
    "small on a whole page": lambda: drawn((2480, 3508), 255, 20, 4),
    "a hair line": lambda: drawn((1600, 1200), 255, 0, 1),
}


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("name", KEPT)
def test_ink_is_found_trimmed_to_and_kept(name: str, kind: str) -> None:
    page = KEPT[name]()
    drawing = PillowPictures().redraw(written(page, kind))
    with Image.open(BytesIO(drawing.png)) as kept:
        shown = kept.convert("L")
    pen = page.getextrema()[0] if name in ("gray paper", "small on a whole page", "almost black") else None
    around = shown.filter(ImageFilter.GaussianBlur(12))
    assert ImageChops.difference(shown, around).getextrema()[1] >= 8
    assert pen is None or shown.getextrema()[0] <= pen + 60
    if name == "small on a whole page":
        assert shown.width < 400
        assert shown.height < 250


def test_what_is_trimmed_is_paper_only() -> None:
    box = ink(drawn((1000, 700), 255, 0, 4).convert("RGBA"))
    assert box is not None
    left, top, right, bottom = box
    assert left < 438 < 562 < right
    assert top < 323 < 372 < bottom
    assert (right - left, bottom - top) < (300, 200)


@pytest.mark.parametrize(
    "page",
    [
        Image.new("L", (600, 400), 255),
        Image.new("L", (600, 400), 0),
        shaded(Image.new("L", (800, 600), 235), 0.4),
        Image.new("LA", (300, 200), (255, 0)),
        Image.new("L", (1, 1), 0),
    ],
    ids=["white", "black", "a shadow alone", "nothing at all", "one point"],
)
def test_a_picture_without_ink_is_refused_and_told_why(page: Image.Image) -> None:
    with pytest.raises(InvalidRequest) as refused:
        PillowPictures().redraw(written(page))
    (error,) = refused.value.facts["errors"]
    assert error["rule"] == "blank"
    assert "dark ink" in error["message"]


def test_white_ink_without_paper_is_refused_because_paper_is_white() -> None:
    content = png(bar([255, 255], [255, 0]), GRAY_ALPHA, 8)
    with pytest.raises(InvalidRequest) as refused:
        PillowPictures().redraw(content)
    assert "on white paper" in refused.value.facts["errors"][0]["message"]


def test_a_drawing_is_never_larger_than_a_mark() -> None:
    drawing = PillowPictures().redraw(written(drawn((3000, 3000), 200, 10, 9)))
    assert drawing.width <= LARGEST[0]
    assert drawing.height <= LARGEST[1]
