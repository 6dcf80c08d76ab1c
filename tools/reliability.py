"""Failure -> test -> result, from the suite itself: `python -m tools.reliability` runs the tests that name a row of the
failure catalog and writes the table into docs/reliability.md. `--check` only collects: are all names still right?
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "functions"), str(ROOT)]

from tests.support.catalog import ROWS  # noqa: E402

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- failures: written by tools/reliability.py -->", "<!-- /failures -->"
ORDER = {"passed": 0, "skipped": 1, "not run": 2, "failed": 3}


class Collector:
    """Which tests name which rows, and how they end: the worst of a test's cases is its result."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, str]] = defaultdict(dict)
        self._tests: dict[str, str] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for mark in item.iter_markers("failure"):
                path = item.path.relative_to(ROOT / "tests").as_posix()
                self._tests[item.nodeid] = name = f"{path}::{item.name.partition('[')[0]}"
                for row in mark.args:
                    self.rows[row].setdefault(name, "not run")

    def pytest_runtest_logreport(self, report: Any) -> None:
        name = self._tests.get(report.nodeid)
        if name is None or (report.when != "call" and report.outcome == "passed"):
            return
        for results in self.rows.values():
            if name in results:
                before = results[name]
                results[name] = (
                    report.outcome if before == "not run" else max(before, report.outcome, key=lambda one: ORDER[one])
                )


def table(rows: dict[str, dict[str, str]]) -> str:
    lines = ["| # | failure | what happens | proven by | result |", "| --- | --- | --- | --- | --- |"]
    for row in ROWS:
        found = rows.get(row.id, {})
        tests = "<br>".join(f"`{name}`" for name in sorted(found))
        proof = "<br>".join(part for part in (tests, row.open) if part)
        results = sorted(set(found.values()), key=lambda one: ORDER[one])
        lines.append(f"| {row.id} | {row.failure} | {row.expected} | {proof} | {', '.join(results)} |")
    return "\n".join(lines)


def named(text: str) -> list[str]:
    """A table without its results, which only a run can tell."""
    return [re.sub(r" \| [^|]* \|$", "", line) for line in text.splitlines()]


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    collector = Collector()
    chosen = ["--collect-only", "-qq"] if check else ["-q"]
    status = pytest.main(
        ["-m", "failure", "-p", "no:cacheprovider", "--no-header", *chosen, str(ROOT / "tests")], [collector]
    )
    unknown = set(collector.rows) - {row.id for row in ROWS}
    unproven = [row.id for row in ROWS if not collector.rows.get(row.id) and not row.open]
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    standing, after = rest.split(END)
    written = table(collector.rows)
    if unknown or unproven:
        print(f"rows that do not exist: {sorted(unknown)}; rows without a test or a reason: {unproven}")
        return 1
    if check:
        if named(standing.strip()) != named(written):
            print("docs/reliability.md is stale; run: .venv/main/bin/python -m tools.reliability")
            return 1
        return int(status)
    PAGE.write_text(f"{before}{BEGIN}\n{written}\n{END}{after}", encoding="utf-8")
    return int(status)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
