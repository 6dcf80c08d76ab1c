"""Plays a year and its busiest hour, writes docs/scale.md's tables and the figures of its picture."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tools.document import replace_part
from tools.scale import ROOT, calibration, quotas
from tools.scale.demand import STAGES, busiest_hour, year
from tools.scale.play import Outcome, play

PACKETS = 1_000_000
STANDS_FOR = 4  # packets of the year are played one for four, which moves the busiest hour's count by a few percent
SCALES = (1, 10, 100)
STRETCH = {1: 3600.0, 10: 900.0, 100: 120.0}  # seconds of the busiest hour that are played
FIGURES = ROOT / "build" / "scale.json"


def main() -> int:
    record = calibration.recorded()
    weight = {name: float(sum(one["invocations"].values())) for name, one in record["stages"].items()}
    counts = year(PACKETS, each=STANDS_FOR)
    hour = busiest_hour(counts, weight)
    busiest = {stage.name: counts[stage.name][hour] for stage in STAGES}
    outcomes = {
        scale: play(
            calibration.loads(record, {name: count * scale for name, count in busiest.items()}),
            quotas.raised(scale),
            int(quotas.CONCURRENCY.per_second),
            STRETCH[scale],
        )
        for scale in SCALES
    }
    mails = _busiest_day(counts, {name: one["units"].get("mail", 0) for name, one in record["stages"].items()})
    shares = used(outcomes, mails, calibration.own_partition(record))
    when = datetime(2026, 1, 1) + timedelta(hours=hour)  # noqa: DTZ001 - local time of the season's model
    told = _told(when, busiest, outcomes, shares, mails)
    replace_part("simulation", told)
    daily = [sum(counts["invitation"][day * 24 : day * 24 + 24]) for day in range(365)]
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps({"daily": daily, "shares": shares}))
    print(told)
    return 0


def used(outcomes: Mapping[int, Outcome], mails_a_day: float, own: float) -> dict[str, dict[int, float]]:
    """Quota -> scale -> share of it that the busiest second uses, or the busiest day for mails a day."""
    found: dict[str, dict[int, float]] = {}
    for quota in quotas.RATES:
        found[quota.name] = {scale: one.peaks[quota.name] / quota.per_second for scale, one in outcomes.items()}
    # A packet's own writes do not grow with the number of packets.
    found[calibration.OWN] = dict.fromkeys(outcomes, own / 1000)
    limit = quotas.CONCURRENCY.per_second
    found[quotas.CONCURRENCY.name] = {scale: one.peak_concurrency / limit for scale, one in outcomes.items()}
    found[quotas.MAILS_A_DAY.name] = {scale: mails_a_day * scale / quotas.MAILS_A_DAY.per_second for scale in outcomes}
    return dict(sorted(found.items(), key=lambda one: -one[1][SCALES[0]]))


def _busiest_day(counts: Mapping[str, list[int]], each: Mapping[str, float]) -> float:
    days = range(len(counts["invitation"]) // 24)
    return max(sum(each[name] * sum(one[day * 24 : day * 24 + 24]) for name, one in counts.items()) for day in days)


def _told(
    when: datetime, busiest: Mapping[str, int], outcomes: Mapping[int, Outcome], shares: Mapping[str, Any], mails: float
) -> str:
    stages = ", ".join(f"{name} {count:,}" for name, count in busiest.items())
    lines = [
        f"The busiest hour of {PACKETS:,} packets a year is {when:%A, %-d %B, %H:00}. In it begin: {stages}."
        f" The busiest day sends {mails:,.0f} mails.",
        "",
        "| quota | " + " | ".join(f"{scale}x" for scale in SCALES) + " | reached at | what helps |",
        "| --- | " + " | ".join("---:" for _ in SCALES) + " | ---: | --- |",
    ]
    for name, share in shares.items():
        cells = " | ".join(f"{share[scale] * 100:.3g} %" for scale in SCALES)
        steady = share[SCALES[-1]] == share[SCALES[0]]
        reached = "never" if steady else f"{SCALES[-1] / share[SCALES[-1]]:,.2g}x"
        lines.append(f"| {name} | {cells} | {reached} | {HELPS.get(name, 'a request to AWS')} |")
    lines += ["", "| played | " + " | ".join(f"{scale}x" for scale in SCALES) + " |", "| --- | ---: | ---: | ---: |"]
    rows = {
        "seconds": lambda one: f"{one.seconds:,.0f}",
        "invocations": lambda one: f"{one.invocations:,}",
        "highest concurrency": lambda one: f"{one.peak_concurrency:,}",
        "invocations that found no room": lambda one: f"{one.concurrency_waits:,}",
        "longest wait for a quota": lambda one: f"{one.longest_wait:.1f} s",
    }
    lines += [
        f"| {name} | " + " | ".join(tell(outcomes[scale]) for scale in SCALES) + " |" for name, tell in rows.items()
    ]
    return "\n".join(lines)


HELPS = {
    "SES mails": "a request to AWS; meanwhile the outbox waits",
    "SES mails in a day": "a request to AWS; meanwhile the outbox waits",
    "KMS ECC signatures": "a request to AWS, or one seal over a manifest instead of one for each document",
    "DynamoDB partition: by_due shard, writes": "more shards (`DUE_SHARDS`)",
    "DynamoDB partition: by_status shard, writes": "more shards (`STATUS_SHARDS`), or keys only in the index",
    "DynamoDB partition: largest agency, writes": "shards for the index by agency, or keys only in it",
    "DynamoDB partition: one packet, writes": "nothing needed",
    "S3 writes of a prefix": "nothing: keys begin with hashes, so prefixes split",
}


if __name__ == "__main__":
    sys.exit(main())
