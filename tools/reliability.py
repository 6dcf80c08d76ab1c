"""Row -> test -> result, from the suite itself, into the tables of docs/reliability.md, docs/law.md and
docs/what-people-bring.md.

`python -m tools.reliability` runs the tests that name a row of a catalog and writes the tables. `--check` only
collects: are all names still right? `--from FOLDER` takes the results that a run of the suite has left there (ROWS_SEEN
named the folder) and fails if a test that proves a row failed or was left out; with `--write` it writes the tables too.
"""

from __future__ import annotations

import json
import os
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
# What counts of a test's cases, and of its runs: a case that a machine cannot run takes nothing from those that passed.
ORDER = {"skipped": 0, "passed": 1, "not run": 2, "failed": 3}


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


def both(before: str, result: str) -> str:
    """What two cases or two runs of one test come to."""
    return result if before == "not run" else max(before, result, key=ORDER.__getitem__)


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
                results[name] = both(results[name], report.outcome)

    def pytest_sessionfinish(self) -> None:
        if folder := os.environ.get("ROWS_SEEN"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"{os.getpid()}.json").write_text(json.dumps(self.rows), encoding="utf-8")

    def take(self, folder: Path) -> None:
        """Adds what processes of a run of the suite have left; the worst result of a test counts."""
        for path in sorted(folder.glob("*.json")):
            for mark, rows in json.loads(path.read_text(encoding="utf-8")).items():
                for row, results in rows.items():
                    standing = self.rows[mark][row]
                    for name, result in results.items():
                        standing[name] = both(standing.get(name, "not run"), result)


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


def judged(page: Page, found: dict[str, dict[str, str]]) -> bool:
    """Whether no test that proves a row failed or was left out; says which rows this machine cannot show."""
    right = True
    for row in page.rows:
        results = found.get(row.id, {})
        bad = sorted(name for name, result in results.items() if result in ("failed", "not run"))
        if bad or (results and "passed" not in results.values()):
            print(f"{page.path.relative_to(ROOT)}: row {row.id} is not shown: {', '.join(bad) or 'skipped here'}")
        right = right and not bad
    return right


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
    seen = Path(arguments[arguments.index("--from") + 1]) if "--from" in arguments else None
    check = "--check" in arguments or (seen is not None and "--write" not in arguments)
    collector = Collector()
    chosen = ["--collect-only", "-qq"] if check or seen else ["-q"]
    marks = " or ".join(page.mark for page in PAGES)
    status = pytest.main(
        ["-m", marks, "-p", "no:cacheprovider", "--no-header", *chosen, str(ROOT / "tests")], [collector]
    )
    if seen:
        collector.take(seen)
    right = [settle(page, collector.rows[page.mark], check) for page in PAGES]
    if seen:
        right += [judged(page, collector.rows[page.mark]) for page in PAGES]
    return int(status) if all(right) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
