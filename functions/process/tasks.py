"""process, the workflows' side: steps that decide and record. They talk to nobody outside; that is the relay's work.

Each takes {task, packet_id, attempt}, and {state} where one is concerned; a waiting one also takes its task_token.
"""

from __future__ import annotations

from typing import Any

from econtracting import wiring
from econtracting.usecases.appointing import appointments, sale_follow_up, sales
from econtracting.usecases.certification import certification
from econtracting.usecases.commit import review
from econtracting.usecases.screening import background, background_news

Task = dict[str, Any]


def locate(task: Task) -> dict[str, Any]:
    packet = wiring.packets().load(task["packet_id"])
    review.require_current(packet, task["attempt"])
    return {"status": packet.status.value}


def begin_background_check(task: Task) -> dict[str, Any]:
    packet = background.begin(**_store(), reminders=wiring.settings().reminders, **_which(task))
    return {"status": packet.status.value}


def await_background_check(task: Task) -> dict[str, Any]:
    background.await_result(**_store(), **_which(task), task_token=task["task_token"])
    return {}


def record_background_check(task: Task) -> dict[str, Any]:
    packet = background_news.record(
        **_store(), packet_types=wiring.packet_type, patience=wiring.patience(), **_which(task)
    )
    return {"status": packet.status.value}


def list_appointments(task: Task) -> dict[str, Any]:
    return {"states": appointments.order_all(**_store(), packet_types=wiring.packet_type, **_which(task))}


def await_appointment(task: Task) -> dict[str, Any]:
    appointments.await_answer(
        **_store(),
        packet_types=wiring.packet_type,
        **_which(task),
        state=task["state"],
        task_token=task["task_token"],
    )
    return {}


def record_appointment_unanswered(task: Task) -> dict[str, Any]:
    appointments.unanswered_in_time(
        **_store(), packet_types=wiring.packet_type, packet_id=task["packet_id"], state=task["state"]
    )
    return {}


def record_processed(task: Task) -> dict[str, Any]:
    packet = appointments.record_processed(**_store(), **_which(task))
    return {"status": packet.status.value}


def await_certification_feed(task: Task) -> dict[str, Any]:
    certification.await_loaded(
        **_store(),
        packet_types=wiring.packet_type,
        feed_life=wiring.settings().feed_life,
        **_which(task),
        task_token=task["task_token"],
    )
    return {}


def record_certification_open(task: Task) -> dict[str, Any]:
    packet = certification.record_open(
        **_store(),
        packet_types=wiring.packet_type,
        reminders=wiring.settings().reminders,
        **_which(task),
    )
    return {"status": packet.status.value}


def record_background_check_timed_out(task: Task) -> dict[str, Any]:
    return _review(task, background_news.SILENT)


def record_feed_not_loaded(task: Task) -> dict[str, Any]:
    return _review(task, certification.NOT_LOADED)


def ask_for_review(task: Task) -> dict[str, Any]:
    return _review(task, "STEP_FAILED")


def judge_sale(task: Task) -> dict[str, Any]:
    return sales.judge(**_store(), packet_types=wiring.packet_type, packet_id=task["packet_id"], state=task["state"])


def await_first_sale_appointment(task: Task) -> dict[str, Any]:
    sales.await_answer(
        **_store(),
        packet_types=wiring.packet_type,
        packet_id=task["packet_id"],
        state=task["state"],
        task_token=task["task_token"],
    )
    return {}


def record_first_sale(task: Task) -> dict[str, Any]:
    return sales.record(**_store(), packet_id=task["packet_id"], state=task["state"])


def raise_sale_alarm(task: Task) -> dict[str, Any]:
    sale_follow_up.step_failed(**_store(), packet_id=task["packet_id"], state=task["state"])
    return {}


def _store() -> dict[str, Any]:
    return {"packets": wiring.packets(), "clock": wiring.clock()}


def _which(task: Task) -> dict[str, Any]:
    return {"packet_id": task["packet_id"], "attempt": task["attempt"]}


def _review(task: Task, reason: str) -> dict[str, Any]:
    packet = review.ask_for_review(**_store(), **_which(task), reason=reason)
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
        judge_sale,
        await_first_sale_appointment,
        record_first_sale,
        raise_sale_alarm,
    )
}


def lambda_handler(event: Task, _: Any) -> dict[str, Any]:
    return TASKS[event["task"]](event)
