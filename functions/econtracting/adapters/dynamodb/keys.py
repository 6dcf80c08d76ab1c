"""Every key of the table. No other module spells one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from econtracting.domain.access.access import Access, Link, OpenPacket, Session, Tries
from econtracting.domain.access.contact import EmailChange
from econtracting.domain.access.invitation import AgencyName
from econtracting.domain.access.reminders import StopLink
from econtracting.domain.appointing.appointments import Appointment
from econtracting.domain.appointing.jit import FirstSale, Sale
from econtracting.domain.audit import ChainedEvent
from econtracting.domain.breaker import Breaker
from econtracting.domain.certification import Contract, Feed
from econtracting.domain.corrections import CorrectionRequest
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.attachments import Attachment
from econtracting.domain.interview.verification import Verification
from econtracting.domain.late_news import LateNews
from econtracting.domain.messages import QueuedMessage, Received
from econtracting.domain.moment import iso
from econtracting.domain.need_to_know import covered
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Packet
from econtracting.domain.screening.adverse import AdverseCase
from econtracting.domain.screening.background import Check, OrderReference
from econtracting.domain.signing.signing import (
    AdoptedSignature,
    Adoption,
    Completion,
    Disclosure,
    Document,
    SupersededDocument,
)

Key = dict[str, str]

DUE_SHARDS = 4  # a due index without shards would put every timer of the product on one partition (1,000 WCU)
STATUS_SHARDS = 8
IN_TROUBLE = "TROUBLE"  # beside the statuses in their index
LATE_NEWS = "LATE_NEWS"  # among the statuses of the index, though no packet stands there
LONGEST_NAME = 512  # bytes


def _bounded(name: str) -> str:
    """What others call something, as it may stand in a key (2,048 bytes at most): as it is, or its hash."""
    written = name.encode("utf-8", "surrogatepass")
    plain = len(written) <= LONGEST_NAME and not any("\ud800" <= letter <= "\udfff" for letter in name)
    return name if plain else "sha256-" + sha256(written).hexdigest()


def of_packet(packet_id: str) -> str:
    return f"PACKET#{_bounded(packet_id)}"


def packet_id_of(partition: str) -> str:
    return partition.removeprefix("PACKET#")


def packet(packet_id: str) -> Key:
    return {"PK": of_packet(packet_id), "SK": "PACKET"}


def event(packet_id: str, seq: int) -> Key:
    return {"PK": of_packet(packet_id), "SK": f"EVENT#{seq:06d}"}


def effect(packet_id: str, effect_id: str) -> Key:
    return {"PK": of_packet(packet_id), "SK": f"OUTBOX#{effect_id}"}


def request(caller: str, key: str) -> Key:
    return {"PK": f"REQUEST#{caller}#{sha256(key.encode()).hexdigest()}", "SK": "REQUEST"}


def limit(name: str, window: int) -> Key:
    return {"PK": f"LIMIT#{name}", "SK": f"{window:012d}"}


def trouble_of(packet_id: str) -> Key:
    return {"PK": of_packet(packet_id), "SK": "TROUBLE"}


def session_of(packet_id: str, fingerprint: str) -> Key:
    return {"PK": of_packet(packet_id), "SK": f"SESSION#{fingerprint}"}


def messages(status: str) -> str:
    """The partition of the queue of vendors' messages that stand so, oldest first."""
    return f"MESSAGES#{status}"


