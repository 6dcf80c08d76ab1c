"""What the linter of packet types finds, shown on a sound packet type that is spoilt in one place."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from econtracting import packet_types
from econtracting.domain.words import ENGLISH, LANGUAGES
from tools import lint_packet_types, packet_type_words
from tools.lint_packet_types import deployed, lint, main, stale_schemas

ON = date(2026, 11, 23)
MISSING = object()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(Path(__file__).parent / "harbor", tmp_path / "harbor"))


def spoilt(folder: Path, place: str, value: Any) -> list[str]:
    """The findings once a value stands (or, if MISSING, stands no more) at a place, the part's name first."""
    part, *steps, last = place.split(".")
    path = folder / f"{part}.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    spot: Any = data
    for step in steps:
        spot = spot[int(step) if step.isdigit() else step]
    if value is MISSING:
        del spot[last]
    elif isinstance(spot, list):
        spot[int(last) :] = [value]
    else:
        spot[last] = value
    path.write_text(json.dumps(data), encoding="utf-8")
    return lint(folder, ON)


def test_a_sound_packet_type_has_no_findings(folder: Path) -> None:
    assert lint(folder, ON) == []


def test_the_packet_types_that_are_deployed_are_sound() -> None:
    assert [finding for each in deployed() for finding in lint(each, ON)] == []


@pytest.mark.parametrize("part", ["packet", "interview", "documents", "state_rules"])
def test_a_packet_type_that_lacks_a_part_is_found_and_the_part_named_from_the_root(
    part: str, monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / f"{part}.json").unlink()
    monkeypatch.setattr(packet_types, "HOME", folder.parent)
    monkeypatch.setattr(lint_packet_types, "ROOT", folder.parents[1])
    assert main(["--on", "2026-11-23"]) == 1
    assert f"{folder.parent.name}/harbor/{part}.json: cannot be read" in capsys.readouterr().out


def test_the_schemas_say_what_the_models_say() -> None:
    assert list(stale_schemas(write=False)) == []


GIVEN, FAMILY = "interview.sections.1.fields.0", "interview.sections.1.fields.1"
BORN, MAILBOX = "interview.sections.1.fields.3", "interview.sections.1.fields.5"
DESK, YEARS, OFFICE = "interview.sections.2", "interview.sections.2.fields.1", "interview.sections.2.fields.2"
FLOOR = {"name": "floor", "label": "Floor", "type": "text", "required": True, "messages": {"required": "Which?"}}
EITHER = {"kind": "exactly-one", "fields": ["given", "alias"], "message": "One of them, please."}


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (f"{YEARS}.required_when", {"answer": "desk.hours", "in": ["x"]}, "reads desk.hours, which is no field"),
        (f"{YEARS}.required_when", {"answer": "person.born", "equals": "x"}, "reads person.born, which is sensitive"),
        (f"{DESK}.ask_when", {"level_in": ["lead"]}, "level lead, which does not exist"),
        (f"{DESK}.ask_when", {"not": {"requested_state": "ZZ"}}, "state ZZ, which does not exist"),
        (f"{DESK}.ask_when", {"sometimes": True}, "is not valid under any of the given schemas"),
        (f"{OFFICE}.follows.source", "person.born", "follows person.born, which is no group"),
        (f"{OFFICE}.follows.source", "desk.office", "which is asked later"),
        (f"{OFFICE}.fields.2", FLOOR, "needs floor, which person.home does not have"),
        (f"{GIVEN}.prefill", "shoe_size", "an invitation has no shoe_size"),
        (f"{GIVEN}.messages", {}, "what a person reads when it is missing"),
        (f"{GIVEN}.color", "red", "color"),
        (f"{GIVEN}.type", "mood", "mood"),
        (f"{FAMILY}.name", "given", "used more than once: given"),
        (f"{BORN}.sensitive", False, "has to be sensitive"),
        (f"{MAILBOX}.means", MISSING, "no field means email"),
        (f"{MAILBOX}.means", "npn", "means npn, but is of type email"),
        ("interview.sections.0.questions.1.code", "RECORD", "used more than once: RECORD"),
        ("interview.sections.1.rules", [EITHER], "names alias, which is not asked"),
        ("documents.documents.1.include_when", {"answer": "person.flat.region", "in": []}, "person.flat.region"),
        ("documents.documents.1.include_when", {"whenever": 1}, "whenever"),
        ("documents.documents.0.template", "lost", "harbor/templates/lost.typ"),
        ("documents.documents.0.code", "harbor-gold", "share a code"),
        ("documents.documents.0.mode", "shred", "shred"),
        ("state_rules.rules.0.source", MISSING, "source"),
        ("state_rules.rules.0.source", "  ", "OK: no source"),
        ("state_rules.rules.0.reviewed_on", "2025-11-22", "last reviewed on 2025-11-22"),
        ("state_rules.rules.0.reviewed_on", "2026-11-24", "a day that has not come yet"),
        ("state_rules.rules.0.state", "XX", "XX is no state"),
        ("state_rules.rules.1.effective_from", "eventually", "rules.1.effective_from"),
        ("packet.reviewed_on", "2020-01-01", "packet type: last reviewed on 2020-01-01"),
        ("packet.carrier.name", MISSING, "name"),
        ("packet.name", "haven", "the folder is called harbor"),
    ],
)
def test_a_fault_is_found_and_said_with_its_file(folder: Path, place: str, value: Any, said: str) -> None:
    findings = spoilt(folder, place, value)
    assert any(said in finding for finding in findings), findings
    assert all(".json: " in finding for finding in findings)


