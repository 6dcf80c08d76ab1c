"""The mails the product sends: a packet in, subject, HTML and plain text out.

The wording lives in `econtracting/letters/*.txt`, and in other languages in a folder of theirs (a packet type may bring
its own). Letters to agents are in the packet's language, those to recruiters in English. This module says what the
words may refer to, and renders both forms from the same blocks, so that they cannot differ. Every value is escaped; no
letter can name an answer of the interview, because none is among the values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from econtracting.domain.appointing.appointments import Appointment, AppointmentStatus
from econtracting.domain.days import Here, day_in, day_shown, moment_shown, states_zone, zone_of
from econtracting.domain.fields.contact import phone_shown
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.words import ENGLISH, Words, joined, said, words

HOME = Path(__file__).parents[1] / "letters"
TYPES = Path(__file__).parents[1] / "packet_types"

_BUTTON = re.compile(r"(?P<quiet>~ )?\[(?P<label>[^\]]+)\]\(\$(?P<value>\w+)\)")
_PARAGRAPH = '<p style="margin:0 0 16px">{}</p>'
_LIST = '<ul style="margin:0 0 16px;padding-left:20px">{}</ul>'
_ITEM = '<li style="margin:0 0 6px">{}</li>'
_CODE = (
    '<p style="margin:0 0 16px;padding:12px;background:#f3f5f7;color:#1c2b33;border-radius:6px;text-align:center;'
    'font-family:Consolas,Menlo,monospace;font-size:20px;letter-spacing:1px">{}</p>'
)
_LINK = (
    '<p style="margin:0 0 16px"><a href="{href}" style="display:block;padding:14px;border-radius:6px;'
    'background:#0b5c7a;color:#ffffff;font-weight:600;text-align:center;text-decoration:none">{label}</a></p>'
)

_QUIET = '<p style="margin:0;font-size:14px"><a href="{href}" style="color:#0b5c7a">{label}</a></p>'

Value = str | list[str] | None


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Wording:
    """A letter's file, taken apart."""

    to: str
    subject: str
    blocks: tuple[str, ...]


def compose(name: str, *, packet: Packet, packet_type: PacketType, context: Mapping[str, Any], home: tzinfo) -> Letter:
    """The letter `name` about a packet.

    `context` gives what the packet does not hold: `to`, `code`, `link`, `stop_link`, `temporary_password`,
    `requested_from`, `seconds`, `at`, `here`, `reason`, `fields`, `appointments`, `feed`, `check`, `failure`, and the
    `language` of the page it was asked for on, which counts while the packet has none; what a letter does not name is
    ignored. Days are those of the carrier, whose zone is `home`; a time is shown as the
    agent's own clock has it, where that is known, and always with its zone.
    Raises LookupError for a letter that does not exist, or that names an unknown value.
    """
    english = _wording(packet.type, name, ENGLISH)
    language = ENGLISH if english.to == "recruiter" else packet.language or context.get("language") or ENGLISH
    wording = _wording(packet.type, name, language)
    values = {"language": language, **_said(_values(packet, packet_type, context, home), language)}
    blocks = [block for block in wording.blocks if all(values[one] for one in _named(block))]
    subject = _line(_filled(wording.subject, values))
    body = "\n".join(_html(block, values) for block in blocks)
    return Letter(
        to=_receiver(wording.to, packet, context),
        subject=subject,
        html=_laid_out(subject, body, values),
        text="\n\n".join([*(_text(block, values) for block in blocks), _signature(values)]) + "\n",
    )


def _receiver(to: str, packet: Packet, context: Mapping[str, Any]) -> str:
    """Who a letter goes to: the recruiter, the agent, or an address of the agent's that only this letter is about."""
    if to == "address":
        return str(context.get("to") or packet.agent.email)
    return packet.recruiter.email if to == "recruiter" else packet.agent.email


@cache
def _wording(packet_type: str, name: str, language: str) -> Wording:
    """A packet type that words a letter does so in every language; the product's readings are of its own letters."""
    homes = (TYPES / packet_type / "letters", HOME)
    files = (file for home in homes for file in (home / language / f"{name}.txt", home / f"{name}.txt"))
    found = next((file for file in files if re.fullmatch("[a-z-]+", name) and file.exists()), None)
    if found is None:
        raise LookupError(f"there is no letter {name!r}")
    raw = found.read_text(encoding="utf-8")
    head, *blocks = re.split(r"\n{2,}", raw.strip())
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return Wording(to=fields["To"], subject=fields["Subject"], blocks=tuple(blocks))


