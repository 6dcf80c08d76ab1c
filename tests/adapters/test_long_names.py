"""The longest names and addresses that are taken stay on every paper and in every mark, and can be copied whole."""

from __future__ import annotations

import copy
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from econtracting.adapters.mark_pages import MarkPages
from econtracting.adapters.packet_files import documents_of, signature_styles
from econtracting.adapters.render import TypstRenderer
from econtracting.domain.fields.text import ADDRESS_LINE_LENGTH, NAME_LENGTH
from econtracting.domain.signing.documents import DocumentDefinition, FieldBox, Mark
from tests.support.certified import CERTIFICATE
from tests.support.paperwork import AT, FACTS
from tests.support.pdf_text import text_of

pytestmark = pytest.mark.brings("P10")

PPI = 36
MARGIN = 0.95  # inches, of lib.typ
FIRST, MIDDLE, LAST = "W" * NAME_LENGTH, "M" * NAME_LENGTH, "Wm" * (NAME_LENGTH // 2)
LONGEST = f"{FIRST} {MIDDLE} {LAST}"  # 182 letters
PAPERS = [row for row in documents_of("meridian").every() if row.template is not None]


def longest_facts() -> dict[str, Any]:
    facts = copy.deepcopy(FACTS)
    facts["answers"]["agent"] |= {
        "first_name": FIRST,
        "middle_name": MIDDLE,
        "last_name": LAST,
        "email": f"{'w' * 64}@{'w' * 60}.example.com",
        "mobile_phone": "+16155550123;ext=123456",
    }
    line = "W" * ADDRESS_LINE_LENGTH
    home = {"line1": line, "line2": line, "city": FIRST, "county": FIRST}
    facts["answers"]["agent"]["residential"] |= home
    facts["answers"]["addresses"]["business"] |= home
    facts["answers"]["online-presence"]["website"] = f"https://example.com/{'w' * 200}"
    facts["packet"]["agency"]["name"] = facts["packet"]["recruiter"]["name"] = "W" * 120
    facts["certificate"] = CERTIFICATE.model_dump(mode="json")
    facts["certificate"]["signer"] |= {"name": LONGEST, "user_agent": "W" * 200}
    facts["certificate"]["originator"] |= {"agency": "W" * 120, "recruiter": "M" * 120}
    return facts


class Watched:
    """The compiler, which also draws what it is asked for."""

    def __init__(self, compiler: Any) -> None:
        self.compiler = compiler
        self.pages: list[Image.Image] = []

    def compile(self, **asked: Any) -> Any:
        drawn = self.compiler.compile(
            input=asked["input"], sys_inputs={**asked["sys_inputs"], "attachment": ""}, format="png", ppi=PPI
        )
        self.pages = [
            Image.open(BytesIO(page)).convert("L") for page in (drawn if isinstance(drawn, list) else [drawn])
        ]
        return self.compiler.compile(**asked)

    def query(self, *asked: Any, **more: Any) -> Any:
        return self.compiler.query(*asked, **more)


def lightest(page: Image.Image, left: float, right: float) -> bool:
    """Whether nothing is drawn between two distances from the left edge, in inches."""
    strip = page.crop((round(left * PPI), 0, round(right * PPI), page.height))
    return strip.getextrema()[0] == 255


@pytest.mark.parametrize("row", PAPERS, ids=lambda row: row.code)
def test_nothing_runs_over_the_edge_of_a_paper(row: DocumentDefinition) -> None:
    renderer = TypstRenderer()
    watched = Watched(renderer._compiler)
    renderer.__dict__["_compiler"] = watched
    assert row.template is not None
    rendered = renderer.render("meridian", row.template, longest_facts(), AT)
    assert watched.pages
    assert len(watched.pages) == rendered.pages
    for page in watched.pages:
        assert lightest(page, 8.5 - MARGIN + 0.06, 8.5)
        assert lightest(page, 0, MARGIN - 0.06)


@pytest.mark.parametrize("template", ["application", "summary", "w9"])
def test_a_name_that_is_broken_is_copied_whole(template: str) -> None:
    copied = "".join(text_of(TypstRenderer().render("meridian", template, longest_facts(), AT).content).split())
    assert FIRST in copied
    assert LAST in copied


@pytest.mark.parametrize("style", [style.id for style in signature_styles()])
@pytest.mark.parametrize("name", [LONGEST, "W" * 181, "Dana " + "i" * 60, f"{LONGEST} JR"])
def test_a_long_name_stays_in_its_mark(style: str, name: str) -> None:
    sizes = {"signature": (232, 44), "acknowledge": (262, 40), "initials": (72, 44)}
    boxes = (
        FieldBox(field_id=kind, kind=kind, page=1, x=0, y=0, width=width, height=height, label=kind)
        for kind, (width, height) in sizes.items()
    )
    marks = [
        Mark(box=box, text="WMWM" if box.kind == "initials" else name, style=style, signature_id="sig_1", signed_at=AT)
        for box in boxes
    ]
    for mark in marks:
        sheet = Image.open(BytesIO(MarkPages().picture([mark]))).convert("L")
        point = 216 / 72
        border = round(6 * point)
        for edge in (
            (sheet.width - border, 0, sheet.width, sheet.height),
            (0, 0, border, sheet.height),
            (0, 0, sheet.width, border),
            (0, sheet.height - border, sheet.width, sheet.height),
        ):
            assert sheet.crop(edge).getextrema()[0] == 255, mark.box.kind
    copied = "".join(text_of(MarkPages().draw(marks[:1])).split())
    assert copied.count("".join(name.split())) == 2
