"""Processor time, of calls in this process and of fresh interpreters."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def median_ms(call: Callable[[], Any], runs: int) -> float:
    """Median processor milliseconds of a call."""
    found = []
    for _ in range(runs):
        before = time.process_time()
        call()
        found.append(time.process_time() - before)
    return statistics.median(found) * 1000


def second_run(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of the second of two runs, and what it made: the first one fills what a process keeps."""
    work()
    before = time.process_time()
    made = work()
    return time.process_time() - before, made


def fresh_interpreter(statement: str, *, cwd: Path, path: str, environment: Mapping[str, str] | None = None) -> float:
    """Processor seconds of a new interpreter that runs a statement."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", statement],
        cwd=cwd,
        env={"PYTHONPATH": path, "AWS_DEFAULT_REGION": "us-east-1", "HOME": os.environ["HOME"], **(environment or {})},
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
