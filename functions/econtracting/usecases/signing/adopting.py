"""Adopting a signature: typed in one of the styles, drawn, or uploaded; shown exactly as it will appear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from econtracting import ports
from econtracting.domain.access.access import require_recent
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.errors import InvalidRequest, NotFound
from econtracting.domain.fields.characters import unshowable
from econtracting.domain.fields.names import as_written, bare_initials, same_name
from econtracting.domain.interview.picture_files import MOST_PIXELS
from econtracting.domain.packet import Packet
from econtracting.domain.signing.documents import FieldBox, FieldKind, Mark, SignatureStyle
from econtracting.domain.signing.signature_image import LARGEST_IMAGE, honest_strokes, image_bytes
from econtracting.domain.signing.signing import AdoptedSignature, Adoption, AdoptionMethod, Place
from econtracting.ports import Change
from econtracting.usecases.interview.answering import here_of, name_of_record
from econtracting.usecases.signing.ceremony import require_signing
from econtracting.views.signing import AdoptedView, ImageLimitsView, SignatureView, StyleView

PREVIEW_ID = "sig_preview"
_BOXES: tuple[tuple[FieldKind, float], ...] = (("signature", 232.0), ("initials", 72.0))


@dataclass(frozen=True)
class Wish:
    """A signature as someone would like to adopt it. `image` is base64, `strokes` are points of a pen on a pad.

    `style` is the typeface of the initials, and of the name unless there is a picture; None means the first one.
    """

    full_name: str
    initials: str
    style: str | None = None
    image: str | None = None
    strokes: Sequence[Sequence[tuple[float, float]]] | None = None

    @property
    def method(self) -> AdoptionMethod:
        """How the signature comes to be; an image goes before strokes."""
        if self.image is not None:
            return AdoptionMethod.UPLOADED
        return AdoptionMethod.DRAWN if self.strokes is not None else AdoptionMethod.TYPED


@dataclass(frozen=True)
class Adopting:
    """The agent chooses what their signature looks like. A password entry older than `step_up` is too old to adopt."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    documents: ports.DocumentStore
    pictures: ports.SignaturePictures
    clock: ports.Clock
    ids: ports.Ids
    styles: Sequence[SignatureStyle]
    step_up: timedelta

    def choices(self, agent: Agent) -> SignatureView:
        """What there is to choose from, the statement that goes with it, and what is adopted now."""
        packet = self.packets.load(agent.packet_id)
        name = name_of_record(self.packets, self.packet_types, packet)
        adoption = self.packets.find(Adoption, packet.id)
        return SignatureView(
            full_name=name,
            initials="".join(part[0] for part in name.split() if part[0].isalpha())[:4].upper(),
            styles=[StyleView(id=style.id, name=style.name) for style in self.styles],
            statement=self.packet_types(packet.type).signature_statement,
            image_limits=ImageLimitsView(bytes=LARGEST_IMAGE, pixels=MOST_PIXELS, types=["image/png", "image/jpeg"]),
            adopted=_view(adoption) if adoption else None,
        )

    def adopt(self, agent: Agent, wish: Wish) -> AdoptedView:
        """Adopt the signature that marks every field signed from now on; what is signed already keeps its look.

        Adopting the same again changes nothing. Raises ConsentRequired, StepUpRequired, InvalidTransition, Unavailable,
        InvalidRequest if the name is not the agent's or the picture is none.
        """
        now = self.clock.now()
        packet = self.packets.load(agent.packet_id)
        require_signing(packet, self.packet_types)
        require_recent(agent.signed_in_at, now, self.step_up)
        wanted, drawing = self._realize(packet, agent, wish, self.ids.signature(), now)
        if drawing is not None:
            key = f"signatures/{packet.id}/{wanted.image_sha256}.png"
            stored = self.documents.keep(key, drawing.png, "image/png")
            wanted = wanted.keep_image(Place(key=stored.key, version=stored.version))

        def decide(packet: Packet) -> Change | None:
            require_signing(packet, self.packet_types)
            current = self.packets.find(Adoption, packet.id)
            if current is not None and current.is_like(wanted):
                return None
            statement = self.packet_types(packet.type).signature_statement
            data = {
                "signature_id": wanted.signature_id,
                "method": wanted.method.value,
                "style": wanted.style,
                "image_sha256": wanted.image_sha256,
                "statement_sha256": sha256(statement.encode()).hexdigest(),
            }
            event = Event(type=EventType.SIGNATURE_ADOPTED, at=now, actor=agent.actor, data=data)
            return Change(packet, events=[event], puts=[wanted, AdoptedSignature(**wanted.model_dump())])

        self.packets.change(packet.id, decide)
        current = self.packets.find(Adoption, packet.id)
        assert current is not None
        return _view(current)

    def preview(self, agent: Agent, wish: Wish) -> bytes:
        """A PNG of a signature not yet adopted, drawn by what draws it into the documents. Raises as `adopt` does."""
        packet = self.packets.load(agent.packet_id)
        require_signing(packet, self.packet_types)
        shown, drawing = self._realize(packet, agent, wish, PREVIEW_ID, self.clock.now())
        return self.pictures.preview(_marks(shown, drawing.png if drawing else None))

    def adopted_preview(self, agent: Agent) -> bytes:
        """A PNG of the adopted signature and initials. Raises NotFound before anything is adopted."""
        adoption = self.packets.find(Adoption, agent.packet_id)
        if adoption is None:
            raise NotFound("No signature is adopted yet.", code="signature-not-found")
        image = self.documents.read(adoption.image_key, adoption.image_version) if adoption.image_key else None
        return self.pictures.preview(_marks(adoption, image))

    def _realize(
        self, packet: Packet, agent: Agent, wish: Wish, signature_id: str, now: datetime
    ) -> tuple[Adoption, ports.Drawing | None]:
        """What a wish comes to, and its picture. Raises InvalidRequest naming what is wrong, Unavailable."""
        name = name_of_record(self.packets, self.packet_types, packet)
        style = _granted_style(wish, name, self.styles)
        drawing = _drawing(self.pictures, wish)
        adoption = Adoption(
            packet_id=packet.id,
            signature_id=signature_id,
            full_name=as_written(wish.full_name),
            initials=bare_initials(wish.initials).upper(),
            method=wish.method,
            style=style,
            image_sha256=sha256(drawing.png).hexdigest() if drawing else None,
            at=now,
            here=here_of(self.packets, self.packet_types, packet, agent, now),
        )
        return adoption, drawing


