"""That a report is weighed is seen by nobody who has no need to know: twins, compared by the bytes of all they show.

One packet is screened; then its road forks. On one the company takes its time, on another the report is weighed. Clock,
ids and secrets are the same on both, so that nothing has to be forgiven but two fingerprints: of a row in a log, and of
the commit in an event's id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from econtracting import wiring
from econtracting.domain import need_to_know
from econtracting.domain.need_to_know import TABLE, Caller, Fact, Sight
from econtracting.domain.packet import Status
from econtracting.usecases.screening.background_news import SILENT
from invite import deliveries
from invite import handler as invite
from process import tasks
from sign import heads
from tests.support import deployed, onlookers, stages, stories
from tests.support.onlookers import AGENT, Route, Seen, differences
from tests.support.stages import Stages
from tests.support.world import Context, World

pytestmark = pytest.mark.law("T4")

Act = Callable[[World, str], None]
Road = Mapping[int, Act]  # what happens on which day

OTHERS = frozenset(
    {Caller.RECRUITER, Caller.OTHER_RECRUITER, Caller.SYSTEM, Caller.BUS, Caller.OPERATIONS, Caller.VENDOR}
)
ALL = OTHERS | {AGENT}
DAYS = 12


def outage(world: World, packet_id: str) -> None:
    """A row of the outbox fails while the company is down."""
    world.outside.screening.down = True
    world.settle()
    world.outside.screening.down = False


def no_news(world: World, packet_id: str) -> None:
    onlookers.as_vendor(world, packet_id, ("POST", "/webhooks/background-checks"))
    outage(world, packet_id)


def report(status: str, result: str | None, leads_to: Status) -> Act:
    def come(world: World, packet_id: str) -> None:
        stories.report(world, packet_id, status, result)
        world.settle()
        task = {"task": "record_background_check", "packet_id": packet_id, "attempt": 1, "task_token": "token"}
        assert tasks.lambda_handler(task, None) == {"status": leads_to.value}

    return come


def consider(world: World, packet_id: str) -> None:
    report("complete", "consider", Status.ADVERSE_REVIEW)(world, packet_id)
    outage(world, packet_id)


def decide(word: str, **more: Any) -> Act:
    return lambda world, packet_id: stories.decided(world, packet_id, word, **more)


def mail(letter: str, outcome: str) -> Act:
    """The mail service tells what became of the newest letter of a kind."""

    def come(world: World, packet_id: str) -> None:
        world.settle()
        sent = [one["reference"] for one in world.outside.post.sent if f".mail.{letter}." in one["reference"]]
        about = {"headers": [{"name": "X-Reference-Id", "value": sent[-1]}]}
        told = {"eventType": outcome, "mail": about, "bounce": {"bounceType": "Permanent"}}
        deliveries.lambda_handler({"Records": [{"Sns": {"Message": json.dumps(told), "MessageId": "m"}}]}, Context())

    return come


def dispute(state: str) -> Act:
    def tell(world: World, packet_id: str) -> None:
        body = {"state": state, "reason": "told by telephone"}
        answer = world.call("POST", f"/packets/{packet_id}/disputes", body, staff=stories.OPS)
        assert answer.status == 200, answer.body

    return tell


def silence(world: World, packet_id: str) -> None:
    assert wiring.reviews().ask_for_review(packet_id, 1, SILENT) is Status.NEEDS_REVIEW


BOUNCE = mail("invitation", "Bounce")  # of a mail that everybody gets: its recruiter is told

SLOW: Road = {1: no_news, 6: BOUNCE}
WEIGHED: Road = {1: consider, 6: BOUNCE}
NOTICED: Road = {
    1: consider,
    2: decide("pre-adverse"),
    3: mail("adverse-pre", "Bounce"),
    4: dispute("raised"),
    5: dispute("answered"),
    6: BOUNCE,
    8: decide("pre-adverse"),
    9: mail("adverse-pre", "Complaint"),
}
SILENCED: Road = {1: no_news, 2: silence, 6: BOUNCE}
ASKED_AGAIN: Road = {1: no_news, 2: silence, 4: decide("retry"), 6: BOUNCE}
WITHDRAWN_AND_ASKED_AGAIN: Road = {
    1: consider,
    2: lambda world, packet_id: stories.report(world, packet_id, "canceled", None),
    4: decide("retry"),
    6: BOUNCE,
}
CLEARED: Road = {1: no_news, 6: BOUNCE, 9: report("complete", "clear", Status.APPOINTING)}
RELEASED: Road = {1: consider, 6: BOUNCE, 9: decide("proceed")}
DISPUTED: Road = {
    1: consider,
    2: decide("pre-adverse"),
    3: mail("adverse-pre", "Delivery"),
    6: BOUNCE,
    7: dispute("raised"),
    9: lambda world, packet_id: stories.report(world, packet_id, "complete", "clear"),
}
CANCELED: Road = {1: report("canceled", None, Status.NEEDS_REVIEW), 11: decide("reject")}
APPOINTED: Road = {1: report("complete", "clear", Status.APPOINTING), 6: BOUNCE}
CHANGED: Road = {**APPOINTED, 3: lambda world, packet_id: stories.report(world, packet_id, "complete", "consider")}
CHANGED_AND_WEIGHED: Road = {**CHANGED, 4: decide("weigh")}
REFUSED: Road = {
    1: report("complete", "consider", Status.ADVERSE_REVIEW),
    2: decide("pre-adverse"),
    3: mail("adverse-pre", "Delivery"),
    11: decide("adverse"),
    12: mail("adverse-final", "Bounce"),
}


TELLING = frozenset(
    {
        ("GET", "/access/sessions/current"),
        ("GET", "/packet"),
        ("GET", "/packet/evidence"),
        ("GET", "/packet/summary"),
        ("GET", "/invitations"),
        ("GET", "/invitations/{packet_id}"),
        ("POST", "/invitations/{packet_id}/withdraw"),
        ("POST", "/invitations/{packet_id}/extend"),
        ("GET", "/producers/{npn}/ready-to-sell"),
    }
)


@pytest.fixture(scope="module")
def screened() -> Iterator[Stages]:
    with stages.stages() as found:
        found.go_on("sealed", stages.seal)
        found.go_on("checked", stages.begin_check)
        yield found


@pytest.fixture(autouse=True)
def pages_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invite, "PAGE", 1)


def travel(
    screened: Stages,
    road: Road,
    days: int = DAYS,
    only: Callable[[Route], bool] = lambda _: True,
    callers: frozenset[Caller] = frozenset(Caller),
) -> Seen:
    """What everybody sees of a packet on its road, day by day, and by asking at its end."""
    world = screened.at("checked")
    packet_id = stages.packet_id()
    world.outside.screening.ends(f"{packet_id}-1", "pending")
    with onlookers.watching(world) as seen:
        for day in range(1, days + 1):
            world.clock.pass_(days=1)
            world.settle()
            if day in road:
                road[day](world, packet_id)
            world.settle()
            heads.lambda_handler({}, None)
            seen.mails("robin@agency.example")
        onlookers.walk(world, packet_id, seen, only, callers)
        world.settle()
        seen.mails("robin@agency.example")
    return seen


@pytest.fixture(scope="module")
def seen(screened: Stages) -> Callable[..., Seen]:
    """What was seen on a road, which is traveled once; by every route, or by those that tell the most."""
    known: dict[tuple[int, bool], Seen] = {}

    def find(road: Road, *, whole: bool = True) -> Seen:
        if (id(road), whole) not in known:
            only = TELLING.__contains__ if not whole else lambda _: True
            known[id(road), whole] = travel(screened, road, only=only)
        return known[id(road), whole]

    return find


@pytest.mark.parametrize(
    ("road", "callers"),
    [pytest.param(WEIGHED, ALL, id="weighed"), pytest.param(NOTICED, OTHERS, id="noticed and disputed")],
)
def test_who_need_not_know_sees_no_difference_from_a_slow_check(
    seen: Callable[..., Seen], road: Road, callers: frozenset[Caller]
) -> None:
    assert differences(seen(road), seen(SLOW), callers) == set()


@pytest.mark.parametrize("road", [SILENCED, ASKED_AGAIN], ids=["silent", "asked again"])
def test_a_check_that_came_to_nothing_is_slow_as_well(seen: Callable[..., Seen], road: Road) -> None:
    """Who saw those would know a weighed report by its not being among them."""
    assert differences(seen(road, whole=False), seen(SLOW, whole=False), ALL) == set()


def test_a_check_ordered_anew_does_not_tell_that_the_one_before_was_weighed(seen: Callable[..., Seen]) -> None:
    """Not in the agent's own package either; the mails of a new check begin anew."""
    found = differences(seen(WITHDRAWN_AND_ASKED_AGAIN, whole=False), seen(SLOW, whole=False), ALL)
    assert found - {(AGENT, "letters")} == set()


