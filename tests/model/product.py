"""The rules: what anyone may do at any moment, in any order, with the invariants asked after each.

Hypothesis draws the order. Every rule leaves it to the model whether the product must accept or refuse.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from econtracting.domain.packet import Status
from tests.model.case import COURSES, Case
from tests.model.invariants import Invariants
from tests.model.outsiders import VENDORS, Outsiders
from tests.model.play import AGENCIES, PEOPLE, STATES
from tests.model.stages import Stages
from tests.model.wire import KINDS, Fault, Kind
from tests.support import stories

S = Status
MOST = 3  # packets in one example
which = st.integers(0, MOST - 1)
SECTIONS = ("agent", "addresses", "online-presence", "pre-appointments", "background")
REPORTS = (
    ("complete", "clear"),
    ("complete", "clear"),
    ("complete", "consider"),
    ("suspended", None),
    ("canceled", None),
    ("dispute", None),
)
WORDS = ("proceed", "pre-adverse", "adverse", "reject", "retry")
STAGES = (
    "new", "invited", "answered", "frozen", "signed", "checked", "asked", "asked", "weighed", "appointing", "processed"
)  # fmt: skip


class Product(RuleBasedStateMachine):
    """The whole product as one machine: invitation to ACTIVE, and everything that can come between."""

    stages: ClassVar[Stages]

    def __init__(self) -> None:
        super().__init__()
        self.play: Outsiders
        self.oracle: Invariants

    @initialize(stage=st.sampled_from(STAGES))
    def begin(self, stage: str) -> None:
        self.play = self.stages.at(stage)
        self.oracle = Invariants(self.play)

    def teardown(self) -> None:
        if hasattr(self, "play"):
            self.play.drain()
            self.oracle.hold_at_the_end()

    @invariant()
    def everything_holds(self) -> None:
        if hasattr(self, "play"):
            self.oracle.hold()

    def case(self, number: int) -> Case:
        return self.play.cases[number % len(self.play.cases)]

    def inside(self, number: int) -> Case | None:
        """The packet with its agent signed in, if they can be."""
        case = self.case(number)
        return case if self.play.sign_in(case) else None

    def somebody(self) -> bool:
        return hasattr(self, "play") and bool(self.play.cases)

    # the recruiter

    @precondition(lambda self: hasattr(self, "play") and len(self.play.cases) < MOST)
    @rule(
        person=st.sampled_from(PEOPLE),
        agency=st.sampled_from(AGENCIES),
        states=st.sampled_from(STATES),
        key=st.sampled_from((None, None, "key-1", "key-2")),
    )
    def invites(self, person, agency, states, key) -> None:
        self.play.invite(person, agency, states, key)

    @precondition(somebody)
    @rule(number=which)
    def withdraws(self, number: int) -> None:
        self.play.withdraw(self.case(number))

    @precondition(somebody)
    @rule(number=which, days=st.sampled_from((1, 30)))
    def extends(self, number: int, days: int) -> None:
        self.play.extend(self.case(number), days)

    @precondition(somebody)
    @rule(number=which, states=st.sampled_from(STATES))
    def changes_states(self, number: int, states) -> None:
        self.play.change_states(self.case(number), states)

    # the agent

    @precondition(somebody)
    @rule(number=which)
    def loses_the_password(self, number: int) -> None:
        self.play.come_in(self.case(number))

    @precondition(somebody)
    @rule(number=which)
    def knocks(self, number: int) -> None:
        self.play.knock(self.case(number))

    @precondition(somebody)
    @rule(number=which)
    def agrees(self, number: int) -> None:
        if case := self.inside(number):
            self.play.agree(case)

    @precondition(somebody)
    @rule(number=which, section=st.sampled_from(SECTIONS), stale=st.booleans())
    def saves(self, number: int, section: str, stale: bool) -> None:
        if case := self.inside(number):
            self.play.save(case, section, stale=stale)

    @precondition(somebody)
    @rule(number=which)
    def confirms(self, number: int) -> None:
        if case := self.inside(number):
            self.play.confirm(case)

    @precondition(somebody)
    @rule(number=which)
    def reopens(self, number: int) -> None:
        if case := self.inside(number):
            self.play.reopen(case)

    @precondition(somebody)
    @rule(number=which)
    def consents(self, number: int) -> None:
        if case := self.inside(number):
            self.play.consent(case)

    @precondition(somebody)
    @rule(number=which)
    def withdraws_consent(self, number: int) -> None:
        if case := self.inside(number):
            self.play.withdraw_consent(case)

    @precondition(somebody)
    @rule(number=which)
    def adopts(self, number: int) -> None:
        if case := self.inside(number):
            self.play.adopt(case)

    @precondition(somebody)
    @rule(number=which, lines=st.sampled_from((1, 3, 1000)))
    def signs(self, number: int, lines: int) -> None:
        case = self.inside(number)
        if case is not None and case.status is S.AWAITING_SIGNATURE:
            self.play.sign(case, lines)

    @precondition(somebody)
    @rule(number=which)
    def signs_again(self, number: int) -> None:
        case = self.inside(number)
        if case is not None and case.signed:
            self.play.sign_again(case)

    @precondition(somebody)
    @rule(number=which, times=st.integers(1, 2))
    def finishes(self, number: int, times: int) -> None:
        if case := self.inside(number):
            for _ in range(times):
                self.play.finish(case)

    @precondition(somebody)
    @rule(number=which, how=st.sampled_from(("decline", "wrong-recipient")))
    def declines(self, number: int, how: str) -> None:
        if case := self.inside(number):
            self.play.decline(case, how)

    @precondition(somebody)
    @rule(number=which, steps=st.integers(1, 3))
    def goes_on(self, number: int, steps: int) -> None:
        """The next steps of the road, so that examples come far."""
        for _ in range(steps):
            self.play.go_on(self.case(number))

    @precondition(somebody)
    @rule(steps=st.integers(1, 3))
    def the_first_goes_on(self, steps: int) -> None:
        for _ in range(steps):
            self.play.go_on(self.case(0))

    # vendors

    @precondition(somebody)
    @rule(number=which, said=st.sampled_from(REPORTS))
    def reports(self, number: int, said: tuple[str, str | None]) -> None:
        self.play.report(self.case(number), *said)

    @precondition(somebody)
    @rule(
        number=which,
        state=st.sampled_from(("AL", "IA", "FL", "GA")),
        status=st.sampled_from(("APPROVED", "APPROVED", "REJECTED", "PENDING_STATE", "MISSING_LICENSE")),
    )
    def state_answers(self, number: int, state: str, status: str) -> None:
        self.play.appointment(self.case(number), state, status)

    @precondition(somebody)
    @rule(number=which)
    def loads(self, number: int) -> None:
        self.play.load(self.case(number))

    @precondition(somebody)
    @rule(number=which, course=st.sampled_from(sorted(COURSES)), passed=st.booleans())
    def takes_a_course(self, number: int, course: str, passed: bool) -> None:
        self.play.course(self.case(number), course, passed=passed)

    @precondition(somebody)
    @rule(number=which, state=st.sampled_from(("GA", "TX", "AL")))
    def sells(self, number: int, state: str) -> None:
        self.play.sale(self.case(number), state)

    @precondition(somebody)
    @rule(number=which)
    def somebody_forges(self, number: int) -> None:
        self.play.forge(self.case(number))

    @precondition(somebody)
    @rule(message=st.integers(0, 30))
    def a_message_comes_again(self, message: int) -> None:
        self.play.repeat(message)

    @precondition(somebody)
    @rule(vendor=st.sampled_from(VENDORS), down=st.booleans())
    def a_vendor_is_down_or_back(self, vendor: str, down: bool) -> None:
        self.play.outage(vendor, down=down)

    # the contracting department

    @precondition(somebody)
    @rule(number=which)
    def asks_for_a_correction(self, number: int) -> None:
        self.play.correct(self.case(number))

    @precondition(somebody)
    @rule(number=which, word=st.sampled_from(WORDS), by=st.sampled_from((stories.OPS, stories.OTHER_OPS)))
    def decides(self, number: int, word: str, by: dict[str, str]) -> None:
        self.play.decide(self.case(number), word, by)

    # what happens by itself

    @precondition(somebody)
    @rule(hours=st.sampled_from((0.01, 1, 24, 80, 170, 520)))
    def time_passes(self, hours: float) -> None:
        self.play.pass_(timedelta(hours=hours))

    @precondition(somebody)
    @rule()
    def the_sweep_runs(self) -> None:
        self.play.relay()

    @precondition(somebody)
    @rule(steps=st.sampled_from((1, 2, 1000)))
    def executions_go_on(self, steps: int) -> None:
        self.play.work(steps)

    @precondition(somebody)
    @rule()
    def everything_settles(self) -> None:
        self.play.settle()

    @precondition(lambda self: hasattr(self, "play") and bool(self.play.executor.running()))
    @rule(which=st.integers(0, 9))
    def an_execution_is_aborted(self, which: int) -> None:
        running = self.play.executor.running()
        self.play.executor.abort(running[which % len(running)])

    @precondition(somebody)
    @rule(kind=st.sampled_from(KINDS), calls=st.integers(1, 14))
    def something_will_break(self, kind: Kind, calls: int) -> None:
        self.play.wire.fault = Fault(kind, calls)
