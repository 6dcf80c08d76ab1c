#!/usr/bin/env python3
"""Checks an evidence package without a network: audit chain, hashes, shown bytes, seals and signatures.

usage: econtracting_verify.py [EVIDENCE.zip | FOLDER] [--certificate CARRIER.pem]

Prints one line per check. Exit code 0: everything holds. 1: something does not. 2: what could be checked holds, but the
signatures were not, because the Python packages cryptography and asn1crypto are not installed.

This file stands alone on purpose: it uses nothing of the system that made the package.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

try:
    from asn1crypto import cms, tsp  # noqa: F401 - tsp teaches cms the attribute that binds a signature to its certificate
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding

    SIGNATURES = True
except ImportError:
    SIGNATURES = False

COMMENT = re.compile(rb"econtracting-evidence sha256:([0-9a-f]{64})\Z")
GENESIS = "0" * 64
MANIFEST = "manifest.json"


class Wrong(Exception):
    """A check that does not hold, in one sentence."""


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def must(holds: bool, sentence: str) -> None:
    if not holds:
        raise Wrong(sentence)


# --- reading the package -------------------------------------------------------------------------------------------


def read_archive(path: Path) -> dict[str, bytes]:
    """The files of a ZIP; Wrong when any byte of the archive differs from what its comment promises."""
    content = path.read_bytes()
    match = COMMENT.search(content)
    must(match is not None, "the archive does not end with the hash of its content")
    assert match is not None
    must(sha256(content[: match.start()]) == match[1].decode(), "the archive was altered: its hash is another")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        must(len(names) == len(set(names)), "the archive holds a file twice")
        return {name: archive.read(name) for name in names}


def read_folder(path: Path) -> dict[str, bytes]:
    files = (file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


def canonical_json(files: dict[str, bytes], name: str) -> Any:
    must(name in files, f"{name} is missing")
    try:
        value = json.loads(files[name])
    except ValueError:
        raise Wrong(f"{name} is not JSON") from None
    must(canonical(value) == files[name], f"{name} is not in the form it was written in")
    return value


# --- one function per check: returns the sentence to print -----------------------------------------------------------


def check_files(files: dict[str, bytes]) -> str:
    manifest = canonical_json(files, MANIFEST)
    must(manifest.get("format") == 1 and set(manifest) == {"format", "files"}, "the manifest has an unknown format")
    expected = manifest["files"]
    missing, extra = sorted(set(expected) - set(files)), sorted(set(files) - set(expected) - {MANIFEST})
    must(not missing, f"missing from the package: {', '.join(missing)}")
    must(not extra, f"not of this package: {', '.join(extra)}")
    for name, row in expected.items():
        found = {"sha256": sha256(files[name]), "size": len(files[name])}
        must(found == row, f"{name} is not the file the manifest names")
    return f"all {len(expected)} files are the ones the manifest names"


def check_chain(files: dict[str, bytes]) -> str:
    head, seq = GENESIS, 0
    for event, line in zip(events_of(files), files["events.jsonl"].splitlines(keepends=True), strict=True):
        seq += 1
        must(canonical(event) + b"\n" == line, f"audit event {seq} is not in the form it was written in")
        must(event.get("seq") == seq, f"audit event {seq} is out of order or one is missing")
        must(event.get("prev_hash") == head, f"audit event {seq} does not follow the one before it")
        body = {name: value for name, value in event.items() if name not in ("hash", "prev_hash")}
        head = sha256(bytes.fromhex(head) + canonical(body))
        must(event.get("hash") == head, f"audit event {seq} was altered")
    must(seq > 0, "the audit trail is empty")
    return f"{seq} audit events form one unbroken chain, head {head[:16]}…"


def events_of(files: dict[str, bytes]) -> list[dict[str, Any]]:
    must("events.jsonl" in files, "events.jsonl is missing")
    try:
        return [json.loads(line) for line in files["events.jsonl"].splitlines()]
    except ValueError:
        raise Wrong("an audit event is not JSON") from None


def check_packet(files: dict[str, bytes]) -> str:
    packet = canonical_json(files, "packet.json")
    strangers = {event.get("packet_id") for event in events_of(files)} - {packet["packet_id"]}
    must(not strangers, "the audit trail has events of another packet")
    certified = canonical_json(files, "certificate.json")
    must(certified["packet"]["id"] == packet["packet_id"], "the certificate is of another packet")
    return f"everything is of packet {packet['packet_id']} of {packet['carrier']}"


def check_document(row: dict[str, Any], files: dict[str, bytes]) -> str:
    """The bytes that were shown, the bytes that were sealed, and what the audit trail says of both."""
    content, shown = files.get(row["file"], b""), row["frozen_size"]
    must(sha256(content) == row["sealed_sha256"], "is not the file that was sealed")
    must(0 < shown <= len(content), "is shorter than what was shown")
    must(sha256(content[:shown]) == row["frozen_sha256"], "does not begin with the bytes that were shown")
    recorded = recorded_hashes(files)
    must(recorded["packet.sealed"].get(row["code"]) == row["sealed_sha256"], "is not the one the audit trail sealed")
    if not is_completion(row, files):  # the certificate of completion is made after the others were shown
        must(recorded["packet.frozen"].get(row["code"]) == row["frozen_sha256"], "is not the one the audit trail froze")
    return "begins with the bytes that were shown, and is the file the audit trail names"


def check_superseded(row: dict[str, Any], files: dict[str, bytes]) -> str:
    """A document as it was signed before a correction took its place: the trail froze and sealed it then."""
    content, shown = files.get(row["file"], b""), row["frozen_size"]
    must(sha256(content) == row["sealed_sha256"], "is not the file that was sealed")
    must(0 < shown <= len(content), "is shorter than what was shown")
    must(sha256(content[:shown]) == row["frozen_sha256"], "does not begin with the bytes that were shown")
    then = [event for event in events_of(files) if event["type"] == "packet.sealed"][:-1]
    sealed = [event["data"]["documents"].get(row["code"]) for event in then]
    must(row["sealed_sha256"] in sealed, "is not one the audit trail sealed before")
    return "begins with the bytes that were shown, and is a file the audit trail sealed before it was corrected"


def check_stamped(row: dict[str, Any], files: dict[str, bytes]) -> str | None:
    """A copy that was given an authority's time after it was sealed; most packages have none."""
    name = row["file"].replace("documents/", "stamped/", 1)
    if name not in files:
        return None
    must(files[name].startswith(files[row["file"]]), "has a stamped copy that is not the sealed file")
    recorded = recorded_hashes(files)["packet.timestamped"].get(row["code"])
    must(sha256(files[name]) == recorded, "has a stamped copy that the audit trail does not name")
    return "has a copy stamped later, which begins with the sealed file; the stamp itself is not judged here"


