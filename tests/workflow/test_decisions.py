"""The contracting department: what it sees, what it may decide where, and what the trail keeps of it."""

from typing import Any

import pytest

from econtracting.domain.packet import Status
from tests.support import journey, stories
from tests.support.world import World


def shown(world: World, packet_id: str) -> dict[str, object]:
    found: dict[str, object] = journey.expect(world.call("GET", f"/packets/{packet_id}", staff=stories.OPS), 200).json
    return found


def another_name_asked(world: World, packet_id: str) -> dict[str, object]:
    body = {"fields": ["agent.middle_name"], "reason": "The license shows another name."}
    answer = world.call("POST", f"/packets/{packet_id}/corrections", body, staff=stories.OPS)
    asked: dict[str, object] = journey.expect(answer, 200).json
    return asked


WORDS = ("proceed", "pre-adverse", "adverse", "reject", "retry")
MALFORMED: tuple[tuple[dict[str, str], str], ...] = (
    ({"decision": "perhaps", "reason": "x"}, "decision"),
    ({"decision": "retry"}, "reason"),
    ({"decision": "retry", "reason": " "}, "reason"),
    ({"decision": "retry", "reason": "x" * 501}, "reason"),
    ({"decision": "retry", "reason": "x", "mood": "good"}, "mood"),
    ({"decision": "adverse", "reason": "x", "worksheet_sha256": "short"}, "worksheet_sha256"),
)


def test_a_decision_that_does_not_fit_is_refused_and_changes_nothing(world: World) -> None:
    for status in (Status.SUBMITTED, Status.APPOINTING, Status.ACTIVE, Status.REJECTED):
        packet_id = stories.submitted(world, status=status, started=False)
        before = stories.events(packet_id)
        for word in WORDS:
            answer = stories.decide(world, packet_id, word)
            assert (answer.status, answer.json["code"]) == (409, "invalid-transition"), (status, word)
        assert stories.events(packet_id) == before


def test_a_decision_is_on_the_trail_with_its_author(world: World) -> None:
    packet_id = stories.to_check(world)
    stories.report(world, packet_id, "canceled")
    world.reaches(packet_id, "NEEDS_REVIEW")
    stories.decided(world, packet_id, "reject")
    trail = journey.expect(world.call("GET", f"/packets/{packet_id}/events", staff=stories.OPS), 200).json["items"]
    made = next(one for one in trail if one["type"] == "decision.made")
    assert (made["actor"]["kind"], made["actor"]["id"]) == ("staff", "ops-1")
    assert made["data"] == {"decision": "reject", "reason": "looked at it", "from": "NEEDS_REVIEW"}
    world.settle()
    assert "rejected" in journey.letters(world)


def test_the_same_request_again_gets_the_same_answer_and_decides_once(world: World) -> None:
    packet_id = stories.to_check(world)
    stories.report(world, packet_id, "canceled")
    world.reaches(packet_id, "NEEDS_REVIEW")
    body, key = {"decision": "reject", "reason": "looked at it"}, {"Idempotency-Key": "d-1"}
    path = f"/packets/{packet_id}/decisions"
    first = journey.expect(world.call("POST", path, body, staff=stories.OPS, headers=key), 200)
    again = journey.expect(world.call("POST", path, body, staff=stories.OPS, headers=key), 200)
    assert first.json == again.json
    assert stories.events(packet_id).count("decision.made") == 1


def test_a_malformed_decision_names_its_field(world: World) -> None:
    packet_id = stories.submitted(world, started=False)
    for body, field in MALFORMED:
        answer = world.call("POST", f"/packets/{packet_id}/decisions", body, staff=stories.OPS)
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("staff", [journey.RECRUITER, None])
def test_only_the_contracting_department_decides_and_corrects(world: World, staff: dict[str, str] | None) -> None:
    packet_id = stories.submitted(world, started=False)
    for what, body in (
        ("decisions", {"decision": "retry", "reason": "x"}),
        ("corrections", {"fields": ["agent.ssn"], "reason": "x"}),
    ):
        assert world.call("POST", f"/packets/{packet_id}/{what}", body, staff=staff).status in (401, 403)


def test_a_packet_nobody_has_is_not_found(world: World) -> None:
    assert stories.decide(world, "pkt_nowhere", "retry").status == 404


def test_the_queue_shows_what_waits_and_for_how_long(world: World) -> None:
    packet_id = stories.to_check(world)
    stories.report(world, packet_id, "canceled")
    world.reaches(packet_id, "NEEDS_REVIEW")
    world.clock.pass_(hours=2)
    answer = journey.expect(world.call("GET", "/packets", query={"queue": "review"}, staff=stories.OPS), 200).json
    row = answer["items"][0]
    assert (row["packet_id"], row["age_seconds"]) == (packet_id, 7200)
    assert row["review_reason"] == "BACKGROUND_CHECK_CANCELED"


