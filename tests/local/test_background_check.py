"""Each screening company's simulator as the product meets it: through its adapter, in the product's words.

What Ternfield alone does is in test_ternfield.py.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO

import httpx
import pytest
from starlette.applications import Starlette

from econtracting.adapters.vendors.background_checks import BackgroundCheckMessages, HttpBackgroundChecks
from econtracting.adapters.vendors.ternfield import HttpTernfield, TernfieldMessages
from econtracting.domain.errors import BadSignature, InvalidRequest, Unavailable
from econtracting.domain.screening.background import Report, ScreeningNews
from econtracting.ports import BackgroundChecks, Candidate, ScreeningMessages
from local.config import BACKGROUND_CHECK_KEY, BACKGROUND_CHECK_WEBHOOK_SECRET, SCREENING_COMPANIES, Config
from local.simulators import background_check, screening, ternfield
from local.simulators.__main__ import APPLICATIONS
from local.stack import Stack
from tests.local.conftest import Received, Recorder, Serve
from tests.support.deployed import template
from tests.support.pdf_text import text_of


@dataclass(frozen=True)
class Company:
    """A screening company: how it is simulated, and who in the product speaks with it."""

    name: str
    part: str
    application: Callable[[Config], Starlette]
    adapter: Callable[[str, str], BackgroundChecks]
    messages: ScreeningMessages
    tells_our_reference: bool


FAIRMEADOW = Company(
    "fairmeadow",
    "background",
    background_check.application,
    HttpBackgroundChecks,
    BackgroundCheckMessages([BACKGROUND_CHECK_KEY]),
    tells_our_reference=True,
)
TERNFIELD = Company(
    "ternfield",
    "ternfield",
    ternfield.application,
    HttpTernfield,
    TernfieldMessages([BACKGROUND_CHECK_WEBHOOK_SECRET]),
    tells_our_reference=False,
)


@dataclass(frozen=True)
class Bureau:
    """A simulator that listens."""

    company: Company
    checks: BackgroundChecks

    def order(self, email: str, ssn: str = "987-65-4320", key: str = "pkt_1.order-check.1") -> str:
        ordered = self.checks.order(person(email, ssn), "producer_standard", key)
        assert (ordered.reference, ordered.status) == ("pkt_1-1", "pending")
        return ordered.id

    def ends(self, report: str, patience: float = 5) -> Report:
        """The report once it is no longer pending, or as it is when patience is over."""
        deadline = time.monotonic() + patience
        while (found := self.checks.report(report)).status == "pending" and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def news(self, sent: Received) -> ScreeningNews:
        self.company.messages.verify(sent.body, sent.headers, datetime.now(UTC))
        read = self.company.messages.read(sent.body)
        assert read is not None
        return read


def copied(bureau: Bureau, report: str) -> bytes:
    into = BytesIO()
    bureau.checks.copy(report, into)
    return into.getvalue()


def person(email: str, ssn: str = "987-65-4320") -> Candidate:
    return Candidate(
        reference="pkt_1-1",
        first_name="Dana",
        middle_name=None,
        last_name="Rivera",
        email=email,
        phone="615-555-0123",
        birth_date="1985-04-12",
        ssn=ssn,
        postal_code="37210",
    )


@pytest.fixture(params=[FAIRMEADOW, TERNFIELD], ids=lambda company: company.name)
def company(request: pytest.FixtureRequest) -> Company:
    found: Company = request.param
    return found


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "USUAL_SECONDS", 0.05)
    monkeypatch.setattr(screening, "OLD_NEWS_SECONDS", 0.2)


@pytest.fixture
def bureau(company: Company, serve: Serve, config: Config, quick: None) -> Bureau:
    serve(company.application, company.part, BACKGROUND_CHECK_KEY)
    return Bureau(company, company.adapter(config.url(company.part), BACKGROUND_CHECK_KEY))


def test_nobody_is_served_without_the_key(bureau: Bureau, config: Config) -> None:
    with pytest.raises(Unavailable):
        bureau.company.adapter(config.url(bureau.company.part), "wrong").report("rep_1")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("", ("complete", "clear", ())),
        ("+consider", ("complete", "consider", ())),
        ("+suspended", ("suspended", None, ("ssn",))),
        ("+canceled", ("canceled", None, ())),
    ],
)
def test_the_tag_chooses_the_outcome(
    bureau: Bureau, tag: str, expected: tuple[str, str | None, tuple[str, ...]]
) -> None:
    found = bureau.ends(bureau.order(f"dana{tag}@example.com"))
    assert (found.status, found.result, found.suspended_fields) == expected


def test_a_suspended_person_is_clear_once_ordered_with_the_right_number(bureau: Bureau) -> None:
    report = bureau.order("dana+suspended@example.com", ssn="987-65-4321")
    assert bureau.ends(report).result == "clear"


def test_a_report_is_expected_within_days(bureau: Bureau) -> None:
    expected = bureau.checks.report(bureau.order("dana+slow@example.com")).expected_at
    assert expected is not None
    assert 1 <= (expected - datetime.now(UTC)).days <= 2


def test_its_webhooks_are_signed_and_tell_which_report_has_news(bureau: Bureau, recorder: Recorder) -> None:
    report = bureau.order("dana@example.com")
    sent = recorder.wait_for(2)
    assert {one.path for one in sent} == {"/api/webhooks/background-checks"}
    told = [bureau.news(one) for one in sent]
    assert len({one.message_id for one in told}) == 2
    ours = "pkt_1-1" if bureau.company.tells_our_reference else None
    assert [(one.report_id, one.reference) for one in told] == [(report, ours)] * 2


def test_nothing_of_the_other_company_is_believed(bureau: Bureau, recorder: Recorder) -> None:
    bureau.order("dana@example.com")
    (sent,) = recorder.wait_for(1)
    other = TERNFIELD if bureau.company is FAIRMEADOW else FAIRMEADOW
    with pytest.raises(BadSignature):
        other.messages.verify(sent.body, sent.headers, datetime.now(UTC))


def test_a_refused_webhook_is_sent_until_it_is_accepted(bureau: Bureau, recorder: Recorder) -> None:
    recorder.answer = lambda request: (503 if len(recorder.requests) < 3 else 202, [], b"")
    bureau.order("dana@example.com")
    sent = recorder.wait_for(4)
    assert len({bureau.news(one).message_id for one in sent}) == 2


def test_duplicates_carry_the_same_id_and_old_news_come_last(bureau: Bureau, recorder: Recorder) -> None:
    bureau.order("dana+duplicate.outoforder@example.com")
    told = [bureau.news(one) for one in recorder.wait_for(4)]
    assert len({(one.type, one.message_id) for one in told[:3]}) == 1
    assert told[3].type != told[0].type


def test_a_silent_bureau_answers_never_and_a_mute_one_only_when_asked(bureau: Bureau, recorder: Recorder) -> None:
    silent = bureau.order("dana+silent@example.com", key="silent")
    mute = bureau.order("dana+mute@example.com", key="mute")
    assert bureau.ends(mute).result == "clear"
    assert bureau.ends(silent, patience=0.2).status == "pending"
    assert recorder.requests == []


def test_an_outage_ends_after_three_calls(bureau: Bureau) -> None:
    for _ in range(3):
        with pytest.raises(Unavailable):
            bureau.order("dana+outage@example.com")
    assert bureau.order("dana+outage@example.com")


def test_a_repeated_order_is_one_order(bureau: Bureau) -> None:
    assert len({bureau.order("dana@example.com") for _ in range(2)}) == 1


def test_a_key_with_another_body_is_refused(bureau: Bureau) -> None:
    bureau.order("dana@example.com")
    with pytest.raises(InvalidRequest):
        bureau.order("other@example.com")


def test_an_incomplete_order_is_refused(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_check, "CANDIDATE_FIELDS", {"shoe_size"})
    monkeypatch.setattr(ternfield, "SUBJECT_MEMBERS", {"shoe_size"})
    with pytest.raises(InvalidRequest):
        bureau.order("dana@example.com")


def test_a_kill_loses_neither_the_report_nor_its_webhooks(
    company: Company, stack: Stack, recorder: Recorder, config: Config
) -> None:
    stack.start_part(company.part)
    bureau = Bureau(company, company.adapter(config.url(company.part), BACKGROUND_CHECK_KEY))
    report = bureau.order("dana@example.com")
    stack.children[company.part].kill()
    time.sleep(1.2)
    assert recorder.requests == []
    stack.start_part(company.part)
    assert bureau.ends(report).result == "clear"
    assert {bureau.news(one).report_id for one in recorder.wait_for(2)} == {report}


def test_the_copy_of_a_report_is_a_page_that_can_be_read(bureau: Bureau) -> None:
    report = bureau.order("dana+consider@example.com")
    assert bureau.ends(report).result == "consider"
    assert report in text_of(copied(bureau, report))


def test_what_was_never_ordered_has_neither_report_nor_copy(bureau: Bureau) -> None:
    with pytest.raises(Unavailable):
        bureau.checks.report("rep_0")
    with pytest.raises(Unavailable):
        copied(bureau, "rep_0")


def test_the_template_parameter_chooses_who_is_asked(company: Company, config: Config) -> None:
    chosen = replace(config, overrides={"BackgroundCheckVendor": company.name}).parameters()
    assert chosen["BackgroundCheckUrl"] == config.url(company.part)
    assert APPLICATIONS[company.part] is company.application
    assert list(SCREENING_COMPANIES) == template()["Parameters"]["BackgroundCheckVendor"]["AllowedValues"]


@pytest.mark.parametrize("company", [FAIRMEADOW], ids=["fairmeadow"], indirect=True)
def test_the_first_one_signs_the_raw_body_alone(bureau: Bureau, recorder: Recorder) -> None:
    bureau.order("dana@example.com")
    completed = recorder.wait_for(2)[1]
    expected = hmac.new(BACKGROUND_CHECK_KEY.encode(), completed.body, hashlib.sha256).hexdigest()
    assert completed.headers["x-signature"] == expected
    assert completed.json()["type"] == "report.completed"


@pytest.mark.parametrize("company", [FAIRMEADOW], ids=["fairmeadow"], indirect=True)
def test_a_clerk_changes_a_report_and_the_bureau_tells_of_it(
    bureau: Bureau, recorder: Recorder, config: Config
) -> None:
    key = {"Authorization": f"Bearer {BACKGROUND_CHECK_KEY}"}
    desk = f"{config.url(bureau.company.part)}/desk/reports"
    report = bureau.order("dana@example.com")
    assert bureau.ends(report).result == "clear"
    heard = len(recorder.requests)
    values = {"status": "complete", "result": "consider", "finding": "Amended: one record", "document_outage": 2}
    assert httpx.post(f"{desk}/pkt_1-1", json=values, headers=key).status_code == 200
    assert bureau.ends(report).result == "consider"
    for _ in range(2):
        with pytest.raises(Unavailable):
            copied(bureau, report)
    assert "Amended: one record" in text_of(copied(bureau, report))
    assert httpx.post(f"{desk}/pkt_9-1", json=values, headers=key).status_code == 404
    recorder.wait_for(heard + 1)
