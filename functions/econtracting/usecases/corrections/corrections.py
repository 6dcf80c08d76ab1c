"""Asking the agent to correct named answers, and seeing that it is not forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Staff
from econtracting.domain.corrections import (
    CorrectionRequest,
    CorrectionSchedule,
    checked_fields,
    is_open,
    labels,
    next_reminder,
)
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.fields.conditions import ConditionFacts
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.definition import InterviewDefinition
from econtracting.domain.outbox import Effect, Letter, TimerKind, send_letter, timer
from econtracting.domain.packet import Packet, Status
from econtracting.domain.screening.background import Check
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.review import WATCH, handed_over
from econtracting.usecases.commit.waking import wake_check
from econtracting.views.department import CorrectionAskedView

NOT_CONFIRMED = "The background-check company could not confirm what you entered."
UNANSWERED = "CORRECTION_UNANSWERED"


class Asked(NamedTuple):
    """What is asked: fields by dotted path, the reason that the agent reads, and who asks.

    `versions` are those of the sections that count as not corrected yet; by default as they stand.
    """

    fields: tuple[str, ...]
    reason: str
    by: Actor
    versions: dict[str, int] | None = None


def ask(
    definition: InterviewDefinition, packet: Packet, asked: Asked, now: datetime, patience: CorrectionSchedule
) -> Change:
    """CORRECTION_REQUESTED. Raises InvalidTransition where nothing can be corrected."""
    after = packet.ask_correction(now)
    number = after.correction
    request = CorrectionRequest(
        packet_id=packet.id,
        number=number,
        fields=asked.fields,
        reason=asked.reason,
        requested_by=asked.by.id,
        requested_at=now,
        versions=asked.versions or {name: state.version for name, state in packet.sections.items()},
    )
    rings, _ = next_reminder(request, patience)
    letter = _letter(definition, request, str(number), now)
    data = {"number": number, "fields": list(asked.fields)}
    return Change(
        after,
        events=[Event(type=EventType.CORRECTION_REQUESTED, at=now, actor=asked.by, data=data)],
        effects=[letter, timer(packet.id, TimerKind.CORRECTION, str(number), rings, now)],
        puts=[request],
    )


def ask_again(
    packets: ports.Packets, definition: InterviewDefinition, packet: Packet, now: datetime, patience: CorrectionSchedule
) -> Change:
    """The same request once more, after the agent let the first one lie or declined; what was saved since counts."""
    before = packets.find(CorrectionRequest, packet.id, str(packet.correction))
    assert before is not None  # only a request that the agent did not answer leads here
    return ask(definition, packet, Asked(before.fields, before.reason, WATCH, before.versions), now, patience)


@dataclass(frozen=True)
class Corrections:
    """Requests of the contracting department, and what reminds of any request."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    clock: ports.Clock
    patience: CorrectionSchedule

    def request(self, staff: Staff, packet_id: str, fields: Sequence[str], reason: str) -> CorrectionAskedView:
        """Raises InvalidRequest for an unknown field, InvalidTransition."""
        now = self.clock.now()

        def decide(packet: Packet) -> Change:
            if packet.status is Status.AWAITING_SIGNATURE:
                raise InvalidTransition(
                    "the agent has not signed yet and can change every answer", status=packet.status.value
                )
            definition = self.packet_types(packet.type).interview
            facts = ConditionFacts(
                level=packet.level,
                requested_states=packet.pre_appointment_states,
                answers={one.name: one.public for one in self.packets.all_of(Section, packet.id)},
            )
            asked = Asked(checked_fields(definition, fields, facts), reason, staff.actor)
            change = ask(definition, packet, asked, now, self.patience)
            if packet.status is Status.BACKGROUND_CHECK:
                # The execution that sleeps for the report would wake long after the agent's answer: let it end now.
                check = self.packets.find(Check, packet.id, str(packet.check_attempt))
                change = plus(change, effects=wake_check(packet, check, now))
            after = change.packet
            answer = CorrectionAskedView(packet_id=after.id, status=after.status, correction=after.correction)
            return plus(change, answer=answer)

        return CorrectionAskedView.again(self.packets.change(packet_id, decide, staff.request).answer)

    def on_timer(self, packet_id: str, number: int) -> datetime | None:
        """Remind the agent, and hand over when the time is over. Answers when to ring next."""
        now = self.clock.now()
        again: datetime | None = None

        def decide(packet: Packet) -> Change | None:
            nonlocal again
            again = None
            request = self.packets.find(CorrectionRequest, packet_id, str(number))
            if request is None or not is_open(packet, number):
                return None
            at, reminds = next_reminder(request, self.patience)
            if at > now:
                again = at
                return None
            if not reminds:
                return handed_over(packet, UNANSWERED, now, actor=WATCH)
            after = request
            while at <= now and reminds:  # missed reminders collapse into one
                after = after.reminded()
                at, reminds = next_reminder(after, self.patience)
            again = at
            if packet.reminders_stopped_at is not None:
                return Change(packet, puts=[after])
            letter = self._reminder(packet, request, f"{number}-{after.reminders}", now)
            data = {"number": number, "reminder": after.reminders}
            event = Event(type=EventType.CORRECTION_REMINDED, at=now, actor=WATCH, data=data)
            return Change(packet, events=[event], effects=[letter], puts=[after])

        self.packets.change(packet_id, decide)
        return again

    def _reminder(self, packet: Packet, request: CorrectionRequest, number: str, now: datetime) -> Effect:
        """Of what is left to do: to correct, or to sign what was corrected."""
        if packet.status is Status.AWAITING_SIGNATURE:
            return send_letter(packet.id, Letter.REMINDER_SIGNING_AGAIN, number, now)
        return _letter(self.packet_types(packet.type).interview, request, number, now)


def _letter(definition: InterviewDefinition, request: CorrectionRequest, number: str, now: datetime) -> Effect:
    fields = labels(definition, request.fields)
    return send_letter(
        request.packet_id, Letter.CORRECTION_REQUESTED, number, now, fields=fields, reason=request.reason
    )
