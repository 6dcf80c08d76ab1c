"""The background check on its way: opened, awaited. It is ordered in ordering.py; outcomes are background_news.py's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from econtracting import ports
from econtracting.domain.audit import ONBOARDING, Event, EventType
from econtracting.domain.errors import InvalidTransition
from econtracting.domain.outbox import TimerKind, order_check, timer
from econtracting.domain.packet import Packet, Status
from econtracting.domain.screening.background import Check, OrderReference
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.review import require_current
from econtracting.usecases.commit.waking import wake_check

VENDOR = "background-check"


@dataclass(frozen=True)
class Screening:
    """What the workflow does about a check. `reminders` tell when the agent hears that it takes longer."""

    packets: ports.Packets
    clock: ports.Clock
    reminders: tuple[timedelta, ...]

    def begin(self, packet_id: str, attempt: int) -> Status:
        """Open the next check of a SUBMITTED packet and have it ordered; answers where the packet stands.

        Raises Superseded.
        """
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            require_current(packet, attempt)
            if packet.status is not Status.SUBMITTED:
                return None
            return open_check(Change(packet.move(Status.BACKGROUND_CHECK, now)), now, self.reminders)

        return self.packets.change(packet_id, decide).packet.status

    def await_result(self, packet_id: str, attempt: int, task_token: str) -> None:
        """Remember who sleeps; wake at once if there is nothing to wait for any more. Raises Superseded.

        The result may be there already, or a correction may have been asked for between the opening and now.
        """
        now = self.clock.now()

        def decide(packet: Packet) -> Change:
            require_current(packet, attempt)
            after = current(self.packets, packet).awaited_by(task_token)
            over = after.outcome is not None or packet.status is not Status.BACKGROUND_CHECK
            return Change(packet, puts=[after], effects=wake_check(packet, after, now) if over else [])

        self.packets.change(packet_id, decide)


def open_check(change: Change, now: datetime, reminders: tuple[timedelta, ...]) -> Change:
    """The change that brings a packet into its background check, with a new attempt of it."""
    packet = change.packet.next_check()
    check = Check(packet_id=packet.id, attempt=packet.check_attempt)
    order = order_check(packet.id, check.attempt, now)
    rings = [timer(packet.id, TimerKind.CHECK, str(check.attempt), now + reminders[0], now)] if reminders else []
    return plus(
        Change(packet, events=change.events, effects=change.effects, puts=change.puts, answer=change.answer),
        events=[Event(type=EventType.BGC_REQUESTED, at=now, actor=ONBOARDING, data={"attempt": check.attempt})],
        effects=[order, *rings],
        puts=[check],
        claims=[*change.claims, OrderReference(vendor=VENDOR, reference=check.reference, packet_id=packet.id)],
    )


def current(packets: ports.Packets, packet: Packet) -> Check:
    """The attempt under way. Raises InvalidTransition if there is none."""
    check = packets.find(Check, packet.id, str(packet.check_attempt))
    if check is None:
        raise InvalidTransition("there is no background check to wait for")
    return check
