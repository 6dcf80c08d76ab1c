"""Sealing under outages, crashes, races and forgery: no packet is SUBMITTED without all its seals."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import URLError
from zipfile import ZipFile

import boto3
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from econtracting import wiring
from econtracting.adapters import seal_certificate, timestamps
from econtracting.adapters.pades import PadesSeal
from econtracting.domain.audit import verify
from econtracting.domain.errors import Unavailable
from econtracting.domain.outbox import Effect
from econtracting.domain.signing.documents import SealRefused, TimestampUnavailable
from econtracting.domain.signing.signing import Completion, Document
from econtracting.evidence import econtracting_verify
from econtracting.usecases.signing.preparing import frozen_key
from process import relay
from sign import tasks
from tests.support import journey
from tests.support.authority import timestamp_authority
from tests.support.faults import lose_response, refuse
from tests.support.stages import Stages, stages
from tests.support.world import START, Context, World


@pytest.fixture(scope="module")
def road() -> Iterator[Stages]:
    with stages() as walked:
        yield walked


@pytest.fixture
def finished(road: Stages) -> World:
    """Everything is signed; nothing is sealed."""
    wiring.forget()
    return road.at("finished")


def packet_id(world: World) -> str:
    return str(world.call("GET", "/packet").json["packet_id"])


def seal(of: str) -> str:
    return str(tasks.seal({"packet_id": of, "attempt": 1}, None)["status"])


def sealed(of: str) -> list[Document]:
    return [one for one in wiring.packets().all_of(Document, of) if one.sealed_sha256]


def objects(prefix: str) -> list[str]:
    listed = boto3.client("s3").list_object_versions(Bucket="documents", Prefix=prefix).get("Versions", ())
    return [one["Key"] for one in listed]


def client(service: str) -> Any:
    return wiring._client(service)


def test_every_recorded_hash_is_that_of_the_stored_object_which_begins_with_what_was_shown(finished: World) -> None:
    """Invariant I4."""
    of = packet_id(finished)
    assert seal(of) == "SUBMITTED"
    store = wiring.documents()
    for document in sealed(of):
        content = store.read(document.sealed_key or "", document.sealed_version)
        assert sha256(content).hexdigest() == document.sealed_sha256
        assert sha256(content[: document.size]).hexdigest() == document.sha256
    event = next(event for event in wiring.packets().events(of) if event.type == "packet.sealed")
    assert event.data["documents"] == {document.document_id: document.sealed_sha256 for document in sealed(of)}


@pytest.mark.law("T16")
def test_what_is_sealed_is_locked_for_its_class_and_what_was_never_signed_is_not(finished: World) -> None:
    s3 = boto3.client("s3")
    named = packet_id(finished)
    seal(named)
    locked: dict[str, set[bool]] = {}
    for one in s3.list_objects_v2(Bucket="documents")["Contents"]:
        head = s3.head_object(Bucket="documents", Key=one["Key"])
        if named in one["Key"]:
            locked.setdefault(one["Key"].partition("/")[0], set()).add("ObjectLockMode" in head)
        if "ObjectLockMode" in head:
            assert head["ObjectLockMode"] == "GOVERNANCE"
            assert head["ObjectLockRetainUntilDate"] == finished.clock.at + timedelta(days=1)
    assert locked == {"documents": {False}, "access-codes": {False}, "sealed": {True}, "completions": {True}}


def test_the_checkpoint_signs_the_trail_up_to_and_with_the_seals(finished: World) -> None:
    of = packet_id(finished)
    seal(of)
    proofs = wiring.packets().find(Completion, of)
    assert proofs is not None
    event = next(event for event in wiring.packets().events(of) if event.type == "packet.sealed")
    assert event.hash in proofs.checkpoint.key
    verify(wiring.packets().events(of))


def test_sealing_again_changes_nothing(finished: World) -> None:
    of = packet_id(finished)
    seal(of)
    before, written = sealed(of), objects("")
    assert seal(of) == "SUBMITTED"
    assert (sealed(of), objects("")) == (before, written)


@pytest.mark.failure("R33")
def test_a_key_service_that_is_down_leaves_the_packet_sealing_and_a_retry_completes_it(finished: World) -> None:
    of = packet_id(finished)
    refuse(client("kms"), "Sign", 12, "KMSInternalException", 500)
    with pytest.raises(Unavailable):
        seal(of)
    assert finished.status(of) == "SEALING"
    wiring.forget()
    assert seal(of) == "SUBMITTED"


@pytest.mark.failure("R09")
def test_a_store_that_is_down_after_the_objects_were_written_loses_and_doubles_nothing(finished: World) -> None:
    """The objects stand, the table fails; the retry finds them and records their hashes."""
    of = packet_id(finished)
    refuse(client("dynamodb"), "TransactWriteItems", 40, "InternalServerError", 500)
    with pytest.raises(Unavailable):
        seal(of)
    assert finished.status(of) == "SEALING"
    written = objects("sealed/")
    wiring.forget()
    assert seal(of) == "SUBMITTED"
    kept = {document.sealed_key for document in sealed(of)}
    assert kept <= set(objects("sealed/"))
    # The certificate names the hashes of what was stored first, so it is the same one too.
    assert sorted(objects("sealed/")) == sorted(written)


@pytest.mark.failure("R11")
def test_a_commit_whose_answer_is_lost_stands_and_its_retry_finds_it(finished: World) -> None:
    """One event, one letter."""
    of = packet_id(finished)
    lose_response(client("dynamodb"), "TransactWriteItems")
    with pytest.raises(Unavailable):
        seal(of)
    assert seal(of) == "SUBMITTED"
    kinds = [event.type for event in wiring.packets().events(of)]
    assert kinds.count("packet.sealed") == 1
    letters = [one.id for one in wiring.packets().all_of(Effect, of) if one.id.startswith("mail#received")]
    assert len(letters) == 1


@pytest.mark.failure("R42")
def test_two_sealers_at_once_agree_on_the_first_ones_objects(finished: World) -> None:
    """Their seals differ, the stored ones stand, and both record the same."""
    of = packet_id(finished)
    barrier = threading.Barrier(2)

    def run(_: int) -> str:
        barrier.wait()
        return seal(of)

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(run, range(2))) == {"SUBMITTED"}
    store = wiring.documents()
    for document in sealed(of):
        content = store.read(document.sealed_key or "", document.sealed_version)
        assert sha256(content).hexdigest() == document.sealed_sha256
    keys = objects("sealed/")
    assert len(keys) == len(set(keys)), "no object was overwritten"
    assert [event.type for event in wiring.packets().events(of)].count("packet.sealed") == 1


def test_altered_frozen_bytes_are_refused_and_a_person_is_told(
    finished: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = packet_id(finished)
    document = wiring.packets().find(Document, of, "application")
    assert document is not None
    store = wiring.locked_documents()
    wanted, read = frozen_key(of, document.sha256), store.read
    monkeypatch.setattr(
        store, "read", lambda key, version=None: read(key, version)[:-1] + b"!" if key == wanted else read(key, version)
    )
    with pytest.raises(SealRefused):
        seal(of)
    packet = wiring.packets().load(of)
    assert (packet.status, packet.review_reason) == ("NEEDS_REVIEW", "FROZEN_DOCUMENT_ALTERED")
    assert sealed(of) == []


def test_a_key_that_is_not_the_certificates_never_seals(
    finished: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    of = packet_id(finished)
    other = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    monkeypatch.setenv("SEAL_KEY_ID", other)
    wiring.forget()
    with pytest.raises(SealRefused):
        seal(of)
    packet = wiring.packets().load(of)
    assert (packet.status, packet.review_reason) == ("NEEDS_REVIEW", "SEAL_REFUSED")
    assert objects("sealed/") == []
    assert '"SealRefused":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_an_expired_certificate_never_seals(finished: World, monkeypatch: pytest.MonkeyPatch) -> None:
    of = packet_id(finished)
    ended = seal_certificate.issue(
        boto3.client("kms"),
        wiring.only("SEAL_KEY_ID"),
        common_name="Meridian Health document seal",
        organization="Meridian Health",
        not_before=START - timedelta(days=20),
        valid_for=timedelta(days=10),
    )
    wiring.documents().keep("certificates/ended.pem", ended, "application/x-pem-file")
    monkeypatch.setenv("SEAL_CERTIFICATE", "certificates/ended.pem")
    wiring.forget()
    with pytest.raises(SealRefused):
        seal(of)
    assert finished.status(of) == "NEEDS_REVIEW"


def test_a_trail_that_was_rewritten_is_not_signed(finished: World) -> None:
    of = packet_id(finished)
    boto3.client("dynamodb").update_item(
        TableName="econtracting",
        Key={"PK": {"S": f"PACKET#{of}"}, "SK": {"S": "EVENT#000003"}},
        UpdateExpression="SET #data = :other",
        ExpressionAttributeNames={"#data": "data"},
        ExpressionAttributeValues={":other": {"M": {"forged": {"BOOL": True}}}},
    )
    with pytest.raises(ValueError, match="breaks the chain"):
        seal(of)
    assert finished.status(of) == "SEALING"


def test_with_a_timestamp_authority_every_seal_carries_its_time(
    finished: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = packet_id(finished)
    monkeypatch.setattr(wiring, "seal", lambda: _timestamped())
    assert seal(of) == "SUBMITTED"
    assert {document.sealed_level for document in sealed(of)} == {"B-T"}


@pytest.mark.failure("R34")
def test_while_the_authority_is_down_nothing_is_sealed_at_a_lower_level(
    finished: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default: the packet stays SEALING and is retried."""
    of = packet_id(finished)
    monkeypatch.setenv("SEAL_LEVEL", "B-T")
    monkeypatch.setenv("TIMESTAMP_AUTHORITIES", "https://one.example.com,https://two.example.com")
    asked: list[str] = []

    def down(request: Any, timeout: float) -> None:
        asked.append(request.full_url)
        raise URLError("down")

    monkeypatch.setattr(timestamps, "urlopen", down)
    wiring.forget()
    with pytest.raises(Unavailable):
        seal(of)
    assert (finished.status(of), objects("sealed/")) == ("SEALING", [])
    assert asked == ["https://one.example.com", "https://two.example.com"]


