"""invite, the mail service's reports: each message of the topic tells what became of one mail."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools import Logger

from econtracting import wiring
from econtracting.domain import mail_reports
from econtracting.domain.errors import PacketNotFound

REFERENCE_HEADER = "x-reference-id"

logger = Logger()


def lambda_handler(event: dict[str, Any], _: Any) -> None:
    """An outage raises, so that the topic delivers again; what can never be understood is logged and left."""
    for record in event["Records"]:
        try:
            reference, report = _read(json.loads(record["Sns"]["Message"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            logger.warning("mail report not understood", message_id=record.get("Sns", {}).get("MessageId"))
            continue
        try:
            wiring.deliveries().record(reference, report)
        except PacketNotFound:
            logger.warning("mail report for no packet of ours", outcome=report.outcome)


def _read(report: dict[str, Any]) -> tuple[str, mail_reports.MailReport]:
    """Raises KeyError, ValueError, TypeError or AttributeError for something that is no report of ours."""
    headers = {header["name"].lower(): header["value"] for header in report["mail"]["headers"]}
    return headers[REFERENCE_HEADER], mail_reports.read(report)
