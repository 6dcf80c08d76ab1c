"""Write units of one packet's life by kind of item, with today's indexes and those before, from one run.

    python -m tools.bench.indexes

Each write is looked at with the indexes of every step of template.yaml's IndexStep, whichever the table has.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

import boto3

from tests.support import deployed, stream
from tools.bench import road, units
from tools.bench.growth import grow
from tools.bench.rows import Section, markdown

PAGE = 50
NEW, OLD = deployed.template()["Parameters"]["IndexStep"]["Default"], 0
KINDS = ("PACKET", "OUTBOX", "EVENT")  # the rest together


def main() -> int:
    known = {one["IndexName"]: units.Index.of(one) for step in (OLD, NEW) for one in deployed.indexes(step)}
    entries: dict[str, Counter[str]] = {name: Counter() for name in known}
    table: Counter[str] = Counter()

    def written(kind: str, old: units.Item | None, new: units.Item | None, *, transaction: bool) -> None:
        table[kind] += units.write_units(old, new, transaction=transaction)  # type: ignore[assignment]
        for name, index in known.items():
            entries[name][kind] += units.index_units(index, old, new)  # type: ignore[assignment]

    with road.track() as (track, _):
        track.play()
        track.ledger.writes.append(written)
        track.play()
        track.ledger.writes.clear()
        grow(PAGE + 10)
        pages = {name: _page(index) for name, index in known.items() if not name.startswith("by_due")}
    print(markdown(_writes(table, entries)))
    print(markdown(_reads(pages)))
    return 0


def _writes(table: Counter[str], entries: Mapping[str, Counter[str]]) -> Section:
    def row(name: str, found: Mapping[str, float]) -> list[str]:
        kinds = [f"{found.get(kind, 0):.0f}" for kind in KINDS]
        rest = sum(count for kind, count in found.items() if kind not in KINDS)
        return [name, *kinds, f"{rest:.0f}", f"{sum(found.values()):.0f}"]

    def together(step: int) -> Counter[str]:
        return sum((entries[one["IndexName"]] for one in deployed.indexes(step)), Counter(table))

    rows = [row("table", table), *(row(name, found) for name, found in entries.items())]
    rows += [row("all, before", together(OLD)), row("all, today", together(NEW))]
    text = "Write units of one packet from e-vite to ACTIVE, by kind of item."
    return Section("Writes", text, ("", *(kind.lower() for kind in KINDS), "others", "all"), rows)


def _reads(pages: Mapping[str, tuple[int, float]]) -> Section:
    rows = [[name, str(size), f"{found:.1f}"] for name, (size, found) in pages.items()]
    return Section("Reads", f"A page of {PAGE} packets.", ("index", "bytes an entry", "read units"), rows)


def _page(index: units.Index) -> tuple[int, float]:
    """Bytes of an entry of an ACTIVE packet, and read units of a page of such."""
    scan: Any = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=stream.TABLE)
    heads = [one for part in scan for one in part["Items"] if one["SK"]["S"] == "PACKET"][:PAGE]
    held = [index.entry(one) for one in heads]
    sizes = [units.size(one) for one in held]
    return sum(sizes) // len(sizes), units.read_units([one for one in held if one], consistent=False)


if __name__ == "__main__":
    sys.exit(main())
