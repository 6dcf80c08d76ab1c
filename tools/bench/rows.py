"""What was measured beside what it should be, and how that is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement. `floor` is what the same work costs without this product, `holds` whether the budget is kept."""

    what: str
    measured: str
    floor: str = ""
    budget: str = ""
    holds: bool | None = None

    def cells(self) -> tuple[str, ...]:
        return self.what, self.measured, self.floor, self.budget, {True: "yes", False: "**NO**", None: ""}[self.holds]


@dataclass(frozen=True)
class Section:
    """A table with a heading and a word about how its figures came about."""

    title: str
    how: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


HEAD = ("what", "measured", "floor", "budget", "holds")


def markdown(section: Section) -> str:
    """The section as a Markdown table whose columns line up in plain text too."""
    table = [tuple(section.head), *map(tuple, section.rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(section.head))]

    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    lines = [line(table[0]), line("-" * width for width in widths), *map(line, table[1:])]
    return f"## {section.title}\n\n{section.how}\n\n" + "\n".join(lines) + "\n"
