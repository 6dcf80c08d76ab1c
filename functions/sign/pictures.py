"""sign, where strangers' images are decoded: this function has no rights, so whatever such an image does stays here."""

from __future__ import annotations

from typing import Any

from econtracting import wiring


def lambda_handler(task: dict[str, Any], _: Any) -> dict[str, Any]:
    """{act: redraw, image} | {act: draw, strokes} | {act: preview, marks} -> {png} | {errors}."""
    return wiring.draw_picture(task)
