"""A copy of the project in which files may be changed and commands run, and which is put back in between."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from tests.support.deployed import ROOT

PYTHON = ".venv/main/bin/python "
LINKED = (".venv", "web/node_modules")
CACHES = {"__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis"}
SECONDS = 300
# Of the run around it: what it noted, and where it notes what the functions asked of AWS.
NOT_HANDED_ON = (
    "RIGHTS_SEEN",
    "ROWS_SEEN",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPATH",
    "PYTEST_ADDOPTS",
    "PYTEST_CURRENT_TEST",
)


class Outcome(NamedTuple):
    code: int
    output: str


class Copy:
    """Every file that git knows or would add; environments and packages are linked."""

    def __init__(self, folder: Path) -> None:
        self.root, self._output = folder / "copy", folder / "output"
        self._environment = {name: value for name, value in os.environ.items() if name not in NOT_HANDED_ON}
        self._files: dict[Path, tuple[int, int]] = {}
        for name in _files_of_the_project():
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
            self._files[target] = _stamp(target)
        for name in LINKED:
            (self.root / name).symlink_to((ROOT / name).resolve())
        self._edits = 0
        self._forks = subprocess.Popen(
            [ROOT / ".venv/main/bin/python", ROOT / "tests/support/forks.py"],
            cwd=self.root,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forks.communicate()

    def put_back(self) -> None:
        """Let every file be as it was copied, and none be there beside them; caches stay."""
        there = set(_files_below(self.root))
        for file in there - self._files.keys():
            file.unlink()
        for file, stamp in self._files.items():
            if file not in there or _stamp(file) != stamp:
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / file.relative_to(self.root), file, follow_symlinks=False)
        for folder, _, _ in os.walk(self.root, topdown=False):
            if not any(Path(folder).iterdir()):
                Path(folder).rmdir()

    def edited(self, name: str) -> None:
        """Gives a file a time that no other version of it had: bytecode is told from stale by the second."""
        self._edits += 1
        if (self.root / name).is_file():
            os.utime(self.root / name, (10**9 + self._edits,) * 2)

    def run(self, command: str) -> Outcome:
        """A command as it stands in a page."""
        if command.startswith(PYTHON):
            job = {
                "folder": str(self.root),
                "arguments": command.removeprefix(PYTHON).split(),
                "output": str(self._output),
                "seconds": SECONDS,
            }
            assert self._forks.stdin is not None
            assert self._forks.stdout is not None
            self._forks.stdin.write(json.dumps(job) + "\n")
            self._forks.stdin.flush()
            return Outcome(int(self._forks.stdout.readline()), self._output.read_text(errors="replace"))
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )
        return Outcome(done.returncode, done.stdout)


def _files_of_the_project() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return sorted({name for name in listed.split("\0") if name and (ROOT / name).is_file()})


def _files_below(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in CACHES and not Path(folder, name).is_symlink()]
        yield from (path for path in (Path(folder, name) for name in names) if not path.is_symlink())


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size
