"""Signatures and messages of webhooks. The vectors are those of the schemes' descriptions, computed independently."""

import base64
import hmac
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from econtracting.domain import webhooks
from econtracting.domain.errors import BadSignature, InvalidRequest

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret, in rotation").decode()
MESSAGE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SENT_AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def headers(signature=SIGNATURE, timestamp="1614265330", message_id=MESSAGE_ID):
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature}


def signed_with(secret, body=BODY, timestamp="1614265330"):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{MESSAGE_ID}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()


def test_the_published_standard_webhooks_vector_verifies_and_names_the_message():
    assert webhooks.verify_standard(BODY, headers(), [SECRET], SENT_AT) == MESSAGE_ID


def test_header_names_are_found_in_any_case():
    shouted = {name.upper(): value for name, value in headers().items()}
    assert webhooks.verify_standard(BODY, shouted, [SECRET], SENT_AT) == MESSAGE_ID


def test_during_rotation_either_secret_verifies():
    for secret in (SECRET, OTHER_SECRET):
        webhooks.verify_standard(BODY, headers(signed_with(secret)), [SECRET, OTHER_SECRET], SENT_AT)


def test_one_fitting_signature_among_several_is_enough():
    several = f"v1a,AAAA {signed_with(OTHER_SECRET)} {SIGNATURE}"
    assert webhooks.verify_standard(BODY, headers(several), [SECRET], SENT_AT) == MESSAGE_ID


@pytest.mark.parametrize("off", [timedelta(minutes=5), -timedelta(minutes=5)], ids=["late", "early"])
def test_five_minutes_off_are_tolerated(off):
    webhooks.verify_standard(BODY, headers(), [SECRET], SENT_AT + off)


@pytest.mark.parametrize("off", [timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)])
@pytest.mark.failure("R14")
def test_a_replayed_or_future_message_is_refused(off):
    with pytest.raises(BadSignature):
        webhooks.verify_standard(BODY, headers(), [SECRET], SENT_AT + off)


@pytest.mark.parametrize(
    "changed",
    [
        headers(signature=SIGNATURE.removeprefix("v1,")),
        headers(signature=SIGNATURE.replace("v1,", "v1a,")),
        headers(signature=""),
        headers(signature=signed_with(OTHER_SECRET)),
        headers(message_id="msg_other"),
        headers(message_id=""),
        headers(timestamp="1614265331"),
        headers(timestamp="1614265330.0"),
        headers(timestamp="-1614265330"),
        headers(timestamp="٣"),
        headers(timestamp="9" * 400),
        {"webhook-signature": SIGNATURE},
        {},
    ],
)
def test_a_message_whose_signature_does_not_cover_it_is_refused(changed):
    with pytest.raises(BadSignature):
        webhooks.verify_standard(BODY, changed, [SECRET], SENT_AT)


def test_a_changed_body_is_refused():
    with pytest.raises(BadSignature):
        webhooks.verify_standard(BODY + b"\n", headers(), [SECRET], SENT_AT)


def message(type_, **data):
    return {"type": type_, "timestamp": "2026-11-23T15:00:00Z", "data": data}


APPOINTMENT = message(
    "appointment.updated",
    transaction_id="txn_1",
    external_ref="pkt_1-AL",
    state="AL",
    status="APPROVED",
    state_ref="AL-778",
    effective_date="2026-11-24",
    reason_codes=[],
    state_fee_cents=3000,
)
SALE = message(
    "sale.reported", sale_id="sale_1", npn="17293847", state="TN", received_on="2026-10-15", product="advantage"
)


def raw(body):
    return json.dumps(body).encode()


def test_an_appointment_answer_is_read():
    news = webhooks.appointment_event(raw(APPOINTMENT)).data
    assert (news.external_ref, news.status, news.effective_date) == ("pkt_1-AL", "APPROVED", date(2026, 11, 24))


def test_a_sale_is_read_with_the_day_it_was_received():
    assert webhooks.sale_event(raw(SALE)).data.received_on == date(2026, 10, 15)


def test_a_loaded_producer_is_read():
    body = message("producer.loaded", npn="17293847", external_ref="pkt_1", loaded_at="2026-11-23T15:00:00-05:00")
    assert webhooks.certification_event(raw(body)).data.loaded_at == datetime(2026, 11, 23, 20, tzinfo=UTC)


@pytest.mark.parametrize(("kind", "passed"), [("course.completed", True), ("course.failed", False)])
def test_a_finished_course_says_whether_it_was_passed(kind, passed):
    body = message(kind, npn="17293847", external_ref="pkt_1", course="medicare-basics", plan_year=2027, score=91)
    assert webhooks.certification_event(raw(body)).passed is passed


@pytest.mark.parametrize("read", [webhooks.appointment_event, webhooks.certification_event, webhooks.sale_event])
def test_an_event_of_an_unknown_type_is_put_aside_not_refused(read):
    assert read(raw({"type": "vendor.news", "data": {}})) is None