# kind -> (partition, sort) from the ids that name a record, in the order `find` takes them
ADDRESS: dict[type, Callable[..., Key]] = {
    Access: lambda packet_id: {"PK": of_packet(packet_id), "SK": "ACCESS"},
    Adoption: lambda packet_id: {"PK": of_packet(packet_id), "SK": "SIGNATURE"},
    AdoptedSignature: lambda packet_id, id: {"PK": of_packet(packet_id), "SK": f"ADOPTED#{id}"},
    Disclosure: lambda packet_id: {"PK": of_packet(packet_id), "SK": "DISCLOSURE"},
    Completion: lambda packet_id: {"PK": of_packet(packet_id), "SK": "COMPLETION"},
    Section: lambda packet_id, name: {"PK": of_packet(packet_id), "SK": f"SECTION#{name}"},
    Attachment: lambda packet_id, id: {"PK": of_packet(packet_id), "SK": f"ATTACHMENT#{id}"},
    EmailChange: lambda packet_id: {"PK": of_packet(packet_id), "SK": "EMAIL-CHANGE"},
    Verification: lambda packet_id: {"PK": of_packet(packet_id), "SK": "VERIFICATION"},
    Document: lambda packet_id, document_id: {"PK": of_packet(packet_id), "SK": f"DOCUMENT#{document_id}"},
    SupersededDocument: lambda packet_id, generation, document_id: {
        "PK": of_packet(packet_id),
        "SK": f"SUPERSEDED#{int(generation):04d}#{document_id}",
    },
    Check: lambda packet_id, attempt: {"PK": of_packet(packet_id), "SK": f"CHECK#{int(attempt):04d}"},
    AdverseCase: lambda packet_id, attempt: {"PK": of_packet(packet_id), "SK": f"ADVERSE#{int(attempt):04d}"},
    CorrectionRequest: lambda packet_id, number: {"PK": of_packet(packet_id), "SK": f"CORRECTION#{int(number):04d}"},
    Appointment: lambda packet_id, state: {"PK": of_packet(packet_id), "SK": f"APPOINTMENT#{state}"},
    Feed: lambda packet_id: {"PK": of_packet(packet_id), "SK": "FEED"},
    LateNews: lambda packet_id: {"PK": of_packet(packet_id), "SK": "LATE-NEWS"},
    Effect: effect,
    Link: lambda fingerprint: {"PK": f"LINK#{fingerprint}", "SK": "LINK"},
    StopLink: lambda fingerprint: {"PK": f"STOP#{fingerprint}", "SK": "STOP"},
    Session: lambda fingerprint: {"PK": f"SESSION#{fingerprint}", "SK": "SESSION"},
    OpenPacket: lambda agency_id, kind, value: {"PK": f"OPEN#{agency_id}", "SK": f"{kind.upper()}#{value}"},
    AgencyName: lambda agency_id: {"PK": f"AGENCY#{agency_id}", "SK": "NAME"},
    OrderReference: lambda vendor, reference: {"PK": f"ORDER#{vendor}#{_bounded(reference)}", "SK": "ORDER"},
    Received: lambda vendor, message_id: {"PK": f"RECEIVED#{vendor}#{_bounded(message_id)}", "SK": "RECEIVED"},
    QueuedMessage: lambda status, id: {"PK": messages(status), "SK": _bounded(id)},
    Sale: lambda sale_id: {"PK": f"SALE#{_bounded(sale_id)}", "SK": "SALE"},
    FirstSale: lambda npn, state: {"PK": f"PRODUCER#{npn}", "SK": f"SALE#{state}"},
    Contract: lambda npn, packet_id: {"PK": f"PRODUCER#{npn}", "SK": f"CONTRACT#{packet_id}"},
    Tries: lambda name: {"PK": f"TRIES#{name}", "SK": "TRIES"},
    Breaker: lambda vendor: {"PK": f"BREAKER#{vendor}", "SK": "BREAKER"},
}

_NAMED_BY: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    Access: lambda r: (r.packet_id,),
    Adoption: lambda r: (r.packet_id,),
    AdoptedSignature: lambda r: (r.packet_id, r.signature_id),
    Disclosure: lambda r: (r.packet_id,),
    Completion: lambda r: (r.packet_id,),
    Section: lambda r: (r.packet_id, r.name),
    Attachment: lambda r: (r.packet_id, r.id),
    EmailChange: lambda r: (r.packet_id,),
    Verification: lambda r: (r.packet_id,),
    Document: lambda r: (r.packet_id, r.document_id),
    SupersededDocument: lambda r: (r.packet_id, r.generation, r.document_id),
    Check: lambda r: (r.packet_id, r.attempt),
    AdverseCase: lambda r: (r.packet_id, r.attempt),
    CorrectionRequest: lambda r: (r.packet_id, r.number),
    Appointment: lambda r: (r.packet_id, r.state),
    Feed: lambda r: (r.packet_id,),
    LateNews: lambda r: (r.packet_id,),
    Effect: lambda r: (r.packet_id, r.id),
    Link: lambda r: (r.fingerprint,),
    StopLink: lambda r: (r.fingerprint,),
    Session: lambda r: (r.fingerprint,),
    OpenPacket: lambda r: (r.agency_id, r.kind, r.value),
    AgencyName: lambda r: (r.agency_id,),
    OrderReference: lambda r: (r.vendor, r.reference),
    Received: lambda r: (r.vendor, r.message_id),
    QueuedMessage: lambda r: (r.status, r.id),
    Sale: lambda r: (r.sale_id,),
    FirstSale: lambda r: (r.npn, r.state),
    Contract: lambda r: (r.npn, r.packet_id),
    Tries: lambda r: (r.name,),
    Breaker: lambda r: (r.vendor,),
}

