"""The print packet and the evidence package of a sealed packet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from econtracting import ports
from econtracting.domain.audit import ChainedEvent, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.need_to_know import trail_as_seen
from econtracting.domain.packet import Packet
from econtracting.domain.signing.signing import Completion, Document, Place, SupersededDocument
from econtracting.evidence import bundle
from econtracting.evidence.checkpoint import Checkpoint
from econtracting.usecases.commit.standing import the_agent
from econtracting.usecases.signing.heads import milestone_seq, milestones_of, proof_of
from econtracting.views.printing import PrintRowView


@dataclass(frozen=True)
class Printing:
    """What the agent of a sealed packet can take along. Everything raises InvalidTransition before sealing."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    documents: ports.DocumentStore
    binder: ports.Binder
    head_signing: ports.HeadSigning
    clock: ports.Clock
    home: tzinfo  # the carrier's zone

    def rows(self, agent: Agent) -> list[PrintRowView]:
        """Every document in packet order, with where to view it, and what to do with one that is completed on paper."""
        packet, found, _ = _load_sealed(self.packets, agent.packet_id)
        definition = self.packet_types(packet.type)
        instructions = {row.code: row.instructions for row in definition.documents}
        return [
            PrintRowView(
                document_id=document.document_id,
                title=definition.readable(document.title),
                mode=document.mode,
                pages=document.pages,
                sha256=document.final[2],
                sealed_at=document.sealed_at,
                seal_level=document.sealed_level,
                stamp=document.stamp_state,
                instructions=instructions.get(document.document_id),
                view=f"/packet/documents/{document.document_id}/content?version=sealed",
            )
            for document in found
        ]

    def archive(self, agent: Agent) -> bytes:
        """All sealed documents, each its own file, so that every seal stays verifiable."""
        target = BytesIO()
        with ZipFile(target, "w", ZIP_DEFLATED) as together:
            for document, content in _contents(self.documents, _load_sealed(self.packets, agent.packet_id)[1]):
                entry = ZipInfo(
                    f"{document.position:02d}-{document.document_id}.pdf"
                )  # undated: it is the same each time
                entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
                together.writestr(entry, content)
        return target.getvalue()

    def volume(self, agent: Agent) -> bytes:
        """All pages in one PDF for reading and printing, with each sealed document attached as its own file."""
        packet, found, _ = _load_sealed(self.packets, agent.packet_id)
        return self.binder.bind(
            [
                ports.BoundDocument(f"{document.position:02d}-{document.document_id}.pdf", document.title, content)
                for document, content in _contents(self.documents, found)
            ],
            title=f"Contracting packet {packet.id}",
        )

    def evidence(self, agent: Agent) -> bytes:
        """Everything a stranger needs to check the packet without a network or an account, signed as a whole.

        Where the audit trail contradicts what was signed of it there is no such signature, and the package shows it.
        """
        packet, found, proofs = _load_sealed(self.packets, agent.packet_id)
        milestones = self.documents.names(milestones_of(packet.id))  # before the trail, which only grows
        daily = proof_of(self.documents, packet.id, self.clock.now(), self.home)
        events = trail_as_seen(self.packets.events(packet.id), packet, the_agent(self.packets, packet))
        told = {code for one in events if one.type == EventType.PACKET_TIMESTAMPED for code in one.data["documents"]}
        trail = ports.Trail(packet.id, events[-1].seq, events[-1].hash)
        # What was signed beyond the trail that is shown would tell that there is more.
        milestones = [key for key in milestones if milestone_seq(packet.id, key) <= trail.seq]
        daily = daily if daily is not None and daily.entry.seq <= trail.seq else None
        named = None if daily is None else (daily.head.day, sha256(daily.head.text()).hexdigest())
        superseded = [one for one in self.packets.all_of(SupersededDocument, packet.id) if one.sealed_key]

        def read(place: Place) -> bytes:
            return self.documents.read(place.key, place.version)

        return bundle.build(
            bundle.Evidence(
                packet_id=packet.id,
                carrier=self.packet_types(packet.type).carrier.name,
                documents=_evidence(self.documents, found),
                superseded={
                    generation: _evidence(self.documents, [one for one in superseded if one.generation == generation])
                    for generation in sorted({one.generation for one in superseded})
                },
                stamped={
                    bundle.stamped_file(document.position, document.document_id): content
                    for document, content in _contents(
                        self.documents, [one for one in found if one.document_id in told]
                    )
                },
                events=events,
                completion=read(proofs.facts),
                seal_certificate_pem=read(proofs.certificate),
                earlier_certificates_pem=[read(place) for place in proofs.earlier_certificates],
                checkpoint=Checkpoint.model_validate_json(read(proofs.checkpoint)),
                proofs={
                    **_earlier(self.documents, packet.id, events),
                    **{
                        bundle.milestone_file(key.removeprefix(milestones_of(packet.id))): self.documents.read(key)
                        for key in milestones
                    },
                    **({} if daily is None else {bundle.DAILY_FILE: daily.text()}),
                },
            ),
            attest=lambda manifest: self.head_signing.export(trail, manifest, named),
        )


def _earlier(documents: ports.DocumentStore, packet_id: str, events: Sequence[ChainedEvent]) -> Mapping[str, bytes]:
    """Facts and checkpoint of every sealing before the last one, found by what its event names."""
    sealings = [event for event in events if event.type == EventType.PACKET_SEALED]
    found: dict[str, bytes] = {}
    for number, event in enumerate(sealings[:-1], start=1):
        place = f"completions/{packet_id}/"
        found[bundle.earlier_file(number, "certificate")] = documents.read(f"{place}{event.data['certificate']}.json")
        found[bundle.earlier_file(number, "checkpoint")] = documents.read(f"{place}{event.hash}.json")
    return found


def _contents(documents: ports.DocumentStore, found: list[Document]) -> Iterator[tuple[Document, bytes]]:
    for document in found:
        key, version, _ = document.final
        yield document, documents.read(key, version)


def _evidence(documents: ports.DocumentStore, found: Sequence[Document]) -> list[bundle.EvidenceDocument]:
    return [
        bundle.EvidenceDocument(
            code=document.document_id,
            title=document.title,
            mode=document.mode,
            position=document.position,
            frozen_sha256=document.sha256,
            frozen_size=document.size,
            sealed_sha256=document.sealed_sha256 or "",
            level=document.sealed_level or "B-B",
            content=documents.read(document.sealed_key or "", document.sealed_version),
        )
        for document in found
    ]


def _load_sealed(packets: ports.Packets, packet_id: str) -> tuple[Packet, list[Document], Completion]:
    """Raises InvalidTransition while the packet, or its correction, is not sealed."""
    packet, proofs = packets.load(packet_id), packets.find(Completion, packet_id)
    if proofs is None or proofs.generation != packet.generation:
        raise InvalidTransition("The documents can be printed once they are sealed.", status=packet.status.value)
    found = [document for document in packets.all_of(Document, packet_id) if document.sealed_key]
    return packet, sorted(found, key=lambda document: document.position), proofs
