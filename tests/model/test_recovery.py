"""R41 on moto, in virtual weeks: executions are ended at any moment, the relay dies at any call, and no one helps."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from itertools import count

import pytest

from econtracting import wiring
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Status
from tests.model.case import COURSES, Case, Person
from tests.model.invariants import Invariants, Stored
from tests.model.outsiders import Outsiders
from tests.model.stages import Stages
from tests.model.wire import KINDS, Fault
from tests.support import stories

PACKETS, LONGEST = 6, 300  # packets, and rounds of six hours
STATES = ("AL", "TN")
SEEDS = (1, 2)


def submitted(play: Outsiders, number: int) -> Case:
    """A sealed packet whose execution is about to start."""
    person = Person("dana@example.com", str(15645555 + number))
    packet_id = stories.submitted(play.world, npn=person.npn, states=STATES)
    play.wire.put(packet_id, Status.SUBMITTED)
    now = play.now
    case = Case(packet_id, number, person, "agency-1", STATES, now, now + timedelta(days=29), status=Status.SUBMITTED)
    case.submitted, case.since, case.versions = True, now, {"agent": 1}
    play.cases.append(case)
    return case


def vendors_answer(play: Outsiders, case: Case) -> None:
    """Whatever a vendor was asked it answers well, and once."""
    if not case.said("clear"):
        play.report(case, "complete", "clear")
    for state in case.states:
        if state not in case.answered:
            play.appointment(case, state, "APPROVED")
    if not case.loaded:
        play.load(case)
    for course in sorted(COURSES - case.passed):
        play.course(case, course, passed=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_ended_or_dies_every_packet_comes_to_its_end_once(
    walked: Stages, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(stories, "_NUMBERS", count(1))  # the same names every time, and with them the same drill
    play, draw = walked.at("new"), random.Random(seed)
    cases = [submitted(play, number) for number in range(1, PACKETS + 1)]
    aborted = broken = 0
    for _ in range(LONGEST):
        if all(case.status is Status.ACTIVE for case in cases):
            break
        if draw.random() < 0.5:
            play.wire.fault = Fault(draw.choice(KINDS), draw.randint(1, 30))
        play.relay()
        play.work(draw.choice((1, 3, 1000)))
        broken += len(play.wire.fired)
        play.wire.fired, play.wire.fault = [], None
        if (running := play.executor.running()) and draw.random() < 0.4:
            play.executor.abort(draw.choice(running))
            aborted += 1
        for case in cases:
            if draw.random() < 0.3:
                vendors_answer(play, case)
        play.pass_(timedelta(hours=6))
    assert {case.status for case in cases} == {Status.ACTIVE}
    assert min(aborted, broken) > PACKETS // 2, "a drill without trouble is none"
    for case in cases:
        done_once(case)
    outside = play.world.outside
    assert sorted(one["external_ref"] for one in outside.gateway.orders.values()) == sorted(
        f"{case.packet_id}-AL" for case in cases
    )
    assert len(outside.screening.orders) == len(outside.site.feeds) == PACKETS
    Invariants(play).mailed_once(Stored())


def done_once(case: Case) -> None:
    """Each step of the road is once on the trail, each effect once in the ledger, and done."""
    trail = Counter(event.type for event in wiring.packets().events(case.packet_id))
    for step in ("bgc.requested", "bgc.ordered", "bgc.recorded", "packet.processed", "certification.opened"):
        assert trail[step] == 1, (step, trail)
    effects = wiring.packets().all_of(Effect, case.packet_id)
    assert len({one.id for one in effects}) == len(effects)
