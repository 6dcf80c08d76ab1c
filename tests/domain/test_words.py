"""Texts in the languages the product speaks."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from econtracting.domain import words as module
from econtracting.domain.fields import identity
from econtracting.domain.fields.rejections import Refusal, Rejection
from econtracting.domain.findings import message_of
from econtracting.domain.words import Words, joined, said, words


@pytest.fixture(autouse=True)
def catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "At most {most:,} files.": "Como máximo {most:,} archivos.",
        "Fill in {label}.": "Complete {label}.",
        "Done": "Listo",
        " or ": " o ",
        "This is not valid here.": "Esto no es válido aquí.",
        "pydantic:missing": "Falta",
        "pydantic:string_too_long": "Máximo {max_length}",
        "pydantic:literal_error": "Tiene que ser {expected}",
    }
    monkeypatch.setattr(module, "catalog", lambda language: known if language == "es" else {})
    monkeypatch.setattr("econtracting.domain.findings.catalog", lambda language: known)


def test_to_everybody_else_words_are_the_english_text() -> None:
    text = words("At most {most:,} files.", most=1000)
    assert text == "At most 1,000 files."
    assert hash(text) == hash("At most 1,000 files.")
    assert said(text, "en") == "At most 1,000 files."
    assert type(said(text, "en")) is str


def test_a_sentence_is_filled_in_the_readers_language() -> None:
    assert said(words("At most {most:,} files.", most=1000), "es") == "Como máximo 1,000 archivos."


def test_what_fills_a_sentence_is_said_in_the_same_language_if_it_is_words_itself() -> None:
    label = Words("City", readings={"es": "Ciudad"})
    assert said(words("Fill in {label}.", label=label), "es") == "Complete Ciudad."
    assert said(words("Fill in {label}.", label="Done"), "es") == "Complete Done."  # what someone typed is no sentence


def test_a_plain_text_is_looked_up_and_stays_as_it_is_where_it_is_unknown() -> None:
    assert said("Done", "es") == "Listo"
    assert said("{most}", "es") == "{most}"
    assert said("Done", "fr") == "Done"


def test_texts_in_one_are_said_with_what_stands_between_them() -> None:
    text = joined(["GET", "Done"], by=" or ")
    assert text == "GET or Done"
    assert said(text, "es") == "GET o Listo"
    assert joined([], by=" or ") == ""


def test_braces_of_a_text_without_places_are_only_braces() -> None:
    assert said(Words("a {b}"), "es") == "a {b}"


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_can_be_said_as_well(again: Any) -> None:
    assert said(again(words("At most {most:,} files.", most=2)), "es") == "Como máximo 2 archivos."


def test_a_record_keeps_words_and_stores_their_english() -> None:
    row = Rejection(field="f", rule="r", message=words("At most {most:,} files.", most=3))
    assert said(row.message, "es") == "Como máximo 3 archivos."
    assert said(row.model_dump()["message"], "es") == "Como máximo 3 archivos."
    assert type(row.model_dump(mode="json")["message"]) is str
    assert row.model_dump_json() == '{"field":"f","rule":"r","message":"At most 3 files."}'


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=3)
    kind: str = Field(pattern="^a$")


@pytest.mark.parametrize(
    ("body", "english", "spanish"),
    [
        ({"kind": "a"}, "Field required", "Falta"),
        ({"name": "long", "kind": "a"}, "String should have at most 3 characters", "Máximo 3"),
        ({"name": "x", "kind": "b"}, "String should match pattern '^a$'", "Esto no es válido aquí."),
    ],
)
def test_what_pydantic_finds_is_said_in_both_languages(body: dict[str, str], english: str, spanish: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Request.model_validate(body)
    (finding,) = refused.value.errors()
    assert message_of(finding) == english
    assert said(message_of(finding), "es") == spanish


def test_a_list_of_what_is_admitted_is_said_with_the_languages_own_or() -> None:
    finding = {"type": "literal_error", "msg": "Input should be 'a' or 'b'", "ctx": {"expected": "'a' or 'b'"}}
    assert said(message_of(finding), "es") == "Tiene que ser 'a' o 'b'"


def test_the_sentence_of_a_rule_of_our_own_keeps_its_places() -> None:
    own = words("At most {most:,} files.", most=4)
    assert (
        said(message_of({"type": "own", "msg": str(own), "ctx": {"message": own}}), "es") == "Como máximo 4 archivos."
    )


def test_a_refused_number_is_named_in_spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with pytest.raises(Refusal) as refused:
        identity.ssn("666-12-3456")
    assert said(refused.value.message, "es").startswith("Ningún número de Seguro Social comienza con 666.")
