"""Branches of the road after submission: systems that do not answer, disputed reports, sales that come too early."""

import re
from collections.abc import Mapping
from typing import Any

from local.days import carriers_today
from local.demo.cast import Person
from local.demo.client import verify
from local.demo.journey import Journey
from local.demo.onlookers import VENDOR_PATIENCE
from local.policy_administration import report_sale

NOBODYS_NPN = "1599999999"


def beside(journey: Journey, person: Person, name: str) -> Journey:
    """Someone else's packet on the same stack, in the same story."""
    folder = journey.folder / name
    folder.mkdir()
    return Journey(journey.scene, person, journey.timeline, folder)


def waits_in_sight(journey: Journey, stage: str) -> None:
    """The vendor of a stage is left alone after several failures; the agent is told who is waited for, and no more."""

    def delay() -> dict[str, str] | None:
        rows = journey.agent.get("/packet")["timeline"]
        return next((row.get("delay") for row in rows if row["stage"] == stage), None)

    journey.wait_until(f"the timeline says that {stage} waits", lambda: delay() is not None, VENDOR_PATIENCE)
    journey.timeline.done("waiting in sight", f"{stage}: we go on by ourselves")


def stopped_hard(journey: Journey) -> None:
    """A felony without the written consent under 18 U.S.C. 1033: nothing is ordered until two persons say so."""
    journey.stands_at("NEEDS_REVIEW", "CONSENT_1033_MISSING")
    verify(not journey.appointments(), "no appointment was ordered")
    journey.decide("proceed", "The consent came by letter.")
    journey.decide("proceed", "The same person once more.", expect=409)
    verify(journey.ops()["status"] == "NEEDS_REVIEW", "one person alone lifts nothing", journey.ops()["approvals"])
    path, second = f"/packets/{journey.packet_id}/decisions", {"decision": "proceed", "reason": "I have read it too."}
    journey.colleague().call("POST", path, second)
    made = [event["actor"]["id"] for event in journey.events() if event["type"] == "decision.made"]
    verify(len(set(made)) == 2, "two persons are on the trail", made)
    journey.timeline.done("released by two", "18 U.S.C. 1033")


def disputed(journey: Journey) -> None:
    """The agent reads the notice and the report, and disputes it: the clock stands still until that is answered."""
    notices = journey.agent.get("/packet/notices")
    (notice,) = notices["items"]
    text = journey.agent.call("GET", notice["view"]).text
    verify("consumer reporting agency" in text, "the notice names who made the report", text)
    titles = [one["title"] for one in notice["enclosures"]]
    verify(len(titles) == 2, "the report and the rights go with the notice", titles)
    report = journey.agent.call("GET", notice["enclosures"][0]["view"])
    verify(report.content.startswith(b"%PDF"), "the copy of the report is there", report.headers)
    journey.agent.create(f"/packet/notices/{notice['notice_id']}/disputes", {"grounds": ["inaccurate"]})
    verify(journey.ops()["adverse"]["status"] == "DISPUTED", "the case is disputed", journey.ops()["adverse"])
    verify(journey.ops()["adverse"]["final_possible_from"] is None, "the clock stands still", journey.ops()["adverse"])
    journey.decide("adverse", "Decided in spite of the dispute.", expect=409)
    answered = {"state": "answered", "reason": "The screening company has confirmed the record."}
    journey.contracting.call("POST", f"/packets/{journey.packet_id}/disputes", answered)
    verify(journey.ops()["adverse"]["status"] == "WAITING", "the rest of the wait goes on", journey.ops()["adverse"])
    journey.timeline.done("disputed", "the clock stood still until it was answered")


def canceled(journey: Journey) -> None:
    """The bureau cancels the report, and again when asked again: a person ends it."""
    journey.stands_at("NEEDS_REVIEW", "BACKGROUND_CHECK_CANCELED")
    journey.decide("retry", "The bureau asked us to order again.")
    journey.wait_until(
        "the second report is canceled as well",
        lambda: [one["status"] for one in journey.ops()["background_checks"]] == ["canceled"] * 2,
        VENDOR_PATIENCE,
    )
    journey.stands_at("NEEDS_REVIEW", "BACKGROUND_CHECK_CANCELED")
    journey.decide("reject", "No report can be had.")
    journey.wait_for("REJECTED")
    journey.mail_about("the end", re.compile(r"(?i)cannot continue"))
    journey.timeline.done("rejected", "after two canceled reports")


