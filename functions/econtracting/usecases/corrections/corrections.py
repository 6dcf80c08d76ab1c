"""Asking the agent to mend named answers, and seeing that it is not forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Request
from econtracting.domain.corrections import (
    CorrectionRequest,
    CorrectionSchedule,
    checked_fields,
    is_open,
    labels,
    next_reminder,
)
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.interview.definition import InterviewDefinition
from econtracting.domain.outbox import Letter, TimerKind, send_letter, timer
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.background import Check
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.review import WATCH, handed_over
from econtracting.usecases.commit.waking import wake_check

NOT_CONFIRMED = "The background-check company could not confirm what you entered."
UNANSWERED = "CORRECTION_UNANSWERED"


def asked(
    definition: InterviewDefinition,
    packet: Packet,
    fields: Sequence[str],
    reason: str,
    now: datetime,
    *,
    patience: CorrectionSchedule,
    actor: Actor,
    versions: dict[str, int] | None = None,
) -> Change:
    """CORRECTION_REQUESTED. Raises InvalidTransition where nothing can be corrected."""
    number = packet.correction + 1
    after = packet.move(Status.CORRECTION_REQUESTED, now).having(
        correction=number, due_at=None, review_reason=None, review_from=None, approvals=()
    )
    request = CorrectionRequest(
        packet_id=packet.id,
        number=number,
        fields=tuple(fields),
        reason=reason,
        requested_by=actor.id,
        requested_at=now,
        versions=versions or {name: state.version for name, state in packet.sections.items()},
    )
    rings, _ = next_reminder(request, patience)
    letter = send_letter(
        packet.id, Letter.CORRECTION_REQUESTED, number, now, fields=labels(definition, fields), reason=reason
    )
    return Change(
        after,
        events=[
            Event(
                type=EventType.CORRECTION_REQUESTED,
                at=now,
                actor=actor,
                data={"number": number, "fields": list(fields)},
            )
        ],
        effects=[letter, timer(packet.id, TimerKind.CORRECTION, str(number), rings, now)],
        puts=[request],
    )


def request(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    clock: ports.Clock,
    patience: CorrectionSchedule,
    packet_id: str,
    fields: Sequence[str],
    reason: str,
    actor: Actor,
    request: Request | None,
) -> dict[str, Any]:
    """Asked for by the contracting department. Raises InvalidRequest for an unknown field, InvalidTransition."""
    now = clock.now()

    def decide(packet: Packet) -> Change:
        if packet.status is Status.AWAITING_SIGNATURE:
            raise InvalidTransition(
                "the agent has not signed yet and can change every answer", status=packet.status.value
            )
        definition = packet_types(packet.type).interview
        change = asked(
            definition, packet, checked_fields(definition, fields), reason, now, patience=patience, actor=actor
        )
        if packet.status is Status.BACKGROUND_CHECK:
            # The execution that sleeps for the report would wake long after the agent's answer: let it end now.
            check = packets.find(Check, packet.id, str(packet.check_attempt))
            change = plus(change, effects=wake_check(packet, check, now))
        return plus(change, answer=_answer(change.packet))

    answer: dict[str, Any] = packets.change(packet_id, decide, request).answer
    return answer


def watch(
    *,
    packets: ports.Packets,
    packet_types: Callable[[str], PacketType],
    clock: ports.Clock,
    patience: CorrectionSchedule,
    packet_id: str,
    number: int,
) -> datetime | None:
    """Remind the agent, and hand over when the time is over. Answers when to ring next."""
    now = clock.now()
    again: datetime | None = None

    def decide(packet: Packet) -> Change | None:
        nonlocal again
        again = None
        request = packets.find(CorrectionRequest, packet_id, str(number))
        if request is None or not is_open(packet, number):
            return None
        at, reminds = next_reminder(request, patience)
        if at > now:
            again = at
            return None
        if not reminds:
            return handed_over(packet, UNANSWERED, now, actor=WATCH)
        after = request
        while at <= now and reminds:  # missed reminders collapse into one
            after = after.model_copy(update={"reminders": after.reminders + 1})
            at, reminds = next_reminder(after, patience)
        again = at
        names = labels(packet_types(packet.type).interview, request.fields)
        letter = send_letter(
            packet_id,
            Letter.CORRECTION_REQUESTED,
            f"{number}-{after.reminders}",
            now,
            fields=names,
            reason=request.reason,
        )
        event = Event(
            type=EventType.CORRECTION_REMINDED,
            at=now,
            actor=WATCH,
            data={"number": number, "reminder": after.reminders},
        )
        return Change(packet, events=[event], effects=[letter], puts=[after])

    packets.change(packet_id, decide)
    return again


def asked_again(
    packets: ports.Packets, definition: InterviewDefinition, packet: Packet, now: datetime, patience: CorrectionSchedule
) -> Change:
    """The same request once more, after the agent let the first one lie or declined; what was saved since counts."""
    before = packets.find(CorrectionRequest, packet.id, str(packet.correction))
    assert before is not None  # only a request that the agent did not answer leads here
    return asked(
        definition,
        packet,
        before.fields,
        before.reason,
        now,
        patience=patience,
        actor=WATCH,
        versions=before.versions,
    )


def _answer(packet: Packet) -> dict[str, Any]:
    return {"packet_id": packet.id, "status": packet.status.value, "correction": packet.correction}
