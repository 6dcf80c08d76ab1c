"""Nothing grows beyond what a service takes: items, bodies, reads (failures R25, R26, R39)."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256

import pytest

from econtracting import wiring
from econtracting.adapters.dynamodb import keys
from econtracting.domain.fields.text import EXPLANATION_LENGTH
from tests.reliability import agents
from tests.reliability.sweep import Sweep
from tests.support import deployed, journey, moments
from tests.support.journey import expect

LARGEST_ITEM = 400 * 1024  # bytes, DynamoDB

FILLED = {"yes-no": True, "whole-number": 12, "text": "State of Tennessee"}


def largest() -> int:
    return max(moments.size(one) for one in moments.items())


@pytest.mark.failure("R26")
@pytest.mark.parametrize("letter", ["a", "ő", "\\"], ids=["plain", "accented", "escaped"])
def test_every_question_explained_at_full_length_fits_into_its_item(road: Sweep, letter: str) -> None:
    caller = road.at("accept the agreement")
    questions = wiring.packet_type("meridian").interview.section("background").questions
    answers = {
        question.code: {
            "answer": True,
            "explanation": letter * EXPLANATION_LENGTH,
            **{field.name: FILLED[field.type] for field in question.follow_ups},
        }
        for question in questions
    }
    expect(journey.save(caller.world, "background", answers), 200)
    assert len(questions) * EXPLANATION_LENGTH < largest() < LARGEST_ITEM


@pytest.mark.failure("R26")
def test_an_explanation_that_is_longer_is_refused_before_anything_is_written(road: Sweep) -> None:
    caller = road.at("accept the agreement")
    shown = expect(caller.world.call("GET", "/packet/interview/background"), 200).json
    before = moments.items()
    answers = {one["code"]: {"answer": True, "explanation": "a" * 70_000} for one in shown["questions"]}
    assert journey.save(caller.world, "background", answers, shown["version"]).status == 422
    assert moments.items() == before


@pytest.mark.failure("R26")
@pytest.mark.parametrize("length", [200_000, 450_000, 1_200_000])
def test_a_webhook_is_kept_whole_or_refused_before_anything_is_written(road: Sweep, length: int) -> None:
    caller = road.at("await the second state")
    before = moments.items()
    answer = journey.appointment_webhook(caller.world, caller.packet, "AL", note="x" * length)
    assert answer.status in (202, 413)
    assert answer.status == 202 or moments.items() == before
    assert largest() < LARGEST_ITEM


@pytest.mark.failure("R26")
def test_a_signed_packet_with_sixteen_pictures_of_signatures_stays_small(road: Sweep) -> None:
    """A picture is stored once, outside the table; a document names it."""
    caller = road.at("adopt a picture")
    agents.sign_everything(caller)
    agents.finish(caller)
    assert largest() < LARGEST_ITEM / 10


@pytest.mark.failure("R25")
def test_nothing_reads_the_table_by_scanning() -> None:
    assert "dynamodb:Scan" not in (deployed.ROOT / "template.yaml").read_text()
    sources = [path.read_text() for path in (deployed.ROOT / "functions").rglob("*.py")]
    assert not [text for text in sources if re.search(r"client\.scan\(", text)]


@pytest.mark.failure("R25")
def test_packets_of_one_status_or_due_at_one_time_spread_over_shards() -> None:
    """A partition takes 1,000 write units a second; a status or a minute is no partition of its own."""
    names = [f"pkt_{sha256(str(number).encode()).hexdigest()[:26]}" for number in range(8000)]
    due = Counter(keys.due_shard(name) for name in names)
    assert len(due) == keys.DUE_SHARDS
    assert max(due.values()) < 1.15 * len(names) / keys.DUE_SHARDS
    status = Counter(keys._shard(name, keys.STATUS_SHARDS) for name in names)
    assert len(status) == keys.STATUS_SHARDS
    assert max(status.values()) < 1.15 * len(names) / keys.STATUS_SHARDS


@pytest.mark.failure("R39")
def test_finish_neither_renders_nor_seals_while_the_agent_waits(road: Sweep) -> None:
    """The slow work is the workflow's, so that Finish keeps far from the gateway's 29 seconds, cold start included."""
    _, calls = road.undisturbed("finish")
    asked = calls[: calls.index("dynamodb:TransactWriteItems") + 1]
    assert {call.partition(":")[0] for call in asked} == {"dynamodb"}
    assert len(asked) < 12
    assert wiring.packets().load(road.at("finish").packet).status == "SEALING"
