"""A mail as the mail service gets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from econtracting.adapters.ses import SesMailer
from econtracting.domain.errors import Unavailable
from tests.support.faults import refuse

SENDER = "contracting@meridian-health.example"
MAIL = {
    "to": "dana@example.com",
    "subject": "Grüße",
    "html": "<p>Hello</p>",
    "text": "Hello",
    "reference": "pkt_1.mail.x.1",
}


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("sesv2", region_name="us-east-1")
        client.create_email_identity(EmailIdentity=SENDER)
        yield client


def sent(ses: Any, mailer: SesMailer) -> dict[str, Any]:
    requests: list[dict[str, Any]] = []
    ses.meta.events.register("provide-client-params.sesv2.SendEmail", lambda params, **_: requests.append(params))
    assert mailer.send(**MAIL)
    return requests[0]


def test_a_mail_has_both_forms_and_its_fixed_reference(ses: Any) -> None:
    request = sent(ses, SesMailer(ses, SENDER))
    simple = request["Content"]["Simple"]
    assert simple["Headers"] == [{"Name": "X-Reference-Id", "Value": "pkt_1.mail.x.1"}]
    assert simple["Body"]["Html"]["Data"] == "<p>Hello</p>"
    assert simple["Body"]["Text"]["Data"] == "Hello"
    assert request["Destination"] == {"ToAddresses": ["dana@example.com"]}
    assert request["FromEmailAddress"] == SENDER
    assert "ConfigurationSetName" not in request


def test_delivery_events_are_asked_for_where_there_is_a_configuration_set(ses: Any) -> None:
    ses.create_configuration_set(ConfigurationSetName="mail")
    assert sent(ses, SesMailer(ses, SENDER, "mail"))["ConfigurationSetName"] == "mail"


@pytest.mark.parametrize(("code", "status"), [("TooManyRequestsException", 429), ("InternalFailure", 500)])
@pytest.mark.failure("R19")
def test_a_mail_service_that_is_busy_or_down_is_told_as_unavailable(ses: Any, code: str, status: int) -> None:
    refuse(ses, "SendEmail", 10, code, status)
    with pytest.raises(Unavailable):
        SesMailer(ses, SENDER).send(**MAIL)


@pytest.mark.parametrize("code", ["AccountSuspendedException", "SendingPausedException"])
def test_an_account_that_may_not_send_now_is_an_outage_and_no_fault_of_the_mail(ses: Any, code: str) -> None:
    """Failure R22: said with a 400."""
    refuse(ses, "SendEmail", 1, code, 400)
    with pytest.raises(Unavailable):
        SesMailer(ses, SENDER).send(**MAIL)