def _marks(adoption: Adoption, image: bytes | None) -> list[Mark]:
    boxes = (
        FieldBox(field_id=kind, kind=kind, page=1, x=0, y=0, width=width, height=44, label=kind)
        for kind, width in _BOXES
    )
    return [adoption.mark(box, adoption.local, image) for box in boxes]


def _granted_style(wish: Wish, name_of_record: str, styles: Sequence[SignatureStyle]) -> str:
    """The style of a wish that can be granted. Raises InvalidRequest naming every field that is wrong."""
    errors = []
    if not same_name(wish.full_name, name_of_record):
        message = "Please type your full name exactly as you gave it in the interview."
        errors.append({"field": "full_name", "rule": "name-of-record", "message": message})
    elif unshowable(as_written(wish.full_name)) - unshowable(name_of_record):
        message = (
            "Our papers cannot show every letter as it is typed here. Please type your name with ordinary letters."
        )
        errors.append({"field": "full_name", "rule": "name-unshowable", "message": message})
    initials = bare_initials(wish.initials).upper()
    if not (initials.isalpha() and len(initials) <= 4) or unshowable(initials) - unshowable(name_of_record.upper()):
        message = "Initials are one to four letters, such as DR."
        errors.append({"field": "initials", "rule": "initials", "message": message})
    if wish.style is None and wish.method is AdoptionMethod.TYPED:
        message = "Choose a style, draw your signature, or upload an image of it."
        errors.append({"field": "style", "rule": "required", "message": message})
    if wish.style is not None and wish.style not in {style.id for style in styles}:
        errors.append({"field": "style", "rule": "style", "message": "Choose one of the offered styles."})
    if wish.image is not None and wish.strokes is not None:
        message = "Send an image or strokes, not both."
        errors.append({"field": "strokes", "rule": "one-picture", "message": message})
    if errors:
        raise InvalidRequest(errors=errors)
    return wish.style or styles[0].id


def _drawing(pictures: ports.SignaturePictures, wish: Wish) -> ports.Drawing | None:
    if wish.image is not None:
        return pictures.redraw(image_bytes(wish.image))
    if wish.strokes is not None:
        return pictures.draw(honest_strokes(wish.strokes))
    return None


def _view(adoption: Adoption) -> AdoptedView:
    return AdoptedView(
        signature_id=adoption.signature_id,
        full_name=adoption.full_name,
        initials=adoption.initials,
        method=adoption.method,
        style=adoption.style,
        image_sha256=adoption.image_sha256,
        adopted_at=adoption.at,
        preview="/packet/signature/preview",
    )
