"""The AWS emulator: started with everything but loopback switched off, stopped so that it saves its state."""

import shutil
import sys
import time

import httpx

from local.config import HOST, ROOT, Config, aws_environment
from local.listening import beyond_loopback
from local.processes import Child

SAVE_SECONDS = 60


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
    emulator = Child(
        "emulator", [str(ROOT / ".venv/emulator/bin/ministack")], environment, config.home / "logs/emulator.log"
    )
    try:
        _await_health(emulator, config)
        _require_loopback(emulator)
    except BaseException:
        emulator.stop()
        raise
    return emulator


def stop(emulator: Child) -> None:
    """Stop the emulator and wait until its state is saved."""
    emulator.stop(patience=SAVE_SECONDS)


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
