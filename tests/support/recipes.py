"""Reads the pages of docs/how-to and carries their steps out on a copy of the project.

A step is an item of the numbered list below `## Steps`; it begins with the file it changes. A fenced block in it is an
edit or a command. What an edit does stands behind the block's language:

    after: TEXT    puts the block behind the one line that holds TEXT (the first of several)
    before: TEXT   puts it before that line
    replace: TEXT  puts it in that line's place
    append:        puts it at the file's end
    new:           makes the file

A block of `sh` is a command. Blocks below `## Check` must pass; the table below says what fails without a step.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_STEP = re.compile(r"^(\d+)\. `([^`]+)`", re.MULTILINE)
_BLOCK = re.compile(r"^( *)```(\w+) ?(.*)\n((?:.*\n)*?)\1```$", re.MULTILINE)
_ROW = re.compile(r"^\| (\d+) \| `([^`]+)` \| `([^`]+)` \|$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    language: str
    place: str  # after, before, replace, append, new; empty for a command
    anchor: str
    text: str


@dataclass(frozen=True)
class Step:
    number: int
    file: str
    blocks: tuple[Block, ...]

    def edit(self, root: Path) -> list[str]:
        """Carries the edits out and returns the commands. Raises LookupError for an anchor that is not there."""
        commands = []
        for block in self.blocks:
            if block.language == "sh":
                commands.append(block.text)
            else:
                _edit(root / self.file, block)
        return commands


@dataclass(frozen=True)
class LeftOut:
    step: int
    command: str
    names: str


@dataclass(frozen=True)
class Recipe:
    name: str
    steps: tuple[Step, ...]
    checks: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def read(page: Path) -> Recipe:
    text = page.read_text(encoding="utf-8")
    steps, _, rest = text.partition("## Steps\n")[2].partition("## Check\n")
    checks, _, table = rest.partition("## If a step is left out\n")
    starts = [*_STEP.finditer(steps)]
    ends = [*(found.start() for found in starts[1:]), len(steps)]
    return Recipe(
        page.stem,
        tuple(
            Step(int(found[1]), found[2], _blocks(steps[found.start() : end]))
            for found, end in zip(starts, ends, strict=True)
        ),
        tuple(line for block in _blocks(checks) for line in block.text.splitlines()),
        tuple(LeftOut(int(step), command, names) for step, command, names in _ROW.findall(table)),
    )


def _blocks(text: str) -> tuple[Block, ...]:
    found = []
    for indent, language, what, body in _BLOCK.findall(text):
        place, _, anchor = what.partition(":")
        lines = [line.removeprefix(indent) for line in body.splitlines(keepends=True)]
        found.append(Block(language, place, anchor.strip(), "".join(lines)))
    return tuple(found)


def _edit(path: Path, block: Block) -> None:
    if block.place == "new":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        return
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if block.place == "append":
        lines.append(block.text)
    else:
        at = next((at for at, line in enumerate(lines) if block.anchor in line), None)
        if at is None:
            raise LookupError(f"{path} has no line with {block.anchor!r}")
        first, last = {"after": (at + 1, at + 1), "before": (at, at), "replace": (at, at + 1)}[block.place]
        lines[first:last] = [block.text]
    path.write_text("".join(lines), encoding="utf-8")
