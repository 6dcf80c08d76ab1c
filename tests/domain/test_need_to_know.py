"""The table of who may know that a report is weighed: on the page for people as it is, with every kind of event."""

from __future__ import annotations

from datetime import timedelta

import pytest

from econtracting.domain import lifecycle
from econtracting.domain.audit import GENESIS, chain
from econtracting.domain.lifecycle import KINDS, LifecycleEvent
from econtracting.domain.need_to_know import TABLE, Caller, Fact, as_seen, carried, covered, refused_at, trail_as_seen
from econtracting.domain.outbox import Bus, Publish
from econtracting.domain.packet import Packet, Status
from tests.support.deployed import ROOT
from tests.support.records import NOW, event, packet

pytestmark = pytest.mark.law("T4")

LATER = NOW + timedelta(days=2)


def test_the_security_page_has_the_table() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [[str(caller), *(str(facts[fact]) for fact in Fact)] for caller, facts in TABLE.items()]
    for cells in ([str(one) for one in ("told to", *Fact)], *rows):
        assert f"| {' | '.join(cells)} |\n" in page


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.detail_type)
def test_a_kind_of_event_says_what_could_be_seen_by_it(kind: type[LifecycleEvent]) -> None:
    assert kind.tells in (None, *Fact)


def test_a_kind_that_nobody_knows_is_for_the_department_alone() -> None:
    assert lifecycle.bus_of("packet.weighed", {}) is Bus.DEPARTMENT


@pytest.mark.parametrize(
    ("detail_type", "detail", "bus"),
    [
        ("packet.status_changed", {"status": "ADVERSE_REVIEW"}, Bus.DEPARTMENT),
        ("packet.status_changed", {"status": "APPOINTING"}, Bus.LIFECYCLE),
        ("packet.attention_needed", {"reason": "BACKGROUND_REPORT"}, Bus.DEPARTMENT),
        ("appointment.answered", {}, Bus.LIFECYCLE),
    ],
)
def test_rows_of_an_earlier_release_go_where_they_belong(detail_type: str, detail: dict[str, str], bus: Bus) -> None:
    assert lifecycle.bus_of(detail_type, detail) is bus


def weighed(before: Packet) -> Packet:
    return carried(before, before.send_to_review("BACKGROUND_REPORT", LATER, to=Status.ADVERSE_REVIEW))


def test_since_when_a_weighed_packet_stands_is_since_when_its_latest_check_runs() -> None:
    """A second check after a correction began later than the first time that a check was reached."""
    before = packet(status=Status.BACKGROUND_CHECK, status_at=NOW, reached={"BACKGROUND_CHECK": NOW - timedelta(9)})
    seen = as_seen(weighed(before), Caller.RECRUITER)
    assert (seen.status, seen.status_at) == (Status.BACKGROUND_CHECK, NOW)
    assert "ADVERSE_REVIEW" not in seen.reached


def test_a_packet_stored_by_an_earlier_release_is_covered_as_well() -> None:
    stored = packet(status=Status.ADVERSE_REVIEW, status_at=LATER, reached={"BACKGROUND_CHECK": NOW})
    assert covered(stored) == (Status.BACKGROUND_CHECK, NOW)
    assert refused_at(stored, Caller.RECRUITER) == "BACKGROUND_CHECK"
    assert refused_at(stored, Caller.DEPARTMENT) == "ADVERSE_REVIEW"


def test_a_report_weighed_after_the_appointments_leaves_the_packet_where_it_was_seen() -> None:
    before = packet(status=Status.APPOINTING, status_at=NOW, reached={"APPOINTING": NOW})
    after = before.having(status=Status.ADVERSE_REVIEW, status_at=LATER, review_from=Status.APPOINTING)
    assert covered(carried(before, after)) == (Status.APPOINTING, NOW)


def test_nothing_is_told_on_the_lifecycle_bus_until_the_packet_goes_on() -> None:
    before = packet(status=Status.BACKGROUND_CHECK, status_at=NOW, reached={"BACKGROUND_CHECK": NOW})
    during = weighed(before)
    after = carried(during, during.move(Status.APPOINTING, LATER).close_review())
    buses = [
        one.asks_for(Publish).bus
        for was, now in ((before, during), (during, after))
        for one in lifecycle.announce_moves(was, now)
    ]
    assert buses == [Bus.DEPARTMENT, Bus.LIFECYCLE]
    assert after.told_at is None


def test_what_an_event_is_known_by_does_not_count_commits() -> None:
    known = [lifecycle.event_id(f"pkt_1.publish.packet.status_changed.APPOINTING.{count}") for count in (31, 37)]
    assert len({one[:8] for one in known}) == 2
    assert all(one.startswith("evt_") and len(one) == 36 for one in known)


@pytest.mark.parametrize(
    ("kinds", "hidden", "told"),
    [
        (["bgc.recorded", "bgc.changed", "mail.delivered"], False, 1),
        (["bgc.recorded", "bgc.changed", "late_news.seen", "mail.delivered"], False, 4),
        (["bgc.changed", "late_news.seen", "mail.delivered", "bgc.changed", "mail.delivered"], False, 3),
        (["bgc.recorded", "bgc.changed", "late_news.seen", "exception.opened", "bgc.recorded"], True, 1),
    ],
    ids=["changed", "looked at", "changed again", "weighed"],
)
def test_the_agents_trail_ends_before_what_the_company_said_later(kinds: list[str], hidden: bool, told: int) -> None:
    """While a person has not looked at it, or weighs it. The department sees the whole."""
    stands = {"status": Status.NEEDS_REVIEW, "review_reason": "BACKGROUND_REPORT_CHANGED", "told_as": Status.ACTIVE}
    found = packet(**(stands if hidden else {"status": Status.ACTIVE}))
    events = chain(found.id, 0, GENESIS, [event(kind) for kind in kinds])
    assert trail_as_seen(events, found, Caller.AGENT_BEFORE) == events[:told]
    assert trail_as_seen(events, found, Caller.DEPARTMENT) == events


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (["packet.sealed", "bgc.requested", "bgc.recorded", "adverse.report_withdrawn", "bgc.requested"], 2),
        (["packet.sealed", "bgc.requested", "packet.sealed", "bgc.requested", "exception.opened"], 4),
        (["packet.sealed", "bgc.requested", "bgc.recorded", "packet.sealed", "mail.delivered"], 4),
    ],
    ids=["ordered once more", "sealed once more", "not ordered yet"],
)
def test_while_a_check_runs_the_trail_ends_with_the_first_order_since_the_sealing(kinds: list[str], told: int) -> None:
    """A check that was ordered once more tells nothing of what became of the one before."""
    found = packet(status=Status.BACKGROUND_CHECK)
    events = chain(found.id, 0, GENESIS, [event(kind) for kind in kinds])
    assert trail_as_seen(events, found, Caller.AGENT_BEFORE) == events[:told]
