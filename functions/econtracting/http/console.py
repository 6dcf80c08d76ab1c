"""The pages of the console widget: plain HTML as CloudWatch shows it, with its own buttons and no script.

Every value is escaped, and what identifies a person is masked here as well, whoever may see the dashboard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from econtracting.http import console_parts as parts
from econtracting.http.console_parts import Shown, age, moment, text, words

TAKES_TWO = frozenset({"CONSENT_1033_MISSING"})  # approvals that one console cannot tell apart
# act -> (button, what is asked before it is done)
BUTTONS: dict[str, tuple[str, str]] = {
    "resend": ("Resend invitation", "Mail the same link to the agent again?"),
    "retry": ("Retry", "Try the failed step again?"),
    "proceed": ("Proceed", "Let this packet go on to its appointments?"),
    "correct": ("Ask for correction", "Ask the agent to correct the named fields?"),
    "pre-adverse": ("Send pre-adverse notice", "Send the agent the pre-adverse notice with the report?"),
    "adverse": ("Refuse after notice", "Refuse this agent because of the report, for good?"),
    "reject": ("Reject", "Reject this packet for good?"),
    "erase": ("Erase answers", "Erase this person's answers and uploads for good?"),
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
    "DECLINED": ("erase",),
    "WITHDRAWN": ("erase",),
    "EXPIRED": ("erase",),
}
WITHOUT_REASON = frozenset({"resend"})
QUEUES = {
    "review": "Needs review",
    "adverse": "Adverse review",
    "correction": "With the agent",
    "waiting": "At the vendor",
}
_COLOURS = {
    "ACTIVE": "good",
    "NEEDS_REVIEW": "bad",
    "ADVERSE_REVIEW": "bad",
    "CORRECTION_REQUESTED": "wanting",
    **dict.fromkeys(("DECLINED", "WITHDRAWN", "EXPIRED", "REJECTED"), "wanting"),
}


class Pages:
    """Pages whose links and buttons call this function again."""

    def __init__(self, function_arn: str) -> None:
        self._do = parts.Actions(function_arn)

    def queue(self, queue: str, queues: Sequence[str], found: Shown) -> str:
        tabs = "".join(
            f'<li style="list-style:none">{self._do.tab(QUEUES[one], {"queue": one}, current=one == queue)}</li>'
            for one in queues
        )
        rows = [
            (
                self._do.link(row["packet_id"], {"packet_id": row["packet_id"]}),
                text(age(row["age_seconds"])),
                words(row["review_reason"]),
                text(row["agency"]["name"]),
            )
            for row in sorted(found["items"], key=lambda row: -row["age_seconds"])
        ]
        listed = parts.grid(rows, ("Packet", "Waiting", "Reason", "Agency")) or "<p>Nobody waits here.</p>"
        more = f"<p>{self._do.link('More', {'queue': queue, 'cursor': found['cursor']})}</p>" if found["cursor"] else ""
        style = "width:330px;padding:4px 8px;margin:0 8px 0 0"
        find = f'<input name="packet_id" placeholder="pkt_..." aria-label="Packet id" style="{style}">'
        button = self._do.button("Open", {"queue": queue}, primary=True)
        return _page(
            f'<ul style="display:flex;gap:24px;margin:4px 0 16px;padding:0">{tabs}</ul>',
            parts.card(QUEUES[queue], listed + more),
            parts.card("Open a packet", f'<p style="margin:0">{find}{button}</p>'),
        )

    def packet(self, shown: Shown, told: str = "", *, refused: bool = False) -> str:
        badge = parts.badge(shown["status"].replace("_", " "), _COLOURS.get(shown["status"], "calm"))
        named = {
            "In this status for": text(age(shown["age_seconds"])),
            "Reason": words(shown["review_reason"]),
            "Agent": text(_masked_person(shown["agent"])),
            "Producer number": text(shown["npn"]),
            "Agency": text(shown["agency"]["name"]),
            "Execution": f"attempt {text(shown['attempt'])}",
        }
        title = f'<h2 style="font-size:18px;margin:0">{text(shown["packet_id"])}</h2>'
        head = f'<div style="display:flex;align-items:center;gap:12px;margin:0 0 14px">{title}{badge}</div>'
        return _page(
            f'<p style="margin:0 0 10px">{self._do.link("Back to the queues", {})}</p>',
            parts.notice(told, refused=refused) if told else "",
            f'<section style="{parts.CARD}">{head}{parts.facts(named)}</section>',
            _table("Background check", shown["background_checks"], ("attempt", "status", "result", "ordered_at")),
            _table("Appointments", shown["appointments"], ("state", "status", "reason")),
            _table("Waiting in the outbox", shown["waiting_effects"], ("kind", "attempts", "due_at", "failure")),
            _table("Road", [row for row in shown["timeline"] if row.get("at")], ("stage", "state", "at")),
            self._actions(shown),
        )

    def nothing(self, told: str) -> str:
        return _page(parts.notice(told, refused=True), f"<p>{self._do.link('Back to the queues', {})}</p>")

    def _actions(self, shown: Shown) -> str:
        possible = _possible(shown)
        if not possible:
            return f'<p style="{parts.QUIET}">Nothing to do here.</p>'
        asked = []
        if set(possible) - WITHOUT_REASON:
            area = '<textarea name="reason" rows="2" cols="70" maxlength="500"></textarea>'
            asked.append(
                parts.field("Reason, with your name", area, "Kept on the packet's trail; 10 to 500 characters.")
            )
        if "correct" in possible:
            control = '<input name="fields" size="50" placeholder="agent.ssn, agent.birth_date">'
            asked.append(parts.field("Fields to correct", control, "Dotted paths, separated by commas."))
        if "adverse" in possible:
            control = '<input name="worksheet" size="70">'
            asked.append(parts.field("SHA-256 of the worksheet", control, "The written weighing, before a refusal."))
        buttons = " ".join(
            self._do.button(BUTTONS[act][0], {"act": act, "packet_id": shown["packet_id"]}, BUTTONS[act][1])
            for act in possible
        )
        return parts.card("Act", f'{"".join(asked)}<p style="margin:0">{buttons}</p>')


def _possible(shown: Shown) -> list[str]:
    """What may be done with a packet that stands there; whatever failed may be tried again."""
    possible = list(POSSIBLE.get(shown["status"], ()))
    if shown["review_reason"] in TAKES_TWO and "proceed" in possible:
        possible.remove("proceed")
    if any(effect["failure"] for effect in shown["waiting_effects"]) and "retry" not in possible:
        possible.append("retry")
    return possible


def _masked_person(agent: Shown) -> str:
    """D*** R*** d***@example.com"""
    names = " ".join(f"{agent[name][:1]}***" for name in ("first_name", "last_name"))
    local, _, domain = str(agent["email"]).partition("@")
    return f"{names} {local[:1]}***@{domain}"


def _table(title: str, rows: Iterable[Shown], columns: Sequence[str]) -> str:
    cells = [[_cell(name, row.get(name)) for name in columns] for row in rows]
    heads = [name.removesuffix("_at").replace("_", " ").capitalize() for name in columns]
    return parts.card(title, parts.grid(cells, heads)) if cells else ""


def _cell(name: str, value: Any) -> str:
    if name == "at" or name.endswith("_at"):
        return moment(value)
    return words(value) if name in ("status", "kind", "stage", "state") and len(str(value)) > 2 else text(value)


def _page(*sections: str) -> str:
    return f'<div style="{parts.FONT}">{"".join(sections)}</div>'
