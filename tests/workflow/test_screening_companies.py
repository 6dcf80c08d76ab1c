"""The same road whichever screening company was chosen: only its adapter differs, and what its webhooks look like."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.adapters.vendors.http import Reply, Vendor
from econtracting.domain import breaker
from econtracting.domain.errors import Unavailable
from econtracting.domain.outbox import Effect, EffectKind
from econtracting.domain.screening.background import Check, OrderReference
from tests.support import stories
from tests.support.screeners import COMPANIES, NAMED, Company
from tests.support.world import World

PATH = "/webhooks/background-checks"
KEYS = {"fairmeadow": "api-new", "ternfield": "hooks-new"}  # what each signs its webhooks with


class Line:
    """The company at the other end of the line: it has one order, and says of it what it is made to."""

    def __init__(self, company: Company) -> None:
        self.company, self.reference, self.keys = company, "", set[str]()
        self.orders: list[tuple[str, Mapping[str, Any] | None]] = []
        self.before_answering: Callable[[], None] = lambda: None
        self.says()

    def says(self, word: str | None = None, result: str | None = None, *fields: str) -> None:
        self._word, self._result, self._fields = word or self.company.words[0][2], result, fields

    def report(self) -> Any:
        return self.company.report(self._word, self._result, fields=self._fields, reference=self.reference)

    def call(
        self, vendor: Vendor, method: str, path: str, body: Mapping[str, Any] | None = None, **_: str | None
    ) -> Reply:
        self.keys.add(vendor._key)
        if method == "POST":
            self.orders.append((path, body))
            told = dict(zip(self.company.order_paths, self.company.ordered(reference=self.reference), strict=True))
            self.before_answering()
            status, answer = told[path]
            return Reply(status, json.dumps(answer).encode())
        if path == self.company.report_path:
            return Reply(200, json.dumps(self.report()).encode())
        raise Unavailable(path)


@pytest.fixture(params=COMPANIES, ids=NAMED)
def line(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A deployment with this company, amid a change of its keys."""
    company: Company = request.param
    chosen = Line(company)
    secret = {"background_check_key": "api-new api-old", "background_check_webhook_secret": "hooks-new hooks-old"}
    store = boto3.client("secretsmanager")
    kept = json.loads(store.get_secret_value(SecretId="vendors")["SecretString"])
    store.put_secret_value(SecretId="vendors", SecretString=json.dumps(kept | secret))
    monkeypatch.setenv("BACKGROUND_CHECK_VENDOR", company.name)
    monkeypatch.setenv("BACKGROUND_CHECK_URL", "https://screening.example.com")
    monkeypatch.setattr(Vendor, "call", lambda *args, **kwargs: chosen.call(*args, **kwargs))
    others = wiring.outside
    screening = breaker.Vendor.BACKGROUND_CHECK
    monkeypatch.setattr(wiring, "outside", lambda one: wiring._background_checks() if one is screening else others(one))
    wiring.forget()
    return chosen


def to_check(world: World, line: Line) -> str:
    """The check of a submitted packet is ordered."""
    packet_id = stories.submitted(world)
    line.reference = f"{packet_id}-1"
    world.settle(lambda: check(packet_id) is not None and check(packet_id).report_id is not None)  # type: ignore[union-attr]
    return packet_id


def check(packet_id: str) -> Check | None:
    return wiring.packets().find(Check, packet_id, "1")


def told(world: World, line: Line, *, id: str = "evt_1", report: str = "rep_1", key: str = "", old: int = 0) -> int:
    """The company's webhook arrives."""
    raw = line.company.message(id=id, report=report, reference=line.reference)
    at = world.clock.now() - timedelta(seconds=old)
    return world.call("POST", PATH, raw, headers=line.company.signed(raw, at, key or KEYS[line.company.name])).status


def syncs(packet_id: str) -> list[Effect]:
    return [one for one in wiring.packets().all_of(Effect, packet_id) if one.kind is EffectKind.SYNC_CHECK]


@pytest.mark.law("T3")
def test_an_order_keeps_who_was_asked_for_the_notices(world: World, line: Line) -> None:
    packet_id = to_check(world, line)
    ordered = check(packet_id)
    assert ordered is not None
    assert ordered.company is not None
    assert line.company.name in ordered.company.name.lower()


def word_for(company: Company, status: str, result: str | None = None) -> str:
    return str(next(word for one, of, word in company.words if (one, of) == (status, result)))


@pytest.mark.parametrize(
    ("status", "result", "then"),
    [
        ("complete", "clear", "APPOINTING"),
        ("complete", "consider", "ADVERSE_REVIEW"),
        ("suspended", None, "CORRECTION_REQUESTED"),
        ("canceled", None, "NEEDS_REVIEW"),
    ],
)
def test_what_the_company_finds_leads_where_it_always_led(
    world: World, line: Line, status: str, result: str | None, then: str
) -> None:
    packet_id = to_check(world, line)
    asked = [line.company.fields[0][0]] if status == "suspended" else []
    line.says(word_for(line.company, status, result), result, *asked)
    assert told(world, line) == 202
    world.reaches(packet_id, then)
    assert [path for path, _ in line.orders] == list(line.company.order_paths)
    (ordered,) = stories.told(packet_id, "bgc.ordered")
    assert ordered == {"attempt": 1, "report": "rep_1"}


