"""The base of all views."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, PlainSerializer

from econtracting.domain.words import ENGLISH, Text, said

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


# A text of an answer that a person reads: it is said in the caller's language when the answer is written.
Said = Annotated[Text, PlainSerializer(_say, return_type=str, when_used="json")]


class View(BaseModel):
    """One answer, or a part of one. Every property is declared; `model_dump(mode="json")` is the body as it is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @classmethod
    def again(cls, answer: Any) -> Self:
        """An answer that was kept for a repeated request, or was just made. Raises ValidationError for another's."""
        return answer if isinstance(answer, cls) else cls.model_validate(answer)
