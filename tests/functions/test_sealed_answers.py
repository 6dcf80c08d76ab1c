"""What is replaced is gone, and the longest answers can be saved any number of times: sizes over many saves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from econtracting import wiring
from econtracting.adapters.envelope import WrongContext
from econtracting.domain.fields.text import EXPLANATION_LENGTH
from econtracting.domain.interview.answers import LARGEST_SECTION, SealedAnswers, Section
from tests.support import journey, moments
from tests.support.journey import ANSWERS, expect
from tests.support.world import World

pytestmark = pytest.mark.law("N10")

SAVES = 200
LARGEST_ITEM = 400 * 1024  # bytes, DynamoDB
LONGEST = {"yes-no": True, "whole-number": 10**9 - 1, "text": "\U00010400"}  # a letter of four bytes


@pytest.fixture
def packet_id(world: World) -> str:
    found = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    return found


def longest_answers(letter: str = "\U00010400") -> dict[str, Any]:
    """A yes to every question, explained and followed up as far as the interview takes it."""
    return {
        question.code: {
            "answer": True,
            "explanation": letter * EXPLANATION_LENGTH,
            **{
                field.name: LONGEST[field.type] * (field.longest or 200)
                if field.type == "text"
                else LONGEST[field.type]
                for field in question.follow_ups
            },
        }
        for question in wiring.packet_type("meridian").interview.section("background").questions
    }


def stored(packet_id: str, name: str) -> Section:
    found = wiring.packets().find(Section, packet_id, name)
    assert found is not None
    return found


def opened(section: Section) -> list[dict[str, Any]]:
    """Everything that any sealed part still holds, whether it stands or not."""
    envelope = wiring.envelope()
    return [envelope.open(section.packet_id, section.name, one.version, one.answers) for one in section.sealed]


def item_of(packet_id: str, name: str) -> dict[str, Any]:
    (found,) = [
        one
        for one in moments.items()
        if one["PK"] == {"S": f"PACKET#{packet_id}"} and one["SK"] == {"S": f"SECTION#{name}"}
    ]
    return found


@pytest.mark.failure("R26")
def test_the_longest_answers_to_all_questions_are_saved_two_hundred_times(world: World, packet_id: str) -> None:
    """Each save replaces one answer and keeps the others, which come back as their masks."""
    answers = longest_answers()
    version = expect(journey.save(world, "background", answers, 0), 200).json["version"]
    largest, codes = 0, list(answers)
    for number in range(SAVES):
        code = codes[number % len(codes)]
        given = {
            **dict.fromkeys(codes, "***"),
            code: {**answers[code], "explanation": "\U00010401" * EXPLANATION_LENGTH},
        }
        version = expect(journey.save(world, "background", given, version), 200).json["version"]
        largest = max(largest, moments.size(item_of(packet_id, "background")))
    section = stored(packet_id, "background")
    assert section.version == SAVES + 1
    assert sorted(field for part in section.sealed for field in part.fields) == sorted(codes)
    assert largest < LARGEST_ITEM
    assert moments.size(item_of(packet_id, "background")) <= section.size + 200


def test_a_replaced_number_is_in_no_sealed_part(world: World, packet_id: str) -> None:
    numbers = [f"987-65-43{number}" for number in range(20, 30)]
    for version, number in enumerate(numbers):
        expect(journey.save(world, "agent", {**ANSWERS["agent"], "ssn": number, "ssn_confirm": number}, version), 200)
        shown = world.call("GET", "/packet/interview/agent").json["answers"]
        assert shown["ssn"] == f"***-**-{number[-4:]}"
    held = opened(stored(packet_id, "agent"))
    assert [one for part in held for one in part] == ["ssn", "birth_date"]
    assert [part["ssn"] for part in held if "ssn" in part] == [numbers[-1]]


def test_a_number_that_is_corrected_while_the_birth_date_stays_is_gone(world: World, packet_id: str) -> None:
    expect(journey.save(world, "agent", ANSWERS["agent"], 0), 200)
    shown = world.call("GET", "/packet/interview/agent").json["answers"]
    expect(journey.save(world, "agent", {**shown, "ssn": "987-65-4321", "ssn_confirm": "987-65-4321"}, 1), 200)
    section = stored(packet_id, "agent")
    assert [(part.version, part.fields) for part in section.sealed] == [(1, ("birth_date",)), (2, ("ssn",))]
    assert opened(section) == [{"birth_date": "1980-02-29"}, {"ssn": "987-65-4321"}]


def test_an_answer_that_is_cleared_is_gone(world: World, packet_id: str) -> None:
    expect(journey.save(world, "agent", ANSWERS["agent"], 0), 200)
    cleared = {**world.call("GET", "/packet/interview/agent").json["answers"], "ssn": None}
    call = {"headers": {"If-Match": "1"}, "query": {"draft": "true"}}
    expect(world.call("PUT", "/packet/interview/agent", cleared, **call), 200)
    assert opened(stored(packet_id, "agent")) == [{"birth_date": "1980-02-29"}]


def test_an_answer_moved_to_another_packet_section_or_version_does_not_open(world: World, packet_id: str) -> None:
    expect(journey.save(world, "agent", ANSWERS["agent"], 0), 200)
    part = stored(packet_id, "agent").sealed[0]
    envelope = wiring.envelope()
    assert envelope.open(packet_id, "agent", 1, part.answers)
    for place in (("pkt_other", "agent", 1), (packet_id, "background", 1), (packet_id, "agent", 2)):
        with pytest.raises(WrongContext):
            envelope.open(*place, part.answers)


def test_the_answers_of_one_save_take_one_data_key_to_seal_and_to_open(world: World, packet_id: str) -> None:
    client, asked = wiring._client("kms"), []
    client.meta.events.register("before-call.kms", lambda model, **_: asked.append(model.name))
    expect(journey.save(world, "agent", ANSWERS["agent"], 0), 200)
    assert asked == ["GenerateDataKey"]
    parts = stored(packet_id, "agent").sealed
    asked.clear()
    found = wiring.envelope().open(packet_id, "agent", 1, *[part.answers for part in parts])
    assert found == {"ssn": "987-65-4320", "birth_date": "1980-02-29"}
    assert asked == ["Decrypt"]


@pytest.mark.failure("R26")
def test_answers_that_would_not_fit_are_refused_before_anything_is_written(
    world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a packet type with more questions than an item holds; the longest answer is named."""
    monkeypatch.setattr("econtracting.usecases.interview.interview.LARGEST_SECTION", 50_000)
    questions = list(longest_answers())
    answers: dict[str, Any] = {code: {"answer": False} for code in questions}
    long = {"answer": True, "explanation": "\U00010400" * EXPLANATION_LENGTH}
    longer = {"answer": True, "explanation": "\U00010400" * (EXPLANATION_LENGTH - 1000)}
    given = {**answers, questions[0]: longer, questions[2]: long, questions[3]: longer}
    before = moments.items()
    refused = expect(journey.save(world, "background", given, 0), 422).json
    assert [(one["field"], one["rule"]) for one in refused["errors"]] == [(questions[2], "section-too-long")]
    assert moments.items() == before
    expect(journey.save(world, "background", {**given, questions[2]: {"answer": False}}, 0), 200)


