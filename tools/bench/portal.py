"""JavaScript that a browser must have before the portal shows anything."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from tools.bench import ROOT
from tools.bench.rows import Row

BUDGET_KB = 120


def measure() -> list[Row]:
    """The entry and its static imports as built by `make setup`, compressed one by one as they are sent."""
    web = ROOT / "web"
    chunks = json.loads((web / "dist/.vite/manifest.json").read_text())
    wanted = [name for name, chunk in chunks.items() if chunk.get("isEntry")]
    files: set[str] = set()
    while wanted:
        chunk = chunks[wanted.pop()]
        if chunk["file"] not in files:
            files.add(chunk["file"])
            wanted += chunk.get("imports", ())
    weight = sum(_compressed(web / "dist" / file) for file in files)
    return [
        Row("portal: JavaScript of the first screen, gzip", f"{weight:.1f} KB", "", "<= 120 KB", weight <= BUDGET_KB)
    ]


def _compressed(file: Path) -> float:
    return len(gzip.compress(file.read_bytes(), mtime=0)) / 1024