# kind -> (partition, sort prefix) of all records of a kind under one id
GROUP: dict[type, Callable[[str], tuple[str, str]]] = {
    Section: lambda packet_id: (of_packet(packet_id), "SECTION#"),
    Attachment: lambda packet_id: (of_packet(packet_id), "ATTACHMENT#"),
    Document: lambda packet_id: (of_packet(packet_id), "DOCUMENT#"),
    SupersededDocument: lambda packet_id: (of_packet(packet_id), "SUPERSEDED#"),
    AdoptedSignature: lambda packet_id: (of_packet(packet_id), "ADOPTED#"),
    Check: lambda packet_id: (of_packet(packet_id), "CHECK#"),
    AdverseCase: lambda packet_id: (of_packet(packet_id), "ADVERSE#"),
    CorrectionRequest: lambda packet_id: (of_packet(packet_id), "CORRECTION#"),
    Appointment: lambda packet_id: (of_packet(packet_id), "APPOINTMENT#"),
    Effect: lambda packet_id: (of_packet(packet_id), "OUTBOX#"),
    ChainedEvent: lambda packet_id: (of_packet(packet_id), "EVENT#"),
    FirstSale: lambda npn: (f"PRODUCER#{_bounded(npn)}", "SALE#"),
    Contract: lambda npn: (f"PRODUCER#{_bounded(npn)}", "CONTRACT#"),
}


def of(record: Any) -> Key:
    """The key of any stored record."""
    if isinstance(record, Packet):
        return packet(record.id)
    kind = type(record)
    return ADDRESS[kind](*_NAMED_BY[kind](record))


def _shard(packet_id: str, shards: int) -> int:
    return int(sha256(packet_id.encode()).hexdigest()[:4], 16) % shards


def due_shard(packet_id: str) -> str:
    return f"DUE#{_shard(packet_id, DUE_SHARDS)}"


def status_shard(status: str, shard: int) -> str:
    return f"STATUS#{status}#{shard}"


def indexes(packet: Packet) -> dict[str, str]:
    """The index attributes of a packet: by agency, by status, and by due time while someone has to look at it."""
    found = {
        "agency_pk": f"AGENCY#{packet.agency.id}",
        "agency_sk": f"{covered(packet).status.value}#{iso(packet.created_at)}#{packet.id}",
        "status_pk": status_shard(packet.status.value, _shard(packet.id, STATUS_SHARDS)),
        "status_sk": f"{iso(packet.status_at)}#{packet.id}",
    }
    if packet.due_at is not None:
        found |= due(packet.id, packet.due_at)
    return found


def late_news(news: LateNews) -> dict[str, str]:
    """The index attributes of news that wait for a person: beside the packets of a status, as if it were one."""
    shard = status_shard(LATE_NEWS, _shard(news.packet_id, STATUS_SHARDS))
    return {"status_pk": shard, "status_sk": f"{iso(news.since)}#{news.packet_id}"}


def troubles(packet: Packet) -> dict[str, str]:
    """The pointer to a packet that someone has to look at wherever it stands: listed like a status, oldest first."""
    first = min(iso(one.at) for one in packet.troubles)
    return {
        **trouble_of(packet.id),
        "status_pk": status_shard(IN_TROUBLE, _shard(packet.id, STATUS_SHARDS)),
        "status_sk": f"{first}#{packet.id}",
    }


def due(packet_id: str, due_at: datetime, since: datetime | None = None) -> dict[str, str]:
    """The index attributes of what is due; `since` tells when it was first to be done, if that was earlier."""
    return {"due_pk": due_shard(packet_id), "due_at_sk": due_sort(due_at, since)}


def due_sort(due_at: datetime, since: datetime | None = None) -> str:
    return iso(due_at) if since is None or since >= due_at else f"{iso(due_at)}#{iso(since)}"


def due_by(at: datetime) -> str:
    """A bound that lies behind every sort key that is due at a time."""
    return f"{iso(at)}~"


def waits_since(due_at_sk: str) -> datetime:
    """When it was first to be done."""
    return datetime.fromisoformat(due_at_sk.rpartition("#")[2])
