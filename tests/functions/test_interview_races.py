"""Two tabs, two devices: of saves that began at one version one wins, and nothing of it is lost.

The tests can fail: with the store's condition or its lock taken away they do, and one of them shows it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.audit import Actor, Event, EventType, verify
from econtracting.domain.callers import Agent
from econtracting.domain.errors import EContractingError, StaleVersion
from econtracting.domain.interview.answers import Section
from econtracting.ports import Change
from econtracting.views.interview import AnswersStandView, SavedSectionView
from tests.support import journey
from tests.support.journey import ANSWERS, expect
from tests.support.racing import together
from tests.support.world import World

AGENT = ANSWERS["agent"]
WRITERS = 6
ACTOR = Actor(kind="agent", id="session")


@pytest.fixture
def packet_id(world: World) -> str:
    found = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    assert wiring._client("dynamodb").exceptions  # made by the first error only, and threads would make several
    return found


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """All calls at the same moment; what each answered or raised, in their order."""

    def outcome(number: int) -> tuple[int, Any]:
        try:
            return number, calls[number]()
        except EContractingError as error:
            return number, error

    return [outcome for _, outcome in sorted(together(len(calls), outcome), key=lambda pair: pair[0])]


def agent_of(packet_id: str) -> Agent:
    return Agent(packet_id, "session", wiring.clock().now(), ACTOR)


def save(packet_id: str, section: str, answers: Any, version: int) -> SavedSectionView:
    saving = replace(wiring.saving(), synthetic=True)
    return saving.save(agent_of(packet_id), section, answers, version, draft=False)


def named(number: int) -> dict[str, Any]:
    """Answers of which every writer has its own, in two places that must not be mixed."""
    letter = "ABCDEFGH"[number]
    return {**AGENT, "last_name": f"Rivers{letter}", "residential": {**AGENT["residential"], "city": f"Town{letter}"}}


def saves(packet_id: str) -> list[Callable[[], Any]]:
    return [partial(save, packet_id, "agent", named(number), 0) for number in range(WRITERS)]


@pytest.mark.failure("R06")
def test_of_many_saves_at_one_version_exactly_one_wins(world: World, packet_id: str) -> None:
    outcomes = at_once(*saves(packet_id))
    won = [one for one in outcomes if isinstance(one, SavedSectionView)]
    lost = [one for one in outcomes if isinstance(one, StaleVersion)]
    assert (len(won), len(lost)) == (1, WRITERS - 1)
    assert {one.facts["current_version"] for one in lost} == {1}
    stored = wiring.packets().find(Section, packet_id, "agent")
    assert stored is not None
    assert stored.version == 1
    assert stored.public["last_name"][-1] == stored.public["residential"]["city"][-1]


@pytest.mark.failure("R06")
def test_saves_of_different_sections_all_stand(world: World, packet_id: str) -> None:
    sections = ["agent", "online-presence", "pre-appointments", "background"]
    answers = {name: journey.answers_for(world, name) for name in sections}
    outcomes = at_once(*[lambda name=name: save(packet_id, name, answers[name], 0) for name in sections])
    assert [one.version for one in outcomes] == [1, 1, 1, 1]
    packet = wiring.packets().load(packet_id)
    assert {name for name, state in packet.sections.items() if state.complete} == set(sections)
    events = wiring.packets().events(packet_id)
    assert verify(events) == packet.event_head
    assert sum(event.type == "interview.section_saved" for event in events) == len(sections)


def test_a_save_and_a_confirmation_never_both_pass_unnoticed(world: World, packet_id: str) -> None:
    """Whatever comes first, the documents show the answers that stand."""
    journey.answer_everything(world)
    seen = wiring.summaries().view(agent_of(packet_id)).version

    def confirm() -> Any:
        return replace(wiring.summaries(), synthetic=True).confirm(agent_of(packet_id), seen)

    saved, confirmed = at_once(lambda: save(packet_id, "agent", named(0), 1), confirm)
    packet = wiring.packets().load(packet_id)
    if isinstance(confirmed, AnswersStandView):
        # Frozen: the save either lost, or was in before the documents were made.
        frozen = next(event for event in wiring.packets().events(packet_id) if event.type == "packet.frozen")
        kept = [event.seq for event in wiring.packets().events(packet_id) if event.type == "interview.section_saved"]
        assert packet.status.value == "AWAITING_SIGNATURE"
        assert max(kept) < frozen.seq
    else:
        assert confirmed.code == "stale-version"
        assert packet.status.value == "IN_PROGRESS"
        assert isinstance(saved, SavedSectionView)


def meanwhile(monkeypatch: pytest.MonkeyPatch, once: Callable[[], Any]) -> None:
    """Something happens once while the documents are being prepared."""
    prepare, left = wiring.preparation().prepare, [once]

    def preparing(*given: Any) -> Any:
        made = prepare(*given)
        if left:
            left.pop()()
        return made

    monkeypatch.setattr(wiring.preparation(), "prepare", preparing)


def test_a_mail_that_is_delivered_while_documents_are_prepared_does_not_refuse_the_confirmation(
    world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey.answer_everything(world)
    delivered = Event(type=EventType.INVITATION_DELIVERED, at=world.clock.now(), actor=ACTOR)
    meanwhile(
        monkeypatch,
        lambda: wiring.packets().change(packet_id, lambda packet: Change(packet, events=[delivered])),
    )
    journey.confirm(world)
    assert world.status(packet_id) == "AWAITING_SIGNATURE"


def test_answers_that_are_saved_while_documents_are_prepared_are_looked_at_before_they_are_confirmed(
    world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey.answer_everything(world)
    meanwhile(monkeypatch, lambda: save(packet_id, "agent", named(0), 1))
    refused = expect(journey.try_to_confirm(world), 412)
    assert refused.json["code"] == "stale-version"
    assert world.status(packet_id) == "IN_PROGRESS"
    journey.confirm(world)


def test_without_the_stores_condition_the_race_is_lost(
    world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the first test can fail: with the condition on the version taken out, more than one save wins."""
    client = wiring._client("dynamodb")
    write = client.transact_write_items

    def unguarded(TransactItems: list[dict[str, Any]]) -> Any:
        bare = [
            {kind: {name: part[name] for name in ("TableName", "Item")}}
            for one in TransactItems
            for kind, part in one.items()
        ]
        return write(TransactItems=bare)

    monkeypatch.setattr(client, "transact_write_items", unguarded)
    ready = threading.Barrier(WRITERS)
    seal = wiring.envelope().seal

    def waiting(*given: Any) -> Any:
        ready.wait()  # everyone has read version 0 before anyone writes
        return seal(*given)

    monkeypatch.setattr(wiring.envelope(), "seal", waiting)
    outcomes = at_once(*saves(packet_id))
    assert sum(isinstance(one, SavedSectionView) for one in outcomes) == WRITERS
