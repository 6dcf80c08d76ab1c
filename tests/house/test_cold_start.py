"""Doors import without settings, without an SDK client and without the documents layer."""

import subprocess
import sys

import pytest

from tests.support import deployed

BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"typst", "pyhanko", "boto3"}:
            raise ImportError(f"{name} is not there at a cold start")
sys.meta_path.insert(0, Blocked())
import importlib
importlib.import_module(sys.argv[1])
"""


@pytest.mark.parametrize("function", deployed.functions())
def test_a_handler_imports_with_an_empty_environment_and_nothing_heavy(function: str) -> None:
    module = deployed.functions()[function]["Handler"].rpartition(".")[0]
    found = subprocess.run(
        [sys.executable, "-c", BLOCKED, module],
        cwd=deployed.ROOT / "functions",
        env={"PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
