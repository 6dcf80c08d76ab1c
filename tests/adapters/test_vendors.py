"""The vendors' adapters against a real HTTP server on loopback that answers what a test tells it to."""

import json
import threading
import time
import traceback
from collections import deque
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest

from econtracting.adapters.vendors.appointment_gateway import HttpAppointmentGateway
from econtracting.adapters.vendors.certification_site import HttpCertificationSite
from econtracting.adapters.vendors.http import LONGEST_ANSWER, Timeouts
from econtracting.adapters.vendors.license_registry import HttpLicenseRegistry
from econtracting.domain.errors import InvalidRequest, Unavailable
from econtracting.domain.screening.background import ScreeningResult, ScreeningStatus
from econtracting.ports import Candidate
from tests.support.screeners import COMPANIES, NAMED, Fairmeadow, Ternfield

pytestmark = pytest.mark.enable_socket

KEY = "vendor-key-1"
SSN = "987-65-4321"

CANDIDATE = Candidate(
    reference="pkt_1-1",
    first_name="Dana",
    middle_name=None,
    last_name="Rivera",
    email="dana@example.com",
    phone="615-555-0123",
    birth_date="1980-02-29",
    ssn=SSN,
    postal_code="37210",
)
ORDER = {
    "external_ref": "pkt_1-AL",
    "producer": {"npn": "17293847", "first_name": "Dana", "last_name": "Rivera"},
    "company": {"co_code": "99999", "fein": "00-0000000"},
    "state": "AL",
    "license_class": "producer",
    "line_codes": ["16"],
    "effective_date": "2026-11-24",
}
PRODUCER = {"npn": "17293847", "external_ref": "pkt_1", "first_name": "Dana", "last_name": "Rivera", "plan_year": 2027}
LICENSE = {
    "state": "AL",
    "number": "A-100",
    "residency": "NON_RESIDENT",
    "class": "Producer",
    "status": "VALID",
    "active": True,
    "issued_on": "2020-01-01",
    "expires_on": "2027-12-31",
    "lines": [{"code": "16", "name": "Accident and Health", "active": True}],
}
REGISTERED = {
    "npn": "17293847",
    "first_name": "Dana",
    "middle_name": "Q",
    "last_name": "Rivera",
    "as_of": "2026-11-23T06:00:00Z",
    "licenses": [LICENSE],
    "regulatory_actions": [],
}


class Seen(NamedTuple):
    method: str
    path: str
    headers: dict
    body: dict | None


