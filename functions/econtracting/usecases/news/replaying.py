"""A message that waits in the queue, tried again: by the clock while nothing of ours fits it, and by a person."""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Request
from econtracting.domain.errors import AlreadyExists, InvalidRequest
from econtracting.domain.messages import (
    SEALED_FOR,
    Heard,
    MessageStatus,
    Objection,
    Obstacle,
    QueuedMessage,
    Received,
    next_try,
)
from econtracting.domain.packet import Packet
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.keeping import WAITS, noted
from econtracting.usecases.commit.lifecycle import attention
from econtracting.usecases.news.understanding import Told, Understanding

BY_ITSELF = Actor(kind="system", id="messages")


@dataclass(frozen=True)
class By:
    """Who has a message tried again. `accepts`: what it says against an outcome that stands is accepted."""

    actor: Actor
    note: str
    accepts: bool = False
    request: Request | None = None


@dataclass(frozen=True)
class Replaying:
    """Tries messages of the queue again."""

    packets: ports.Packets
    messages: ports.Messages
    understanding: Understanding
    envelope: ports.Envelope
    clock: ports.Clock

    def on_timer(self, message_id: str) -> datetime | None:
        """Try a message once more that fitted nothing of ours. Answers when to try next, None once it does."""
        row = self.packets.find(QueuedMessage, MessageStatus.OPEN, message_id)
        now = self.clock.now()
        if row is None or row.packet_id is not None or row.expires_at <= now:
            return None
        with suppress(AlreadyExists):
            answer = self.again(row, By(BY_ITSELF, "applied by itself"))
            known = isinstance(answer, QueuedMessage) or answer.reason not in LOOSE
            return None if known else next_try(row.received_at, now)
        return None

    def again(self, row: QueuedMessage, by: By) -> QueuedMessage | Objection:
        """The message as it is settled, or why it still waits. Raises AlreadyExists if someone was faster."""
        told = self._read(row)
        if isinstance(told, Objection):
            return told
        if told.packet_id is None:
            return Objection(Obstacle.UNKNOWN_REFERENCE, ())
        now = self.clock.now()
        outcome: QueuedMessage | Objection = Objection(Obstacle.NOT_POSSIBLE, ())

        def decide(packet: Packet) -> Change | None:
            nonlocal outcome
            current = self.packets.find(QueuedMessage, MessageStatus.OPEN, row.id)
            if current is None:
                raise AlreadyExists()
            answer = told.apply(packet, Heard(now, told.odd, accepted=by.accepts))
            if isinstance(answer, Objection):
                outcome = answer
                return _still(packet, current, answer, now)
            outcome = current.settle(MessageStatus.APPLIED, packet.id, by.actor.id, by.note, now)
            applied = settled_event(outcome, EventType.MESSAGE_APPLIED, by.actor, now)
            change = answer or Change(packet)
            done = plus(change, events=[applied], puts=[outcome])
            return replace(done, drops=[*done.drops, current])

        self.packets.change(told.packet_id, decide, by.request)
        return outcome

    def body(self, row: QueuedMessage) -> bytes | None:
        """What came, byte by byte; None for what no message told us, or what is gone. Raises Unavailable."""
        received = self.packets.find(Received, row.vendor, row.name)
        if received is None or received.sealed is None:
            return None
        opened = self.envelope.open(f"{row.vendor}.{row.name}", SEALED_FOR, 1, received.sealed)
        return b64decode(opened["body"])

    def _read(self, row: QueuedMessage) -> Told | Objection:
        raw = self.body(row)
        if raw is None:
            return Objection(row.reason, row.parts)
        try:
            read = self.understanding.read(row.vendor, raw, self.clock.now())
        except InvalidRequest:
            return Objection(Obstacle.NOT_UNDERSTOOD, ())
        return Objection(Obstacle.NOT_UNDERSTOOD, ()) if read is None else read


LOOSE = frozenset({Obstacle.UNKNOWN_REFERENCE, Obstacle.NOT_UNDERSTOOD})


def settled_event(row: QueuedMessage, kind: EventType, actor: Actor, at: datetime) -> Event:
    """That a message of the queue was applied or set aside: by whom, and why."""
    data = {"message": row.id, "vendor": row.vendor, "type": row.type, "reason": row.reason.value, "note": row.note}
    return Event(type=kind, at=at, actor=actor, data=data)


def _still(packet: Packet, row: QueuedMessage, objection: Objection, now: datetime) -> Change | None:
    """It still waits. What is new about why is told."""
    waiting = row.still(packet.id, objection)
    if waiting == row:
        return None
    return Change(packet, events=[noted(waiting, now)], effects=[attention(packet, WAITS, now)], puts=[waiting])
