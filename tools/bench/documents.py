"""Renders and seals all documents of a made-up packet, beside a plain renderer and a plain signer on the same text.

    python -m tools.bench.documents [FOLDER]

leaves the sealed files to look at. The second of two runs is measured: fonts and templates are read once for a
process's life. Keys are emulated in the process.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from econtracting.adapters.packet_files import documents_of
from econtracting.adapters.pades import PadesSeal
from econtracting.adapters.render import TypstRenderer
from econtracting.domain.signing.documents import RenderedDocument, SealedDocument
from tests.support.certified import CERTIFICATE
from tests.support.paperwork import AT, FACTS, marks_for, sealing_key
from tools.bench import ROOT
from tools.bench.baseline import memory_signer, plain_document, plain_seal
from tools.bench.processor import second_run
from tools.bench.rows import Row

BUDGET = 1.0  # seconds of CPU, for rendering and for sealing


@dataclass(frozen=True)
class Paper:
    """One document's seconds of CPU: rendered, sealed, and the same by the baseline."""

    code: str
    rendered: RenderedDocument
    sealed: SealedDocument
    rendering: float
    sealing: float
    plain_rendering: float
    plain_sealing: float


def papers() -> list[Paper]:
    """Every document of the packet type, measured one by one."""
    facts = {**FACTS, "certificate": CERTIFICATE.model_dump(mode="json")}
    renderer, signer, found = TypstRenderer(), memory_signer(), []
    with sealing_key() as key:
        sealer = PadesSeal(key.kms, key.key_id, key.certificate_pem)
        for row in documents_of("meridian").documents:
            rendering, frozen = second_run(partial(renderer.render, "meridian", row.template or row.code, facts, AT))
            sealing, sealed = second_run(
                partial(sealer.seal, frozen.content, marks_for(frozen), document_id=row.code, title=row.title, at=AT)
            )
            text = [page.extract_text() for page in PdfReader(BytesIO(frozen.content)).pages]
            plain_rendering, plain = second_run(partial(plain_document, text))
            plain_sealing, _ = second_run(partial(plain_seal, plain, signer))
            found.append(Paper(row.code, frozen, sealed, rendering, sealing, plain_rendering, plain_sealing))
    return found


def rows(found: list[Paper]) -> list[Row]:
    pages = sum(paper.rendered.pages for paper in found)
    rendering, sealing = sum(paper.rendering for paper in found), sum(paper.sealing for paper in found)
    plain = sum(paper.plain_rendering for paper in found), sum(paper.plain_sealing for paper in found)
    count = f"{len(found)} documents, {pages} pages"
    return [
        _row(f"rendering {count} / the text by ReportLab", rendering, plain[0]),
        _row(f"marking and sealing {count} / pyHanko alone", sealing, plain[1]),
    ]


def _row(what: str, seconds: float, floor: float) -> Row:
    return Row(what, f"{seconds:.2f} s ({seconds / floor:.1f}x)", f"{floor:.2f} s", "<= 1.0 s", seconds <= BUDGET)


def table(found: list[Paper]) -> list[tuple[str, ...]]:
    """Code, pages, milliseconds of rendering and sealing with the baseline's, kilobytes."""
    return [
        (
            paper.code,
            str(paper.rendered.pages),
            f"{paper.rendering * 1000:.1f}",
            f"{paper.plain_rendering * 1000:.1f}",
            f"{paper.sealing * 1000:.1f}",
            f"{paper.plain_sealing * 1000:.1f}",
            f"{len(paper.sealed.content) / 1024:.0f}",
        )
        for paper in found
    ]


TABLE_HEAD = ("document", "pages", "rendering ms", "ReportLab ms", "sealing ms", "pyHanko ms", "sealed KB")


def main(folder: Path) -> int:
    found = papers()
    folder.mkdir(parents=True, exist_ok=True)
    for position, paper in enumerate(found, 1):
        (folder / f"{position:02d}-{paper.code}.pdf").write_bytes(paper.sealed.content)
    for row in rows(found):
        print(*row.cells(), sep="  ")
    print(f"files in {folder}")
    return int(any(row.holds is False for row in rows(found)))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "documents"))
