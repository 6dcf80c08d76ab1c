"""Documents as they come out of the templates: archival, tagged, repeatable, and blind to markup in answers."""

import hashlib
import json
import re
from copy import deepcopy
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from econtracting.adapters.packet_files import documents_of
from econtracting.adapters.render import TypstRenderer
from econtracting.domain.signing.documents import DocumentDefinition, DocumentNotRendered
from tests.support.certified import CERTIFICATE
from tests.support.paperwork import AT, FACTS
from tests.support.pdf_text import text_of

DEFINITIONS = list(documents_of("meridian").every())
ALL = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda row: row.code)
COMPLETE = {**FACTS, "certificate": CERTIFICATE.model_dump(mode="json")}


@pytest.fixture(scope="module")
def renderer() -> TypstRenderer:
    return TypstRenderer()


def render(renderer: TypstRenderer, definition: DocumentDefinition, facts: dict[str, Any] = COMPLETE) -> Any:
    assert definition.template is not None
    return renderer.render("meridian", definition.template, facts, AT)


@ALL
def test_the_same_facts_give_the_same_bytes(renderer: TypstRenderer, definition: DocumentDefinition) -> None:
    first = render(renderer, definition)
    again = render(TypstRenderer(), definition)

    assert first == again
    assert first.sha256 == hashlib.sha256(first.content).hexdigest()


def test_another_moment_of_freezing_gives_another_document(renderer: TypstRenderer) -> None:
    first = renderer.render("meridian", "application", FACTS, AT)
    later = renderer.render("meridian", "application", FACTS, AT + timedelta(seconds=1))

    assert first.sha256 != later.sha256


@ALL
def test_a_document_is_tagged_archival_and_says_so(renderer: TypstRenderer, definition: DocumentDefinition) -> None:
    root = PdfFileReader(BytesIO(render(renderer, definition).content)).root
    metadata = root["/Metadata"].data.decode()

    assert root["/Lang"] == "en-US"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in root
    assert f"<pdfaid:part>{definition.profile[2]}</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert f">{definition.title}</rdf:li>" in metadata


@ALL
def test_only_the_shipped_fonts_are_used_and_embedded(renderer: TypstRenderer, definition: DocumentDefinition) -> None:
    fonts = re.findall(rb"/BaseFont/[A-Z]{6}\+(\w+)", render(renderer, definition).content)

    assert fonts
    assert {font.split(b"-")[0] for font in fonts} <= {b"SourceSerif4", b"SourceSans3", b"SourceCodePro"}


@ALL
def test_what_is_missing_stays_blank(renderer: TypstRenderer, definition: DocumentDefinition) -> None:
    rendered = render(renderer, definition, {"access_code": "X", "certificate": COMPLETE["certificate"]})

    assert rendered.pages >= 1
    assert "none" not in text_of(rendered.content).lower().split()


@ALL
def test_fields_have_places_on_their_pages_and_labels_of_their_own(
    renderer: TypstRenderer, definition: DocumentDefinition
) -> None:
    rendered = render(renderer, definition)

    assert len({box.field_id for box in rendered.fields}) == len(rendered.fields)
    assert len({box.label for box in rendered.fields}) == len(rendered.fields)
    for box in rendered.fields:
        assert 1 <= box.page <= rendered.pages
        assert 0 <= box.x <= 612 - box.width
        assert 0 <= box.y <= 792 - box.height


@ALL
def test_a_document_has_the_fields_its_mode_needs(renderer: TypstRenderer, definition: DocumentDefinition) -> None:
    kinds = {box.kind for box in render(renderer, definition).fields if box.required}

    if definition.mode == "sign":
        assert {"signature", "date"} <= kinds
    elif definition.mode == "acknowledge":
        assert kinds == {"acknowledge"}
    else:
        assert not kinds


MARKUP = '*bold* $x^2$ #panic("gotcha") @ref <b>x</b> \\ `raw` //note /*c*/ #sys.inputs.facts'


def test_markup_in_an_answer_is_shown_and_never_run(renderer: TypstRenderer) -> None:
    facts = deepcopy(FACTS)
    facts["answers"]["online-presence"]["website"] = MARKUP

    shown = "".join(text_of(renderer.render("meridian", "summary", facts, AT).content).split())

    assert "".join(MARKUP.split()) in shown


def test_characters_no_font_can_show_are_spelled_out(renderer: TypstRenderer) -> None:
    facts = deepcopy(FACTS)
    facts["answers"]["online-presence"]["website"] = "smile \U0001f600 reversed ‮abc"

    shown = text_of(renderer.render("meridian", "summary", facts, AT).content)

    assert "smile [U+1F600] reversed [U+202E]abc" in " ".join(shown.split())


def test_a_letter_made_of_two_characters_is_composed(renderer: TypstRenderer) -> None:
    facts = deepcopy(FACTS)
    facts["answers"]["agent"]["last_name"] = "Nguye\u0302\u0303n"

    assert "Nguyễn" in text_of(renderer.render("meridian", "summary", facts, AT).content)


@pytest.mark.parametrize("definition", [row for row in DEFINITIONS if row.act != "w9"], ids=lambda row: row.code)
def test_the_whole_social_security_number_is_on_the_taxpayer_form_only(
    renderer: TypstRenderer, definition: DocumentDefinition
) -> None:
    shown = text_of(render(renderer, definition).content).replace("-", "")

    assert "987654320" not in shown


def test_the_summary_masks_number_and_birth_date(renderer: TypstRenderer) -> None:
    shown = text_of(renderer.render("meridian", "summary", FACTS, AT).content)

    assert "***-**-4320" in shown
    assert "**-**-1984" in shown
    assert "07-09" not in shown


def test_the_certificate_carries_its_own_facts_as_data(renderer: TypstRenderer) -> None:
    rendered = renderer.render("meridian", "certificate", COMPLETE, AT)

    root = PdfFileReader(BytesIO(rendered.content)).root
    attached = root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"]["/F"].data
    assert attached == CERTIFICATE.twin()
    assert hashlib.sha256(attached).hexdigest() == CERTIFICATE.sha256
    assert json.loads(attached)["log"]["head"] == CERTIFICATE.log.head


def test_the_certificate_prints_every_fingerprint_it_speaks_of(renderer: TypstRenderer) -> None:
    shown = "".join(text_of(renderer.render("meridian", "certificate", COMPLETE, AT).content).split())

    for row in CERTIFICATE.documents:
        assert row.frozen_sha256 in shown
    assert CERTIFICATE.log.head in shown


def test_a_template_that_fails_is_told_without_what_was_typed(renderer: TypstRenderer) -> None:
    with pytest.raises(DocumentNotRendered) as caught:
        renderer.render("meridian", "summary", {"packet": {"states": "TN secret"}}, AT)

    assert caught.value.facts["document"] == "summary"
    assert "secret" not in f"{caught.value!r}{caught.value.facts}"
    assert caught.value.__suppress_context__


def test_an_unknown_template_is_refused(renderer: TypstRenderer) -> None:
    with pytest.raises(DocumentNotRendered):
        renderer.render("meridian", "../shared/lib", FACTS, AT)
