from typing import Any

import httpx
import pytest

from local.config import APPOINTMENT_GATEWAY_KEY
from local.simulators import appointment_gateway
from tests.local.conftest import Recorder, Serve


@pytest.fixture
def gateway(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    monkeypatch.setattr(appointment_gateway, "DECISION_SECONDS", 0.05)
    monkeypatch.setattr(appointment_gateway, "LATER_SECONDS", 0.2)
    return serve(appointment_gateway.application, "appointments", APPOINTMENT_GATEWAY_KEY)


def order(npn: str, state: str = "KS") -> dict[str, Any]:
    return {
        "external_ref": f"pkt_1#{state}",
        "action": "appoint",
        "producer": {"npn": npn, "first_name": "Dana", "last_name": "Rivera"},
        "company": {"co_code": "12345", "fein": "12-3456789"},
        "state": state,
        "license_class": "Producer",
        "line_codes": ["16"],
        "effective_date": "2026-11-23",
    }


def decisions(
    gateway: httpx.Client, recorder: Recorder, npn: str, count: int, state: str = "KS"
) -> list[dict[str, Any]]:
    answer = gateway.post("/v1/appointments", json=order(npn, state))
    assert (answer.status_code, answer.json()["status"]) == (202, "ACCEPTED")
    return [request.json()["data"] for request in recorder.wait_for(count)]  # type: ignore[misc]


def test_an_ordinary_order_is_approved_with_the_states_reference(gateway: httpx.Client, recorder: Recorder) -> None:
    (decision,) = decisions(gateway, recorder, "15645555", 1)
    assert decision["status"] == "APPROVED"
    assert decision["state_ref"].startswith("KS-")
    assert decision["effective_date"] == "2026-11-23"
    assert recorder.requests[0].headers["webhook-signature"].startswith("v1,")


def test_an_answer_can_be_read_as_well(gateway: httpx.Client, recorder: Recorder) -> None:
    (decision,) = decisions(gateway, recorder, "15645555", 1)
    assert gateway.get(f"/v1/appointments/{decision['transaction_id']}").json()["status"] == "APPROVED"


@pytest.mark.parametrize(
    ("npn", "expected"),
    [
        ("9912345100", [("PENDING_STATE", []), ("APPROVED", [])]),
        ("9912345200", [("REJECTED", ["STATE_FILING_INCOMPLETE"])]),
        ("9912345300", [("REJECTED", ["FREEZE_WINDOW"])]),
        ("9912345800", [("MISSING_LICENSE", ["LICENSE_NOT_FOUND"])]),
        ("9912345600", [("APPROVED", [])] * 3 + [("PENDING_STATE", [])]),
    ],
)
def test_the_eighth_digit_chooses_what_kansas_decides(
    gateway: httpx.Client, recorder: Recorder, npn: str, expected: list[tuple[str, list[str]]]
) -> None:
    found = decisions(gateway, recorder, npn, len(expected))
    assert [(decision["status"], decision["reason_codes"]) for decision in found] == expected


def test_other_states_approve_what_kansas_rejects(gateway: httpx.Client, recorder: Recorder) -> None:
    (decision,) = decisions(gateway, recorder, "9912345200", 1, state="TN")
    assert decision["status"] == "APPROVED"


def test_a_bad_order_is_refused_at_once(gateway: httpx.Client) -> None:
    answer = gateway.post("/v1/appointments", json=order("9912345900"))
    assert (answer.status_code, answer.json()["status"]) == (422, "REJECTED_SYNTAX")


def test_an_outage_passes_and_a_dead_gateway_stays_dead(gateway: httpx.Client) -> None:
    passing = [gateway.post("/v1/appointments", json=order("9912345400")).status_code for _ in range(4)]
    lasting = [gateway.post("/v1/appointments", json=order("9912345500")).status_code for _ in range(4)]
    assert passing == [503, 503, 503, 202]
    assert lasting == [503] * 4
