"""What the contracting department and the carrier's systems may look at: masked, and by reference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from econtracting import ports
from econtracting.domain import readiness, timeline
from econtracting.domain.answers import Section
from econtracting.domain.appointments import Appointment
from econtracting.domain.background import Check
from econtracting.domain.certification import Contract, Feed
from econtracting.domain.effects import Effect
from econtracting.domain.errors import NotFound
from econtracting.domain.jit import FirstSale
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType

PAGE = 50


def queue(*, packets: ports.Packets, status: Status, cursor: str | None) -> dict[str, Any]:
    """Packets of a status, those that stand in it longest first within each shard."""
    page = packets.by_status(status.value, cursor, PAGE)
    return {"items": [_row(one) for one in page.packets], "cursor": page.cursor}


def packet(*, packets: ports.Packets, packet_types: Callable[[str], PacketType], packet_id: str) -> dict[str, Any]:
    found = packets.load(packet_id)
    checks = packets.all_of(Check, packet_id)
    return {
        **_row(found),
        "agent": found.agent.model_dump(),
        "recruiter": found.recruiter.model_dump(),
        "level": found.level,
        "sections": {one.name: one.shown() for one in packets.all_of(Section, packet_id)},
        "timeline": timeline.of(found, packet_types(found.type)),
        "background_checks": [
            one.model_dump(mode="json", include={"attempt", "status", "result", "ordered_at", "completed_at"})
            for one in checks
        ],
        "appointments": [
            one.model_dump(mode="json", exclude={"task_token", "packet_id"})
            for one in packets.all_of(Appointment, packet_id)
        ],
        "waiting_effects": [
            one.model_dump(mode="json", include={"id", "kind", "attempts", "due_at", "failure"})
            for one in packets.all_of(Effect, packet_id)
            if one.done_at is None
        ],
    }


def events(*, packets: ports.Packets, packet_id: str) -> dict[str, Any]:
    packets.load(packet_id)
    return {"items": [one.model_dump(mode="json") for one in packets.events(packet_id)]}


def ready_to_sell(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    registry: ports.LicenceRegistry,
    clock: ports.Clock,
    npn: str,
    state: str,
    on: date | None,
) -> dict[str, Any]:
    """The one question, answered for the producer's most recent contract. Raises NotFound for an unknown NPN."""
    now = clock.now()
    contracts = sorted(packets.all_of(Contract, npn), key=lambda one: one.since)
    if not contracts:
        raise NotFound("There is no contract with this NPN.", code="producer-not-found")
    found = packets.load(contracts[-1].packet_id)
    definition = packet_types(found.type)
    producer = readiness.Producer(
        packet=found,
        check=packets.find(Check, found.id, str(found.check_attempt)),
        licences=registry.licences(npn),
        feed=packets.find(Feed, found.id),
        rules=definition.state_rules,
        line_code=definition.line_code,
        carrier=definition.carrier.co_code,
        courses=definition.certification.courses,
        appointments=tuple(packets.all_of(Appointment, found.id)),
        sales=tuple(packets.all_of(FirstSale, npn)),
    )
    answer = readiness.ready_to_sell(producer, state, on or now.date(), now)
    return {
        "npn": npn,
        "state": state,
        "on": (on or now.date()).isoformat(),
        "as_of": now,
        "ready": answer.ready,
        "reasons": [reason._asdict() for reason in answer.reasons],
    }


def _row(packet: Packet) -> dict[str, Any]:
    return {
        "packet_id": packet.id,
        "status": packet.status.value,
        "since": packet.status_at,
        "agency": packet.agency.model_dump(),
        "npn": packet.npn,
        "review_reason": packet.review_reason,
        "attempt": packet.attempt,
    }