def recorded_hashes(files: dict[str, bytes]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"packet.frozen": {}, "packet.sealed": {}, "packet.timestamped": {}}
    for event in events_of(files):
        if event["type"] in found:
            found[event["type"]].update(event["data"]["documents"])
    return found


def is_completion(row: dict[str, Any], files: dict[str, bytes]) -> bool:
    return row["code"] not in {document["code"] for document in canonical_json(files, "certificate.json")["documents"]}


def check_completion(files: dict[str, bytes]) -> str:
    """The certificate of completion says of every document and of the audit trail what they are."""
    certified = canonical_json(files, "certificate.json")
    rows = {row["code"]: row for row in canonical_json(files, "packet.json")["documents"]}
    own = [row for row in rows.values() if is_completion(row, files)]
    must(len(own) == 1, "there is not exactly one certificate of completion")
    must(attached(files[own[0]["file"]], files["certificate.json"]), "the facts attached to the certificate are others")
    for document in certified["documents"]:
        row = rows.get(document["code"])
        must(row is not None, f"{document['code']} is certified and missing")
        assert row is not None
        for name in ("frozen_sha256", "sealed_sha256"):
            must(document[name] == row[name], f"{document['code']} is not the certified one")
    events = {event["seq"]: event for event in events_of(files)}
    last = events.get(certified["log"]["last_seq"], {})
    must(last.get("hash") == certified["log"]["head"], "the audit trail is not the certified one")
    facts = {event["data"].get("certificate") for event in events.values() if event["type"] == "packet.sealed"}
    must(sha256(files["certificate.json"]) in facts, "the audit trail does not name this certificate")
    return (
        f"the certificate of completion names {len(certified['documents'])} documents and the audit trail as they are"
    )


