"""Row -> test -> result, from the suite itself, into the tables of docs/reliability.md, docs/law.md and
docs/what-people-bring.md.

`python -m tools.reliability` runs the tests that name a row of a catalog; `--check` only collects: are all names still
right?
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "functions"), str(ROOT)]

from tests.support.catalog import BRINGS, LAW, ROWS, Row  # noqa: E402

BEGIN, END = "<!-- rows: written by tools/reliability.py -->", "<!-- /rows -->"
ORDER = {"passed": 0, "skipped": 1, "not run": 2, "failed": 3}


class Page(NamedTuple):
    """A table, and the mark by which tests name its rows."""

    mark: str
    rows: tuple[Row, ...]
    path: Path
    heads: tuple[str, ...]  # of what a row says: failure, its example if the page shows one, and what is expected


PAGES = (
    Page("failure", ROWS, ROOT / "docs/reliability.md", ("failure", "what happens")),
    Page("law", LAW, ROOT / "docs/law.md", ("what goes wrong elsewhere", "what holds here")),
    Page("brings", BRINGS, ROOT / "docs/what-people-bring.md", ("kind", "example", "answer")),
)


class Collector:
    """Which tests name which rows, and how they end: the worst of a test's cases is its result."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, dict[str, str]]] = {page.mark: defaultdict(dict) for page in PAGES}
        self._tests: dict[str, str] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for kind, rows in self.rows.items():
                for mark in item.iter_markers(kind):
                    path = item.path.relative_to(ROOT / "tests").as_posix()
                    self._tests[item.nodeid] = name = f"{path}::{item.name.partition('[')[0]}"
                    for row in mark.args:
                        rows[row].setdefault(name, "not run")

    def pytest_runtest_logreport(self, report: Any) -> None:
        name = self._tests.get(report.nodeid)
        if name is None or (report.when != "call" and report.outcome == "passed"):
            return
        for results in (one for rows in self.rows.values() for one in rows.values()):
            if name in results:
                before = results[name]
                results[name] = (
                    report.outcome if before == "not run" else max(before, report.outcome, key=lambda one: ORDER[one])
                )


def table(page: Page, rows: dict[str, dict[str, str]]) -> str:
    heads = ("#", *page.heads, "proven by", "result")
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for row in page.rows:
        found = rows.get(row.id, {})
        tests = "<br>".join(f"`{name}`" for name in sorted(found))
        proof = "<br>".join(part for part in (tests, row.open) if part)
        results = sorted(set(found.values()), key=lambda one: ORDER[one])
        said = (row.failure, row.example, row.expected) if len(page.heads) > 2 else (row.failure, row.expected)
        lines.append(f"| {' | '.join((row.id, *said, proof, ', '.join(results)))} |")
    return "\n".join(lines)


def named(text: str) -> list[str]:
    """A table without its results, which only a run can tell."""
    return [re.sub(r" \| [^|]* \|$", "", line) for line in text.splitlines()]


def settle(page: Page, found: dict[str, dict[str, str]], check: bool) -> bool:
    """Writes the table, or with `check` compares it with the page; says what is wrong and whether all is right."""
    shown = page.path.relative_to(ROOT)
    unknown = set(found) - {row.id for row in page.rows}
    unproven = [row.id for row in page.rows if not found.get(row.id) and not row.open]
    if unknown or unproven:
        print(f"{shown}: rows that do not exist: {sorted(unknown)}; rows without a test or a reason: {unproven}")
        return False
    before, rest = page.path.read_text(encoding="utf-8").split(BEGIN)
    standing, after = rest.split(END)
    written = table(page, found)
    if check and named(standing.strip()) != named(written):
        print(f"{shown} is stale; run: .venv/main/bin/python -m tools.reliability")
        return False
    if not check:
        page.path.write_text(f"{before}{BEGIN}\n{written}\n{END}{after}", encoding="utf-8")
    return True


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    collector = Collector()
    chosen = ["--collect-only", "-qq"] if check else ["-q"]
    marks = " or ".join(page.mark for page in PAGES)
    status = pytest.main(
        ["-m", marks, "-p", "no:cacheprovider", "--no-header", *chosen, str(ROOT / "tests")], [collector]
    )
    settled = [settle(page, collector.rows[page.mark], check) for page in PAGES]
    return int(status) if all(settled) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
