"""`make demo SCENARIO=name`: plays scripts against the local stack and verifies every step.

A stack that is already running is used; otherwise one is started and stopped again. Scripts that need other durations,
or that restart things, get a stack of their own on free ports.
"""

import sys

import httpx

from local.config import Config
from local.demo.client import NotVerified
from local.demo.play import play
from local.demo.scenarios import SCENARIOS
from local.demo.stacks import Stacks
from local.deploy import DeployFailed
from local.emulator import EmulatorFailed
from local.processes import PortTaken
from local.stack import PartDied


def main() -> int:
    names = sys.argv[1:] or ["clear"]
    if names == ["list"]:
        for name, scenario in SCENARIOS.items():
            print(f"  {name:<16} {scenario.tells}")
        return 0
    if names == ["all"]:
        names = list(SCENARIOS)
    if unknown := [name for name in names if name not in SCENARIOS]:
        print(f"unknown scenario: {', '.join(unknown)}; SCENARIO=list names them", file=sys.stderr)
        return 2
    broken = []
    with Stacks(Config.read()) as stacks:
        for name in names:
            try:
                play(name, stacks.one_for(name))
            except NotVerified as error:
                print(f"NOT VERIFIED ({name}): {error}", file=sys.stderr, flush=True)
                broken.append(name)
            except (PortTaken, EmulatorFailed, DeployFailed, PartDied, httpx.HTTPError) as error:
                print(f"{name}: {error}", file=sys.stderr, flush=True)
                broken.append(name)
    if len(names) > 1:
        print(
            f"{len(names) - len(broken)} of {len(names)} scenarios verified" + (f"; broken: {broken}" if broken else "")
        )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
