"""Messages of the screening companies: their signatures, and what is read. The vectors were computed independently.

The first tests are the port's, the same for every company; what one company alone promises comes after them.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from econtracting.adapters.vendors.background_checks import BackgroundCheckMessages
from econtracting.adapters.vendors.ternfield import TernfieldMessages
from econtracting.domain.errors import BadSignature, InvalidRequest
from econtracting.domain.screening.background import ScreeningNews
from tests.support.screeners import COMPANIES, NAMED, Ternfield

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
KEY = "sim_key_meridian"
HEX_BODY = (
    b'{"id":"evt_0001","object":"event","type":"report.completed",'
    b'"data":{"object":{"id":"rep_0001","status":"complete","result":"clear"}}}'
)
HEX_SIGNATURE = "5df9775ffc4489af97f08c8688c416cd5ee959988e3651e10eaba2664568cc03"
# printf 'ternfield:1795446000:%s' "$TIMED_BODY" | openssl dgst -sha512 -hmac sim_key_meridian
TIMED_BODY = b'{"notice":"ntc_0001","topic":"order.filed","number":"TF-000000000001","at":1795445999}'
TIMED_SIGNATURE = (
    "95cf9f2e06187b7e3a1b01cd236cd6f5b24ee6e1b6e519a6da1f3e84dd876102"
    "9d4e74778e4105b518256719c2c95bda9d540f7f2b0a385068456f8a9f14782c"
)


@pytest.fixture(params=COMPANIES, ids=NAMED)
def company(request):
    return request.param


def told(company, raw, *, keys=(KEY,), active=(KEY,), at=NOW):
    return company.messages(active).read(raw, company.signed(raw, at, *keys), NOW)


def test_news_names_message_kind_report_and_our_reference_if_the_company_tells_it(company):
    news = told(company, company.message("report.done", id="evt_7", report="rep_9", reference="pkt_1-1"))
    assert (news.message_id, news.type, news.report_id) == ("evt_7", "report.done", "rep_9")
    assert news.reference in ("pkt_1-1", None)


@pytest.mark.parametrize("word", ["report.moved-to-the-moon", "report.completed", "report.X"])
def test_news_of_a_kind_never_heard_of_is_kept_for_it_is_about_a_report(company, word):
    assert told(company, company.message(word)).type == word


def test_a_message_about_no_report_is_put_aside_not_refused(company):
    assert told(company, company.of_no_report()) is None


def test_a_repeated_message_has_the_same_id(company):
    raw = company.message()
    later = NOW + timedelta(seconds=90) if company.timed else NOW
    first = told(company, raw)
    assert told(company, raw, at=later).message_id == first.message_id


def test_a_signed_message_that_is_none_is_refused_by_field(company):
    with pytest.raises(InvalidRequest) as refusal:
        told(company, company.broken())
    assert refusal.value.facts["errors"]


@pytest.mark.parametrize("raw", [b"", b"[]", b"not json", b"\xff\xfe", b"{}"])
def test_signed_nonsense_is_refused_not_an_accident(company, raw):
    with pytest.raises(InvalidRequest):
        told(company, raw)


def test_while_a_key_is_changed_either_is_taken_and_then_the_new_one_alone(company):
    raw = company.message()
    assert told(company, raw, keys=["old"], active=["new", "old"])
    assert told(company, raw, keys=["new"], active=["new", "old"])
    assert told(company, raw, keys=["new"], active=["new"])
    with pytest.raises(BadSignature):
        told(company, raw, keys=["old"], active=["new"])


@pytest.mark.parametrize("active", [[], ["another key"], [""]])
def test_without_the_key_nothing_is_taken(company, active):
    with pytest.raises(BadSignature):
        told(company, company.message(), active=active)


def test_a_signature_is_that_of_these_very_bytes(company):
    raw = company.message()
    headers = company.signed(raw, NOW, KEY)
    for other in (raw + b" ", raw.replace(b"rep_1", b"rep_2"), b""):
        with pytest.raises(BadSignature):
            company.messages([KEY]).read(other, headers, NOW)


def test_the_header_is_found_in_any_case(company):
    raw = company.message()
    (signature,) = company.signed(raw, NOW, KEY).items()
    for name in (signature[0].upper(), signature[0].lower()):
        assert company.messages([KEY]).read(raw, {name: signature[1]}, NOW)


@pytest.mark.parametrize("given", [None, "", "ümlaut", "sha256=00", ",", "=", "t=,s=", "t=1,s="])
def test_a_header_that_is_no_signature_is_refused(company, given):
    raw = company.message()
    (name,) = company.signed(raw, NOW, KEY)
    with pytest.raises(BadSignature):
        company.messages([KEY]).read(raw, {} if given is None else {name: given}, NOW)


def test_the_hex_digits_are_lower_case(company):
    raw = company.message()
    ((name, given),) = company.signed(raw, NOW, KEY).items()
    head, separator, digits = given.rpartition("=")
    with pytest.raises(BadSignature):
        company.messages([KEY]).read(raw, {name: head + separator + digits.upper()}, NOW)


def test_a_message_signed_by_the_other_company_is_refused(company):
    raw = company.message()
    for other in COMPANIES:
        if other != company:
            with pytest.raises(BadSignature):
                company.messages([KEY]).read(raw, other.signed(raw, NOW, KEY), NOW)


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(
    raw=st.binary(max_size=200) | st.sampled_from([one.message() for one in COMPANIES]),
    header=st.text(max_size=80) | st.from_regex(r"(t=\d{0,14}|s=[0-9a-f]{0,130}|,| ){0,5}", fullmatch=True),
)
def test_nobody_without_the_key_gets_anything_but_a_refusal(raw, header):
    for company in COMPANIES:
        (name,) = company.signed(raw, NOW, KEY)
        with pytest.raises(BadSignature):
            company.messages([KEY]).read(raw, {name: header}, NOW)


@pytest.mark.parametrize("keys", [[KEY], ["the new key", KEY]], ids=["the key", "either key in rotation"])
def test_the_first_ones_published_vector_verifies_and_is_refused_only_for_what_it_lacks(keys):
    with pytest.raises(InvalidRequest) as refusal:
        BackgroundCheckMessages(keys).read(HEX_BODY, {"X-Signature": HEX_SIGNATURE}, NOW)
    assert [row["field"] for row in refusal.value.facts["errors"]] == ["data.object.custom_id"]


def test_the_first_ones_event_names_our_reference():
    raw = json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "report.suspended",
            "created_at": "2026-11-23T15:00:00Z",
            "data": {"object": {"id": "rep_1", "status": "suspended", "result": None, "custom_id": "pkt_1-1"}},
        }
    ).encode()
    signature = hmac.new(KEY.encode(), raw, hashlib.sha256).hexdigest()
    news = BackgroundCheckMessages([KEY]).read(raw, {"X-Signature": signature}, NOW)
    assert news == ScreeningNews("evt_1", "report.suspended", "rep_1", "pkt_1-1")


@pytest.mark.parametrize("keys", [[KEY], ["the new key", KEY]], ids=["the key", "either key in rotation"])
def test_ternfields_vector_verifies_and_has_no_reference_of_ours(keys):
    headers = {"Ternfield-Signature": f"t=1795446000,s={TIMED_SIGNATURE}"}
    news = TernfieldMessages(keys).read(TIMED_BODY, headers, NOW)
    assert news == ScreeningNews("ntc_0001", "order.filed", "TF-000000000001", None)


@pytest.mark.parametrize("spaced", [",", ", ", " , "])
@pytest.mark.parametrize("keys", [["new", KEY], [KEY, "new"]])
def test_ternfield_signs_with_both_while_its_secret_is_changed(keys, spaced):
    raw = Ternfield().message()
    ((name, given),) = Ternfield().signed(raw, NOW, *keys).items()
    assert given.count("s=") == 2
    assert TernfieldMessages([KEY]).read(raw, {name: given.replace(",", spaced)}, NOW)


@pytest.mark.parametrize("seconds", [-300, -299, 0, 300])
def test_ternfields_time_may_be_five_minutes_off_either_way(seconds):
    assert told(Ternfield(), Ternfield().message(), at=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-86400, -301, 301, 86400])
def test_an_old_message_of_ternfields_sent_again_is_refused(seconds):
    with pytest.raises(BadSignature):
        told(Ternfield(), Ternfield().message(), at=NOW + timedelta(seconds=seconds))


def test_ternfields_time_is_signed_too():
    raw = Ternfield().message()
    ((name, given),) = Ternfield().signed(raw, NOW - timedelta(hours=1), KEY).items()
    fresh = given.replace(f"t={int(NOW.timestamp()) - 3600}", f"t={int(NOW.timestamp())}")
    assert fresh != given
    with pytest.raises(BadSignature):
        TernfieldMessages([KEY]).read(raw, {name: fresh}, NOW)


@pytest.mark.parametrize("time", ["", "now", "-1795446000", "1795446000.0", "+1795446000", "١٧٩٥٤٤٦٠٠٠", "1" * 400])
def test_ternfields_time_is_plain_digits(time):
    raw = Ternfield().message()
    signature = hmac.new(KEY.encode(), f"ternfield:{time}:".encode() + raw, hashlib.sha512).hexdigest()
    with pytest.raises(BadSignature):
        TernfieldMessages([KEY]).read(raw, {"Ternfield-Signature": f"t={time},s={signature}"}, NOW)


def test_two_times_in_one_signature_of_ternfields_are_refused():
    raw = Ternfield().message()
    ((name, given),) = Ternfield().signed(raw, NOW, KEY).items()
    with pytest.raises(BadSignature):
        TernfieldMessages([KEY]).read(raw, {name: f"t=1,{given}"}, NOW)
