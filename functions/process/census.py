"""process, counted: every five minutes the business as metrics, by status or by vendor and by nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from econtracting import wiring
from econtracting.domain.breaker import Vendor

EVERY = timedelta(minutes=5)
Figures = Mapping[str, tuple[MetricUnit, float]]


def lambda_handler(event: dict[str, Any], _: Any) -> dict[str, int]:
    """What became ACTIVE is counted once: each run looks at the whole five minutes that ended before it."""
    until = _whole(wiring.clock().now())
    found = wiring.counting().count(until - EVERY, until)
    for one in found.standings:
        _emit(
            {
                "Packets": (MetricUnit.Count, one.packets),
                "AgeInStage": (MetricUnit.Seconds, one.oldest.total_seconds()),
                "OverduePackets": (MetricUnit.Count, one.overdue),
            },
            status=one.status.value,
        )
    for packet in found.finished:
        _emit(
            {
                "TimeToContract": (MetricUnit.Seconds, packet.to_contract.total_seconds()),
                "TimeToActive": (MetricUnit.Seconds, packet.to_active.total_seconds()),
            }
        )
    for vendor in Vendor:
        _emit({"VendorPaused": (MetricUnit.Count, int(vendor in found.paused))}, vendor=vendor.value)
    expires = wiring.seal_certificate_expires()
    _emit(
        {
            "PausedVendors": (MetricUnit.Count, len(found.paused)),
            "StuckPackets": (MetricUnit.Count, sum(one.overdue for one in found.standings)),
            "WaitingMessages": (MetricUnit.Count, found.messages),
            "PacketsInTrouble": (MetricUnit.Count, found.in_trouble),
            "OutboxAge": (MetricUnit.Seconds, found.oldest_effect.total_seconds()),
            "SealCertificateDays": (MetricUnit.Count, (expires - wiring.clock().now()).days),
            "DailyHeadLate": (MetricUnit.Seconds, wiring.head_watch().late_by().total_seconds()),
        }
    )
    return {"packets": sum(one.packets for one in found.standings), "finished": len(found.finished)}


def _whole(now: datetime) -> datetime:
    return now - timedelta(seconds=now.timestamp() % EVERY.total_seconds())


def _emit(figures: Figures, **dimensions: str) -> None:
    metrics = EphemeralMetrics()
    for name, value in dimensions.items():
        metrics.add_dimension(name, value)
    for name, (unit, amount) in figures.items():
        metrics.add_metric(name, unit, amount)
    metrics.flush_metrics()
