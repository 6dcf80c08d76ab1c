"""What release 374283a left is understood: records parse, chains hold, envelopes open, the outbox goes on."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.recorded import load
from tests.recorded.load import Effect, EffectKind, Packet, Section, Status, wiring

SECRETS = {"ssn", "birth_date"}
ARCHIVES = sorted((load.HERE / "evidence").glob("*.zip"))
PEOPLE = sorted(load.manifest()["people"])
# Rows with their own way to be tried again, by kind: no timestamp authority answers in this world.
WAITING = {EffectKind.STAMP_SEALS}
SINCE = {EffectKind.SIGN_MILESTONE, EffectKind.DROP_DOCUMENTS}  # kinds that came after the recording


@pytest.fixture(scope="module")
def world() -> Iterator[load.World]:
    with load.world() as restored:
        yield restored


@pytest.fixture
def own_world(world: load.World) -> Iterator[load.World]:
    """For a test that changes what is recorded: it is as it was afterwards."""
    moment = load.moments.now(world, {})
    yield world
    load.moments.back(world, moment, {})


def heads() -> list[dict[str, Any]]:
    return [one for one in load.items() if one["SK"]["S"] == "PACKET"]


def rows() -> list[dict[str, Any]]:
    return [one for one in load.items() if one["SK"]["S"].startswith("OUTBOX#")]


def packet_ids() -> list[str]:
    return [one["id"]["S"] for one in heads()]


def test_the_recording_is_whole() -> None:
    assert {one["status"]["S"] for one in heads()} == set(Status)
    assert len(set(Status)) == 17
    then = set(EffectKind) - SINCE
    assert {one["kind"]["S"] for one in rows()} == then
    assert len(then) == 14
    assert {one["kind"]["S"] for one in rows() if "done_at" not in one} == then
    assert {one["kind"]["S"] for one in rows() if "done_at" in one} >= then - WAITING
    assert {one["agency"]["M"]["id"]["S"] for one in heads()} == {"agency-1", "agency-2"}
    assert len(load.items()) == load.manifest()["items"]
    letters = {one["payload"]["M"]["letter"]["S"] for one in rows() if one["kind"]["S"] == "mail"}
    assert len(letters) == 24
    timers = {one["payload"]["M"]["what"]["S"] for one in rows() if one["kind"]["S"] == "watch"}
    assert timers == {"check", "correction", "review", "adverse", "courses", "sale"}
    cases = {one["status"]["S"] for one in load.items() if one["SK"]["S"].startswith("ADVERSE#")}
    assert cases == {"ASSESSING", "PRE_SENT", "UNDELIVERABLE", "WAITING", "DISPUTED", "FINAL_SENT", "CANCELED"}
    assert [one for one in rows() if "failure" in one]
    assert [one for one in load.items() if one["SK"]["S"].startswith("SUPERSEDED#")]


@pytest.mark.parametrize("kind", load.addresses.GROUP, ids=lambda kind: kind.__name__)
def test_every_record_of_a_kind_is_read(world: load.World, kind: type[Any]) -> None:
    """By the store's own reading; a field that is not declared would be refused, one that is missing told."""
    of = load.addresses.GROUP[kind]
    partition, prefix = of("?")
    named = {
        one["PK"]["S"].removeprefix(partition.removesuffix("?"))
        for one in load.items()
        if one["PK"]["S"].startswith(partition.removesuffix("?")) and one["SK"]["S"].startswith(prefix)
    }
    kept = sum(
        one["PK"]["S"].startswith(partition.removesuffix("?")) and one["SK"]["S"].startswith(prefix)
        for one in load.items()
    )
    assert named
    if kind is load.ChainedEvent:
        found = [record for name in named for record in wiring.packets().events(name)]
    else:
        found = [record for name in named for record in wiring.packets().all_of(kind, name)]
    assert len(found) == kept


# Kinds that the recorded release did not have.
LATER = {"AgencyName", "LateNews", "QueuedMessage", "Sale", "StopLink"}


@pytest.mark.parametrize(
    "kind", [kind for kind in load.addresses.ADDRESS if kind.__name__ not in LATER], ids=lambda kind: kind.__name__
)
def test_every_record_is_found_by_its_address(world: load.World, kind: type[Any]) -> None:
    of = load.addresses.ADDRESS[kind]
    found = 0
    for item in load.items():
        ids = load.ids_of(kind, item)
        if ids is None or load.addresses_differ(of(*ids), item):
            continue
        record = wiring.packets().find(kind, *ids) if kind not in load.READ_ELSEWHERE else load.record(kind, item)
        assert record is not None, item
        assert load.same(load.stored(record), item), item
        found += 1
    assert found


