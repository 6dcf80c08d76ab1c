"""A small finished packet as an evidence package: three documents, a milestone, a daily head, signed as a whole."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from econtracting.adapters.pades import PadesSeal
from econtracting.adapters.render import TypstRenderer
from econtracting.adapters.statements import KmsStatements
from econtracting.domain.audit import Actor, ChainedEvent, Event, EventType, canonical, chain
from econtracting.domain.signing import heads
from econtracting.domain.signing.completion import CertifiedDocument, LogFacts, SealFacts
from econtracting.evidence import checkpoint, econtracting_verify
from econtracting.evidence.bundle import DAILY_FILE, Evidence, EvidenceDocument, build, milestone_file
from tests.support.certified import CERTIFICATE
from tests.support.paperwork import AT, FACTS, SealingKey, marks_for

PACKET_ID = CERTIFICATE.packet.id
CARRIER = CERTIFICATE.packet.carrier
AGENT = Actor(kind="agent", id="session", address="203.0.113.9", user_agent="Firefox")
DAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Package:
    archive: bytes
    key: SealingKey

    def files(self) -> dict[str, bytes]:
        return unpacked(self.archive)


def unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(archive)) as package:
        return {name: package.read(name) for name in package.namelist()}


def event(kind: str, **data: Any) -> Event:
    return Event(type=EventType(kind), at=AT, actor=AGENT, data=data)


def packaged(key: SealingKey) -> Package:
    """The package as it is handed out today."""
    given, attest = evidence(key)
    return Package(build(given, attest), key)


def evidence(key: SealingKey) -> tuple[Evidence, Callable[[str], bytes]]:
    """What the package is made of, and who signs it as a whole."""
    seal, renderer = PadesSeal(key.kms, key.key_id, key.certificate_pem), TypstRenderer()
    documents: list[EvidenceDocument] = []

    def sealed(code: str, mode: Any, facts: dict[str, Any]) -> EvidenceDocument:
        frozen = renderer.render("meridian", code, facts, AT)
        made = seal.seal(frozen.content, marks_for(frozen), document_id=code, title=code, at=AT)
        documents.append(
            EvidenceDocument(
                code=code,
                title=code.title(),
                mode=mode,
                position=len(documents) + 1,
                frozen_sha256=frozen.sha256,
                frozen_size=len(frozen.content),
                sealed_sha256=made.sha256,
                level=made.level,
                content=made.content,
            )
        )
        return documents[-1]

    application = sealed("application", "sign", FACTS)
    summary = sealed("summary", "generated", FACTS)
    events = chain(
        PACKET_ID,
        0,
        "0" * 64,
        [
            event("invitation.created"),
            event("packet.frozen", documents={row.code: row.frozen_sha256 for row in (application, summary)}),
            event("document.tag_signed", document="application", field="signature"),
            event("packet.finished"),
        ],
    )
    facts = CERTIFICATE.model_copy(
        update={
            "documents": tuple(
                CertifiedDocument(
                    code=row.code,
                    title=row.title,
                    mode=row.mode,
                    version="1.0",
                    pages=1,
                    frozen_sha256=row.frozen_sha256,
                    sealed_sha256=row.sealed_sha256,
                )
                for row in (application, summary)
            ),
            "seal": SealFacts.model_validate(seal.identity()),
            "log": LogFacts(first_seq=1, last_seq=events[-1].seq, head=events[-1].hash),
        }
    )
    sealed("certificate", "generated", {**FACTS, "certificate": facts.model_dump(mode="json")})
    made_later = [
        event("packet.sealed", documents={row.code: row.sealed_sha256 for row in documents}, certificate=facts.sha256)
    ]
    events += chain(PACKET_ID, events[-1].seq, events[-1].hash, made_later)
    signed = checkpoint.take(events, AT, seal.sign)
    later = [event("bgc.ordered"), event("decision.made", decision="proceed"), event("access.login_ok")]
    events += chain(PACKET_ID, events[-1].seq, events[-1].hash, later)
    signer = KmsStatements(key.kms, key.key_id, key.certificate_pem)
    milestone = milestone_of(signer, events[6])
    proof = proof_over(signer, events[6])
    given = Evidence(
        packet_id=PACKET_ID,
        carrier=CARRIER,
        documents=documents,
        events=events,
        completion=facts.twin(),
        seal_certificate_pem=key.certificate_pem,
        checkpoint=signed,
        proofs={milestone[0]: milestone[1], DAILY_FILE: proof.text()},
    )
    return given, lambda manifest: export_of(signer, events[-1], manifest, proof)


def milestone_of(signer: KmsStatements, event: ChainedEvent) -> tuple[str, bytes]:
    """The statement about an event, by its file."""
    loose = heads.Milestone(
        packet_id=event.packet_id,
        seq=event.seq,
        head=event.hash,
        at=AT,
        certificate_sha256=signer.certificate_sha256(),
    )
    return milestone_file(f"{event.seq:06d}-{event.hash}.json"), heads.signed(loose, signer.sign).text()


def proof_over(signer: KmsStatements, event: ChainedEvent, day: date = DAY) -> heads.Proof:
    """A daily head over this packet and four others."""
    own = heads.Entry(packet_id=event.packet_id, seq=event.seq, head=event.hash)
    others = [heads.Entry(packet_id=f"pkt_{n}", seq=n, head=f"{n}" * 64) for n in range(1, 5)]
    entries = [one.text() for one in [*others[:2], own, *others[2:]]]
    loose = heads.DailyHead(
        day=day,
        taken_at=AT,
        packets=5,
        roots=(heads.root([]), heads.root(entries)),
        previous=None,
        certificate_sha256=signer.certificate_sha256(),
    )
    return heads.Proof(head=heads.signed(loose, signer.sign), entry=own, shard=1, path=heads.path(entries, 2))


def export_of(signer: KmsStatements, event: ChainedEvent, manifest: str, proof: heads.Proof | None) -> bytes:
    daily = proof and heads.NamedHead(day=proof.head.day, sha256=hashlib.sha256(proof.head.text()).hexdigest())
    loose = heads.Export(
        packet_id=event.packet_id,
        seq=event.seq,
        head=event.hash,
        at=AT,
        manifest=manifest,
        daily=daily,
        certificate_sha256=signer.certificate_sha256(),
    )
    return heads.signed(loose, signer.sign).text()


def judged(files: dict[str, bytes]) -> int:
    return econtracting_verify.verify_files(files, econtracting_verify.Report())


def with_manifest(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with a manifest written anew, as anyone can."""
    given = {name: content for name, content in files.items() if name not in ("manifest.json", "export.json")}
    sums = {name: {"sha256": hashlib.sha256(one).hexdigest(), "size": len(one)} for name, one in given.items()}
    form = json.loads(files["manifest.json"])["format"]
    return {**files, "manifest.json": canonical({"format": form, "files": sums})}


def rewritten(events: bytes, change: Callable[[list[dict[str, Any]]], None]) -> bytes:
    """The audit trail with a change, and every hash after it made again, as a forger would."""
    rows = [json.loads(line) for line in events.splitlines()]
    change(rows)
    head, lines = "0" * 64, []
    for seq, row in enumerate(rows, 1):
        body = {name: value for name, value in row.items() if name not in ("hash", "prev_hash")} | {"seq": seq}
        linked = {**body, "prev_hash": head}
        head = hashlib.sha256(bytes.fromhex(head) + canonical(body)).hexdigest()
        lines.append(canonical({**linked, "hash": head}) + b"\n")
    return b"".join(lines)
