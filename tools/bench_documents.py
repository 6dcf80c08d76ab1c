"""Renders and seals all sixteen documents of a made-up packet, measures the CPU time, and leaves the files to look at.

    python -m tools.bench_documents [FOLDER]

The second packet of a process is measured: fonts and templates are read once for its life. Keys are emulated in the
process. Without a folder the files go to build/documents. Ends with 1 when a budget of one CPU second is exceeded.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

from econtracting.adapters.packet_files import documents_of  # noqa: E402
from econtracting.adapters.pades import PadesSeal  # noqa: E402
from econtracting.adapters.render import TypstRenderer  # noqa: E402
from econtracting.domain.documents import RenderedDocument, SealedDocument  # noqa: E402
from tests.certified import CERTIFICATE  # noqa: E402
from tests.paperwork import AT, FACTS, marks_for, sealing_key  # noqa: E402

BUDGET = 1.0  # seconds of CPU, for rendering and for sealing


def measured(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of the second run, and what it made."""
    work()
    before = time.process_time()
    made = work()
    return time.process_time() - before, made


def main(folder: Path) -> int:
    rows = documents_of("meridian").documents
    facts = {**FACTS, "certificate": CERTIFICATE.model_dump(mode="json")}
    renderer = TypstRenderer()

    def render() -> dict[str, RenderedDocument]:
        return {row.code: renderer.render("meridian", row.template or row.code, facts, AT) for row in rows}

    rendering, frozen = measured(render)
    with sealing_key() as key:
        sealer = PadesSeal(key.kms, key.key_id, key.certificate_pem)

        def seal() -> dict[str, SealedDocument]:
            return {
                row.code: sealer.seal(
                    frozen[row.code].content,
                    marks_for(frozen[row.code]),
                    document_id=row.code,
                    title=row.title,
                    at=AT,
                )
                for row in rows
            }

        sealing, sealed = measured(seal)
    folder.mkdir(parents=True, exist_ok=True)
    for position, row in enumerate(rows, 1):
        (folder / f"{position:02d}-{row.code}.pdf").write_bytes(sealed[row.code].content)
    pages = sum(document.pages for document in frozen.values())
    fields = sum(len(document.fields) for document in frozen.values())
    print(f"{len(rows)} documents, {pages} pages, {fields} fields; files in {folder}")
    over = 0
    for name, seconds, made in (("rendering", rendering, frozen), ("sealing", sealing, sealed)):
        size = sum(len(document.content) for document in made.values()) / 1000
        over += seconds > BUDGET
        print(f"{name:10} {seconds:6.3f} s CPU  budget {BUDGET:.1f}  ratio {seconds / BUDGET:4.2f}  {size:7.0f} KB")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "documents"))
