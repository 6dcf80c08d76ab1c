"""Timestamps that could not be had when a packet was sealed, added as soon as an authority answers.

The sealed documents stay as they are: a stamped one is the sealed one with a further update, under its own key.
"""

from __future__ import annotations

from hashlib import sha256

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.packet import Packet
from econtracting.domain.signing.documents import FrozenDocumentAltered
from econtracting.domain.signing.signing import Document
from econtracting.ports import Change

STAMPER = Actor(kind="system", id="stamp")


def stamp_packet(
    *, packets: ports.Packets, documents: ports.DocumentStore, seal: ports.Seal, clock: ports.Clock, packet_id: str
) -> int:
    """Stamp what is sealed without a time; answers how many documents. Safe to repeat: the first stamp stands.

    Raises TimestampUnavailable, SealRefused, Unavailable.
    """
    stamped = [
        _stamped(documents, seal, document)
        for document in packets.all_of(Document, packet_id)
        if document.stamp_due and document.sealed_key
    ]
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        due = {one.document_id for one in packets.all_of(Document, packet_id) if one.stamp_due}
        mine = [one for one in stamped if one.document_id in due]
        if not mine:
            return None
        data = {"documents": {one.document_id: one.stamped_sha256 for one in mine}}
        return Change(
            packet, events=[Event(type=EventType.PACKET_TIMESTAMPED, at=now, actor=STAMPER, data=data)], puts=mine
        )

    packets.change(packet_id, decide)
    return len(stamped)


def _stamped(documents: ports.DocumentStore, seal: ports.Seal, document: Document) -> Document:
    content = documents.read(document.sealed_key or "", document.sealed_version)
    key = f"sealed/{document.packet_id}/{document.sealed_sha256}.stamped.pdf"
    stored = documents.keep(key, seal.stamp(content))
    winner = documents.read(stored.key, stored.version)
    if not winner.startswith(content):
        raise FrozenDocumentAltered("The stored stamp is of another document.", document=document.document_id)
    return document.model_copy(
        update={
            "stamp_due": False,
            "stamped_sha256": sha256(winner).hexdigest(),
            "stamped_key": stored.key,
            "stamped_version": stored.version,
        }
    )
