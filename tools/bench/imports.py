"""What a door costs before its first request, beside what an SDK client alone costs."""

from __future__ import annotations

import statistics

from tools.bench import ROOT
from tools.bench.processor import fresh_interpreter
from tools.bench.rows import Row

FLOOR = "import boto3; boto3.client('dynamodb', region_name='us-east-1')"
DOORS = ("invite", "auth", "interview", "sign", "process")
BUDGET = 1.6
ROUNDS = 7


def measure() -> list[Row]:
    """Floor and doors in turn, so that a machine that changes its speed changes both sides of a ratio."""
    floors: list[float] = []
    ratios: dict[str, list[float]] = {door: [] for door in DOORS}
    for _ in range(ROUNDS):
        for door in DOORS:
            floors.append(_cpu(FLOOR))
            ratios[door].append(_cpu(f"import {door}.handler") / floors[-1])
    floor = f"{statistics.median(floors) * 1000:.0f} ms"
    return [
        Row(
            f"import of the {door} door / boto3 + DynamoDB client",
            f"{statistics.median(found):.2f}",
            floor,
            f"<= {BUDGET}",
            statistics.median(found) <= BUDGET,
        )
        for door, found in ratios.items()
    ]


def _cpu(statement: str) -> float:
    return fresh_interpreter(statement, cwd=ROOT / "functions", path=".")
