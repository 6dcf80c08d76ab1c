"""Every sentence people read is written in every language the product claims."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic_core._pydantic_core import list_all_errors  # the library lists its kinds nowhere else

from tools import lint_words
from tools.lint_words import findings, letter_findings, readings


@pytest.mark.brings("L2")
def test_no_sentence_lacks_a_language() -> None:
    assert not (found := list(findings())), "\n".join(found)


@pytest.mark.brings("L2")
def test_no_letter_to_an_agent_lacks_a_language() -> None:
    assert not (found := list(letter_findings())), "\n".join(found)


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product of one module that refuses, and its catalog; tests spoil it."""
    code = tmp_path / "functions"
    (code / "words" / "es").mkdir(parents=True)
    (code / "shop.py").write_text(
        '"""Sells what is here. Says so."""\n'
        "class SoldOut(EContractingError):\n"
        '    title = "It is gone"\n'
        "def sell(most):\n"
        '    """Sell. Raises."""\n'
        '    raise SoldOut(words("At most {most} left.", most=most))\n'
    )
    (code / "words" / "es" / "shop.json").write_text(
        json.dumps({"It is gone": "Ya no hay", "At most {most} left.": "Quedan como máximo {most}."})
    )
    monkeypatch.setattr(lint_words, "ROOT", tmp_path)
    monkeypatch.setattr(lint_words, "CODE", code)
    monkeypatch.setattr(lint_words, "CATALOG", code / "words")
    return code


def test_a_product_that_says_all_in_both_languages_has_no_findings(product: Path) -> None:
    assert list(findings()) == []


def keep(product: Path, **changes: str | None) -> None:
    path = product / "words" / "es" / "shop.json"
    known = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({english: reading for english, reading in known.items() if reading is not None}))


@pytest.mark.brings("L2")
@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"It is gone": None}, "functions/shop.py:3: no reading in es"),
        ({"It is gone": " "}, "functions/words/es/shop.json: an empty reading"),
        ({"At most {most} left.": "Quedan {least}."}, "functions/words/es/shop.json: the places of the reading"),
        ({"At most {most} left.": "Quedan {most:,}."}, "functions/words/es/shop.json: the places of the reading"),
        ({"No one says so.": "Nadie lo dice."}, "functions/words/es/shop.json: no one says this any more"),
    ],
)
def test_a_catalog_that_does_not_fit_is_named(product: Path, changes: dict[str, str | None], named: str) -> None:
    keep(product, **changes)
    (finding,) = findings()
    assert finding.startswith(named)


@pytest.mark.brings("L2")
@pytest.mark.parametrize(
    "line",
    [
        'raise SoldOut("gone already")',
        'message = "It is gone already."',
        'raise Refusal("gone", "gone already")',
        'problem(409, "gone", "gone already", "")',
        'SOLD = {"gone": words("gone already")}',
        'joined(goods, by=" plus ")',
    ],
)
def test_a_new_sentence_is_named_wherever_it_is_said(product: Path, line: str) -> None:
    with (product / "shop.py").open("a") as file:
        file.write(line + "\n")
    (finding,) = findings()
    assert finding.startswith("functions/shop.py:7: no reading in es")


@pytest.mark.parametrize("line", ['raise SoldOut(f"Only {most} are left.")', "words(template, most=most)"])
def test_a_sentence_that_cannot_be_found_or_is_filled_too_early_is_named(product: Path, line: str) -> None:
    with (product / "shop.py").open("a") as file:
        file.write(line + "\n")
    (finding,) = findings()
    assert finding.startswith("functions/shop.py:7: this sentence is filled before it can be translated")


def test_what_no_one_reads_needs_no_reading(product: Path) -> None:
    with (product / "shop.py").open("a") as file:
        file.write('raise ValueError("This is for programmers.")\nField(description="This is for programmers.")\n')
    assert list(findings()) == []


def test_what_is_written_in_english_only_is_there_and_has_a_reason() -> None:
    for name, reason in lint_words.ENGLISH_ONLY.items():
        assert (lint_words.CODE / name).is_file(), name
        assert reason


def test_the_kinds_of_finding_that_have_readings_are_the_librarys_and_name_its_places() -> None:
    kinds = {one["type"]: one["message_template_python"] for one in list_all_errors()}
    for language in ("es",):
        for key, ((file, reading), *_) in readings(language).items():
            if key.startswith("pydantic:"):
                template = kinds[key.removeprefix("pydantic:")]
                assert lint_words.places(reading) <= lint_words.places(template), f"{file}: {key}"


ENGLISH_LETTER = "To: agent\nSubject: $carrier: hello\n\nHello $first_name,\n\n- one\n- two\n\n[Open it]($link)\n"
SPANISH_LETTER = "To: agent\nSubject: $carrier: hola\n\nHola, $first_name:\n\n- uno\n- dos\n\n[Abrir]($link)\n"


@pytest.mark.parametrize("home", ["letters", "packet_types/meridian/letters"])
@pytest.mark.parametrize(
    ("english", "spanish", "finding"),
    [
        (ENGLISH_LETTER, SPANISH_LETTER, None),
        (ENGLISH_LETTER, None, "es/hello.txt is not there; "),
        (None, SPANISH_LETTER, "es/hello.txt: there is no such letter in English"),
        (ENGLISH_LETTER, SPANISH_LETTER.replace("$first_name", "amigo"), "es/hello.txt: its blocks"),
        (ENGLISH_LETTER, SPANISH_LETTER.replace("- dos\n", ""), "es/hello.txt: its blocks"),
        (ENGLISH_LETTER, SPANISH_LETTER.replace("[Abrir]($link)", "$link"), "es/hello.txt: its blocks"),
        (ENGLISH_LETTER, SPANISH_LETTER.replace("$carrier: hola", "hola"), "es/hello.txt: its blocks"),
        (ENGLISH_LETTER, SPANISH_LETTER.replace("To: agent", "To: address"), "es/hello.txt: its blocks"),
        (ENGLISH_LETTER.replace("agent", "recruiter"), None, None),
        (
            ENGLISH_LETTER.replace("agent", "recruiter"),
            SPANISH_LETTER,
            "es/hello.txt: letters to recruiters are English",
        ),
    ],
)
def test_a_letter_that_says_something_else_in_another_language_is_named(
    product: Path, home: str, english: str | None, spanish: str | None, finding: str | None
) -> None:
    folder = product / "econtracting" / home
    (folder / "es").mkdir(parents=True)
    for text, path in ((english, folder / "hello.txt"), (spanish, folder / "es" / "hello.txt")):
        if text is not None:
            path.write_text(text)
    found = list(letter_findings())
    if finding is None:
        assert found == []
    else:
        assert len(found) == 1
        assert finding in found[0]
