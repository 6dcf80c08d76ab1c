"""Vendors' messages: kept once, applied once, in whatever order and however often they come."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from econtracting import ports
from econtracting.domain.errors import AlreadyExists, NotFound
from econtracting.domain.outbox import sync_check
from econtracting.domain.packet import Packet
from econtracting.domain.screening.background import Check, OrderReference, Received, ScreeningNews
from econtracting.domain.webhooks import AppointmentUpdated, CourseFinished, ProducerLoaded
from econtracting.ports import Change
from econtracting.usecases.appointing import appointments
from econtracting.usecases.certification import certification
from econtracting.usecases.screening import background

Apply = Callable[[Packet], Change | None]


class Message(NamedTuple):
    """A vendor's message as it is kept; `reference` is what we gave the vendor as our own id."""

    vendor: str
    id: str
    type: str
    reference: str
    body: str


@dataclass(frozen=True)
class Webhooks:
    """What the vendors tell. Everything raises NotFound for a reference we never gave out."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    clock: ports.Clock

    def receive_screening(self, news: ScreeningNews, body: str) -> None:
        """Something happened to a report: have the company asked how it stands. The message itself is not believed."""
        now = self.clock.now()
        message = Message(background.VENDOR, news.message_id, news.type, news.reference or news.report_id, body)

        def apply(packet: Packet) -> Change | None:
            check = self._check(packet, news)
            if check is None:
                raise NotFound("unknown reference", code="reference-not-found")
            sync = sync_check(packet.id, check.attempt, news.report_id, news.message_id, now)
            return Change(packet, effects=[sync])

        self._receive(message, apply)

    def _check(self, packet: Packet, news: ScreeningNews) -> Check | None:
        if news.reference is None:
            checks = self.packets.all_of(Check, packet.id)
            return next((one for one in checks if one.report_id == news.report_id), None)
        attempt = news.reference.rpartition("-")[2]
        return self.packets.find(Check, packet.id, attempt) if attempt.isdigit() else None

    def receive_appointment(self, message_id: str, event: AppointmentUpdated, body: str) -> None:
        message = Message(appointments.VENDOR, message_id, event.type, event.data.external_ref, body)
        now = self.clock.now()
        self._receive(message, lambda packet: appointments.apply_news(self.packets, packet, event.data, now))

    def receive_certification(self, message_id: str, event: ProducerLoaded | CourseFinished, body: str) -> None:
        message = Message(certification.VENDOR, message_id, event.type, event.data.external_ref, body)
        now = self.clock.now()
        self._receive(
            message,
            lambda packet: certification.apply_news(self.packets, self.packet_types, packet, event, now),
        )

    def _receive(self, message: Message, apply: Apply) -> None:
        """Keep the message and what it changes in one commit; a repeat finds it kept and changes nothing."""
        order = self.packets.find(OrderReference, message.vendor, message.reference)
        if order is None:
            raise NotFound("This reference is not ours.", code="reference-not-found")
        received = Received(
            vendor=message.vendor,
            message_id=message.id,
            packet_id=order.packet_id,
            type=message.type,
            body=message.body,
            at=self.clock.now(),
        )
        if self.packets.find(Received, message.vendor, message.id) is not None:
            return

        def decide(packet: Packet) -> Change:
            change = apply(packet) or Change(packet)
            return replace(change, claims=[*change.claims, received])

        with suppress(AlreadyExists):
            self.packets.change(order.packet_id, decide)
