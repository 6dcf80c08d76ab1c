"""The scripts that can be played, by name. What the vendors do is chosen as local/README.md says."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from local.demo import access, notices, troubles
from local.demo.cast import MENDED_SSN, Person, somebody
from local.demo.client import verify
from local.demo.journey import Journey

STATES = ("AL", "CO", "KS", "NY", "TX")
# By the demonstration carrier's made-up rules: filed up front, kept in the own register, or filed after a first sale.
OUTCOMES = {"AL": "APPROVED", "CO": "RECORDED", "KS": "APPROVED", "NY": "JUST_IN_TIME", "TX": "JUST_IN_TIME"}
FEW_STATES = ("AL", "KS")
MORE_STATES = ("AL", "KS", "PA")  # all filed up front


@dataclass(frozen=True)
class Scenario:
    """Who is invited, and how the story goes. With `parameters` it needs a stack of its own that has them."""

    tells: str
    person: Callable[[], Person]
    play: Callable[[Journey], None]
    parameters: Mapping[str, str] = field(default_factory=dict)


def clear(journey: Journey) -> None:
    journey.play_until_finished()
    journey.received()
    journey.background_clear()
    journey.appointed(OUTCOMES)
    journey.certified()
    journey.ready_to_sell({"AL": True, "KS": True, "TX": True})
    journey.once_each()
    journey.evidence()


def kansas(status: str, ready: bool) -> Callable[[Journey], None]:
    """A story in which only Kansas decides differently."""

    def play(journey: Journey) -> None:
        journey.play_until_finished()
        journey.background_clear()
        journey.appointed({"AL": "APPROVED", "KS": status})
        journey.certified()
        journey.ready_to_sell({"AL": True, "KS": ready})
        journey.once_each()
        journey.evidence()

    return play


def rejected_after_approval(journey: Journey) -> None:
    """Kansas approves and takes it back: the approval stands until a person has looked."""
    journey.play_until_finished()
    journey.background_clear()
    journey.appointed({"AL": "APPROVED", "KS": "APPROVED"})
    journey.certified()
    taken_back = troubles.told_otherwise(journey, "KS", stands="APPROVED", told="REJECTED")
    journey.ready_to_sell({"AL": True, "KS": True})
    troubles.accepted(journey, taken_back, "KS", "REJECTED")
    journey.ready_to_sell({"AL": True, "KS": False})
    journey.once_each()
    journey.evidence()


def released(journey: Journey) -> None:
    journey.play_until_finished()
    journey.stands_at("ADVERSE_REVIEW")
    journey.decide("proceed", "The matter is old and has no bearing on selling insurance.")
    to_ready(journey)


def refused(journey: Journey) -> None:
    journey.play_until_finished()
    journey.stands_at("ADVERSE_REVIEW")
    journey.refused_after_notices(lambda: troubles.disputed(journey))
    kinds = [one["kind"] for one in journey.agent.get("/packet/notices")["items"]]
    verify(kinds == ["adverse", "pre-adverse"], "both notices stay with the agent", kinds)


def corrected_report(journey: Journey) -> None:
    journey.play_until_finished()
    journey.stands_at("ADVERSE_REVIEW")
    notices.send_notice(journey)
    notices.correct_report(journey)


def posted_notice(journey: Journey) -> None:
    journey.play_until_finished()
    journey.stands_at("ADVERSE_REVIEW")
    notices.send_notice(journey)
    notices.post_notice(journey)


def report_turns(journey: Journey) -> None:
    journey.play_until_finished()
    journey.background_clear()
    to_ready(journey)
    notices.turn_report(journey)
    journey.ready_to_sell({"AL": True, "KS": True})
    notices.see_news(journey)


def asked_to_correct(journey: Journey) -> None:
    journey.play_until_finished()
    journey.stands_at("CORRECTION_REQUESTED")
    journey.asked_to_correct()
    journey.correct_ssn(MENDED_SSN)
    journey.background_clear()
    to_ready(journey)


def screened_by_another(journey: Journey) -> None:
    """The whole story of the other screening company: what it cannot match, what it finds, and the copy of it."""
    journey.play_until_finished()
    journey.stands_at("CORRECTION_REQUESTED")
    journey.asked_to_correct()
    journey.correct_ssn(MENDED_SSN)
    journey.stands_at("ADVERSE_REVIEW")
    troubles.screened_by(journey, re.compile(r"TF-\d{12}"), ["suspended", "complete"])
    journey.decide("proceed", "The matter is old and has no bearing on selling insurance.")
    to_ready(journey)


def asked_again(journey: Journey) -> None:
    journey.play_until_finished()
    troubles.told_of_the_delay(journey)
    journey.stands_at("NEEDS_REVIEW", "BACKGROUND_CHECK_SILENT")
    journey.decide("retry", "The bureau says it has the report.")
    journey.wait_for("BACKGROUND_CHECK")
    mute = troubles.beside(journey, somebody("mute", "notloaded", states=FEW_STATES), "mute")
    mute.play_until_finished()
    troubles.found_by_asking(mute)
    mute.appointed({"AL": "APPROVED", "KS": "APPROVED"})
    troubles.never_loaded(mute)


def outages(journey: Journey) -> None:
    journey.play_until_finished()
    troubles.waits_in_sight(journey, "appointments")
    journey.background_clear()
    journey.appointed(dict.fromkeys(MORE_STATES, "APPROVED"))
    journey.certified()
    journey.ready_to_sell({"AL": True, "KS": True})
    journey.once_each()
    journey.evidence()


def stopped_hard(journey: Journey) -> None:
    journey.play_until_finished()
    troubles.stopped_hard(journey)
    journey.appointed({"AL": "APPROVED", "CO": "RECORDED", "KS": "REJECTED"})
    reasons = {one["state"]: one["reasons"] for one in journey.ops()["appointments"]}
    verify(reasons["KS"] == ["FREEZE_WINDOW"], "the state's freeze is the reason", reasons)


def canceled(journey: Journey) -> None:
    journey.play_until_finished()
    troubles.canceled(journey)


def just_in_time(journey: Journey) -> None:
    journey.play_until_finished()
    journey.background_clear()
    troubles.sold_too_early(journey, "NY")
    journey.appointed({"AL": "APPROVED"})
    journey.certified()
    journey.sold("TX", "APPROVED")
    journey.ready_to_sell({"AL": True, "TX": True})
    journey.evidence()


def to_ready(journey: Journey) -> None:
    """The rest of a story in which both states approve."""
    journey.appointed({"AL": "APPROVED", "KS": "APPROVED"})
    journey.certified()
    journey.ready_to_sell({"AL": True, "KS": True})
    journey.once_each()
    journey.evidence()


def way_in(journey: Journey) -> None:
    journey.invite()
    journey.enter()
    access.a_lost_password(journey)
    access.somebody_guesses(journey)
    access.another_device(journey)


def declined(journey: Journey) -> None:
    journey.invite()
    journey.enter()
    journey.agree()
    journey.decline("I have found another carrier.")
    journey.closed("DECLINED")


def withdrawn(journey: Journey) -> None:
    journey.invite()
    journey.enter()
    journey.withdraw("The position is filled.")
    journey.closed("WITHDRAWN")


def bounced(journey: Journey) -> None:
    journey.invite()
    journey.told_undeliverable()


def expired(journey: Journey) -> None:
    journey.invite()
    journey.reminded(times=2)
    journey.closed("EXPIRED")
    journey.mail_about("expiry", re.compile(r"(?i)expired|ended"))


def restarted(journey: Journey) -> None:
    """The emulator stops while the bureau works: its waiting execution is lost, the reconciler starts another."""
    journey.play_until_finished()
    journey.wait_for("BACKGROUND_CHECK")
    journey.restart_emulator()
    journey.background_clear()
    to_ready(journey)


SCENARIOS = {
    "clear": Scenario("everything goes well, from the e-vite to ready-to-sell", lambda: somebody(states=STATES), clear),
    "outages": Scenario(
        "bureau, registry, gateway and certification site are down at first: left alone, waited for, nothing is lost",
        lambda: somebody("outage", "certoutage", states=MORE_STATES, npn_ending="497"),
        outages,
    ),
    "noise": Scenario(
        "every vendor repeats itself and tells old news last; everything happens once",
        lambda: somebody("duplicate", "outoforder", states=FEW_STATES, npn_ending="600"),
        kansas("APPROVED", ready=True),
    ),
    "pending-state": Scenario(
        "the states take their time before they approve",
        lambda: somebody(states=FEW_STATES, npn_ending="100"),
        kansas("APPROVED", ready=True),
    ),
    "rejected-state": Scenario(
        "Kansas rejects the appointment; the agent is told so",
        lambda: somebody(states=FEW_STATES, npn_ending="200"),
        kansas("REJECTED", ready=False),
    ),
    "rejected-after-approval": Scenario(
        "Kansas approves and then rejects: the approval stands, a person looks and accepts, the agent is told",
        lambda: somebody(states=FEW_STATES, npn_ending="076"),
        rejected_after_approval,
    ),
    "no-license": Scenario(
        "no license in Kansas: nothing is ordered there",
        lambda: somebody(states=FEW_STATES, npn_ending="093"),
        kansas("NO_VALID_LICENSE", ready=False),
    ),
    "inactive-license": Scenario(
        "the license in Kansas is not active: nothing is ordered there",
        lambda: somebody(states=FEW_STATES, npn_ending="094"),
        kansas("NO_VALID_LICENSE", ready=False),
    ),
    "failed-exam": Scenario(
        "the first exam is failed once before it is passed",
        lambda: somebody("failedexam", states=FEW_STATES),
        kansas("APPROVED", ready=True),
    ),
    "consider": Scenario(
        "the background check finds something; a person weighs it and lets the packet go on",
        lambda: somebody("consider", states=FEW_STATES),
        released,
    ),
    "refused": Scenario(
        "the background check finds something; notice, dispute, wait, final notice",
        lambda: somebody("consider", states=FEW_STATES),
        refused,
    ),
    "corrected-report": Scenario(
        "the report is amended during the wait, its document is down: a new copy, a new notice, a whole new wait",
        lambda: somebody("consider", states=FEW_STATES),
        corrected_report,
    ),
    "posted-notice": Scenario(
        "the notice before a decision comes back: posted on a day that can be, waited for, then the final notice",
        lambda: somebody("consider", "noticebounce", states=FEW_STATES),
        posted_notice,
    ),
    "report-turns": Scenario(
        "a clear report turns after the producer is active: the answer stands until a person has looked",
        lambda: somebody(states=FEW_STATES),
        report_turns,
    ),
    "suspended": Scenario(
        "the bureau cannot match the SSN: the agent corrects it, signs again what shows it, and becomes ready to sell",
        lambda: somebody("suspended", states=FEW_STATES),
        asked_to_correct,
    ),
    "other-screening": Scenario(
        "another screening company, chosen by a parameter: it cannot match the SSN, then it finds something",
        lambda: somebody("suspended", "consider", "duplicate", "outoforder", "outage", states=FEW_STATES),
        screened_by_another,
        {"BackgroundCheckVendor": "ternfield"},
    ),
    "canceled": Scenario(
        "the bureau cancels the report, twice: the contracting department ends it",
        lambda: somebody("canceled", states=FEW_STATES),
        canceled,
    ),
    "hard-stop": Scenario(
        "a felony without written consent stops all until two persons agree; Kansas is frozen, Colorado recorded",
        lambda: somebody(states=("AL", "CO", "KS"), npn_ending="300", yes_to=("BQ1B",)),
        stopped_hard,
    ),
    "just-in-time": Scenario(
        "a sale that comes too early rings; a first sale in Texas, reported twice, orders one appointment there",
        lambda: somebody(states=("AL",)),
        just_in_time,
    ),
    "silent-bureau": Scenario(
        "one report never comes, one comes without a word, one feed is never loaded: no wait is without end",
        lambda: somebody("silent", states=FEW_STATES),
        asked_again,
        {"BackgroundWaitSeconds": "14", "CertificationWaitSeconds": "8", "ReminderSeconds": "3,6,9"},
    ),
    "bounced": Scenario(
        "the agent's mailbox does not exist: the invitation says so, and the recruiter is told",
        lambda: somebody("bounce", states=FEW_STATES),
        bounced,
    ),
    "expired": Scenario(
        "the agent never comes: two reminders, then the invitation expires",
        lambda: somebody(states=FEW_STATES),
        expired,
        {"InvitationLifeSeconds": "40", "ReminderSeconds": "4,14", "LastReminderSeconds": "1"},
    ),
    "restart": Scenario(
        "everything is stopped while the bureau works, and started again: the packet goes on",
        lambda: somebody("slow", states=FEW_STATES),
        restarted,
        # Said only to have a stack that no one else is on.
        {"Stage": "local"},
    ),
    "access": Scenario(
        "a lost password, someone who guesses, another device", lambda: somebody(states=FEW_STATES), way_in
    ),
    "declined": Scenario("the agent declines with a reason", lambda: somebody(states=FEW_STATES), declined),
    "withdrawn": Scenario("the recruiter takes the invitation back", lambda: somebody(states=FEW_STATES), withdrawn),
}
