"""The evidence package proves itself to a stranger, and every altered byte is found."""

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from econtracting.adapters import seal_certificate
from econtracting.adapters.pades import PadesSeal
from econtracting.adapters.render import TypstRenderer
from econtracting.evidence import checkpoint, econtracting_verify
from econtracting.evidence.bundle import build
from econtracting.evidence.econtracting_verify import canonical
from tests.support.authority import authority
from tests.support.packages import Package, evidence, judged, packaged, rewritten
from tests.support.paperwork import AT, FACTS, new_key, sealing_key

VERIFIER = Path(econtracting_verify.__file__)


@pytest.fixture(scope="module")
def package() -> Iterator[Package]:
    with sealing_key() as key:
        yield packaged(key)


def altered(files: dict[str, bytes], name: str, change: Callable[[bytes], bytes]) -> dict[str, bytes]:
    """The package with one file changed, and a manifest that was brought in line with it."""
    changed = {**files, name: change(files[name])}
    manifest = json.loads(files["manifest.json"])
    manifest["files"][name] = {"sha256": hashlib.sha256(changed[name]).hexdigest(), "size": len(changed[name])}
    return {**changed, "manifest.json": canonical(manifest)}


def test_an_untouched_package_holds_and_every_check_has_its_line(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "evidence.zip"
    path.write_bytes(package.archive)

    assert econtracting_verify.verify(path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok    ") for line in lines[: lines.index("")])
    assert lines[lines.index("") + 1].startswith("VALID AND ANCHORED.")
    for words in ("one unbroken chain", "application: the seal covers the whole file", "bytes that were shown"):
        assert any(words in line for line in lines)
    assert "daily head of 2026-11-23 over all packets covers events up to 7" in "\n".join(lines)


def test_the_same_content_gives_the_same_archive(package: Package) -> None:
    given, _ = evidence(package.key)
    signed = package.files()["export.json"]

    assert build(given, lambda _: signed) == build(given, lambda _: signed)


def test_any_altered_byte_of_the_archive_is_found(package: Package, tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    size = len(package.archive)
    for position in [*range(0, size, size // 300), *range(size - 150, size)]:
        damaged = bytearray(package.archive)
        damaged[position] ^= 1 << position % 8
        path.write_bytes(damaged)
        assert econtracting_verify.verify(path) == 1, position


def test_any_altered_byte_of_any_unpacked_file_is_found(package: Package) -> None:
    files = package.files()
    for name, content in files.items():
        for position in {*range(0, len(content), max(1, len(content) // 9)), len(content) - 1}:
            damaged = bytearray(content)
            damaged[position] ^= 1 << position % 8
            # A statement that now names another key is no statement of this one: nothing vouches for the package then.
            found = {1, 3} if name == "export.json" else {1}
            assert judged({**files, name: bytes(damaged)}) in found, (name, position)


def test_a_missing_and_a_foreign_file_are_found(package: Package) -> None:
    files = package.files()

    assert judged({name: content for name, content in files.items() if name != "events.jsonl"}) == 1
    assert judged({**files, "note.txt": b"hello"}) == 1


def test_a_trail_forged_with_all_its_hashes_is_found_by_the_signed_head(package: Package) -> None:
    def another_address(rows: list[dict[str, Any]]) -> None:
        rows[2]["actor"]["address"] = "198.51.100.1"

    assert judged(altered(package.files(), "events.jsonl", lambda old: rewritten(old, another_address))) == 1


def test_a_dropped_event_is_found(package: Package) -> None:
    def one_less(rows: list[dict[str, Any]]) -> None:
        del rows[2]

    assert judged(altered(package.files(), "events.jsonl", lambda old: rewritten(old, one_less))) == 1


def test_a_checkpoint_moved_to_a_forged_trail_is_found(package: Package) -> None:
    files = package.files()
    forged = altered(files, "events.jsonl", lambda old: rewritten(old, lambda rows: rows[2]["data"].clear()))
    head = json.loads(forged["events.jsonl"].splitlines()[4])["hash"]

    moved = altered(forged, "checkpoint.json", lambda old: canonical({**json.loads(old), "head": head}))

    assert judged(moved) == 1


def test_a_document_replaced_by_another_sealed_one_is_found(package: Package) -> None:
    files = package.files()
    other = files["documents/02-summary.pdf"]

    assert judged(altered(files, "documents/01-application.pdf", lambda _: other)) == 1


def test_a_document_changed_after_its_seal_with_every_hash_mended_is_found(package: Package) -> None:
    files = package.files()
    longer = files["documents/02-summary.pdf"] + b"\n% a note\n%%EOF\n"
    packet = json.loads(files["packet.json"])
    packet["documents"][1]["sealed_sha256"] = hashlib.sha256(longer).hexdigest()

    forged = altered(files, "documents/02-summary.pdf", lambda _: longer)
    forged = altered(forged, "packet.json", lambda _: canonical(packet))

    assert judged(forged) == 1


def test_seals_of_another_key_do_not_pass_for_the_carriers(package: Package, tmp_path: Path) -> None:
    path, pinned = tmp_path / "evidence.zip", tmp_path / "carrier.pem"
    path.write_bytes(package.archive)
    pinned.write_bytes(new_key(package.key.kms).certificate_pem)

    assert econtracting_verify.verify(path, pinned) == 1
    pinned.write_bytes(package.key.certificate_pem)
    assert econtracting_verify.verify(path, pinned) == 0


def test_a_certificate_swapped_in_the_package_is_found(package: Package) -> None:
    other = new_key(package.key.kms).certificate_pem

    assert judged(altered(package.files(), "seal-certificate.pem", lambda _: other)) == 1


def test_a_timestamped_long_term_seal_is_told_with_its_time(package: Package) -> None:
    issuer = authority(AT)
    key = package.key
    public = load_der_public_key(key.kms.get_public_key(KeyId=key.key_id)["PublicKey"])
    certificate = issuer.issued("Meridian Health Document Seal", public)
    pem = certificate.public_bytes(Encoding.PEM) + issuer.certificate.public_bytes(Encoding.PEM)
    seal = PadesSeal(
        key.kms, key.key_id, pem, level="B-LTA", timestamper=issuer.timestamper(), validation=issuer.validation
    )
    frozen = TypstRenderer().render("meridian", "summary", FACTS, AT)

    content = seal.seal(frozen.content, [], document_id="summary", title="Summary", at=AT).content

    told = econtracting_verify.check_seal(content, "B-LTA", [certificate])
    assert "stamped 2026-11-23T16:05:12+00:00" in told
    with pytest.raises(econtracting_verify.Wrong, match="changed after it was sealed"):
        econtracting_verify.check_seal(content, "B-B", [certificate])


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False, env={"PYTHONUTF8": "1"}
    )


def test_the_verifier_runs_alone_outside_the_project(package: Package, tmp_path: Path) -> None:
    archive = tmp_path / "evidence.zip"
    archive.write_bytes(package.archive)
    with zipfile.ZipFile(archive) as unpacked:
        unpacked.extractall(tmp_path / "unpacked")

    packed = run("-I", VERIFIER, archive)
    folder = run("-I", tmp_path / "unpacked" / "econtracting_verify.py")

    assert packed.returncode == 0, packed.stdout + packed.stderr
    assert folder.returncode == 0, folder.stdout + folder.stderr


def test_without_the_signature_packages_the_verifier_says_so_and_does_not_say_all_is_well(
    package: Package, tmp_path: Path
) -> None:
    archive = tmp_path / "evidence.zip"
    archive.write_bytes(package.archive)

    answer = run("-I", "-S", VERIFIER, archive)

    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert "SIGNATURES WERE NOT CHECKED" in answer.stdout
    assert "pip install cryptography asn1crypto" in answer.stdout


def test_the_verifier_needs_nothing_of_the_project() -> None:
    assert "import econtracting" not in VERIFIER.read_text()
    assert "from econtracting" not in VERIFIER.read_text()


def test_something_that_is_no_package_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(b"\xff\xd8\xff")

    assert econtracting_verify.verify(path) == 4
    told = capsys.readouterr().out
    assert "this is not an evidence package" in told
    assert "This is no verdict" in told


def test_an_empty_trail_has_no_checkpoint() -> None:
    with pytest.raises(ValueError, match="empty"):
        checkpoint.take([], AT, lambda statement: statement)


def test_the_certificate_a_package_carries_is_readable_by_anyone(package: Package) -> None:
    (certificate,) = seal_certificate.load(package.files()["seal-certificate.pem"])

    assert seal_certificate.subject(certificate) == "CN=Meridian Health Document Seal,O=Meridian Health,C=US"
