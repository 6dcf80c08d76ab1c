"""Branches of the adverse-action road: a corrected report, a posted notice, a report that turns after the end."""

import re
from datetime import timedelta
from typing import Any

from local.bureau_desk import change_report
from local.days import agents_today
from local.demo.client import verify
from local.demo.journey import Journey
from local.demo.onlookers import VENDOR_PATIENCE

NOTICE = re.compile(r"(?i)report|notice|decision")


def send_notice(journey: Journey) -> None:
    """The pre-adverse notice goes out, once the copy of the report is kept."""
    journey.wait_until(
        "the copy of the report is fetched", lambda: "adverse.copy_kept" in kinds(journey), VENDOR_PATIENCE
    )
    journey.decide("pre-adverse", "The report shows a conviction that bears on selling insurance.")
    journey.mail_about("the notice before a decision", NOTICE)


def correct_report(journey: Journey) -> None:
    """The bureau amends its report during the wait, its documents are down: nobody is refused over the old copy."""
    journey.wait_until("the notice is delivered", lambda: case(journey)["status"] == "WAITING", VENDOR_PATIENCE)
    before = copy_of_report(journey)
    change_report(
        journey.scene.config,
        f"{journey.packet_id}-1",
        status="complete",
        result="consider",
        finding="Amended: one record removed",
        document_outage=3,
    )
    journey.wait_until("its copy is asked for once more", lambda: case(journey)["copy_awaited"], VENDOR_PATIENCE)
    journey.decide("adverse", "Decided on the old copy.", expect=409)
    journey.wait_until(
        "the corrected copy is kept", lambda: "adverse.report_corrected" in kinds(journey), VENDOR_PATIENCE
    )
    verify(case(journey)["status"] == "ASSESSING", "a corrected report is weighed again", case(journey))
    journey.decide("adverse", "Decided without a notice about the corrected report.", expect=409)
    journey.timeline.done("corrected", "the wait is void")
    journey.decide("pre-adverse", "The amended report still bears on selling insurance.")
    after = copy_of_report(journey)
    verify(after != before and b"Amended" in after, "the agent has the copy of the corrected report")
    told = [kind for kind in kinds(journey) if kind in ("adverse.copy_kept", "adverse.pre_sent")]
    expected = ["adverse.copy_kept", "adverse.pre_sent"] * 2
    verify(told == expected, "each copy was kept before the notice about it left", told)
    refuse_when_possible(journey)


def post_notice(journey: Journey) -> None:
    """The mailed notice comes back: it is posted on a day that can be, and the wait counts from its arrival."""
    journey.wait_until("the notice comes back", lambda: case(journey)["status"] == "UNDELIVERABLE", VENDOR_PATIENCE)
    today = agents_today()
    for on, why in ((today - timedelta(days=2), "before it was made"), (today + timedelta(days=2), "not yet")):
        answer = journey.contracting.attempt("POST", decisions(journey), posted(on.isoformat()))
        found = (answer.status_code, answer.json().get("errors"))
        verify(found[0] == 422, f"a notice posted {why} is refused", found)
        verify(answer.json()["errors"][0]["field"] == "posted_on", "the refusal names the field", found)
    journey.contracting.call("POST", decisions(journey), posted(today.isoformat()))
    verify(case(journey)["posted_on"] == today.isoformat(), "the day is put down", case(journey))
    journey.decide("adverse", "Decided before the letter can have arrived.", expect=409)
    journey.timeline.done("posted", "the wait counts from its presumed arrival")
    refuse_when_possible(journey)


def turn_report(journey: Journey) -> None:
    """A clear report turns after the end: nothing moves, and the department has it in its queue until one looks."""
    change_report(journey.scene.config, f"{journey.packet_id}-1", status="complete", result="consider")
    journey.wait_until("the news waits in the queue", lambda: journey.packet_id in queue(journey), VENDOR_PATIENCE)
    found = journey.ops()
    verify(found["status"] == "ACTIVE", "the first answer stands", found["status"])
    check = found["background_checks"][-1]
    words = (check["result"], check["later_result"])
    verify(words == ("clear", "consider"), "both answers are on record", words)
    verify("bgc.changed" in kinds(journey), "the news is on the trail")
    journey.timeline.done("turned", "consider, after the producer was active")


def see_news(journey: Journey) -> None:
    """A person has looked: the queue lets go of it, and the trail says who."""
    journey.decide("note", "Known to us, and settled long ago.")
    verify(journey.packet_id not in queue(journey), "the queue is empty again")
    verify("late_news.seen" in kinds(journey), "that it was seen is on the trail")


def refuse_when_possible(journey: Journey) -> None:
    """The wait runs out, and the final notice goes with the refusal."""
    body = {"decision": "adverse", "reason": "The record stands."}
    last = journey.postbox.last()
    journey.wait_until(
        "the clock of the notice runs out",
        lambda: journey.contracting.try_call("POST", decisions(journey), body) == 200,
        VENDOR_PATIENCE,
    )
    journey.wait_for("REJECTED")
    journey.wait_until("the final notice is mailed", lambda: journey.postbox.last() > last)
    verify(kinds(journey).count("adverse.final_sent") == 1, "one final notice")
    journey.timeline.done("rejected", "after notice, wait and final notice")


def copy_of_report(journey: Journey) -> bytes:
    """The copy that the agent finds with the newest notice before a decision."""
    notices = journey.agent.get("/packet/notices")["items"]
    notice = next(one for one in notices if one["kind"] == "pre-adverse")
    return journey.agent.call("GET", notice["enclosures"][0]["view"]).content


def case(journey: Journey) -> dict[str, Any]:
    """The weighing of the report as the contracting department sees it."""
    found: dict[str, Any] = journey.ops()["adverse"]
    return found


def kinds(journey: Journey) -> list[str]:
    """The kinds of the events on the trail, in order."""
    return [event["type"] for event in journey.events()]


def queue(journey: Journey) -> list[str]:
    """The packets of which news wait for a person."""
    return [one["packet_id"] for one in journey.contracting.get("/packets?queue=news")["items"]]


def decisions(journey: Journey) -> str:
    return f"/packets/{journey.packet_id}/decisions"


def posted(on: str) -> dict[str, str]:
    return {"decision": "pre-adverse", "reason": "The mail came back; the notice went by post.", "posted_on": on}
