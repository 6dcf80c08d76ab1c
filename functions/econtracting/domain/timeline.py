"""The road ahead as the agent sees it: stages, where the packet stands, and when to expect the next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from econtracting.domain.moment import iso
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType

# stage, the status that means it is being worked on, the status that means it is done
STAGES: tuple[tuple[str, Status, Status], ...] = (
    ("invitation", Status.INVITED, Status.IN_PROGRESS),
    ("interview", Status.IN_PROGRESS, Status.AWAITING_SIGNATURE),
    ("signature", Status.AWAITING_SIGNATURE, Status.SEALING),
    ("received", Status.SEALING, Status.SUBMITTED),
    ("background-check", Status.SUBMITTED, Status.APPOINTING),
    ("appointments", Status.APPOINTING, Status.PROCESSED),
    ("certification-open", Status.PROCESSED, Status.CERTIFICATION_OPEN),
    ("active", Status.CERTIFICATION_OPEN, Status.ACTIVE),
)

# Usual longest durations of what others do, counted from the stage's beginning.
USUAL_DAYS = {"received": 1, "background-check": 14, "appointments": 7}


def of(packet: Packet, definition: PacketType) -> list[dict[str, Any]]:
    """One row a stage: done, current or ahead; `at` when done; `expected_by` where others work for the agent."""
    rows: list[dict[str, Any]] = []
    usual = {**USUAL_DAYS, "certification-open": definition.certification.feed_days}
    for stage, begun, done in STAGES:
        row: dict[str, Any] = {"stage": stage, "state": "ahead"}
        if done.value in packet.reached:
            row |= {"state": "done", "at": iso(packet.reached[done.value])}
        elif begun.value in packet.reached or begun is Status.INVITED:
            row["state"] = "current"
            since = packet.reached.get(begun.value)
            if stage in usual and since is not None:
                row["expected_by"] = iso(since + timedelta(days=usual[stage]))
        rows.append(row)
    return rows