def attached(pdf: bytes, expected: bytes) -> bool:
    """Whether one of a PDF's compressed streams is exactly these bytes."""
    for start in re.finditer(rb"stream\r?\n", pdf):
        try:
            if zlib.decompressobj().decompress(pdf[start.end() :], len(expected) + 1) == expected:
                return True
        except zlib.error:
            continue
    return False


def check_checkpoint(files: dict[str, bytes], signer: Any) -> str:
    checkpoint = canonical_json(files, "checkpoint.json")
    event = {event["seq"]: event for event in events_of(files)}.get(checkpoint["seq"], {})
    must(event.get("hash") == checkpoint["head"], "the checkpoint is of another audit trail")
    must(event.get("packet_id") == checkpoint["packet_id"], "the checkpoint is of another packet")
    statement = canonical({name: value for name, value in checkpoint.items() if name != "signature"})
    if signer is not None:
        verified(signer.public_key(), bytes.fromhex(checkpoint["signature"]), statement, "the checkpoint's signature")
    later = len(events_of(files)) - checkpoint["seq"]
    tail = f"; {later} later events are chained, not yet signed" if later else ""
    signed = "is signed by the sealing key" if signer is not None else "has a signature, which was not checked"
    return f"the head of the audit trail at event {checkpoint['seq']} {signed}{tail}"


# --- signatures ------------------------------------------------------------------------------------------------------


def verified(key: Any, signature: bytes, message: bytes, what: str) -> None:
    try:
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Wrong(f"{what} does not verify") from None


def check_seal(content: bytes, level: str, signers: list[Any]) -> str:
    """The seal over the whole file: its range, its hash, its signature, and whose key made it."""
    ranges = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", content)
    must(bool(ranges), "carries no seal")
    before, length, after, rest = (int(number) for number in ranges[0])
    must(before == 0 and 0 < length < after and after + rest <= len(content), "has a seal over a range that cannot be")
    if level in ("B-B", "B-T"):
        must(len(ranges) == 1 and after + rest == len(content), "was changed after it was sealed")
    gap = content[length:after]
    must(gap[:1] == b"<" and gap[-1:] == b">", "has a seal that leaves out more than the signature")
    try:
        message = cms.ContentInfo.load(bytes.fromhex(gap[1:-1].decode()))["content"]
        return check_message(message, content[:length] + content[after : after + rest], signers)
    except (ValueError, TypeError, KeyError, IndexError):
        raise Wrong("has a seal that cannot be read") from None


def check_message(message: Any, covered: bytes, signers: list[Any]) -> str:
    info = message["signer_infos"][0]
    attributes = {row["type"].native: row["values"] for row in info["signed_attrs"]}
    must(attributes["message_digest"][0].native == hashlib.sha256(covered).digest(), "was altered after it was sealed")
    carried = [choice.chosen.dump() for choice in message["certificates"]]
    signer = next((one for one in signers if one.public_bytes(Encoding.DER) in carried), None)
    must(signer is not None, "is sealed with another certificate")
    assert signer is not None
    own = signer.public_bytes(Encoding.DER)
    bound = attributes["signing_certificate_v2"][0]["certs"][0]["cert_hash"].native
    must(bound == hashlib.sha256(own).digest(), "has a seal that is bound to another certificate")
    must(info["signature_algorithm"].signature_algo == "ecdsa", "is sealed with an unexpected algorithm")
    verified(signer.public_key(), info["signature"].native, info["signed_attrs"].untag().dump(), "its seal")
    return "the seal covers the whole file and verifies" + stamped(info)


def stamped(info: Any) -> str:
    """What an independent authority's timestamp says, if the seal carries one. The authority is not judged here."""
    for row in info["unsigned_attrs"] or []:
        if row["type"].native == "signature_time_stamp_token":
            token = row["values"][0]["content"]["encap_content_info"]["content"].parsed
            imprint, algorithm = token["message_imprint"]["hashed_message"], token["message_imprint"]["hash_algorithm"]
            signature = hashlib.new(algorithm["algorithm"].native, info["signature"].native).digest()
            must(imprint.native == signature, "carries a timestamp of another seal")
            return f"; stamped {token['gen_time'].native.isoformat()} by an authority that is not judged here"
    return ""


