"""Asks the function that has the drawing libraries, and no rights at all, for pictures of signatures."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

from econtracting.adapters.failures import translated
from econtracting.domain.errors import InvalidRequest, Unavailable
from econtracting.domain.signing.documents import Mark
from econtracting.ports import Drawing, SignaturePictures


class LambdaPictures:
    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    def redraw(self, image: bytes) -> Drawing:
        return _drawing(self._ask({"act": "redraw", "image": b64encode(image).decode()}))

    def draw(self, strokes: Sequence[Sequence[tuple[float, float]]]) -> Drawing:
        return _drawing(self._ask({"act": "draw", "strokes": [list(map(list, stroke)) for stroke in strokes]}))

    def preview(self, marks: Sequence[Mark]) -> bytes:
        return b64decode(self._ask({"act": "preview", "marks": [_sent(mark) for mark in marks]})["png"])

    @translated
    def _ask(self, task: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.invoke(FunctionName=self._function, Payload=json.dumps(task).encode())
        found: dict[str, Any] = json.loads(answer["Payload"].read())
        if found.get("errors"):
            raise InvalidRequest(errors=found["errors"])
        if answer.get("FunctionError") or "png" not in found:
            raise Unavailable("The picture could not be made; please try again.")
        return found


def answered(pictures: SignaturePictures, task: dict[str, Any]) -> dict[str, Any]:
    """The other side: what the function answers to a task. A refusal is an answer, not a failure."""
    try:
        if task["act"] == "preview":
            return {"png": b64encode(pictures.preview([_received(one) for one in task["marks"]])).decode()}
        drawing = (
            pictures.redraw(b64decode(task["image"])) if task["act"] == "redraw" else pictures.draw(task["strokes"])
        )
    except InvalidRequest as refusal:
        return {"errors": refusal.facts["errors"]}
    return {"png": b64encode(drawing.png).decode(), "width": drawing.width, "height": drawing.height}


def _drawing(found: dict[str, Any]) -> Drawing:
    return Drawing(b64decode(found["png"]), found["width"], found["height"])


def _sent(mark: Mark) -> dict[str, Any]:
    image = b64encode(mark.image_png).decode() if mark.image_png else None
    return {**mark.model_dump(mode="json", exclude={"image_png"}), "image_png": image}


def _received(sent: dict[str, Any]) -> Mark:
    image = b64decode(sent["image_png"]) if sent["image_png"] else None
    return Mark.model_validate({**sent, "image_png": image})
