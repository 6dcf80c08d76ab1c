"""What every step of the signing ceremony asks first: where the packet stands, and whether there is consent."""

from __future__ import annotations

from econtracting import ports
from econtracting.domain.errors import ConsentRequired, InvalidTransition, NotFound
from econtracting.domain.packet import Packet, Status
from econtracting.domain.signing.signing import AdoptedSignature, Adoption, Document


def require_frozen(packet: Packet) -> None:
    """Raises InvalidTransition before the summary is confirmed."""
    if packet.frozen_at is None:
        raise InvalidTransition(
            "Confirm the summary first; the documents are prepared from it.", status=packet.status.value
        )


def require_consent(packet: Packet, packet_types: ports.PacketTypes) -> None:
    """Consent to the disclosure as it reads today; after a change of its version it is asked for again.

    Source: ESIGN, 15 U.S.C. 7001(c)(1)(D). Raises ConsentRequired.
    """
    if packet.consent is None:
        raise ConsentRequired()
    if packet.consent.version != packet_types(packet.type).disclosure.version:
        raise ConsentRequired("The disclosure has changed; please read it again.")


def require_signing(packet: Packet, packet_types: ports.PacketTypes) -> None:
    """Raises ConsentRequired, InvalidTransition."""
    require_consent(packet, packet_types)
    if packet.status is not Status.AWAITING_SIGNATURE:
        raise InvalidTransition(status=packet.status.value)


def documents_of(packets: ports.Packets, packet_id: str) -> list[Document]:
    """The packet's documents in packet order."""
    return sorted(packets.all_of(Document, packet_id), key=lambda document: document.position)


def looks_of(packets: ports.Packets, packet_id: str) -> dict[str, Adoption]:
    """Every signature the agent has adopted, by id: what is signed keeps the look it was signed with."""
    current, kept = packets.find(Adoption, packet_id), packets.all_of(AdoptedSignature, packet_id)
    return {one.signature_id: one for one in ([current] if current else []) + [*kept]}


def document_of(packets: ports.Packets, packet_id: str, document_id: str) -> Document:
    """Raises NotFound; also for another packet's document."""
    found = packets.find(Document, packet_id, document_id)
    if found is None:
        raise NotFound("This packet has no such document.", code="document-not-found")
    return found
