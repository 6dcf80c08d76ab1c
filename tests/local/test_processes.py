import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.config import HOST, ROOT
from local.listening import _address, beyond_loopback, listening
from local.processes import Child, PortTaken, free_port, require_free

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} is taken.*REGISTRY_PORT="):
            require_free("registry", port)


def test_a_child_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; import os, time; from local.processes import Child;"
        f"child = Child('c', {SLEEPER!r}, os.environ, Path({str(tmp_path / 'log')!r}));"
        "print(child.process.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _alive(child):
        time.sleep(0.02)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_child_that_ignores_the_request_to_end_is_ended(tmp_path: Path) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    )
    child = Child("stubborn", [sys.executable, "-c", stubborn], os.environ, tmp_path / "log")
    while "up" not in child.tail():
        time.sleep(0.02)
    child.stop(patience=0.1)
    assert child.process.returncode == -signal.SIGKILL


def test_own_sockets_are_found_with_their_address() -> None:
    with socket.create_server((HOST, 0)) as server:
        assert listening(os.getpid())[server.getsockname()[1]] == HOST
        assert beyond_loopback(os.getpid()) == {}


def test_the_kernels_addresses_are_read_right() -> None:
    assert [str(part) for part in _address("0100007F:1F90")] == ["127.0.0.1", "8080"]
    assert [str(part) for part in _address("00000000:1F90")] == ["0.0.0.0", "8080"]
    assert [str(part) for part in _address("00000000000000000000000001000000:1F90")] == ["::1", "8080"]


def test_a_free_port_is_free() -> None:
    require_free("portal", free_port())
