"""The demonstration carrier's documents: complete, conditional, and word for word where the law says so."""

import re
from typing import Any

import pytest

from econtracting.adapters.packet_files import PACKET_TYPES, documents_of
from econtracting.adapters.render import TypstRenderer
from econtracting.domain.fields.conditions import ConditionFacts, holds
from econtracting.domain.signing.documents import DocumentDefinition, DocumentNotRendered
from tests.support.paperwork import AT, FACTS
from tests.support.pdf_text import text_of

MERIDIAN = PACKET_TYPES / "meridian"
DOCUMENTS = documents_of("meridian")
OFFICIAL = [row for row in DOCUMENTS.every() if row.official_text]


@pytest.fixture(scope="module")
def renderer() -> TypstRenderer:
    return TypstRenderer()


def words(content: bytes | str) -> str:
    return " ".join((text_of(content) if isinstance(content, bytes) else content).split())


def included(state: str, level: str = "5", requested: tuple[str, ...] = (), eft: bool | None = None) -> set[str]:
    answers: dict[str, Any] = {"agent": {"residential": {"state": state}}, "direct-deposit": {"eft": eft}}
    facts = ConditionFacts(level=level, requested_states=requested, answers=answers)
    return {row.code for row in DOCUMENTS.documents if holds(row.include_when, facts)}


def test_the_packet_has_sixteen_rows_in_packet_order() -> None:
    assert [row.code for row in DOCUMENTS.documents] == [
        "application",
        "background-questionnaire",
        "background-authorization",
        "fcra-disclosure",
        "ny-article-23a",
        "w9",
        "eft-form",
        "affiliates",
        "rules-of-engagement",
        "hipaa-business-associate",
        "hipaa-regulatory",
        "subordinate-agreement",
        "compensation-schedule",
        "california-privacy",
        "summary",
        "certificate",
    ], "functions/econtracting/packet_types/meridian/documents.json and this test differ"


def test_every_template_belongs_to_a_row_and_every_row_has_its_template() -> None:
    templates = {path.stem for path in (MERIDIAN / "templates").glob("*.typ")}

    assert templates == {row.template for row in DOCUMENTS.every()}, (
        "functions/econtracting/packet_types/meridian/documents.json and meridian/templates/ differ"
    )


def test_state_documents_are_for_the_people_of_that_state() -> None:
    conditional = {"ny-article-23a", "california-privacy", "eft-form"}

    assert included("TN") & conditional == set()
    assert included("NY") & conditional == {"ny-article-23a"}
    assert included("TN", requested=("NY",)) & conditional == {"ny-article-23a"}
    assert included("CA") & conditional == {"california-privacy"}


def test_the_paper_form_for_direct_deposit_is_for_directly_paid_agents_who_want_it() -> None:
    assert "eft-form" in included("TN", level="5", eft=True)
    assert "eft-form" not in included("TN", level="5", eft=False)
    assert "eft-form" not in included("TN", level="5")
    assert "eft-form" not in included("TN", level="4", eft=True)


def test_only_the_taxpayer_form_is_an_act_of_its_own() -> None:
    assert [row.code for row in DOCUMENTS.documents if row.act != "packet"] == ["w9"]


def test_a_printed_form_says_what_to_do_with_it() -> None:
    assert all(row.instructions for row in DOCUMENTS.documents if row.mode == "print-only")


@pytest.mark.parametrize("row", OFFICIAL, ids=lambda row: row.code)
def test_an_official_text_is_shown_word_for_word(renderer: TypstRenderer, row: DocumentDefinition) -> None:
    assert row.official_text is not None
    assert row.template is not None
    shown = words(renderer.render("meridian", row.template, FACTS, AT).content).replace("“", '"').replace("”", '"')

    for paragraph in (MERIDIAN / "texts" / row.official_text).read_text().split("\n\n"):
        # Page furniture may stand between two lines of a paragraph, never inside one.
        for sentence in re.split(r"(?<=[.;:,]) ", words(paragraph)):
            assert sentence.replace("’", "'") in shown.replace("’", "'")


