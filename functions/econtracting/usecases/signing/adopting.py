"""Adopting a signature: typed in one of the styles, drawn, or uploaded; shown exactly as it will appear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from econtracting import ports
from econtracting.domain.access.access import require_recent
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import InvalidRequest, NotFound
from econtracting.domain.interview.upload_content import MOST_PIXELS
from econtracting.domain.packet import Packet
from econtracting.domain.signing.documents import FieldBox, FieldKind, Mark, SignatureStyle
from econtracting.domain.signing.signature_image import LARGEST_IMAGE, honest_strokes, image_bytes
from econtracting.domain.signing.signing import AdoptedSignature, Adoption, same_name
from econtracting.ports import Change
from econtracting.usecases.interview.answering import name_of_record
from econtracting.usecases.signing.ceremony import PacketTypes, require_signing

PREVIEW_ID = "sig_preview"
_BOXES: tuple[tuple[FieldKind, float], ...] = (("signature", 232.0), ("initials", 72.0))


@dataclass(frozen=True)
class Wish:
    """A signature as somebody would like to adopt it. `image` is base64, `strokes` are points of a pen on a pad.

    `style` is the typeface of the initials, and of the name unless there is a picture; None means the first one.
    """

    full_name: str
    initials: str
    style: str | None = None
    image: str | None = None
    strokes: Sequence[Sequence[tuple[float, float]]] | None = None

    @property
    def method(self) -> str:
        return "uploaded" if self.image is not None else "drawn" if self.strokes is not None else "typed"


def signature_view(
    *, packets: ports.Packets, packet_types: PacketTypes, styles: Sequence[SignatureStyle], packet_id: str
) -> dict[str, Any]:
    """What there is to choose from, the statement that goes with it, and what is adopted now."""
    packet = packets.load(packet_id)
    name = name_of_record(packets, packet_types, packet)
    adoption = packets.find(Adoption, packet_id)
    return {
        "full_name": name,
        "initials": "".join(part[0] for part in name.split() if part[0].isalpha())[:4].upper(),
        "styles": [{"id": style.id, "name": style.name} for style in styles],
        "statement": packet_types(packet.type).signature_statement,
        "image_limits": {"bytes": LARGEST_IMAGE, "pixels": MOST_PIXELS, "types": ["image/png", "image/jpeg"]},
        "adopted": _view(adoption) if adoption else None,
    }


def adopt(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    documents: ports.DocumentStore,
    pictures: ports.SignaturePictures,
    clock: ports.Clock,
    ids: ports.Ids,
    styles: Sequence[SignatureStyle],
    packet_id: str,
    wish: Wish,
    signed_in_at: datetime,
    step_up: timedelta,
    actor: Actor,
) -> dict[str, Any]:
    """Adopt the signature that every field signed from now on is marked with; what is signed already keeps its look.

    Adopting the same again changes nothing. Raises ConsentRequired, StepUpRequired, InvalidTransition, Unavailable,
    InvalidRequest if the name is not the agent's or the picture is none.
    """
    now = clock.now()
    packet = packets.load(packet_id)
    require_signing(packet, packet_types)
    require_recent(signed_in_at, now, step_up)
    style = _checked(packets, packet_types, packet, styles, wish)
    drawing = _drawing(pictures, wish)
    digest = sha256(drawing.png).hexdigest() if drawing else None
    stored = documents.keep(f"signatures/{packet_id}/{digest}.png", drawing.png, "image/png") if drawing else None
    wanted = Adoption(
        packet_id=packet_id,
        signature_id=ids.signature(),
        full_name=" ".join(wish.full_name.split()),
        initials=wish.initials.upper(),
        method=wish.method,
        style=style,
        image_sha256=digest,
        image_key=stored.key if stored else None,
        image_version=stored.version if stored else None,
        at=now,
    )

    def decide(packet: Packet) -> Change | None:
        require_signing(packet, packet_types)
        current = packets.find(Adoption, packet_id)
        if current is not None and current.is_like(wanted):
            return None
        statement = packet_types(packet.type).signature_statement
        data = {
            "signature_id": wanted.signature_id,
            "method": wanted.method,
            "style": style,
            "image_sha256": digest,
            "statement_sha256": sha256(statement.encode()).hexdigest(),
        }
        event = Event(type=EventType.SIGNATURE_ADOPTED, at=now, actor=actor, data=data)
        return Change(packet, events=[event], puts=[wanted, AdoptedSignature(**wanted.model_dump())])

    packets.change(packet_id, decide)
    current = packets.find(Adoption, packet_id)
    assert current is not None
    return _view(current)


def preview(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    pictures: ports.SignaturePictures,
    clock: ports.Clock,
    styles: Sequence[SignatureStyle],
    packet_id: str,
    wish: Wish,
) -> bytes:
    """A PNG of a signature not yet adopted, drawn by what draws it into the documents. Raises as `adopt` does."""
    packet = packets.load(packet_id)
    require_signing(packet, packet_types)
    style = _checked(packets, packet_types, packet, styles, wish)
    drawing = _drawing(pictures, wish)
    shown = Adoption(
        packet_id=packet_id,
        signature_id=PREVIEW_ID,
        full_name=" ".join(wish.full_name.split()),
        initials=wish.initials.upper(),
        method=wish.method,
        style=style,
        at=clock.now(),
    )
    return pictures.preview(_marks(shown, drawing.png if drawing else None))


def adopted_preview(
    *, packets: ports.Packets, documents: ports.DocumentStore, pictures: ports.SignaturePictures, packet_id: str
) -> bytes:
    """A PNG of the adopted signature and initials. Raises NotFound before anything is adopted."""
    adoption = packets.find(Adoption, packet_id)
    if adoption is None:
        raise NotFound("No signature is adopted yet.", code="signature-not-found")
    image = documents.read(adoption.image_key, adoption.image_version) if adoption.image_key else None
    return pictures.preview(_marks(adoption, image))


def _marks(adoption: Adoption, image: bytes | None) -> list[Mark]:
    boxes = (
        FieldBox(field_id=kind, kind=kind, page=1, x=0, y=0, width=width, height=44, label=kind)
        for kind, width in _BOXES
    )
    return [adoption.mark(box, adoption.at, image) for box in boxes]


def _checked(
    packets: ports.Packets,
    packet_types: PacketTypes,
    packet: Packet,
    styles: Sequence[SignatureStyle],
    wish: Wish,
) -> str:
    """The style of a wish that can be granted. Raises InvalidRequest naming every field that is wrong."""
    errors = []
    if not same_name(wish.full_name, name_of_record(packets, packet_types, packet)):
        message = "Please type your full name exactly as you gave it in the interview."
        errors.append({"field": "full_name", "rule": "name-of-record", "message": message})
    if not (wish.initials.isalpha() and 1 <= len(wish.initials) <= 4):
        errors.append({"field": "initials", "rule": "initials", "message": "Initials are one to four letters."})
    if wish.style is None and wish.method == "typed":
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


def _view(adoption: Adoption) -> dict[str, Any]:
    return {
        "signature_id": adoption.signature_id,
        "method": adoption.method,
        "style": adoption.style,
        "image_sha256": adoption.image_sha256,
        "adopted_at": adoption.at,
        "preview": "/packet/signature/preview",
    }
