"""Asks the function that has the drawing libraries, and no rights at all, for pictures of signatures.

Task and answer are models that both sides share; bytes travel as base64.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, PlainSerializer, RootModel, TypeAdapter, ValidationError

from econtracting.adapters.failures import translated
from econtracting.domain.errors import InvalidRequest, Unavailable
from econtracting.domain.record import Record
from econtracting.domain.signing.documents import Mark
from econtracting.ports import Drawing, SignaturePictures

Content = Annotated[
    bytes,
    BeforeValidator(lambda value: b64decode(value) if isinstance(value, str) else value),
    PlainSerializer(lambda value: b64encode(value).decode(), return_type=str, when_used="json"),
]


class Redraw(Record):
    """Decode an uploaded image and write it again."""

    act: Literal["redraw"] = "redraw"
    image: Content


class Draw(Record):
    """Draw strokes of a pen on a pad."""

    act: Literal["draw"] = "draw"
    strokes: tuple[tuple[tuple[float, float], ...], ...]


class SentMark(Mark):
    """A mark on its way."""

    image_png: Content | None = None


class Preview(Record):
    """Draw marks as the documents will show them."""

    act: Literal["preview"] = "preview"
    marks: tuple[SentMark, ...]


class Task(RootModel[Annotated[Redraw | Draw | Preview, Field(discriminator="act")]]):
    """What the function is asked to do."""


class Drawn(Record):
    """The picture of a signature, with its size in pixels."""

    png: Content
    width: int
    height: int


class Previewed(Record):
    """The picture of marks."""

    png: Content


class RefusedField(Record):
    """What is wrong with what the agent sent."""

    field: str
    rule: str
    message: str


class Refused(Record):
    """No picture can be made of what the agent sent: an answer, not a failure."""

    errors: tuple[RefusedField, ...]


Answer = TypeVar("Answer", Drawn, Previewed)
DRAWN: TypeAdapter[Drawn | Refused] = TypeAdapter(Drawn | Refused)
PREVIEWED: TypeAdapter[Previewed | Refused] = TypeAdapter(Previewed | Refused)


class LambdaPictures:
    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    def redraw(self, image: bytes) -> Drawing:
        return self._draw(Redraw(image=image))

    def draw(self, strokes: Sequence[Sequence[tuple[float, float]]]) -> Drawing:
        return self._draw(Draw(strokes=tuple(map(tuple, strokes))))

    def preview(self, marks: Sequence[Mark]) -> bytes:
        return self._ask(Preview(marks=tuple(SentMark(**dict(mark)) for mark in marks)), PREVIEWED).png

    def _draw(self, task: Redraw | Draw) -> Drawing:
        found = self._ask(task, DRAWN)
        return Drawing(found.png, found.width, found.height)

    @translated
    def _ask(self, task: Redraw | Draw | Preview, wanted: TypeAdapter[Answer | Refused]) -> Answer:
        answer = self._client.invoke(FunctionName=self._function, Payload=task.model_dump_json().encode())
        try:
            found = wanted.validate_json(answer["Payload"].read())
        except ValidationError:  # the function failed, or is of another release
            raise Unavailable("The picture could not be made; please try again.") from None
        if isinstance(found, Refused):
            raise InvalidRequest(errors=[one.model_dump() for one in found.errors])
        return found


def answer(pictures: SignaturePictures, task: dict[str, Any]) -> Drawn | Previewed | Refused:
    """The other side: what the function answers to a task."""
    asked = Task.model_validate(task).root
    try:
        match asked:
            case Preview():
                return Previewed(png=pictures.preview(asked.marks))
            case Redraw():
                drawing = pictures.redraw(asked.image)
            case Draw():
                drawing = pictures.draw(asked.strokes)
    except InvalidRequest as refusal:
        return Refused(errors=tuple(RefusedField(**one) for one in refusal.facts["errors"]))
    return Drawn(png=drawing.png, width=drawing.width, height=drawing.height)
