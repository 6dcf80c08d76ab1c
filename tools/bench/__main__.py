"""Measures everything, prints it, and keeps the last result in docs/benchmarks.*. Ends with 1 over a budget."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from econtracting.domain.days import day_in
from tools.bench import RECORD, ROOT, cost, documents, imports, packages, packet, portal, road
from tools.bench.rows import HEAD, Section, markdown

HASH_MS = 16.0
DOCUMENT = ROOT / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Written by `make bench`, which measures all of this in one run and ends with an error when a budget is broken. The last
run was on {day}, on two shared cores (x86-64, CPython {python}): ratios carry over to Lambda, absolute times do not.
Times are processor time.

"""


def main() -> int:
    papers = documents.papers()
    rendering, sealing = (sum(getattr(paper, one) for paper in papers) * 1000 for one in ("rendering", "sealing"))
    # What these compute beyond an ordinary request; two argon2id hashes fall to an average request of the way in.
    own = {"RenderFunction": rendering, "SealFunction": sealing, "AuthFunction": 2 * HASH_MS}
    packets = packet.play(own)
    sizes, cold = packages.measure()
    rows = [*imports.measure(), *packets.rows, *documents.rows(papers), *portal.measure(), *sizes]
    text = INTRODUCTION.format(day=day_in(datetime.now(UTC), UTC), python=sys.version.split()[0])
    text += "\n".join(map(markdown, _sections(rows, packets, papers, cold)))
    print(text)
    DOCUMENT.write_text(text)
    RECORD.write_text(json.dumps(_record(packets, own), indent=2) + "\n")
    broken = [row.what for row in rows if row.holds is False]
    for what in broken:
        print(f"over budget: {what}", file=sys.stderr)
    return int(bool(broken))


def _sections(rows, packets, papers, cold) -> list[Section]:  # type: ignore[no-untyped-def]
    total = packets.total()
    return [
        Section(
            "Budgets",
            "`floor` is what the same work costs without this product, measured in the same run.",
            HEAD,
            [row.cells() for row in rows],
        ),
        Section(
            "A packet's calls, by stage",
            "Counted at the SDK's clients while one packet goes from e-vite to ACTIVE by the shortest road, two\n"
            "states up front. Units are computed from stored items, index entries included; a portal asks more often.",
            ("stage", "API", "AWS calls", "write units", "read units", "transitions", "Lambda", "modeled cost"),
            [
                (
                    stage,
                    f"{units['API request']:.0f}",
                    str(packets.calls.get(stage, sum(packets.calls.values()))),
                    f"{units['write unit']:.0f}",
                    f"{units['read unit']:.0f}",
                    f"{units['state transition']:.0f}",
                    f"{units['Lambda request']:.0f}",
                    f"${cost.dollars(units):.6f}",
                )
                for stage, units in [*packets.stages.items(), ("all", total)]
            ],
        ),
        Section(
            "Where the money goes",
            f"Prices of us-east-1, November 2026, without free tiers, storage and monthly fees. How long a function\n"
            f"runs is modeled: {cost.HANDLER_CPU_MS:.0f} ms of a full processor, {cost.CALL_MS:.0f} ms for each call,"
            " and what is measured for rendering and sealing.",
            ("unit", "count", "dollars"),
            [(unit, f"{count:.4g}", f"{dollars:.6f}") for unit, count, dollars in cost.by_line(total)],
        ),
        Section(
            "While the table grows",
            "One more packet played into a table that holds so many. Ballast packets are copies of a finished one.",
            ("packets in the table", "items in the table", "AWS calls", "write units", "read units"),
            [
                (
                    str(size),
                    str(packets.items[size]),
                    str(sum(one.total("calls").values())),
                    f"{one.total('units')['write unit']:.0f}",
                    f"{one.total('units')['read unit']:.0f}",
                )
                for size, one in packets.measured.items()
            ],
        ),
        Section(
            "Warm requests",
            "Each request of a journey played again with AWS's answers off a tape: the product's code alone.",
            ("route", "median ms"),
            [(route, f"{found:.2f}") for route, found in sorted(packets.routes.items(), key=lambda one: -one[1])],
        ),
        Section(
            "Documents",
            "Tagged PDF/A-2a and PDF/UA-1 with fields, against ReportLab's plain layout of the same text; marked and\n"
            "sealed with a key in (emulated) KMS, against pyHanko's plain signature with a key in memory.",
            documents.TABLE_HEAD,
            documents.table(papers),
        ),
        Section(
            "First import of each function",
            "From the built package, as Lambda loads it: `make deploy` ships bytecode (`tools/bytecode.py`).",
            ("module", "sources only", "as shipped"),
            cold,
        ),
    ]


def _record(packets: packet.Packets, own: Mapping[str, float]) -> dict[str, object]:
    """What the scale model is calibrated with."""
    last = packets.measured[packet.GROWTH[-1]]
    return {
        "stages": {
            stage: {
                "units": {unit: round(float(count), 6) for unit, count in sorted(units.items()) if count},
                "calls": dict(sorted(last.calls[stage].items())),
                "invocations": dict(sorted(last.invocations[stage].items())),
                "index units": dict(sorted(last.indexes[stage].items())),
            }
            for stage, units in packets.stages.items()
        },
        "functions": {
            name: {"memory": memory, "own cpu ms": round(own.get(name, 0.0), 1)}
            for name, memory in road.memory().items()
        },
        "dollars": round(cost.dollars(packets.total()), 6),
    }


if __name__ == "__main__":
    sys.exit(main())
