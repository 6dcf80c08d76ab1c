"""Lifecycle events for the carrier's other systems: what each kind says, and which one a change of status implies.

Ids, codes and times only, never anything about a person beyond the ids. docs/events holds the schemas, made from these
models. A version only ever gets more optional members; anything else is a new version beside the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from econtracting.domain.appointing.appointments import AppointmentStatus
from econtracting.domain.appointing.jit import Alarm
from econtracting.domain.fields.us import State
from econtracting.domain.moment import Moment
from econtracting.domain.need_to_know import Caller, Fact, sees, tells_the_bus
from econtracting.domain.outbox import Bus, Effect, Publish, publish
from econtracting.domain.packet import Packet, Status
from econtracting.domain.record import Record

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]


class LifecycleEvent(Record):
    """What every event says. `event_id` is the same each time one is repeated."""

    detail_type: ClassVar[str]
    tells: ClassVar[Fact | None]  # what of a weighed report could be seen by it

    schema_version: Literal[1] = 1
    event_id: str = Field(description="Stays the same when an event is delivered again")
    packet_id: str
    agency_id: str
    npn: str | None = Field(description="National Producer Number, once the agent has confirmed it")
    at: Annotated[Moment, Field(json_schema_extra={"format": "date-time"})]


class StatusChanged(LifecycleEvent):
    """The packet reached a status."""

    detail_type = "packet.status_changed"
    tells = Fact.STATUS

    status: Status


class AttentionNeeded(LifecycleEvent):
    """The contracting department has to look at the packet."""

    detail_type = "packet.attention_needed"
    tells = Fact.ATTENTION

    status: Status
    reason: Code


class AppointmentAnswered(LifecycleEvent):
    """What became of the appointment in a state."""

    detail_type = "appointment.answered"
    tells = None

    state: State
    status: AppointmentStatus


class FirstSaleAlarm(LifecycleEvent):
    """A first sale in a state that a person has to look at; `due_on` is the last day of the state's clock."""

    detail_type = "first_sale.alarm"
    tells = None

    state: State
    alarm: Alarm
    due_on: date | None


KINDS: tuple[type[LifecycleEvent], ...] = (StatusChanged, AttentionNeeded, AppointmentAnswered, FirstSaleAlarm)


def event_id(reference: str) -> str:
    """What an event is known by outside. The row's own id counts the packet's commits, which is nobody's business."""
    return f"evt_{sha256(reference.encode()).hexdigest()[:32]}"


def announce(
    kind: type[LifecycleEvent], packet: Packet, what: str, at: Moment, *, bus: Bus | None = None, **detail: object
) -> Effect:
    """The outbox row that publishes an event about a packet; its id names the commit it belongs to.

    Raises ValueError for a detail that the schema does not allow.
    """
    about = {"packet_id": packet.id, "agency_id": packet.agency.id, "npn": packet.npn, "at": at}
    event = kind.model_validate({"event_id": "", **about, **detail})
    said = event.model_dump(mode="json", exclude={"event_id"})
    task = Publish(detail_type=kind.detail_type, detail=said, bus=bus or bus_of(kind.detail_type, said))
    return publish(packet.id, task, what, packet.version + 1, at)


def bus_of(detail_type: str, detail: Mapping[str, Any]) -> Bus:
    """Where an event belongs by its kind and what it says, for rows that do not tell it themselves."""
    kind = next((one for one in KINDS if one.detail_type == detail_type), None)
    if kind is None:
        return Bus.DEPARTMENT
    harmless = kind is StatusChanged and detail.get("status") != Status.ADVERSE_REVIEW.value
    open_to_all = kind.tells is None or harmless or sees(Caller.BUS, kind.tells)
    return Bus.LIFECYCLE if open_to_all else Bus.DEPARTMENT


def announce_moves(before: Packet | None, after: Packet) -> list[Effect]:
    """What a commit tells by itself: every status the packet came to, in order. `after` has the version from before.

    A status from which a weighed report could be seen is told on the department's bus only.
    """
    known = set() if before is None else set(before.reached) | {before.status.value}
    moved = before is None or before.status is not after.status
    passed = {Status(one): at for one, at in after.reached.items() if one not in known}
    if moved:
        passed[after.status] = after.status_at
    return [
        announce(StatusChanged, after, status.value, at, bus=_bus(before, after, status), status=status)
        for status, at in passed.items()
    ]


def _bus(before: Packet | None, after: Packet, status: Status) -> Bus:
    return Bus.LIFECYCLE if tells_the_bus(before, after, status) else Bus.DEPARTMENT
