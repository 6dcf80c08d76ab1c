"""What the console widget's pages are made of: escaped values, tables, badges, the console's own links and buttons.

The console takes scripts and event handlers out of what a widget answers, so looks are inline styles and a click is a
<cwdb-action> behind the element it belongs to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from econtracting.domain.days import minute_shown

Shown = Mapping[str, Any]
DAY, HOUR, MINUTE = 86400, 3600, 60

FONT = "font-family:'Amazon Ember','Helvetica Neue',Roboto,Arial,sans-serif;font-size:14px;color:#16191f"
QUIET = "color:#545b64"
CARD = "border:1px solid #d5dbdb;border-radius:4px;background:#fff;padding:14px 18px;margin:0 0 14px"
TITLE = "font-size:16px;font-weight:700;margin:0 0 10px"
CELL = "padding:6px 18px 6px 0;border-bottom:1px solid #eaeded;text-align:left;vertical-align:top;font-size:14px"
HEAD = f"{CELL};{QUIET};font-weight:700;white-space:nowrap"
# Contrast of each pair is 4.5:1 or more (WCAG 2.2, 1.4.3).
COLORS = {
    "calm": "background:#f2f8fd;color:#0a4a7a;border:1px solid #99cbe4",
    "good": "background:#f2f8f0;color:#1d5c03;border:1px solid #b7d6ac",
    "wanting": "background:#fff8e6;color:#7a4a00;border:1px solid #e6c27a",
    "bad": "background:#fdf3f1;color:#8f1d06;border:1px solid #e5a99d",
}


class Actions:
    """Links and buttons that call the widget's function again."""

    def __init__(self, function_arn: str) -> None:
        self._arn = function_arn

    def link(self, label: str, carries: Shown) -> str:
        return f"<a>{text(label)}</a>{self._action(carries)}"

    def tab(self, label: str, carries: Shown, *, current: bool) -> str:
        if current:
            return f'<b aria-current="page" style="border-bottom:3px solid #0073bb;padding:0 0 4px">{text(label)}</b>'
        return self.link(label, carries)

    def button(self, label: str, carries: Shown, confirmation: str = "", *, primary: bool = False) -> str:
        kind = "btn btn-primary" if primary else "btn"
        return f'<a class="{kind}">{text(label)}</a>{self._action(carries, confirmation)}'

    def _action(self, carries: Shown, confirmation: str = "") -> str:
        asks = f' confirmation="{escape(confirmation)}"' if confirmation else ""
        body = escape(json.dumps(carries), quote=False)
        return f'<cwdb-action action="call" display="widget" endpoint="{escape(self._arn)}"{asks}>{body}</cwdb-action>'


def text(value: Any) -> str:
    """A value as it may stand between tags: times to the minute, nothing for None, everything escaped."""
    if isinstance(value, datetime):
        value = minute_shown(value)
    return escape(str(value)) if value is not None else ""


def words(code: Any) -> str:
    """A code as people read it, with the code itself where the pointer rests."""
    if code is None:
        return ""
    spoken = str(code).replace("_", " ").replace("-", " ").lower()
    return f'<span title="{text(code)}">{text(spoken[:1].upper() + spoken[1:])}</span>'


def age(seconds: int) -> str:
    """The largest whole unit, as a person says it."""
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def badge(label: Any, color: str) -> str:
    return (
        f'<span style="{COLORS[color]};border-radius:10px;padding:2px 10px;font-size:12px;font-weight:700;'
        f'white-space:nowrap">{text(label)}</span>'
    )


def notice(said: str, *, refused: bool) -> str:
    """What became of a click."""
    color, role = ("bad", "alert") if refused else ("good", "status")
    style = f"{COLORS[color]};border-radius:4px;padding:10px 14px;margin:0 0 14px;font-weight:700"
    return f'<p role="{role}" style="{style}">{"Refused: " if refused else ""}{text(said)}</p>'


def card(title: str, content: str) -> str:
    return f'<section style="{CARD}"><h3 style="{TITLE}">{text(title)}</h3>{content}</section>'


def grid(rows: Iterable[Sequence[str]], columns: Sequence[str]) -> str:
    """A table of cells that are markup already."""
    head = "".join(f'<th scope="col" style="{HEAD}">{text(name)}</th>' for name in columns)
    body = "".join("<tr>" + "".join(f'<td style="{CELL}">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    return f'<table style="border-collapse:collapse;width:100%"><tr>{head}</tr>{body}</table>' if body else ""


def facts(named: Mapping[str, str]) -> str:
    """Labels over values, side by side, as many as fit."""
    cells = "".join(
        f'<div style="min-width:150px"><dt style="{QUIET};font-size:12px">{text(name)}</dt>'
        f'<dd style="margin:2px 0 0">{value or "-"}</dd></div>'
        for name, value in named.items()
    )
    return f'<dl style="display:flex;flex-wrap:wrap;gap:14px 32px;margin:0">{cells}</dl>'


def field(label: str, control: str, hint: str = "") -> str:
    more = f'<br><span style="{QUIET};font-size:12px">{text(hint)}</span>' if hint else ""
    return f'<p style="margin:0 0 12px"><label><b>{text(label)}</b>{more}<br>{control}</label></p>'
