"""Performing outward effects: claimed, done, marked; whatever fails comes back later, for as long as it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from econtracting import ports
from econtracting.domain.appointing.appointments import Appointment
from econtracting.domain.certification import Feed
from econtracting.domain.errors import EContractingError, PacketNotFound, VendorPaused
from econtracting.domain.lifecycle import bus_of, event_id
from econtracting.domain.outbox import (
    BACKOFF_CEILING,
    LEASE,
    Effect,
    EffectKind,
    Publish,
    SignMilestone,
    StartWorkflow,
    TimerKind,
    UnknownEffect,
    WakeWorkflow,
    Watch,
    execution_name,
    retry_at,
)
from econtracting.domain.packet import Trouble
from econtracting.domain.screening.background import Check
from econtracting.usecases.commit import troubles

UNKNOWN_ROW = "OUTBOX_ROW_UNKNOWN"
STUCK = "EFFECT_STUCK"

Perform = Callable[[Effect], datetime | None]  # answers when the effect wants to come again, if it does
Ring = Callable[[str, str], datetime | None]  # the packet, and the timer's key


@dataclass(frozen=True)
class Failure:
    """What became of an effect that could not be done now."""

    packet_id: str
    effect_id: str
    error: str
    attempts: int


@dataclass(frozen=True)
class Relay:
    """Performs rows of the outbox. `performers` does each kind; `retry_base` is the pause after a first failure."""

    outbox: ports.Outbox
    packets: ports.Packets
    clock: ports.Clock
    performers: Mapping[EffectKind, Perform]
    retry_base: timedelta

    def perform(self, packet_id: str, effect_id: str) -> Failure | None:
        """Do one effect if it is due and no one else holds it; None if it is done or not ours to do.

        A failure is written down and answered, never raised, so that one dead vendor holds up no one else's effects.
        """
        outbox, clock = self.outbox, self.clock
        effect = outbox.claim(packet_id, effect_id, clock.now(), LEASE)
        if effect is None:
            return None
        try:
            if not isinstance(effect.kind, EffectKind):
                raise UnknownEffect()
            again = self.performers[effect.kind](effect)
        except VendorPaused as pause:
            pause_of = min(timedelta(seconds=pause.retry_after), BACKOFF_CEILING)
            outbox.paused(effect, clock.now() + pause_of, pause.code)
            self._tell_if_stuck(effect, pause.code)
            return Failure(packet_id, effect_id, pause.code, effect.attempts - 1)
        except Exception as error:  # any failure means: later
            name = error.code if isinstance(error, EContractingError) else type(error).__name__
            outbox.failed(effect, retry_at(clock.now(), effect.attempts, base=self.retry_base), name)
            self._tell_if_stuck(effect, name, first=effect.attempts == 1 and effect.failure is None)
            return Failure(packet_id, effect_id, name, effect.attempts)
        if again is None:
            outbox.done(effect, clock.now())
        else:
            outbox.later(effect, again)
        if effect.failure is not None:  # of a try before; the mark may be its
            with suppress(PacketNotFound):
                troubles.settle(self.packets, packet_id, effect_id, clock.now())
        return None

    def _tell_if_stuck(self, effect: Effect, failure: str, *, first: bool = False) -> None:
        """What fails for long is marked on its packet; what this release does not understand, at once.

        The first failure is no reason, however late it was tried: the next try comes by itself.
        """
        now, unknown = self.clock.now(), failure == UnknownEffect.code
        if not unknown and (first or not effect.needs_help(now)):
            return
        reason = UNKNOWN_ROW if unknown else STUCK
        trouble = Trouble(about=effect.id, reason=reason, failure=failure, since=effect.since, at=now)
        # A row that publishes is not helped by another one that publishes.
        aloud = effect.kind is not EffectKind.PUBLISH
        with suppress(PacketNotFound):  # the timer of a message that fits no packet: its queue rings, and its age does
            troubles.raise_trouble(self.packets, effect.packet_id, trouble, aloud=aloud)


@dataclass(frozen=True)
class Executions:
    """The outbox's rows that start an execution, or wake one."""

    packets: ports.Packets
    workflow: ports.Workflow

    def start(self, effect: Effect) -> None:
        attempt = effect.asks_for(StartWorkflow).attempt
        references = {"packet_id": effect.packet_id, "attempt": attempt}
        self.workflow.start(execution_name(effect.packet_id, attempt), references)

    def wake(self, effect: Effect) -> None:
        """Resume who sleeps for a record. The token is read from the record: it is never in an outbox row."""
        task = effect.asks_for(WakeWorkflow)
        record, name = task.record, task.name
        sleeper: Check | Appointment | Feed | None
        if record == "check":
            sleeper = self.packets.find(Check, effect.packet_id, name)
        elif record == "appointment":
            sleeper = self.packets.find(Appointment, effect.packet_id, name)
        else:
            sleeper = self.packets.find(Feed, effect.packet_id)
        if sleeper is not None and sleeper.task_token is not None:
            self.workflow.wake(sleeper.task_token, {"record": record})


@dataclass(frozen=True)
class Publishing:
    """The outbox's rows that tell the carrier's other systems."""

    events: ports.Events

    def publish(self, effect: Effect) -> None:
        task = effect.asks_for(Publish)
        bus = task.bus or bus_of(task.detail_type, task.detail)
        self.events.publish(bus, task.detail_type, {**task.detail, "event_id": event_id(effect.reference)})


@dataclass(frozen=True)
class Milestones:
    """The outbox's rows that have the audit trail signed, where the sealing key is."""

    signing: ports.HeadSigning

    def sign(self, effect: Effect) -> None:
        self.signing.milestone(effect.packet_id, effect.asks_for(SignMilestone).seq)


@dataclass(frozen=True)
class Timers:
    """The outbox's timers. `rings` does each kind: packet and key to when it wants to ring again, if it does."""

    rings: Mapping[TimerKind, Ring]

    def ring(self, effect: Effect) -> datetime | None:
        task = effect.asks_for(Watch)
        return self.rings[task.what](effect.packet_id, task.key)
