"""Adopting a signature: drawn or uploaded, and shown as the documents will show it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw

from tests.portal.served_world import ServedWorld
from tests.portal.visitor import Looks, Visitor
from tests.support import foreign_files, journey
from tests.support.pictures import DRAWN_SIGNATURE
from tests.support.world import World


@pytest.fixture
def agent(arrived: Callable[..., Visitor]) -> Visitor:
    """Someone who has consented and is to adopt a signature."""
    visitor = arrived("consented", "/signature")
    visitor.heading("Adopt your signature")
    return visitor


def shown(agent: Visitor, act: Callable[[], Any]) -> bytes:
    """The picture under "This is how it will look" after an act."""
    with agent.page.expect_response(lambda answer: answer.url.endswith("/signature/preview") and answer.ok) as found:
        act()
    picture = agent.page.locator(".preview img")
    picture.wait_for()
    assert picture.evaluate("async img => { await img.decode(); return img.naturalWidth; }") > 100
    drawn: bytes = found.value.body()
    return drawn


def drawn_into_documents(world: World, **look: Any) -> bytes:
    wish = {"full_name": "Dana Lee Rivers", "initials": "DLR", **look}
    return journey.expect(world.call("POST", "/packet/signature/preview", wish), 200).body


def draw(agent: Visitor) -> None:
    pad = agent.page.get_by_role("img", name="Pad for drawing your signature")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    mouse = agent.page.mouse
    mouse.move(box["x"] + 30, box["y"] + 100)
    mouse.down()
    for right, down in ((80, 30), (140, 120), (220, 40), (330, 90), (420, 60)):
        mouse.move(box["x"] + right, box["y"] + down, steps=4)
    mouse.up()


def test_a_drawn_signature_stands_on_the_line_that_was_signed(agent: Visitor, shots: Path) -> None:
    looks = Looks(agent.page, shots)
    agent.page.get_by_role("radio", name="Draw it").check()
    shown(agent, lambda: draw(agent))
    looks("30-signature-drawn")
    agent.press("Adopt and go on")
    agent.press("Start")
    agent.page.locator(".tag-open:focus").click()
    mark = agent.page.locator(".tag-signed img").first
    mark.wait_for()
    assert mark.evaluate("async img => { await img.decode(); return img.naturalWidth; }") > 100
    looks("31-signed-with-drawing")
    assert looks.faults == []


def test_a_pad_that_was_cleared_has_nothing_to_adopt(agent: Visitor) -> None:
    agent.page.get_by_role("radio", name="Draw it").check()
    shown(agent, lambda: draw(agent))
    agent.press("Clear")
    agent.page.locator(".preview").wait_for(state="detached")
    agent.press("Adopt and go on")
    agent.page.locator(".error-summary").get_by_role("link", name="Please draw your signature").wait_for()


def test_an_uploaded_signature_is_shown_as_the_documents_will_show_it(
    agent: Visitor, world: ServedWorld, shots: Path
) -> None:
    looks = Looks(agent.page, shots)
    agent.page.get_by_role("radio", name="Upload a picture").check()
    chooser = agent.field("Picture of your signature")
    chooser.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": b"not a picture"})
    agent.page.locator(".field-error").get_by_text("This is a text file").wait_for()
    looks("32-signature-unusable")
    picture = shown(
        agent,
        lambda: chooser.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": DRAWN_SIGNATURE}),
    )
    assert picture == world.do(drawn_into_documents, image=base64.b64encode(DRAWN_SIGNATURE).decode())
    assert agent.page.locator(".field-error").count() == 0
    looks("33-signature-uploaded")
    agent.press("Adopt and go on")
    agent.heading("Individual Agent Application")
    assert looks.faults == []


def photograph() -> bytes:
    """A telephone's: ink in the middle of a gray page with grain, in the shadow of a hand, lying on its side."""
    page = Image.new("L", (3200, 2400), 190)
    pen = ImageDraw.Draw(page)
    pen.line([(1300, 1300), (1500, 1000), (1650, 1350), (1900, 1100)], fill=30, width=16, joint="curve")
    shadow = Image.linear_gradient("L").resize(page.size).point(lambda value: 120 + value // 2)
    grain = Image.frombytes("L", page.size, Random(15).randbytes(page.width * page.height)).point(lambda v: v // 20)
    target, held = BytesIO(), Image.Exif()
    held[0x0112] = 6
    ImageChops.add(ImageChops.multiply(page, shadow), grain).save(target, "JPEG", quality=95, exif=held)
    return target.getvalue()


@pytest.mark.brings("P5")
def test_a_telephones_photograph_is_trimmed_and_made_small_before_it_is_sent(agent: Visitor) -> None:
    content = photograph()
    assert len(content) > 2_000_000
    agent.page.get_by_role("radio", name="Upload a picture").check()
    chooser = agent.field("Picture of your signature")
    chosen = {"name": "IMG_0001.JPG", "mimeType": "image/jpeg", "buffer": content}
    with agent.page.expect_request("**/signature/preview") as asked:
        shown(agent, lambda: chooser.set_input_files(chosen))
    sent = base64.b64decode(asked.value.post_data_json["image"].partition(",")[2])
    assert len(sent) <= 500_000
    with Image.open(BytesIO(sent)) as picture:
        across, down = picture.size
        darkest, lightest = picture.convert("L").getextrema()
    assert across < down < 1300  # it stands upright, and the paper around the ink is gone
    assert (darkest < 70, lightest > 90) == (True, True)
    agent.press("Adopt and go on")
    agent.heading("Individual Agent Application")


@pytest.mark.brings("P4")
def test_a_webp_picture_is_taken_and_a_heic_photo_named(agent: Visitor) -> None:
    agent.page.get_by_role("radio", name="Upload a picture").check()
    chooser = agent.field("Picture of your signature")
    chooser.set_input_files({"name": "me.heic", "mimeType": "image/heic", "buffer": foreign_files.HEIC})
    agent.page.locator(".field-error").get_by_text("This is a HEIC photo").wait_for()
    shown(
        agent,
        lambda: chooser.set_input_files({"name": "me.webp", "mimeType": "image/webp", "buffer": foreign_files.WEBP}),
    )
    assert agent.page.locator(".field-error").count() == 0


def test_a_typed_signature_is_shown_in_the_style_that_is_chosen(agent: Visitor, world: ServedWorld) -> None:
    style = agent.page.get_by_role("radio", name="Style").nth(1)
    chosen = agent.page.locator(".style-choice .specimen").nth(2).get_attribute("class").split("style-")[1]
    agent.page.locator(".preview img").wait_for()
    assert shown(agent, style.check) == world.do(drawn_into_documents, style=chosen)


def test_another_name_than_the_agents_is_refused_in_words(agent: Visitor) -> None:
    agent.field("Full name").fill("Someone Else")
    agent.press("Adopt and go on")
    summary = agent.page.locator(".error-summary")
    summary.get_by_text("Please type your full name exactly").wait_for()
    assert agent.field("Full name").get_attribute("aria-invalid") == "true"
