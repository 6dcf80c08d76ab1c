"""Marks put into the frozen document's fields, as an incremental update that keeps the structure of the document.

Every field is a tagged figure of the document, with the field's label as its text alternative. A mark becomes the
content of its figure, and the figure's text alternative then says who signed and when: reading order, tags and the
archival fonts stay whole, and the bytes the person saw remain the beginning of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from econtracting.adapters.structure import StructureTree
from econtracting.domain.days import moment_marked
from econtracting.domain.signing.documents import FieldBox, Mark

_VERBS = {
    "signature": "Signed by {text}",
    "initials": "Initials {text}",
    "date": "Dated {text}",
    "acknowledge": "Acknowledged by {text}",
}


def put_marks(writer: IncrementalPdfFileWriter, tree: StructureTree, marks: Sequence[Mark], drawn: bytes) -> None:
    """Places each mark in its field. ``drawn`` holds one page per mark, in the same order.

    Raises SealRefused when the document has no field with a mark's label.
    """
    for number, (mark, form) in enumerate(zip(marks, _forms(writer, drawn), strict=True)):
        page_index = mark.box.page - 1
        page, _ = writer.find_page_for_modification(page_index)
        figure = tree.figure(mark.box.label)
        content_id = tree.adopt(page, figure)
        figure.get_object()[pdf_name("/Alt")] = generic.pdf_string(_spoken(mark))
        name = f"/Mark{number}"
        left, bottom = mark.box.x, _height(page.get_object()) - mark.box.y - mark.box.height
        drawing = f"/Figure <</MCID {content_id}>> BDC q 1 0 0 1 {left:.3f} {bottom:.3f} cm {name} Do Q EMC"
        writer.add_stream_to_page(
            page_index,
            writer.add_object(generic.StreamObject(stream_data=drawing.encode())),
            resources=generic.DictionaryObject(
                {pdf_name("/XObject"): generic.DictionaryObject({pdf_name(name): form})}
            ),
        )


def _forms(writer: IncrementalPdfFileWriter, drawn: bytes) -> list[generic.IndirectObject]:
    """The drawn pages as form objects. They are imported together, so that a font they share is carried over once."""
    source = PdfFileReader(BytesIO(drawn))
    pages = []
    for index in range(int(source.root["/Pages"]["/Count"])):
        reference, resources = source.find_page_for_modification(index)
        page = reference.get_object()
        pages.append(
            generic.DictionaryObject(
                {
                    pdf_name("/Box"): page["/MediaBox"],
                    pdf_name("/Resources"): resources,
                    pdf_name("/Content"): page.raw_get("/Contents"),
                }
            )
        )
    together = generic.ArrayObject(pages)
    together.container_ref = source.root.get_container_ref()
    forms = []
    imported = writer.import_object(together)
    assert isinstance(imported, generic.ArrayObject)
    for page in imported:
        stream = page["/Content"]
        stream.update(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): page["/Box"],
                pdf_name("/Resources"): page.raw_get("/Resources"),
            }
        )
        forms.append(page.raw_get("/Content"))
    return forms


def _height(page: generic.DictionaryObject) -> float:
    _, bottom, _, top = page["/MediaBox"]
    return float(top) - float(bottom)


def _spoken(mark: Mark) -> str:
    act = _VERBS[mark.box.kind].format(text=mark.text)
    when = moment_marked(mark.signed_at)
    return f"{act}. {_place(mark.box)}. {mark.signature_id}, {when}."


def _place(box: FieldBox) -> str:
    return box.label.rstrip(".")
