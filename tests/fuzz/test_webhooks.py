"""Webhooks of all four vendors: whatever a signed body says, it is kept; whatever is not signed is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.values import ANYTHING, bent
from tests.support import stages
from tests.support.contract import examples
from tests.support.webhooks import screening_headers, standard_headers
from tests.support.world import Answer, World

AT = "2026-11-24T15:00:00Z"
REPORT = {
    "id": "evt_1",
    "object": "event",
    "type": "report.completed",
    "data": {"object": {"id": "rep_1", "custom_id": "pkt-1", "status": "complete", "result": "clear"}},
}
APPOINTMENT = {
    "type": "appointment.updated",
    "timestamp": AT,
    "data": {
        "transaction_id": "txn-AL",
        "external_ref": "pkt-AL",
        "state": "AL",
        "status": "APPROVED",
        "state_ref": "AL-77",
        "effective_date": "2026-11-24",
        "reason_codes": ["LATE"],
        "state_fee_cents": 0,
    },
}
LOADED = {
    "type": "producer.loaded",
    "timestamp": AT,
    "data": {"npn": "15645555", "external_ref": "pkt", "loaded_at": AT},
}
COURSE = {
    "type": "course.completed",
    "timestamp": AT,
    "data": {"npn": "15645555", "external_ref": "pkt", "course": "basics", "plan_year": 2027, "score": 95},
}
SALE = {
    "type": "sale.reported",
    "timestamp": AT,
    "data": {"sale_id": "s1", "npn": "15645555", "state": "AL", "received_on": "2026-11-24", "product": "hmo"},
}
VENDORS = {
    "/webhooks/background-checks": (REPORT,),
    "/webhooks/appointments": (APPOINTMENT,),
    "/webhooks/certifications": (LOADED, COURSE),
    "/webhooks/sales": (SALE,),
}


def of_this_packet(message: Any, packet_id: str) -> Any:
    return json.loads(json.dumps(message).replace("pkt-1", f"{packet_id}-1").replace("pkt", packet_id, 1))


def sent(world: World, path: str, raw: bytes) -> Answer:
    """As the vendor itself sends it, signed."""
    if path.endswith("background-checks"):
        return world.call("POST", path, raw, headers=screening_headers(raw))
    return world.call("POST", path, raw, headers=standard_headers(raw, "msg_1", world.clock.now()))


@pytest.mark.parametrize("path", VENDORS)
def test_a_signed_body_is_taken_whatever_it_says_but_for_a_sales_state_and_day(road: stages.Stages, path: str) -> None:
    world = road.at("finished")
    packet_id = stages.packet_id()
    messages = [of_this_packet(one, packet_id) for one in VENDORS[path]]

    @given(body=st.one_of(*map(bent, messages), ANYTHING).map(lambda one: json.dumps(one).encode()) | st.binary())
    @examples(30)
    def played(body: bytes) -> None:
        answer = sent(world, path, body)
        if answer.status == 422 and path.endswith("sales"):
            assert {one["field"] for one in answer.json["errors"]} <= {"data.state", "data.received_on"}, (
                body,
                answer.body,
            )
        else:
            assert answer.status == 202, (body, answer.body)

    played()


@pytest.mark.parametrize("path", VENDORS)
def test_a_signature_of_any_form_is_refused(road: stages.Stages, path: str) -> None:
    world = road.at("finished")
    body, header = json.dumps(VENDORS[path][0]).encode(), st.text(st.characters(max_codepoint=255), max_size=80)

    @given(names=st.fixed_dictionaries(dict.fromkeys(("X-Signature", "webhook-id", "webhook-signature"), header)))
    @examples(20)
    def played(names: Mapping[str, str]) -> None:
        at = str(int(world.clock.now().timestamp()))
        answer = world.call("POST", path, body, headers={**names, "webhook-timestamp": at})
        assert answer.status == 401, (names, answer.body)

    played()


def test_a_signed_body_names_its_packet(road: stages.Stages) -> None:
    """The messages that are bent above are good ones before."""
    world = road.at("finished")
    for path, messages in VENDORS.items():
        for message in messages:
            body = json.dumps(of_this_packet(message, stages.packet_id())).encode()
            assert sent(world, path, body).status == 202, (path, message)