def _named(block: str) -> list[str]:
    return Template(block).get_identifiers()


def _filled(text: str, values: Mapping[str, Value]) -> str:
    return Template(text).substitute(
        {name: ", ".join(value) if isinstance(value, list) else value or "" for name, value in values.items()}
    )


def _line(text: str) -> str:
    """One line: a value with line breaks could add headers to a mail."""
    return " ".join(text.split())


def _items(block: str, values: Mapping[str, Value]) -> Iterable[str]:
    for line in block.splitlines():
        item = line.removeprefix("- ")
        value = values[item[1:]] if item.startswith("$") and item[1:] in values else None
        yield from value if isinstance(value, list) else [_filled(item, values)]


def _text(block: str, values: Mapping[str, Value]) -> str:
    if button := _BUTTON.fullmatch(block):
        return f"{button['label']}:\n{values[button['value']]}"
    if block.startswith("> "):
        return f"    {_filled(block[2:], values)}"
    if block.startswith("- "):
        return "\n".join(f"- {_line(item)}" for item in _items(block, values))
    return _line(_filled(block, values))


def _html(block: str, values: Mapping[str, Value]) -> str:
    if button := _BUTTON.fullmatch(block):
        form = _QUIET if button["quiet"] else _LINK
        return form.format(href=escape(str(values[button["value"]])), label=escape(button["label"]))
    if block.startswith("> "):
        return _CODE.format(escape(_filled(block[2:], values)))
    if block.startswith("- "):
        return _LIST.format("".join(_ITEM.format(escape(_line(item))) for item in _items(block, values)))
    return _PARAGRAPH.format(escape(_line(_filled(block, values))))


def _laid_out(subject: str, body: str, values: Mapping[str, Value]) -> str:
    layout = Template((HOME / "layout.html").read_text(encoding="utf-8"))
    plain = {name: escape(str(value)) for name, value in values.items() if value}
    return layout.substitute({**plain, "subject": escape(subject), "body": body})


def _signature(values: Mapping[str, Value]) -> str:
    return f"{values['carrier_legal']}, {values['carrier_address']}\n{values['contact']}"


def _said(values: Mapping[str, Value], language: str) -> dict[str, Value]:
    return {
        name: [_in(one, language) for one in value] if isinstance(value, list) else value and _in(value, language)
        for name, value in values.items()
    }


def _in(value: str, language: str) -> str:
    """What we say in the letter's language; what someone wrote stays as it was written."""
    return said(value, language) if isinstance(value, Words) else value


def _values(packet: Packet, packet_type: PacketType, context: Mapping[str, Any], home: tzinfo) -> dict[str, Value]:
    """Everything a letter may name; an empty one leaves its block out."""
    carrier, site = packet_type.carrier, packet_type.certification
    outcomes: list[str] = [
        _outcome(one) for one in sorted(context.get("appointments") or (), key=lambda one: one.state)
    ]
    return {
        "carrier": carrier.name,
        "carrier_legal": carrier.legal_name,
        "carrier_address": carrier.address,
        "contact": words(
            "Questions? {phone}, {email} ({hours})", phone=carrier.phone, email=carrier.email, hours=carrier.hours
        ),
        "first_name": packet.agent.first_name,
        "full_name": packet.agent.full_name,
        "recruiter_name": packet.recruiter.name,
        "recruiter_phone": phone_shown(packet.recruiter.phone),
        "recruiter_email": packet.recruiter.email,
        "agency": packet.agency.name,
        "expires_on": day_shown(day_in(packet.expires_at, home)),
        "link": context.get("link"),
        "stop_link": context.get("stop_link"),
        "temporary_password": context.get("temporary_password"),
        "code": context.get("code"),
        "requested_from": context.get("requested_from"),
        "address": context.get("address"),
        "minutes": _duration(context.get("seconds")),
        "at": _moment(context.get("at"), _where(packet, context, home)),
        "reason": context.get("reason"),
        "fields": _fields(context, packet_type),
        "failure": context.get("failure"),
        "appointments": outcomes or [words("None were requested.")],
        "certification_site": site.name,
        "certification_url": site.url,
        "courses": [_titled(course) for course in site.courses],
        "course": _titled(context.get("course")),
        "certify_from": day_shown(day_in(_certify_from(packet, packet_type, context), home)),
        "expected_by": _expected_by(context, home),
    }