@pytest.mark.parametrize(("road", "callers"), [(RELEASED, ALL), (DISPUTED, OTHERS)], ids=["released", "disputed"])
def test_a_packet_that_goes_on_is_like_one_whose_check_finished_then(
    seen: Callable[..., Seen], road: Road, callers: frozenset[Caller]
) -> None:
    """But for the trail in the agent's own package, which is whole again: nothing is weighed any more."""
    found = differences(seen(road, whole=False), seen(CLEARED, whole=False), callers)
    assert found - {(AGENT, "GET /packet/evidence")} == set()


@pytest.mark.parametrize("road", [CHANGED, CHANGED_AND_WEIGHED], ids=["put before the department", "weighed"])
def test_a_report_that_changed_later_is_not_told_either(seen: Callable[..., Seen], road: Road) -> None:
    """But for how far the trail in the agent's own package goes: it ends before the company's other word."""
    found, package = seen(road, whole=False), (AGENT, "GET /packet/evidence")
    assert differences(found, seen(APPOINTED, whole=False), ALL) - {package} == set()
    with ZipFile(BytesIO(found.bytes_of[package][0].split(b"\n", 2)[2])) as files:
        trail, names = files.read("events.jsonl"), files.namelist()
    assert b"bgc.recorded" in trail
    assert not re.search(b"bgc.changed|late_news|exception|consider", trail)
    signed = [int(name.split("/")[1].split("-")[0]) for name in names if name.startswith("milestones/")]
    assert signed
    assert max(signed) <= len(trail.splitlines())