def _timestamped() -> PadesSeal:
    return PadesSeal(
        boto3.client("kms"),
        wiring.only("SEAL_KEY_ID"),
        wiring.documents().read(wiring.only("SEAL_CERTIFICATE")),
        level="B-T",
        timestamper=timestamp_authority(START),
    )


def test_an_image_signature_is_in_the_sealed_document(road: Stages) -> None:
    wiring.forget()
    world = road.at("consented")
    wish = {"full_name": "Dana Lee Rivers", "initials": "DLR", "strokes": [[[0, 0], [60, 90], [150, 20], [240, 60]]]}
    journey.expect(world.call("PUT", "/packet/signature", wish), 200)
    journey.sign_everything(world)
    journey.finish(world)
    of = packet_id(world)
    assert seal(of) == "SUBMITTED"
    document = next(one for one in sealed(of) if one.document_id == "application")
    content = wiring.documents().read(document.sealed_key or "")
    assert b"/Subtype /Image" in content[document.size :] or b"/Subtype/Image" in content[document.size :]


def deferred(monkeypatch: pytest.MonkeyPatch, authority_is_up: list[bool]) -> None:
    """A deployment that seals B-B while its authority is down, with an authority the test switches."""
    monkeypatch.setenv("SEAL_LEVEL", "B-T")
    monkeypatch.setenv("SEAL_WITHOUT_TIMESTAMP", "later")
    working = _timestamped()

    class Switched:
        def seal(self, *args: Any, **kwargs: Any) -> Any:
            if not authority_is_up[0]:
                raise TimestampUnavailable()
            return working.seal(*args, **kwargs)

        def stamp(self, content: bytes) -> bytes:
            if not authority_is_up[0]:
                raise TimestampUnavailable()
            return working.stamp(content)

        def identity(self) -> dict[str, str]:
            return working.identity()

    monkeypatch.setattr(wiring, "seal", lambda: Switched())


