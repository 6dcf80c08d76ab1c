"""Stands before the emulator's SES: keeps each accepted mail, and reports deliveries and bounces as SES would.

The emulator drops a mail's own headers and publishes no events for SES v2; both are needed to see what agents see and
to learn of addresses that do not exist. Recipients choose: `+bounce` and `+complaint` before the @ do what they say,
with `+full` the mailbox stays full until the service gives up; with `+noticebounce` only the mail about a pre-adverse
notice bounces.
"""

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from local.aws import client
from local.mails import MailStore
from local.scripts import tags_of

log = logging.getLogger(__name__)
SEND = "v2/email/outbound-emails"


class MailService:
    """An SES v2 endpoint that forwards to the emulator."""

    def __init__(self, emulator: str, http: httpx.AsyncClient, store: MailStore) -> None:
        self._emulator, self._http, self._store = emulator, http, store
        self._one_mail = asyncio.Lock()
        self._reports: set[asyncio.Task[None]] = set()

    async def answer(self, request: Request) -> Response:
        path = request.path_params["path"]
        body = await request.body()
        headers = [(name, value) for name, value in request.headers.raw if name not in (b"host", b"content-length")]
        answer = await self._http.request(
            request.method, f"{self._emulator}/{path}", params=request.query_params, headers=headers, content=body
        )
        if request.method == "POST" and path == SEND and answer.is_success:
            await self._keep(answer.json()["MessageId"], json.loads(body))
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

    async def _keep(self, message_id: str, mail: dict[str, Any]) -> None:
        """Keep the mail before its sender learns that it was accepted, then report what became of it."""
        async with self._one_mail:
            await run_in_threadpool(self._store.keep, message_id, mail)
        report = asyncio.create_task(run_in_threadpool(self._report, message_id, mail))
        self._reports.add(report)
        report.add_done_callback(self._reports.discard)

    def _report(self, message_id: str, mail: Mapping[str, Any]) -> None:
        """Publish the mail's events to the topics that its configuration set names."""
        name = mail.get("ConfigurationSetName")
        if not name:
            return
        try:
            destinations = client("sesv2", self._emulator).get_configuration_set_event_destinations(
                ConfigurationSetName=name
            )["EventDestinations"]
            for event in events(message_id, mail):
                for destination in destinations:
                    topic = destination.get("SnsDestination", {}).get("TopicArn")
                    # The service's own answers say DELIVERY_DELAY, templates say deliveryDelay.
                    wanted = {kind.lower().replace("_", "") for kind in destination["MatchingEventTypes"]}
                    if topic and event["eventType"].lower() in wanted:
                        client("sns", self._emulator).publish(TopicArn=topic, Message=json.dumps(event))
        except Exception:
            # The mail itself is accepted and kept; on AWS a lost event is not the sender's error either.
            log.exception("events of mail %s were not published", message_id)


def _is_notice(headers: list[dict[str, str]]) -> bool:
    """Whether the mail tells of the notice before a decision, as its reference says."""
    return any(".mail.adverse-pre." in header["value"] for header in headers)


def events(message_id: str, mail: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The event-publishing records of SES for one mail: one per recipient."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    recipients = mail.get("Destination", {}).get("ToAddresses", [])
    about = {
        "timestamp": now,
        "messageId": message_id,
        "source": mail.get("FromEmailAddress", ""),
        "destination": recipients,
        "headers": [
            {"name": header["Name"], "value": header["Value"]}
            for header in mail["Content"].get("Simple", {}).get("Headers", [])
        ],
        "tags": {tag["Name"]: [tag["Value"]] for tag in mail.get("EmailTags", [])},
    }
    for recipient in recipients:
        tags = tags_of(recipient)
        if "bounce" in tags or ("noticebounce" in tags and _is_notice(about["headers"])):
            detail = {"bounceType": "Permanent", "bounceSubType": "NoEmail", "timestamp": now,
                      "bouncedRecipients": [{"emailAddress": recipient, "status": "5.1.1"}]}  # fmt: skip
            yield {"eventType": "Bounce", "mail": about, "bounce": detail}
            continue
        if "full" in tags:
            delay = {"timestamp": now, "delayType": "MailboxFull", "expirationTime": now,
                     "delayedRecipients": [{"emailAddress": recipient, "status": "4.2.2"}]}  # fmt: skip
            detail = {"bounceType": "Transient", "bounceSubType": "MailboxFull", "timestamp": now,
                      "bouncedRecipients": [{"emailAddress": recipient, "status": "4.2.2"}]}  # fmt: skip
            yield {"eventType": "DeliveryDelay", "mail": about, "deliveryDelay": delay}
            yield {"eventType": "Bounce", "mail": about, "bounce": detail}
            continue
        yield {"eventType": "Delivery", "mail": about, "delivery": {"timestamp": now, "recipients": [recipient]}}
        if "complaint" in tags:
            complaint = {"timestamp": now, "complainedRecipients": [{"emailAddress": recipient}]}
            yield {"eventType": "Complaint", "mail": about, "complaint": complaint}
