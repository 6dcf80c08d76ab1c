"""`make run`: the whole stack on loopback until Ctrl-C."""

import signal
import sys
import time
from types import FrameType

from local import staff
from local.config import Config
from local.deploy import DeployFailed
from local.emulator import EmulatorFailed
from local.processes import PortTaken
from local.stack import PartDied, Stack


class _Stop(Exception):
    """Ctrl-C or SIGTERM."""


def _on_signal(number: int, frame: FrameType | None) -> None:
    # A second signal must not interrupt the orderly stop.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    raise _Stop


def addresses(config: Config) -> str:
    """What a person needs to try the stack."""
    people = "\n".join(
        f"             {user.email}  ({user.group}{', ' + user.agency_id if user.agency_id else ''})"
        for user in staff.EVERYBODY
    )
    return f"""
  portal     {config.url("portal")}/
  API        {config.url("portal")}/api
  inbox      {config.url("portal")}/inbox
  vendors    background check {config.url("background")}, license registry {config.url("registry")},
             appointment gateway {config.url("appointments")}, certification site {config.url("certification")},
             another screening company {config.url("ternfield")}
  AWS        {config.url("emulator")}  (any credentials, region us-east-1)
  staff      password {staff.PASSWORD}
{people}
  data, logs {config.home}

Ctrl-C stops everything and keeps the data.
"""


def main() -> int:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _on_signal)
    config = Config.read()
    started = time.monotonic()
    print("starting the local stack (the first time builds the functions: a minute or two)", flush=True)
    try:
        with Stack(config) as stack:
            print(f"up after {time.monotonic() - started:.0f} s\n{addresses(config)}", flush=True)
            while True:
                time.sleep(0.5)
                stack.watch()
    except _Stop:
        print("stopped, data kept", flush=True)
        return 0
    except (PortTaken, EmulatorFailed, DeployFailed, PartDied) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