def test_members_we_do_not_use_are_ignored():
    assert webhooks.sale_event(raw({**SALE, "novelty": 1, "data": {**SALE["data"], "premium": 12.5}})) is not None


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("status", "MAYBE"),
        ("state", "Alabama"),
        ("effective_date", "11/24/2026"),
        ("transaction_id", 17),
        ("external_ref", "pkt_1 AL"),
        ("state", "ZZ"),
        ("state", "al"),
        ("state", "\ufb02"),
        ("effective_date", 0),
        ("effective_date", "0"),
        ("effective_date", "2026-02-30"),
        ("effective_date", "2026-11-24T00:00:00Z"),
        ("effective_date", "20261124"),
        ("effective_date", "9999-01-01"),
    ],
)
def test_a_member_we_use_must_be_as_documented(member, value):
    body = {**APPOINTMENT, "data": {**APPOINTMENT["data"], member: value}}
    with pytest.raises(InvalidRequest) as refusal:
        webhooks.appointment_event(raw(body))
    assert refusal.value.facts["errors"][0]["field"].startswith(f"data.{member}")
    assert str(value) not in str(refusal.value.facts)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b'{"type": 3}', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_message_is_refused(body):
    with pytest.raises(InvalidRequest):
        webhooks.sale_event(body)


@pytest.mark.law("P14")
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("state_ref", "AL/778 b"),
        ("state_ref", "\u00e9"),
        ("state_ref", 778),
        ("reason_codes", None),
        ("reason_codes", "LATE"),
        ("state_fee_cents", 3000.0),
        ("state_fee_cents", -0.5),
        ("state_fee_cents", "3000"),
        ("state_fee_cents", -1),
        ("novelty", {"deep": [1]}),
        ("state_ref", None),
        ("state_ref", {"deep": [1]}),
        ("state_ref", "x" * 10_000),
        ("reason_codes", {"LATE": 1}),
        ("reason_codes", [[[["LATE"]]]]),
        ("state_fee_cents", True),
        ("state_fee_cents", 10**400),
        ("state_fee_cents", [3000]),
    ],
)
def test_a_member_that_decides_nothing_never_loses_an_approval(member, value):
    told = webhooks.appointment_event(raw({**APPOINTMENT, "data": {**APPOINTMENT["data"], member: value}}))
    assert (told.data.status, told.data.state, told.data.external_ref) == ("APPROVED", "AL", "pkt_1-AL")
    kept = {"state_ref": "AL/778 b", "state_fee_cents": 3000.0, "reason_codes": None}.get(member, "odd")
    assert told.odd == ((member,) if value not in (None, kept) and member != "novelty" else ())


@pytest.mark.law("P14")
@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity"])
def test_a_number_that_is_none_of_jsons_takes_no_approval_away(number):
    body = raw({**APPOINTMENT, "data": {**APPOINTMENT["data"], "state_fee_cents": 0}})
    told = webhooks.appointment_event(body.replace(b'"state_fee_cents": 0', f'"state_fee_cents": {number}'.encode()))
    assert told.data.status == "APPROVED"
    assert told.odd == ("state_fee_cents",)


@pytest.mark.law("P14")
def test_of_odd_reason_codes_those_that_are_codes_are_kept():
    told = webhooks.appointment_event(
        raw({**APPOINTMENT, "data": {**APPOINTMENT["data"], "reason_codes": ["the producer owes money", "LATE", 3]}})
    )
    assert told.data.reasons == ("LATE",)
    assert told.odd == ("reason_codes",)


@pytest.mark.law("P14")
@pytest.mark.parametrize(
    ("score", "kept"),
    [
        (86.67, 86.67),
        (92, 92),
        (101, None),
        ("92", None),
        (None, None),
        (-0.5, None),
        (10**400, None),
        (True, None),
        ([92], None),
    ],
)
def test_a_score_with_a_fraction_is_kept_and_an_odd_one_takes_no_course_away(score, kept):
    body = message("course.completed", npn="1", external_ref="pkt_1", course="c", plan_year=2027, score=score)
    told = webhooks.certification_event(raw(body))
    assert told.passed
    assert told.data.score == kept
    assert told.odd == (() if kept is not None or score is None else ("score",))


@pytest.mark.law("T20", "N13")
@pytest.mark.parametrize(
    "secret", ["whsec_c2l4dGVlbiBieXRlIGtleQ", "c2l4dGVlbiBieXRlIGtleQ=", "whsec_c2l4dGVlbiBieXRlIGtleQ=="]
)
def test_a_secret_may_lack_its_padding(secret):
    signature = base64.b64encode(
        hmac.digest(b"sixteen byte key", b"%s.1614265330." % MESSAGE_ID.encode() + BODY, "sha256")
    )
    webhooks.verify_standard(BODY, headers(f"v1,{signature.decode()}"), [secret], SENT_AT)


@pytest.mark.law("T20", "N13")
@pytest.mark.parametrize(
    "void", ["whsec_", "", "whsec_====", "whsec_AA==", "whsec_not base64", "whsec_\u00fc", "whsec_A"]
)
def test_a_void_secret_signs_nothing_and_voids_only_itself(void):
    webhooks.verify_standard(BODY, headers(), [void, SECRET], SENT_AT)
    webhooks.verify_standard(BODY, headers(), [SECRET, void], SENT_AT)
    for key in (b"", b"\0"):
        forged = base64.b64encode(hmac.digest(key, b"%s.1614265330." % MESSAGE_ID.encode() + BODY, "sha256")).decode()
        with pytest.raises(BadSignature):
            webhooks.verify_standard(BODY, headers(f"v1,{forged}"), [void], SENT_AT)


def test_a_missing_member_is_named():
    body = {**SALE, "data": {key: value for key, value in SALE["data"].items() if key != "received_on"}}
    with pytest.raises(InvalidRequest) as refusal:
        webhooks.sale_event(raw(body))
    assert refusal.value.facts["errors"][0] == {
        "field": "data.received_on",
        "rule": "missing",
        "message": "This member is missing or not as documented.",
    }
