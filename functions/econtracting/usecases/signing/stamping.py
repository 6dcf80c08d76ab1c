"""Timestamps that could not be had when a packet was sealed, added as soon as an authority answers.

The sealed documents stay as they are: a stamped one is the sealed one with a further update, under its own key.
"""

from __future__ import annotations

from dataclasses import dataclass

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.packet import Packet
from econtracting.domain.signing.documents import FrozenDocumentAltered
from econtracting.domain.signing.preparation import Stamped
from econtracting.domain.signing.signing import Document, Place
from econtracting.ports import Change

STAMPER = Actor(kind="system", id="stamp")


@dataclass(frozen=True)
class Stamping:
    """Adds times where the sealing key and the authorities are."""

    packets: ports.Packets
    documents: ports.DocumentStore
    seal: ports.Seal
    clock: ports.Clock

    def stamp_packet(self, packet_id: str) -> Stamped:
        """Stamp what is sealed without a time. Safe to repeat: the first stamp stands.

        Raises TimestampUnavailable, SealRefused, Unavailable.
        """
        stamped = [
            self._stamp(document)
            for document in self.packets.all_of(Document, packet_id)
            if document.stamp_due and document.sealed_key
        ]
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            due = {one.document_id for one in self.packets.all_of(Document, packet.id) if one.stamp_due}
            mine = [one for one in stamped if one.document_id in due]
            if not mine:
                return None
            data = {"documents": {one.document_id: one.stamped_sha256 for one in mine}}
            event = Event(type=EventType.PACKET_TIMESTAMPED, at=now, actor=STAMPER, data=data)
            return Change(packet, events=[event], puts=mine)

        self.packets.change(packet_id, decide)
        return Stamped(stamped=len(stamped))

    def _stamp(self, document: Document) -> Document:
        content = self.documents.read(document.sealed_key or "", document.sealed_version)
        key = f"sealed/{document.packet_id}/{document.sealed_sha256}.stamped.pdf"
        stored = self.documents.keep(key, self.seal.stamp(content))
        winner = self.documents.read(stored.key, stored.version)
        if not winner.startswith(content):
            raise FrozenDocumentAltered("The stored stamp is of another document.", document=document.document_id)
        return document.stamp(winner, Place(key=stored.key, version=stored.version))
