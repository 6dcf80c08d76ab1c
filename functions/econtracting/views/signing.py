"""What the agent is told while signing: the disclosure, the adopted signature, the documents and their fields."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, WithJsonSchema

from econtracting.domain.packet import Status
from econtracting.domain.signing.documents import FieldKind, Mode
from econtracting.domain.signing.signing import AdoptionMethod
from econtracting.views.base import ReadingView, Said, Told, View

# The act of signing answers with the offset spelled out; earlier releases stored it so for repeated requests.
WithOffset = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


def _absent(value: object) -> bool:
    return value is None


class CompanyView(View):
    """The carrier, and how its contracting department is reached."""

    name: str
    address: str = Field(description="Postal address, in one line")
    phone: str
    email: str


class ConsentView(View):
    """The disclosure about electronic records, as it must be read before consent."""

    disclosure_version: str = Field(description="Goes back with the consent")
    language: str = Field(description="BCP 47 tag of the text")
    title: Told
    disclosure: str = Field(description="The text in full as it binds, paragraphs separated by empty lines")
    sha256: str = Field(description="SHA-256 of the text in UTF-8, lower-case hex")
    company: CompanyView
    reading: ReadingView | None = Field(default=None, exclude_if=_absent, description="In the language of the answer")
    withdraw_consequence: Said = Field(description="What withdrawing before finishing leads to")
    access_code_document: str = Field(description="Path of the document with the code to type back")
    shown_at: datetime | None = Field(description="When this version was first shown")
    accepted_at: datetime | None = Field(description="When consent was given; null before, and after its withdrawal")


class ConsentedView(View):
    """Consent is given."""

    consented: Literal[True] = True


class WithdrawnConsentView(View):
    """Consent is withdrawn."""

    status: Status
    consequence: Said = Field(description="What this means for the packet, in a sentence")


class PaperCopiesView(View):
    """Copies on paper are on their way."""

    documents: list[str] = Field(description="Ids of the documents that come on paper")
    fee: Literal["none"] = "none"


class StyleView(View):
    """A typeface a name can be signed in."""

    id: str
    name: str


class ImageLimitsView(View):
    """What an uploaded picture of a signature may be."""

    bytes: int = Field(description="Largest size of the decoded image")
    pixels: int = Field(description="Most pixels, width times height")
    types: list[str] = Field(description="Media types")


class AdoptedView(View):
    """The signature that is adopted now: what is signed from here on is sealed with exactly this."""

    signature_id: str
    full_name: str = Field(description="The name as it will be sealed")
    initials: str = Field(description="The initials as they will be sealed")
    method: AdoptionMethod
    style: str = Field(description="Id of the typeface: of the initials always, of the name unless there is an image")
    image_sha256: str | None = Field(description="SHA-256 of the picture, lower-case hex; null for a typed name")
    adopted_at: datetime
    preview: str = Field(description="Path of a picture of it")


class SignatureView(View):
    """What there is to choose from when a signature is adopted, and the one that is adopted now."""

    full_name: str = Field(description="The agent's name of record, which alone can be adopted")
    initials: str = Field(description="Initials proposed from the name; others can be adopted")
    styles: list[StyleView]
    statement: str = Field(description="What adopting means, to be shown beside its button, as it binds")
    reading: ReadingView | None = Field(default=None, exclude_if=_absent, description="Of the statement")
    image_limits: ImageLimitsView
    adopted: AdoptedView | None


class MarkView(View):
    """What a field that was acted on will show in the sealed document."""

    text: str = Field(description="The name, the initials, or the date as MM-DD-YYYY")
    style: str = Field(description="Id of the typeface; dates have one of their own")
    picture: bool = Field(description="Whether a picture of the signature stands for the text")


class SigningFieldView(View):
    """A place in a document where the agent acts. Lengths are PDF points from the page's top left corner."""

    field_id: str
    kind: FieldKind
    page: int = Field(description="Counts from 1")
    x: float
    y: float
    width: float
    height: float
    required: bool = Field(description="Whether finishing waits for it; dates fill themselves in")
    label: str = Field(description="What a screen reader says")
    signed_at: datetime | None
    signed_on: date | None = Field(description="The signer's day, as the papers show it")
    mark: MarkView | None = Field(description="What will be sealed here; null before someone acted")


class DocumentView(View):
    """A document of the packet with its fields."""

    document_id: str
    title: Told
    mode: Mode
    act: str = Field(description="The act a signature names: packet, or one of the document's own")
    statement: str | None = Field(description="To be shown beside the button, where a document has one, as it binds")
    reading: ReadingView | None = Field(default=None, exclude_if=_absent, description="Of the statement")
    sha256: str = Field(description="SHA-256 of the frozen bytes, lower-case hex")
    pages: int
    opened_at: datetime | None = Field(description="First opened after consent; nothing is signed unread")
    complete: bool = Field(description="Whether every required field is acted on")
    fields: list[SigningFieldView]


class SignedFieldView(View):
    """A field is signed, initialed or acknowledged."""

    field_id: str
    signed_at: WithOffset
    signed_on: date | None = Field(
        default=None, description="The signer's day; not in answers kept by earlier releases"
    )
    missing: list[str] = Field(description="Ids of the document's required fields still to be acted on")


class FinishView(View):
    """Everything is signed."""

    status: Status = Field(
        description="SEALING while the seals are being made; of what was finished before, where it is"
    )


class LeaveView(View):
    """The agent said no, or is not the person meant."""

    status: Status = Field(description="Where the packet stands now")
