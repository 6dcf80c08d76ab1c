"""What the sweep could not even attend: passed over for a while, so that it keeps nothing behind it from its turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from econtracting import ports
from econtracting.domain.errors import EContractingError
from econtracting.domain.outbox import PATIENCE, TRIES
from econtracting.domain.packet import SWEEP, Packet, Trouble
from econtracting.usecases.commit import troubles

REASON = "SWEEP_FAILS"


@dataclass(frozen=True)
class Sweeping:
    """`retry_base` is the pause after a first failure; it doubles up to an hour."""

    outbox: ports.Outbox
    packets: ports.Packets
    clock: ports.Clock
    retry_base: timedelta

    def pass_over(self, packet_id: str, effect_id: str | None, error: Exception) -> None:
        """Let it come again later, and tell the contracting department once it has been so for long.

        Raises PacketNotFound, Unavailable, or whatever a packet that cannot be read raises; it is passed over by then.
        """
        now = self.clock.now()
        passed = self.outbox.pass_over(packet_id, effect_id, now, self.retry_base)
        if passed is None or passed.times == 1 or (passed.times < TRIES and now - passed.since < PATIENCE):
            return
        failure = error.code if isinstance(error, EContractingError) else type(error).__name__
        about = effect_id or SWEEP
        trouble = Trouble(about=about, reason=REASON, failure=failure, since=passed.since, at=now)
        troubles.raise_trouble(self.packets, packet_id, trouble)

    def attended(self, packet: Packet) -> None:
        """Unmark a packet that had its turn, as it stands after that. Raises PacketNotFound, Unavailable."""
        if any(one.about == SWEEP for one in packet.troubles):
            troubles.settle(self.packets, packet.id, SWEEP, self.clock.now())
