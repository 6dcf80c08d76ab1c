"""The whole local stack as one object: started in the order of its dependencies, stopped in the opposite one."""

import json
import os
import threading
import time
from dataclasses import fields
from pathlib import Path
from types import TracebackType

import httpx
from botocore.config import Config as ClientConfig

from local import emulator
from local.aws import client
from local.config import Config, Ports
from local.deploy import deploy
from local.processes import Child, require_free

SIMULATORS = ("background", "registry", "appointments", "certification", "ternfield")
SWEEP_SECONDS = 2.0


class PartDied(Exception):
    """A part of the stack ended by itself."""


class Stack:
    """A running stack. Use it as a context manager; nothing it started outlives the block."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.outputs: dict[str, str] = {}
        self.children: dict[str, Child] = {}
        self._emulator: Child | None = None
        self._stopping, self._paused = threading.Event(), threading.Event()
        self._ticker: threading.Thread | None = None
        self._complaint = ""

    def __enter__(self) -> "Stack":
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        self.config.home.mkdir(parents=True, exist_ok=True)
        for port in fields(Ports):
            require_free(port.name, getattr(self.config.ports, port.name))
        outputs_file(self.config).unlink(missing_ok=True)
        self._emulator = emulator.start(self.config)
        # The gateway carries mail and the vendors' webhooks, so it listens before anything can want it.
        for name in ("portal", *SIMULATORS):
            self.start_part(name)
        self.outputs = deploy(self.config)
        unfinished = outputs_file(self.config).with_suffix(".new")
        unfinished.write_text(json.dumps(self.outputs, indent=2))
        unfinished.rename(outputs_file(self.config))
        self._ticker = threading.Thread(target=self._tick, daemon=True, name="sweep")
        self._ticker.start()

    def start_part(self, name: str) -> None:
        """Start the gateway (`portal`) or a simulator, and wait until it listens."""
        module = ["local.gateway"] if name == "portal" else ["local.simulators", name]
        environment = {**os.environ, **self.config.environment()}
        child = Child.module(name, module, environment, self.config.home / f"logs/{name}.log")
        self.children[name] = child
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and child.running:
            try:
                httpx.get(self.config.url(name), timeout=2)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise PartDied(f"{name} did not start:\n{child.tail()}")

    def emulator_process(self) -> int:
        """The emulator's process, whose children are the functions' processes."""
        assert self._emulator is not None
        return self._emulator.process.pid

    def watch(self) -> None:
        """Raise PartDied as soon as a part has ended by itself."""
        for child in [*self.children.values(), *([self._emulator] if self._emulator else [])]:
            if not child.running:
                raise PartDied(f"{child.name} ended unexpectedly; the end of {child.log}:\n{child.tail()}")

    def restart_emulator(self) -> None:
        """Stop the emulator in good order and start it on what it saved. Raises EmulatorFailed if it saved nothing."""
        assert self._emulator is not None
        self._paused.set()
        if not emulator.stop(self._emulator, self.config):
            raise emulator.EmulatorFailed(emulator.NOT_SAVED)
        self._emulator = emulator.start(self.config)
        self._paused.clear()

    def stop(self) -> None:
        """Stop everything this object started; the emulator last, so that it saves what the others still did."""
        self._stopping.set()
        if self._ticker:
            self._ticker.join(10)
        for child in reversed(self.children.values()):
            child.stop()
        self.children.clear()
        outputs_file(self.config).unlink(missing_ok=True)
        if self._emulator:
            if not emulator.stop(self._emulator, self.config):
                print(emulator.NOT_SAVED, flush=True)
            self._emulator = None

    def _tick(self) -> None:
        """Call the sweep function every two seconds; on AWS a schedule does it every minute."""
        options = ClientConfig(read_timeout=120, retries={"total_max_attempts": 1})
        sweeper = client("lambda", self.config.url("emulator"), options)
        while not self._stopping.wait(SWEEP_SECONDS):
            if self._paused.is_set():
                continue
            try:
                answer = sweeper.invoke(FunctionName=self.outputs["SweepFunctionName"], Payload=b"{}")
            except Exception as error:
                self._complain(type(error).__name__)
                continue
            if "FunctionError" in answer:
                self._complain(answer["Payload"].read().decode()[:500])

    def _complain(self, what: str) -> None:
        """Tell once what goes wrong with the sweep; the next tick tries again."""
        if what != self._complaint and not (self._paused.is_set() or self._stopping.is_set()):
            print(f"sweep: {what}", flush=True)
            self._complaint = what


def outputs_file(config: Config) -> Path:
    """The stack's outputs; the file exists exactly while the stack is up and deployed."""
    return config.home / "outputs.json"