def test_what_is_written_anew_is_what_was_written(world: load.World) -> None:
    for item in heads():
        packet = wiring.packets().load(item["id"]["S"])
        assert packet.status == item["status"]["S"]
        assert load.same(load.stored(packet), item)


@pytest.mark.parametrize("name", PEOPLE)
def test_the_chain_of_a_packet_holds(world: load.World, name: str) -> None:
    packet = wiring.packets().load(load.manifest()["people"][name]["packet_id"])
    trail = wiring.packets().events(packet.id)
    assert (load.verify(trail), len(trail)) == (packet.event_head, packet.event_count)
    assert packet.status == load.manifest()["people"][name]["status"]


def test_every_sealed_answer_opens(world: load.World) -> None:
    opened: set[str] = set()
    for packet_id in packet_ids():
        for section in wiring.packets().all_of(Section, packet_id):
            for part in section.sealed:
                plain = wiring.envelope().open(packet_id, section.name, part.version, part.answers)
                assert set(part.fields) <= set(plain)
                opened |= set(plain)
    assert opened >= SECRETS


@pytest.mark.law("N10")
def test_answers_that_were_sealed_together_are_sealed_apart_and_what_was_replaced_is_gone(
    own_world: load.World,
) -> None:
    gone: list[str] = []
    for packet_id in packet_ids():
        before = {one.name: opened(packet_id, one) for one in wiring.packets().all_of(Section, packet_id)}
        wiring.resealing().reseal(packet_id)
        for section in wiring.packets().all_of(Section, packet_id):
            standing, replaced = before[section.name]
            assert opened(packet_id, section) == (standing, [])
            assert all(len(part.fields) == 1 for part in section.sealed)
            gone += replaced
        assert load.verify(wiring.packets().events(packet_id)) == wiring.packets().load(packet_id).event_head
    assert "ssn" in gone


@pytest.mark.law("N10")
def test_a_section_that_was_sealed_together_is_saved_apart(own_world: load.World) -> None:
    person = load.manifest()["people"]["answering"]
    body = {"invitation": person["link_secret"], "password": person["password"]}
    assert own_world.call("POST", "/access/sessions", body).status == 201
    shown = own_world.call("GET", "/packet/interview/agent").json
    new = {"ssn": "987-65-4321", "ssn_confirm": "987-65-4321"}
    answers = shown["answers"] | new
    saved = own_world.call("PUT", "/packet/interview/agent", answers, headers={"If-Match": str(shown["version"])})
    assert saved.status == 200, saved.body
    (section,) = [one for one in wiring.packets().all_of(Section, person["packet_id"]) if one.name == "agent"]
    standing, replaced = opened(person["packet_id"], section)
    assert (sorted(standing), standing["ssn"], replaced) == (["birth_date", "ssn"], "987-65-4321", [])


def opened(packet_id: str, section: Section) -> tuple[dict[str, Any], list[str]]:
    """The answers that stand, and the names of those that a part holds although they were replaced."""
    standing: dict[str, Any] = {}
    replaced: list[str] = []
    for part in section.sealed:
        plain = wiring.envelope().open(packet_id, section.name, part.version, part.answers)
        standing |= {field: plain[field] for field in part.fields}
        replaced += [name for name in plain if name not in part.fields]
    return standing, replaced


def test_every_object_is_there_as_its_record_says(world: load.World) -> None:
    kept = {(one["key"], one["version"]): content for one, content in load.objects()}
    read = 0
    for item in load.items():
        plain = load.plain(item)
        for stem in ("frozen", "sealed", "stamped"):
            key, version = plain.get(f"{stem}_key"), plain.get(f"{stem}_version")
            digest = plain.get("sha256") if stem == "frozen" else plain.get(f"{stem}_sha256")
            if key is None or version is None:
                continue
            content = wiring.documents().read(key, version)
            assert content == kept[key, version]
            assert digest is None or sha256(content).hexdigest() == digest, (item["PK"], item["SK"], stem)
            read += 1
    assert read > 200


def test_an_agent_is_still_let_in(own_world: load.World) -> None:
    person = load.manifest()["people"]["awaiting"]
    body = {"invitation": person["link_secret"], "password": person["password"]}
    assert own_world.call("POST", "/access/sessions", body).status == 201
    shown = own_world.call("GET", "/packet")
    assert (shown.status, shown.json["packet_id"]) == (200, person["packet_id"])
    documents = own_world.call("GET", "/packet/documents").json
    assert documents
    for one in documents:
        assert own_world.call("GET", f"/packet/documents/{one['document_id']}/content").body.startswith(b"%PDF")


