"""`make demo SCENARIO=name`: plays a script against the local stack and verifies every step.

A stack that is already running is used; otherwise one is started and stopped again.
"""

import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from local.config import ROOT, Config
from local.demo.client import NotVerified
from local.demo.journey import Journey
from local.demo.scenarios import SCENARIOS
from local.demo.timeline import Timeline
from local.deploy import DeployFailed
from local.emulator import EmulatorFailed
from local.processes import PortTaken
from local.stack import PartDied, Stack, outputs_file


@contextmanager
def running(config: Config) -> Iterator[dict[str, str]]:
    """The outputs of the running stack, or of one started for as long as the play lasts."""
    if outputs := _outputs_of_running(config):
        print("using the running stack", flush=True)
        yield outputs
        return
    print("starting a local stack (the first time builds the functions: a minute or two)", flush=True)
    began = time.monotonic()
    with Stack(config) as stack:
        print(f"up after {time.monotonic() - began:.0f} s", flush=True)
        yield stack.outputs


def _outputs_of_running(config: Config) -> dict[str, str] | None:
    try:
        outputs: dict[str, str] = json.loads(outputs_file(config).read_text())
        httpx.get(config.url("portal") + "/inbox.json", timeout=5).raise_for_status()
    except (OSError, ValueError, httpx.HTTPError):
        return None
    return outputs


def play(name: str, config: Config, outputs: dict[str, str]) -> None:
    """Play one script; raises NotVerified at the first broken promise."""
    scenario = SCENARIOS[name]
    folder = ROOT / "build/demo" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    timeline = Timeline(name)
    print(f"{name}: {scenario.tells}", flush=True)
    outcome = "broken"
    journey = Journey(config, outputs, scenario.person(), timeline, folder)
    try:
        scenario.play(journey)
        outcome = "verified"
    finally:
        journey.keep_mails()
        timeline.write(folder / "timeline.json", outcome)
    if timeline.road:
        print(f"  seconds since the agent came in, by the packet's own clock: {timeline.summary()}", flush=True)
    print(f"{name}: every step verified; papers, mails and timeline in {folder.relative_to(ROOT)}", flush=True)


def main() -> int:
    names = sys.argv[1:] or ["clear"]
    if names == ["list"]:
        for name, scenario in SCENARIOS.items():
            print(f"  {name:<16} {scenario.tells}")
        return 0
    unknown = [name for name in names if name != "all" and name not in SCENARIOS]
    if unknown:
        print(f"unknown scenario: {', '.join(unknown)}; SCENARIO=list names them", file=sys.stderr)
        return 2
    config = Config.read()
    try:
        with running(config) as outputs:
            for name in list(SCENARIOS) if names == ["all"] else names:
                play(name, config, outputs)
    except NotVerified as broken:
        print(f"NOT VERIFIED: {broken}", file=sys.stderr)
        return 1
    except (PortTaken, EmulatorFailed, DeployFailed, PartDied, httpx.HTTPError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
