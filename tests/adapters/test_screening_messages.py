"""Messages of the screening company: its signature, and what is read. The vector was computed independently."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from econtracting.adapters.vendors.background_checks import BackgroundCheckMessages
from econtracting.domain.errors import BadSignature, InvalidRequest
from econtracting.domain.screening.background import ScreeningNews

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
HEX_KEY = "sim_key_meridian"
HEX_BODY = (
    b'{"id":"evt_0001","object":"event","type":"report.completed",'
    b'"data":{"object":{"id":"rep_0001","status":"complete","result":"clear"}}}'
)
HEX_SIGNATURE = "5df9775ffc4489af97f08c8688c416cd5ee959988e3651e10eaba2664568cc03"


def read(body, signature, keys):
    headers = {} if signature is None else {"X-Signature": signature}
    messages = BackgroundCheckMessages(keys)
    messages.verify(body, headers, NOW)
    return messages.read(body)


def signed(message):
    raw = json.dumps(message).encode()
    return read(raw, hmac.new(HEX_KEY.encode(), raw, hashlib.sha256).hexdigest(), [HEX_KEY])


@pytest.mark.parametrize("keys", [[HEX_KEY], ["the new key", HEX_KEY]], ids=["the key", "either key in rotation"])
def test_the_published_vector_verifies_and_is_refused_only_for_what_it_lacks(keys):
    with pytest.raises(InvalidRequest) as refusal:
        read(HEX_BODY, HEX_SIGNATURE, keys)
    assert [row["field"] for row in refusal.value.facts["errors"]] == ["data.object.custom_id"]


def test_the_header_is_found_in_any_case():
    BackgroundCheckMessages([HEX_KEY]).verify(HEX_BODY, {"x-SIGNATURE": HEX_SIGNATURE}, NOW)


@pytest.mark.parametrize(
    ("body", "signature", "keys"),
    [
        (HEX_BODY + b" ", HEX_SIGNATURE, [HEX_KEY]),
        (HEX_BODY, HEX_SIGNATURE.upper(), [HEX_KEY]),
        (HEX_BODY, "sha256=" + HEX_SIGNATURE, [HEX_KEY]),
        (HEX_BODY, HEX_SIGNATURE, ["another key"]),
        (HEX_BODY, HEX_SIGNATURE, []),
        (HEX_BODY, None, [HEX_KEY]),
        (HEX_BODY, "", [HEX_KEY]),
        (HEX_BODY, "ümlaut", [HEX_KEY]),
    ],
    ids=["other body", "upper case", "prefix", "other key", "no key", "no header", "empty header", "not ascii"],
)
def test_any_other_signature_is_refused(body, signature, keys):
    with pytest.raises(BadSignature):
        read(body, signature, keys)


def test_a_report_event_names_event_report_and_our_reference():
    news = signed(
        {
            "id": "evt_1",
            "object": "event",
            "type": "report.suspended",
            "created_at": "2026-11-23T15:00:00Z",
            "data": {"object": {"id": "rep_1", "status": "suspended", "result": None, "custom_id": "pkt_1-1"}},
        }
    )
    assert news == ScreeningNews("evt_1", "report.suspended", "rep_1", "pkt_1-1")


@pytest.mark.parametrize("kind", ["candidate.created", "invitation.completed"])
def test_what_concerns_no_packet_is_known_as_that(kind):
    assert signed({"type": kind, "data": {}}) is None


@pytest.mark.parametrize("kind", ["vendor.news", "report", "reports.completed", 3, None])
def test_a_type_we_do_not_know_is_not_understood(kind):
    told = {"id": "evt_1", "type": kind, "data": {"object": {"id": "rep_1", "custom_id": "pkt_1-1"}}}
    with pytest.raises(InvalidRequest) as refusal:
        signed(told)
    assert [row["field"] for row in refusal.value.facts["errors"]] == ["type"]
