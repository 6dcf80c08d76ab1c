"""What a mark looks like: each one drawn by typst on a page of the size of its field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Any

import typst

from econtracting.adapters.legible import legible
from econtracting.adapters.packet_files import SHARED, signature_styles
from econtracting.domain.days import moment_marked
from econtracting.domain.signing.documents import DocumentNotRendered, Mark

_SCREEN = 216.0  # points per inch of a preview: three times what it measures on paper


class MarkPages:
    """Draws marks with the shipped fonts, embedded, so that a marked document stays archival."""

    def __init__(self) -> None:
        self._lock = Lock()

    def draw(self, marks: Sequence[Mark]) -> bytes:
        """A PDF with one untagged page per mark, in order. Raises DocumentNotRendered for an unreadable image."""
        return self._made(marks, {}, format="pdf", pdf_standards="a-2u", pdf_tags=False)

    def picture(self, marks: Sequence[Mark]) -> bytes:
        """A PNG of the marks side by side. Raises DocumentNotRendered for an unreadable image."""
        return self._made(marks, {"sheet": "yes"}, format="png", ppi=_SCREEN)

    def _made(self, marks: Sequence[Mark], more: dict[str, str], **options: Any) -> bytes:
        inputs = {"marks": json.dumps([self._row(mark) for mark in marks]), **more}
        with self._lock:
            try:
                content = self._compiler.compile(input=str(SHARED / "marks.typ"), sys_inputs=inputs, **options)
            except typst.TypstError:
                raise DocumentNotRendered("a mark could not be drawn") from None
        if not isinstance(content, bytes):
            raise DocumentNotRendered("a mark could not be drawn")
        return content

    @staticmethod
    def _row(mark: Mark) -> dict[str, Any]:
        fonts = {style.id: style.font for style in signature_styles()}
        return {
            "kind": mark.box.kind,
            "width": mark.box.width,
            "height": mark.box.height,
            "text": legible(mark.text),
            "font": fonts.get(mark.style, signature_styles()[0].font),
            "signature_id": mark.signature_id,
            "signed_at": moment_marked(mark.signed_at),
            "image": list(mark.image_png) if mark.image_png else None,
        }

    @cached_property
    def _compiler(self) -> typst.Compiler:
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(SHARED / "fonts")]
        )
        return typst.Compiler(root=str(SHARED), font_paths=fonts, ignore_system_fonts=True)
