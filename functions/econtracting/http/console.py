"""The pages of the console widget: plain HTML as CloudWatch shows it, with its own buttons and no script.

Every value is escaped, and what identifies a person is masked here as well, whoever may see the dashboard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from econtracting.domain.acts import TAKES_TWO, Act, possible
from econtracting.domain.packet import ENDED, InvitedAgent, Status
from econtracting.http import console_parts as parts
from econtracting.http.console_parts import age, text, words
from econtracting.views.base import View
from econtracting.views.messages import MessagesView
from econtracting.views.packets import PacketDetailView, PacketRowsView, PacketRowView, RefusalBy

# act -> (button, what is asked before it is done)
BUTTONS: dict[Act, tuple[str, str]] = {
    Act.RESEND: ("Resend invitation", "Mail the same link to the agent again?"),
    Act.RETRY: ("Retry", "Try the failed step again?"),
    Act.PROCEED: ("Proceed", "Let this packet go on to its appointments?"),
    Act.CORRECT: ("Ask for correction", "Ask the agent to correct the named fields?"),
    Act.PRE_ADVERSE: ("Send pre-adverse notice", "Send the agent the pre-adverse notice with the report?"),
    Act.ADVERSE: ("Refuse after notice", "Refuse this agent because of the report, for good?"),
    Act.WEIGH: ("Stop and weigh", "Stop this packet because its background report changed?"),
    Act.NOTE: ("News seen", "Have you looked at the news? What was answered first stands."),
    Act.REJECT: ("Reject", "Reject this packet for good?"),
    Act.ERASE: ("Erase answers", "Erase this person's answers and uploads for good?"),
}
WITHOUT_REASON = frozenset({Act.RESEND})
QUEUES = {
    "review": "Needs review",
    "adverse": "Adverse review",
    "correction": "With the agent",
    "waiting": "At the vendor",
    "news": "Late news",
    "messages": "Vendors' messages",
    "attention": "Not getting done",
}
MESSAGES = "messages"  # a queue of its own: not of packets
# button, what it carries, what is asked before it is done
SETTLE = (
    ("Apply", {"message_act": "replay"}, "Apply this message, and accept what it says against what stands?"),
    ("Set aside", {"message_act": "set-aside"}, "Leave this message unapplied for good?"),
)
_COLORS = {
    Status.ACTIVE: "good",
    Status.NEEDS_REVIEW: "bad",
    Status.ADVERSE_REVIEW: "bad",
    Status.CORRECTION_REQUESTED: "wanting",
    **dict.fromkeys(ENDED, "wanting"),
}
# The columns of the tables: attribute of the row -> heading. They are read by name, so a test holds them to the views.
CHECKS = ("attempt", "status", "result", "ordered_at")
APPOINTMENTS = ("state", "status", "reasons")
NEWS = ("about", "at")
TROUBLES = ("about", "reason", "failure", "since")
EFFECTS = ("kind", "attempts", "due_at", "failure")
ROAD = ("stage", "state", "at")


class Pages:
    """Pages whose links and buttons call this function again."""

    def __init__(self, function_arn: str) -> None:
        self._do = parts.Actions(function_arn)

    def queue(self, queue: str, queues: Sequence[str], found: PacketRowsView) -> str:
        tabs = "".join(
            f'<li style="list-style:none">{self._do.tab(QUEUES[one], {"queue": one}, current=one == queue)}</li>'
            for one in (*queues, MESSAGES)
        )
        rows = [
            (
                self._do.link(row.packet_id, {"packet_id": row.packet_id}),
                text(age(row.age_seconds)),
                _reasons(row),
                text(row.agency.name),
            )
            for row in sorted(found.items, key=lambda row: -row.age_seconds)
        ]
        listed = parts.grid(rows, ("Packet", "Waiting", "Reason", "Agency")) or "<p>No one waits here.</p>"
        more = f"<p>{self._do.link('More', {'queue': queue, 'cursor': found.cursor})}</p>" if found.cursor else ""
        style = "width:330px;padding:4px 8px;margin:0 8px 0 0"
        find = f'<input name="packet_id" placeholder="pkt_..." aria-label="Packet id" style="{style}">'
        button = self._do.button("Open", {"queue": queue}, primary=True)
        return _page(
            f'<ul style="display:flex;gap:24px;margin:4px 0 16px;padding:0">{tabs}</ul>',
            parts.card(QUEUES[queue], listed + more),
            parts.card("Open a packet", f'<p style="margin:0">{find}{button}</p>'),
        )

    def messages(self, found: MessagesView, told: str = "", *, refused: bool = False) -> str:
        rows = [
            (
                text(row.received_at),
                text(row.vendor),
                f"{words(row.reason)} {text(', '.join(row.parts))}",
                text(", ".join(f"{name} {value}" for name, value in row.told.items())),
                self._do.link(row.packet_id, {"packet_id": row.packet_id}) if row.packet_id else text(row.reference),
                " ".join(
                    self._do.button(label, carried | {"message_id": row.message_id}, asks)
                    for label, carried, asks in SETTLE
                ),
            )
            for row in found.items
        ]
        heads = ("Received", "Vendor", "Why it waits", "Says", "About", "")
        more = f"<p>{self._do.link('More', {'queue': MESSAGES, 'cursor': found.cursor})}</p>" if found.cursor else ""
        area = '<textarea name="reason" rows="2" cols="70" maxlength="500"></textarea>'
        return _page(
            f'<p style="margin:0 0 10px">{self._do.link("Back to the queues", {})}</p>',
            parts.notice(told, refused=refused) if told else "",
            parts.card(QUEUES[MESSAGES], (parts.grid(rows, heads) or "<p>Nothing waits here.</p>") + more),
            parts.field("Reason, with your name", area, "Kept with the message; 10 to 500 characters.") if rows else "",
        )

    def packet(self, shown: PacketDetailView, told: str = "", *, refused: bool = False) -> str:
        badge = parts.badge(shown.status.replace("_", " "), _COLORS.get(shown.status, "calm"))
        named = {
            "In this status for": text(age(shown.age_seconds)),
            "Reason": _reasons(shown),
            "Agent": text(_masked_person(shown.agent)),
            "Producer number": text(shown.npn),
            "Agency": text(shown.agency.name),
            "Execution": f"attempt {text(shown.attempt)}",
        }
        title = f'<h2 style="font-size:18px;margin:0">{text(shown.packet_id)}</h2>'
        head = f'<div style="display:flex;align-items:center;gap:12px;margin:0 0 14px">{title}{badge}</div>'
        return _page(
            f'<p style="margin:0 0 10px">{self._do.link("Back to the queues", {})}</p>',
            parts.notice(told, refused=refused) if told else "",
            f'<section style="{parts.CARD}">{head}{parts.facts(named)}</section>',
            _table("Late news", shown.news, NEWS),
            _table("Background check", shown.background_checks, CHECKS),
            _table("Appointments", shown.appointments, APPOINTMENTS),
            _table("Not getting done", shown.troubles, TROUBLES),
            _table("Waiting in the outbox", shown.waiting_effects, EFFECTS),
            _table("Road", [row for row in shown.timeline if row.at], ROAD),
            self._actions(shown),
        )

    def nothing(self, told: str) -> str:
        return _page(parts.notice(told, refused=True), f"<p>{self._do.link('Back to the queues', {})}</p>")

    def _actions(self, shown: PacketDetailView) -> str:
        offered = _possible(shown)
        if not offered:
            return f'<p style="{parts.QUIET}">Nothing to do here.</p>'
        asked = []
        if set(offered) - WITHOUT_REASON:
            area = '<textarea name="reason" rows="2" cols="70" maxlength="500"></textarea>'
            asked.append(
                parts.field("Reason, with your name", area, "Kept on the packet's trail; 10 to 500 characters.")
            )
        if Act.CORRECT in offered:
            control = '<input name="fields" size="50" placeholder="agent.ssn, agent.birth_date">'
            asked.append(parts.field("Fields to correct", control, "Dotted paths, separated by commas."))
        if Act.ADVERSE in offered:
            control = '<input name="worksheet" size="70">'
            asked.append(parts.field("SHA-256 of the worksheet", control, "The written weighing, before a refusal."))
        buttons = " ".join(
            self._do.button(BUTTONS[act][0], {"act": act, "packet_id": shown.packet_id}, BUTTONS[act][1])
            for act in offered
        )
        return parts.card("Act", f'{"".join(asked)}<p style="margin:0">{buttons}</p>')


def _possible(shown: PacketDetailView) -> list[Act]:
    """What may be done with a packet that stands there; whatever failed may be tried again."""
    acts = list(possible(shown.status, unclear=shown.refusal_by is RefusalBy.NOTICES, news=bool(shown.news)))
    if shown.review_reason in TAKES_TWO and Act.PROCEED in acts:
        acts.remove(Act.PROCEED)
    failed = bool(shown.troubles) or any(effect.failure for effect in shown.waiting_effects)
    refused = shown.adverse is not None and shown.adverse.copy_refused is not None
    if (failed or refused) and Act.RETRY not in acts:
        acts.append(Act.RETRY)
    return acts


def _reasons(row: PacketRowView) -> str:
    """Why someone has to look: the review's reason, and what does not get done."""
    return ", ".join(words(one) for one in [row.review_reason, *(one.reason for one in row.troubles)] if one)


def _masked_person(agent: InvitedAgent) -> str:
    """D*** R*** d***@example.com"""
    local, _, domain = agent.email.partition("@")
    return f"{agent.first_name[:1]}*** {agent.last_name[:1]}*** {local[:1]}***@{domain}"


def _table(title: str, rows: Iterable[View], columns: Sequence[str]) -> str:
    cells = [[_cell(name, getattr(row, name)) for name in columns] for row in rows]
    heads = [name.removesuffix("_at").replace("_", " ").capitalize() for name in columns]
    return parts.card(title, parts.grid(cells, heads)) if cells else ""


def _cell(name: str, value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(words(one) for one in value)
    return (
        words(value) if name in ("status", "kind", "stage", "state", "about") and len(str(value)) > 2 else text(value)
    )


def _page(*sections: str) -> str:
    return f'<div style="{parts.FONT}">{"".join(sections)}</div>'
