"""The background check of a packet, one record per attempt."""

from __future__ import annotations

from econtracting.domain.moment import Moment
from econtracting.domain.record import Record

FINAL_STATUSES = frozenset({"complete", "canceled"})


class Check(Record):
    """An ordered screening and what is known of it.

    `task_token` is the sleeping workflow's; it never leaves the table but to the workflow service.
    `status` and `result` are the vendor's words: pending, suspended, paused, complete, canceled, dispute; and clear or
    consider.
    """

    packet_id: str
    attempt: int
    task_token: str | None = None
    report_id: str | None = None
    ordered_at: Moment | None = None
    status: str = "unordered"
    result: str | None = None
    suspended_fields: tuple[str, ...] = ()
    expected_at: Moment | None = None
    completed_at: Moment | None = None
    reminders: int = 0  # how often the agent was told that it takes longer

    @property
    def reference(self) -> str:
        """What the vendor is given as our own id of the order."""
        return f"{self.packet_id}-{self.attempt}"

    @property
    def outcome(self) -> str | None:
        """clear, consider, suspended or canceled once the workflow can go on; None while it must wait."""
        if self.status == "complete":
            return self.result
        return self.status if self.status in ("suspended", "canceled") else None


class OrderReference(Record):
    """Leads from a vendor's (or our own outward) reference back to the packet."""

    vendor: str
    reference: str
    packet_id: str


class Received(Record):
    """A webhook that was accepted, kept as proof that it came and as the guard against repeats."""

    vendor: str
    message_id: str
    packet_id: str | None
    type: str
    body: str
    at: Moment
