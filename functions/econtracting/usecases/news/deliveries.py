"""What became of a mail after the mail service took it: delivered, bounced, complained about.

"Sent" is what the service accepted, "delivered" what the receiving server accepted; neither says that anyone read it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.errors import AlreadyExists
from econtracting.domain.messages import Received
from econtracting.domain.outbox import Letter, send_letter
from econtracting.domain.packet import Packet
from econtracting.ports import Change, Clock, Packets
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.screening import adverse

MAIL_SERVICE = Actor(kind="vendor", id="mail-service")
EVITES = frozenset({Letter.INVITATION, Letter.REMINDER})
TO_RECRUITER = frozenset({Letter.DECLINED, Letter.WRONG_RECIPIENT, Letter.UNDELIVERABLE, Letter.EXPIRED_RECRUITER})


class Outcome(StrEnum):
    DELIVERED = "delivered"
    BOUNCED = "bounced"  # for good: the address does not exist or refuses
    DELAYED = "delayed"  # given up for now: a full mailbox, an absent server
    COMPLAINED = "complained"  # the reader called it unwanted


FAILURES = {
    Outcome.BOUNCED: "the receiving server says that there is no such mailbox, or refuses our mail.",
    Outcome.COMPLAINED: "the reader has marked it as unwanted, so we must not write to this address again.",
}


@dataclass(frozen=True)
class Deliveries:
    """Puts down what the mail service reports."""

    packets: Packets
    clock: Clock

    def record(self, reference: str, outcome: Outcome) -> None:
        """Write an outcome down once. A mail that cannot reach the agent marks the invitation and tells the recruiter.

        Raises PacketNotFound for a reference that is none of ours, Unavailable.
        """
        packet_id, _, effect = reference.partition(".")
        letter = effect.removeprefix("mail.").rpartition(".")[0]
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            kind = EventType(f"{'invitation' if letter in EVITES else 'mail'}.{outcome.value}")
            events = [Event(type=kind, at=now, actor=MAIL_SERVICE, data={"mail": effect})]
            seen = Received(
                vendor=MAIL_SERVICE.id,
                message_id=f"{reference}#{outcome}",
                packet_id=packet_id,
                type=kind,
                body="",
                at=now,
            )
            change = Change(packet=_mark(packet, letter, outcome), events=events, claims=[seen])
            if letter == Letter.ADVERSE_PRE and (noticed := self._notice(packet, outcome, effect, now)):
                change = plus(noticed, events=events, claims=[seen])
            if outcome not in FAILURES or letter in TO_RECRUITER or packet.delivery == "undeliverable":
                return change
            failure = FAILURES[outcome]
            tell = send_letter(packet.id, Letter.UNDELIVERABLE, packet.event_count + 1, now, failure=failure)
            return plus(replace(change, packet=_mark(change.packet, letter, outcome)), effects=[tell])

        with suppress(AlreadyExists):
            self.packets.change(packet_id, decide)

    def _notice(self, packet: Packet, outcome: Outcome, effect: str, now: datetime) -> Change | None:
        """The pre-adverse notice: its delivery starts a clock; if it came back, or was given up, it goes by post."""
        number = effect.rpartition(".")[2]
        if outcome is Outcome.DELIVERED:
            return adverse.notice_delivered(self.packets, packet, now, MAIL_SERVICE, number)
        return adverse.notice_bounced(self.packets, packet, now, MAIL_SERVICE, number)


def _mark(packet: Packet, letter: str, outcome: Outcome) -> Packet:
    if letter in TO_RECRUITER:
        return packet
    if outcome in FAILURES:
        return packet.mail_undeliverable()
    if outcome is Outcome.DELIVERED and letter in EVITES and packet.delivery in ("queued", "sent"):
        return packet.mail_delivered()
    return packet