def test_the_sessions_that_stood_are_known(world: load.World) -> None:
    standing = {one["PK"]["S"].removeprefix("SESSION#") for one in load.items() if one["SK"]["S"] == "SESSION"}
    asked = load.lines("authorizers.jsonl.gz")
    assert standing
    assert asked
    for one in asked:
        context = one["answer"]["context"]
        assert set(context) == {"kind", "packet_id", "session", "must_change", "signed_in_at"}
        if context["session"] in standing and load.live(context["session"]):
            answer = load.authorizer_door().lambda_handler(one["event"], load.Context())
            assert {**answer["context"], "must_change": ""} == {**context, "must_change": ""}


def test_every_undone_effect_is_performed(own_world: load.World) -> None:
    """What was due when the release was exchanged is done by the next; timers ring when their time comes."""
    relay = load.relay_door()
    undone = [one for one in rows() if "done_at" not in one]
    assert undone
    own_world.clock.pass_(hours=2)  # leases and pauses after failures are over
    for one in undone:
        relay.perform(one["packet_id"]["S"], one["id"]["S"])
    due = own_world.clock.now()
    left = {}
    for one in undone:
        effect = wiring.packets().find(Effect, one["packet_id"]["S"], one["id"]["S"])
        assert effect is not None
        later = effect.kind is EffectKind.WATCH and effect.due_at is not None and effect.due_at > due
        if effect.done_at is None and not later:
            left[f"{effect.kind} {effect.packet_id} {effect.id}"] = effect.failure
    assert {name.partition(" ")[0] for name in left} <= WAITING, left
    assert all(left.values()), "claimed, tried, and the failure written down"


def test_the_stream_of_then_is_relayed(own_world: load.World) -> None:
    """The records as they came; what is done is not done again."""
    records = load.lines("stream.jsonl.gz")
    assert {one["eventName"] for one in records} == {"INSERT", "MODIFY", "REMOVE"}
    rows = [one for one in records if one["eventName"] == "INSERT" and "#" in one["dynamodb"]["Keys"]["SK"]["S"]]
    rows = [one for one in rows if one["dynamodb"]["Keys"]["SK"]["S"].startswith("OUTBOX#")]
    assert rows
    assert load.relay_door().on_stream({"Records": rows}, load.Context()) == {"batchItemFailures": []}


def test_the_sweep_of_a_later_release_fails_nowhere(own_world: load.World) -> None:
    own_world.clock.pass_(hours=2)
    swept = load.relay_door().sweep(load.sweep_event(), load.Context())
    assert swept["effects"] > 0
    assert swept["failed"] == 0


def test_the_mail_services_reports_are_understood(own_world: load.World) -> None:
    for event in load.mail_events():
        load.mail_door().lambda_handler(event, load.Context())


def test_the_tasks_of_running_executions_are_known(world: load.World) -> None:
    known = set(load.tasks_door().TASKS)
    for one in load.lines("tasks.jsonl.gz"):
        assert one["event"]["task"] in known
    assert {one["event"]["task"] for one in load.lines("tasks.jsonl.gz")} == known


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.stem)
@pytest.mark.law("T5")
def test_an_evidence_archive_is_valid(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the verifier that is shipped today, and by the one that lies in the archive.

    It was made before packages were signed as a whole: today's says that, and never that it was altered.
    """
    assert load.verifier.verify(archive) == load.verifier.UNSIGNED
    told = capsys.readouterr().out
    assert "FAIL" not in told
    assert "VALID, BUT NOT ALL OF IT IS SIGNED" in told
    assert "Packages that were made before there were such statements have none." in told
    with zipfile.ZipFile(archive) as package:
        package.extractall(tmp_path)
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "econtracting_verify.py"), str(archive)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert "checks hold" in ran.stdout


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.stem)
def test_the_package_made_anew_holds_the_same_papers(own_world: load.World, archive: Path) -> None:
    """The trail may have grown by the log-in; every document is the same byte for byte."""
    person = load.manifest()["people"][archive.stem]
    packet: Packet = wiring.packets().load(person["packet_id"])
    made = load.evidence_of(packet.id)
    before, after = (_files(one) for one in (archive.read_bytes(), made))
    kept = {name for name in before if name.startswith(("documents/", "superseded/", "stamped/", "seal-certificate"))}
    assert kept
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert after["certificate.json"] == before["certificate.json"]
    assert after["checkpoint.json"] == before["checkpoint.json"]
    assert after["events.jsonl"].startswith(before["events.jsonl"])


def _files(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(archive)) as package:
        return {name: package.read(name) for name in package.namelist()}
