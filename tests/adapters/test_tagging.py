"""Nothing is drawn on a page that a screen reader could not place: every mark is tagged content or an artifact."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from econtracting.adapters.packet_files import documents_of
from econtracting.adapters.pades import PadesSeal
from econtracting.adapters.render import TypstRenderer
from econtracting.domain.signing.documents import DocumentDefinition
from tests.support.certified import CERTIFICATE
from tests.support.paperwork import AT, FACTS, SealingKey, marks_for, sealing_key

PAINTING = {
    b"Tj",
    b"TJ",
    b"'",
    b'"',
    b"f",
    b"f*",
    b"F",
    b"S",
    b"s",
    b"B",
    b"B*",
    b"b",
    b"b*",
    b"sh",
    b"Do",
    b"INLINE IMAGE",
}
DEFINITIONS = list(documents_of("meridian").every())


@pytest.fixture(scope="module")
def key() -> Iterator[SealingKey]:
    with sealing_key() as key:
        yield key


@pytest.fixture(scope="module")
def renderer() -> TypstRenderer:
    return TypstRenderer()


def untagged(content: bytes) -> list[Any]:
    """Painting operators outside every marked content."""
    reader = PdfReader(BytesIO(content))
    found = []
    for number, page in enumerate(reader.pages, 1):
        depth = 0
        for _, operator in ContentStream(page["/Contents"].get_object(), reader).operations:
            if operator in (b"BDC", b"BMC"):
                depth += 1
            elif operator == b"EMC":
                depth -= 1
            elif operator in PAINTING and depth == 0:
                found.append((number, operator))
        assert depth == 0
    return found


def content_ids(content: bytes) -> list[tuple[int, int]]:
    """(page, id) of all marked content on the pages."""
    reader = PdfReader(BytesIO(content))
    return [
        (number, operands[1]["/MCID"])
        for number, page in enumerate(reader.pages)
        for operands, operator in ContentStream(page["/Contents"].get_object(), reader).operations
        if operator == b"BDC" and "/MCID" in operands[1]
    ]


def owned_ids(content: bytes) -> list[tuple[int, int]]:
    """(page, id) of all marked content that the structure's parent tree gives an owner."""
    reader = PdfReader(BytesIO(content))
    tree: Any = reader.root_object["/StructTreeRoot"]
    numbers = tree["/ParentTree"]["/Nums"]
    owners = {int(numbers[index]): numbers[index + 1].get_object() for index in range(0, len(numbers), 2)}
    pages: list[Any] = list(reader.pages)
    return [
        (number, position)
        for number, page in enumerate(pages)
        for position in range(len(owners[int(page["/StructParents"])]))
    ]


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda row: row.code)
def test_everything_drawn_is_tagged_also_after_marks_and_seal(
    renderer: TypstRenderer, key: SealingKey, definition: DocumentDefinition
) -> None:
    assert definition.template is not None
    facts = {**FACTS, "certificate": CERTIFICATE.model_dump(mode="json")}
    frozen = renderer.render("meridian", definition.template, facts, AT)
    sealed = PadesSeal(key.kms, key.key_id, key.certificate_pem).seal(
        frozen.content, marks_for(frozen), document_id=definition.code, title=definition.title, at=AT
    )

    for content in (frozen.content, sealed.content):
        assert untagged(content) == []
        assert sorted(content_ids(content)) == sorted(owned_ids(content))
