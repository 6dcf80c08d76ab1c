"""The one store on moto: commits are whole or nothing, versions decide races, repeats get the first answer."""

from collections.abc import Callable
from typing import Any

import pytest

from econtracting.domain.access.access import OpenPacket
from econtracting.domain.audit import verify
from econtracting.domain.callers import Request
from econtracting.domain.errors import (
    AlreadyExists,
    IdempotencyKeyReused,
    InvalidTransition,
    PacketNotFound,
    Unavailable,
)
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Packet, Status
from econtracting.ports import Change
from tests.adapters.conftest import Store
from tests.support.faults import lose_response, refuse
from tests.support.racing import together
from tests.support.records import NOW, effect, event, packet, place

REQUEST = Request(caller="recruiter-1", key="key-1", body_hash="a")


def opened(store: Store, **changes: Any) -> Packet:
    return store.packets.create(Change(packet(**changes), events=[event("invitation.created")])).packet


def noted(word: str) -> Callable[[Packet], Change]:
    return lambda before: Change(before, events=[event("decision.made", word=word)], answer={"word": word})


def test_a_packet_reads_back_as_it_was_written(store: Store) -> None:
    written = opened(store, due_at=NOW, reached={"INVITED": NOW})
    assert store.packets.load("pkt_1") == written


def test_an_unknown_packet_is_not_found(store: Store) -> None:
    with pytest.raises(PacketNotFound):
        store.packets.load("pkt_nobody")


def test_each_commit_raises_the_version_by_one(store: Store) -> None:
    opened(store)
    assert store.packets.change("pkt_1", noted("a")).packet.version == 2
    assert store.packets.change("pkt_1", noted("b")).packet.version == 3


def test_events_of_all_commits_form_one_chain(store: Store) -> None:
    opened(store)
    store.packets.change(
        "pkt_1", lambda before: Change(before, events=[event("invitation.resent"), event("invitation.reminded")])
    )
    store.packets.change("pkt_1", noted("c"))
    events = store.packets.events("pkt_1")
    assert [one.type for one in events] == [
        "invitation.created",
        "invitation.resent",
        "invitation.reminded",
        "decision.made",
    ]
    assert verify(events) == store.packets.load("pkt_1").event_head


def test_a_decision_of_none_writes_nothing(store: Store) -> None:
    opened(store)
    before = store.items()
    assert store.packets.change("pkt_1", lambda _: None).repeated
    assert store.items() == before


def test_a_taken_claim_stops_the_whole_commit_and_names_its_holder(store: Store) -> None:
    store.packets.create(Change(packet("pkt_1"), claims=[place("pkt_1")]))
    with pytest.raises(AlreadyExists) as refused:
        store.packets.create(Change(packet("pkt_2"), events=[event()], claims=[place("pkt_2")]))
    assert refused.value.facts["holder"].packet_id == "pkt_1"
    with pytest.raises(PacketNotFound):
        store.packets.load("pkt_2")


def test_a_dropped_claim_is_free_again(store: Store) -> None:
    store.packets.create(Change(packet("pkt_1"), claims=[place("pkt_1")]))
    store.packets.change("pkt_1", lambda before: Change(before, drops=[place("pkt_1")]))
    store.packets.create(Change(packet("pkt_2"), claims=[place("pkt_2")]))
    held = store.packets.find(OpenPacket, "agency-1", "email", "dana@example.com")
    assert held is not None
    assert held.packet_id == "pkt_2"


def test_an_effect_is_in_the_ledger_once(store: Store) -> None:
    opened(store)
    store.packets.change("pkt_1", lambda before: Change(before, effects=[effect()]))
    with pytest.raises(Unavailable):
        store.packets.change("pkt_1", lambda before: Change(before, effects=[effect()]))
    assert [one.id for one in store.packets.all_of(Effect, "pkt_1")].count("mail#invitation#1") == 1


def test_the_same_request_gets_the_first_answer_and_changes_nothing_more(store: Store) -> None:
    opened(store)
    store.packets.change("pkt_1", noted("first"), REQUEST)
    again = store.packets.change("pkt_1", noted("second"), REQUEST)
    assert (again.answer, again.repeated) == ({"word": "first"}, True)
    assert store.packets.load("pkt_1").version == 2


def test_the_same_key_with_another_body_is_refused(store: Store) -> None:
    opened(store)
    store.packets.change("pkt_1", noted("first"), REQUEST)
    with pytest.raises(IdempotencyKeyReused):
        store.packets.change("pkt_1", noted("second"), REQUEST._replace(body_hash="b"))


