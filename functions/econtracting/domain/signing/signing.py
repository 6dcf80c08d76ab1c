"""The signing ceremony's records: frozen documents, what was signed on them, and the adopted signature."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Self

from pydantic import Field

from econtracting.domain.days import Here, acts_day, day_marked, local
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record
from econtracting.domain.signing.documents import FieldBox, FieldKind, Mark, Mode, SealLevel


class AdoptionMethod(StrEnum):
    """How a signature came to be."""

    TYPED = "typed"  # in one of the styles
    DRAWN = "drawn"  # as strokes of a pen on a pad
    UPLOADED = "uploaded"  # as an image


class StampState(StrEnum):
    """What became of the time of a document that was sealed while no timestamp authority answered."""

    DUE = "due"  # still to come
    LATER = "later"  # added after the seal


class Adoption(Record):
    """The signature the agent adopted; one adoption marks every field signed while it stands.

    Source: ESIGN, 15 U.S.C. 7006(5): a symbol adopted by a person with the intent to sign the record.
    """

    packet_id: str
    signature_id: str
    full_name: str
    initials: str
    method: AdoptionMethod
    style: str  # the typeface of what is typed: the initials always, the name unless there is an image
    image_sha256: str | None = None
    image_key: str | None = None
    image_version: str | None = None
    at: Moment
    here: Here | None = None  # where the signer was; earlier releases did not ask

    def mark(self, box: FieldBox, at: datetime, image: bytes | None) -> Mark:
        """A field as it shows this signature at a signer's local time; an image stands for the name only."""
        return Mark(
            box=box,
            text=self.text(box.kind, at),
            style=self.style,
            signature_id=self.signature_id,
            signed_at=at,
            image_png=image if box.kind == "signature" else None,
        )

    @property
    def local(self) -> datetime:
        """When it was adopted, as the signer's clock showed it."""
        return local(self.at, self.here)

    def keep_image(self, place: Place) -> Self:
        """The picture of it was stored."""
        return self.model_copy(update={"image_key": place.key, "image_version": place.version})

    def text(self, kind: FieldKind, at: datetime) -> str:
        """What a field of a kind shows of this signature when it is acted on at a signer's local time."""
        texts = {"date": day_marked(at), "initials": self.initials}
        return texts.get(kind, self.full_name)

    def is_like(self, other: Adoption) -> bool:
        """Whether both look the same, whenever they were adopted."""
        looks = {"full_name", "initials", "method", "style", "image_sha256"}
        return self.model_dump(include=looks) == other.model_dump(include=looks)


class AdoptedSignature(Adoption):
    """An adoption kept under its own id: what was signed with it keeps looking like it after another one is adopted."""


class Disclosure(Record):
    """When the electronic-records disclosure was first shown, and when access to such records was proved.

    A text of another version is shown again. Source: ESIGN, 15 U.S.C. 7001(c)(1).
    """

    packet_id: str
    version: str
    shown_at: Moment
    access_proved_at: Moment | None = None

    def prove_access(self, at: datetime) -> Self:
        """The code printed in an electronic record was read there and typed back."""
        return self.model_copy(update={"access_proved_at": at})


class Place(Record):
    """Where an object lies in the write-once bucket; `version` is the bucket's version id."""

    key: str
    version: str | None = None


class Completion(Record):
    """What proves a sealed packet besides its documents, written in the same commit that makes it SUBMITTED.

    `facts` is the JSON twin of the certificate of completion, `checkpoint` the signed head of the audit trail, and
    `certificate` the sealing key's certificate as it was then. `earlier_certificates` are those that documents were
    sealed under before a correction, where the carrier has another certificate by now.
    """

    packet_id: str
    generation: int
    facts: Place
    checkpoint: Place
    certificate: Place
    earlier_certificates: tuple[Place, ...] = ()
    at: Moment


