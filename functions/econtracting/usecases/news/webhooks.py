"""Vendors' messages: kept once, applied once, in whatever order and however often they come.

A signed message is never refused for what it says, but for a sale's state and day: it is applied, or it waits in the
contracting department's queue with the reason why not.
"""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from econtracting import ports
from econtracting.domain.errors import AlreadyExists, PacketNotFound
from econtracting.domain.messages import (
    KEPT_FOR,
    SEALED_FOR,
    Heard,
    Objection,
    Obstacle,
    QueuedMessage,
    Received,
    name_of,
    next_try,
)
from econtracting.domain.outbox import TimerKind, timer
from econtracting.domain.packet import Packet
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.keeping import keep
from econtracting.usecases.news.understanding import Told, Understanding
from econtracting.views.webhooks import AcceptedView

NO_TYPE = "unknown"


@dataclass(frozen=True)
class Webhooks:
    """What the vendors tell. Their signatures are checked before."""

    packets: ports.Packets
    messages: ports.Messages
    understanding: Understanding
    envelope: ports.Envelope
    clock: ports.Clock

    def receive(self, vendor: str, message_id: str | None, raw: bytes) -> AcceptedView:
        """Keep the message and what it changes in one commit; a repeat finds it kept and changes nothing.

        `message_id` is the vendor's, None where it stands in the body. Raises InvalidRequest for a sale with an
        unknown state, an impossible day or one to come; Unavailable.
        """
        now = self.clock.now()
        read = self.understanding.read(vendor, raw, now)
        told = read if isinstance(read, Told) else None
        name = name_of(message_id or (told and told.id) or f"body-{sha256(raw).hexdigest()}")
        if self.packets.find(Received, vendor, name) is not None:
            return AcceptedView()
        received = Received(
            vendor=vendor,
            message_id=name,
            packet_id=told and told.packet_id,
            type=told.type if told else NO_TYPE,
            sealed=self.envelope.seal(f"{vendor}.{name}", SEALED_FOR, 1, {"body": b64encode(raw).decode()}),
            at=now,
            expires_at=now + KEPT_FOR,
        )
        if told is None:
            self._keep_loose(received, "", read if isinstance(read, Objection) else None)
        elif told.packet_id is None:
            self._keep_loose(received, told.reference, Objection(Obstacle.UNKNOWN_REFERENCE, ()))
        else:
            self._apply(told, received, told.packet_id, now)
        return AcceptedView()

    def _apply(self, told: Told, received: Received, packet_id: str, now: datetime) -> None:
        def decide(packet: Packet) -> Change:
            answer = told.apply(packet, Heard(now, told.odd))
            if isinstance(answer, Objection):
                return keep(packet, received, told.reference, answer)
            return plus(answer or Change(packet), claims=[received])

        try:
            with suppress(AlreadyExists):
                self.packets.change(packet_id, decide)
        except PacketNotFound:
            self._keep_loose(received, told.reference, Objection(Obstacle.UNKNOWN_REFERENCE, ()))

    def _keep_loose(self, received: Received, reference: str, objection: Objection | None) -> None:
        """What belongs to no packet. It is tried again by itself: the vendor may have been quicker than our commit."""
        if objection is None:
            self.messages.keep(received, None, [])
            return
        waiting = QueuedMessage.waiting(received.of_no_packet(), reference, objection)
        again = timer(waiting.id, TimerKind.MESSAGE, "", next_try(received.at, received.at), received.at)
        self.messages.keep(received.of_no_packet(), waiting, [again])