def load_signers(files: dict[str, bytes], pinned: list[Path]) -> list[Any]:
    """The sealing certificates of the package, today's first; Wrong when one is not among those the caller trusts."""
    names = ["seal-certificate.pem", *sorted(name for name in files if name.startswith("seal-certificate-before-"))]
    certificates = [x509.load_pem_x509_certificate(files[name]) for name in names]
    if pinned:
        trusted = [x509.load_pem_x509_certificate(path.read_bytes()) for path in pinned]
        must(all(one in trusted for one in certificates), "a sealing certificate is not one that you gave")
    certificate = certificates[0]
    certified = canonical_json(files, "certificate.json")["seal"]["certificate_sha256"]
    must(
        certificate.fingerprint(hashes.SHA256()).hex() == certified, "the sealing certificate is not the certified one"
    )
    return certificates


def fingerprint(files: dict[str, bytes]) -> str:
    body = re.search(rb"-----BEGIN CERTIFICATE-----(.+?)-----END", files["seal-certificate.pem"], re.DOTALL)
    must(body is not None, "seal-certificate.pem holds no certificate")
    assert body is not None
    found = sha256(base64.b64decode(body[1]))
    certified = canonical_json(files, "certificate.json")["seal"]["certificate_sha256"]
    must(found == certified, "the sealing certificate is not the certified one")
    return f"the sealing certificate is the certified one, SHA-256 {found}"


# --- the run ---------------------------------------------------------------------------------------------------------


class Report:
    def __init__(self) -> None:
        self.failed = 0
        self.done = 0

    def run(self, name: str, check: Any, *arguments: Any) -> Any:
        """Runs a check and prints its line. An answer that cannot be read counts as one that does not hold."""
        try:
            answer = check(*arguments)
        except Wrong as wrong:
            return self.fail(name, str(wrong))
        except Exception as error:  # a damaged package may break a check in any way
            return self.fail(name, f"cannot be read ({type(error).__name__})")
        if isinstance(answer, str):
            self.done += 1
            print(f"ok    {name}: {answer}")
        return answer

    def fail(self, name: str, sentence: str) -> None:
        self.failed += 1
        print(f"FAIL  {name}: {sentence}")


def verify(source: Path, *pinned: Path) -> int:
    report = Report()
    files = report.run("package", read_folder if source.is_dir() else read_archive, source)
    return 1 if files is None else verify_files(files, report, *pinned)


def verify_files(files: dict[str, bytes], report: Report, *pinned: Path) -> int:
    report.run("files", check_files, files)
    report.run("packet", check_packet, files)
    report.run("audit trail", check_chain, files)
    report.run("certificate", fingerprint, files)
    signers = (report.run("certificate", load_signers, files, list(pinned)) if SIGNATURES else None) or []
    report.run("checkpoint", check_checkpoint, files, signers[0] if signers else None)
    rows = report.run("documents", lambda: canonical_json(files, "packet.json")["documents"]) or []
    for row in rows:
        name = str(row.get("code"))
        report.run(name, check_document, row, files)
        report.run(name, check_stamped, row, files)
        if signers:
            report.run(name, check_seal, files.get(str(row.get("file")), b""), row.get("level"), signers)
    for row in report.run("documents", lambda: canonical_json(files, "packet.json").get("superseded", [])) or []:
        report.run(str(row.get("file")), check_superseded, row, files)
        if signers:
            content = files.get(str(row.get("file")), b"")
            report.run(str(row.get("file")), check_seal, content, row.get("level"), signers)
    report.run("completion", check_completion, files)
    if report.failed:
        print(f"{report.failed} checks do not hold. Do not rely on this package.")
        return 1
    if not SIGNATURES:
        print("Hashes and chain hold. SIGNATURES WERE NOT CHECKED: pip install cryptography asn1crypto")
        return 2
    print(f"All {report.done} checks hold.")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks an evidence package without a network.")
    parser.add_argument("package", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument(
        "--certificate",
        type=Path,
        action="append",
        default=[],
        help="the carrier's sealing certificate, from a source you trust; once more for each earlier one",
    )
    arguments = parser.parse_args()
    return verify(arguments.package, *arguments.certificate)


if __name__ == "__main__":
    sys.exit(main())
