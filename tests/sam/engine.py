"""A container engine for the suite: the one that answers, or Debian's own started here and stopped afterward."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60


class NoEngine(Exception):
    """There is no engine and none can be started; the message says why."""


def answers() -> bool:
    """Whether an engine answers here and now."""
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "version"], capture_output=True, timeout=30).returncode == 0


@contextmanager
def running(log: Path) -> Iterator[None]:
    """An engine for the length of the block. Raises NoEngine where this machine has none and allows none."""
    if answers():
        yield
        return
    daemon = _startable()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen([daemon], stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        _await(process, log)
        yield
    finally:
        process.terminate()
        process.wait(60)


def _startable() -> str:
    if shutil.which("docker") is None:
        raise NoEngine("the command docker is not installed (Debian: apt-get install docker.io)")
    daemon = shutil.which("dockerd")
    if daemon is None:
        raise NoEngine("no Docker engine answers, and dockerd is not installed to start one")
    if os.geteuid() != 0:
        raise NoEngine("no Docker engine answers, and only root may start one")
    return daemon


def _await(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if answers():
            return
        time.sleep(0.3)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    raise NoEngine(f"dockerd did not come up on this machine:\n{tail}")


@contextmanager
def network() -> Iterator[tuple[str, str]]:
    """The suite's own network: its name, and this machine's address on it (no other machine reaches it)."""
    name = f"econtracting-sam-{os.getpid()}"
    _docker("network", "create", name)
    try:
        yield name, _docker("network", "inspect", name, "--format", "{{(index .IPAM.Config 0).Gateway}}")
    finally:
        for container in _docker("ps", "--all", "--quiet", "--filter", f"network={name}").split():
            _docker("rm", "--force", container)
        _docker("network", "rm", name)


def _docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout.strip()
