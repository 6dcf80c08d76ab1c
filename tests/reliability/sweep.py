"""Interrupt an act at any of its calls, let its caller try again, and compare the end with an undisturbed one's."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from moto import mock_aws

from econtracting import wiring
from econtracting.adapters.dynamodb import items as stored
from econtracting.adapters.pace import EvenPace
from econtracting.adapters.render import TypstRenderer
from econtracting.domain.audit import ChainedEvent, verify
from econtracting.domain.errors import EContractingError
from econtracting.domain.outbox import LEASE
from econtracting.domain.packet import Packet
from econtracting.domain.record import Record
from tests.reliability.agents import Caller, deliver_outbox
from tests.reliability.roads import Step, steps
from tests.reliability.workflow import sweep as minute
from tests.support import atomic, moments
from tests.support.interruptions import Crash, Interruptions, Kind
from tests.support.moments import Moment
from tests.support.world import World, build

atomic.install()

ATTEMPTS = 4
FAILURES = (Crash, AssertionError, EContractingError)
# Values that no two runs share: they are chosen at random, or follow from what is.
_RANDOM = [
    (re.compile(pattern), name)
    for pattern, name in (
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(Z|\+00:00)", "<time>"),
        (r"pkt_[0-9a-z]{26}", "<packet>"),
        (r"(att|sig)_[0-9a-z]{26}", "<id>"),
        (r"\b((publish|wake)#[\w.#-]*)#\d+", r"\1#<version>"),
        (r"(STATUS#\w+|DUE)#\d", "<shard>"),
        (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<object version>"),
        (r"\b[0-9a-f]{64}\b", "<sha256>"),
        (r"\b[0-9a-f]{32}\b", "<uuid>"),
        (r"\b[0-9a-f]{16}\b", "<short>"),
        (r"\$argon2id\$[^\"]+", "<hash>"),
        (r"\b1[789]\d{11}\b", "<milliseconds>"),
        # Two events that have nothing to do with each other come in either order.
        (r"(sign-milestone#|milestones/<packet>/)\d{6}", r"\1<sequence>"),
        (r"(sign-milestone.*\"seq\": )\d+", r"\1<sequence>"),
        (r"\bmail-\d+\b", "<mail>"),  # the mail service numbers a mail that comes twice anew
    )
]
# Not facts of their own: how often something was tried, and counters of commits and events (events are compared).
_ASIDE = frozenset({"attempts", "commit_id", "expires", "due_at", "due_at_sk", "sealed", "version", "event_count"})
# Every opening of sensitive answers is on the trail; whoever starts again opens them again.
_OPENED = re.compile(r"^pii\.read$")
# It prints the seals' hashes, which no two sealings share, so its length varies.
_CERTIFICATE = "DOCUMENT#certificate"
_COUNTERS = ("LIMIT#", "TRIES#", "BREAKER#")


@dataclass(frozen=True)
class Ending:
    items: tuple[str, ...]
    events: tuple[str, ...]
    mails: tuple[str, ...]
    orders: tuple[str, ...]
    objects: tuple[str, ...]
    executions: tuple[str, ...]

    def differences(self, other: Ending) -> list[str]:
        """What is here and not there, and the other way round."""
        found = []
        for name, mine in vars(self).items():
            theirs = getattr(other, name)
            found += [f"{name}: only then: {one}" for one in (Counter(mine) - Counter(theirs)).elements()]
            found += [f"{name}: only undisturbed: {one}" for one in (Counter(theirs) - Counter(mine)).elements()]
        return found


class Sweep:
    def __init__(self, world: World, interruptions: Interruptions) -> None:
        self.caller = Caller(world)
        self.steps = steps()
        self._interruptions = interruptions
        self._ends: dict[str, Moment] = {"": moments.now(world, {})}
        self._undisturbed: dict[str, tuple[Ending, list[str]]] = {}

    def undisturbed(self, name: str) -> tuple[Ending, list[str]]:
        """How a step ends if nothing goes wrong, and the calls that it makes."""
        if name not in self._undisturbed:
            step = self._begin(name)
            with self._interruptions.armed():
                step.act(self.caller)
                deliver_outbox()
            calls = list(self._interruptions.made)
            at = self.caller.world.clock.at
            self._settle()
            self._undisturbed[name] = self._ending(step), calls
            self.caller.world.clock.at = at  # the next act comes at once
            self._ends[name] = moments.now(self.caller.world, self.caller.kept)
        return self._undisturbed[name]

    def at(self, name: str) -> Caller:
        """Everything as it stands after a step; with no name, before the first."""
        if name:
            self.undisturbed(name)
        moments.back(self.caller.world, self._ends[name], self.caller.kept)
        return self.caller

    def differences(self, name: str, kind: Kind, at: int) -> list[str]:
        """What comes out otherwise if the step's `at`-th call goes wrong."""
        wanted, _ = self.undisturbed(name)
        step = self._begin(name)
        act = step.act
        with self._interruptions.armed(kind, at):
            for attempt in range(ATTEMPTS):
                try:
                    act(self.caller)
                    break
                except FAILURES:
                    if attempt == ATTEMPTS - 1 or not self._interruptions.struck:
                        raise
                    act = step.retry or step.act
            for _ in range(ATTEMPTS):
                try:
                    deliver_outbox()
                    break
                except Crash:
                    continue
        self._settle()
        return self._ending(step).differences(wanted)

    def _begin(self, name: str) -> Step:
        step = self.steps[name]
        if step.after not in self._ends:
            self.undisturbed(step.after)
        moments.back(self.caller.world, self._ends[step.after], self.caller.kept)
        if step.before is not None:
            step.before(self.caller)
        return step

    def _settle(self) -> None:
        """What was claimed by who died is free again, and the next minutes' sweeps find it."""
        for pause in (LEASE + timedelta(seconds=1), timedelta(minutes=20)):  # the second is for what failed often
            self.caller.world.clock.at += pause
            minute(self.caller)

    def _ending(self, step: Step) -> Ending:
        loose = tuple(re.compile(one) for one in step.tolerates)
        kept = moments.items()
        rows = [stored.plain(one) for one in kept]
        events = []
        for packet in _records(Packet, kept, "PACKET"):
            trail = [one for one in _records(ChainedEvent, kept, "EVENT#") if one.packet_id == packet.id]
            assert (packet.event_head, packet.event_count) == (verify(trail), len(trail))
            events += [_told(one.model_dump(include={"type", "actor", "data"}, mode="json")) for one in trail]
        outside = self.caller.world.outside
        references = [mail["reference"] for mail in outside.post.sent]
        assert all(references.count(one) <= 2 for one in references), references
        return Ending(
            items=frozenset(row for one in rows if (row := _row(one)) and not _matches(loose, _key(one))),
            events=tuple(one for one in events if not _matches((*loose, _OPENED), json.loads(one)["type"])),
            mails=tuple(one for one in set(map(_masked, references)) if not _matches(loose, _as_effect(one))),
            orders=tuple(map(_masked, [*outside.screening.orders, *outside.gateway.orders, *outside.site.feeds])),
            objects=tuple(one for one in map(_masked, moments.objects()) if not _matches(loose, one)),
            executions=tuple(map(_masked, moments.executions())),
        )