def test_an_altered_official_text_is_never_rendered(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = tmp_path / "packet_types"
    altered.mkdir()
    for name in ("shared", "meridian"):
        copy_tree(PACKET_TYPES / name, altered / name)
    official = altered / "meridian" / "texts" / "ny-article-23a.txt"
    official.write_text(official.read_text().replace("shall", "may", 1))

    with pytest.raises(DocumentNotRendered, match="pinned"):
        TypstRenderer(altered).render("meridian", "ny-article-23a", FACTS, AT)


def copy_tree(source: Any, target: Any) -> None:
    for path in source.rglob("*"):
        if path.is_file() and path.suffix != ".ttf":
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())


def test_the_taxpayer_certification_on_the_button_is_the_official_one() -> None:
    row = DOCUMENTS.named("w9")
    official = (MERIDIAN / "texts" / "w9-certification.txt").read_text().split("\n\n")

    assert row.statement is not None
    assert row.statement.split("\n") == official[:5]
    assert row.statement.startswith("Under penalties of perjury, I certify that:")


def test_the_taxpayer_form_says_right_above_the_signature_what_consent_it_needs(renderer: TypstRenderer) -> None:
    shown = words(renderer.render("meridian", "w9", FACTS, AT).content)

    notice = shown.index("does not require your consent to any provision")
    assert notice < shown.index("Sign here.")
    assert "987-65-4320" in shown


def test_striking_out_backup_withholding_is_possible_and_never_needed(renderer: TypstRenderer) -> None:
    boxes = {box.field_id: box for box in renderer.render("meridian", "w9", FACTS, AT).fields}

    assert not boxes["strike-item-2"].required
    assert boxes["signature"].required


FOREIGN_TO_A_DISCLOSURE = (
    r"releas(e|es|ed)\b",
    r"\bliab",
    r"\bwaive",
    r"\bharmless\b",
    r"\bindemni",
    r"\bauthoriz",
    r"\bcertif",
    r"\bCalifornia\b",
    r"\bNew York\b",
    r"\bMinnesota\b",
    r"\bOklahoma\b",
    r"\bMassachusetts\b",
)


def test_the_background_disclosure_stands_alone(renderer: TypstRenderer) -> None:
    """15 U.S.C. 1681b(b)(2)(A)(i): a document that consists solely of the disclosure."""
    row = DOCUMENTS.named("fcra-disclosure")
    shown = words(renderer.render("meridian", "fcra-disclosure", FACTS, AT).content)

    assert row.stands_alone
    for pattern in FOREIGN_TO_A_DISCLOSURE:
        assert not re.search(pattern, shown, re.IGNORECASE), pattern


def test_the_background_authorization_releases_nobody(renderer: TypstRenderer) -> None:
    shown = words(renderer.render("meridian", "background-authorization", FACTS, AT).content)

    for pattern in FOREIGN_TO_A_DISCLOSURE[:5]:
        assert not re.search(pattern, shown, re.IGNORECASE), pattern


def test_what_counsel_must_supply_is_marked_in_document_and_data(renderer: TypstRenderer) -> None:
    for row in DOCUMENTS.documents:
        if row.template is None or row.produced == "completion":
            continue
        marked = "To be supplied by the carrier's counsel" in words(
            renderer.render("meridian", row.template, FACTS, AT).content
        ).replace("’", "'")
        assert marked == bool(row.placeholder), row.code


def test_explanations_and_files_of_a_yes_are_part_of_the_questionnaire(renderer: TypstRenderer) -> None:
    shown = words(renderer.render("meridian", "background-questionnaire", FACTS, AT).content)

    assert "Disputed in 2019, settled." in shown
    assert "letter.pdf" in shown
    assert "Amount due, in whole dollars 1200" in shown
    assert "Is a payment plan being arranged? Yes" in shown


def test_the_summary_tells_that_questions_were_answered_and_not_how(renderer: TypstRenderer) -> None:
    shown = words(renderer.render("meridian", "summary", FACTS, AT).content)

    assert "Do you owe overdue state or federal tax? Answered" in shown
    assert "Disputed" not in shown
    assert "1200" not in shown


def test_the_agent_sees_the_rates_of_the_own_level(renderer: TypstRenderer) -> None:
    shown = words(renderer.render("meridian", "compensation-schedule", FACTS, AT).content)

    assert "5: Agent, paid directly" in shown
    assert "100 %" in shown
