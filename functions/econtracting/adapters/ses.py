"""Mails through Amazon SES."""

from __future__ import annotations

from typing import Any

from econtracting.adapters.failures import translated

REFERENCE_HEADER = "X-Reference-Id"  # comes back in the service's delivery, bounce and complaint events


class SesMailer:
    """`configuration_set` decides where delivery events go; without one there are none."""

    def __init__(self, client: Any, sender: str, configuration_set: str | None = None) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    @translated
    def send(self, *, to: str, subject: str, html: str, text: str, reference: str) -> str:
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
                    "Headers": [{"Name": REFERENCE_HEADER, "Value": reference}],
                }
            },
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        message_id: str = self._client.send_email(**request)["MessageId"]
        return message_id