class SignedField(Record):
    """Where and when someone acted on a field, and under which adopted signature."""

    field_id: str
    signature_id: str
    at: Moment
    here: Here | None = None  # where the signer was; earlier releases did not ask
    address: str = ""
    user_agent: str = ""

    @property
    def local(self) -> datetime:
        """When, as the signer's clock showed it."""
        return local(self.at, self.here)

    @property
    def day(self) -> date:
        """The signer's day, which every paper and every screen shows."""
        return acts_day(self.at, self.here)


class Document(Record):
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
    opened_at: Moment | None = None  # first opened after consent; nothing is signed unread
    signed: dict[str, SignedField] = Field(default_factory=dict)
    frozen_version: str | None = None  # S3 version id
    frozen_at: Moment | None = None  # the date it shows; None for one whose packet was never corrected
    frozen_here: Here | None = None  # where the agent was then
    sealed_sha256: str | None = None
    sealed_key: str | None = None
    sealed_version: str | None = None
    sealed_level: SealLevel | None = None
    sealed_at: Moment | None = None
    stamp_due: bool = False  # sealed while no timestamp authority answered; its time is still to come
    stamped_sha256: str | None = None
    stamped_key: str | None = None
    stamped_version: str | None = None

    def open(self, at: datetime) -> Self:
        """Someone was shown the document after consent."""
        return self.model_copy(update={"opened_at": at})

    def sign(self, field: SignedField) -> Self:
        """Someone signed, initialed or acknowledged a field."""
        return self.model_copy(update={"signed": {**self.signed, field.field_id: field}})

    def seal(self, content: bytes, place: Place, level: SealLevel, at: datetime) -> Self:
        """The document was sealed: `content` is what is stored at `place`."""
        return self.model_copy(
            update={
                "sealed_sha256": sha256(content).hexdigest(),
                "sealed_key": place.key,
                "sealed_version": place.version,
                "sealed_level": level,
                "sealed_at": at,
            }
        )

    def await_stamp(self) -> Self:
        """It was sealed while no timestamp authority answered; one that has its stamp already is not stamped again."""
        return self.model_copy(update={"stamp_due": not self.stamped_key})

    def stamp(self, content: bytes, place: Place) -> Self:
        """An authority's time was added: `content` is what is stored at `place`."""
        return self.model_copy(
            update={
                "stamp_due": False,
                "stamped_sha256": sha256(content).hexdigest(),
                "stamped_key": place.key,
                "stamped_version": place.version,
            }
        )

    def missing(self) -> tuple[str, ...]:
        """Required fields no one has signed, initialed or acknowledged yet. Dates fill themselves in."""
        return tuple(
            box.field_id
            for box in self.fields
            if box.required and box.kind != "date" and box.field_id not in self.signed
        )

    @property
    def final(self) -> tuple[str, str | None, str]:
        """Key, version and hash of the document as it is handed out: sealed, and stamped where that came later.

        Raises ValueError before it is sealed.
        """
        if self.stamped_key is not None and self.stamped_sha256 is not None:
            return self.stamped_key, self.stamped_version, self.stamped_sha256
        if self.sealed_key is None or self.sealed_sha256 is None:
            raise ValueError(f"{self.document_id} is not sealed")
        return self.sealed_key, self.sealed_version, self.sealed_sha256

    @property
    def stamp_state(self) -> StampState | None:
        """None for a document that was sealed with its time, or has no seal."""
        if self.stamp_due:
            return StampState.DUE
        return StampState.LATER if self.stamped_key else None

    @property
    def latest(self) -> SignedField | None:
        """The field that was acted on last."""
        return max(self.signed.values(), key=lambda field: field.at, default=None)

    @property
    def completed_at(self) -> datetime | None:
        """When the last field was acted on: the date the document's date fields show."""
        return max((field.at for field in self.signed.values()), default=None)

    def act_on(self, box: FieldBox) -> SignedField | None:
        """What a field shows: the act on it; for a date the latest one, which dates follow."""
        return self.latest if box.kind == "date" else self.signed.get(box.field_id)

    def move_to(self, position: int) -> Self:
        """It stands elsewhere among the documents now."""
        return self.model_copy(update={"position": position})


class SupersededDocument(Document):
    """A signed document whose place a corrected one has taken; what was signed stays part of the evidence."""
