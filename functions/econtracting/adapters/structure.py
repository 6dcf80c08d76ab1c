"""The tag tree of a PDF, as far as marks and the seal need to grow it. Source: ISO 32000-1, 14.7."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from econtracting.domain.signing.documents import SealRefused

# Elements in which no template puts a field; their rows, items and words need not be read.
_WITHOUT_FIELDS = frozenset({"/Table", "/L", "/P", "/H1", "/H2", "/H3", "/Span", "/Link", "/Quote"})


class StructureTree:
    """The structure tree of one document that is being updated."""

    def __init__(self, writer: IncrementalPdfFileWriter) -> None:
        self._writer = writer
        try:
            self._root: generic.DictionaryObject = writer.root["/StructTreeRoot"]
            self._numbers: generic.ArrayObject = self._root["/ParentTree"]["/Nums"]
        except KeyError as error:
            raise SealRefused("The document is not tagged the way this product writes it.") from error

    @cached_property
    def _figures(self) -> dict[str, generic.IndirectObject]:
        return dict(self._labelled())

    def figure(self, label: str) -> generic.IndirectObject:
        """The figure with this text alternative. Raises SealRefused when there is none."""
        try:
            return self._figures[label]
        except KeyError:
            raise SealRefused("A mark belongs to a field that the document does not have.") from None

    def adopt(self, page: generic.IndirectObject, element: generic.IndirectObject) -> int:
        """Gives an element new marked content on a page; returns the content's id."""
        owners = self._owners(int(page.get_object()["/StructParents"]))
        content_id = len(owners)
        owners.append(element)
        self._writer.update_container(owners)
        content = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/MCR"),
                pdf_name("/Pg"): page,
                pdf_name("/MCID"): generic.NumberObject(content_id),
            }
        )
        self._append_kid(element.get_object(), content)
        self._writer.mark_update(element)
        return content_id

    def adopt_widget(self, widget: generic.IndirectObject, page: generic.IndirectObject) -> None:
        """Gives a form field's widget its place at the end of the document's structure."""
        document = self._top()
        form = self._writer.add_object(
            generic.DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/StructElem"),
                    pdf_name("/S"): pdf_name("/Form"),
                    pdf_name("/P"): document,
                    pdf_name("/Pg"): page,
                    pdf_name("/K"): generic.DictionaryObject(
                        {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): widget, pdf_name("/Pg"): page}
                    ),
                }
            )
        )
        key = int(self._root["/ParentTreeNextKey"])
        widget.get_object()[pdf_name("/StructParent")] = generic.NumberObject(key)
        self._numbers.extend([generic.NumberObject(key), form])
        self._root[pdf_name("/ParentTreeNextKey")] = generic.NumberObject(key + 1)
        self._append_kid(document.get_object(), form)
        self._writer.mark_update(document)
        self._writer.update_container(self._numbers)
        self._writer.update_container(self._root)

    def _owners(self, key: int) -> generic.ArrayObject:
        for index in range(0, len(self._numbers), 2):
            if int(self._numbers[index]) == key:
                owners: generic.ArrayObject = self._numbers[index + 1]
                return owners
        raise SealRefused("A page of the document has no place in its structure.")

    def _top(self) -> generic.IndirectObject:
        kids = self._root["/K"]
        top = kids.raw_get(0) if isinstance(kids, generic.ArrayObject) else self._root.raw_get("/K")
        if not isinstance(top, generic.IndirectObject):
            raise SealRefused("The document is not tagged the way this product writes it.")
        return top

    @staticmethod
    def _append_kid(element: generic.DictionaryObject, kid: generic.PdfObject) -> None:
        kids = element.get("/K")
        if kids is None:
            element[pdf_name("/K")] = generic.ArrayObject([kid])
        elif isinstance(kids, generic.ArrayObject):
            kids.append(kid)
        else:
            element[pdf_name("/K")] = generic.ArrayObject([element.raw_get("/K"), kid])

    def _labelled(self) -> Iterator[tuple[str, generic.IndirectObject]]:
        waiting: list[generic.PdfObject] = [self._root.raw_get("/K")]
        while waiting:
            found = waiting.pop()
            element = found.get_object() if isinstance(found, generic.IndirectObject) else found
            if isinstance(element, generic.ArrayObject):
                waiting.extend(element.raw_get(index) for index in range(len(element)))
            elif isinstance(element, generic.DictionaryObject) and "/S" in element:
                if element["/S"] == "/Figure" and "/Alt" in element and isinstance(found, generic.IndirectObject):
                    yield str(element["/Alt"]), found
                if "/K" in element and element["/S"] not in _WITHOUT_FIELDS:
                    waiting.append(element.raw_get("/K"))
