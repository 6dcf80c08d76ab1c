"""What only Ternfield does; what every screening company does is in test_background_check.py."""

import time

import httpx
import pytest

from econtracting.adapters.vendors.ternfield import HttpTernfield
from econtracting.domain.errors import InvalidRequest, Unavailable
from local.config import BACKGROUND_CHECK_KEY, Config
from local.simulators import screening, ternfield
from local.simulators.signatures import TimedHexHmac
from tests.local.conftest import Recorder, Serve
from tests.local.test_background_check import person


@pytest.fixture
def there(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    monkeypatch.setattr(screening, "USUAL_SECONDS", 0.05)
    return serve(ternfield.application, "ternfield", BACKGROUND_CHECK_KEY)


@pytest.fixture
def checks(there: httpx.Client, config: Config) -> HttpTernfield:
    return HttpTernfield(config.url("ternfield"), BACKGROUND_CHECK_KEY)


def order(checks: HttpTernfield, email: str) -> str:
    return checks.order(person(email), "producer_standard", "key").id


def test_its_notices_hold_a_number_and_neither_our_reference_nor_the_outcome(
    checks: HttpTernfield, recorder: Recorder
) -> None:
    number = order(checks, "dana+consider@example.com")
    logged, filed = recorder.wait_for(2)
    assert [one.json()["topic"] for one in (logged, filed)] == ["order.logged", "order.report_filed"]
    for one in (logged, filed):
        assert one.json().keys() == {"notice", "topic", "number", "at"}
        assert one.json()["number"] == number


def test_a_notice_sent_again_is_signed_with_the_time_of_now() -> None:
    """Or the product would refuse what it could not take for more than five minutes."""
    at = iter([1795446000.0, 1795449600.0])
    sign = TimedHexHmac(("secret",), now=lambda: next(at))
    first, again = (sign("ntc_1", b"{}")["Ternfield-Signature"] for _ in range(2))
    assert first.startswith("t=1795446000,s=")
    assert again.startswith("t=1795449600,s=")
    assert first.partition(",s=")[2] != again.partition(",s=")[2]


def test_while_its_secret_is_changed_a_notice_carries_a_signature_of_each() -> None:
    one, other = (TimedHexHmac((secret,), now=lambda: 0.0)("", b"{}")["Ternfield-Signature"] for secret in "ab")
    both = TimedHexHmac(("a", "b"), now=lambda: 0.0)("", b"{}")["Ternfield-Signature"]
    assert both == f"{one},{other.partition(',')[2]}"


def test_it_knows_no_other_bundle_than_its_clients(checks: HttpTernfield) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        checks.order(person("dana@example.com"), "producer_deluxe", "key")
    assert refusal.value.facts == {"reasons": ["BUNDLE_UNKNOWN"]}


def test_there_is_a_copy_for_the_subject_once_the_report_is_filed(there: httpx.Client, checks: HttpTernfield) -> None:
    number = order(checks, "dana+suspended@example.com")
    deadline = time.monotonic() + 5
    while checks.report(number).status != "suspended" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert there.get(f"/2/orders/{number}/papers").json() == {"papers": []}
    with pytest.raises(Unavailable):
        checks.copy(number)
