"""Characters that documents can show, and what becomes of the others."""

import json

import typst

from econtracting.adapters.legible import legible, unshowable
from econtracting.adapters.packet_files import SHARED, signature_styles


def test_names_from_the_americas_and_europe_are_showable() -> None:
    for name in ("José", "D’Angelo", "Nguyễn", "Łukasz", "Žižek", "Ørsted", "Αγγελος", "Ольга"):
        assert not unshowable(name)


def test_hidden_and_reordering_characters_are_not_showable() -> None:
    assert unshowable("a\u202eb\u200bc\x00") == {"\u202e", "\u200b", "\x00"}


def test_everything_that_is_not_text_passes_as_it_is() -> None:
    assert legible({"a": [1, True, None, "x\r\ny\tz"]}) == {"a": [1, True, None, "x\ny z"]}


def test_every_character_called_showable_has_a_glyph_in_the_shipped_fonts() -> None:
    ranges = json.loads((SHARED / "fonts" / "coverage.json").read_bytes())
    text = "".join(chr(point) for first, last in ranges for point in range(first, last + 1))
    source = """
        #set text(font: ("Source Serif 4", "Source Sans 3"), lang: "en")
        #set document(title: "All", date: datetime(year: 2026, month: 1, day: 1))
        #sys.inputs.all
    """
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(SHARED / "fonts")])

    # The archival profile refuses to write a text without a glyph.
    assert typst.compile(
        source.encode(), format="pdf", font_paths=fonts, sys_inputs={"all": text}, pdf_standards=["a-2u"]
    )


def test_every_signature_style_has_its_font_and_license() -> None:
    families = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(SHARED / "fonts")]
    ).families()

    assert len(signature_styles()) >= 4
    for style in signature_styles():
        assert style.font in families
        assert (SHARED / style.file).is_file()
        assert (SHARED / style.file).with_name("LICENSE.txt").is_file()
