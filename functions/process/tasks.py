"""process, the workflow's side: steps that decide and record. They talk to nobody outside; that is the relay's work.

Each takes {task, packet_id, attempt} and answers {status}; a waiting one also takes its task_token.
"""

from __future__ import annotations

from typing import Any

from econtracting import wiring
from econtracting.usecases import appointments, background, certification, review

Task = dict[str, Any]


def locate(task: Task) -> dict[str, Any]:
    return {"status": wiring.packets().load(task["packet_id"]).status.value}


def begin_background_check(task: Task) -> dict[str, Any]:
    packet = background.begin(packets=wiring.packets(), clock=wiring.clock(), packet_id=task["packet_id"])
    return {"status": packet.status.value}


def await_background_check(task: Task) -> dict[str, Any]:
    background.await_result(
        packets=wiring.packets(),
        clock=wiring.clock(),
        packet_id=task["packet_id"],
        task_token=task["task_token"],
    )
    return {}


def record_background_check(task: Task) -> dict[str, Any]:
    packet = background.record(packets=wiring.packets(), clock=wiring.clock(), packet_id=task["packet_id"])
    return {"status": packet.status.value}


def list_appointments(task: Task) -> dict[str, Any]:
    return {"states": appointments.unanswered(packets=wiring.packets(), packet_id=task["packet_id"])}


def await_appointment(task: Task) -> dict[str, Any]:
    appointments.await_answer(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=task["packet_id"],
        state=task["state"],
        task_token=task["task_token"],
    )
    return {}


def record_appointment_unanswered(task: Task) -> dict[str, Any]:
    appointments.unanswered_in_time(
        packets=wiring.packets(), clock=wiring.clock(), packet_id=task["packet_id"], state=task["state"]
    )
    return {}


def record_processed(task: Task) -> dict[str, Any]:
    packet = appointments.record_processed(packets=wiring.packets(), clock=wiring.clock(), packet_id=task["packet_id"])
    return {"status": packet.status.value}


def await_certification_feed(task: Task) -> dict[str, Any]:
    certification.await_loaded(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        feed_life=wiring.settings().feed_life,
        packet_id=task["packet_id"],
        task_token=task["task_token"],
    )
    return {}


def record_certification_open(task: Task) -> dict[str, Any]:
    packet = certification.record_open(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=task["packet_id"],
    )
    return {"status": packet.status.value}


def record_background_check_timed_out(task: Task) -> dict[str, Any]:
    return _review(task, "BACKGROUND_CHECK_SILENT")


def record_feed_not_loaded(task: Task) -> dict[str, Any]:
    return _review(task, "FEED_NOT_ACKED")


def ask_for_review(task: Task) -> dict[str, Any]:
    return _review(task, "STEP_FAILED")


def _review(task: Task, reason: str) -> dict[str, Any]:
    packet = review.ask_for_review(
        packets=wiring.packets(),
        clock=wiring.clock(),
        packet_id=task["packet_id"],
        reason=reason,
        attempt=task["attempt"],
    )
    return {"status": packet.status.value}


TASKS = {
    step.__name__: step
    for step in (
        locate,
        begin_background_check,
        await_background_check,
        record_background_check,
        record_background_check_timed_out,
        list_appointments,
        await_appointment,
        record_appointment_unanswered,
        record_processed,
        await_certification_feed,
        record_certification_open,
        record_feed_not_loaded,
        ask_for_review,
    )
}


def lambda_handler(event: Task, _: Any) -> dict[str, Any]:
    return TASKS[event["task"]](event)
