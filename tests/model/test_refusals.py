"""A search for a way past the notices: people, vendors, machines and time do everything in every order.

The judge keeps its own book of what was said and done, and its own reading of the law (15 U.S.C. 1681b(b)(3)): whoever
is refused while a report is not clear was sent a notice with the report's copy as it stood, that notice arrived or was
lawfully posted, and at least seven calendar days and five business days have passed since.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import boto3
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from moto import mock_aws

from econtracting import wiring
from econtracting.domain.errors import EContractingError
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Packet, Status
from econtracting.domain.screening import refusal
from econtracting.domain.screening.adverse import AdverseCase, AdverseStatus, Wait
from econtracting.domain.screening.background import Check, Report, ScreeningResult, ScreeningStatus
from econtracting.domain.screening.calendar import business_days_between
from econtracting.ports import Change
from econtracting.usecases.commit.standing import current_case
from econtracting.usecases.screening import adverse
from invite import deliveries
from process import tasks, widget
from tests.support import atomic, journey, stories
from tests.support.webhooks import screening_headers
from tests.support.world import Context, World, build

S = Status
DAY = timedelta(days=1)
REASONS = (
    "ANSWERS_NEED_REVIEW",
    "CONSENT_1033_MISSING",
    "CORRECTION_UNANSWERED",
    "STEP_FAILED",
    "FEED_NOT_ACKED",
    "BACKGROUND_CHECK_SILENT",
    "BACKGROUND_CHECK_CANCELED",
    "BACKGROUND_CHECK_SUSPENDED",
    "REPORT_WITHDRAWN",
)
STANDINGS = (
    S.ADVERSE_REVIEW,
    S.ADVERSE_REVIEW,
    S.NEEDS_REVIEW,
    S.NEEDS_REVIEW,
    S.CORRECTION_REQUESTED,
    S.BACKGROUND_CHECK,
    S.APPOINTING,
    S.PROCESSED,
    S.CERTIFICATION_OPEN,
    S.ACTIVE,
    S.SEALING,
    S.SUBMITTED,
)
FLAGS = ((), ("ANSWERS_NEED_REVIEW",), ("CONSENT_1033_MISSING",))
WORDS = ("proceed", "pre-adverse", "adverse", "reject", "retry", "note", "weigh")
NEWS = (
    ("complete", "clear"),
    ("complete", "consider"),
    ("complete", "consider"),
    ("dispute", None),
    ("dispute", "consider"),
    ("canceled", None),
    ("suspended", None),
    ("pending", None),
    ("pending", "consider"),
    ("paused", None),
)
STEPS = (
    "record_background_check",
    "record_background_check_timed_out",
    "ask_for_review",
    "record_processed",
    "record_certification_open",
    "record_feed_not_loaded",
    "begin_background_check",
    "list_appointments",
)
BOUNCES = ("Permanent", "Transient")
REASON = "Looked at by Carla Winter."
EXAMPLES, USUAL = int(os.environ.get("EXAMPLES", "0")), 25
_NUMBERS = count(1)

atomic.install()


class Refusals(RuleBasedStateMachine):
    """Everything that can happen to a packet with a report on file."""

    world: ClassVar[World]

    @initialize(
        status=st.sampled_from(STANDINGS),
        reason=st.sampled_from(REASONS),
        flags=st.sampled_from(FLAGS),
        result=st.sampled_from(("consider", "consider", "clear")),
        state=st.sampled_from(("TN", "NY", "GU")),
    )
    def begin(self, status: Status, reason: str, flags: tuple[str, ...], result: str, state: str) -> None:
        world = self.world
        world.outside.screening.copies, world.outside.screening.copies_down = b"%PDF-1.7 the report", False
        world.outside.screening.reports.clear()
        self.packet_id = stories.submitted(
            world, status=S.BACKGROUND_CHECK, started=False, flags=flags, residence=state, npn=f"2{next(_NUMBERS)}"
        )
        self.reference = f"{self.packet_id}-1"
        found = ScreeningResult(result)
        self._has(self.reference, ScreeningStatus.COMPLETE, found)
        self.told = {self.reference: result}  # the last result that was told of each report
        self.arrived: dict[str, datetime] = {}  # number of a notice -> when it can first have been in the agent's hands
        self.copy_sent: dict[str, bytes] = {}
        self.made: dict[str, datetime] = {}
        self.bounced: set[str] = set()
        ordered = Check(packet_id=self.packet_id, attempt=1, report_id="rep_1")
        check = ordered.reported(world.outside.screening.reports["rep_1"], world.clock.now())

        def put(packet: Packet) -> Change:
            if status is S.ADVERSE_REVIEW:
                definition = wiring.packet_type(packet.type)
                opened = adverse.open_case(wiring.packets(), definition, packet, check, world.clock.now())
                return Change(opened.packet, effects=opened.effects, puts=[check, *opened.puts])
            where = {"status": status, "due_at": None, "review_reason": reason, "review_from": S.APPOINTING}
            return Change(packet.having(**where), puts=[check])

        wiring.packets().change(self.packet_id, put)
        world.settle()

    def _has(self, reference: str, status: ScreeningStatus, result: ScreeningResult | None) -> None:
        self.world.outside.screening.reports["rep_1"] = Report("rep_1", reference, status, result, (), None)

    # people

    @rule(
        word=st.sampled_from(WORDS),
        day=st.none() | st.integers(-5, 4) | st.sampled_from((-800000, -2000, -40, 40, 2000, 800000, "x", 0.5)),
        weighed=st.booleans(),
    )
    def decides(self, word: str, day: Any, weighed: bool) -> None:
        more: dict[str, Any] = {"worksheet_sha256": "0" * 64} if weighed else {}
        on = self._on(day)
        if on is not None:
            more["posted_on"] = on
        before = self._latest()
        answer = stories.decide(self.world, self.packet_id, word, **more)
        assert answer.status in (200, 409, 422), answer.body
        if answer.status == 200 and on is not None:
            self._judge_posting(before, date.fromisoformat(on))
        self._look()

    def _on(self, day: Any) -> str | None:
        if day is None or isinstance(day, (str, float)):
            return None if day is None else str(day)
        today = self.world.clock.now().date()
        return (date.fromordinal(min(max(today.toordinal() + day, 1), date.max.toordinal()))).isoformat()

    def _judge_posting(self, number: str | None, on: date) -> None:
        """From the book: the notice was out, had come back or was unheard of, and the day is one of its days."""
        assert number is not None, "there was no notice to post"
        made, now = self.made[number], self.world.clock.now()
        assert on >= (made - DAY / 2).date(), "posted before it was made"
        assert on <= (now + DAY / 2).date(), "posted on a day to come"
        assert number not in self.arrived, "it had arrived"
        unheard = business_days_between(made.date(), now.date()) >= 3
        assert number in self.bounced or unheard, "it might still have arrived by mail"
        self.arrived[number] = datetime.combine(on, datetime.min.time(), UTC) + 3 * DAY

    @rule(word=st.sampled_from(("reject", "adverse", "proceed", "retry", "pre-adverse", "weigh", "note")))
    def clicks(self, word: str) -> None:
        form = {"forms": {"all": {"reason": REASON, "worksheet": "a" * 64}}}
        widget.lambda_handler({"act": word, "packet_id": self.packet_id, "widgetContext": form}, Context())
        self._look()

    @rule(answered=st.booleans())
    def disputes(self, answered: bool) -> None:
        body = {"state": "answered" if answered else "raised", "reason": "by telephone"}
        answer = self.world.call("POST", f"/packets/{self.packet_id}/disputes", body, staff=stories.OPS)
        assert answer.status in (200, 409)

    @rule()
    def asks_for_a_correction(self) -> None:
        body = {"fields": ["agent.mobile_phone"], "reason": "No one answers."}
        self.world.call("POST", f"/packets/{self.packet_id}/corrections", body, staff=stories.OPS)

    # vendors

    @rule(word=st.sampled_from(NEWS))
    def the_company_speaks(self, word: tuple[str, str | None]) -> None:
        status, result = word
        self._has(self.reference, ScreeningStatus(status), ScreeningResult(result) if result else None)
        self.told[self.reference] = result or self.told[self.reference]
        raw = {
            "id": f"evt_{next(_NUMBERS)}",
            "object": "event",
            "type": f"report.{status}",
            "data": {"object": {"id": "rep_1", "custom_id": self.reference}},
        }
        body = json.dumps(raw).encode()
        journey.expect(
            self.world.call("POST", "/webhooks/background-checks", body, headers=screening_headers(body)), 202
        )
        self.world.settle()
        self._look()

    @rule(down=st.booleans())
    def the_copies_are_down_or_back(self, down: bool) -> None:
        self.world.outside.screening.copies_down = down

    @rule()
    def the_company_corrects_the_report(self) -> None:
        self.world.outside.screening.copies = b"%%PDF-1.7 corrected %d" % next(_NUMBERS)

    @rule(
        outcome=st.sampled_from(("Delivery", "Delivery", "Bounce", "Complaint")),
        lasting=st.sampled_from(BOUNCES),
        which=st.integers(0, 3),
    )
    def the_mail_service_speaks(self, outcome: str, lasting: str, which: int) -> None:
        self.world.settle()
        numbers = sorted(self.made, key=lambda one: self.made[one])
        if not numbers:
            return
        number = numbers[-1 - which % len(numbers)]
        about = {"headers": [{"name": "X-Reference-Id", "value": f"{self.packet_id}.mail.adverse-pre.{number}"}]}
        report = {"eventType": outcome, "mail": about, "bounce": {"bounceType": lasting}}
        deliveries.lambda_handler({"Records": [{"Sns": {"Message": json.dumps(report), "MessageId": "m"}}]}, Context())
        if outcome == "Delivery":
            self.arrived.setdefault(number, self.world.clock.now())
        else:
            self.bounced.add(number)

    # machines and time

    @rule(step=st.sampled_from(STEPS))
    def a_machine_goes_on(self, step: str) -> None:
        attempt = wiring.packets().load(self.packet_id).attempt
        with suppress(EContractingError):
            tasks.lambda_handler({"task": step, "packet_id": self.packet_id, "attempt": attempt}, None)
        self._look()

    @rule(hours=st.sampled_from((1, 20, 30, 75, 100, 170, 200, 300, 900)))
    def time_passes(self, hours: int) -> None:
        self.world.clock.pass_(hours=hours)
        self.world.settle()
        self._look()

    def teardown(self) -> None:
        """Nothing of this packet rings in the next example."""
        table = boto3.client("dynamodb")
        for one in table.scan(TableName="econtracting")["Items"]:
            table.delete_item(TableName="econtracting", Key={"PK": one["PK"], "SK": one["SK"]})

    # the book

    def _look(self) -> None:
        """Write down each notice that is in the ledger by now, with the copy that is kept beside it."""
        for effect in wiring.packets().all_of(Effect, self.packet_id):
            number = effect.id.removeprefix("mail#adverse-pre#")
            if number == effect.id or number in self.made:
                continue
            self.made[number] = effect.created_at
            case = current_case(wiring.packets(), wiring.packets().load(self.packet_id))
            assert case is not None
            assert case.copy_of_report is not None, "a notice left without its copy"
            kept = wiring.documents().read(case.copy_of_report.key, case.copy_of_report.version)
            self.copy_sent[number] = kept

    def _latest(self) -> str | None:
        self._look()
        return max(self.made, key=lambda one: self.made[one], default=None)

    @invariant()
    def nobody_is_refused_but_by_law(self) -> None:
        if not hasattr(self, "told"):
            return
        packet = wiring.packets().load(self.packet_id)
        letters = {one.id: one for one in wiring.packets().all_of(Effect, self.packet_id) if one.kind == "mail"}
        final = next((one for name, one in letters.items() if name.startswith("mail#adverse-final#")), None)
        if packet.status is not S.REJECTED:
            assert final is None, "a final notice without a refusal"
            assert "mail#rejected#1" not in letters
            self.refused = False
            return
        if getattr(self, "refused", False):
            return  # judged when it happened
        self.refused = True
        assert (final is None) != ("mail#rejected#1" not in letters), "one letter goes with a refusal"
        if final is None:
            assert "consider" not in self.told.values(), "an ordinary letter over a report that is not clear"
            return
        number, now = self._latest(), self.world.clock.now()
        assert final.created_at == packet.status_at == now, "the refusal and its notice are one commit"
        assert number is not None, "refused without a notice"
        assert number in self.arrived, "refused although the latest notice never arrived"
        arrived = self.arrived[number]
        assert now >= arrived + 7 * DAY, "refused before seven days"
        assert business_days_between((arrived - DAY / 2).date(), (now + DAY / 2).date()) >= 5, (
            "before five business days"
        )


@contextmanager
def worlds() -> Iterator[World]:
    """A world whose executions do not run by themselves: what they would do is a rule."""
    with mock_aws(config={"lambda": {"use_docker": False}}), pytest.MonkeyPatch.context() as patch:
        world = build(patch)
        yield world
        wiring.forget()


def search(examples: int, steps: int = 20) -> None:
    with worlds() as world:
        Refusals.world = world
        how = settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=not EXAMPLES,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(Refusals, settings=how)


@pytest.mark.law("T1", "T2", "T3")
def test_no_order_of_acts_news_and_days_refuses_anyone_past_the_notices() -> None:
    search(EXAMPLES or USUAL)


def by_letter(_: Any) -> None:
    return None


def at_once(self: AdverseCase, at: datetime, by: str, day: timedelta = DAY) -> AdverseCase:
    return self.model_copy(update={"status": AdverseStatus.FINAL_SENT, "decided_by": by, "ended_at": at})


def any_day(self: AdverseCase, on: date, now: datetime, day: timedelta = DAY) -> AdverseCase:
    return self.model_copy(update={"status": AdverseStatus.WAITING, "wait": Wait(since=on), "counts_from": now})


@pytest.mark.law("T1", "T2", "T3")
@pytest.mark.parametrize(
    ("where", "guard", "without"),
    [
        (refusal, "unclear_report", by_letter),
        (AdverseCase, "send_final_notice", at_once),
        (AdverseCase, "post", any_day),
    ],
    ids=["ordinary letters are not held up", "the wait is not held", "any day of posting is taken"],
)
def test_the_search_finds_the_hole_that_a_missing_guard_leaves(
    monkeypatch: pytest.MonkeyPatch, where: Any, guard: str, without: Any
) -> None:
    monkeypatch.setattr(where, guard, without)
    with pytest.raises((AssertionError, ExceptionGroup)):
        search(examples=200, steps=8)
