"""The stacks that scripts are played on: the running one, one started for the occasion, or a script's very own."""

import json
import shutil
import time
from contextlib import ExitStack
from dataclasses import fields
from types import TracebackType

import httpx

from local.config import Config, Ports
from local.demo.onlookers import Scene
from local.demo.scenarios import SCENARIOS
from local.processes import free_port
from local.stack import Stack, outputs_file


class Stacks:
    """Starts stacks when they are first needed, stops what it started."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._started = ExitStack()
        self._common: Scene | None = None

    def __enter__(self) -> "Stacks":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._started.close()

    def one_for(self, name: str) -> Scene:
        if parameters := SCENARIOS[name].parameters:
            ports = Ports(**{port.name: free_port() for port in fields(Ports)})
            own = Config(self._config.home / "scenarios" / name, ports, parameters)
            shutil.rmtree(own.home, ignore_errors=True)
            stack = self._start(own, f"{name} needs a stack of its own")
            return Scene(own, stack.outputs, stack.restart_emulator)
        self._common = self._common or self._running() or self._new()
        return self._common

    def _running(self) -> Scene | None:
        try:
            outputs = json.loads(outputs_file(self._config).read_text())
            httpx.get(self._config.url("portal") + "/inbox.json", timeout=5).raise_for_status()
        except (OSError, ValueError, httpx.HTTPError):
            return None
        print("using the running stack", flush=True)
        return Scene(self._config, outputs)

    def _new(self) -> Scene:
        return Scene(self._config, self._start(self._config, "no stack is running").outputs)

    def _start(self, config: Config, why: str) -> Stack:
        print(f"{why}: starting one (the first time builds the functions: a minute or two)", flush=True)
        began = time.monotonic()
        stack = self._started.enter_context(Stack(config))
        print(f"up after {time.monotonic() - began:.0f} s", flush=True)
        return stack
