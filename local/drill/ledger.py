"""What has to be true after the drill: every packet at its end, everything once, and every repeat accounted for."""

import sqlite3
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from local.aws import client
from local.config import Config
from local.demo import proof
from local.demo.client import Staff, verify
from local.drill.patient import Patient
from local.mails import MailStore

ONCE = (
    "packet.finished", "packet.sealed", "bgc.requested", "bgc.ordered", "bgc.recorded", "packet.processed",
    "certification.opened", "certification.completed",
)  # fmt: skip
LEASES = 300.0  # seconds
ORDERS = (("background", "report", "custom_id"), ("appointments", "order", "external_ref"))
_plain = TypeDeserializer().deserialize


@dataclass(frozen=True)
class Balance:
    """Figures of a drill."""

    packets: int
    further_attempts: int  # executions that the reconciler started
    mails: int
    mails_twice: int
    effects: int
    effects_repeated: int


def settle(config: Config, table: str, contracting: Staff, agents: list[Patient]) -> Balance:
    """Raise NotVerified unless everything happened, and happened once."""
    effects = _done(config, table)
    further = 0
    for agent in agents:
        packet = contracting.get(f"/packets/{agent.packet_id}")
        verify(packet["status"] == "ACTIVE", f"{agent.packet_id} comes to its end", packet)
        events = contracting.get(f"/packets/{agent.packet_id}/events")["items"]
        proof.check_chain(events)
        trail = Counter(event["type"] for event in events)
        verify(all(trail[one] == 1 for one in ONCE), f"{agent.packet_id} took every step once", trail)
        frozen = next(event["data"]["documents"] for event in events if event["type"] == "packet.frozen")
        changed = [name for name, digest in agent.shown.items() if frozen[name] != digest]
        verify(not changed, f"{agent.packet_id} was signed as it was shown", changed)
        further += packet["attempt"] - 1
    for vendor, kind, name in ORDERS:
        counted = Counter(_recorded(config, vendor, kind, name))
        verify(not [one for one, count in counted.items() if count > 1], f"{vendor} was asked once each", counted)
        mine = [one for one in counted if any(one.startswith(agent.packet_id) for agent in agents)]
        verify(len(mine) == len(agents), f"{vendor} was asked for each packet", mine)
    mails = Counter(next(iter(mail.headers.values())) for mail in MailStore(config.home / "mails").all())
    for reference, count in mails.items():
        row = effects.get(reference)
        verify(row is not None, f"the mail {reference} is in the ledger")
        assert row is not None
        verify(count <= row["attempts"], f"{reference} came {count} times", row)
    return Balance(
        packets=len(agents),
        further_attempts=further,
        mails=sum(mails.values()),
        mails_twice=sum(count - 1 for count in mails.values()),
        effects=len(effects),
        effects_repeated=sum(row["attempts"] > 1 for row in effects.values() if row["kind"] != "watch"),
    )


def _done(config: Config, table: str) -> dict[str, dict[str, Any]]:
    """The outbox once nothing is due any more: what died with an effect in hand holds it until the lease ends."""
    deadline = time.monotonic() + LEASES
    while True:
        effects = {_reference(row): row for row in _rows(config, table) if row["SK"].startswith("OUTBOX#")}
        undone = [ref for ref, row in effects.items() if "done_at" not in row and row["kind"] != "watch"]
        if not undone:
            return effects
        verify(time.monotonic() < deadline, "nothing is left to do", undone)
        time.sleep(1)


def _rows(config: Config, table: str) -> list[dict[str, Any]]:
    pages = client("dynamodb", config.url("emulator")).get_paginator("scan").paginate(TableName=table)
    return [{name: _plain(value) for name, value in one.items()} for page in pages for one in page["Items"]]


def _reference(row: dict[str, Any]) -> str:
    return f"{row['packet_id']}.{row['id'].replace('#', '.')}"


def _recorded(config: Config, vendor: str, kind: str, name: str) -> list[str]:
    """What a vendor has on record, by our own reference of it."""
    with sqlite3.connect(f"file:{config.home}/simulators/{vendor}.sqlite?mode=ro", uri=True) as db:
        found = db.execute("SELECT json_extract(body, ?) FROM records WHERE kind = ?", (f"$.{name}", kind)).fetchall()
    return [row[0] for row in found]
