"""Lifecycle events for the carrier's other systems: what each kind says, and which one a change of status implies.

Ids, codes and times only, never anything about a person beyond the ids. docs/events holds the schemas, made from these
models. A version only ever gets more optional members; anything else is a new version beside the old one.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from econtracting.domain.appointing.appointments import AppointmentStatus
from econtracting.domain.appointing.jit import Alarm
from econtracting.domain.fields.us import State
from econtracting.domain.moment import Moment
from econtracting.domain.outbox import Effect, publish
from econtracting.domain.packet import Packet, Status
from econtracting.domain.record import Record

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]


class LifecycleEvent(Record):
    """What every event says. `event_id` is the same each time one is repeated."""

    detail_type: ClassVar[str]

    schema_version: Literal[1] = 1
    event_id: str = Field(description="Stays the same when an event is delivered again")
    packet_id: str
    agency_id: str
    npn: str | None = Field(description="National Producer Number, once the agent has confirmed it")
    at: Annotated[Moment, Field(json_schema_extra={"format": "date-time"})]


class StatusChanged(LifecycleEvent):
    """The packet reached a status."""

    detail_type = "packet.status_changed"

    status: Status


class AttentionNeeded(LifecycleEvent):
    """The contracting department has to look at the packet."""

    detail_type = "packet.attention_needed"

    status: Status
    reason: Code


class AppointmentAnswered(LifecycleEvent):
    """What became of the appointment in a state."""

    detail_type = "appointment.answered"

    state: State
    status: AppointmentStatus


class FirstSaleAlarm(LifecycleEvent):
    """A first sale in a state that a person has to look at; `due_on` is the last day of the state's clock."""

    detail_type = "first_sale.alarm"

    state: State
    alarm: Alarm
    due_on: date | None


KINDS: tuple[type[LifecycleEvent], ...] = (StatusChanged, AttentionNeeded, AppointmentAnswered, FirstSaleAlarm)


def announce(kind: type[LifecycleEvent], packet: Packet, what: str, at: Moment, **detail: object) -> Effect:
    """The outbox row that publishes an event about a packet; its id names the commit it belongs to.

    Raises ValueError for a detail that the schema does not allow.
    """
    version = packet.version + 1
    reference = publish(packet.id, kind.detail_type, what, version, {}, at).reference
    event = kind.model_validate(
        {
            "event_id": reference,
            "packet_id": packet.id,
            "agency_id": packet.agency.id,
            "npn": packet.npn,
            "at": at,
            **detail,
        }
    )
    detail_of = event.model_dump(mode="json", exclude={"event_id"})
    return publish(packet.id, kind.detail_type, what, version, detail_of, at)


def announce_moves(before: Packet | None, after: Packet) -> list[Effect]:
    """What a commit tells by itself: every status the packet came to, in order. `after` has the version from before."""
    known = set() if before is None else set(before.reached) | {before.status.value}
    moved = before is None or before.status is not after.status
    passed = {Status(one): at for one, at in after.reached.items() if one not in known}
    if moved:
        passed[after.status] = after.status_at
    return [announce(StatusChanged, after, status.value, at, status=status) for status, at in passed.items()]
