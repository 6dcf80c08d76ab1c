"""The budgets, measured: `make bench`. Ratios are taken in one run, because machines differ and are shared."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "docs" / "benchmarks.json"
sys.path[:0] = [str(ROOT / "functions"), str(ROOT)]
