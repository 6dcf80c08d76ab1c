"""Vendors' messages: kept once, applied once, in whatever order and however often they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from econtracting import ports
from econtracting.domain.errors import AlreadyExists, NotFound
from econtracting.domain.outbox import sync_check
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.background import Check, OrderReference, Received
from econtracting.domain.webhooks import (
    AppointmentUpdated,
    CourseFinished,
    ProducerLoaded,
    ReportEvent,
)
from econtracting.ports import Change
from econtracting.usecases.appointing import appointments
from econtracting.usecases.certification import certification
from econtracting.usecases.screening import background

Apply = Callable[[Packet], Change | None]


def background_check(*, packets: ports.Packets, clock: ports.Clock, message: ReportEvent, body: str) -> None:
    """Something happened to a report: have the vendor asked how it stands. The message itself is not believed."""
    now = clock.now()
    reference = message.reference

    def apply(packet: Packet) -> Change | None:
        attempt = reference.rpartition("-")[2]
        check = packets.find(Check, packet.id, attempt) if attempt.isdigit() else None
        if check is None:
            raise NotFound("unknown reference", code="reference-not-found")
        sync = sync_check(packet.id, check.attempt, message.data.object.id, message.id, now)
        return Change(packet, effects=[sync])

    _receive(packets, clock, background.VENDOR, message.id, message.type, reference, body, apply)


def appointment(
    *, packets: ports.Packets, clock: ports.Clock, message_id: str, message: AppointmentUpdated, body: str
) -> None:
    def apply(packet: Packet) -> Change | None:
        return appointments.told(packets=packets, clock=clock, packet=packet, news=message.data)

    _receive(packets, clock, appointments.VENDOR, message_id, message.type, message.data.external_ref, body, apply)


def certified(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    clock: ports.Clock,
    message_id: str,
    message: ProducerLoaded | CourseFinished,
    body: str,
) -> None:
    def apply(packet: Packet) -> Change | None:
        return certification.told(
            packets=packets, packet_types=packet_types, clock=clock, packet=packet, message=message
        )

    _receive(packets, clock, certification.VENDOR, message_id, message.type, message.data.external_ref, body, apply)


def _receive(
    packets: ports.Packets,
    clock: ports.Clock,
    vendor: str,
    message_id: str,
    kind: str,
    reference: str,
    body: str,
    apply: Apply,
) -> None:
    """Keep the message and what it changes in one commit; a repeat finds it kept and changes nothing.

    Raises NotFound for a reference we never gave out.
    """
    order = packets.find(OrderReference, vendor, reference)
    if order is None:
        raise NotFound("This reference is not ours.", code="reference-not-found")
    received = Received(
        vendor=vendor, message_id=message_id, packet_id=order.packet_id, type=kind, body=body, at=clock.now()
    )
    if packets.find(Received, vendor, message_id) is not None:
        return

    def decide(packet: Packet) -> Change:
        change = apply(packet) or Change(packet)
        return replace(change, claims=[*change.claims, received])

    try:
        packets.change(order.packet_id, decide)
    except AlreadyExists:
        return
