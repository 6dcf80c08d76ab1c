"""What happened when: printed as it happens and kept as JSON."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stage:
    """One verified step; seconds since the beginning and since the stage before."""

    name: str
    detail: str
    at: float
    took: float


class Timeline:
    """The play's log."""

    def __init__(self, scenario: str) -> None:
        self._scenario = scenario
        self._begin = self._last = time.monotonic()
        self.stages: list[Stage] = []

    def done(self, name: str, detail: str = "") -> None:
        """Record that a stage is verified."""
        now = time.monotonic()
        stage = Stage(name, detail, round(now - self._begin, 2), round(now - self._last, 2))
        self._last = now
        self.stages.append(stage)
        print(f"  {stage.at:6.1f} s  {stage.took:+6.1f}  {stage.name:<22} {stage.detail}", flush=True)

    def write(self, path: Path, outcome: str) -> None:
        record = {
            "scenario": self._scenario,
            "outcome": outcome,
            "seconds": round(self._last - self._begin, 2),
            "stages": [asdict(stage) for stage in self.stages],
        }
        path.write_text(json.dumps(record, indent=2, ensure_ascii=False))