def test_a_refusal_does_not_say_why(seen: Callable[..., Seen]) -> None:
    assert differences(seen(REFUSED, whole=False), seen(CANCELED, whole=False), OTHERS) == set()


def test_who_needs_to_know_sees_it(seen: Callable[..., Seen]) -> None:
    """The comparison can tell: the department by every way it has, the agent once the notice was sent."""
    found = differences(seen(WEIGHED), seen(SLOW), frozenset({Caller.DEPARTMENT, Caller.DEPARTMENT_BUS}))
    wanted = {"GET /packets/{packet_id}", "GET /packets/{packet_id}/events", "GET /invitations/{packet_id}", "events"}
    assert wanted <= {what for _, what in found}
    assert "GET /producers/{npn}/ready-to-sell" in {what for _, what in found}
    told = {what for _, what in differences(seen(NOTICED), seen(SLOW), frozenset({AGENT}))}
    assert {"letters", "GET /packet", "GET /packet/notices", "GET /access/sessions/current"} <= told


def test_everybody_was_shown_something_that_could_have_told(seen: Callable[..., Seen]) -> None:
    """The walk is no walk past closed doors."""
    found = seen(WEIGHED).bytes_of
    for caller, what in (
        (AGENT, "GET /packet"),
        (AGENT, "GET /packet/summary"),
        (AGENT, "GET /packet/evidence"),
        (AGENT, "GET /packet/print/all"),
        (Caller.RECRUITER, "GET /invitations/{packet_id}"),
        (Caller.OTHER_RECRUITER, "GET /producers/{npn}/ready-to-sell"),
        (Caller.SYSTEM, "GET /producers/{npn}/ready-to-sell"),
    ):
        assert all(raw.startswith(b"200") for raw in found[caller, what]), (caller, what)
    for caller, what, status in (
        (Caller.RECRUITER, "POST /invitations/{packet_id}/withdraw", b"409"),
        (Caller.RECRUITER, "POST /invitations/{packet_id}/extend", b"409"),
        (Caller.OTHER_RECRUITER, "GET /invitations/{packet_id}", b"404"),
        (Caller.VENDOR, "POST /webhooks/background-checks", b"202"),
    ):
        assert found[caller, what][0].startswith(status), (caller, what)
    assert {(AGENT, "letters"), (Caller.RECRUITER, "letters"), (Caller.OPERATIONS, "log")} <= found.keys()
    assert b"ADVERSE" not in b"".join(raw for key, all_ in found.items() if key[0] in ALL for raw in all_ if raw[3:4])


def test_every_route_is_asked(screened: Stages) -> None:
    """A route without an entry is one that nobody has looked at."""
    world = screened.at("checked")
    asked = set(onlookers.asks(world, stages.packet_id(), "secret"))
    there = {(method, path) for method, path, _ in deployed.routes()}
    assert asked == there, f"asks() of tests/support/onlookers.py: {sorted(asked ^ there)}"


CLOSED = [(caller, fact) for caller, facts in TABLE.items() for fact, sight in facts.items() if sight is Sight.SLOW]


@pytest.mark.parametrize(("caller", "fact"), CLOSED, ids=lambda one: one.name)
def test_an_entry_that_is_opened_is_seen(
    screened: Stages, monkeypatch: pytest.MonkeyPatch, caller: Caller, fact: Fact
) -> None:
    """The twins are judged by the table: each entry of it that says "as of a slow check" is why there is none."""
    monkeypatch.setitem(need_to_know.TABLE[caller], fact, Sight.TRUE)
    road = NOTICED if fact is Fact.NOTICE_MAIL else WEIGHED
    alone = frozenset({caller})
    one, other = (travel(screened, which, 3, TELLING.__contains__, alone) for which in (road, SLOW))
    assert differences(one, other, alone)


def test_the_table_says_something_of_every_fact_for_every_caller() -> None:
    assert set(TABLE) == set(Caller)
    assert all(set(facts) == set(Fact) for facts in TABLE.values())
