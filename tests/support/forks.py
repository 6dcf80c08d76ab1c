"""Runs Python commands, each in a fork of one interpreter that has the libraries loaded: loading them is most of what
a short check costs. Nothing of the project is loaded here, so a fork sees the copy it is started in and nothing else.

A job is a line of JSON: `folder`, `arguments` as they would follow `python`, `output` (a file), `seconds` it may take.
The answer is a line with its exit code, negative for a signal.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import sys
import traceback

LIBRARIES = (
    "pytest", "hypothesis", "boto3", "moto.core", "moto.core.models", "pydantic", "jsonschema", "yaml",
    "aws_lambda_powertools.event_handler", "openapi_spec_validator", "typst", "pypdf", "starlette.applications",
    "uvicorn", "httpx",
)  # fmt: skip


def serve() -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
    for line in sys.stdin:
        job = json.loads(line)
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _become(job)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(job: dict[str, object]) -> None:
    """Never returns: this process is the command now."""
    signal.alarm(int(str(job["seconds"])))
    os.chdir(str(job["folder"]))
    output = os.open(str(job["output"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    code: object = 1
    try:
        code = _run([str(one) for one in job["arguments"]])  # type: ignore[attr-defined]  # a list of words
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


def _run(arguments: list[str]) -> object:
    flag, module, *rest = arguments
    if flag != "-m":
        raise ValueError(f"a command begins with -m, not {flag}")
    sys.path[0] = os.getcwd()
    sys.argv = [module, *rest]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
        return 0 if end.code is None else end.code
    return 0


if __name__ == "__main__":
    serve()
