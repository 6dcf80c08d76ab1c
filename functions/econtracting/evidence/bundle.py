"""The evidence package as a ZIP file: sealed documents, audit trail, certificate, signed heads, manifest, verifier.

The same content gives the same bytes. The archive's comment holds the hash of every byte before it, so that an altered
archive is noticed even where the alteration would not change any file.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pydantic import BaseModel

from econtracting.domain.audit import ChainedEvent, canonical
from econtracting.domain.record import Record
from econtracting.domain.signing.documents import Mode, SealLevel
from econtracting.evidence.checkpoint import PACKAGES, Checkpoint

FORMAT = PACKAGES
DAILY_FILE = "heads/daily.json"
_HOME = Path(__file__).parent
_COMMENT = b"econtracting-evidence sha256:"
_COMMENT_LENGTH = len(_COMMENT) + 64


class EvidenceDocument(Record):
    """A sealed document. ``frozen_size`` counts the bytes that were shown, with which the sealed file begins."""

    code: str
    title: str
    mode: Mode
    position: int
    frozen_sha256: str
    frozen_size: int
    sealed_sha256: str
    level: SealLevel
    content: bytes

    @property
    def file(self) -> str:
        return f"documents/{self.position:02d}-{self.code}.pdf"


def superseded_file(generation: int, document: EvidenceDocument) -> str:
    return f"superseded/{generation:02d}/{document.position:02d}-{document.code}.pdf"


def stamped_file(position: int, code: str) -> str:
    return f"stamped/{position:02d}-{code}.pdf"


def earlier_file(number: int, what: Literal["certificate", "checkpoint"]) -> str:
    return f"earlier/{number:02d}-{what}.json"


def milestone_file(name: str) -> str:
    return f"milestones/{name}"


class Evidence(Record):
    """What an evidence package is made of.

    ``completion`` is the JSON twin of the certificate of completion; the certificate itself is one of the documents.
    ``stamped`` are copies of sealed documents that were given an authority's time later, by file. ``superseded`` are
    the documents, by generation, whose places corrected ones have taken. ``proofs`` are further files that are kept as
    they are: signed milestones, the daily head, and the facts and checkpoints of earlier sealings, by file.
    """

    packet_id: str
    carrier: str
    documents: Sequence[EvidenceDocument]
    events: Sequence[ChainedEvent]
    completion: bytes
    seal_certificate_pem: bytes
    checkpoint: Checkpoint
    stamped: Mapping[str, bytes] = {}
    superseded: Mapping[int, Sequence[EvidenceDocument]] = {}
    earlier_certificates_pem: Sequence[bytes] = ()
    proofs: Mapping[str, bytes] = {}


class IndexedDocument(Record):
    """A document as ``packet.json`` lists it; the file is named by its place in the package."""

    code: str
    title: str
    mode: Mode
    position: int
    frozen_sha256: str
    frozen_size: int
    sealed_sha256: str
    level: SealLevel
    file: str


class Index(Record):
    """``packet.json``: which documents the package holds, and which of them corrected ones have replaced."""

    packet_id: str
    carrier: str
    documents: tuple[IndexedDocument, ...]
    superseded: tuple[IndexedDocument, ...]


class FileSum(Record):
    """What the manifest says of a file. ``size`` counts bytes."""

    sha256: str
    size: int


class Manifest(Record):
    """``manifest.json``: every other file of the package."""

    format: int = FORMAT
    files: dict[str, FileSum]


Attest = Callable[[str], bytes | None]


def build(given: Evidence, attest: Attest | None = None) -> bytes:
    """The evidence package. `attest` answers the signed statement about a manifest's SHA-256, None if there is none."""
    files = {document.file: document.content for document in given.documents} | dict(given.stamped) | dict(given.proofs)
    replaced = {
        superseded_file(generation, document): document
        for generation, found in given.superseded.items()
        for document in found
    }
    files |= {file: document.content for file, document in replaced.items()}
    before = enumerate(given.earlier_certificates_pem, start=1)
    files |= {f"seal-certificate-before-{n}.pem": pem for n, pem in before}
    index = Index(
        packet_id=given.packet_id,
        carrier=given.carrier,
        documents=tuple(_row(document, document.file) for document in given.documents),
        superseded=tuple(_row(document, file) for file, document in replaced.items()),
    )
    files |= {
        "packet.json": _text(index),
        "events.jsonl": b"".join(_text(event) + b"\n" for event in given.events),
        "certificate.json": given.completion,
        "seal-certificate.pem": given.seal_certificate_pem,
        "checkpoint.json": given.checkpoint.text(),
        "README.txt": (_HOME / "README.txt").read_bytes(),
        "econtracting_verify.py": (_HOME / "econtracting_verify.py").read_bytes(),
    }
    sums = {
        name: FileSum(sha256=hashlib.sha256(content).hexdigest(), size=len(content)) for name, content in files.items()
    }
    files["manifest.json"] = _text(Manifest(files=sums))
    if attest is not None and (export := attest(hashlib.sha256(files["manifest.json"]).hexdigest())):
        files["export.json"] = export
    return _sealed_archive(files)


def _text(value: BaseModel) -> bytes:
    return canonical(value.model_dump(mode="json"))


def _row(document: EvidenceDocument, file: str) -> IndexedDocument:
    return IndexedDocument(**document.model_dump(exclude={"content"}), file=file)


def _sealed_archive(files: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name in sorted(files):
            entry = ZipInfo(name)  # dated 1980-01-01, so that building twice gives the same bytes
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    # The last two bytes of an archive without a comment count the comment's length.
    body = target.getvalue()[:-2] + struct.pack("<H", _COMMENT_LENGTH)
    return body + _COMMENT + hashlib.sha256(body).hexdigest().encode()
