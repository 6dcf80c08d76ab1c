"""The Pythons of this machine, and the signature libraries for each, as a stranger would install them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.support import deployed

OLDEST, NEWEST = (3, 7), (3, 13)
LIBRARIES = ("cryptography", "asn1crypto", "cffi", "pycparser", "typing-extensions")


class Python(NamedTuple):
    version: tuple[int, int]
    path: Path

    @property
    def name(self) -> str:
        return ".".join(map(str, self.version))


@cache
def found() -> list[Python]:
    """One interpreter of each version from 3.7 to 3.13: on PATH, in pyenv's folder, in uv's, and the project's own."""
    homes = [Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"]
    homes.append(Path(os.environ.get("UV_PYTHON_INSTALL_DIR", "~/.local/share/uv/python")).expanduser())
    candidates = [Path(sys.executable)]
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        candidates += [Path(one) for one in [shutil.which(f"python3.{minor}")] if one]
        candidates += [one for home in homes for one in sorted(home.glob(f"*3.{minor}*/bin/python3.{minor}"))]
    known: dict[tuple[int, int], Python] = {}
    for path in [*candidates, *map(Path, filter(None, [shutil.which("python3")]))]:
        version = _version(path)
        if version is not None and OLDEST <= version <= NEWEST:
            known.setdefault(version, Python(version, path))
    return [known[version] for version in sorted(known)]


def _version(path: Path) -> tuple[int, int] | None:
    ran = subprocess.run([path, "-I", "-S", "--version"], capture_output=True, text=True, check=False)  # shims may fail
    match = re.match(r"Python (\d+)\.(\d+)", ran.stdout) if ran.returncode == 0 else None
    return (int(match[1]), int(match[2])) if match else None


@cache
def libraries(python: Python) -> Path | str:
    """A folder with the newest signature libraries for a Python, made once; or why there is none."""
    folder = deployed.ROOT / ".build/verifier" / python.name
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
        command += ["--python-version", python.name, "--only-binary=:all:", "--target", made, *LIBRARIES]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
        if ran.returncode != 0:
            return f"pip could not install {', '.join(LIBRARIES)} for {python.name}: {ran.stderr.strip()[-300:]}"
        if not folder.exists():  # another process may have been faster
            shutil.copytree(made, folder.with_suffix(f".{os.getpid()}"))
            folder.with_suffix(f".{os.getpid()}").rename(folder)
    return folder
