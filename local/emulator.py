"""The AWS emulator: started with everything but loopback switched off, stopped so that it saves its state."""

import shutil
import sys
import time
from pathlib import Path

import httpx

from local.config import HOST, ROOT, Config, aws_environment
from local.listening import beyond_loopback
from local.processes import Child

SAVE_SECONDS = 300  # it saves once what is under way inside lets it
SETTLED_SECONDS = 3
NOT_SAVED = "the emulator ended before it had saved its state; the next start begins with an older one, or with none"


class EmulatorFailed(Exception):
    """The emulator did not come up, or opened something it must not."""


def start(config: Config) -> Child:
    """Start the emulator on the folder of earlier runs and wait until it answers.

    Its state is written only at an orderly stop: a SIGKILL loses what happened since the last one.
    """
    scratch = config.home / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    environment = aws_environment(config.url("emulator")) | {
        "GATEWAY_PORT": str(config.ports.emulator),
        "BIND_HOST": HOST,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(config.home / "state"),
        "S3_DATA_DIR": str(config.home / "objects"),
        "TMPDIR": str(scratch),
        # Functions inherit this: mail goes through the gateway, which keeps a copy with all its headers.
        "AWS_ENDPOINT_URL_SESV2": f"{config.url('portal')}/mail-service",
    }
    environment.pop("PYTHONPATH", None)
    command = [str(ROOT / ".venv/emulator/bin/python"), str(ROOT / "local/emulator_main.py")]
    emulator = Child("emulator", command, environment, config.home / "logs/emulator.log")
    try:
        _await_health(emulator, config)
        _require_loopback(emulator)
    except BaseException:
        stop(emulator, config)
        raise
    return emulator


def stop(emulator: Child, config: Config) -> bool:
    """Stop the emulator; whether its state was saved before it ended.

    Having saved it lingers as long as an execution waits for a callback: that is not waited for.
    """
    began = time.time()
    emulator.ask_to_end()
    while emulator.running and time.time() < began + SAVE_SECONDS:
        if _saved(config.home / "state", began):
            break
        time.sleep(0.1)
    emulator.stop(patience=0)
    return _written(config.home / "state") > began


def _saved(state: Path, since: float) -> bool:
    """Every service has its own file, written beside it and then renamed; the last one is some time ago."""
    newest = _written(state)
    return newest > since and time.time() - newest > SETTLED_SECONDS and not any(state.glob("*.tmp"))


def _written(state: Path) -> float:
    return max((file.stat().st_mtime for file in state.glob("*.json")), default=0.0)


def _await_health(emulator: Child, config: Config, patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not emulator.running:
            break
        try:
            if httpx.get(config.url("emulator") + "/_ministack/health", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise EmulatorFailed(f"the emulator did not come up:\n{emulator.tail()}")


def _require_loopback(emulator: Child) -> None:
    if sys.platform == "linux" and (open_to_others := beyond_loopback(emulator.process.pid)):
        raise EmulatorFailed(f"the emulator listens beyond loopback: {open_to_others}")
