"""The agent's answer to a correction request: what it may change, which documents it touches, and that it is given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from econtracting import ports
from econtracting.domain import corrections
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.corrections import CorrectionRequest, is_open, labels
from econtracting.domain.errors import InterviewIncomplete, PacketFrozen
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.attachments import Attachment
from econtracting.domain.interview.definition import InterviewDefinition
from econtracting.domain.interview.interview import SectionResult
from econtracting.domain.packet import Packet, Status
from econtracting.domain.record import Record
from econtracting.domain.signing.signing import Document, SupersededDocument
from econtracting.views.standing import CorrectedFieldView, CorrectionView


class Exchange(NamedTuple):
    """What a correction does to a packet's documents."""

    puts: list[Record]
    drops: list[Record]
    kept: list[str]


def view(packets: ports.Packets, definition: InterviewDefinition, packet: Packet) -> CorrectionView | None:
    """What the agent is asked to mend; None where nothing is, or it is mended and signed."""
    request = _open_request(packets, packet)
    if request is None:
        return None
    return CorrectionView(
        number=request.number,
        reason=request.reason,
        requested_at=request.requested_at,
        fields=[CorrectedFieldView(field=path, label=labels(definition, [path])[0]) for path in request.fields],
        untouched=list(request.untouched(packet)),
    )


def require_only_requested(
    packets: ports.Packets,
    definition: InterviewDefinition,
    packet: Packet,
    section: str,
    before: Section | None,
    result: SectionResult,
) -> None:
    """Refuse a save that changes more than was asked for. Raises InvalidAnswers naming each answer."""
    if packet.status is Status.CORRECTION_REQUESTED:
        public, masked = (before.public, before.masked) if before else ({}, {})
        retyped = [*result.sensitive, *(name for name in masked if name not in result.masked)]
        corrections.require_only_requested(
            definition, _request(packets, packet), section, public, result.public, retyped
        )


def require_unsigned_file(packets: ports.Packets, packet: Packet, attachment: Attachment) -> None:
    """Raises PacketFrozen for a file that was there when the agent signed."""
    if (
        packet.status is Status.CORRECTION_REQUESTED
        and attachment.requested_at < _request(packets, packet).requested_at
    ):
        raise PacketFrozen("This file belongs to what you signed. Add another one instead.", status=packet.status.value)


def require_answered(packets: ports.Packets, packet: Packet) -> None:
    """Raises InterviewIncomplete naming the sections that were asked about and not saved since."""
    untouched = _request(packets, packet).untouched(packet)
    if untouched:
        raise InterviewIncomplete(
            "Look at each part you were asked about and save it; saving it unchanged confirms it.",
            sections=list(untouched),
        )


def exchange(before: Iterable[Document], after: Iterable[Document]) -> Exchange:
    """What it takes to have the documents `after` instead of those `before`; one that shows the same bytes is kept.

    What was signed and is replaced, or no longer applies, is kept as superseded; so is the certificate of completion,
    which is made again.
    """
    old = {document.document_id: document for document in before}
    new = {document.document_id: document for document in after}
    kept = [name for name in new if name in old and old[name].sha256 == new[name].sha256]
    given_up = [one for name, one in old.items() if name not in kept]
    superseded = [SupersededDocument(**one.model_dump()) for one in given_up if one.signed or one.sealed_key]
    changed = [one for name, one in new.items() if old.get(name) != one]
    return Exchange([*changed, *superseded], [one for one in given_up if one.document_id not in new], kept)


def answered(packets: ports.Packets, packet: Packet, now: datetime, actor: Actor) -> tuple[list[Event], list[Record]]:
    """What goes with finishing a corrected packet: the request is answered. Nothing for one that was not corrected."""
    request = _open_request(packets, packet)
    if request is None:
        return [], []
    event = Event(type=EventType.CORRECTION_ANSWERED, at=now, actor=actor, data={"number": request.number})
    return [event], [request.answer(now)]


def _open_request(packets: ports.Packets, packet: Packet) -> CorrectionRequest | None:
    return _request(packets, packet) if packet.correction and is_open(packet, packet.correction) else None


def _request(packets: ports.Packets, packet: Packet) -> CorrectionRequest:
    request = packets.find(CorrectionRequest, packet.id, str(packet.correction))
    assert request is not None  # written in the commit that counted it
    return request
