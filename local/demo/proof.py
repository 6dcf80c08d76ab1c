"""What a stranger can check of a sealed packet without asking anyone: seals, frozen beginnings, the event chain."""

import asyncio
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from local.demo.client import verify

GENESIS = "0" * 64


def text_of(pdf: bytes) -> str:
    """The text of a document, as someone reading it sees it."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def check_seal(title: str, sealed: bytes) -> str:
    """Verify a sealed document's last signature; returns the signer's name."""
    reader = PdfFileReader(BytesIO(sealed))
    signatures = reader.embedded_signatures
    verify(bool(signatures), f"{title} is sealed")
    seal = signatures[-1]
    # Our own certificate is no authority of the world; the proof is integrity by the key that it names.
    trust = ValidationContext(trust_roots=[seal.signer_cert, *seal.other_embedded_certs], allow_fetching=False)
    status = asyncio.run(async_validate_pdf_signature(seal, trust))
    verify(status.intact and status.valid, f"the seal of {title} holds", status.pretty_print_details())
    verify(status.trusted, f"the seal of {title} names its certificate", status.pretty_print_details())
    verify(status.coverage == SignatureCoverageLevel.ENTIRE_FILE, f"the seal covers all of {title}", status.coverage)
    subject: str = seal.signer_cert.subject.human_friendly
    return subject


def check_with_another_reader(title: str, sealed: bytes) -> bool:
    """Let poppler's pdfsig judge the seal, where it is installed."""
    if shutil.which("pdfsig") is None:
        return False
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(sealed)
        file.flush()
        told = subprocess.run(["pdfsig", "-nocert", file.name], capture_output=True, text=True).stdout
    verify("Signature is Valid" in told, f"pdfsig finds the seal of {title} valid", told)
    verify("Total document signed" in told, f"pdfsig finds all of {title} sealed", told)
    return True


def check_frozen_beginning(title: str, frozen: bytes, sealed: bytes) -> None:
    """The sealed file begins with exactly the bytes that were shown before the signature."""
    verify(sealed.startswith(frozen), f"the sealed {title} begins with the bytes that were shown")
    verify(len(sealed) > len(frozen), f"the sealed {title} holds more than what was shown")


def check_chain(events: Sequence[Mapping[str, Any]]) -> str:
    """Recompute the hash chain of the audit trail; returns its head."""
    head = GENESIS
    for number, event in enumerate(events, 1):
        body = {name: value for name, value in event.items() if name not in ("hash", "prev_hash")}
        line = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        verify(event["seq"] == number, "the audit trail has no gap", event["seq"])
        verify(event["prev_hash"] == head, f"audit event {number} follows the one before")
        head = hashlib.sha256(bytes.fromhex(head) + line).hexdigest()
        verify(event["hash"] == head, f"audit event {number} is unaltered")
    return head


def check_evidence(package: bytes, sealed: Mapping[str, str]) -> dict[str, Any]:
    """Verify the evidence package on its own: its chain, its documents, and its verifier where it brings one.

    `sealed` is the SHA-256 of every sealed document by id, as the print packet lists them.
    """
    with ZipFile(BytesIO(package)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    trail = next(name for name in files if name.endswith("events.jsonl"))
    events = [json.loads(line) for line in files[trail].splitlines()]
    head = check_chain(events)
    held = {sha256(content) for content in files.values()}
    missing = [document for document, digest in sealed.items() if digest not in held]
    verify(not missing, "the evidence holds every sealed document", missing)
    return {"events": len(events), "head": head, "files": len(files), "verifier": _run_verifier(files)}


def _run_verifier(files: Mapping[str, bytes]) -> str | None:
    """Run the package's own verifier where nothing else is; None where the package brings none."""
    name = next((name for name in files if name.endswith("verify.py")), None)
    if name is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        done = subprocess.run([sys.executable, "-I", name], cwd=folder, capture_output=True, text=True, timeout=120)
    verify(done.returncode == 0, "the evidence's own verifier is satisfied", done.stdout + done.stderr)
    return done.stdout
