"""The base of all views."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from econtracting.domain.words import ENGLISH, Text, Words, said

COURTESY = "This reading is a courtesy. Only the English text is binding."

_SPOKEN: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Until the end of the block, answers are written in this language."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def spoken() -> str:
    """The language in which answers are written now."""
    return _SPOKEN.get()


def _say(text: str) -> str:
    return said(text, spoken())


def _say_words(text: str) -> str:
    return said(text, spoken()) if isinstance(text, Words) else text


# A text of an answer that is ours, or what someone typed: ours is said in the caller's language.
Told = Annotated[Text, PlainSerializer(_say_words, return_type=str, when_used="json")]
# A text of an answer that a person reads: it is said in the caller's language when the answer is written.
Said = Annotated[Text, PlainSerializer(_say, return_type=str, when_used="json")]


class View(BaseModel):
    """One answer, or a part of one. Every property is declared; `model_dump(mode="json")` is the body as it is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @classmethod
    def again(cls, answer: Any) -> Self:
        """An answer that was kept for a repeated request, or was just made. Raises ValidationError for another's."""
        return answer if isinstance(answer, cls) else cls.model_validate(answer)


class ReadingView(View):
    """A courtesy reading of a text that binds in English only."""

    language: str = Field(description="BCP 47 tag of the reading")
    text: str
    binding: Literal[False] = False
    note: Said = Field(description="That it does not bind, to be shown with it")


def reading_of(text: str) -> ReadingView | None:
    """The reading of a binding text in the caller's language; None where that is English, or the carrier gives none."""
    language = spoken()
    reading = said(text, language) if isinstance(text, Words) else text
    if language == ENGLISH or reading == text:
        return None
    return ReadingView(language=language, text=reading, note=COURTESY)