def test_every_packet_types_longest_section_fits() -> None:
    """Four bytes a character, sealed and in base64, for every text the shipped interview takes."""
    for section in wiring.packet_type("meridian").interview.sections:
        texts = [
            EXPLANATION_LENGTH + sum(field.longest or 200 for field in one.follow_ups) for one in section.questions
        ]
        assert sum(4 * text * 4 // 3 + 1200 for text in texts) < LARGEST_SECTION, section.name


LETTERS = st.sampled_from(["a", "ő", "\\", '"', "\n", "漢", "\U00010400"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(letter=LETTERS, kept=st.sets(st.integers(0, 12)), length=st.sampled_from([1, 200, EXPLANATION_LENGTH]))
def test_whatever_is_saved_only_what_stands_is_sealed(
    world: World, packet_id: str, letter: str, kept: set[int], length: int
) -> None:
    version = world.call("GET", "/packet/interview/background").json["version"]
    answers = longest_answers()
    codes = list(answers)
    stands = {codes[number] for number in kept} if version else set()
    text = ("x" + letter * length)[: EXPLANATION_LENGTH - 1] + "x"
    given = {code: "***" if code in stands else {**answers[code], "explanation": text} for code in codes}
    expect(journey.save(world, "background", given, version), 200)
    section = stored(packet_id, "background")
    assert sorted(name for part in opened(section) for name in part) == sorted(codes)
    assert all(part.version == version + 1 for part in section.sealed if part.fields[0] not in stands)
    assert moments.size(item_of(packet_id, "background")) < min(LARGEST_ITEM, section.size + 200)


def seal_together(packet_id: str, name: str, version: int, plain: dict[str, Any]) -> SealedAnswers:
    """As earlier releases did: all answers of a save in one message."""
    return wiring.envelope().seal(packet_id, name, version, plain)


def test_what_an_earlier_release_sealed_together_is_sealed_anew_when_it_is_saved(world: World, packet_id: str) -> None:
    """The part of the first save still holds a number that the second one replaced."""
    expect(journey.save(world, "agent", ANSWERS["agent"], 0), 200)
    first = seal_together(packet_id, "agent", 1, {"ssn": "987-65-4320", "birth_date": "1980-02-29"})
    second = seal_together(packet_id, "agent", 2, {"ssn": "987-65-4321"})
    item = item_of(packet_id, "agent")
    item.pop("apart")
    parts = [(1, "birth_date", first), (2, "ssn", second)]
    item |= {
        "version": {"N": "2"},
        "sealed": {
            "L": [
                {
                    "M": {
                        "version": {"N": str(version)},
                        "fields": {"L": [{"S": field}]},
                        "answers": {"M": {key: {"S": value} for key, value in sealed.model_dump().items()}},
                    }
                }
                for version, field, sealed in parts
            ]
        },
    }
    wiring._client("dynamodb").put_item(TableName=wiring.settings().table, Item=item)
    assert "987-65-4320" in str(opened(stored(packet_id, "agent")))
    shown = world.call("GET", "/packet/interview/agent").json["answers"]
    expect(journey.save(world, "agent", {**shown, "last_name": "Brooks"}, 2), 200)
    section = stored(packet_id, "agent")
    assert section.apart
    assert opened(section) == [{"birth_date": "1980-02-29"}, {"ssn": "987-65-4321"}]
    (read,) = [one for one in wiring.packets().events(packet_id) if one.type == "pii.read"]
    assert read.data == {"purpose": "resealing", "fields": ["agent.birth_date", "agent.ssn"]}
    assert wiring.resealing().reseal(packet_id) == 0
