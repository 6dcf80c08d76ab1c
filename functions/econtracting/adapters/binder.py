"""One PDF of all documents of a packet, for reading and printing; the proofs travel inside it as attachments.

The pages are copies: a seal covers its own file only, so the copied seal fields are taken off the pages, where a reader
would call them broken. Tags do not survive the copying either; whoever reads with a screen reader opens the attached
documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, NameObject

from econtracting.ports import BoundDocument


class PypdfBinder:
    def bind(self, documents: Sequence[BoundDocument], *, title: str) -> bytes:
        volume = PdfWriter()
        volume.add_metadata({"/Title": title})
        for document in documents:
            first = len(volume.pages)
            for page in PdfReader(BytesIO(document.content)).pages:
                volume.add_page(_without_fields(page))
            volume.add_outline_item(title=document.title, page_number=first)
            volume.add_attachment(document.file_name, document.content)
        volume.compress_identical_objects(remove_unreferenced=True)
        target = BytesIO()
        volume.write(target)
        return target.getvalue()


def _without_fields(page: PageObject) -> PageObject:
    """The page without form fields and without its place in a structure that stays behind; links are kept."""
    kept = [one for one in page.get("/Annots", ()) if one.get_object().get("/Subtype") != "/Widget"]
    page[NameObject("/Annots")] = ArrayObject(kept)
    page.pop("/StructParents", None)
    return page
