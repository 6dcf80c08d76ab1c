"""Simulators and gateway under test listen on free loopback ports; the other end is a recording server."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from local.config import HOST, Config, Ports
from local.processes import free_port
from local.stack import SIMULATORS, Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.allow_hosts([HOST]))


@dataclass(frozen=True)
class Received:
    """One request that reached the recording server."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        parsed: dict[str, object] = json.loads(self.body)
        return parsed


@dataclass
class Recorder:
    """A server that records every request and answers as `answer` says."""

    port: int
    requests: list[Received] = field(default_factory=list)
    answer: Callable[[Received], tuple[int, list[tuple[str, str]], bytes]] = lambda request: (202, [], b"{}")

    def wait_for(self, count: int, patience: float = 10) -> list[Received]:
        """The first `count` requests, or a failure when they do not come."""
        deadline = time.monotonic() + patience
        while len(self.requests) < count:
            if time.monotonic() > deadline:
                pytest.fail(f"{len(self.requests)} of {count} requests came: {self.requests}")
            time.sleep(0.02)
        return self.requests[:count]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(self.command, self.path, headers, body)
            status, extra, content = recording.answer(request)
            recording.requests.append(request)
            self.send_response(status)
            for name, value in extra:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _any

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    recording = Recorder(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield recording
    server.shutdown()
    server.server_close()


@pytest.fixture
def config(tmp_path: Path, recorder: Recorder) -> Config:
    """A configuration whose portal is the recording server."""
    simulators = {name: free_port() for name in SIMULATORS}
    return Config(tmp_path, Ports(portal=recorder.port, emulator=free_port(), **simulators))


Serve = Callable[..., httpx.Client]


@pytest.fixture
def serve(config: Config) -> Iterator[Serve]:
    """Serve an application in this process on the port of the named part; gives a client with the vendor's key."""
    stops = []

    def start(application: Callable[[Config], Starlette], name: str, key: str = "") -> httpx.Client:
        port = getattr(config.ports, name)
        server = uvicorn.Server(uvicorn.Config(application(config), host=HOST, port=port, log_level="warning"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        client = httpx.Client(base_url=config.url(name), headers={"Authorization": f"Bearer {key}"} if key else {})

        def stop() -> None:
            client.close()
            server.should_exit = True
            thread.join()

        stops.append(stop)
        while not server.started:
            time.sleep(0.005)
        return client

    yield start
    for stop in stops:
        stop()


@pytest.fixture
def stack(config: Config) -> Iterator[Stack]:
    """A stack of which tests start single parts."""
    stack = Stack(config)
    yield stack
    stack.stop()
