import hashlib
import hmac
import time
from typing import Any

import httpx
import pytest

from local.config import BACKGROUND_CHECK_KEY, Config
from local.simulators import background_check
from local.stack import Stack
from tests.local.conftest import Recorder, Serve
from tests.support.pdf_text import text_of


@pytest.fixture
def bureau(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    monkeypatch.setattr(background_check, "USUAL_SECONDS", 0.05)
    monkeypatch.setattr(background_check, "OLD_NEWS_SECONDS", 0.2)
    return serve(background_check.application, "background", BACKGROUND_CHECK_KEY)


def person(email: str, ssn: str = "987-65-4320") -> dict[str, Any]:
    return {
        "custom_id": "pkt_1",
        "first_name": "Dana",
        "middle_name": None,
        "no_middle_name": True,
        "last_name": "Rivera",
        "email": email,
        "phone": "+16155550123",
        "dob": "1985-04-12",
        "ssn": ssn,
        "zipcode": "37210",
    }


def order(bureau: httpx.Client, email: str, ssn: str = "987-65-4320") -> str:
    candidate = bureau.post("/v1/candidates", json=person(email, ssn)).json()["id"]
    report = bureau.post("/v1/reports", json={"candidate_id": candidate, "package": "p", "custom_id": "pkt_1"})
    assert report.status_code == 201
    assert report.json()["status"] == "pending"
    identifier: str = report.json()["id"]
    return identifier


def outcome(bureau: httpx.Client, report: str, patience: float = 5) -> tuple[str, str | None]:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = bureau.get(f"/v1/reports/{report}").json()
        if found["status"] != "pending":
            break
        time.sleep(0.05)
    return found["status"], found["result"]


def test_nobody_is_served_without_the_key(bureau: httpx.Client) -> None:
    assert bureau.get("/v1/reports/rep_1", headers={"Authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("dana@example.com", ("complete", "clear")),
        ("dana+consider@example.com", ("complete", "consider")),
        ("dana+suspended@example.com", ("suspended", None)),
        ("dana+canceled@example.com", ("canceled", None)),
    ],
)
def test_the_tag_chooses_the_outcome(bureau: httpx.Client, email: str, expected: tuple[str, str | None]) -> None:
    assert outcome(bureau, order(bureau, email)) == expected


def test_a_suspended_person_is_clear_once_ordered_with_the_right_number(bureau: httpx.Client) -> None:
    report = order(bureau, "dana+suspended@example.com", ssn="987-65-4321")
    assert outcome(bureau, report) == ("complete", "clear")


def test_the_webhook_carries_the_signature_of_its_raw_body(bureau: httpx.Client, recorder: Recorder) -> None:
    report = order(bureau, "dana@example.com")
    created, completed = recorder.wait_for(2)
    assert [created.json()["type"], completed.json()["type"]] == ["report.created", "report.completed"]
    assert completed.path == "/api/webhooks/background-checks"
    assert completed.json()["data"]["object"]["id"] == report  # type: ignore[index]
    expected = hmac.new(BACKGROUND_CHECK_KEY.encode(), completed.body, hashlib.sha256).hexdigest()
    assert completed.headers["x-signature"] == expected


def test_a_refused_webhook_is_sent_until_it_is_accepted(bureau: httpx.Client, recorder: Recorder) -> None:
    recorder.answer = lambda request: (503 if len(recorder.requests) < 3 else 202, [], b"")
    order(bureau, "dana@example.com")
    sent = recorder.wait_for(4)
    assert len({request.json()["id"] for request in sent}) == 2


def test_duplicates_carry_the_same_event_and_old_news_come_last(bureau: httpx.Client, recorder: Recorder) -> None:
    order(bureau, "dana+duplicate.outoforder@example.com")
    sent = recorder.wait_for(4)
    assert [request.json()["type"] for request in sent] == ["report.completed"] * 3 + ["report.created"]
    assert len({request.json()["id"] for request in sent[:3]}) == 1


def test_a_silent_bureau_answers_never_and_a_mute_one_only_when_asked(bureau: httpx.Client, recorder: Recorder) -> None:
    silent, mute = order(bureau, "dana+silent@example.com"), order(bureau, "dana+mute@example.com")
    assert outcome(bureau, mute) == ("complete", "clear")
    assert outcome(bureau, silent, patience=0.2) == ("pending", None)
    assert recorder.requests == []


def test_an_outage_ends_after_three_calls(bureau: httpx.Client) -> None:
    answers = [bureau.post("/v1/candidates", json=person("dana+outage@example.com")).status_code for _ in range(4)]
    assert answers == [503, 503, 503, 201]


def test_a_repeated_order_gets_the_first_answer(bureau: httpx.Client) -> None:
    again = {"Idempotency-Key": "pkt_1#candidate#1"}
    first, second = (bureau.post("/v1/candidates", json=person("dana@example.com"), headers=again) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())


def test_a_key_with_another_body_is_refused(bureau: httpx.Client) -> None:
    again = {"Idempotency-Key": "pkt_1#candidate#1"}
    bureau.post("/v1/candidates", json=person("dana@example.com"), headers=again)
    assert bureau.post("/v1/candidates", json=person("other@example.com"), headers=again).status_code == 422


def test_a_kill_loses_neither_the_report_nor_its_webhooks(stack: Stack, recorder: Recorder, config: Config) -> None:
    stack.start_part("background")
    key = {"Authorization": f"Bearer {BACKGROUND_CHECK_KEY}"}
    bureau = httpx.Client(base_url=config.url("background"), headers=key)
    report = order(bureau, "dana@example.com")
    stack.children["background"].kill()
    time.sleep(1.2)
    assert recorder.requests == []
    stack.start_part("background")
    assert outcome(bureau, report) == ("complete", "clear")
    assert recorder.wait_for(2)[1].json()["type"] == "report.completed"


def test_the_copy_of_a_report_is_a_page_that_can_be_read(bureau: httpx.Client) -> None:
    report = order(bureau, "dana+consider@example.com")
    assert outcome(bureau, report) == ("complete", "consider")
    copy = bureau.get(f"/v1/reports/{report}/document")
    assert copy.headers["content-type"] == "application/pdf"
    assert f"Report {report}" in text_of(copy.content)
    assert "Result: consider" in text_of(copy.content)
    assert bureau.get("/v1/reports/rep_0/document").status_code == 404


def test_a_clerk_changes_a_report_and_the_bureau_tells_of_it(bureau: httpx.Client, recorder: Recorder) -> None:
    report = order(bureau, "dana@example.com")
    assert outcome(bureau, report) == ("complete", "clear")
    heard = len(recorder.requests)
    values = {"status": "complete", "result": "consider", "finding": "Amended: one record", "document_outage": 2}
    assert bureau.post("/desk/reports/pkt_1", json=values).status_code == 200
    assert outcome(bureau, report) == ("complete", "consider")
    answers = [bureau.get(f"/v1/reports/{report}/document") for _ in range(3)]
    assert [one.status_code for one in answers] == [503, 503, 200]
    assert "Amended: one record" in text_of(answers[-1].content)
    assert bureau.post("/desk/reports/pkt_9", json=values).status_code == 404
    recorder.wait_for(heard + 1)
