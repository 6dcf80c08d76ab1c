"""sign, without the documents layer: the heads of audit trails, signed by the sealing key."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from econtracting import wiring
from econtracting.domain.errors import TrailRewritten
from econtracting.domain.signing.heads import Exported, ExportTask, MilestoneTask

logger = Logger()


def lambda_handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Asked by the relay with a MilestoneTask -> Milestone, by the door that hands out evidence with an ExportTask ->
    Exported, and by a schedule with nothing: the daily heads that are due -> their days.

    A trail that contradicts what was signed of it is not signed: a milestone is then asked for again and again until
    a person looks, a package goes out without a signature.
    """
    match event.get("task"):
        case "milestone":
            return _milestone(MilestoneTask.model_validate(event))
        case "export":
            return _export(ExportTask.model_validate(event)).model_dump(mode="json")
    days = wiring.daily_heads().take()
    for day in days:
        logger.info("daily head signed", day=day.isoformat())
    return {"days": [day.isoformat() for day in days]}


def _milestone(task: MilestoneTask) -> dict[str, Any]:
    try:
        return wiring.heads_of_packets().sign_milestone(task.packet_id, task.seq).model_dump(mode="json")
    except TrailRewritten:
        _refused(task.packet_id)
        raise


def _export(task: ExportTask) -> Exported:
    try:
        return Exported(export=wiring.heads_of_packets().sign_export(task))
    except TrailRewritten:
        _refused(task.packet_id)
        return Exported(export=None)


def _refused(packet_id: str) -> None:
    logger.error("the audit trail is not the one that was signed", packet_id=packet_id)
    metrics = EphemeralMetrics()
    metrics.add_metric("TrailRewritten", MetricUnit.Count, 1)
    metrics.flush_metrics()