@contextmanager
def sweep() -> Iterator[Sweep]:
    """The whole product on moto. Executions are not run: their steps are acts of the road."""
    with mock_aws(config={"lambda": {"use_docker": False}}), pytest.MonkeyPatch.context() as patch:
        world = build(patch)
        patch.setattr(wiring, "pace", lambda: EvenPace(0))
        patch.setattr(TypstRenderer, "render", _remembering(TypstRenderer.render))
        interruptions = Interruptions()
        interruptions.install(patch)
        yield Sweep(world, interruptions)
        wiring.forget()


def _remembering(render: Any) -> Any:
    """The same facts give the same bytes, so they are rendered once."""
    made: dict[str, Any] = {}

    def remembered(self: Any, packet_type: str, template: str, facts: Mapping[str, Any], frozen_at: Any) -> Any:
        key = json.dumps([packet_type, template, facts, str(frozen_at)], sort_keys=True, default=str)
        if key not in made:
            made[key] = render(self, packet_type, template, facts, frozen_at)
        return made[key]

    return remembered


def _records[R: Record | ChainedEvent](kind: type[R], kept: list[dict[str, Any]], prefix: str) -> list[R]:
    """The records of a kind, by their keys."""
    found = [one for one in kept if one["PK"]["S"].startswith("PACKET#") and one["SK"]["S"].startswith(prefix)]
    return [stored.record(kind, one) for one in sorted(found, key=lambda one: (one["PK"]["S"], one["SK"]["S"]))]


def _row(item: Mapping[str, Any]) -> str | None:
    """An item without what is random in it; None for what only counts, and for events, which have their own place."""
    if item["PK"].startswith(_COUNTERS) or item["SK"].startswith("EVENT#"):
        return None
    aside = _ASIDE | {"size"} if item["SK"] == _CERTIFICATE else _ASIDE
    return _told({name: value for name, value in item.items() if name not in aside})


def _key(item: Mapping[str, Any]) -> str:
    return f"{item['PK']} {item['SK']}"


def _as_effect(reference: str) -> str:
    return "OUTBOX#" + reference.partition(".")[2].replace(".", "#")


def _matches(patterns: tuple[re.Pattern[str], ...], text: str) -> bool:
    return any(one.search(text) for one in patterns)


def _told(value: Any) -> str:
    return _masked(json.dumps(value, sort_keys=True, default=str))


def _masked(text: str) -> str:
    for pattern, name in _RANDOM:
        text = pattern.sub(name, text)
    return text
