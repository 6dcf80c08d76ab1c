"""What happened when: printed as it happens and kept as JSON."""

import json
import time
from dataclasses import asdict, dataclass
from datetime import datetime
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
        # When the packet itself reached its stages, as the product's own timeline tells it.
        self.road: dict[str, str] = {}

    def done(self, name: str, detail: str = "") -> None:
        """Record that a stage is verified."""
        now = time.monotonic()
        stage = Stage(name, detail, round(now - self._begin, 2), round(now - self._last, 2))
        self._last = now
        self.stages.append(stage)
        print(f"  {stage.at:6.1f} s  {stage.took:+6.1f}  {stage.name:<22} {stage.detail}", flush=True)

    def pause(self, seconds: float) -> None:
        """Let time pass in which something must not happen."""
        time.sleep(seconds)

    def write(self, path: Path, outcome: str) -> None:
        record = {
            "scenario": self._scenario,
            "outcome": outcome,
            "seconds": round(self._last - self._begin, 2),
            "road": self._seconds_of_road(),
            "stages": [asdict(stage) for stage in self.stages],
        }
        path.write_text(json.dumps(record, indent=2, ensure_ascii=False))

    def summary(self) -> str:
        """Seconds from the invitation to each stage of the packet, by the product's own clock."""
        return ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in self._seconds_of_road().items())

    def _seconds_of_road(self) -> dict[str, float]:
        moments = {stage: datetime.fromisoformat(at) for stage, at in self.road.items()}
        begin = min(moments.values(), default=None)
        return {stage: round((at - begin).total_seconds(), 2) for stage, at in moments.items()} if begin else {}
