"""The pages of the console widget: plain HTML as CloudWatch shows it, with its own buttons and no script.

An element is followed by <cwdb-action>, which tells the console what a click does. Every value is escaped, and what
identifies a person is masked here as well, whoever may see the dashboard.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

Shown = Mapping[str, Any]

TAKES_TWO = frozenset({"CONSENT_1033_MISSING"})  # approvals that one console cannot tell apart
DAY, HOUR, MINUTE = 86400, 3600, 60
# act -> (button, what is asked before it is done)
BUTTONS: dict[str, tuple[str, str]] = {
    "resend": ("Resend invitation", "Mail the same link to the agent again?"),
    "retry": ("Retry", "Try the failed step again?"),
    "proceed": ("Proceed", "Let this packet go on to its appointments?"),
    "correct": ("Ask for correction", "Ask the agent to correct the named fields?"),
    "pre-adverse": ("Send pre-adverse notice", "Send the agent the pre-adverse notice with the report?"),
    "adverse": ("Refuse after notice", "Refuse this agent because of the report, for good?"),
    "reject": ("Reject", "Reject this packet for good?"),
}
_REVIEW = ("retry", "proceed", "correct", "reject")
POSSIBLE: dict[str, tuple[str, ...]] = {
    "INVITED": ("resend",),
    "IN_PROGRESS": ("resend",),
    "AWAITING_SIGNATURE": ("resend",),
    "BACKGROUND_CHECK": ("correct",),
    "CORRECTION_REQUESTED": ("resend", "reject"),
    "ADVERSE_REVIEW": ("proceed", "pre-adverse", "adverse"),
    "NEEDS_REVIEW": _REVIEW,
}


class Pages:
    """Pages whose links and buttons call this function again."""

    def __init__(self, function_arn: str) -> None:
        self._arn = function_arn

    def queue(self, queue: str, queues: Sequence[str], found: Shown) -> str:
        tabs = " ".join(self._link(one.title(), {"queue": one}, current=one == queue) for one in queues)
        rows = "".join(
            f"<tr><td>{self._link(row['packet_id'], {'packet_id': row['packet_id']})}</td>"
            f"<td>{age(row['age_seconds'])}</td><td>{_text(row['review_reason'])}</td>"
            f"<td>{_text(row['agency']['name'])}</td></tr>"
            for row in found["items"]
        )
        empty = "" if rows else "<p>Nobody waits here.</p>"
        more = self._link("More", {"queue": queue, "cursor": found["cursor"]}) if found["cursor"] else ""
        head = "<tr><th>Packet</th><th>Waiting</th><th>Reason</th><th>Agency</th></tr>"
        find = (
            f'<p><label>Packet <input name="packet_id" size="34"></label> {self._button("Open", {"queue": queue})}</p>'
        )
        return f"<h2>Queues</h2><p>{tabs}</p><table>{head}{rows}</table>{empty}<p>{more}</p>{find}"

    def packet(self, shown: Shown, told: str = "", *, refused: bool = False) -> str:
        facts = {
            "Status": shown["status"],
            "For": age(shown["age_seconds"]),
            "Reason": shown["review_reason"],
            "Agent": _masked_person(shown["agent"]),
            "Producer number": shown["npn"],
            "Agency": shown["agency"]["name"],
            "Attempt": shown["attempt"],
        }
        head = "".join(f"<tr><th>{name}</th><td>{_text(value)}</td></tr>" for name, value in facts.items())
        parts = [
            f"<p>{self._link('Back to the queues', {})}</p><h2>{_text(shown['packet_id'])}</h2>",
            f"<p><b>{'Refused: ' if refused else ''}{_text(told)}</b></p>" if told else "",
            f"<table>{head}</table>",
            _table("Background check", shown["background_checks"], ("attempt", "status", "result", "ordered_at")),
            _table("Appointments", shown["appointments"], ("state", "status", "reason")),
            _table("Waiting in the outbox", shown["waiting_effects"], ("kind", "attempts", "due_at", "failure")),
            _table("Road", [row for row in shown["timeline"] if row.get("at")], ("stage", "state", "at")),
            self._actions(shown),
        ]
        return "".join(parts)

    def nothing(self, told: str) -> str:
        return f"<p><b>{_text(told)}</b></p><p>{self._link('Back to the queues', {})}</p>"

    def _actions(self, shown: Shown) -> str:
        possible = list(POSSIBLE.get(shown["status"], ()))
        if shown["review_reason"] in TAKES_TWO and "proceed" in possible:
            possible.remove("proceed")
        if any(effect["failure"] for effect in shown["waiting_effects"]) and "retry" not in possible:
            possible.append("retry")
        if not possible:
            return "<p>Nothing to do here.</p>"
        reason = '<textarea name="reason" rows="2" cols="60" maxlength="500"></textarea>'
        fields = [f"<label>Reason, with your name<br>{reason}</label>"]
        if "correct" in possible:
            fields.append('<label>Fields to correct<br><input name="fields" size="40" placeholder="agent.ssn"></label>')
        if "adverse" in possible:
            fields.append('<label>SHA-256 of the worksheet<br><input name="worksheet" size="66"></label>')
        asked = "".join(f"<p>{field}</p>" for field in fields)
        buttons = " ".join(
            self._button(BUTTONS[act][0], {"act": act, "packet_id": shown["packet_id"]}, BUTTONS[act][1])
            for act in possible
        )
        return f"<h3>Act</h3>{asked}<p>{buttons}</p>"

    def _link(self, label: str, carries: Shown, *, current: bool = False) -> str:
        if current:
            return f"<b>{_text(label)}</b>"
        return f"<a>{_text(label)}</a>{self._action(carries)}"

    def _button(self, label: str, carries: Shown, confirmation: str = "") -> str:
        kind = "btn btn-primary" if not confirmation else "btn"
        return f'<a class="{kind}">{_text(label)}</a>{self._action(carries, confirmation)}'

    def _action(self, carries: Shown, confirmation: str = "") -> str:
        asks = f' confirmation="{escape(confirmation)}"' if confirmation else ""
        body = escape(json.dumps(carries), quote=False)
        return f'<cwdb-action action="call" display="widget" endpoint="{escape(self._arn)}"{asks}>{body}</cwdb-action>'


def age(seconds: int) -> str:
    """The largest whole unit, as a person says it."""
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _masked_person(agent: Shown) -> str:
    """D*** R*** d***@example.com"""
    names = " ".join(f"{agent[name][:1]}***" for name in ("first_name", "last_name"))
    local, _, domain = str(agent["email"]).partition("@")
    return f"{names} {local[:1]}***@{domain}"


def _table(title: str, rows: Iterable[Shown], columns: Sequence[str]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{_text(row.get(name))}</td>" for name in columns) + "</tr>" for row in rows)
    if not body:
        return ""
    head = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in columns)
    return f"<h3>{title}</h3><table><tr>{head}</tr>{body}</table>"


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        value = f"{value:%Y-%m-%d %H:%M} UTC"
    return escape(str(value)) if value is not None else ""
