"""sign, the workflow's side: render a packet's documents, seal them. The documents layer is attached here."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from econtracting import wiring
from econtracting.domain.signing.documents import SealRefused
from econtracting.domain.signing.preparation import PrepareTask, Resealed, ResealTask, Sealed, SealTask, StampTask


def render(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Asked by the interview when the summary is confirmed: a PrepareTask -> Prepared.

    Asked with a ResealTask when a section is saved, it seals apart what was sealed together: -> Resealed.
    """
    if event.get("task") == "reseal":
        resealed = wiring.resealing().reseal(ResealTask.model_validate(event).packet_id)
        return Resealed(sections=resealed).model_dump()
    return wiring.preparing().prepare(PrepareTask.model_validate(event)).model_dump(mode="json")


def seal(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """A step of the onboarding workflow: a SealTask -> Sealed.

    Asked by the relay with a StampTask, it adds the timestamps a sealed packet lacks instead: -> Stamped.
    An outage is raised and retried. A refusal repeats itself until a person mends the cause: the packet says so.
    """
    if event.get("task") == "stamp":
        return wiring.late_stamping().stamp_packet(StampTask.model_validate(event).packet_id).model_dump()
    task = SealTask.model_validate(event)
    try:
        packet = wiring.sealing().seal_packet(task.packet_id)
    except SealRefused as refusal:
        wiring.seal_refusals().ask_for_review(task.packet_id, task.attempt, refusal)
        _count("SealRefused")
        raise
    return Sealed(status=packet.status).model_dump(mode="json")


def _count(what: str) -> None:
    metrics = EphemeralMetrics()
    metrics.add_metric(what, MetricUnit.Count, 1)
    metrics.flush_metrics()
