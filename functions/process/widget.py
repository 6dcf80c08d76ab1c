"""process, inside the CloudWatch console: the contracting department's queues, packets and actions as a widget.

The console asks {describe: true} for a description, and otherwise sends what a link or button carries together with
widgetContext, in which the values of form fields stand. Who may invoke this function may act; the console does not say
who it is, so the trail names the console and the written reason, and what takes two persons is done by staff token.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger

from econtracting import wiring
from econtracting.domain.acts import TAKES_TWO, Act
from econtracting.domain.audit import Actor
from econtracting.domain.callers import Staff
from econtracting.domain.errors import EContractingError, InvalidRequest
from econtracting.domain.messages import MessageStatus
from econtracting.http import console
from econtracting.usecases.department import decisions, overview

logger = Logger()

CONSOLE = Staff("console", frozenset({"contracting"}), "", Actor(kind="staff", id="console"))
DESCRIPTION = """### Contracting department
Lists the queues, opens a packet with masked values, resends an invitation, asks for a correction, decides, retries.
Parameters: `queue` (review, adverse, correction, waiting, news, messages, attention).
"""
SHORTEST_REASON, LONGEST_REASON = 10, 500

Form = Mapping[str, str]


def lambda_handler(event: dict[str, Any], context: Any) -> str:
    if event.get("describe"):
        return DESCRIPTION
    form: Form = event.get("widgetContext", {}).get("forms", {}).get("all", {})
    page = console.Pages(context.invoked_function_arn)
    if event.get("queue") == console.MESSAGES or "message_act" in event:
        return _messages(page, event, form)
    packet_id = str(event.get("packet_id") or form.get("packet_id", "")).strip()
    try:
        told = _act(event["act"], packet_id, form) if "act" in event else ""
        return page.packet(wiring.overview().packet(packet_id), told) if packet_id else _queue(page, event)
    except EContractingError as refusal:
        logger.info("refused in the console", code=refusal.code)
        try:
            return page.packet(wiring.overview().packet(packet_id), refusal.detail, refused=True)
        except EContractingError:
            return page.nothing(refusal.detail)


def _queue(page: console.Pages, event: Mapping[str, Any]) -> str:
    queue = overview.Queue(event.get("queue", overview.Queue.REVIEW))
    return page.queue(queue, tuple(overview.Queue), wiring.overview().rows(None, queue, event.get("cursor")))


def _messages(page: console.Pages, event: Mapping[str, Any], form: Form) -> str:
    queue, told, refused = wiring.message_queue(), "", False
    try:
        if "message_act" in event:
            told = _settle(str(event["message_act"]), str(event.get("message_id", "")), form)
    except EContractingError as refusal:
        logger.info("refused in the console", code=refusal.code)
        told, refused = refusal.detail, True
    return page.messages(queue.rows(MessageStatus.OPEN, event.get("cursor")), told, refused=refused)


def _settle(act: str, message_id: str, form: Form) -> str:
    """Raises what the use case raises, InvalidRequest without a proper reason."""
    queue, reason = wiring.message_queue(), _reason(form)
    acts = {"replay": queue.replay, "set-aside": queue.set_aside}
    if act not in acts:
        raise InvalidRequest("There is no such action.")
    settled = acts[act](CONSOLE, message_id, reason)
    logger.info("acted in the console", act=act, message_id=message_id)
    return f"The message is {settled.status.value}."


def _act(act: str, packet_id: str, form: Form) -> str:
    """Do it and say so. Raises what the use case raises, InvalidRequest without a proper reason."""
    if act not in Act:
        raise InvalidRequest("There is no such action.")
    told = ACTS[Act(act)](packet_id, form)
    logger.info("acted in the console", packet_id=packet_id)  # what was done is on the packet's trail
    return told


def _resend(packet_id: str, _: Form) -> str:
    wiring.invitations().resend(CONSOLE, packet_id)
    return "The invitation is on its way again."


def _correct(packet_id: str, form: Form) -> str:
    fields = [field for field in form.get("fields", "").replace(",", " ").split() if field]
    wiring.corrections().request(CONSOLE, packet_id, fields, _reason(form))
    return "The agent has been asked for a correction."


def _decide(word: decisions.Word) -> Callable[[str, Form], str]:
    def decide(packet_id: str, form: Form) -> str:
        if word == "proceed" and wiring.packets().load(packet_id).review_reason in TAKES_TWO:
            raise InvalidRequest("Two persons have to agree, each with a staff token of their own.")
        decision = decisions.Decision(word, _reason(form), form.get("worksheet") or None)
        answer = wiring.decisions().decide(CONSOLE, packet_id, decision)
        return f"Decided: {word}. The packet stands at {answer.status}."

    return decide


def _erase(packet_id: str, form: Form) -> str:
    wiring.erasing().erase(CONSOLE.actor, packet_id, _reason(form))
    return "Answers and uploads are erased, and who it was for; the trail stays."


def _reason(form: Form) -> str:
    reason = form.get("reason", "").strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidRequest(f"Write a reason of {SHORTEST_REASON} to {LONGEST_REASON} characters, with your name.")
    return reason


ACTS: dict[Act, Callable[[str, Form], str]] = {
    Act.RESEND: _resend,
    Act.CORRECT: _correct,
    Act.PROCEED: _decide("proceed"),
    Act.PRE_ADVERSE: _decide("pre-adverse"),
    Act.ADVERSE: _decide("adverse"),
    Act.REJECT: _decide("reject"),
    Act.NOTE: _decide("note"),
    Act.WEIGH: _decide("weigh"),
    Act.RETRY: _decide("retry"),
    Act.ERASE: _erase,
}