def test_two_rows_for_the_same_day_are_a_fault(folder: Path) -> None:
    row = json.loads((folder / "state_rules.json").read_text(encoding="utf-8"))["rules"][0]
    assert spoilt(folder, "state_rules.rules.1", row) == ["state_rules.json: OK: two rows hold from 2026-01-01 on"]


def test_a_clock_needs_to_know_when_it_starts(folder: Path) -> None:
    row = json.loads((folder / "state_rules.json").read_text(encoding="utf-8"))["rules"][0]
    clocked = {**row, "type": "JUST_IN_TIME", "clock_days": 15}
    assert spoilt(folder, "state_rules.rules.0", clocked) == ["state_rules.json: OK: the clock's start is missing"]


def test_a_review_lasts_a_year_to_the_day(folder: Path) -> None:
    reviewed = date(2026, 11, 1)
    assert lint(folder, reviewed + timedelta(days=365)) == []
    assert len(lint(folder, reviewed + timedelta(days=366))) == 3


def test_a_file_that_cannot_be_read_is_a_finding(folder: Path) -> None:
    (folder / "interview.json").write_text("{", encoding="utf-8")
    (folder / "state_rules.json").unlink()
    assert [finding.partition(":")[0] for finding in lint(folder, ON)] == ["interview.json", "state_rules.json"]


def pin(folder: Path, text: str, **more: str) -> None:
    (folder / "texts").mkdir()
    (folder / "texts/statute.txt").write_text(text, encoding="utf-8")
    row = {"sha256": hashlib.sha256(b"as enacted").hexdigest(), "revision": "2024-03", "source": "a gazette"}
    pinned = {"texts": {"statute.txt": {**row, "reviewed_on": "2026-11-01", **more}}}
    (folder / "texts/pinned.json").write_text(json.dumps(pinned), encoding="utf-8")


def test_a_text_taken_over_has_to_be_unaltered(folder: Path) -> None:
    pin(folder, "as amended by us")
    assert lint(folder, ON) == ["texts/statute.txt: is not the text that was pinned as revision 2024-03"]


def test_an_unaltered_text_is_sound_until_its_review_is_too_old(folder: Path) -> None:
    pin(folder, "as enacted")
    assert lint(folder, ON) == []
    pinned = folder / "texts/pinned.json"
    pinned.write_text(pinned.read_text().replace("2026-11-01", "2024-11-01"), encoding="utf-8")
    assert len(lint(folder, ON)) == 1


def test_the_command_fails_with_its_findings_and_the_packet_types_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), "--on", "2026-11-23"]) == 0
    assert main([str(folder), "--on", "2028-01-01"]) == 1
    assert "harbor/state_rules.json: OK: last reviewed on 2026-11-01" in capsys.readouterr().out


def claim(folder: Path, **changes: str | None) -> list[str]:
    """The findings once the packet type claims Spanish, with everything read but for the changes."""
    asked = packet_type_words._Asked()
    packet_types.read(folder, asked)
    known = {text: f"ES {text}" for text in asked.texts} | changes
    (folder / "words").mkdir()
    kept = {text: reading for text, reading in known.items() if reading is not None}
    (folder / "words" / "es.json").write_text(json.dumps(kept), encoding="utf-8")
    return lint(folder, ON)


def test_a_packet_type_that_claims_a_language_and_has_all_its_texts_in_it_is_sound(folder: Path) -> None:
    assert claim(folder) == []


def first_title(folder: Path) -> str:
    data = json.loads((folder / "interview.json").read_text(encoding="utf-8"))
    return str(data["sections"][0]["title"])


def test_a_text_without_a_reading_is_named_with_its_place(folder: Path) -> None:
    (finding,) = claim(folder, **{first_title(folder): None})
    assert finding.startswith("words/es.json: no reading of interview.json: sections.")
    assert finding.endswith(".title")


@pytest.mark.parametrize(
    ("reading", "finding"),
    [(" ", "words/es.json: an empty reading of "), ("$company", "words/es.json: the reading of ")],
)
def test_a_reading_that_cannot_be_right_is_named(folder: Path, reading: str, finding: str) -> None:
    (found,) = claim(folder, **{first_title(folder): reading})
    assert found.startswith(finding)


def test_a_reading_of_no_text_is_named(folder: Path) -> None:
    assert claim(folder, nothing="nada") == ["words/es.json: no text of the packet type: 'nothing'"]


def test_a_language_that_the_product_does_not_speak_is_named(folder: Path) -> None:
    (folder / "words").mkdir()
    (folder / "words" / "tlh.json").write_text("{}", encoding="utf-8")
    assert lint(folder, ON) == ["words/tlh.json: the product does not speak this language"]


def test_the_demonstration_packet_type_claims_every_language() -> None:
    claimed = {path.stem for path in (packet_types.HOME / "meridian" / "words").glob("*.json")}
    assert {ENGLISH, *claimed} == set(LANGUAGES)
