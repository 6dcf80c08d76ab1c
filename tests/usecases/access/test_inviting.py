"""Inviting under races, lost answers and crashes: one packet, one place, one mail."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.domain.access.access import OpenPacket
from econtracting.domain.access.invitation import Invitation
from econtracting.domain.audit import Actor, verify
from econtracting.domain.callers import Request, Staff
from econtracting.domain.errors import (
    InvalidTransition,
    PacketAlreadyOpen,
    TooManyAttempts,
    Unavailable,
)
from econtracting.domain.packet import Packet
from econtracting.views.invitations import InvitationAnswer, InvitationView
from tests.support import journey
from tests.support.faults import lose_response
from tests.support.racing import together
from tests.support.world import World

ACTOR = Actor(kind="staff", id="recruiter-1", address="203.0.113.7", user_agent="test browser")
STAFF = Staff("recruiter-1", frozenset({"contracting"}), "", ACTOR)
KEY = Request(caller="recruiter-1", key="key-1", body_hash="hash")


class Crash(BaseException):
    """The function dies here."""


def open_packet(request: Request | None = KEY, **changes: Any) -> InvitationAnswer:
    invitation = Invitation.model_validate(journey.invitation(**changes))
    return wiring.inviting().open(replace(STAFF, request=request), invitation, "meridian")


def withdraw(packet_id: str, request: Request | None = None) -> InvitationView:
    return wiring.invitations().withdraw(replace(STAFF, request=request), packet_id, "left")


def attend(packet_id: str) -> None:
    wiring.invitation_upkeep().attend(packet_id)


def invited() -> list[Packet]:
    return wiring.packets().by_agency("agency-1", None, None, 100).packets


@pytest.mark.failure("R01")
def test_of_eight_invitations_with_one_key_there_is_one_packet_and_one_mail(world: World) -> None:
    answers = together(8, lambda _: open_packet())
    given = {answer.packet_id for answer in answers if isinstance(answer, InvitationAnswer)}
    assert given == {packet.id for packet in invited()}
    assert len(given) == 1
    assert [answer for answer in answers if not isinstance(answer, InvitationAnswer | Unavailable)] == []
    world.settle()
    assert len(world.outside.post.sent) == 1


def test_of_eight_invitations_of_one_agent_one_opens_and_the_others_are_pointed_to_it(world: World) -> None:
    answers = together(8, lambda number: open_packet(KEY._replace(key=f"key-{number}", body_hash=str(number))))
    (packet,) = invited()
    refused = [answer for answer in answers if isinstance(answer, PacketAlreadyOpen)]
    assert len(refused) == 7
    assert {one.facts["packet_id"] for one in refused} == {packet.id}


@pytest.mark.failure("R03")
def test_a_lost_answer_is_given_again_for_the_same_packet(world: World) -> None:
    lose_response(wiring.packets()._client, "TransactWriteItems")  # type: ignore[attr-defined]
    try:
        first = open_packet()
    except (Unavailable, PacketAlreadyOpen):
        first = open_packet()
    assert [packet.id for packet in invited()] == [first.packet_id]
    assert open_packet() == first


def calls_until_done(act: Callable[[], object], finish: Callable[[], object]) -> int:
    """Let `act` die after its 1st, 2nd, ... AWS call, `finish` what was left, until it needs no more calls."""
    client = wiring.packets()._client  # type: ignore[attr-defined]
    count = [0]
    at = [0]

    def hook(**_: Any) -> None:
        count[0] += 1
        if count[0] == at[0]:
            raise Crash

    client.meta.events.register("after-call.dynamodb", hook)
    try:
        for at[0] in itertools.count(1):
            count[0] = 0
            try:
                act()
                return at[0]
            except Crash:
                at[0] = 0
                finish()
    finally:
        client.meta.events.unregister("after-call.dynamodb", hook)
    raise AssertionError("unreachable")


@pytest.mark.failure("R04")
def test_a_crash_after_any_call_is_mended_by_the_same_request(world: World) -> None:
    numbers = itertools.count()
    keys: list[Request] = []

    def details() -> dict[str, Any]:
        name = f"sam{len(keys)}@example.com"
        return {"agent": {"first_name": "Sam", "last_name": "Field", "email": name}}

    def act() -> None:
        keys.append(KEY._replace(key=f"key-{next(numbers)}"))
        open_packet(keys[-1], **details())

    def finish() -> None:
        first, second = open_packet(keys[-1], **details()), open_packet(keys[-1], **details())
        assert first == second

    assert calls_until_done(act, finish) >= 2
    packets = invited()
    assert len(packets) == len({packet.agent.email for packet in packets}) == len(keys)
    world.settle()
    assert sorted(mail["to"] for mail in world.outside.post.sent) == sorted(packet.agent.email for packet in packets)


def test_a_place_is_free_again_once_its_packet_has_ended(world: World) -> None:
    packet_id = open_packet().packet_id
    assert wiring.packets().find(OpenPacket, "agency-1", "npn", "15645555") is not None
    withdraw(packet_id)
    for kind, value in (("npn", "15645555"), ("email", "dana@example.com")):
        assert wiring.packets().find(OpenPacket, "agency-1", kind, value) is None


def test_withdrawing_races_with_expiring_and_one_of_them_ends_the_packet(world: World) -> None:
    packet_id = open_packet().packet_id
    world.clock.pass_(days=30)
    answers = together(6, lambda number: withdraw(packet_id) if number % 2 else attend(packet_id))
    assert [one for one in answers if one is not None and not isinstance(one, InvalidTransition | Unavailable)] == []
    events = [event.type for event in wiring.packets().events(packet_id)]
    assert events == ["invitation.created", "invitation.expired"]


def test_a_reminder_that_is_due_is_written_once_however_often_it_is_attended_to(world: World) -> None:
    packet_id = open_packet().packet_id
    world.clock.pass_(days=3)
    together(6, lambda _: attend(packet_id))
    attend(packet_id)
    assert wiring.packets().load(packet_id).reminders_sent == 1


def test_nothing_happens_before_it_is_due(world: World) -> None:
    packet_id = open_packet().packet_id
    version = wiring.packets().load(packet_id).version
    world.clock.pass_(days=2, hours=23)
    attend(packet_id)
    assert wiring.packets().load(packet_id).version == version


@pytest.mark.failure("R30")
def test_a_clock_that_is_15_minutes_off_reminds_and_expires_once(world: World) -> None:
    packet_id = open_packet().packet_id
    world.clock.pass_(days=3, minutes=5)
    attend(packet_id)
    world.clock.pass_(minutes=-15)
    attend(packet_id)
    assert wiring.packets().load(packet_id).reminders_sent == 1


def test_six_resends_at_once_stay_within_the_hours_limit(world: World) -> None:
    packet_id = open_packet().packet_id

    def resend(_: int) -> InvitationView:
        return wiring.invitations().resend(STAFF, packet_id)

    answers = together(8, resend)
    assert sum(isinstance(one, TooManyAttempts) for one in answers) == 3
    assert wiring.packets().load(packet_id).mails_sent <= 6


def test_the_audit_chain_holds_from_the_first_event(world: World) -> None:
    packet_id = open_packet().packet_id
    withdraw(packet_id)
    packet = wiring.packets().load(packet_id)
    assert verify(wiring.packets().events(packet_id)) == packet.event_head
    assert packet.event_count == 2


def test_a_repeated_withdrawal_with_its_key_is_answered_again(world: World) -> None:
    packet_id = open_packet().packet_id
    key = Request(caller="recruiter-1", key="w", body_hash="h")
    assert withdraw(packet_id, key).status == withdraw(packet_id, key).status
    with pytest.raises(InvalidTransition):
        withdraw(packet_id)


@pytest.mark.failure("R23")
def test_a_table_that_is_gone_for_a_moment_is_told_as_unavailable(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.support.faults import refuse

    client = boto3.client("dynamodb")
    refuse(client, "TransactWriteItems", 1000, "ProvisionedThroughputExceededException", 400)
    with monkeypatch.context() as outage:
        outage.setattr(wiring.packets(), "_client", client)
        with pytest.raises(Unavailable):
            open_packet()
    assert invited() == []
    assert open_packet().packet_id
