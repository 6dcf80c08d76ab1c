"""What a vendor's message is about, and what it would change: the same at the door and when it is tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from econtracting import ports
from econtracting.domain import webhooks as wire
from econtracting.domain.days import DAY, day_in
from econtracting.domain.errors import Conflict, InvalidRequest, NotFound
from econtracting.domain.messages import Heard, Objection, Obstacle, name_of
from econtracting.domain.outbox import sync_check
from econtracting.domain.packet import Packet
from econtracting.domain.screening.background import Check, OrderReference, ScreeningNews
from econtracting.domain.words import words
from econtracting.ports import Change
from econtracting.usecases.appointing import appointments, sales
from econtracting.usecases.appointing.sales import contract_of
from econtracting.usecases.certification import certification
from econtracting.usecases.screening import background

MOST_PARTS = 20  # that a row of the queue names
SALE_REFUSED = frozenset({"data.state", "data.received_on"})  # members of a sale its sender can mend at once


class Told(NamedTuple):
    """A message that is understood. `packet_id` is None while nothing of ours has its reference."""

    type: str
    reference: str
    packet_id: str | None
    ask: Callable[[Packet, Heard], Change | Objection | None]
    odd: tuple[str, ...] = ()
    id: str | None = None  # the vendor's, where it stands in the body

    def apply(self, packet: Packet, heard: Heard) -> Change | Objection | None:
        """What it changes; an objection also if it cannot be where the packet stands."""
        try:
            return self.ask(packet, heard)
        except (Conflict, NotFound, InvalidRequest):
            return Objection(Obstacle.NOT_POSSIBLE, ())


@dataclass(frozen=True)
class Understanding:
    """Reads the messages of all vendors. `every` is how often timers look after a sale, `home` the carrier's zone."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    screening: ports.ScreeningMessages
    every: timedelta
    home: tzinfo

    def read(self, vendor: str, raw: bytes, now: datetime) -> Told | Objection | None:
        """An objection for what is not understood, None for what is known to concern no packet.

        Raises InvalidRequest for a sale with an unknown state, an impossible day or one to come.
        """
        try:
            return self._read(vendor, raw, now)
        except InvalidRequest as refusal:
            if vendor == sales.VENDOR and (mendable := _mendable(refusal, raw)):
                raise mendable from None
            parts = tuple(one["field"] for one in refusal.facts.get("errors", ()))
            return Objection(Obstacle.NOT_UNDERSTOOD, parts[:MOST_PARTS])

    def _read(self, vendor: str, raw: bytes, now: datetime) -> Told | None:
        match vendor:
            case background.VENDOR:
                told = self.screening.read(raw)
                return None if told is None else self._screening(told)
            case appointments.VENDOR if (news := wire.appointment_event(raw)) is not None:
                return self._appointment(news)
            case certification.VENDOR if (result := wire.certification_event(raw)) is not None:
                return self._certification(result)
            case sales.VENDOR if (sale := wire.sale_event(raw)) is not None:
                return self._sale(sale, now)
        raise InvalidRequest(errors=[{"field": "type", "rule": "unknown", "message": "We do not know this type."}])

    def _screening(self, news: ScreeningNews) -> Told:
        """Something happened to a report: have the company asked how it stands. The message itself is not believed."""

        def ask(packet: Packet, heard: Heard) -> Change | Objection:
            check = self._check(packet, news)
            if check is None or check.report_id not in (None, news.report_id):
                return Objection(Obstacle.PARTS_DISAGREE, ("reference",) if check is None else ("report",))
            occasion = name_of(news.message_id)
            return Change(packet, effects=[sync_check(packet.id, check.attempt, news.report_id, occasion, heard.at)])

        reference = news.reference or news.report_id
        return Told(news.type, reference, self._packet(background.VENDOR, reference), ask, id=news.message_id)

    def _check(self, packet: Packet, news: ScreeningNews) -> Check | None:
        if news.reference is None:
            checks = self.packets.all_of(Check, packet.id)
            return next((one for one in checks if one.report_id == news.report_id), None)
        attempt = news.reference.rpartition("-")[2]
        plain = attempt.isascii() and attempt.isdigit() and len(attempt) <= 4
        return self.packets.find(Check, packet.id, attempt) if plain else None

    def _appointment(self, event: wire.AppointmentUpdated) -> Told:
        news = event.data

        def ask(packet: Packet, heard: Heard) -> Change | Objection | None:
            return appointments.apply_news(self.packets, self.packet_types(packet.type), packet, news, heard)

        packet_id = self._packet(appointments.VENDOR, news.external_ref)
        return Told(event.type, news.external_ref, packet_id, ask, event.odd)

    def _certification(self, event: wire.ProducerLoaded | wire.CourseFinished) -> Told:
        reference = event.data.external_ref

        def ask(packet: Packet, heard: Heard) -> Change | Objection | None:
            return certification.apply_news(self.packets, self.packet_types(packet.type), packet, event, heard)

        return Told(event.type, reference, self._packet(certification.VENDOR, reference), ask, event.odd)

    def _sale(self, event: wire.SaleReported, now: datetime) -> Told:
        sale = event.data
        tomorrow = day_in(now, self.home) + DAY
        if sale.received_on > tomorrow:
            message = words(
                "{day} is yet to come: for the carrier tomorrow is {tomorrow}, and no sale is later. Send the day on "
                "which the carrier received the application, as YYYY-MM-DD; month and day may be exchanged.",
                day=sale.received_on.isoformat(),
                tomorrow=tomorrow.isoformat(),
            )
            raise InvalidRequest(errors=[{"field": "data.received_on", "rule": "future", "message": message}])
        try:
            packet_id = contract_of(self.packets, sale.npn).packet_id
        except NotFound:
            packet_id = None

        def ask(packet: Packet, heard: Heard) -> Change | Objection | None:
            return sales.report(self.packets, self.packet_types(packet.type), packet, sale, heard, self.every)

        return Told(event.type, sale.npn, packet_id, ask, event.odd)

    def _packet(self, vendor: str, reference: str) -> str | None:
        order = self.packets.find(OrderReference, vendor, reference)
        return None if order is None else order.packet_id


def _mendable(refusal: InvalidRequest, raw: bytes) -> InvalidRequest | None:
    """The refusal of a sale whose state or day is none, if that is what is wrong with it."""
    rows = [one for one in refusal.facts.get("errors", ()) if one["field"] in SALE_REFUSED and one["rule"] != "missing"]
    return InvalidRequest(errors=rows) if rows and wire.type_of(raw) == "sale.reported" else None
