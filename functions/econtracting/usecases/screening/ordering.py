"""Talking to the screening company: the order goes out, and how a report stands is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from econtracting import ports
from econtracting.domain.audit import ONBOARDING, Event, EventType
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.fields.contact import split_extension
from econtracting.domain.fields.names import as_filed
from econtracting.domain.interview.person import person
from econtracting.domain.messages import KEPT_FOR, Objection, Obstacle, Received, name_of
from econtracting.domain.outbox import Effect, OrderCheck, SyncCheck
from econtracting.domain.packet import Packet
from econtracting.domain.screening.background import Check, OrderReference, Report
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.keeping import keep
from econtracting.usecases.interview.opening import Opening
from econtracting.usecases.screening.background import VENDOR
from econtracting.usecases.screening.background_news import apply_news


@dataclass(frozen=True)
class Ordering:
    """The outbox's rows that ask something of the screening company."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    envelope: ports.Envelope
    checks: ports.BackgroundChecks
    clock: ports.Clock

    def order(self, effect: Effect) -> None:
        """Place the order. Repeating it is one order: the idempotency key is the effect's reference."""
        packets = self.packets
        packet = packets.load(effect.packet_id)
        attempt = effect.asks_for(OrderCheck).attempt
        check = packets.find(Check, packet.id, str(attempt))
        if check is None or check.report_id is not None:
            return
        opened = Opening(packets, self.packet_types, self.envelope, self.clock).open_answers(
            packet.id, ONBOARDING, "background-check", ("ssn", "birth_date")
        )
        definition = self.packet_types(packet.type)
        candidate = _candidate(person(definition.interview, opened.answers), check)
        report = self.checks.order(candidate, definition.screening_package, effect.reference)
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            current = packets.find(Check, packet.id, str(attempt))
            if current is None or current.report_id is not None:
                return None
            after = current.ordered(report, now)
            return Change(packet, events=[_ordered(current, report, now)], puts=[after, _place(after, report)])

        packets.change(packet.id, decide)

    def sync(self, effect: Effect) -> None:
        """Ask how the report stands and apply it; what a webhook said was only the occasion."""
        task = effect.asks_for(SyncCheck)
        attempt = task.attempt
        report = self.checks.report(task.report_id)
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            check = self.packets.find(Check, packet.id, str(attempt))
            if check is None:
                return None
            if parts := check.disagreements(report):
                return self._kept(packet, effect, report, parts, now)
            change = apply_news(self.packets, packet, check, report, now)
            if change is None or check.report_id is not None:
                return change
            events = [_ordered(check, report, now), *change.events]
            return plus(replace(change, events=events), puts=[_place(check, report)])

        self.packets.change(effect.packet_id, decide)

    def _kept(
        self, packet: Packet, effect: Effect, report: Report, parts: tuple[str, ...], now: datetime
    ) -> Change | None:
        """The company's answer is about another order or person: a person looks."""
        name = name_of(effect.reference)
        if self.packets.find(Received, VENDOR, name) is not None:
            return None
        received = Received(
            vendor=VENDOR,
            message_id=name,
            packet_id=packet.id,
            type="report",
            at=now,
            expires_at=now + KEPT_FOR,
        )
        return keep(packet, received, report.id, Objection(Obstacle.PARTS_DISAGREE, parts))


def _place(check: Check, report: Report) -> OrderReference:
    """Leads back from the company's id of the report, which may be all that its messages tell."""
    return OrderReference(vendor=VENDOR, reference=report.id, packet_id=check.packet_id)


def _ordered(check: Check, report: Report, now: datetime) -> Event:
    """The company has the order: told once, by whoever sees it first, the order's answer or news that overtook it."""
    data = {"attempt": check.attempt, "report": report.id}
    return Event(type=EventType.BGC_ORDERED, at=now, actor=ONBOARDING, data=data)


def _candidate(known: Mapping[str, Any], check: Check) -> ports.Candidate:
    missing = {"first_name", "last_name", "email", "birth_date", "ssn", "postal_code"} - set(known)
    if missing:
        raise InvalidTransition("the answers do not say who is to be screened")
    return ports.Candidate(
        reference=check.reference,
        first_name=as_filed(known["first_name"]),
        middle_name=as_filed(known["middle_name"]) if known.get("middle_name") else None,
        last_name=as_filed(known["last_name"]),
        email=known["email"],
        phone=split_extension(known["phone"])[0] if known.get("phone") else None,
        birth_date=known["birth_date"],
        ssn=known["ssn"],
        postal_code=known["postal_code"],
    )
