"""What everybody who deals with a packet gets to see of it, kept as bytes: answers, letters, events and log lines.

The routes are those of the template, so that a route without an entry in `asks` is a KeyError.
"""

from __future__ import annotations

import json
import logging
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from moto.kms import utils as kms

from econtracting import wiring
from econtracting.adapters import ids
from econtracting.domain.need_to_know import Caller
from econtracting.domain.packet import Status
from process import relay
from tests.support import deployed, journey
from tests.support.webhooks import screening_headers, standard_headers
from tests.support.world import Answer, World

NPN = "15645555"
OTHER_RECRUITER = {**journey.RECRUITER, "subject": "recruiter-2", "agency_id": "agency-2"}
SYSTEM = {**journey.RECRUITER, "subject": "orders", "groups": "carrier-system", "agency_id": ""}
STAFF = {
    Caller.RECRUITER: journey.RECRUITER,
    Caller.OTHER_RECRUITER: OTHER_RECRUITER,
    Caller.SYSTEM: SYSTEM,
    Caller.DEPARTMENT: journey.CONTRACTING,
}
AGENT = Caller.AGENT_BEFORE
BUSES = {"lifecycle": Caller.BUS, "department": Caller.DEPARTMENT_BUS}
FILTERS = (
    Status.BACKGROUND_CHECK,
    Status.ADVERSE_REVIEW,
    Status.NEEDS_REVIEW,
    Status.APPOINTING,
    Status.REJECTED,
)
SECTIONS = ("agent", "addresses", "online-presence", "pre-appointments", "background")

type Key = tuple[Caller, str]
type Route = tuple[str, str]


class Ask(NamedTuple):
    """A request: what stands for the names in its path, and what is sent."""

    body: Any = None
    query: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    names: Mapping[str, str] = {}