@pytest.mark.parametrize("status", ["pending", "paused"])
def test_a_company_that_takes_its_time_moves_nothing(world: World, line: Line, status: str) -> None:
    packet_id = to_check(world, line)
    line.says(word_for(line.company, status))
    assert told(world, line) == 202
    world.settle()
    assert world.status(packet_id) == "BACKGROUND_CHECK"


def test_a_dispute_with_the_company_stops_the_clock_until_it_files_again(world: World, line: Line) -> None:
    packet_id = to_check(world, line)
    line.says(word_for(line.company, "complete", "consider"), "consider")
    told(world, line)
    world.reaches(packet_id, "ADVERSE_REVIEW")
    line.says(word_for(line.company, "dispute", "consider"), "consider")
    assert told(world, line, id="evt_2") == 202
    world.settle()
    assert "adverse.disputed" in stories.events(packet_id)
    line.says([word for status, _, word in line.company.words if status == "complete"][-1], "clear")
    assert told(world, line, id="evt_3") == 202
    world.reaches(packet_id, "APPOINTING")


def test_a_status_never_heard_of_is_asked_for_again_until_it_is_understood(world: World, line: Line) -> None:
    packet_id = to_check(world, line)
    line.says("teleported")
    assert told(world, line) == 202
    world.settle()
    (waiting,) = syncs(packet_id)
    assert (waiting.done_at, waiting.failure) == (None, "temporarily-unavailable")
    assert world.status(packet_id) == "BACKGROUND_CHECK"
    line.says(word_for(line.company, "complete", "clear"), "clear")
    world.clock.pass_(hours=2)
    world.reaches(packet_id, "APPOINTING")


def test_a_message_that_comes_again_and_again_is_one_occasion_to_ask(world: World, line: Line) -> None:
    packet_id = to_check(world, line)
    assert [told(world, line, id="evt_1") for _ in range(20)] == [202] * 20
    assert told(world, line, id="evt_2") == 202
    assert len(syncs(packet_id)) == 2


def test_news_that_overtakes_the_orders_answer_is_not_lost(world: World, line: Line) -> None:
    """A company without our reference is not known by its number before that; it tells until it is accepted."""
    early: list[int] = []
    line.says(word_for(line.company, "complete", "clear"), "clear")
    line.before_answering = lambda: early.append(told(world, line))
    packet_id = to_check(world, line)
    assert early
    assert check(packet_id).company is not None  # type: ignore[union-attr]
    assert told(world, line) == 202
    world.clock.pass_(minutes=1)  # what came before its number was known is tried again by itself
    world.reaches(packet_id, "APPOINTING")


def test_news_of_a_report_that_is_not_ours_touch_no_packet(world: World, line: Line) -> None:
    packet_id = to_check(world, line)
    line.reference = "pkt_elsewhere-1"
    told(world, line, report="rep_2")
    world.settle()
    assert syncs(packet_id) == []
    assert world.status(packet_id) == "BACKGROUND_CHECK"


def test_a_forged_message_is_refused_and_nothing_is_written(world: World, line: Line) -> None:
    to_check(world, line)
    with nothing_written():
        assert told(world, line, key="guessed") == 401
        assert world.call("POST", PATH, line.company.message(), headers={}).status == 401


def test_an_old_message_is_refused_where_messages_have_a_time(world: World, line: Line) -> None:
    packet_id = to_check(world, line)
    if line.company.timed:
        with nothing_written():
            assert told(world, line, old=301) == 401
            assert told(world, line, old=-301) == 401
    else:  # or known again by its id
        assert told(world, line, old=301) == 202
        with nothing_written():
            assert told(world, line) == 202
        assert len(syncs(packet_id)) == 1


def test_while_keys_change_calls_use_the_new_one_and_webhooks_may_use_either(world: World, line: Line) -> None:
    to_check(world, line)
    assert line.keys == {"api-new"}
    assert told(world, line, id="evt_1", key=KEYS[line.company.name].replace("new", "old")) == 202
    assert told(world, line, id="evt_2") == 202
    other = next(key for name, key in KEYS.items() if name != line.company.name)
    assert told(world, line, id="evt_3", key=other) == 401


def test_a_packet_is_found_by_the_reports_number_alone(world: World, line: Line) -> None:
    packet_id = to_check(world, line)
    found = wiring.packets().find(OrderReference, "background-check", "rep_1")
    assert found is not None
    assert found.packet_id == packet_id


def test_a_company_that_has_no_adapter_is_an_error_not_a_guess(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKGROUND_CHECK_VENDOR", "somebody")
    monkeypatch.setenv("BACKGROUND_CHECK_URL", "https://screening.example.com")
    wiring.forget()
    with pytest.raises(KeyError, match="somebody"):
        wiring._background_checks()
    with pytest.raises(KeyError, match="somebody"):
        wiring.screening_messages()


@contextmanager
def nothing_written() -> Iterator[None]:
    def items() -> int:
        return int(boto3.client("dynamodb").scan(TableName="econtracting", Select="COUNT")["Count"])

    before = items()
    yield
    assert items() == before
