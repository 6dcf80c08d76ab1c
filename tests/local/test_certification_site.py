from typing import Any

import httpx
import pytest

from local.config import CERTIFICATION_SITE_KEY
from local.simulators import certification_site
from tests.local.conftest import Recorder, Serve


@pytest.fixture
def site(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    monkeypatch.setattr(certification_site, "LOAD_SECONDS", 0.05)
    monkeypatch.setattr(certification_site, "COURSE_SECONDS", 0.15)
    return serve(certification_site.application, "certification", CERTIFICATION_SITE_KEY)


def feed(email: str) -> dict[str, Any]:
    return {
        "external_ref": "pkt_1",
        "npn": "15645555",
        "first_name": "Dana",
        "last_name": "Rivera",
        "email": email,
        "level": 3,
        "states": ["TN"],
        "plan_year": 2027,
        "sent_at": "2026-11-23T12:00:00Z",
    }


def told(recorder: Recorder, count: int) -> list[tuple[Any, Any]]:
    events = [request.json() for request in recorder.wait_for(count)]
    return [(event["type"], event["data"].get("course")) for event in events]  # type: ignore[attr-defined]


def test_a_fed_producer_is_loaded_and_passes_both_courses(site: httpx.Client, recorder: Recorder) -> None:
    answer = site.put("/v1/producers/15645555", json=feed("dana@example.com"))
    assert (answer.status_code, answer.json()) == (202, {"npn": "15645555", "status": "QUEUED"})
    assert told(recorder, 3) == [
        ("producer.loaded", None),
        ("course.completed", "medicare-basics"),
        ("course.completed", "plan-products"),
    ]


def test_a_failed_exam_is_reported_before_the_passed_one(site: httpx.Client, recorder: Recorder) -> None:
    site.put("/v1/producers/15645555", json=feed("dana+failedexam@example.com"))
    assert told(recorder, 3)[1:] == [("course.failed", "medicare-basics"), ("course.completed", "medicare-basics")]


def test_the_same_feed_again_reports_nothing_twice(site: httpx.Client, recorder: Recorder) -> None:
    for _ in range(2):
        site.put("/v1/producers/15645555", json=feed("dana+nocourses@example.com"))
    recorder.wait_for(1)
    assert told(recorder, 1) == [("producer.loaded", None)]


def test_the_feed_can_be_down_for_a_while(site: httpx.Client) -> None:
    body = feed("dana+certoutage@example.com")
    assert [site.put("/v1/producers/15645555", json=body).status_code for _ in range(4)] == [503, 503, 503, 202]