def _where(packet: Packet, context: Mapping[str, Any], home: tzinfo) -> tzinfo:
    """Whose clock a letter tells times by: where the agent acted, else where the agent lives, else the carrier's."""
    if here := context.get("here"):
        return zone_of(Here.model_validate(here))
    return home if packet.lives_in is None else states_zone(packet.lives_in)


def _moment(at: Any, where: tzinfo) -> Words | None:
    if at is None:
        return None
    return moment_shown(datetime.fromisoformat(at) if isinstance(at, str) else at, where)


def _duration(seconds: Any) -> Words | None:
    if seconds is None:
        return None
    minutes = int(seconds) // 60
    if minutes == 0:
        return words("{seconds} seconds", seconds=int(seconds))
    return words("1 minute") if minutes == 1 else words("{minutes} minutes", minutes=minutes)


def _certify_from(packet: Packet, packet_type: PacketType, context: Mapping[str, Any]) -> datetime:
    """From when the certification site can know the producer."""
    if (feed := context.get("feed")) is not None:
        expected: datetime = feed.expected_by
        return expected
    processed = packet.reached.get(Status.PROCESSED.value, packet.status_at)
    return processed + timedelta(days=packet_type.certification.feed_days)


def _titled(course: str | None) -> str:
    return course.replace("-", " ").capitalize() if course else ""


def _expected_by(context: Mapping[str, Any], home: tzinfo) -> str | None:
    check = context.get("check")
    if check is None or check.expected_at is None:
        return None
    return day_shown(day_in(check.expected_at, home))


_FIELDS = {
    "ssn": words("Social Security number"),
    "birth_date": words("date of birth"),
    "npn": words("National Producer Number (NPN)"),
    "email": words("e-mail address"),
    "residence": words("home address"),
}


def _fields(context: Mapping[str, Any], packet_type: PacketType) -> list[str]:
    """The fields to correct by name, never by value."""
    check = context.get("check")
    codes = context.get("fields") or (check.suspended_fields if check is not None else ())
    return [_FIELDS.get(code) or _called(code, packet_type) for code in codes]


def _called(path: str, packet_type: PacketType) -> Words:
    field = packet_type.interview.field_at(path)
    label = field.label if field is not None else ""
    return Words(path.rpartition(".")[2].replace("_", " "), readings=label.readings if isinstance(label, Words) else {})


_REASONS = {
    "LICENSE_NOT_FOUND": words("the license registry shows no license there"),
    "LICENSE_INACTIVE": words("the license there is not active"),
    "LICENSE_EXPIRED": words("the license there has expired"),
    "LOA_MISSING": words("the license there lacks the health line"),
    "LOA_INACTIVE": words("the health line of the license there is not active"),
}


def _outcome(appointment: Appointment) -> Words:
    """What really became of one state, in one sentence."""
    state = appointment.state
    why = joined((_REASONS.get(one, one) for one in appointment.reasons), by=", ")
    match appointment.status:
        case AppointmentStatus.APPROVED if appointment.effective_on:
            return words("{state}: appointed, effective {day}.", state=state, day=day_shown(appointment.effective_on))
        case AppointmentStatus.APPROVED:
            return words("{state}: appointed.", state=state)
        case AppointmentStatus.RECORDED:
            return words("{state}: recorded. This state takes no filing.", state=state)
        case AppointmentStatus.REJECTED if why:
            return words(
                "{state}: not approved ({why}). The contracting department looks into it.", state=state, why=why
            )
        case AppointmentStatus.REJECTED:
            return words("{state}: not approved. The contracting department looks into it.", state=state)
        case AppointmentStatus.JUST_IN_TIME:
            return words("{state}: we ask for your appointment when your first application there arrives.", state=state)
        case AppointmentStatus.SCHEDULED if appointment.file_on:
            return words(
                "{state}: the state takes no requests now. We ask on {day}; please do not sell there before you hear.",
                state=state,
                day=day_shown(appointment.file_on),
            )
        case AppointmentStatus.SCHEDULED:
            return words(
                "{state}: the state takes no requests now. We ask later; please do not sell there before you hear.",
                state=state,
            )
        case AppointmentStatus.NO_VALID_LICENSE if why:
            return words("{state}: not requested, because {why}.", state=state, why=why)
        case AppointmentStatus.NO_VALID_LICENSE:
            return words("{state}: not requested.", state=state)
        case _:
            return words("{state}: not answered yet. Please do not sell there until you hear from us.", state=state)
