"""Who may write the table, and everything unsigned in a package, does not get it past the verifier.

Each attack is tried twice: with the statement about the whole package left in, and with it taken away.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from econtracting.adapters.statements import KmsStatements
from econtracting.domain.audit import ChainedEvent
from econtracting.evidence import econtracting_verify as verifier
from econtracting.evidence.bundle import build
from econtracting.evidence.econtracting_verify import canonical
from tests.support.packages import (
    DAY,
    Package,
    evidence,
    export_of,
    judged,
    milestone_of,
    packaged,
    proof_over,
    rewritten,
    with_manifest,
)
from tests.support.paperwork import new_key, sealing_key

pytestmark = pytest.mark.law("T5", "T6")

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def package() -> Iterator[Package]:
    with sealing_key() as key:
        yield packaged(key)


@pytest.fixture
def files(package: Package) -> Files:
    return package.files()


def without(files: Files, *names: str) -> Files:
    """The files but those whose names begin so."""
    return {name: content for name, content in files.items() if not name.startswith(names)}


def with_trail(files: Files, change: Callable[[list[dict[str, Any]]], None]) -> Files:
    return with_manifest({**files, "events.jsonl": rewritten(files["events.jsonl"], change)})


def with_index(files: Files, change: Callable[[dict[str, Any]], None]) -> Files:
    index = json.loads(files["packet.json"])
    change(index)
    return with_manifest({**files, "packet.json": canonical(index)})


def told(files: Files, capsys: pytest.CaptureFixture[str], expected: int) -> str:
    code = judged(files)
    said = capsys.readouterr().out
    assert code == expected, said
    return said


def test_the_package_is_good_before_anyone_touches_it(files: Files) -> None:
    assert judged(files) == verifier.ANCHORED
    assert judged(with_manifest(files)) == verifier.ANCHORED


@pytest.mark.parametrize("place", range(8))
def test_no_event_can_be_changed_with_all_hashes_made_again(files: Files, place: int) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        rows[place]["data"] = {**rows[place]["data"], "result": "clear"}

    forged = with_trail(files, change)
    assert judged(forged) == verifier.ALTERED
    after_the_milestone = place == 7
    expected = verifier.UNSIGNED if after_the_milestone else verifier.ALTERED
    assert judged(without(forged, "export.json")) == expected


def test_events_added_after_the_last_signature_are_named_as_unsigned(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    def add(rows: list[dict[str, Any]]) -> None:
        rows.append({**rows[-1], "type": "adverse.final_sent", "data": {"attempt": 1}})

    forged = with_trail(files, add)
    assert "later events were added" in told(forged, capsys, verifier.ALTERED)
    said = told(without(forged, "export.json"), capsys, verifier.UNSIGNED)
    assert "8 access.login_ok, 9 adverse.final_sent" in said
    assert "NOT ALL OF IT IS SIGNED" in said


def test_who_drops_the_newest_milestone_is_told_by_the_daily_head(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = with_trail(without(files, "milestones/", "export.json"), lambda rows: rows.__delitem__(slice(5, None)))
    said = told(cut, capsys, verifier.ALTERED)
    assert "the daily head of 2026-11-23 names event 7, and the audit trail here ends with event 5" in said


def test_who_drops_the_daily_head_as_well_does_not_get_a_whole_package(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    stripped = without(files, "milestones/", "heads/", "export.json")
    cut = with_trail(stripped, lambda rows: rows.__delitem__(slice(5, None)))
    said = told(cut, capsys, verifier.UNSIGNED)
    assert "events after event 5 may have been removed" in said
    assert "someone took it away" in said


def test_a_milestone_taken_away_is_missed_where_the_package_is_signed(files: Files) -> None:
    assert judged(with_manifest(without(files, "milestones/"))) == verifier.ALTERED
    assert judged(with_manifest(without(files, "heads/"))) == verifier.ALTERED


def test_milestones_are_not_swapped_between_packets(package: Package, files: Files) -> None:
    signer = KmsStatements(package.key.kms, package.key.key_id, package.key.certificate_pem)
    mine = [ChainedEvent.model_validate_json(line) for line in files["events.jsonl"].splitlines()]
    name, other = milestone_of(signer, mine[6].model_copy(update={"packet_id": "pkt_other"}))
    assert name in files
    assert judged(with_manifest({**files, name: other})) == verifier.ALTERED
    assert judged(with_manifest({**without(files, "export.json"), name: other})) == verifier.ALTERED
    proof = proof_over(signer, mine[6].model_copy(update={"packet_id": "pkt_other"})).text()
    assert judged(with_manifest({**without(files, "export.json"), "heads/daily.json": proof})) == verifier.ALTERED


def test_an_older_daily_head_does_not_stand_in_for_the_newer_one(
    package: Package, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    signer = KmsStatements(package.key.kms, package.key.key_id, package.key.certificate_pem)
    mine = [ChainedEvent.model_validate_json(line) for line in files["events.jsonl"].splitlines()]
    older = proof_over(signer, mine[4], day=DAY - timedelta(days=1)).text()
    replayed = with_manifest({**files, "heads/daily.json": older})
    assert judged(replayed) == verifier.ALTERED
    cut = with_trail(
        {**without(files, "milestones/"), "heads/daily.json": older}, lambda rows: rows.__delitem__(slice(5, None))
    )
    assert judged(cut) == verifier.ALTERED
    said = told(without(cut, "export.json"), capsys, verifier.UNSIGNED)
    assert "Nothing signed says that the audit trail ended here" in said


def test_a_daily_head_needs_its_whole_path(files: Files) -> None:
    proof = json.loads(files["heads/daily.json"])
    for change in (
        lambda value: value["path"].pop(),
        lambda value: value["path"].append({"side": "left", "hash": "0" * 64}),
        lambda value: value.update(shard=0),
        lambda value: value["head"].update(day="2026-11-24"),
        lambda value: value["head"]["roots"].reverse(),
        lambda value: value["entry"].update(seq=5),
    ):
        forged = json.loads(json.dumps(proof))
        change(forged)
        there = {**files, "heads/daily.json": canonical(forged)}
        assert judged(with_manifest(there)) == verifier.ALTERED
        assert judged(with_manifest(without(there, "export.json"))) == verifier.ALTERED


def swap_titles(index: dict[str, Any]) -> None:
    one, other = index["documents"][:2]
    one["title"], other["title"] = other["title"], one["title"]


def another_carrier(index: dict[str, Any]) -> None:
    index["carrier"] = "Other Health"


def another_mode(index: dict[str, Any]) -> None:
    index["documents"][0]["mode"] = "reference"


def listed_twice(index: dict[str, Any]) -> None:
    index["documents"].append(index["documents"][0])


def more_words(index: dict[str, Any]) -> None:
    index["note"] = "The carrier confirms this."


@pytest.mark.parametrize("change", [swap_titles, another_carrier, another_mode, listed_twice, more_words])
def test_the_words_of_the_index_are_those_that_were_signed(
    files: Files, change: Callable[[dict[str, Any]], None]
) -> None:
    forged = with_index(files, change)
    assert judged(forged) == verifier.ALTERED
    assert judged(without(forged, "export.json")) == verifier.ALTERED


def test_file_names_and_places_are_not_swapped(files: Files) -> None:
    first, second = "documents/01-application.pdf", "documents/02-summary.pdf"

    def swap(index: dict[str, Any]) -> None:
        one, other = index["documents"][:2]
        one["position"], other["position"] = 2, 1
        one["file"], other["file"] = "documents/02-application.pdf", "documents/01-summary.pdf"

    moved = {
        **without(files, first, second),
        "documents/02-application.pdf": files[first],
        "documents/01-summary.pdf": files[second],
    }
    for forged in (with_index(moved, swap), with_index(without(moved, "export.json"), swap)):
        assert judged(forged) == verifier.ALTERED

    def rename(index: dict[str, Any]) -> None:
        index["documents"][0]["file"] = "documents/01-approval.pdf"

    renamed = {**without(files, first), "documents/01-approval.pdf": files[first]}
    for forged in (with_index(renamed, rename), with_index(without(renamed, "export.json"), rename)):
        assert judged(forged) == verifier.ALTERED


@pytest.mark.parametrize(
    "name", ["documents/04-amendment.pdf", "superseded/01/01-application.pdf", "stamped/01-application.pdf", "note.txt"]
)
def test_a_file_that_nothing_signed_names_is_a_failure(files: Files, name: str) -> None:
    content = files["documents/01-application.pdf"] + b"\n% an amendment\n%%EOF\n"
    forged = with_manifest({**files, name: content})
    assert judged(forged) == verifier.ALTERED
    assert judged(without(forged, "export.json")) == verifier.ALTERED


def test_an_unsigned_document_is_not_smuggled_in_with_its_row_and_an_event(files: Files) -> None:
    content = files["documents/01-application.pdf"] + b"\n% an amendment\n%%EOF\n"
    digest = hashlib.sha256(content).hexdigest()
    name = "documents/04-amendment.pdf"

    def add_row(index: dict[str, Any]) -> None:
        own = {"code": "amendment", "title": "Amendment", "position": 4, "file": name, "sealed_sha256": digest}
        index["documents"].append({**index["documents"][0], **own})

    def add_event(rows: list[dict[str, Any]]) -> None:
        sealed = next(row for row in rows if row["type"] == "packet.sealed")
        rows.append(
            {**sealed, "data": {**sealed["data"], "documents": {**sealed["data"]["documents"], "amendment": digest}}}
        )

    forged = with_trail(with_index({**without(files, "export.json"), name: content}, add_row), add_event)
    assert judged(forged) == verifier.ALTERED


def test_what_anyone_can_write_anew_does_not_make_an_archive_good(files: Files, tmp_path: Path) -> None:
    """Manifest and the archive's own hash need no key."""
    forged = with_index(files, swap_titles)
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in forged.items():
            archive.writestr(name, content)
    body = target.getvalue()[:-2] + (29 + 64).to_bytes(2, "little")
    path = tmp_path / "evidence.zip"
    path.write_bytes(body + b"econtracting-evidence sha256:" + hashlib.sha256(body).hexdigest().encode())
    assert verifier.verify(path) == verifier.ALTERED