def test_another_callers_key_is_another_request(store: Store) -> None:
    opened(store)
    store.packets.change("pkt_1", noted("first"), REQUEST)
    other = store.packets.change("pkt_1", noted("second"), REQUEST._replace(caller="recruiter-2"))
    assert other.answer == {"word": "second"}


def refusing(store: Store, first: Callable[[], Any]) -> Callable[[Packet], Change]:
    """A decision during which the same request is carried out elsewhere, and which is not possible any more then."""

    def decide(before: Packet) -> Change:
        if before.status is Status.INVITED:
            first()
        raise InvalidTransition(status=before.status.value)

    return decide


def begun(before: Packet) -> Change:
    if before.status is not Status.INVITED:
        raise InvalidTransition(status=before.status.value)
    return Change(before.move(Status.IN_PROGRESS, NOW), events=[event("invitation.reminded")], answer={"word": "first"})


@pytest.mark.failure("R50")
@pytest.mark.law("T11")
def test_a_repeat_whose_decision_refuses_what_the_first_request_has_done_gets_its_answer(store: Store) -> None:
    opened(store)
    late = refusing(store, lambda: store.packets.change("pkt_1", begun, REQUEST))
    again = store.packets.change("pkt_1", late, REQUEST)
    assert (again.answer, again.repeated) == ({"word": "first"}, True)


@pytest.mark.law("T11")
def test_a_repeat_that_loses_the_race_to_the_first_request_does_not_decide_again(store: Store) -> None:
    opened(store)
    decided: list[int] = []

    def late(before: Packet) -> Change:
        decided.append(before.version)
        if len(decided) == 1:
            store.packets.change("pkt_1", noted("first"), REQUEST)
        return noted("second")(before)

    assert store.packets.change("pkt_1", late, REQUEST).answer == {"word": "first"}
    assert decided == [1]


@pytest.mark.law("T11")
def test_a_repeat_that_finds_nothing_to_do_gets_the_first_answer(store: Store) -> None:
    opened(store)

    def late(before: Packet) -> None:
        store.packets.change("pkt_1", noted("first"), REQUEST)

    assert store.packets.change("pkt_1", late, REQUEST).answer == {"word": "first"}


@pytest.mark.law("T11")
def test_an_overlapping_request_with_the_same_key_and_another_body_is_refused(store: Store) -> None:
    opened(store)
    late = refusing(store, lambda: store.packets.change("pkt_1", begun, REQUEST))
    with pytest.raises(IdempotencyKeyReused):
        store.packets.change("pkt_1", late, REQUEST._replace(body_hash="b"))


@pytest.mark.law("T11")
def test_what_is_refused_without_a_first_answer_stays_refused(store: Store) -> None:
    opened(store)
    store.packets.change("pkt_1", begun)
    with pytest.raises(InvalidTransition):
        store.packets.change("pkt_1", begun, REQUEST)


@pytest.mark.failure("R50")
@pytest.mark.law("T11")
def test_of_eight_overlapping_repeats_all_get_the_one_answer(store: Store) -> None:
    opened(store)
    answers = together(8, lambda _: store.packets.change("pkt_1", begun, REQUEST).answer)
    assert answers == [{"word": "first"}] * 8
    assert store.packets.load("pkt_1").version == 2


@pytest.mark.law("T11")
def test_of_eight_overlapping_creations_all_get_the_one_packet(store: Store) -> None:
    def create(number: int) -> Any:
        new = packet(f"pkt_{number}")
        change = Change(new, events=[event("invitation.created")], claims=[place(new.id)], answer={"packet": new.id})
        return store.packets.create(change, REQUEST).answer["packet"]

    answers = together(8, create)
    assert len(answers) == 8
    assert len(set(answers)) == 1


@pytest.mark.law("T11")
def test_a_creation_that_meets_another_write_is_tried_again(store: Store) -> None:
    """DynamoDB cancels a transaction that meets another one on an item, whoever of the two is right."""
    transact, left = store.client.transact_write_items, [2]

    def meeting(**arguments: Any) -> Any:
        if left[0]:
            left[0] -= 1
            reasons = [{"Code": "TransactionConflict"}] + [{"Code": "None"}] * (len(arguments["TransactItems"]) - 1)
            answer = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise store.client.exceptions.TransactionCanceledException(answer, "TransactWriteItems")
        return transact(**arguments)

    store.client.transact_write_items = meeting
    assert store.packets.create(Change(packet(), answer={"word": "made"}), REQUEST).answer == {"word": "made"}