def sold_too_early(journey: Journey, state: str) -> None:
    """A sale before the producer is ready to sell is an alarm, not an order; one by nobody we know waits in a queue."""
    today = carriers_today()
    unknown = report_sale(journey.scene.config, NOBODYS_NPN, state, today)
    verify(unknown.status_code == 202, "a sale by an unknown producer is kept", unknown.text)
    waiting = [one for one in journey.messages() if one["reference"] == NOBODYS_NPN]
    verify([one["reason"] for one in waiting] == ["UNKNOWN_REFERENCE"], "it waits in the department's queue", waiting)
    journey.settle(waiting[0], "set-aside", "Nobody of ours has this number.")
    told = report_sale(journey.scene.config, journey.person.npn, state, today)
    verify(told.status_code == 202, "an early sale is accepted", told.text)

    def alarms() -> list[str]:
        return [alarm for sale in journey.ops()["first_sales"] if sale["state"] == state for alarm in sale["alarms"]]

    journey.wait_until("the early sale rings", lambda: "NOT_READY_TO_SELL" in alarms(), VENDOR_PATIENCE)
    verify(state not in journey.appointments(), "nothing is ordered behind the department's back")
    journey.timeline.done("sold too early", f"{state}: {', '.join(alarms())}")


def told_otherwise(journey: Journey, state: str, stands: str, told: str) -> Mapping[str, Any]:
    """A state says otherwise than its answer that stands: on the trail, in the queue, and nothing else happens."""

    def waiting() -> Mapping[str, Any] | None:
        mine = (one for one in journey.messages() if one["packet_id"] == journey.packet_id)
        return next(mine, None)

    journey.wait_until(f"{state}'s other answer waits for a person", lambda: waiting() is not None, VENDOR_PATIENCE)
    message = waiting() or {}
    verify(message["told"] == {"state": state, "stands": stands, "told": told}, "the queue says what is new", message)
    verify(journey.appointments()[state] == stands, f"the first answer of {state} stands", journey.appointments())
    kept = [event["data"]["message"] for event in journey.events() if event["type"] == "message.kept"]
    verify(kept == [message["message_id"]], "the news is on the trail", kept)
    journey.timeline.done("told otherwise", f"{state}: {told} after {stands}")
    return message


def accepted(journey: Journey, message: Mapping[str, Any], state: str, status: str) -> None:
    """A person has looked and accepts what the state says; the agent is told."""
    before = journey.postbox.last()
    journey.settle(message, "replay", "The gateway's desk confirms that it was filed in error.")
    verify(journey.appointments()[state] == status, f"{state} stands as {status}", journey.appointments())
    applied = [event for event in journey.events() if event["type"] == "message.applied"]
    verify(applied[-1]["actor"]["kind"] == "staff", "who accepted it is on the trail", applied)
    journey.wait_until("the agent is told", lambda: journey.postbox.last() > before)
    journey.timeline.done("accepted", f"{state} {status}")


def screened_by(journey: Journey, numbers: re.Pattern[str], outcomes: list[str]) -> None:
    """The company's own order numbers stand on the trail, and the copy of its last report is fetched."""
    statuses = [one["status"] for one in journey.ops()["background_checks"]]
    verify(statuses == outcomes, f"the orders came to {outcomes}", statuses)
    orders = [event["data"]["report"] for event in journey.events() if event["type"] == "bgc.ordered"]
    verify(len(orders) == len(outcomes) and all(map(numbers.fullmatch, orders)), "each was ordered there", orders)
    journey.wait_until(
        "the copy of the report is fetched",
        lambda: "adverse.copy_kept" in [event["type"] for event in journey.events()],
        VENDOR_PATIENCE,
    )
    journey.timeline.done("screened by another", ", ".join(orders))


def found_by_asking(journey: Journey) -> None:
    """A bureau that never says a word is asked how the report stands, when the first reminder is due."""
    journey.wait_for("APPOINTING", VENDOR_PATIENCE)
    verify("bgc.reminded" in [event["type"] for event in journey.events()], "the reminder asked the bureau")
    journey.timeline.done("found by asking", "the bureau's webhook never came")


def told_of_the_delay(journey: Journey) -> None:
    """A bureau that is silent: the agent is told that it takes longer, by mail."""
    mail = journey.mail_about("the delay", re.compile(r"(?i)takes a little longer"), VENDOR_PATIENCE)
    journey.timeline.done("told of the delay", f"{mail.subject!r}")


def never_loaded(journey: Journey) -> None:
    """The certification site never loads the feed: the wait ends, and a person has it sent again."""
    journey.stands_at("NEEDS_REVIEW", "FEED_NOT_ACKED")
    journey.decide("retry", "The site has been repaired.")
    journey.wait_for("PROCESSED")
