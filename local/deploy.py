"""Builds and deploys the unchanged template onto the emulator, then does what the emulator leaves out.

Building and deploying are skipped while sources and parameters are what they were, so that a second start is quick.
"""

import fcntl
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ClientError

from local import staff
from local.aws import client
from local.config import REGION, ROOT, SENDER, STACK_NAME, Config, aws_environment

SAM = ROOT / ".venv/sam/bin/sam"
PYTHON_OF_FUNCTIONS = ROOT / ".venv/main/bin"
BUILD = ROOT / ".build/sam"
SOURCES = ("template.yaml", "statemachine", "functions", "layers")


class DeployFailed(Exception):
    """sam ended with an error; its output is the message."""


def deploy(config: Config) -> dict[str, str]:
    """Bring the emulator's stack up to the sources and return the stack's outputs."""
    endpoint = config.url("emulator")
    parameters = _declared(config.parameters())
    digest = _digest(parameters["Architecture"])
    record = config.home / "deployed.json"
    wanted: dict[str, Any] = {"sources": digest, "parameters": parameters}
    stack = _stack(endpoint)
    if stack is None or _read(record) != wanted | {"stack": _identity(stack)}:
        _build(digest, parameters["Architecture"], endpoint)
        _deploy(parameters, endpoint)
        stack = _stack(endpoint)
        assert stack is not None
        record.write_text(json.dumps(wanted | {"stack": _identity(stack)}, indent=2))
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    _complete(endpoint, outputs)
    return outputs


def _complete(endpoint: str, outputs: Mapping[str, str]) -> None:
    """Do what the emulator's CloudFormation ignores, and seed the people."""
    client("s3", endpoint).put_object_lock_configuration(
        Bucket=outputs["DocumentsBucketName"], ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )
    ses = client("sesv2", endpoint)
    try:
        ses.get_email_identity(EmailIdentity=SENDER)
    except ses.exceptions.NotFoundException:
        ses.create_email_identity(EmailIdentity=SENDER)
    staff.seed(endpoint, outputs["StaffUserPoolId"])


def build(architecture: str) -> Path:
    """Build the functions for an architecture, unless they are; returns the folder they lie in."""
    _build(_digest(architecture), architecture, "")
    return BUILD / "out"


def _build(digest: str, architecture: str, endpoint: str) -> None:
    with _one_at_a_time():
        stamp = BUILD / "sources"
        if stamp.exists() and stamp.read_text() == digest:
            return
        stamp.unlink(missing_ok=True)
        _sam(
            endpoint, "build", "--template-file", ROOT / "template.yaml", "--build-dir", BUILD / "out",
            "--cache-dir", BUILD / "cache", "--cached", "--parameter-overrides", f"Architecture={architecture}",
        )  # fmt: skip
        stamp.write_text(digest)


def _deploy(parameters: Mapping[str, str], endpoint: str) -> None:
    try:
        _sam(
            endpoint, "deploy", "--template-file", BUILD / "out/template.yaml", "--stack-name", STACK_NAME,
            "--region", REGION, "--resolve-s3", "--no-confirm-changeset", "--no-fail-on-empty-changeset",
            "--no-progressbar", "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND",
            "--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items()),
        )  # fmt: skip
    except DeployFailed as failed:
        raise DeployFailed(f"{failed}\n{_reasons(endpoint)}") from None


def _reasons(endpoint: str) -> str:
    """Which resources could not be made, and why."""
    try:
        pages = client("cloudformation", endpoint).get_paginator("describe_stack_events").paginate(StackName=STACK_NAME)
        events = [event for page in pages for event in page["StackEvents"]]
    except ClientError:
        return ""
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return "\n".join(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed)


def _sam(endpoint: str, *arguments: str | Path) -> None:
    # A configuration file of someone's real deployment must not speak here.
    command = [str(SAM), arguments[0], "--config-file", str(_empty_configuration()), *map(str, arguments[1:])]
    environment = aws_environment(endpoint)
    # sam compiles with the Python of the template's version that it finds first.
    environment["PATH"] = f"{PYTHON_OF_FUNCTIONS}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise DeployFailed(f"sam {arguments[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


def _empty_configuration() -> Path:
    path = BUILD / "samconfig.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("version = 0.1\n")
    return path


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the build folder, which several stacks of this checkout share."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _digest(architecture: str) -> str:
    """One hash over everything that ends up in the stack."""
    digest = hashlib.sha256(architecture.encode())
    for source in SOURCES:
        path = ROOT / source
        for file in sorted(path.rglob("*") if path.is_dir() else [path]):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


class _TemplateLoader(yaml.SafeLoader):
    """Reads a template's plain parts; intrinsic functions become None."""


_TemplateLoader.add_multi_constructor("!", lambda loader, suffix, node: None)


def _declared(parameters: Mapping[str, str]) -> dict[str, str]:
    """Only what template.yaml declares: CloudFormation refuses anything else."""
    declared = yaml.load((ROOT / "template.yaml").read_text(), _TemplateLoader)["Parameters"]
    return {name: value for name, value in parameters.items() if name in declared}


def _stack(endpoint: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = client("cloudformation", endpoint).describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    except ClientError:
        return None
    return found if found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE") else None


def _identity(stack: Mapping[str, Any]) -> str:
    """Changes with every update, so that an emulator put back to an earlier state is noticed."""
    return f"{stack['StackId']} {stack.get('LastUpdatedTime', stack['CreationTime'])}"


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None
