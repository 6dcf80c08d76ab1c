"""`sam local start-api` on what `sam build` made, with the environment that the deployed functions have."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from local.aws import client
from local.config import HOST, STACK_NAME, Config, aws_environment
from local.deploy import BUILD, SAM
from local.processes import Child, free_port
from local.refusals import ANY_METHOD

START_SECONDS = 120


class NotStarted(Exception):
    """sam did not come up; its output is the message."""


def environments(config: Config, host: str) -> dict[str, dict[str, str]]:
    """The deployed functions' variables by logical name, with this machine's loopback spelled as containers reach it.

    sam resolves references to other resources to their logical names, so the real names come from the deployed stack.
    """
    endpoint = config.url("emulator")
    pages = client("cloudformation", endpoint).get_paginator("list_stack_resources").paginate(StackName=STACK_NAME)
    names = {
        row["LogicalResourceId"]: row["PhysicalResourceId"]
        for page in pages
        for row in page["StackResourceSummaries"]
        if row["ResourceType"] == "AWS::Lambda::Function"
    }
    lambda_ = client("lambda", endpoint)
    found = {}
    for logical, physical in names.items():
        deployed = lambda_.get_function_configuration(FunctionName=physical)
        found[logical] = {
            name: value if name == "PUBLIC_URL" else value.replace(f"//{HOST}:", f"//{host}:")
            for name, value in deployed["Environment"]["Variables"].items()
        }
    return found


def write_environments(config: Config, host: str) -> Path:
    """The file that sam takes the functions' variables from."""
    path = config.home / "environments.json"
    path.write_text(json.dumps(environments(config, host), indent=2))
    return path


def write_template(config: Config) -> Path:
    """The built template without the routes for wrong methods.

    sam serves a path's ANY method before its own methods, and as it is declared: without asking the authorizer.
    """
    built = yaml.safe_load((BUILD / "out/template.yaml").read_text())
    for resource in built["Resources"].values():
        properties = resource.get("Properties", {})
        for name in ("CodeUri", "ContentUri"):
            if name in properties:
                properties[name] = str(BUILD / "out" / properties[name])
    for operations in built["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"].values():
        del operations[ANY_METHOD]
    path = config.home / "template.yaml"
    path.write_text(yaml.safe_dump(built, sort_keys=False))
    return path


def arguments(config: Config, variables: Path, network: str) -> list[str]:
    """What every `sam local` command of the suite is told."""
    nothing = config.home / "samconfig.toml"
    nothing.write_text("version = 0.1\n")
    return [
        "--config-file", str(nothing), "--template-file", str(write_template(config)),
        "--env-vars", str(variables), "--docker-network", network, "--skip-pull-image",
        "--container-host", HOST, "--container-host-interface", HOST,
        "--layer-cache-basedir", str(config.home / "layers"),
        "--parameter-overrides", *(f"{name}={value}" for name, value in config.parameters().items()),
    ]  # fmt: skip


@contextmanager
def serving(config: Config, variables: Path, network: str) -> Iterator[str]:
    """The API's address. Containers start at their function's first call and stay warm until the block ends."""
    port = free_port()
    command = [str(SAM), "local", "start-api", "--host", HOST, "--port", str(port), "--warm-containers", "LAZY"]
    log = config.home / "logs/sam.log"
    sam = Child("sam", [*command, *arguments(config, variables, network)], environment(config), log)
    try:
        _await(sam, f"http://{HOST}:{port}")
        yield f"http://{HOST}:{port}"
    finally:
        sam.stop(patience=60)


def environment(config: Config) -> dict[str, str]:
    """sam hands the credentials on to the containers; the endpoint is theirs, by template and file."""
    given: dict[str, Any] = aws_environment(config.url("emulator"), os.environ)
    del given["AWS_ENDPOINT_URL"]
    return given


def _await(sam: Child, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and sam.running:
        try:
            httpx.get(f"{url}/nowhere", timeout=5)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise NotStarted(sam.tail(40))
