"""Child processes that are stopped in order, and that never outlive the process that started them."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.config import HOST, ROOT

PR_SET_PDEATHSIG = 1


class PortTaken(Exception):
    """Something else listens where a part of the stack should."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(f"port {port} is taken; free it or choose another: {name.upper()}_PORT=<port> make run")


def require_free(name: str, port: int) -> None:
    """Raise PortTaken unless a server can listen on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise PortTaken(name, port) from None


def free_port() -> int:
    """A port that no one listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One running process with its output in a log file."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name, self.log = name, log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            # A session of its own: Ctrl-C reaches only the parent, which then stops its children in order.
            self.process = subprocess.Popen(
                command, env=dict(environment), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, preexec_fn=_die_with_parent,
            )  # fmt: skip

    @classmethod
    def module(cls, name: str, module: Sequence[str], environment: Mapping[str, str], log: Path) -> "Child":
        """Start one of this project's own modules."""
        return cls(name, [sys.executable, "-m", *module], environment, log)

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def ask_to_end(self) -> None:
        """Send the process the signal to end in order, without waiting."""
        if self.running:
            self.process.terminate()

    def stop(self, patience: float = 10) -> None:
        """Ask the process to end and wait; after `patience` seconds end it and everything it started."""
        if self.running:
            self.ask_to_end()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.kill()
        # What it started shares its session and must not stay behind.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End the process without notice, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def tail(self, lines: int = 15) -> str:
        """The last lines of the process's output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
