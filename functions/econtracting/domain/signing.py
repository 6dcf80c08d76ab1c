"""The signing ceremony's records: frozen documents, what was signed on them, and the adopted signature."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from econtracting.domain.moment import Moment
from econtracting.domain.documents import FieldBox, Mode
from econtracting.domain.packet import Frozen


class Adoption(Frozen):
    """The signature the agent adopted; one adoption marks every field signed while it stands.

    Source: ESIGN, 15 U.S.C. 7006(5): a symbol adopted by a person with the intent to sign the record.
    """

    packet_id: str
    signature_id: str
    full_name: str
    initials: str
    method: str  # typed, drawn or uploaded
    style: str
    image_sha256: str | None = None
    at: Moment


class SignedField(Frozen):
    field_id: str
    signature_id: str
    at: Moment
    address: str = ""
    user_agent: str = ""


class Document(Frozen):
    """A document of a frozen packet. `sha256` is the hash of the bytes shown, recorded before consent (I4)."""

    packet_id: str
    document_id: str
    title: str
    mode: Mode
    act: str
    position: int
    generation: int
    sha256: str
    size: int
    pages: int
    fields: tuple[FieldBox, ...] = ()
    statement: str | None = None
    signed: dict[str, SignedField] = {}
    frozen_version: str | None = None  # S3 version id
    sealed_sha256: str | None = None
    sealed_key: str | None = None
    sealed_version: str | None = None
    sealed_level: str | None = None
    sealed_at: Moment | None = None

    def missing(self) -> tuple[str, ...]:
        """Required fields nobody has signed, initialled or acknowledged yet. Dates fill themselves in."""
        return tuple(
            box.field_id
            for box in self.fields
            if box.required and box.kind != "date" and box.field_id not in self.signed
        )

    @property
    def completed_at(self) -> datetime | None:
        """When the last field was acted on: the date the document's date fields show."""
        return max((field.at for field in self.signed.values()), default=None)


def same_name(typed: str, of_record: str) -> bool:
    """Whether a typed full name is the name of record, folding case, space and composed letters."""
    return _folded(typed) == _folded(of_record)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
