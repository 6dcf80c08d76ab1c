"""A crowd is invited, and among it some go all the way: nothing is lost, nothing doubled, no one pays for the others.

The suite invites a few dozen; `make load` ten thousand (LOAD_PACKETS, LOAD_JOURNEYS). In process, on moto: the store is
one lock wide, so this proves what is written, not how fast.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.load import crowd
from tools.bench import ROOT, packet, road

PACKETS = int(os.environ.get("LOAD_PACKETS", "40"))
JOURNEYS = int(os.environ.get("LOAD_JOURNEYS", "1"))
FIGURES = ROOT / "build" / "load.json"


@dataclass(frozen=True)
class Story:
    """What happened, told once for all tests."""

    answers: list[crowd.Answered]
    mails: Counter[str]
    outbox: Counter[tuple[str, bool]]
    before: str
    after: str
    alone: road.Measured
    among: list[road.Measured]
    ended: Counter[str]


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with road.track() as (track, _):
        track.play()
        alone = track.play()
        world, began = track.world, time.perf_counter()
        mails = len(world.outside.post.sent)
        answers = []
        for chunk in range(0, PACKETS, 500):
            answers += crowd.invite(world, min(500, PACKETS - chunk), chunk)
            world.settle()
        invited = time.perf_counter() - began
        sent = Counter(one["reference"] for one in world.outside.post.sent[mails:])
        outbox, packets = crowd.outbox(), {one.packet_id for one in answers}
        before = crowd.fingerprint(packets)
        among = [track.play() for _ in range(JOURNEYS)]
        ended = Counter(attributes["status"]["S"] for _, name, attributes in crowd.stored() if name == "PACKET")
        _keep(FIGURES, invited, time.perf_counter() - began - invited, alone, among)
        yield Story(answers, sent, outbox, before, crowd.fingerprint(packets), alone, among, ended)


def test_everybody_is_invited_once(story: Story) -> None:
    ids = {one.number: one.packet_id for one in story.answers}
    assert len(ids) == len(set(ids.values())) == PACKETS
    assert all(ids[one.number] == one.packet_id for one in story.answers), "a repeated request found another packet"


def test_everybody_gets_one_mail(story: Story) -> None:
    assert len(story.mails) == PACKETS
    assert set(story.mails.values()) == {1}


def test_every_effect_is_done(story: Story) -> None:
    assert [kind for kind, done in story.outbox if not done] == []


def test_the_crowd_is_as_it_was_when_others_have_passed_through(story: Story) -> None:
    assert story.before == story.after


def test_those_who_go_all_the_way_arrive(story: Story) -> None:
    assert story.ended == Counter({"INVITED": PACKETS, "ACTIVE": JOURNEYS + 2})


def test_a_packet_among_many_costs_what_one_alone_costs(story: Story) -> None:
    assert max(packet.apart(one, story.alone) for one in story.among) <= packet.SLACK


def _keep(file: Path, inviting: float, traveling: float, alone: road.Measured, among: list[road.Measured]) -> None:
    """Figures for docs/scale.md."""
    file.parent.mkdir(exist_ok=True)
    counts = {name: [dict(one.total(name)) for one in (alone, among[-1])] for name in ("calls", "units")}
    seconds = {"inviting": round(inviting, 1), "traveling": round(traveling, 1)}
    file.write_text(json.dumps({"packets": PACKETS, "journeys": JOURNEYS, "seconds": seconds, **counts}, indent=2))


def test_the_audit_trail_of_everybody_begins_with_the_invitation(story: Story) -> None:
    begun = Counter(
        name for partition, name, _ in crowd.stored() if partition.startswith("PACKET#") and name.startswith("EVENT#")
    )
    assert max(begun.values()) == PACKETS + JOURNEYS + 2
