"""Performing outward effects: claimed, done, marked; whatever fails comes back later, for as long as it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from econtracting import ports
from econtracting.domain.appointing.appointments import Appointment
from econtracting.domain.certification import Feed
from econtracting.domain.errors import EContractingError, VendorPaused
from econtracting.domain.outbox import (
    LEASE,
    Effect,
    EffectKind,
    Publish,
    StartWorkflow,
    UnknownEffect,
    WakeWorkflow,
    execution_name,
    retry_at,
)
from econtracting.domain.packet import Packet
from econtracting.domain.screening.background import Check
from econtracting.ports import Change
from econtracting.usecases.commit.lifecycle import attention

UNKNOWN_ROW = "OUTBOX_ROW_UNKNOWN"

Perform = Callable[[Effect], datetime | None]  # answers when the effect wants to come again, if it does


@dataclass(frozen=True)
class Failure:
    """What became of an effect that could not be done now."""

    packet_id: str
    effect_id: str
    error: str
    attempts: int


def relay(
    *,
    outbox: ports.Outbox,
    packets: ports.Packets,
    clock: ports.Clock,
    performers: dict[EffectKind, Perform],
    retry_base: timedelta,
    packet_id: str,
    effect_id: str,
) -> Failure | None:
    """Do one effect if it is due and nobody else holds it; None if it is done or not ours to do.

    A failure is written down and answered, never raised, so that one dead vendor holds up nobody else's effects.
    """
    effect = outbox.claim(packet_id, effect_id, clock.now(), LEASE)
    if effect is None:
        return None
    try:
        if not isinstance(effect.kind, EffectKind):
            raise UnknownEffect()
        again = performers[effect.kind](effect)
    except VendorPaused as pause:
        outbox.paused(effect, clock.now() + timedelta(seconds=pause.retry_after), pause.code)
        return Failure(packet_id, effect_id, pause.code, effect.attempts - 1)
    except Exception as error:  # any failure means: later
        if isinstance(error, UnknownEffect):
            _tell_of_unknown(packets, effect, clock.now())
        name = error.code if isinstance(error, EContractingError) else type(error).__name__
        outbox.failed(effect, retry_at(clock.now(), effect.attempts, base=retry_base), name)
        return Failure(packet_id, effect_id, name, effect.attempts)
    if again is None:
        outbox.done(effect, clock.now())
    else:
        outbox.later(effect, again)
    return None


def _tell_of_unknown(packets: ports.Packets, effect: Effect, now: datetime) -> None:
    """A row that this release does not understand stays where it is; that it is there is told once."""

    def decide(packet: Packet) -> Change | None:
        told = attention(packet, UNKNOWN_ROW, now, occasion=effect.id.replace("#", "."))
        return None if packets.find(Effect, packet.id, told.id) else Change(packet, effects=[told])

    packets.change(effect.packet_id, decide)


def start(*, workflow: ports.Workflow, effect: Effect) -> None:
    attempt = effect.asks_for(StartWorkflow).attempt
    references = {"packet_id": effect.packet_id, "attempt": attempt}
    workflow.start(execution_name(effect.packet_id, attempt), references)


def wake(*, packets: ports.Packets, workflow: ports.Workflow, effect: Effect) -> None:
    """Resume who sleeps for a record. The token is read from the record: it is never in an outbox row."""
    task = effect.asks_for(WakeWorkflow)
    record, name = task.record, task.name
    sleeper: Check | Appointment | Feed | None
    if record == "check":
        sleeper = packets.find(Check, effect.packet_id, name)
    elif record == "appointment":
        sleeper = packets.find(Appointment, effect.packet_id, name)
    else:
        sleeper = packets.find(Feed, effect.packet_id)
    if sleeper is not None and sleeper.task_token is not None:
        workflow.wake(sleeper.task_token, {"record": record})


def publish(*, events: ports.Events, effect: Effect) -> None:
    task = effect.asks_for(Publish)
    events.publish(task.detail_type, task.detail, effect.reference)
