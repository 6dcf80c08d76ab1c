"""Clocks that are wrong and a store that forgets late: the product decides by its own clock (failure R30)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.access.access import IDLE
from tests.reliability import agents
from tests.reliability.agents import Caller, deliver_outbox
from tests.reliability.sweep import Sweep
from tests.support import journey

SKEWS = (timedelta(minutes=-15), timedelta(minutes=15))
TEMPORARY = timedelta(minutes=10)

pytestmark = pytest.mark.failure("R30")


def status(caller: Caller, path: str = "/packet") -> int:
    return caller.world.call("GET", path).status


@pytest.mark.parametrize("skew", SKEWS, ids=str)
def test_a_session_begun_under_a_wrong_clock_ends_by_the_right_one(road: Sweep, skew: timedelta) -> None:
    """A function whose clock runs ahead gives no session a life beyond idle time and skew, one behind ends it early."""
    caller = road.at("ask for a password")
    caller.world.clock.at += skew
    agents.log_in(caller) if skew < TEMPORARY else agents.log_in_again(caller)
    agents.set_password(caller)
    caller.world.clock.at -= skew
    assert status(caller, "/access/sessions/current") == 200
    caller.world.clock.at += IDLE + abs(skew)
    assert status(caller, "/access/sessions/current") == 401


@pytest.mark.parametrize("skew", SKEWS, ids=str)
def test_a_temporary_password_never_lives_longer_than_its_time_and_the_skew(road: Sweep, skew: timedelta) -> None:
    caller = road.at("invite")
    caller.world.clock.at += skew
    agents.ask_for_password(caller)
    deliver_outbox()
    caller.world.clock.at += TEMPORARY - skew + abs(skew) + timedelta(seconds=1)
    password = journey.temporary_password(caller.world)
    assert agents._session(caller, password).status == 401
    agents.ask_for_password(caller)
    deliver_outbox()
    agents.log_in(caller)


@pytest.mark.parametrize("skew", SKEWS, ids=str)
def test_a_vendors_message_signed_under_a_wrong_clock_is_refused_until_the_clock_is_right(
    road: Sweep, skew: timedelta
) -> None:
    caller = road.at("await the second state")
    right, signed_at = caller.world.clock.now(), caller.world.clock.now() + skew
    sent: list[Any] = []
    call = caller.world.call
    caller.world.clock.at = signed_at

    def later(*arguments: Any, **named: Any) -> Any:
        caller.world.clock.at = right
        sent.append(call(*arguments, **named))
        return sent[-1]

    caller.world.call = later  # type: ignore[method-assign]
    try:
        journey.appointment_webhook(caller.world, caller.packet, "AL")
    finally:
        del caller.world.call
    assert sent[0].status == 401
    assert journey.appointment_webhook(caller.world, caller.packet, "AL").status == 202


@pytest.mark.parametrize("skew", SKEWS, ids=str)
def test_events_written_under_different_clocks_still_form_one_chain(road: Sweep, skew: timedelta) -> None:
    """Order on the trail is that of the commits, whatever the clocks said."""
    from econtracting.domain.audit import verify

    caller = road.at("accept the agreement")
    for number, section in enumerate(("agent", "addresses", "online-presence")):
        caller.world.clock.at += skew * (-1) ** number
        agents.save(section)(caller)
    trail = wiring.packets().events(caller.packet)
    assert verify(trail) == wiring.packets().load(caller.packet).event_head
    assert [one.seq for one in trail] == list(range(1, len(trail) + 1))


def test_what_the_store_has_not_deleted_yet_is_dead_all_the_same(road: Sweep) -> None:
    """The table's own expiry may lag two days; moto's never comes (M17), so every expired row is still there here."""
    caller = road.at("set the password")
    assert status(caller, "/access/sessions/current") == 200
    caller.world.clock.pass_(hours=13)
    assert status(caller, "/access/sessions/current") == 401
    agents.log_in_with_own(caller)
    assert status(caller, "/access/sessions/current") == 200


def test_an_effect_claimed_under_a_fast_clock_is_performed_by_a_right_one(road: Sweep) -> None:
    from econtracting.domain.outbox import LEASE
    from tests.reliability import workflow

    caller = road.at("")
    agents.invite(caller)
    ahead = caller.world.clock.now() + timedelta(minutes=15)
    assert wiring.outbox().claim(caller.packet, "mail#invitation#1", ahead, LEASE) is not None
    caller.world.clock.pass_(minutes=15, seconds=LEASE.total_seconds() + 1)
    workflow.sweep(caller)
    assert len(caller.world.outside.post.sent) == 1
