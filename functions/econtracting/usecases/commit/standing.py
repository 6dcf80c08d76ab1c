"""A packet as its own agent may see it: that a report is weighed shows once they have the notice about it."""

from __future__ import annotations

from econtracting.domain.need_to_know import Caller, as_seen, hides
from econtracting.domain.packet import Packet
from econtracting.domain.screening.adverse import AdverseCase
from econtracting.ports import Packets


def current_case(packets: Packets, packet: Packet) -> AdverseCase | None:
    """The case that is open; the newest one if none is."""
    return max(packets.all_of(AdverseCase, packet.id), key=lambda one: (not one.over, one.attempt), default=None)


def the_agent(packets: Packets, packet: Packet) -> Caller:
    """Whether the agent has been sent a notice about the report that is weighed."""
    case = current_case(packets, packet) if hides(packet) else None
    noticed = case is not None and case.noticed_at is not None
    return Caller.AGENT_AFTER if noticed else Caller.AGENT_BEFORE


def as_agent_sees(packets: Packets, packet: Packet) -> Packet:
    return as_seen(packet, the_agent(packets, packet))
