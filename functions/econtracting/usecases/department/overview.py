"""What the contracting department and the carrier's systems may look at: masked, and by reference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from econtracting import ports
from econtracting.domain import timeline
from econtracting.domain.appointing import readiness
from econtracting.domain.appointing.appointments import Appointment
from econtracting.domain.appointing.jit import FirstSale
from econtracting.domain.certification import Feed
from econtracting.domain.corrections import CorrectionRequest
from econtracting.domain.errors import InvalidRequest
from econtracting.domain.interview.answers import Section
from econtracting.domain.outbox import Effect
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.adverse import AdverseCase
from econtracting.domain.screening.background import Check
from econtracting.usecases.appointing.sales import contract_of
from econtracting.usecases.news import delays
from econtracting.usecases.screening import adverse

PAGE = 50


class Queue(StrEnum):
    """What the contracting department works through, and the statuses behind it."""

    REVIEW = "review"
    ADVERSE = "adverse"
    CORRECTION = "correction"
    WAITING = "waiting"


QUEUES: dict[Queue, Status] = {
    Queue.REVIEW: Status.NEEDS_REVIEW,
    Queue.ADVERSE: Status.ADVERSE_REVIEW,
    Queue.CORRECTION: Status.CORRECTION_REQUESTED,
    Queue.WAITING: Status.BACKGROUND_CHECK,
}


def packets_of(
    *,
    packets: ports.Packets,
    clock: ports.Clock,
    status: Status | None,
    queue: Queue | None,
    cursor: str | None,
) -> dict[str, Any]:
    """Packets of a status or a queue, those that stand in it longest first within each shard. Raises InvalidRequest."""
    wanted = QUEUES[queue] if queue is not None else status
    if wanted is None or (queue is not None and status not in (None, wanted)):
        message = "Name a status or a queue."
        raise InvalidRequest(errors=[{"field": "status", "rule": "required", "message": message}])
    page = packets.by_status(wanted.value, cursor, PAGE)
    now = clock.now()
    return {"items": [_row(one, now) for one in page.packets], "cursor": page.cursor}


def packet(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    breakers: ports.Breakers,
    clock: ports.Clock,
    day: timedelta,
    packet_id: str,
) -> dict[str, Any]:
    found = packets.load(packet_id)
    case = packets.find(AdverseCase, packet_id, str(found.check_attempt))
    return {
        **_row(found, clock.now()),
        "agent": found.agent.model_dump(),
        "recruiter": found.recruiter.model_dump(),
        "level": found.level,
        "flags": list(found.flags),
        "approvals": len(found.approvals),
        "sections": {one.name: one.shown() for one in packets.all_of(Section, packet_id)},
        "timeline": delays.told(timeline.of(found, packet_types(found.type)), breakers=breakers, clock=clock),
        "background_checks": [
            one.model_dump(
                mode="json",
                include={
                    "attempt",
                    "status",
                    "result",
                    "suspended_fields",
                    "ordered_at",
                    "expected_at",
                    "completed_at",
                },
            )
            for one in packets.all_of(Check, packet_id)
        ],
        "adverse": adverse.view(case, day) if case is not None else None,
        "corrections": [
            one.model_dump(mode="json", exclude={"packet_id", "versions"})
            for one in packets.all_of(CorrectionRequest, packet_id)
        ],
        "appointments": [
            one.model_dump(mode="json", exclude={"task_token", "packet_id"})
            for one in packets.all_of(Appointment, packet_id)
        ],
        "first_sales": [
            one.model_dump(mode="json", exclude={"packet_id"}) for one in packets.all_of(FirstSale, found.npn or "")
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
    registry: ports.LicenseRegistry,
    clock: ports.Clock,
    npn: str,
    state: str,
    on: date | None,
) -> dict[str, Any]:
    """The one question, answered for the producer's most recent contract. Raises NotFound for an unknown NPN."""
    now = clock.now()
    found = packets.load(contract_of(packets, npn).packet_id)
    definition = packet_types(found.type)
    producer = readiness.Producer(
        packet=found,
        check=packets.find(Check, found.id, str(found.check_attempt)),
        licenses=registry.licenses(npn),
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


def _row(packet: Packet, now: datetime) -> dict[str, Any]:
    return {
        "packet_id": packet.id,
        "status": packet.status.value,
        "since": packet.status_at,
        "age_seconds": int((now - packet.status_at).total_seconds()),
        "agency": packet.agency.model_dump(),
        "npn": packet.npn,
        "review_reason": packet.review_reason,
        "attempt": packet.attempt,
    }