def test_a_queue_that_does_not_exist_is_refused(world: World) -> None:
    for query in ({}, {"queue": "adverse", "status": "ACTIVE"}, {"queue": "lost"}, {"status": "LOST"}):
        assert world.call("GET", "/packets", query=query, staff=stories.OPS).status == 422


def test_the_packet_view_shows_masks_and_no_token(world: World) -> None:
    packet_id = stories.to_appointing(world)
    world.settle()
    text = str(shown(world, packet_id))
    assert "***-**-4321" in text
    for hidden in ("987-65", "1980-02-29", "task_token"):
        assert hidden not in text


def test_a_correction_asked_for_while_the_check_runs_ends_the_execution_that_waits(world: World) -> None:
    packet_id = stories.to_check(world)
    assert another_name_asked(world, packet_id)["status"] == "CORRECTION_REQUESTED"
    world.settle(lambda: "HandedToPerson" in world.histories()[f"{packet_id}-1"])
    assert world.status(packet_id) == "CORRECTION_REQUESTED"
    assert "The license shows another name." in world.outside.post.sent[-1]["text"]


def test_a_correction_asked_for_before_the_execution_sleeps_ends_it_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from process import tasks

    usual = tasks.TASKS["await_background_check"]

    def overtaken(task: dict[str, Any]) -> dict[str, Any]:
        another_name_asked(world, task["packet_id"])
        return usual(task)

    monkeypatch.setitem(tasks.TASKS, "await_background_check", overtaken)
    packet_id = stories.submitted(world)
    world.settle(lambda: "HandedToPerson" in world.histories().get(f"{packet_id}-1", []))
    assert world.status(packet_id) == "CORRECTION_REQUESTED"


def test_a_correction_of_what_is_not_asked_is_refused(world: World) -> None:
    packet_id = stories.submitted(world, status=Status.BACKGROUND_CHECK, started=False)
    for fields, place in ([], "fields"), (["agent.shoe_size"], "fields.0"), (["agent.ssn", "x.y"], "fields.1"):
        body = {"fields": fields, "reason": "x"}
        answer = world.call("POST", f"/packets/{packet_id}/corrections", body, staff=stories.OPS)
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, place)


def test_a_packet_that_is_appointed_already_is_not_corrected_any_more(world: World) -> None:
    packet_id = stories.submitted(world, status=Status.APPOINTING, started=False)
    body = {"fields": ["agent.ssn"], "reason": "x"}
    assert world.call("POST", f"/packets/{packet_id}/corrections", body, staff=stories.OPS).status == 409


def test_a_correction_the_agent_lets_lie_is_reminded_of_and_then_for_a_person(world: World) -> None:
    packet_id = stories.to_check(world)
    stories.suspended(world, packet_id, "ssn")
    world.reaches(packet_id, "CORRECTION_REQUESTED")
    for days in (3, 4, 7):
        world.clock.pass_(days=days)
        world.settle()
    assert journey.letters(world).count("correction-requested") == 4
    world.clock.pass_(days=16)
    world.reaches(packet_id, "NEEDS_REVIEW")
    assert shown(world, packet_id)["review_reason"] == "CORRECTION_UNANSWERED"
    stories.decided(world, packet_id, "retry")
    assert world.status(packet_id) == "CORRECTION_REQUESTED"
    stories.decided(world, packet_id, "reject")
    assert world.status(packet_id) == "REJECTED"


def test_after_a_failed_step_retry_goes_back_to_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from process import tasks

    def broken(task: dict[str, object]) -> dict[str, object]:
        raise RuntimeError("broken")

    usual = tasks.TASKS["list_appointments"]
    monkeypatch.setitem(tasks.TASKS, "list_appointments", broken)
    packet_id = stories.submitted(world, status=Status.APPOINTING)
    world.reaches(packet_id, "NEEDS_REVIEW")
    assert shown(world, packet_id)["review_reason"] == "STEP_FAILED"
    monkeypatch.setitem(tasks.TASKS, "list_appointments", usual)
    stories.decided(world, packet_id, "retry")
    world.settle(lambda: len(world.outside.gateway.orders) == 2)


def test_what_failed_outside_is_tried_at_once_when_a_person_says_so(world: World) -> None:
    world.outside.post.down = True
    packet_id = journey.invite(world)
    world.outside.post.down = False
    world.settle()
    assert journey.letters(world) == []
    stories.decided(world, packet_id, "retry")
    world.settle()
    assert journey.letters(world) == ["invitation"]