@pytest.mark.law("T11")
def test_a_key_taken_for_many_commits_belongs_to_its_request_alone(store: Store) -> None:
    opened(store)
    store.packets.begin(REQUEST)
    store.packets.begin(REQUEST)
    assert store.packets.answered(REQUEST) is None
    with pytest.raises(IdempotencyKeyReused):
        store.packets.begin(REQUEST._replace(body_hash="b"))
    with pytest.raises(IdempotencyKeyReused):
        store.packets.change("pkt_1", noted("second"), REQUEST._replace(body_hash="b"))


def test_a_lost_answer_of_a_commit_is_told_as_an_outage_and_the_repeat_finds_it_done(store: Store) -> None:
    opened(store)
    lose_response(store.client, "TransactWriteItems")
    try:
        first = store.packets.change("pkt_1", noted("first"), REQUEST).answer
    except Unavailable:
        first = store.packets.change("pkt_1", noted("first"), REQUEST).answer
    assert first == {"word": "first"}
    assert store.packets.load("pkt_1").version == 2


def test_a_commit_the_sdk_repeated_by_itself_counts_once(store: Store) -> None:
    """moto ignores ClientRequestToken (M10), as AWS does after ten minutes: the commit must recognize itself."""
    opened(store)
    transact = store.client.transact_write_items

    def twice(**arguments: Any) -> Any:
        transact(**arguments)
        return transact(**arguments)

    store.client.transact_write_items = twice
    assert store.packets.change("pkt_1", noted("once")).packet.version == 2
    assert [one.type for one in store.packets.events("pkt_1")] == ["invitation.created", "decision.made"]


@pytest.mark.failure("R23")
def test_a_throttled_commit_is_told_as_unavailable_and_writes_nothing(store: Store) -> None:
    opened(store)
    before = store.items()
    refuse(store.client, "TransactWriteItems", 20, "ProvisionedThroughputExceededException", 400)
    with pytest.raises(Unavailable):
        store.packets.change("pkt_1", noted("never"))
    assert store.items() == before


def test_of_eight_moves_at_once_exactly_one_happens(store: Store) -> None:
    opened(store)

    def move(number: int) -> str:
        def decide(before: Packet) -> Change | None:
            if before.status is not Status.INVITED:
                return None
            return Change(before.move(Status.IN_PROGRESS, NOW), events=[event("invitation.reminded", number=number)])

        return "moved" if not store.packets.change("pkt_1", decide).repeated else "late"

    assert sorted(together(8, move)) == ["late"] * 7 + ["moved"]
    assert [one.type for one in store.packets.events("pkt_1")] == ["invitation.created", "invitation.reminded"]


def test_eight_notes_at_once_all_stand_in_one_chain(store: Store) -> None:
    opened(store)
    together(8, lambda number: store.packets.change("pkt_1", noted(f"note-{number}")))
    events = store.packets.events("pkt_1")
    assert sorted(one.data["word"] for one in events[1:]) == [f"note-{number}" for number in range(8)]
    verify(events)


def test_eight_openings_at_once_leave_one_packet(store: Store) -> None:
    found = together(
        8, lambda number: store.packets.create(Change(packet(f"pkt_{number}"), claims=[place(f"pkt_{number}")]))
    )
    assert sum(isinstance(one, AlreadyExists) for one in found) == 7


def test_pages_of_an_agency_follow_each_other_without_gap_or_repeat(store: Store) -> None:
    for number in range(7):
        opened(store, packet_id=f"pkt_{number}")
    seen, cursor = [], None
    while True:
        page = store.packets.by_agency("agency-1", None, cursor, 3)
        seen += [one.id for one in page.packets]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(seen) == [f"pkt_{number}" for number in range(7)]


def test_pages_of_a_status_follow_each_other_across_shards(store: Store) -> None:
    for number in range(23):
        opened(store, packet_id=f"pkt_{number}")
    seen, cursor = [], None
    while True:
        page = store.packets.by_status("INVITED", cursor, 5)
        seen += [one.id for one in page.packets]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(f"pkt_{number}" for number in range(23))


def test_another_agencys_packets_are_not_listed(store: Store) -> None:
    opened(store)
    assert store.packets.by_agency("agency-2", None, None, 10).packets == []


def test_eight_silent_changes_at_once_are_all_counted(store: Store) -> None:
    """Without events only the version decides: nothing else of these commits could collide."""
    opened(store)

    def count(_: int) -> None:
        try:
            store.packets.change("pkt_1", lambda seen: Change(seen.having(mails_sent=seen.mails_sent + 1)))
        except Unavailable:
            count(_)

    together(8, count)
    assert store.packets.load("pkt_1").mails_sent == 8
