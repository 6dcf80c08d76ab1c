"""What is uploaded to Lambda, and what a first import costs there, with and without bytecode."""

from __future__ import annotations

import io
import shutil
import statistics
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from local.deploy import build
from tests.support import deployed
from tools.bench import ROOT
from tools.bench.processor import fresh_interpreter
from tools.bench.rows import Row
from tools.bytecode import compile_all

MB = 1024 * 1024
LIMIT_MB = 250  # unzipped, function and layers together
ROUNDS = 3
LAYER = "DocumentsLayer"


def measure() -> tuple[list[Row], list[tuple[str, str, str]]]:
    """Package sizes, and per function (module, sources only, as shipped) in processor milliseconds."""
    out, functions = build("x86_64"), deployed.functions()
    with tempfile.TemporaryDirectory() as folder:
        shipped = Path(folder)
        for part in (next(iter(functions)), LAYER):
            shutil.copytree(out / part, shipped / part)
        compile_all(shipped)
        code, layer = shipped / next(iter(functions)), shipped / LAYER
        both = _unzipped(code) + _unzipped(layer)
        rows = [
            Row("package of every function, zipped / unzipped", f"{_zipped(code):.1f} / {_unzipped(code):.0f} MB"),
            Row("documents layer, zipped / unzipped", f"{_zipped(layer):.1f} / {_unzipped(layer):.0f} MB"),
            Row("function with layer, unzipped", f"{both:.0f} MB", "", f"<= {LIMIT_MB} MB", both <= LIMIT_MB),
        ]
        modules = sorted({str(one["Handler"]).rpartition(".")[0] for one in functions.values()})
        return rows, list(_imports(shipped, code, layer, modules))


def _imports(folder: Path, code: Path, layer: Path, modules: list[str]) -> Iterator[tuple[str, str, str]]:
    runtime = ROOT / ".venv/main/lib/python3.13/site-packages"  # stands in for the runtime's own boto3
    path = f"{code}:{layer / 'python'}:{runtime}"
    nowhere = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": str(folder / "none")}
    for module in modules:
        alone, shipped = (
            statistics.median(
                fresh_interpreter(f"import {module}", cwd=folder, path=path, environment=one) for _ in range(ROUNDS)
            )
            for one in (nowhere, {"PYTHONDONTWRITEBYTECODE": "1"})
        )
        yield module, f"{alone * 1000:.0f} ms", f"{shipped * 1000:.0f} ms"


def _files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file())


def _unzipped(folder: Path) -> float:
    return sum(one.stat().st_size for one in _files(folder)) / MB


def _zipped(folder: Path) -> float:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in _files(folder):
            archive.write(one, one.relative_to(folder))
    return len(held.getvalue()) / MB