class ScriptedVendor:
    """Answers each request with the next of `answers`: (status, body[, headers]), or a pause before hanging up."""

    def __init__(self):
        self.seen = []
        self.answers = deque()
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length", 0))
                content = self.rfile.read(length)
                headers = {name.lower(): value for name, value in self.headers.items()}
                vendor.seen.append(Seen(self.command, self.path, headers, json.loads(content) if content else None))
                scripted = vendor.answers.popleft()
                if isinstance(scripted, float):
                    time.sleep(scripted)
                    self.close_connection = True
                    return
                status, body, *more = scripted
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in (more[0] if more else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def vendor():
    scripted = ScriptedVendor()
    yield scripted
    scripted.stop()


IMPATIENT = Timeouts(connect=1, read=0.3)


@pytest.fixture(params=COMPANIES, ids=NAMED)
def company(request):
    """A screening company: the port's tests are the same for all of them."""
    return request.param


@pytest.fixture
def checks(vendor, company):
    return company.adapter(vendor.url + "/", KEY, IMPATIENT)


@pytest.fixture
def registry(vendor):
    return HttpLicenseRegistry(vendor.url, KEY, IMPATIENT)


@pytest.fixture
def gateway(vendor):
    return HttpAppointmentGateway(vendor.url, KEY, IMPATIENT)


@pytest.fixture
def site(vendor):
    return HttpCertificationSite(vendor.url, KEY, IMPATIENT)


def copy_of(checks, report="rep_1"):
    return checks.copy(report)


def test_an_order_is_known_by_its_id_there_and_by_our_reference(vendor, company, checks):
    vendor.answers += company.ordered()
    ordered = checks.order(CANDIDATE, "producer_standard", "pkt_1.order-check.1")
    assert (ordered.id, ordered.reference, ordered.status) == ("rep_1", "pkt_1-1", ScreeningStatus.PENDING)
    assert {one.headers["authorization"] for one in vendor.seen} == {f"Bearer {KEY}"}


def test_a_repeated_order_says_the_same_to_the_letter(vendor, company, checks):
    """Or the company would take it for another one, and bill and screen twice."""
    for _ in range(2):
        vendor.answers += company.ordered()
        checks.order(CANDIDATE, "producer_standard", "pkt_1.order-check.1")
    told = [(one.method, one.path, one.headers.get("idempotency-key"), one.body) for one in vendor.seen]
    assert told[: len(told) // 2] == told[len(told) // 2 :]
    assert "pkt_1.order-check.1" in str(told)


@pytest.mark.parametrize("package", ["producer_standard", "harbor_basic"])
def test_the_package_of_the_packet_type_is_what_is_ordered(vendor, company, checks, package):
    vendor.answers += company.ordered(package=package)
    checks.order(CANDIDATE, package, "key")
    assert package in str(vendor.seen[-1].body)


def test_a_package_that_is_not_sold_is_a_refusal_with_its_codes(vendor, company, checks):
    *before, _ = company.ordered()
    vendor.answers += [*before, (422, {"reason_codes": ["PACKAGE_NOT_SOLD", "Dana Rivera"]})]
    with pytest.raises(InvalidRequest) as refusal:
        checks.order(CANDIDATE, "producer_deluxe", "key")
    assert refusal.value.facts == {"reasons": ["PACKAGE_NOT_SOLD"]}


@pytest.mark.parametrize(
    ("company", "status", "result", "word"),
    [(one, *words) for one in COMPANIES for words in one.words],
    ids=[f"{one.name}-{word}-{result}" for one in COMPANIES for _, result, word in one.words],
    indirect=["company"],
)
def test_each_of_the_companys_words_is_one_of_ours(vendor, company, checks, status, result, word):
    vendor.answers.append((200, company.report(word, result)))
    told = checks.report("rep_1")
    assert (told.status, told.result) == (ScreeningStatus(status), result and ScreeningResult(result))
    assert vendor.seen[0].path == company.report_path


@pytest.mark.parametrize("company", COMPANIES, ids=NAMED, indirect=True)
def test_the_company_can_say_every_status_but_that_it_has_no_order(company):
    said = {ScreeningStatus(status) for status, _, _ in company.words}
    assert said == set(ScreeningStatus) - {ScreeningStatus.UNORDERED}
    assert {result for _, result, _ in company.words} == {None, *ScreeningResult}


@pytest.mark.parametrize(
    ("company", "named", "meant"),
    [(one, named, meant) for one in COMPANIES for named, meant in one.fields],
    ids=[f"{one.name}-{named}" for one in COMPANIES for named, _ in one.fields],
    indirect=["company"],
)
def test_a_suspended_report_says_what_the_agent_must_mend_in_our_words(vendor, company, checks, named, meant):
    word = next(word for status, _, word in company.words if status == "suspended")
    vendor.answers.append((200, company.report(word, fields=[named, "SHOE_SIZE"])))
    # A word that no field of the interview is about is kept: a person sees it.
    assert checks.report("rep_1").suspended_fields == (meant, "SHOE_SIZE")


def test_a_report_tells_when_it_is_expected(vendor, company, checks):
    expected = datetime(2026, 11, 25, 12, tzinfo=UTC)
    vendor.answers.append((200, company.report(expected=expected)))
    assert checks.report("rep_1").expected_at == expected


@pytest.mark.parametrize(
    ("company", "answer"),
    [(one, answer) for one in COMPANIES for answer in one.nonsense()],
    ids=[f"{one.name}-{number}" for one in COMPANIES for number, _ in enumerate(one.nonsense())],
    indirect=["company"],
)
def test_a_report_that_is_not_as_documented_counts_as_an_outage_so_it_is_asked_for_again(
    vendor, company, checks, answer
):
    vendor.answers.append((200, answer))
    with pytest.raises(Unavailable):
        checks.report("rep_1")


def test_a_report_about_another_order_counts_as_an_outage(vendor, company, checks):
    vendor.answers += company.ordered(reference="pkt_2-1")
    with pytest.raises(Unavailable):
        checks.order(CANDIDATE, "producer_standard", "key")


def test_an_ordered_report_that_does_not_exist_is_an_outage_not_an_answer(vendor, company, checks):
    vendor.answers.append((404, {}))
    with pytest.raises(Unavailable):
        checks.report("rep_1")


@pytest.mark.parametrize("status", [401, 429, 500, 503])
@pytest.mark.parametrize("call", ["order", "report", "copy"])
def test_a_company_that_is_down_is_an_outage_whatever_is_asked(vendor, company, checks, call, status):
    vendor.answers.append((status, {}, {"Retry-After": "17"}))
    asked = (CANDIDATE, "producer_standard", "key") if call == "order" else ("rep_1",)
    with pytest.raises(Unavailable) as outage:
        copy_of(checks) if call == "copy" else getattr(checks, call)(*asked)
    assert outage.value.retry_after == 17
    assert len(vendor.seen) == 1


def test_an_id_cannot_lead_to_another_path(vendor, company, checks):
    for call in (checks.report, lambda report: copy_of(checks, report)):
        vendor.answers.append((404, {}))
        with pytest.raises(Unavailable):
            call("../keys?all=1")
    assert all("%2Fkeys%3Fall%3D1" in one.path for one in vendor.seen)


def test_the_copy_of_a_report_is_its_document_as_it_is(vendor, company, checks):
    vendor.answers += company.copied(b"%PDF-1.7 the report")
    assert copy_of(checks) == b"%PDF-1.7 the report"
    assert vendor.seen[-1].path == company.copy_path


def test_a_large_copy_comes_whole(vendor, company, checks):
    large = b"%PDF-1.7 " + bytes(LONGEST_ANSWER - 9)
    vendor.answers += company.copied(large)
    assert copy_of(checks) == large


@pytest.mark.parametrize(
    "answer", [(200, b"<html>"), (200, b""), (404, b""), (404, b"%PDF-1.7"), (500, b"%PDF-1.7"), 0.0]
)
def test_a_copy_that_is_no_document_counts_as_an_outage(vendor, company, checks, answer):
    *before, _ = company.copied(b"%PDF-1.7")
    vendor.answers += [*before, answer]
    with pytest.raises(Unavailable):
        copy_of(checks)


@pytest.mark.parametrize("company", [Fairmeadow()], ids=NAMED, indirect=True)
def test_the_first_one_is_given_candidate_and_report_with_keys_of_their_own(vendor, company, checks):
    vendor.answers += company.ordered()
    checks.order(CANDIDATE, "producer_standard", "pkt_1.order-check.1")
    candidate, ordered = vendor.seen
    assert (candidate.method, candidate.path) == ("POST", "/v1/candidates")
    assert candidate.body == {
        "custom_id": "pkt_1-1",
        "first_name": "Dana",
        "middle_name": None,
        "no_middle_name": True,
        "last_name": "Rivera",
        "email": "dana@example.com",
        "phone": "615-555-0123",
        "dob": "1980-02-29",
        "ssn": SSN,
        "zipcode": "37210",
    }
    assert ordered.body == {"candidate_id": "cand_1", "package": "producer_standard", "custom_id": "pkt_1-1"}
    assert candidate.headers["idempotency-key"] == "pkt_1.order-check.1.candidate"
    assert ordered.headers["idempotency-key"] == "pkt_1.order-check.1.report"


@pytest.mark.parametrize("company", [Ternfield()], ids=NAMED, indirect=True)
def test_ternfield_is_given_one_order_with_its_key_inside(vendor, company, checks):
    vendor.answers += company.ordered()
    checks.order(CANDIDATE, "producer_standard", "pkt_1.order-check.1")
    (ordered,) = vendor.seen
    assert (ordered.method, ordered.path) == ("POST", "/2/orders")
    assert ordered.body == {
        "once": "pkt_1.order-check.1",
        "your_ref": "pkt_1-1",
        "bundle": "producer_standard",
        "subject": {
            "name": {"given": "Dana", "additional": "", "family": "Rivera"},
            "born_on": "19800229",
            "tax_number": "987654321",
            "home": {"country": "US", "postcode": "37210"},
            "reach": {"mail": "dana@example.com", "mobile": "615-555-0123"},
        },
    }


@pytest.mark.parametrize("company", [Ternfield()], ids=NAMED, indirect=True)
def test_ternfields_order_of_another_bundle_counts_as_an_outage(vendor, company, checks):
    vendor.answers += company.ordered(package="producer_cheap")
    with pytest.raises(Unavailable):
        checks.order(CANDIDATE, "producer_standard", "key")


@pytest.mark.parametrize("company", [Ternfield()], ids=NAMED, indirect=True)
def test_ternfields_outcomes_are_no_result_before_it_files(vendor, company, checks):
    """A search is done sooner than another, and what it found may still be struck out."""
    vendor.answers.append((200, company.report("IN_RESEARCH", "consider")))
    assert checks.report("rep_1").result is None


@pytest.mark.parametrize("company", [Ternfield()], ids=NAMED, indirect=True)
def test_ternfields_newest_copy_for_the_subject_is_the_one(vendor, company, checks):
    vendor.answers += company.copied(b"%PDF-1 first", b"%PDF-1 second", b"%PDF-1 corrected")
    assert copy_of(checks) == b"%PDF-1 corrected"
    assert vendor.seen[-1].path == "/2/papers/ppr_3"


@pytest.mark.parametrize("company", [Ternfield()], ids=NAMED, indirect=True)
@pytest.mark.parametrize("listed", [{"papers": []}, {"papers": [{"paper": "i", "kind": "INVOICE", "issued": 1}]}, {}])
def test_without_a_copy_for_the_subject_ternfield_counts_as_down(vendor, company, checks, listed):
    vendor.answers.append((200, listed))
    with pytest.raises(Unavailable):
        copy_of(checks)


def test_the_registry_tells_licenses_with_their_lines(vendor, registry):
    vendor.answers.append((200, REGISTERED))
    held = registry.licenses("17293847")
    assert held.as_of == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert held.in_state("AL").expires_on == date(2027, 12, 31)
    assert held.defects("AL", "16", date(2026, 11, 23)) == ()
    assert vendor.seen[0].path == "/v1/producers/17293847"


def test_an_npn_the_registry_does_not_know_is_none(vendor, registry):
    vendor.answers.append((404, {"code": "unknown-npn"}))
    assert registry.licenses("17293847") is None


@pytest.mark.parametrize(
    "answer",
    [
        {**REGISTERED, "npn": "1"},
        {**REGISTERED, "licenses": [{**LICENSE, "status": "PERHAPS"}]},
        {**REGISTERED, "licenses": [{**LICENSE, "active": "yes"}]},
        {**REGISTERED, "licenses": [{**LICENSE, "expires_on": "soon"}]},
        {**REGISTERED, "as_of": "2026-11-23T06:00:00"},
    ],
)
def test_a_registry_answer_that_is_not_as_documented_counts_as_an_outage(vendor, registry, answer):
    vendor.answers.append((200, answer))
    with pytest.raises(Unavailable):
        registry.licenses("17293847")


def test_the_registry_says_which_parts_of_an_identity_agree(vendor, registry):
    matches = {"npn": True, "ssn": False, "birth_date": True, "name": True}
    vendor.answers.append((200, {"npn": "17293847", "matches": matches}))
    person = {"ssn": SSN, "birth_date": "1980-02-29", "first_name": "Dana", "middle_name": None, "last_name": "Rivera"}
    assert registry.identity("17293847", person) == matches
    assert vendor.seen[0].body == {"npn": "17293847", **person}


def test_an_npn_nobody_holds_agrees_with_nothing(vendor, registry):
    vendor.answers.append((404, {}))
    assert registry.identity("17293847", {}) == {"npn": False, "ssn": False, "birth_date": False, "name": False}


def test_an_appointment_is_filed_and_its_transaction_told(vendor, gateway):
    vendor.answers.append((202, {"transaction_id": "txn_1", "status": "ACCEPTED"}))
    assert gateway.appoint(ORDER, "pkt_1.order-appointment.AL") == "txn_1"
    assert vendor.seen[0].body == {"action": "appoint", **ORDER}
    assert vendor.seen[0].headers["idempotency-key"] == "pkt_1.order-appointment.AL"


def test_a_refused_filing_keeps_the_gateways_codes_and_drops_its_prose(vendor, gateway):
    told = ["COUNTY_REQUIRED", "Dana Rivera is not known", 3, "RIVERA", "LOA_MISSING"]
    vendor.answers.append((422, {"status": "REJECTED_SYNTAX", "messages": told}))
    with pytest.raises(InvalidRequest) as refusal:
        gateway.appoint(ORDER, "key")
    assert refusal.value.facts == {"reasons": ["COUNTY_REQUIRED", "LOA_MISSING"]}


def test_a_refusal_told_in_prose_only_keeps_its_status(vendor, gateway):
    vendor.answers.append((422, {"status": "REJECTED_SYNTAX", "messages": ["the line code is not offered"]}))
    with pytest.raises(InvalidRequest) as refusal:
        gateway.appoint(ORDER, "key")
    assert refusal.value.facts == {"reasons": ["REJECTED_SYNTAX"]}


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"messages": "many"}'])
def test_a_refusal_without_codes_is_still_a_refusal(vendor, gateway, body):
    vendor.answers.append((400, body))
    with pytest.raises(InvalidRequest) as refusal:
        gateway.appoint(ORDER, "key")
    assert refusal.value.facts == {"reasons": []}


def test_a_producer_is_fed_under_their_npn(vendor, site):
    vendor.answers.append((202, {"npn": "17293847", "status": "QUEUED"}))
    site.feed(PRODUCER, "pkt_1.feed-producer")
    assert (vendor.seen[0].method, vendor.seen[0].path) == ("PUT", "/v1/producers/17293847")
    assert vendor.seen[0].headers["idempotency-key"] == "pkt_1.feed-producer"


def test_a_feed_taken_for_somebody_else_counts_as_an_outage(vendor, site):
    vendor.answers.append((202, {"npn": "1", "status": "QUEUED"}))
    with pytest.raises(Unavailable):
        site.feed(PRODUCER, "key")


@pytest.mark.parametrize("status", [301, 401, 403, 405, 408, 409, 429, 500, 502, 503, 504])
def test_whatever_is_neither_an_answer_nor_a_refusal_is_an_outage(vendor, gateway, status):
    vendor.answers.append((status, {}, {"Location": vendor.url} if status == 301 else {}))
    with pytest.raises(Unavailable):
        gateway.appoint(ORDER, "key")
    assert len(vendor.seen) == 1


@pytest.mark.parametrize(
    ("told", "seconds"), [("17", 17), ("0", 1), ("999999", 3600), ("Fri, 27 Nov 2026 12:00:00 GMT", 60)]
)
def test_an_outage_passes_on_how_long_to_wait(vendor, gateway, told, seconds):
    vendor.answers.append((503, {}, {"Retry-After": told}))
    with pytest.raises(Unavailable) as outage:
        gateway.appoint(ORDER, "key")
    assert outage.value.retry_after == seconds


@pytest.mark.parametrize("body", [b"", b"not json", b"null", b'{"transaction_id": "t'])
def test_an_answer_that_is_no_json_object_is_an_outage(vendor, gateway, body):
    vendor.answers.append((202, body))
    with pytest.raises(Unavailable):
        gateway.appoint(ORDER, "key")


def test_an_endless_answer_is_cut_off(vendor, gateway):
    vendor.answers.append((202, b'{"transaction_id": "txn_1", "status": "ACCEPTED"}' + b" " * LONGEST_ANSWER))
    with pytest.raises(Unavailable):
        gateway.appoint(ORDER, "key")


def test_an_answer_that_does_not_come_in_time_is_an_outage_and_is_not_asked_for_again(vendor, gateway):
    vendor.answers.append(0.6)
    with pytest.raises(Unavailable):
        gateway.appoint(ORDER, "key")
    assert len(vendor.seen) == 1


def test_a_vendor_that_hangs_up_is_an_outage(vendor, gateway):
    vendor.answers.append(0.0)
    with pytest.raises(Unavailable):
        gateway.appoint(ORDER, "key")


def test_a_vendor_that_is_not_there_is_an_outage(vendor, gateway):
    vendor.stop()
    with pytest.raises(Unavailable):
        gateway.appoint(ORDER, "key")


@pytest.mark.parametrize(
    "answer", [(422, {"messages": [SSN]}), (500, {"message": SSN}), (201, {"id": {"ssn": SSN}}), 0.0]
)
def test_no_error_shows_what_was_sent_or_answered(vendor, company, checks, answer):
    vendor.answers.append(answer)
    with pytest.raises((InvalidRequest, Unavailable)) as error:
        checks.order(CANDIDATE, "producer_standard", "key")
    shown = "".join(traceback.format_exception(error.value, capture_locals=False)) + str(error.value.facts)
    for marker in (SSN, "Rivera", "dana@", "1980", KEY):
        assert marker not in shown
