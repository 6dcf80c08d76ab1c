"""Documents from typst templates: tagged, archival, and the same bytes for the same facts.

PDF/A-2a and PDF/UA-1 are asked for together, so the compiler refuses what would break either. The document's date is
the moment of freezing; without a fixed date two runs would differ.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from econtracting.adapters.legible import legible
from econtracting.adapters.packet_files import PACKET_TYPES, documents_of
from econtracting.domain.audit import canonical
from econtracting.domain.signing.documents import DocumentDefinition, DocumentNotRendered, FieldBox, RenderedDocument
from econtracting.domain.words import words

_PLACE = re.compile(r"[\w/-]+\.typ:\d+:\d+")


class TypstRenderer:
    """One compiler, kept for the life of the process: its caches make a page cost a few milliseconds.

    Only the fonts that are shipped are used, and a template reads nothing outside ``root``.
    """

    def __init__(self, root: Path = PACKET_TYPES) -> None:
        self._root = root
        self._lock = Lock()

    def render(
        self, packet_type: str, template: str, facts: Mapping[str, Any], frozen_at: datetime
    ) -> RenderedDocument:
        """Renders a document of a packet type.

        ``facts`` reach the template as JSON and are shown as values, never read as markup. Raises DocumentNotRendered.
        """
        row = self._row(packet_type, template)
        moment = frozen_at.astimezone(UTC).replace(microsecond=0)
        inputs = {
            "facts": json.dumps(legible({**facts, "frozen_at": moment.isoformat().replace("+00:00", "Z")})),
            "document": row.model_dump_json(),
            "attachment": _twin(facts[row.code]) if row.profile == "a-3a" else "",
            **self._official(packet_type, row),
        }
        with self._lock:
            try:
                content = self._compiler.compile(
                    input=str(self._root / packet_type / "templates" / f"{template}.typ"),
                    format="pdf",
                    sys_inputs=inputs,
                    pdf_standards=[row.profile, "ua-1"],
                )
                fields = json.loads(self._compiler.query("<field>", field="value"))
                (pages,) = json.loads(self._compiler.query("<document-pages>", field="value"))
            except typst.TypstError as error:
                # The message can quote what a person typed, so only the place in the template is told.
                raise DocumentNotRendered(document=row.code, where=_PLACE.findall(error.diagnostic)) from None
        if not isinstance(content, bytes):
            raise DocumentNotRendered(document=row.code)
        return RenderedDocument(
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            pages=pages,
            fields=tuple(FieldBox.model_validate(field) for field in fields),
        )

    def _row(self, packet_type: str, template: str) -> DocumentDefinition:
        for definition in documents_of(packet_type, self._root).every():
            if definition.template == template:
                return definition
        raise DocumentNotRendered(
            words(
                "{packet_type} has no document with the template {template}", packet_type=packet_type, template=template
            )
        )

    def _official(self, packet_type: str, row: DocumentDefinition) -> dict[str, str]:
        """The government text a document shows, with its revision, if it is the very text that was pinned."""
        if row.official_text is None:
            return {}
        folder = self._root / packet_type / "texts"
        pinned = json.loads((folder / "pinned.json").read_bytes())["texts"][row.official_text]
        text = (folder / row.official_text).read_bytes()
        if hashlib.sha256(text).hexdigest() != pinned["sha256"]:
            raise DocumentNotRendered("The official text is not the pinned one.", document=row.code)
        return {"official": text.decode(), "official_revision": pinned["revision"]}

    @cached_property
    def _compiler(self) -> typst.Compiler:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(PACKET_TYPES / "shared" / "fonts")],
        )
        return typst.Compiler(root=str(self._root), font_paths=fonts, ignore_system_fonts=True)


def _twin(facts: Any) -> str:
    """The facts a document carries as attached data, in their one canonical form."""
    return canonical(facts).decode()
