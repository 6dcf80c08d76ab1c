"""Mails through Amazon SES."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from econtracting.adapters.failures import translated
from econtracting.domain.errors import Unavailable

# Said with a 400, although nothing is wrong with the mail: it can go once the account may send again.
PAUSED = frozenset({"AccountSuspendedException", "SendingPausedException"})

REFERENCE_HEADER = "X-Reference-Id"  # comes back in the service's delivery, bounce and complaint events


class SesMailer:
    """`configuration_set` decides where delivery events go; without one there are none."""

    def __init__(self, client: Any, sender: str, configuration_set: str | None = None) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    @translated
    def send(self, *, to: str, subject: str, html: str, text: str, reference: str, stop: str = "") -> str:
        headers = [{"Name": REFERENCE_HEADER, "Value": reference}]
        if stop:
            headers += [
                {"Name": "List-Unsubscribe", "Value": f"<{stop}>"},  # RFC 2369, 3.2
                {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},  # RFC 8058, 3.1
            ]
        request: dict[str, Any] = {
            "FromEmailAddress": self._sender,
            "Destination": {"ToAddresses": [to]},
            "Content": {
                "Simple": {
                    "Subject": {"Data": subject, "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": text, "Charset": "UTF-8"},
                        "Html": {"Data": html, "Charset": "UTF-8"},
                    },
                    "Headers": headers,
                }
            },
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        try:
            message_id: str = self._client.send_email(**request)["MessageId"]
        except ClientError as error:
            if error.response["Error"]["Code"] in PAUSED:
                raise Unavailable("the mail service does not send for this account now") from error
            raise
        return message_id
