"""What the contracting department is told of what it did."""

from __future__ import annotations

from pydantic import Field

from econtracting.domain.packet import Packet, Status
from econtracting.views.base import View


class CorrectionAskedView(View):
    """The agent is asked for a correction."""

    packet_id: str
    status: Status
    correction: int = Field(description="Number of the request")


class DecisionView(View):
    """Where a packet stands after a decision, or after a dispute was put down."""

    packet_id: str
    status: Status
    review_reason: str | None = Field(description="Code of why the contracting department still has to look")
    approvals: int = Field(description="How many of the staff agreed to go on, where two have to")

    @classmethod
    def of(cls, packet: Packet) -> DecisionView:
        return cls(
            packet_id=packet.id,
            status=packet.status,
            review_reason=packet.review_reason,
            approvals=len(packet.approvals),
        )
