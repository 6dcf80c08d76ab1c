"""A page of docs/runbooks as a drill follows it: its own commands, word for word, against the services that broke."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from tests.drills import aws_command
from tests.support import deployed
from tools import ops

PAGES = deployed.ROOT / "docs/runbooks"
BLOCK = re.compile(r"^ *```sh ([a-z-]+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Followed:
    """What a block's commands printed, and whether one of them found something wrong."""

    said: str
    wrong: bool


class Runbook:
    def __init__(self, page: str) -> None:
        self.blocks = blocks(PAGES / f"{page}.md")

    def follow(self, name: str, **given: str) -> Followed:
        """Run the page's block of that name; `given` is what the operator fills in, such as PACKET."""
        said, wrong = [], False
        for command in commands(self.blocks[name]):
            code, printed = _carried_out(_filled(command, given))
            said.append(printed)
            wrong = wrong or code != 0
        return Followed("\n".join(said), wrong)


def blocks(page: Path) -> dict[str, str]:
    """Name -> commands of every block of a page. ValueError if two have the same name."""
    found = BLOCK.findall(page.read_text())
    if len({name for name, _ in found}) != len(found):
        raise ValueError(f"{page.name} names two blocks alike")
    return dict(found)


def commands(block: str) -> list[str]:
    """One for each line; a backslash at the end joins the next, `#` begins a comment line."""
    lines = block.replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def _filled(command: str, given: dict[str, str]) -> str:
    """The command with its variables. KeyError for one that neither the stack nor the operator names."""
    known = {**os.environ, **given}
    return re.sub(r"\$([A-Z_]+)", lambda match: known[match[1]], command)


def _carried_out(command: str) -> tuple[int, str]:
    words = shlex.split(command)
    if words[0] == "aws":
        return 0, aws_command.run(words[1:])
    if words[0] != "scripts/ops":
        raise LookupError(f"no drill can run: {command}")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = ops.main(words[1:])
    return code, printed.getvalue()
