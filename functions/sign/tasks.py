"""sign, the workflow's side: render a packet's documents, seal them. The documents layer is attached here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from econtracting import wiring
from econtracting.domain.signing.documents import SealRefused
from econtracting.usecases.commit import review
from econtracting.usecases.signing.preparing import prepare
from econtracting.usecases.signing.sealing import seal_packet
from econtracting.usecases.signing.stamping import stamp_packet


def render(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Asked by the interview when the summary is confirmed: {packet_id, generation, frozen_at}."""
    return prepare(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        envelope=wiring.envelope(),
        renderer=wiring.renderer(),
        documents=wiring.documents(),
        ids=wiring.ids(),
        clock=wiring.clock(),
        packet_id=event["packet_id"],
        generation=event["generation"],
        frozen_at=datetime.fromisoformat(event["frozen_at"]),
    )


def seal(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """A step of the onboarding workflow: {packet_id, attempt} -> {status}.

    Asked by the relay with {task: stamp}, it adds the timestamps a sealed packet lacks instead.
    An outage is raised and retried. A refusal repeats itself until a person mends the cause: the packet says so.
    """
    if event.get("task") == "stamp":
        return {"stamped": _stamp(event["packet_id"])}
    try:
        packet = seal_packet(
            packets=wiring.packets(),
            packet_types=wiring.packet_type,
            documents=wiring.documents(),
            renderer=wiring.renderer(),
            seal=wiring.seal(),
            clock=wiring.clock(),
            packet_id=event["packet_id"],
            without_time=wiring.seal_without_time(),
        )
    except SealRefused as refusal:
        review.ask_for_review(
            packets=wiring.packets(),
            clock=wiring.clock(),
            packet_id=event["packet_id"],
            reason=refusal.code.replace("-", "_").upper(),
            attempt=event["attempt"],
        )
        _count("SealRefused")
        raise
    return {"status": packet.status.value}


def _stamp(packet_id: str) -> int:
    return stamp_packet(
        packets=wiring.packets(),
        documents=wiring.documents(),
        seal=wiring.seal(),
        clock=wiring.clock(),
        packet_id=packet_id,
    )


def _count(what: str) -> None:
    metrics = EphemeralMetrics()
    metrics.add_metric(what, MetricUnit.Count, 1)
    metrics.flush_metrics()