@dataclass
class Seen:
    """Everything that was seen, by who saw it and at what."""

    world: World
    bytes_of: dict[Key, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    letters: int = 0

    def note(self, caller: Caller, what: str, content: Any) -> None:
        raw = content if isinstance(content, bytes) else json.dumps(content, sort_keys=True, default=str).encode()
        self.bytes_of[caller, what].append(raw)

    def mails(self, recruiter: str) -> None:
        """Letters sent since this was last asked."""
        for mail in self.world.outside.post.sent[self.letters :]:
            reader = Caller.RECRUITER if mail["to"] == recruiter else AGENT
            self.note(reader, "letters", [self.world.clock.at.isoformat(), mail])
        self.letters = len(self.world.outside.post.sent)


def differences(one: Seen, other: Seen, callers: frozenset[Caller]) -> set[Key]:
    """What someone of these saw of one packet and not of the other."""
    keys = one.bytes_of.keys() | other.bytes_of.keys()
    return {key for key in keys if key[0] in callers and one.bytes_of.get(key) != other.bytes_of.get(key)}


@contextmanager
def watching(world: World) -> Iterator[Seen]:
    """Events and log lines are kept as they go out; ids and secrets are drawn the same each time this is entered.

    The id of an event is a fingerprint of which commit it belongs to, and differs with that alone. Signatures are those
    of RFC 6979: what says the same is signed the same.
    """
    seen = Seen(world, letters=len(world.outside.post.sent))
    lines = _Lines(seen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "secrets", _Drawn())
        patch.setattr(kms.ECDSAPrivateKey, "sign", _signed_alike)
        bus = wiring.events()._client  # type: ignore[attr-defined]
        published = bus.put_events

        def put_events(*, Entries: list[dict[str, Any]]) -> Any:
            for entry in Entries:
                bus_name = entry["EventBusName"].rpartition("/")[2]
                detail = re.sub('"evt_[0-9a-f]{32}"', '"an id"', entry["Detail"])
                told = {**entry, "EventBusName": bus_name, "Detail": detail}
                seen.note(BUSES[bus_name], "events", [world.clock.at.isoformat(), told])
            return published(Entries=Entries)

        patch.setattr(bus, "put_events", put_events)
        loggers = [logging.getLogger(relay.logger.name)]
        for logger in loggers:
            logger.addHandler(lines)
        try:
            yield seen
        finally:
            for logger in loggers:
                logger.removeHandler(lines)


def _signed_alike(key: kms.ECDSAPrivateKey, message: bytes, _: str) -> bytes:
    return key.private_key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


class _Drawn:
    """What the operating system's generator gives, drawn from a seed."""

    def __init__(self) -> None:
        self._random = random.Random(1)

    def token_urlsafe(self, size: int) -> str:
        return "".join(self._random.choice("abcdefghijklmnopqrstuvwxyz012345") for _ in range(43))

    def randbits(self, bits: int) -> int:
        return self._random.getrandbits(bits)

    def choice(self, of: str) -> str:
        return self._random.choice(of)


class _Lines(logging.Handler):
    """Lines that name a packet, without what a logger adds. A row's fingerprint is an id of it, and differs with it."""

    OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message"}

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen

    def emit(self, record: logging.LogRecord) -> None:
        told = {name: value for name, value in vars(record).items() if name not in self.OWN}
        if isinstance(row := told.get("effect"), str) and re.fullmatch("[0-9a-f]{16}", row):
            told["effect"] = "a row"
        if "packet_id" in told:
            self._seen.note(Caller.OPERATIONS, "log", [record.getMessage(), told])


def walk(
    world: World,
    packet_id: str,
    seen: Seen,
    only: Callable[[Route], bool] = lambda _: True,
    callers: frozenset[Caller] = frozenset(Caller),
) -> None:
    """Ask every route as everybody, unless only some of either are wanted."""
    secret = journey.link_secret(world)
    asked = asks(world, packet_id, secret)
    world.cookie = None
    entered = {"invitation": secret, "password": journey.PASSWORD}
    _note(seen, AGENT, ("POST", "/access/sessions"), world.call("POST", "/access/sessions", entered))
    routes = sorted({(method, path) for method, path, _ in deployed.routes()}, key=_order)
    for route in filter(only, routes):
        for number, ask in enumerate(asked[route]):
            for caller in [one for one in STAFF if one in callers]:
                _note(seen, caller, route, _call(world, packet_id, route, ask, STAFF[caller]), number)
            if AGENT in callers:
                _note(seen, AGENT, route, _call(world, packet_id, route, ask, None), number)
        if "/webhooks/" in route[1] or route[1].endswith("certification-status"):
            _note(seen, Caller.VENDOR, route, as_vendor(world, packet_id, route))


def _order(route: Route) -> tuple[bool, bool, str, str]:
    """Looking before doing, and leaving last."""
    method, path = route
    leaving = route in (("DELETE", "/access/sessions/current"), ("PUT", "/access/password"))
    return leaving, method != "GET", path, method


def _call(world: World, packet_id: str, route: Route, ask: Ask, staff: Mapping[str, str] | None) -> Answer:
    method, path = route
    names = {"packet_id": packet_id, "npn": NPN, **ask.names}
    filled = re.sub(r"\{(\w+)\}", lambda found: names[found[1]], path)
    return world.call(method, filled, ask.body, staff=staff, query=ask.query, headers=ask.headers)


def _note(seen: Seen, caller: Caller, route: Route, answer: Answer, number: int = 0) -> None:
    headers = json.dumps({name: answer.headers[name] for name in sorted(answer.headers)}).encode()
    label = f"{' '.join(route)} {number}".removesuffix(" 0")
    seen.note(caller, label, b"\n".join([str(answer.status).encode(), headers, answer.body]))


def as_vendor(world: World, packet_id: str, route: Route) -> Answer:
    """A message of the vendor whose door this is, signed."""
    method, path = route
    if method == "GET":
        return _call(world, packet_id, route, Ask(headers={"Authorization": "Bearer site-key"}), {"kind": ""})
    message = _MESSAGES[path](world, packet_id)
    raw = json.dumps(message).encode()
    number = f"msg_{path.rpartition('/')[2]}_{world.clock.at:%d%H}"
    screening = path.endswith("background-checks")
    headers = screening_headers(raw) if screening else standard_headers(raw, number, world.clock.now())
    return world.call(method, path, raw, headers=headers)


_MESSAGES: dict[str, Callable[[World, str], dict[str, Any]]] = {
    "/webhooks/background-checks": lambda world, packet_id: {
        "id": f"evt_{world.clock.at:%d%H}",
        "object": "event",
        "type": "report.updated",
        "data": {"object": {"id": "rep_0001", "custom_id": f"{packet_id}-1", "status": "pending", "result": None}},
    },
    "/webhooks/appointments": lambda world, packet_id: {
        "type": "appointment.updated",
        "timestamp": world.clock.at.isoformat(),
        "data": {
            "transaction_id": "txn-AL",
            "external_ref": f"{packet_id}-AL",
            "state": "AL",
            "status": "APPROVED",
            "state_ref": "AL-77",
            "effective_date": world.clock.at.date().isoformat(),
            "reason_codes": [],
            "state_fee_cents": 0,
        },
    },
    "/webhooks/certifications": lambda world, packet_id: {
        "type": "producer.loaded",
        "timestamp": world.clock.at.isoformat(),
        "data": {"npn": NPN, "external_ref": packet_id, "loaded_at": world.clock.at.isoformat()},
    },
    "/webhooks/sales": lambda world, packet_id: {
        "type": "sale.reported",
        "timestamp": world.clock.at.isoformat(),
        "data": {
            "sale_id": "sale_1",
            "npn": NPN,
            "state": "AL",
            "received_on": world.clock.at.date().isoformat(),
            "product": "MAPD",
        },
    },
}


def asks(world: World, packet_id: str, secret: str) -> dict[Route, list[Ask]]:
    """What is asked of each route, enough to see all that it shows."""
    nothing, today = [Ask()], world.clock.at.date()
    document = {"document_id": wiring.packet_type("meridian").documents[0].code}
    notice = [Ask(names={"notice_id": name}) for name in ("pre-adverse-1", "adverse-1", "pre-adverse-2")]
    waiting = world.call("GET", "/messages", staff=journey.CONTRACTING).json["items"]
    message = [Ask(names={"message_id": next((one["message_id"] for one in waiting), "msg_none")})]
    statuses = [Ask(query={"status": one.value}) for one in FILTERS]
    other = journey.invitation(agent={"first_name": "Kim", "last_name": "Hale", "email": "kim@example.com"})
    days = [today - timedelta(days=back) for back in (0, 2, 10)] + [today + timedelta(days=30)]
    csv = b"first_name,last_name,email,npn\nDana,Rivers,dana@example.com,15645555\n"
    signature = {"full_name": "Dana Lee Rivers", "initials": "DLR", "style": journey.signature_style()}
    version = {"If-Match": "1"}
    return {
        ("POST", "/access/password-requests"): [Ask({"invitation": secret})],
        ("POST", "/access/sessions"): [Ask({"invitation": secret, "password": "wrong"})],
        ("GET", "/access/sessions/current"): nothing,
        ("DELETE", "/access/sessions/current"): nothing,
        ("PUT", "/access/password"): [Ask({"new_password": "Other7walk", "confirm_password": "Other7walk"})],
        ("PUT", "/agencies/{agency_id}"): [Ask({"name": "Harbor Agency"}, names={"agency_id": "agency-1"})],
        ("GET", "/invitations"): [
            *nothing,
            *statuses,
            Ask(query={"agency_id": "agency-1"}),
            Ask(query={"agency_id": "agency-1", "status": "BACKGROUND_CHECK"}),
        ],
        ("POST", "/invitations"): [Ask(journey.invitation()), Ask(other)],
        ("POST", "/invitations/bulk"): [Ask(csv, {"dry_run": "true"}, {"Content-Type": "text/csv"})],
        ("GET", "/invitations/template.csv"): nothing,
        ("GET", "/invitations/{packet_id}"): nothing,
        ("POST", "/invitations/{packet_id}/extend"): [Ask({"days": 3})],
        ("POST", "/invitations/{packet_id}/withdraw"): [Ask({"reason": "It was a mistake."})],
        ("POST", "/invitations/{packet_id}/resend"): nothing,
        ("PUT", "/invitations/{packet_id}/agent-email"): [Ask({"email": "dana.rivers@example.com"})],
        ("PUT", "/invitations/{packet_id}/pre-appointment-states"): [Ask({"states": ["AL", "GA"]})],
        ("GET", "/messages"): [*nothing, Ask(query={"status": "set-aside"})],
        ("GET", "/messages/{message_id}"): message,
        ("POST", "/messages/{message_id}/replay"): [one._replace(body={"note": ""}) for one in message],
        ("POST", "/messages/{message_id}/set-aside"): [one._replace(body={"note": ""}) for one in message],
        ("GET", "/packet"): nothing,
        ("GET", "/reminder-stops"): [Ask(query={"token": "of none of ours"})],
        ("POST", "/reminder-stops"): [Ask(query={"token": "of none of ours"})],
        ("PUT", "/packet/reminders"): [Ask({"on": False}), Ask({"on": True})],
        ("GET", "/packet/agreement"): nothing,
        ("PUT", "/packet/agreement"): [Ask({"version": "1", "accepted": True})],
        ("GET", "/packet/attachments"): nothing,
        ("POST", "/packet/attachments"): [Ask({"file_name": "a.pdf", "content_type": "application/pdf", "size": 9})],
        ("DELETE", "/packet/attachments/{attachment_id}"): [Ask(names={"attachment_id": "att_1"})],
        ("POST", "/packet/attachments/{attachment_id}/complete"): [Ask(names={"attachment_id": "att_1"})],
        ("GET", "/packet/consent"): nothing,
        ("POST", "/packet/consent"): [Ask({"disclosure_version": "1", "access_code": "ABC234"})],
        ("GET", "/packet/consent/access-code"): nothing,
        ("POST", "/packet/consent/withdraw"): [Ask({"reason": "Paper, please."})],
        ("POST", "/packet/decline"): [Ask({"reason": "No."})],
        ("POST", "/packet/wrong-recipient"): [Ask({"reason": "Not me."})],
        ("GET", "/packet/documents"): nothing,
        ("GET", "/packet/documents/{document_id}/content"): [
            Ask(names=document),
            Ask(names=document, query={"version": "sealed"}),
        ],
        ("POST", "/packet/documents/{document_id}/fields/{field_id}"): [Ask(names={**document, "field_id": "sign"})],
        ("POST", "/packet/email-confirmations"): nothing,
        ("PUT", "/packet/email-confirmations"): [Ask({"code": "ABC234"})],
        ("PUT", "/packet/language"): [Ask({"language": "en"}), Ask({"language": "es"}), Ask({"language": "es"})],
        ("GET", "/packet/evidence"): nothing,
        ("POST", "/packet/finish"): nothing,
        ("GET", "/packet/identity"): nothing,
        ("POST", "/packet/identity/confirmations"): [Ask({"fields": ["agent.ssn"]})],
        ("GET", "/packet/interview/{section}"): [Ask(names={"section": name}) for name in SECTIONS],
        ("PUT", "/packet/interview/{section}"): [Ask({}, None, version, {"section": name}) for name in SECTIONS],
        ("GET", "/packet/notices"): nothing,
        ("GET", "/packet/notices/{notice_id}/content"): notice,
        ("GET", "/packet/notices/{notice_id}/report"): notice,
        ("POST", "/packet/notices/{notice_id}/disputes"): [
            one._replace(body={"grounds": ["inaccurate"]}) for one in notice
        ],
        ("POST", "/packet/paper-copies"): [Ask({})],
        ("GET", "/packet/print"): nothing,
        ("GET", "/packet/print/all"): [*nothing, Ask(query={"format": "pdf"})],
        ("GET", "/packet/signature"): nothing,
        ("PUT", "/packet/signature"): [Ask(signature)],
        ("GET", "/packet/signature/preview"): nothing,
        ("POST", "/packet/signature/preview"): [Ask(signature)],
        ("GET", "/packet/summary"): nothing,
        ("POST", "/packet/summary/confirm"): [*nothing, Ask(headers=version)],
        ("POST", "/packet/summary/reopen"): nothing,
        ("GET", "/packets"): [*nothing, *statuses, *[Ask(query={"queue": name}) for name in ("review", "adverse")]],
        ("GET", "/packets/{packet_id}"): nothing,
        ("GET", "/packets/{packet_id}/events"): nothing,
        ("POST", "/packets/{packet_id}/corrections"): [Ask({"fields": ["no.field"], "reason": "Look again."})],
        ("POST", "/packets/{packet_id}/decisions"): [Ask({"decision": "reject", "reason": ""})],
        ("POST", "/packets/{packet_id}/disputes"): [Ask({"state": "raised", "reason": ""})],
        ("GET", "/producers/{npn}/certification-status"): nothing,
        ("GET", "/producers/{npn}/ready-to-sell"): [Ask(query={"state": "AL", "on": day.isoformat()}) for day in days],
        ("POST", "/webhooks/appointments"): [Ask({})],
        ("POST", "/webhooks/background-checks"): [Ask({})],
        ("POST", "/webhooks/certifications"): [Ask({})],
        ("POST", "/webhooks/sales"): [Ask({})],
    }
