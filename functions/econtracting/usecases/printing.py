"""The print packet and the evidence package of a sealed packet."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from econtracting import ports
from econtracting.domain.audit import canonical
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.packet import AFTER_SUBMISSION, Packet, Status
from econtracting.domain.signing import Document


def rows(*, packets: ports.Packets, packet_id: str) -> list[dict[str, Any]]:
    """Every document in packet order, with where to view it. Raises InvalidTransition before sealing."""
    return [
        {
            "document_id": document.document_id,
            "title": document.title,
            "mode": document.mode,
            "pages": document.pages,
            "sha256": document.sealed_sha256,
            "view": f"/packet/documents/{document.document_id}/content?version=sealed",
        }
        for document in _sealed(packets, packet_id)
    ]


def everything(*, packets: ports.Packets, documents: ports.DocumentStore, packet_id: str) -> bytes:
    """All sealed documents, each its own file, so that every seal stays verifiable."""
    return _zip(
        {
            f"{document.position:02d}-{document.document_id}.pdf": documents.read(
                document.sealed_key or "", document.sealed_version
            )
            for document in _sealed(packets, packet_id)
        }
    )


def evidence(*, packets: ports.Packets, documents: ports.DocumentStore, packet_id: str) -> bytes:
    """Sealed documents and the whole audit trail as canonical lines."""
    found = {
        f"documents/{document.position:02d}-{document.document_id}.pdf": documents.read(
            document.sealed_key or "", document.sealed_version
        )
        for document in _sealed(packets, packet_id)
    }
    lines = [canonical(event.model_dump(mode="json")) for event in packets.events(packet_id)]
    found["events.jsonl"] = b"\n".join(lines) + b"\n"
    return _zip(found)


def _sealed(packets: ports.Packets, packet_id: str) -> list[Document]:
    packet: Packet = packets.load(packet_id)
    if packet.status not in AFTER_SUBMISSION or packet.status is Status.SEALING:
        raise InvalidTransition("The documents can be printed once they are sealed.", status=packet.status.value)
    found = [document for document in packets.all_of(Document, packet_id) if document.sealed_key]
    return sorted(found, key=lambda document: document.position)


def _zip(files: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()
