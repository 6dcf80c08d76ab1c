"""The vectors are the ones that the receivers' tests use."""

from local.simulators.signatures import HexHmac, StandardWebhooks


def test_the_background_check_signs_the_raw_body_in_hex() -> None:
    body = (
        b'{"id":"evt_0001","object":"event","type":"report.completed",'
        b'"data":{"object":{"id":"rep_0001","status":"complete","result":"clear"}}}'
    )
    assert HexHmac("sim_key_meridian")("evt_0001", body) == {
        "X-Signature": "5df9775ffc4489af97f08c8688c416cd5ee959988e3651e10eaba2664568cc03"
    }


def test_standard_webhooks_sign_id_time_and_body() -> None:
    sign = StandardWebhooks("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", now=lambda: 1614265330.7)
    assert sign("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}') == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
