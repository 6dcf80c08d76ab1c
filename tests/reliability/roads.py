"""Every act of every role, each with the stand it begins from: the map that the sweep walks.

`tolerates` names what a caller's second attempt may leave behind that an undisturbed one does not, such as the event of
a second log-in; everything else has to come out the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.reliability import agents, workflow
from tests.reliability.agents import Caller
from tests.reliability.workflow import decide, task, time_passes
from tests.support import stories

Act = Callable[[Caller], None]


@dataclass(frozen=True)
class Step:
    name: str
    act: Act
    after: str = ""  # the step whose end this begins from; the one before if empty
    retry: Act | None = None  # what the caller does next time, if it is not the same again
    before: Act | None = None  # what the world does first, undisturbed
    tolerates: tuple[str, ...] = ()  # patterns of items' keys, and of events' types
    swept: bool = True
    dear: bool = False  # takes seconds each time


ACCESS = (r"ACCESS$", r"SESSION#", r"OUTBOX#mail#temporary-password", r"^access\.")

# An outage of the registry holds no one up: what it could not say at once is asked again by the relay.
LATER = (r"OUTBOX#verify-identity",)
# Each rendering draws a code of its own; the page of one that came to nothing stays in storage, named by no one.
RENDERED = (r"^documents/access-codes/",)

ROAD = [
    Step("invite", agents.invite),
    Step("ask for a password", agents.ask_for_password, tolerates=ACCESS),
    Step("log in", agents.log_in, retry=agents.log_in_again, tolerates=ACCESS),
    Step("set the password", agents.set_password, retry=agents.set_password_again, tolerates=ACCESS),
    Step("accept the agreement", agents.agree),
    Step("save agent", agents.save("agent"), tolerates=LATER),
    Step("save addresses", agents.save("addresses")),
    Step("save the other sections", lambda caller: _rest(caller), swept=False),
    Step("confirm", agents.confirm, dear=True, tolerates=RENDERED),
    Step("look at the disclosure", agents.look_at_consent),
    Step("consent", agents.consent),
    Step("adopt a signature", agents.adopt),
    Step("open a document", agents.open_document),
    Step("sign a field", agents.sign),
    Step("sign the rest", agents.sign_everything, swept=False),
    Step("finish", agents.finish),
    Step("seal", workflow.seal, dear=True),
    Step("begin the check", task("begin_background_check")),
    Step("await the check", task("await_background_check", task_token="token-check")),
    Step("hear of the report", workflow.report_webhook("complete"), before=workflow.report_ends("complete", "clear")),
    Step("record the check", task("record_background_check")),
    Step("list the appointments", task("list_appointments")),
    Step("await the first state", task("await_appointment", state="AL", task_token="token-AL")),
    Step("await the second state", task("await_appointment", state="FL", task_token="token-FL")),
    Step("hear that a state approved", workflow.appointment_webhook("AL")),
    Step("hear that a state rejected", workflow.appointment_webhook("FL", "REJECTED")),
    Step("record the processing", task("record_processed")),
    Step("await the feed", task("await_certification_feed", task_token="token-feed")),
    Step("hear that the feed is loaded", workflow.site_webhook("producer.loaded")),
    Step("record that certification is open", task("record_certification_open")),
    Step("hear of a failed course", workflow.course(stories.COURSES[0], passed=False)),
    Step("hear of the first course", workflow.course(stories.COURSES[0])),
    Step("hear of the last course", workflow.course(stories.COURSES[1])),
    Step("hear of a sale", workflow.sale_webhook("TN")),
    Step("judge the sale", task("judge_sale", state="TN")),
    Step("await the sale's appointment", task("await_first_sale_appointment", state="TN", task_token="token-TN")),
    Step("hear of the sale's appointment", workflow.appointment_webhook("TN")),
    Step("record the sale", task("record_first_sale", state="TN")),
]

BRANCHES = [
    Step("invite many", agents.bulk, after="invite"),
    Step("resend", agents.resend, after="invite"),
    Step("extend", agents.extend, after="invite"),
    Step("change the states", agents.change_states, after="invite"),
    Step("withdraw", agents.withdraw, after="invite"),
    Step("remind", workflow.sweep, after="invite", before=time_passes(days=3, minutes=1)),
    Step("expire", workflow.sweep, after="invite", before=time_passes(days=31)),
    Step("hear that the invitation was delivered", agents.mail_report("Delivery", "invitation"), after="invite"),
    Step("hear that the invitation bounced", agents.mail_report("Bounce", "invitation"), after="invite"),
    Step("log in with the own password", agents.log_in_with_own, after="set the password", tolerates=ACCESS),
    Step("log out", agents.log_out, after="set the password"),
    Step("announce a file", agents.announce, after="accept the agreement"),
    Step("complete the file", agents.complete, before=agents.upload),
    Step("remove the file", agents.remove),
    Step(
        "save while the registry is down",
        agents.save("agent"),
        after="accept the agreement",
        before=workflow.vendor("registry", down=True),
    ),
    Step(
        "verify once the registry is back",
        workflow.sweep,
        before=lambda caller: (time_passes(hours=2)(caller), workflow.vendor("registry", down=False)(caller))[0],
    ),
    Step(
        "save what the registry disagrees with",
        agents.save("agent"),
        after="accept the agreement",
        before=workflow.vendor("registry", disagrees={"birth_date"}),
        tolerates=LATER,
    ),
    Step("keep the difference", agents.keep_difference),
    Step(
        "save another address",
        agents.save("agent", email=agents.NEW_ADDRESS),
        after="accept the agreement",
        tolerates=LATER,
    ),
    Step(
        "ask for an address's code",
        agents.ask_for_email_code,
        tolerates=(r"EMAIL-CHANGE", r"OUTBOX#mail#email-code", r"^contact\.email_code_requested", r"^mail\.not_sent"),
    ),
    Step("confirm the address", agents.confirm_email),
    Step("reopen", agents.reopen, after="confirm"),
    Step("decline", agents.decline, after="confirm"),
    Step("say that one is not meant", agents.wrong_recipient, after="confirm"),
    Step("ask for paper", agents.paper_copies, after="consent"),
    Step("withdraw consent", agents.withdraw_consent, after="consent"),
    Step("adopt a picture", agents.adopt_picture, after="consent"),
    Step(
        "start again what is gone",
        workflow.sweep,
        after="finish",
        before=lambda caller: (workflow.execution_is_gone(caller), time_passes(hours=7)(caller))[0],
    ),
    Step(
        "order once the vendor is back",
        workflow.sweep,
        after="the vendor is down",
        before=lambda caller: (time_passes(hours=2)(caller), workflow.vendor("screening", down=False)(caller))[0],
    ),
    Step(
        "try again what failed",
        decide("retry"),
        after="the vendor is down",
        before=workflow.vendor("screening", down=False),
    ),
    Step("remind of the check", workflow.sweep, after="await the check", before=time_passes(days=3, minutes=1)),
    Step(
        "hear that the report is suspended",
        workflow.report_webhook("suspended"),
        after="await the check",
        before=workflow.report_ends("suspended", None, ("ssn",)),
    ),
    Step("record the suspension", task("record_background_check")),
    Step("correct the answer", agents.save("agent", standing=True, **agents.OTHER_NUMBER), tolerates=LATER),
    Step("confirm the correction", agents.confirm_correction, dear=True, tolerates=RENDERED),
    Step("sign what shows it", agents.sign_everything, swept=False),
    Step("finish the correction", agents.finish_correction),
    Step(
        "remind of the correction",
        workflow.sweep,
        after="record the suspension",
        before=time_passes(days=3, minutes=1),
    ),
    Step("reject", decide("reject")),
    Step(
        "hear that the report is canceled",
        workflow.report_webhook("canceled"),
        after="await the check",
        before=workflow.report_ends("canceled"),
    ),
    Step("record the cancellation", task("record_background_check")),
    Step("remind of the review", workflow.sweep, before=time_passes(days=3, minutes=1)),
    Step("order another check", decide("retry"), after="record the cancellation"),
    Step("hear nothing of the check", task("record_background_check_timed_out"), after="await the check"),
    Step("wait for the check again", decide("retry")),
    Step(
        "hear that there is something to weigh",
        workflow.report_webhook("complete"),
        after="await the check",
        before=workflow.report_ends("complete", "consider"),
    ),
    Step("record what is to be weighed", task("record_background_check")),
    Step("send the first notice", decide("pre-adverse")),
    Step("hear that the notice was delivered", agents.mail_report("Delivery", "adverse-pre")),
    Step("ring when the wait is over", workflow.sweep, before=time_passes(days=12)),
    Step("send the final notice", decide("adverse")),
    Step("proceed all the same", decide("proceed"), after="hear that the notice was delivered"),
    Step("ask for a correction", workflow.correct, after="await the check"),
    Step("ask for a review", task("ask_for_review"), after="begin the check"),
    Step("go back to the step", decide("retry")),
    Step("give a state up", task("record_appointment_unanswered", state="FL"), after="await the second state"),
    Step("hear from it all the same", workflow.appointment_webhook("FL")),
    Step("give the feed up", task("record_feed_not_loaded"), after="await the feed"),
    Step("feed again", decide("retry")),
    Step(
        "remind of the courses",
        workflow.sweep,
        after="record that certification is open",
        before=time_passes(days=3, minutes=1),
    ),
    Step(
        "remind of the courses for the last time",
        workflow.sweep,
        after="record that certification is open",
        before=time_passes(days=14, minutes=1),
    ),
    Step("tell that no one takes the courses", workflow.sweep, before=time_passes(days=14, minutes=1)),
    Step(
        "hear that a state took its approval back",
        workflow.appointment_webhook("AL", "REJECTED"),
        after="hear of the last course",
    ),
    Step("accept that it did", workflow.settle("replay", "NEWS_AFTER_FINAL")),
    Step("hear of a sale by nobody of ours", workflow.sale_of_nobody),
    Step("try it again", workflow.sweep, before=time_passes(minutes=1)),
    Step("set it aside", workflow.settle("set-aside", "UNKNOWN_REFERENCE")),
    Step("raise an alarm", task("raise_sale_alarm", state="TN"), after="hear of a sale"),
    Step("order for the sale after all", decide("retry")),
    Step(
        "follow a sale up whose execution is gone",
        workflow.sweep,
        after="hear of a sale",
        before=lambda caller: (workflow.execution_is_gone(caller), time_passes(hours=7)(caller))[0],
    ),
    Step("find no appointment for the sale", task("record_first_sale", state="TN"), after="judge the sale"),
]

# What is not swept itself but leads to where something is.
STANDS = [
    Step(
        "the vendor is down",
        task("begin_background_check"),
        after="seal",
        before=workflow.vendor("screening", down=True),
        swept=False,
    ),
]


def _rest(caller: Caller) -> None:
    from tests.support.journey import expect

    rows = expect(caller.world.call("GET", "/packet"), 200).json["sections"]
    for row in rows:
        if row["name"] not in ("agent", "addresses"):
            agents.save(row["name"])(caller)


def steps() -> dict[str, Step]:
    """By name, in an order in which each finds the one it begins after."""
    found: dict[str, Step] = {}
    for group in (ROAD, STANDS, BRANCHES):
        last = ""
        for step in group:
            found[step.name] = Step(**{**vars(step), "after": step.after or last})
            last = step.name
    return found
