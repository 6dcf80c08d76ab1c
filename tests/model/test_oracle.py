"""The model would notice: each fault a product could have, put in on purpose, is told by the invariant it breaks."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from econtracting import wiring
from econtracting.domain.packet import Status
from econtracting.ports import Change
from tests.model.invariants import Invariants
from tests.model.outsiders import Outsiders
from tests.model.stages import TABLE, Stages
from tests.support.records import event


@pytest.fixture
def play(walked: Stages) -> Outsiders:
    return walked.at("checked")


def overwrite(packet_id: str, place: str, **values: Any) -> None:
    """What no door can do: change a stored item behind the product's back."""
    table, key = boto3.client("dynamodb"), {"PK": {"S": f"PACKET#{packet_id}"}, "SK": {"S": place}}
    item = table.get_item(TableName=TABLE, Key=key)["Item"]
    table.put_item(TableName=TABLE, Item=item | values)


def test_a_step_without_its_cause_is_noticed(play: Outsiders) -> None:
    case = play.cases[0]
    with play.wire.product():
        wiring.packets().change(
            case.packet_id, lambda packet: Change(packet.move(Status.APPOINTING, play.now), events=[event()])
        )
    with pytest.raises(AssertionError, match="without its cause"):
        play.observe()


def test_a_step_the_graph_does_not_have_is_noticed(play: Outsiders) -> None:
    with play.wire.product():
        wiring.packets().change(
            play.cases[0].packet_id, lambda packet: Change(packet.having(status=Status.ACTIVE), events=[event()])
        )
    with pytest.raises(AssertionError, match="I2"):
        play.observe()


def test_an_altered_event_is_noticed(play: Outsiders) -> None:
    overwrite(play.cases[0].packet_id, "EVENT#000002", type={"S": "something.else"})
    with pytest.raises(ValueError, match="breaks the chain"):
        Invariants(play).hold()


def test_a_packet_nobody_looks_after_is_noticed(play: Outsiders) -> None:
    packet = wiring.packets().load(play.cases[0].packet_id)
    table, key = boto3.client("dynamodb"), {"PK": {"S": f"PACKET#{packet.id}"}, "SK": {"S": "PACKET"}}
    table.update_item(TableName=TABLE, Key=key, UpdateExpression="REMOVE due_at, due_pk, due_at_sk")
    with pytest.raises(AssertionError, match="looked after by no one"):
        Invariants(play).hold()


def test_a_mail_that_is_in_no_ledger_is_noticed(play: Outsiders) -> None:
    play.world.outside.post.send(to="a@example.com", subject="s", html="h", text="t", reference="pkt_1.mail.rogue.1")
    with pytest.raises(AssertionError, match="in no ledger"):
        Invariants(play).hold()


def test_a_mail_that_comes_twice_without_trouble_is_noticed(play: Outsiders) -> None:
    play.world.outside.post.sent.append(play.world.outside.post.sent[0])
    with pytest.raises(AssertionError, match="came twice"):
        Invariants(play).hold()


def test_an_appointment_before_the_check_is_noticed(play: Outsiders) -> None:
    reference = f"{play.cases[0].packet_id}-AL"
    play.world.outside.gateway.orders["key"] = {"external_ref": reference, "state": "AL"}
    with pytest.raises(AssertionError, match="before the check was clear"):
        Invariants(play).hold()


def test_a_secret_that_lies_about_is_noticed(play: Outsiders) -> None:
    overwrite(play.cases[0].packet_id, "SECTION#agent", note={"S": "987-65-4320"})
    play.drain()
    with pytest.raises(AssertionError, match="SSN in table"):
        Invariants(play).hold_at_the_end()