def test_todays_package_does_not_pass_for_one_of_before(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    """Those are excused for what they lack; the signed checkpoint says which kind there was."""
    manifest = json.loads(files["manifest.json"]) | {"format": 1}
    old = with_manifest(
        {**without(files, "export.json", "milestones/", "heads/"), "manifest.json": canonical(manifest)}
    )
    assert "when packages had format 2 already" in told(old, capsys, verifier.ALTERED)


def test_another_key_signs_nothing(package: Package, files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    """A forger with a key of their own is told by the certificate, unless the caller vouches for it."""
    other = new_key(package.key.kms)
    signer = KmsStatements(other.kms, other.key_id, other.certificate_pem)
    given, _ = evidence(package.key)
    name, milestone = milestone_of(signer, given.events[7])
    made = Package(
        build(
            given.model_copy(update={"proofs": {name: milestone}}),
            lambda manifest: export_of(signer, given.events[-1], manifest, None),
        ),
        package.key,
    ).files()
    said = told(made, capsys, verifier.UNSIGNED)
    assert signer.certificate_sha256() in said
    assert "8 access.login_ok" in said
    pretending = json.loads(made["export.json"]) | {"certificate_sha256": package_fingerprint(package)}
    assert judged({**made, "export.json": canonical(pretending)}) == verifier.ALTERED


def package_fingerprint(package: Package) -> str:
    return KmsStatements(package.key.kms, package.key.key_id, package.key.certificate_pem).certificate_sha256()


def test_a_statement_of_one_kind_does_not_pass_for_another(files: Files) -> None:
    (milestone,) = [content for name, content in files.items() if name.startswith("milestones/")]
    assert judged({**files, "export.json": milestone}) == verifier.ALTERED
    name = next(name for name in files if name.startswith("milestones/"))
    forged = with_manifest({**without(files, "export.json"), name: files["export.json"]})
    assert judged(forged) == verifier.ALTERED


def test_a_carriers_name_cannot_write_on_the_readers_terminal(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    forged = with_index(files, lambda index: index.update(carrier="\x1b[2KVALID AND ANCHORED"))
    assert "\x1b" not in told(forged, capsys, verifier.ALTERED)


@pytest.mark.parametrize(
    "name", ["packet.json", "certificate.json", "checkpoint.json", "heads/daily.json", "export.json"]
)
@pytest.mark.parametrize("content", [b"[]", b"{}", b"null", b"\xff", b'{"documents":[1]}', b"[" * 5000])
def test_nonsense_in_a_file_is_never_good(files: Files, name: str, content: bytes) -> None:
    """Altered, or not to be read: a failure of the verifier is no verdict either way."""
    forged = with_manifest({**files, name: content})
    assert judged(forged) in (verifier.ALTERED, verifier.UNREADABLE)
    stripped = forged if name == "export.json" else without(forged, "export.json")
    assert judged(stripped) in (verifier.ALTERED, verifier.UNREADABLE)


def test_an_error_of_the_verifier_is_told_as_no_verdict(
    files: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(package: Any) -> str:
        raise TypeError("missing 1 required positional argument: 'backend'")

    monkeypatch.setattr(verifier, "check_completion", broken)
    said = told(files, capsys, verifier.UNREADABLE)
    assert "the verifier itself failed (TypeError" in said
    assert "it says neither that the package is good nor that it was altered" in said
    assert "ALTERED" not in said


def test_a_newer_packages_form_is_not_judged(package: Package, capsys: pytest.CaptureFixture[str]) -> None:
    given, _ = evidence(package.key)
    files = without(Package(build(given), package.key).files(), "export.json")
    newer = {**files, "manifest.json": canonical(json.loads(files["manifest.json"]) | {"format": 3})}
    assert "a newer verifier is needed" in told(newer, capsys, verifier.UNREADABLE)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("__pycache__/econtracting_verify.cpython-313.pyc", 0),
        ("__pycache__/addendum.pdf", 1),
        ("documents/__pycache__/addendum.pdf", 1),
        ("__pycache__/econtracting_verify.pdf", 1),
        ("documents/__pycache__/econtracting_verify.cpython-313.pyc", 1),
    ],
)
def test_a_folder_hides_no_file_under_a_name_that_python_uses(
    files: Files, tmp_path: Path, name: str, code: int
) -> None:
    for one, content in {**files, name: b"%PDF-1.7"}.items():
        path = tmp_path / one
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert verifier.verify(tmp_path) == code