@pytest.mark.failure("R34")
def test_where_configured_a_packet_is_sealed_without_a_time_marked_and_stamped_later(
    finished: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By configuration: never a made-up time, and a stamped file begins with the sealed one."""
    up = [False]
    deferred(monkeypatch, up)
    of = packet_id(finished)
    assert seal(of) == "SUBMITTED"
    assert {(one.sealed_level, one.stamp_due) for one in sealed(of)} == {("B-B", True)}
    with pytest.raises(Unavailable):
        tasks.seal({"task": "stamp", "packet_id": of}, None)
    assert {row["stamp"] for row in finished.call("GET", "/packet/print").json} == {"due"}
    up[0] = True
    before = sealed(of)
    assert tasks.seal({"task": "stamp", "packet_id": of}, None) == {"stamped": len(before)}
    store = wiring.documents()
    for document in sealed(of):
        stamped = store.read(document.stamped_key or "", document.stamped_version)
        assert sha256(stamped).hexdigest() == document.stamped_sha256
        assert stamped.startswith(store.read(document.sealed_key or "", document.sealed_version))
        seal_of, stamp_of = PdfFileReader(BytesIO(stamped)).embedded_signatures
        assert seal_of.sig_object_type == "/Sig"
        assert stamp_of.sig_object_type == "/DocTimeStamp"
        status = asyncio.run(
            async_validate_pdf_signature(seal_of, ValidationContext(trust_roots=[seal_of.signer_cert]))
        )
        assert status.bottom_line, status.pretty_print_details()
    assert tasks.seal({"task": "stamp", "packet_id": of}, None) == {"stamped": 0}
    assert {row["stamp"] for row in finished.call("GET", "/packet/print").json} == {"later"}
    path = tmp_path / "evidence.zip"
    path.write_bytes(journey.expect(finished.call("GET", "/packet/evidence"), 200).body)
    assert econtracting_verify.verify(path) == 0
    with ZipFile(path) as archive:
        assert len([name for name in archive.namelist() if name.startswith("stamped/")]) == len(before)


def test_the_relay_asks_for_the_missing_times_until_they_are_there(
    finished: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = [False]
    deferred(monkeypatch, up)
    of = packet_id(finished)
    seal(of)
    written = {"PK": {"S": f"PACKET#{of}"}, "SK": {"S": "OUTBOX#stamp#1"}}
    relay.on_stream({"Records": [{"dynamodb": {"Keys": written, "SequenceNumber": "1"}}]}, Context())
    assert all(one.stamp_due for one in sealed(of))
    up[0] = True
    finished.clock.pass_(hours=1)
    relay.sweep({}, Context())
    assert not any(one.stamp_due for one in sealed(of))
