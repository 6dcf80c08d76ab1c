"""The documents of a packet: what they are, where a person signs, and what sealing leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from econtracting.domain.errors import EContractingError, Unavailable
from econtracting.domain.fields.conditions import Condition
from econtracting.domain.words import Text

Mode = Literal["sign", "acknowledge", "reference", "print-only", "generated"]
FieldKind = Literal["signature", "initials", "date", "acknowledge"]
SealLevel = Literal["B-B", "B-T", "B-LT", "B-LTA"]
ArchivalProfile = Literal["a-2a", "a-3a"]

PACKET_ACT = "packet"


class DocumentNotRendered(EContractingError):
    """A template does not compile with these facts; a bug of the packet type, not of the person."""

    code = "document-not-rendered"
    title = "A document of this packet could not be prepared"


class TimestampUnavailable(Unavailable):
    """No timestamp authority answers; a seal of the configured level cannot be made now."""


class SealRefused(EContractingError):
    """No seal may be made: key and certificate disagree, the certificate is not valid, or the file is not ours."""

    code = "seal-refused"
    title = "The document cannot be sealed"


class FrozenDocumentAltered(SealRefused):
    """What is to be sealed is not what was shown (invariant I4)."""

    code = "frozen-document-altered"
    title = "A frozen document is not what was shown"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldBox(_Frozen):
    """A place in a document where a person acts.

    Lengths are PDF points; ``x`` and ``y`` are the box's top-left corner, counted from the page's top-left corner.
    Pages count from 1. ``label`` is what a screen reader says.
    """

    field_id: str
    kind: FieldKind
    page: int = Field(ge=1)
    x: float
    y: float
    width: float = Field(gt=0)
    height: float = Field(gt=0)
    required: bool = True
    label: str


class DocumentDefinition(_Frozen):
    """One row of a packet type: a document, how it is dealt with, and when it applies.

    ``template`` is None for a document that is not rendered from a template. ``include_when`` is a condition of
    the packet's condition language; None means always. Documents of another ``act`` than ``packet`` are signed as an
    act of their own, with ``statement`` shown beside its button. ``produced`` says when a document can be rendered:
    when the answers are frozen, or only after the other documents were sealed. ``instructions`` tell what to do with a
    document that is completed on paper. ``stands_alone`` marks a disclosure that the law wants free of any other text.
    ``profile`` is the archival PDF/A profile; only ``a-3a`` may carry an attached data file. ``placeholder`` names what
    the carrier's counsel has still to supply; ``official_text`` the pinned government text that is shown word for word.
    """

    code: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: Text
    mode: Mode
    version: str
    template: str | None
    include_when: Condition | None = None
    act: str = PACKET_ACT
    statement: Text | None = None
    stands_alone: bool = False
    profile: ArchivalProfile = "a-2a"
    produced: Literal["freeze", "completion"] = "freeze"
    instructions: Text | None = None
    placeholder: str | None = None
    official_text: str | None = None

    @model_validator(mode="after")
    def _says_what_its_button_means(self) -> DocumentDefinition:
        if self.mode == "acknowledge" and not self.statement:
            raise ValueError(f"{self.code}: an acknowledged document needs the statement shown with its button")
        if self.act != PACKET_ACT and not self.statement:
            raise ValueError(f"{self.code}: a signing act of its own needs its statement")
        return self


class SignatureStyle(_Frozen):
    """A typeface a person can adopt as a signature. ``file`` lies in the shared packet-type folder."""

    id: str
    name: str
    font: str
    file: str


class PacketDocuments(_Frozen):
    """The documents of one packet type, in packet order.

    ``helpers`` are rendered for a purpose of their own (the proof of access) and never belong to the packet.
    """

    version: str
    documents: tuple[DocumentDefinition, ...]
    helpers: tuple[DocumentDefinition, ...] = ()

    @model_validator(mode="after")
    def _codes_are_unique(self) -> PacketDocuments:
        codes = [definition.code for definition in self.every()]
        if len(codes) != len(set(codes)):
            raise ValueError("two documents share a code")
        return self

    def every(self) -> Iterator[DocumentDefinition]:
        """Packet documents, then helpers."""
        yield from self.documents
        yield from self.helpers

    def named(self, code: str) -> DocumentDefinition:
        """The definition with this code; KeyError when the packet type has none."""
        for definition in self.every():
            if definition.code == code:
                return definition
        raise KeyError(code)


class RenderedDocument(_Frozen):
    """A document frozen as bytes: ``sha256`` is the lower-case hex digest of ``content``."""

    content: bytes
    sha256: str
    pages: int
    fields: tuple[FieldBox, ...]


class Mark(_Frozen):
    """What is put into a field: a name, initials or a date as shown, or a drawn image of the signature.

    ``style`` names one of the signature styles; it is ignored for dates. ``image_png`` replaces the typed name in the
    picture, never in the text a screen reader gets.
    """

    box: FieldBox
    text: str
    style: str
    signature_id: str
    signed_at: AwareDatetime
    image_png: bytes | None = None


class SealedDocument(_Frozen):
    """A sealed document. ``sha256`` is of the sealed bytes, which begin with exactly the frozen ones."""

    content: bytes
    sha256: str
    level: SealLevel
    certificate_sha256: str
    signed_at: datetime


def parse_documents(text: str | bytes) -> PacketDocuments:
    """Reads a packet type's ``documents.json``; raises pydantic's ValidationError on anything unknown or missing."""
    return PacketDocuments.model_validate_json(text)
